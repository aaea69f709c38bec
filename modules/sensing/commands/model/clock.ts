/** Whether the clock of a device is off: told by several messages in a row, not by one that lay about. Pure. */

export interface ClockRule {
  /** More than this is off, in seconds. */
  boundSeconds: number
  /** A clock is set by itself once in so many hours. */
  everyHours: number
}
/** Two minutes would put a value into another window; a logger without a net keeps within some seconds a day. */
export const defaultClockRule: ClockRule = { boundSeconds: 30, everyHours: 6 }

/** Offsets of the last messages, in milliseconds: when they say they were sent, less when they came. */
export interface ClockSeen {
  offsetsMs: readonly number[]
}
const needed = 3
/** Messages that were kept and sent again show offsets that differ; a clock that is off shows the same one each time. */
const agreeMs = 5000

export const clockSeen = (before: ClockSeen | undefined, offsetMs: number): ClockSeen => ({
  offsetsMs: [...(before?.offsetsMs ?? []), offsetMs].slice(-needed),
})

/** By how many milliseconds the clock is off, ahead as a positive number; null when it is right or nobody can tell yet. */
export function clockOff({ offsetsMs }: ClockSeen, { boundSeconds }: ClockRule): number | null {
  if (offsetsMs.length < needed) return null
  const least = Math.min(...offsetsMs)
  const most = Math.max(...offsetsMs)
  if (most - least > agreeMs) return null
  // The nearest to zero: what is taken longer on its way only looks later.
  const off = Math.abs(most) < Math.abs(least) ? most : least
  return Math.abs(off) > boundSeconds * 1000 ? off : null
}
