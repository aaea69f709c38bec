/** What the questions of keeping share. */
import { type RawSql, sql } from '@pentad/platform/db'
import { DAY, type LegalDay, startOfLegalDay } from '@pentad/platform/time'

export interface Went {
  rows: number
  bytes: number
}

export const legalDay = (at: RawSql) => sql`(${at} at time zone 'Asia/Shanghai')::date`

interface DayRange {
  low: Date
  high: Date
}
export const rangeOf = (day: LegalDay): DayRange => {
  const low = startOfLegalDay(day)
  return { low, high: new Date(low.getTime() + DAY) }
}
export const inRange = (clock: RawSql, { low, high }: DayRange) => sql`${clock} >= ${low} and ${clock} < ${high}`

/** Neither an alarm nor a person holds it. */
export const free = (device: RawSql, at: RawSql) =>
  sql`not exists (select from sensing.pinned p where p.device_id = ${device} and ${at} >= p.from_at and ${at} < p.until_at)`

/** What a statement took, of `gone (bytes)`. */
export const counted = sql`select count(*)::int as rows, coalesce(sum(bytes), 0)::bigint as bytes from gone`
