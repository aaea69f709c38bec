/**
 * From levels to alarms: one state machine for all rules that are judged from minutes. What it gives is a function of the
 * data alone, so late, doubled and disordered data end in the same alarms. Pure.
 */
import { MINUTE } from '@pentad/platform/time'

/** From when to when something was wrong; `until` is null while it still is. */
export interface Span {
  from: number
  until: number | null
  /** The highest that was seen. */
  peak: number
  limit: number
  standard: string
  doubtful: boolean
}

/** What a rule sees at the end of each minute. Greater is worse. */
export interface Ends {
  /** The end of the first minute. */
  first: number
  /** NaN where nothing is known. */
  level: Float64Array
  /** What is told of it; the level unless it is given. */
  shown?: Float64Array
  /** NaN where the rule does not hold at this hour. */
  limit: Float64Array
  standardAt: (i: number) => string
  doubtfulAt: (i: number) => boolean
  /** Of so many ends the data is complete; after that something may be raised but nothing cleared. */
  whole: number
}

export interface Steps {
  /** Above the limit at so many ends in a row. */
  forMinutes: number
  clear: { margin: number; minutes: number }
  coolDownMinutes: number
  validShare: number
}

/** How the rule stood when the range began. */
export interface Before {
  open: Span | null
  clearedAt: number | null
}
export const nothingBefore: Before = { open: null, clearedAt: null }

/** The spans that are open at `after` or begin after it; what lies before `after` only gives the view back. */
export function spansOf(ends: Ends, steps: Steps, before: Before, after = Number.NEGATIVE_INFINITY): Span[] {
  const spans: Span[] = before.open ? [{ ...before.open, until: null }] : []
  let open = spans.at(-1) ?? null
  let clearedAt = before.clearedAt
  let above = 0
  const quiet = quietness(ends, steps)
  for (let i = 0; i < ends.level.length; i++) {
    const level = ends.level[i] ?? Number.NaN
    const limit = ends.limit[i] ?? Number.NaN
    above = level > limit ? above + 1 : 0
    const isQuiet = quiet(i)
    const at = ends.first + i * MINUTE
    if (at <= after) continue
    if (open) {
      if (above > 0) open.peak = Math.max(open.peak, ends.shown?.[i] ?? level)
      if (isQuiet && i < ends.whole && at > open.from) {
        open.until = at
        clearedAt = at
        open = null
      }
    } else if (above >= Math.max(1, steps.forMinutes) && !resting(clearedAt, at, steps)) {
      open = {
        from: at,
        until: null,
        peak: ends.shown?.[i] ?? level,
        limit,
        standard: ends.standardAt(i),
        doubtful: ends.doubtfulAt(i),
      }
      spans.push(open)
    }
  }
  return spans
}

const resting = (clearedAt: number | null, at: number, { coolDownMinutes }: Steps): boolean =>
  clearedAt !== null && at - clearedAt < coolDownMinutes * MINUTE

/** Tells, asked for one end after the other, whether it was quiet for long enough. A silent sensor is not a quiet site. */
function quietness({ level, limit }: Ends, { clear, validShare }: Steps): (i: number) => boolean {
  const window = Math.max(1, clear.minutes)
  const least = Math.max(1, Math.ceil(window * validShare))
  let known = 0
  let loud = 0
  const count = (i: number, by: 1 | -1): void => {
    const l = level[i]
    if (l === undefined || Number.isNaN(l)) return
    known += by
    // Where the rule does not hold, nothing is too loud.
    if (l >= (limit[i] ?? Number.NaN) - clear.margin) loud += by
  }
  return (i) => {
    count(i, 1)
    if (i >= window) count(i - window, -1)
    return i + 1 >= window && known >= least && loud === 0
  }
}
