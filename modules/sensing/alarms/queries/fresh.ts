/** What came and is not judged yet, and the minutes that are made of it. */
import { type Db, sql } from '@pentad/platform/db'
import type { MinuteRow } from '../model/index.ts'
import type { RawReading, RolledMinute } from '../roll.ts'

export interface FreshSpan {
  deviceId: string
  from: Date
  until: Date
  /** What lies before is history: it is kept, and nobody is sent out for it. */
  judgeFrom: Date
}

/** One row for a batch: the gateway must not wait for the judge. */
export async function putFresh(db: Db, spans: readonly FreshSpan[], factors: readonly string[]): Promise<void> {
  await sql`insert into sensing.fresh (device_ids, factors, from_at, until_at, judge_from)
    values (${spans.map((s) => s.deviceId)}::uuid[], ${factors}::text[], ${spans.map((s) => s.from)}::timestamptz[],
      ${spans.map((s) => s.until)}::timestamptz[], ${spans.map((s) => s.judgeFrom)}::timestamptz[])`.execute(db)
}

/** One judge at a time, of all workers, to the end of the transaction. */
export async function isOnlyJudge(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{
    mine: boolean
  }>`select pg_try_advisory_xact_lock(hashtextextended(${`sensing.${name}`}, 0)) as mine`.execute(db)
  return rows[0]?.mine === true
}

/** Takes batches from the queue. They are gone when the transaction of their judgement commits, and not before. */
export async function takeFresh(
  db: Db,
  most: number,
): Promise<{ batches: number; factors: string[]; spans: FreshSpan[] }> {
  const { rows } = await sql<{
    factors: string[]
    device_ids: string[]
    from_at: Date[]
    until_at: Date[]
    judge_from: Date[]
  }>`delete from sensing.fresh where seq in (select seq from sensing.fresh order by seq limit ${most})
    returning factors, device_ids, from_at, until_at, judge_from`.execute(db)
  const spans = rows.flatMap((r) =>
    r.device_ids.map((deviceId, i) => ({
      deviceId,
      from: r.from_at[i] ?? new Date(0),
      until: r.until_at[i] ?? new Date(0),
      judgeFrom: r.judge_from[i] ?? new Date(0),
    })),
  )
  return { batches: rows.length, factors: [...new Set(rows.flatMap((r) => r.factors))], spans }
}

const valid = sql`coalesce(o.flag, 'N') = 'N' and o.quality = '{}'`

export interface Range {
  deviceId: string
  from: Date
  until: Date
}
const bounds = (ranges: readonly Range[]): { low: Date; high: Date } => ({
  low: new Date(Math.min(...ranges.map((r) => r.from.getTime()))),
  high: new Date(Math.max(...ranges.map((r) => r.until.getTime()))),
})

/** Valid values of devices, each in its own range, ends excluded. */
export async function rawIn(
  db: Db,
  ranges: readonly Range[],
  factors: readonly string[],
): Promise<(RawReading & { deviceId: string })[]> {
  if (ranges.length === 0) return []
  const { low, high } = bounds(ranges)
  return (
    await sql<RawReading & { deviceId: string }>`
      select o.device_id as "deviceId", o.observed_at as at, o.period, o.factor, o.value, o.max
      from unnest(${ranges.map((r) => r.deviceId)}::uuid[], ${ranges.map((r) => r.from)}::timestamptz[],
        ${ranges.map((r) => r.until)}::timestamptz[]) as u (id, low, high)
      join sensing.observation o on o.device_id = u.id and o.observed_at >= u.low and o.observed_at < u.high
      where o.factor = any(${factors}::text[]) and o.period in ('rtd', 'minute') and ${valid}
        and o.observed_at >= ${low} and o.observed_at < ${high}`.execute(db)
  ).rows
}

