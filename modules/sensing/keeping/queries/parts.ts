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

/**
 * What a person holds, what a case rests on, and the hours around each alarm that was neither withdrawn nor found false: it may become a
 * case. Cases and alarms that were over before `since` hold nothing any more.
 */
export const pinned = (since: Date) => sql`(
  select device_id, from_at, until_at from sensing.pin where lifted_at is null
  union all
  select device_id, from_at, until_at from sensing.hold where ended_at is null or ended_at > ${since}
  union all
  select device_id, raised_at - interval '1 hour', coalesce(cleared_at, 'infinity') + interval '1 hour' from sensing.alarm
    where not withdrawn and verdict is distinct from 'false' and (cleared_at is null or cleared_at > ${since}))`

/** Nothing holds it. */
export const free = (device: RawSql, at: RawSql, since: Date) =>
  sql`not exists (select from ${pinned(since)} p where p.device_id = ${device} and ${at} >= p.from_at and ${at} < p.until_at)`
/** The same of ten minutes of a track. */
export const freeChunk = (device: RawSql, at: RawSql, since: Date) =>
  sql`not exists (select from ${pinned(since)} p where p.device_id = ${device}
    and p.from_at < ${at} + interval '10 minutes' and p.until_at > ${at})`

/** What a statement took, of `gone (bytes)`. */
export const counted = sql`select count(*)::int as rows, coalesce(sum(bytes), 0)::bigint as bytes from gone`
