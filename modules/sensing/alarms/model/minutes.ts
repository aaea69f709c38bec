/** Minutes of a factor, dense: a minute without data is NaN, never zero. Pure. */
import { MINUTE } from '@pentad/platform/time'

/** A minute as it is stored. */
export interface MinuteRow {
  at: number
  mean: number | null
  max: number | null
  pair: number | null
  /** End of the last value in it. */
  untilAt: number
}

export interface Minutes {
  /** Beginning of the first, in milliseconds. */
  from: number
  mean: Float64Array
  max: Float64Array
  pair: Float64Array
  /** So many from the first on are over: what follows may still grow. */
  whole: number
}

export const minuteFloor = (at: number): number => Math.floor(at / MINUTE) * MINUTE
/** Levels are averaged by their energy (domain §8.2), everything else as numbers. */
export const isLevel = (factor: string): boolean => /^(L|a0[56]A)/.test(factor)

/** The minutes of [from, until); rows outside are left out. */
export function minutesFrom(rows: readonly MinuteRow[], from: number, until: number): Minutes {
  const first = minuteFloor(from)
  const length = Math.max(0, Math.ceil((until - first) / MINUTE))
  const of = () => new Float64Array(length).fill(Number.NaN)
  const minutes: Minutes = { from: first, mean: of(), max: of(), pair: of(), whole: 0 }
  let end = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    const i = (row.at - first) / MINUTE
    if (i < 0 || i >= length) continue
    minutes.mean[i] = row.mean ?? Number.NaN
    minutes.max[i] = row.max ?? Number.NaN
    minutes.pair[i] = row.pair ?? Number.NaN
    end = Math.max(end, row.untilAt)
  }
  minutes.whole = Math.min(length, Math.max(0, Math.floor((end - first) / MINUTE)))
  return minutes
}

/** The mean of those minutes of the `window` before index `end` that count and have data; NaN for too few. */
export function meanBefore(
  mean: Float64Array,
  end: number,
  window: number,
  { byEnergy, least, counts }: { byEnergy: boolean; least: number; counts?: (i: number) => boolean },
): number {
  let sum = 0
  let n = 0
  for (let i = Math.max(0, end - window); i < end; i++) {
    const value = mean[i]
    if (value === undefined || Number.isNaN(value) || (counts && !counts(i))) continue
    sum += byEnergy ? 10 ** (value / 10) : value
    n++
  }
  if (n < Math.max(1, least)) return Number.NaN
  return byEnergy ? 10 * Math.log10(sum / n) : sum / n
}
