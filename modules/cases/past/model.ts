/** Spans of the time slider and their buckets, aligned to the legal day. Pure. */
import { DAY, HOUR } from '@pentad/platform/time'

export const spans = ['day', 'week', 'month'] as const
export type Span = (typeof spans)[number]

/** The width of a bucket in ms, and how many make the span. */
export const bucketsOf: Record<Span, { widthMs: number; count: number }> = {
  day: { widthMs: HOUR, count: 24 },
  week: { widthMs: 6 * HOUR, count: 28 },
  month: { widthMs: DAY, count: 31 },
}

/** Asia/Shanghai has no summer time: its midnights lie 16 hours after those of UTC. */
const legalOffsetMs = 8 * HOUR

/** Begin of the first bucket and end of the last one, which holds `until`. */
export function spanOf(until: Date, span: Span): { from: Date; to: Date } {
  const { widthMs, count } = bucketsOf[span]
  const last = Math.floor((until.getTime() + legalOffsetMs) / widthMs) * widthMs - legalOffsetMs
  return { from: new Date(last - (count - 1) * widthMs), to: new Date(last + widthMs) }
}
