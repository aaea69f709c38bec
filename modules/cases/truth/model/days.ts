/** A period cut into whole legal days, whose sums are kept, and what is left to be counted case by case. Pure. */
import { type LegalDay, legalDayOf, nextLegalDay, startOfLegalDay } from '@pentad/platform/time'

export interface Cut {
  /** From the first to before the last; null where the period holds no whole day. */
  days: { first: LegalDay; end: LegalDay } | null
  /** Within the period and outside of the days whose sums hold, in order; from – to, the end left out. */
  rest: { from: Date; to: Date }[]
}

/** `touched`: days whose sums no longer hold. */
export function cutIntoDays(from: Date, to: Date, touched: readonly LegalDay[]): Cut {
  if (from >= to) return { days: null, rest: [] }
  const begun = legalDayOf(from)
  const first = startOfLegalDay(begun) < from ? nextLegalDay(begun) : begun
  const end = legalDayOf(to)
  if (first >= end) return { days: null, rest: [{ from, to }] }
  const within = [...new Set(touched)].filter((d) => d >= first && d < end).sort()
  const pieces = [
    { from, to: startOfLegalDay(first) },
    ...within.map((d) => ({ from: startOfLegalDay(d), to: startOfLegalDay(nextLegalDay(d)) })),
    { from: startOfLegalDay(end), to },
  ].filter((p) => p.from < p.to)
  const rest: Cut['rest'] = []
  for (const piece of pieces) {
    const last = rest.at(-1)
    if (last && last.to.getTime() === piece.from.getTime()) last.to = piece.to
    else rest.push({ ...piece })
  }
  return { days: { first, end }, rest }
}
