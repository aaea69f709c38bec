/** Gaps in a series of minute records: what a logger may still have in its memory. Pure. */
import { MINUTE } from '@pentad/platform/time'

export interface Gap {
  /** The first moment that is missing, and the first that is there again, in milliseconds. */
  from: number
  until: number
}

/** A gap longer than this is asked for after a device has come back, in minutes. */
export const defaultGapMinutes = 10

/**
 * Where between two records more is missing than `minutes` and than three of their usual steps: a logger that sends every
 * quarter of an hour has no gap at each of its records. Times in any order, each once or more.
 */
export function gapsIn(times: readonly number[], minutes: number): Gap[] {
  const sorted = [...new Set(times)].sort((a, b) => a - b)
  const steps = sorted.slice(1).map((at, i) => at - (sorted[i] ?? at))
  if (steps.length === 0) return []
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? MINUTE
  const most = Math.max(minutes * MINUTE, 3 * usual)
  return steps.flatMap((step, i) => {
    const before = sorted[i] ?? 0
    const from = before + Math.min(usual, step)
    return step > most ? [{ from, until: before + step }] : []
  })
}