export async function putMinutes(db: Db, rows: readonly (RolledMinute & { deviceId: string })[]): Promise<void> {
  if (rows.length === 0) return
  const time = (of: (r: RolledMinute) => number) => rows.map((r) => new Date(of(r)))
  await sql`insert into sensing.minute as m (device_id, factor, at, mean, max, pair, until_at)
    select * from unnest(${rows.map((r) => r.deviceId)}::uuid[], ${rows.map((r) => r.factor)}::text[], ${time((r) => r.at)}::timestamptz[],
      ${rows.map((r) => r.mean)}::float8[], ${rows.map((r) => r.max)}::float8[], ${rows.map((r) => r.pair)}::float8[],
      ${time((r) => r.untilAt)}::timestamptz[])
    on conflict (device_id, factor, at) do update set mean = excluded.mean, max = excluded.max, pair = excluded.pair,
      until_at = excluded.until_at
    where (m.mean, m.max, m.pair, m.until_at) is distinct from (excluded.mean, excluded.max, excluded.pair, excluded.until_at)`.execute(
    db,
  )
}

export type FactorMinute = MinuteRow & { deviceId: string; factor: string }
type Flat = Omit<FactorMinute, 'at' | 'untilAt'> & { at: Date; untilAt: Date }

/** Minutes of devices, each in its own range, in order. */
export async function minutesIn(db: Db, ranges: readonly Range[], factors: readonly string[]): Promise<FactorMinute[]> {
  if (ranges.length === 0) return []
  const { low, high } = bounds(ranges)
  const { rows } =
    await sql<Flat>`select m.device_id as "deviceId", m.factor, m.at, m.mean, m.max, m.pair, m.until_at as "untilAt"
    from unnest(${ranges.map((r) => r.deviceId)}::uuid[], ${ranges.map((r) => r.from)}::timestamptz[],
      ${ranges.map((r) => r.until)}::timestamptz[]) as u (id, low, high)
    join sensing.minute m on m.device_id = u.id and m.at >= u.low and m.at < u.high
    where m.factor = any(${factors}::text[]) and m.at >= ${low} and m.at < ${high} order by m.device_id, m.factor, m.at`.execute(
      db,
    )
  return rows.map((r) => ({ ...r, at: r.at.getTime(), untilAt: r.untilAt.getTime() }))
}

/** Days of a device that have values but no minutes: from before minutes were kept. */
export async function unrolledDays(db: Db, { deviceId, from, until }: Range): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`select to_char(d, 'YYYY-MM-DD') as day
    from generate_series((${from}::timestamptz at time zone 'Asia/Shanghai')::date, (${until}::timestamptz at time zone 'Asia/Shanghai')::date,
      interval '1 day') as d,
    lateral (select d at time zone 'Asia/Shanghai' as low, (d + interval '1 day') at time zone 'Asia/Shanghai' as high) as r
    where not exists (select from sensing.minute m where m.device_id = ${deviceId} and m.at >= r.low and m.at < r.high)
      and exists (select from sensing.observation o where o.device_id = ${deviceId} and o.observed_at >= r.low and o.observed_at < r.high)`.execute(
    db,
  )
  return rows.map((r) => r.day)
}

export const factorsOf = async (db: Db, deviceId: string, from: Date, until: Date): Promise<string[]> =>
  (
    await sql<{
      factor: string
    }>`select distinct factor from sensing.observation where device_id = ${deviceId} and observed_at >= ${from} and observed_at < ${until}`.execute(
      db,
    )
  ).rows.map((r) => r.factor)

/** Devices that measured a factor in the day before an instant. */
export const spokeBefore = async (
  db: Db,
  ids: readonly string[],
  factor: string,
  at: Date,
): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await sql<{ id: string }>`select u.id from unnest(${ids}::uuid[]) as u (id) where exists (
          select from sensing.minute m where m.device_id = u.id and m.factor = ${factor}
            and m.at >= ${at}::timestamptz - interval '1 day' and m.at <= ${at}::timestamptz)`.execute(db)
    ).rows.map((r) => r.id),
  )

/** How far a pass over all has come. */
export async function progressOf(db: Db, name: string): Promise<{ until: Date | null; mark: string | null }> {
  const { rows } = await sql<{
    until: Date | null
    mark: string | null
  }>`select until_at as until, mark::text as mark from sensing.judge_progress where name = ${name}`.execute(db)
  return rows[0] ?? { until: null, mark: null }
}
export async function keepProgress(
  db: Db,
  name: string,
  { until = null, mark = null }: { until?: Date | null; mark?: string | null },
): Promise<void> {
  await sql`insert into sensing.judge_progress (name, until_at, mark) values (${name}, ${until}, ${mark}::xid8)
    on conflict (name) do update set until_at = excluded.until_at, mark = excluded.mark`.execute(db)
}
