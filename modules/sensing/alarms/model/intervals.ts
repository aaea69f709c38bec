/** Combinations of alarms, and silence, as what they are: sets of time. Pure. */
import { MINUTE } from '@pentad/platform/time'

export interface Interval {
  from: number
  /** Null: not over. */
  until: number | null
}
const end = (i: Interval): number => i.until ?? Number.POSITIVE_INFINITY
const interval = (from: number, until: number): Interval => ({
  from,
  until: until === Number.POSITIVE_INFINITY ? null : until,
})

/** In order and apart. */
export function union(all: readonly Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const i of [...all].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && i.from <= end(last)) merged[merged.length - 1] = interval(last.from, Math.max(end(last), end(i)))
    else merged.push(interval(i.from, end(i)))
  }
  return merged
}

export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return a.flatMap((x) =>
    b.flatMap((y) => {
      const from = Math.max(x.from, y.from)
      const until = Math.min(end(x), end(y))
      return from < until ? [interval(from, until)] : []
    }),
  )
}

/** When all, or any, of the parts were raised; one that is over still counts for so many minutes. */
export function combined(
  how: 'all' | 'any',
  parts: readonly (readonly Interval[])[],
  withinMinutes: number,
): Interval[] {
  const sets = parts.map((p) => union(p.map((i) => interval(i.from, end(i) + withinMinutes * MINUTE))))
  const [first = [], ...rest] = sets
  return how === 'any' ? union(sets.flat()) : rest.reduce<Interval[]>(intersection, first)
}

/** When nothing was heard for longer than so many minutes, between the signs of life and after the last, up to `now`. */
export function silences(heard: readonly number[], minutes: number, now: number): Interval[] {
  const times = [...new Set(heard)].filter((t) => t <= now).sort((a, b) => a - b)
  return times.flatMap((t, i): Interval[] => {
    const next = times[i + 1]
    const from = t + minutes * MINUTE
    if (next !== undefined) return next > from ? [{ from, until: next }] : []
    return now > from ? [{ from, until: null }] : []
  })
}
