import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { DAY, type LegalDay, startOfLegalDay } from '@pentad/platform/time'
import type { Keeping, KeepingStore } from './model.ts'

export interface KeepingRow {
  version: number
  definition: Keeping
  note: string
  setBy: string
  setByName: string | null
  setAt: Date
}
export const keepingRules = async (db: Db, most = 20): Promise<KeepingRow[]> =>
  (
    await sql<KeepingRow>`select r.version, r.definition, r.note, r.set_by as "setBy", p.name_zh as "setByName", r.set_at as "setAt"
      from sensing.keeping_rule r left join identity.api_person p on p.id::text = r.set_by order by r.version desc limit ${most}`.execute(
      db,
    )
  ).rows

/** False when somebody else has set a version since. */
export async function addRule(db: Db, r: Omit<KeepingRow, 'setByName'>): Promise<boolean> {
  const { rows } = await sql`insert into sensing.keeping_rule (version, definition, note, set_by, set_at)
    values (${r.version}, ${JSON.stringify(r.definition)}, ${r.note}, ${r.setBy}, ${r.setAt}) on conflict do nothing returning version`.execute(
    db,
  )
  return rows.length > 0
}

export interface Went {
  rows: number
  bytes: number
}
export interface Progress {
  version: number
  day: LegalDay
  after: string
}
export async function progressAt(db: Db, store: KeepingStore): Promise<Progress | undefined> {
  const { rows } =
    await sql<Progress>`select version, day, after from sensing.keeping_progress where store = ${store}`.execute(db)
  return rows[0]
}
export async function saveProgress(db: Db, store: KeepingStore, { version, day, after }: Progress): Promise<void> {
  await sql`insert into sensing.keeping_progress (store, version, day, after) values (${store}, ${version}, ${day}, ${after})
    on conflict (store) do update set version = excluded.version, day = excluded.day, after = excluded.after`.execute(
    db,
  )
}
export async function noteWent(
  db: Db,
  { day, store, version, rows, bytes }: Went & { day: LegalDay; store: KeepingStore; version: number },
): Promise<void> {
  if (rows === 0) return
  await sql`insert into sensing.keeping_done (day, store, version, rows, bytes) values (${day}, ${store}, ${version}, ${rows}, ${bytes})
    on conflict (day, store, version) do update set rows = keeping_done.rows + excluded.rows,
      bytes = keeping_done.bytes + excluded.bytes`.execute(db)
}
export const wentSince = async (db: Db, since: LegalDay): Promise<(Went & { day: LegalDay; store: KeepingStore })[]> =>
  (
    await sql<
      Went & { day: LegalDay; store: KeepingStore }
    >`select day, store, sum(rows)::bigint as rows, sum(bytes)::bigint as bytes
      from sensing.keeping_done where day >= ${since} group by 1, 2 order by 1 desc, 2`.execute(db)
  ).rows

const tableOf: Record<KeepingStore, { table: string; clock: string }> = {
  realtime: { table: 'observation', clock: 'observed_at' },
  minute: { table: 'observation', clock: 'observed_at' },
  hour: { table: 'hour', clock: 'at' },
  track: { table: 'track', clock: 'at' },
  'track-end': { table: 'track', clock: 'at' },
}
const legalDay = (at: RawSql) => sql`(${at} at time zone 'Asia/Shanghai')::date`

/** The day of the oldest partition, or of an older row that has none; null when there is nothing. */
export async function firstDay(db: Db, store: KeepingStore): Promise<LegalDay | null> {
  const { table, clock } = tableOf[store]
  const at = sql.ref(clock)
  if (store === 'hour') {
    const { rows } = await sql<{
      day: LegalDay | null
    }>`select ${legalDay(sql`min(${at})`)} as day from sensing.hour`.execute(db)
    return rows[0]?.day ?? null
  }
  const parents = store === 'minute' ? ['observation', 'minute'] : [table]
  const days: LegalDay[] = []
  for (const parent of parents) {
    const { rows } = await sql<{ day: LegalDay | null }>`select least(
        (select min(to_date(right(c.relname, 8), 'YYYYMMDD')) from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = ${`sensing.${parent}`}::regclass and c.relname ~ '_[0-9]{8}$'),
        (select ${legalDay(sql`min(${sql.ref(parent === 'minute' ? 'at' : clock)})`)} from ${sql.ref(`sensing.${parent}_default`)})) as day`.execute(
      db,
    )
    if (rows[0]?.day) days.push(rows[0].day)
  }
  return days.sort()[0] ?? null
}

interface DayRange {
  low: Date
  high: Date
}
export const rangeOf = (day: LegalDay): DayRange => {
  const low = startOfLegalDay(day)
  return { low, high: new Date(low.getTime() + DAY) }
}
const inRange = (clock: RawSql, { low, high }: DayRange) => sql`${clock} >= ${low} and ${clock} < ${high}`

/** The next device of a day that has something of a store, after the one that was done last. */
export async function nextDevice(
  db: Db,
  store: 'realtime' | 'minute',
  day: LegalDay,
  after: string,
): Promise<string | null> {
  const range = rangeOf(day)
  const from = after === '' ? '00000000-0000-0000-0000-000000000000' : after
  const ofObservations = sql`select device_id from sensing.observation
    where ${inRange(sql`observed_at`, range)} and device_id > ${from}::uuid and period = ${store === 'realtime' ? 'rtd' : 'minute'}
    order by device_id limit 1`
  const ofMinutes = sql`select device_id from sensing.minute where ${inRange(sql`at`, range)} and device_id > ${from}::uuid
    order by device_id limit 1`
  const { rows } = await (store === 'realtime'
    ? sql<{ device_id: string }>`${ofObservations}`
    : sql<{
        device_id: string
      }>`select device_id from ((${ofObservations}) union all (${ofMinutes})) d order by device_id limit 1`
  ).execute(db)
  return rows[0]?.device_id ?? null
}

const free = (device: RawSql, at: RawSql) =>
  sql`not exists (select from sensing.pinned p where p.device_id = ${device} and ${at} >= p.from_at and ${at} < p.until_at)`
/** As `isLevel` says: levels are averaged by their energy. */
const meanOf = (factor: RawSql, value: RawSql) =>
  sql`case when ${factor} ~ '^(L|a0[56]A)' then 10 * log(avg(power(10, ${value} / 10))) else avg(${value}) end`
const counted = sql`select count(*)::int as rows, coalesce(sum(bytes), 0)::bigint as bytes from gone`

/** Samples of one device and day become hours; what is pinned stays beside them. */
export async function endSamples(db: Db, day: LegalDay, deviceId: string): Promise<Went> {
  const mine = sql`device_id = ${deviceId} and period = 'rtd' and ${inRange(sql`observed_at`, rangeOf(day))}`
  await sql`insert into sensing.hour (device_id, factor, at, count, min, max, mean)
    select device_id, factor, date_trunc('hour', observed_at), count(*), min(value), max(value), ${meanOf(sql`factor`, sql`value`)}
    from sensing.observation where ${mine} and value is not null and coalesce(flag, 'N') = 'N' and quality = '{}'
    group by 1, 2, 3 on conflict do nothing`.execute(db)
  const { rows } = await sql<Went>`with gone as (
      delete from sensing.observation o where ${mine} and ${free(sql`o.device_id`, sql`o.observed_at`)} returning pg_column_size(o.*) as bytes)
    ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
}
/** The same of minutes: those that the device sent, and those that were made of its samples. */
export async function endMinutes(db: Db, day: LegalDay, deviceId: string): Promise<Went> {
  const range = rangeOf(day)
  const sent = sql`device_id = ${deviceId} and period = 'minute' and ${inRange(sql`observed_at`, range)}`
  const made = sql`device_id = ${deviceId} and ${inRange(sql`at`, range)}`
  await sql`insert into sensing.hour (device_id, factor, at, count, min, max, mean)
    select device_id, factor, date_trunc('hour', observed_at), count(*), min(least(value, min)), max(greatest(value, max)),
      ${meanOf(sql`factor`, sql`value`)}
    from sensing.observation where ${sent} and value is not null and coalesce(flag, 'N') = 'N' and quality = '{}'
    group by 1, 2, 3 on conflict do nothing`.execute(db)
  await sql`insert into sensing.hour (device_id, factor, at, count, min, max, mean)
    select device_id, factor, date_trunc('hour', at), count(*), min(mean), max(greatest(mean, max)), ${meanOf(sql`factor`, sql`mean`)}
    from sensing.minute where ${made} and mean is not null group by 1, 2, 3 on conflict do nothing`.execute(db)
  const { rows } = await sql<Went>`with gone_sent as (
      delete from sensing.observation o where ${sent} and ${free(sql`o.device_id`, sql`o.observed_at`)} returning pg_column_size(o.*) as bytes),
    gone_made as (
      delete from sensing.minute m where ${made} and ${free(sql`m.device_id`, sql`m.at`)} returning pg_column_size(m.*) as bytes),
    gone as (select bytes from gone_sent union all select bytes from gone_made)
    ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
}
/** Hours of one day, all devices: few enough for one portion. */
export async function endHours(db: Db, day: LegalDay): Promise<Went> {
  const { rows } = await sql<Went>`with gone as (delete from sensing.hour h where ${inRange(sql`at`, rangeOf(day))}
      and ${free(sql`h.device_id`, sql`h.at`)} returning pg_column_size(h.*) as bytes) ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
}

export interface ChunkRow {
  handle: number
  at: Date
  fixes: number
  body: Buffer
  stepSeconds: number | null
  pinned: boolean
}
/** Ten-minute rows of a day, in the order of devices and times, after the one that was done last. */
export const chunksAfter = async (db: Db, day: LegalDay, after: string, most: number): Promise<ChunkRow[]> => {
  const [handle = '0', at = '1970-01-01T00:00:00Z'] = after === '' ? [] : after.split(' ')
  const slot = sql`tstzrange(t.at, t.at + interval '10 minutes')`
  return (
    await sql<ChunkRow>`select t.handle, t.at, t.fixes, t.body, t.step_seconds as "stepSeconds",
        exists (select from sensing.pinned p where p.device_id = d.id and tstzrange(p.from_at, p.until_at) && ${slot}) as pinned
      from sensing.track t left join sensing.device d on d.handle = t.handle
      where ${inRange(sql`t.at`, rangeOf(day))} and (t.handle, t.at) > (${Number(handle)}::int, ${at}::timestamptz)
      order by t.handle, t.at limit ${most} for update of t`.execute(db)
  ).rows
}
export async function writeThin(
  db: Db,
  rows: readonly Pick<ChunkRow, 'handle' | 'at' | 'fixes' | 'body'>[],
  step: number,
): Promise<void> {
  await sql`update sensing.track t set fixes = u.fixes, body = u.body, step_seconds = ${step}
    from unnest(${rows.map((r) => r.handle)}::int[], ${rows.map((r) => r.at)}::timestamptz[], ${rows.map((r) => r.fixes)}::int[],
      ${rows.map((r) => r.body)}::bytea[]) as u (handle, at, fixes, body)
    where t.handle = u.handle and t.at = u.at`.execute(db)
}
export async function endChunks(db: Db, rows: readonly Pick<ChunkRow, 'handle' | 'at'>[]): Promise<Went> {
  const { rows: gone } = await sql<Went>`with gone as (delete from sensing.track t
      using unnest(${rows.map((r) => r.handle)}::int[], ${rows.map((r) => r.at)}::timestamptz[]) as u (handle, at)
      where t.handle = u.handle and t.at = u.at returning pg_column_size(t.*) as bytes) ${counted}`.execute(db)
  return gone[0] ?? { rows: 0, bytes: 0 }
}

/** Before a day, of one store: how many rows and bytes would go, and how many are pinned. Of tracks that are thinned: how much of them. */
export async function wouldGo(
  db: Db,
  store: KeepingStore,
  before: LegalDay,
  stepSeconds: number,
): Promise<Went & { pinned: number }> {
  const until = startOfLegalDay(before)
  const sums = (from: RawSql, isFree: RawSql, share: RawSql = sql`1.0`) =>
    sql<Went & { pinned: number }>`select coalesce(sum(n) filter (where free), 0)::bigint as rows,
        coalesce(sum(bytes) filter (where free), 0)::bigint as bytes, coalesce(sum(n) filter (where not free), 0)::bigint as pinned
      from (select ${isFree} as free, count(*) as n, sum(pg_column_size(o.*) * ${share}) as bytes from ${from} group by 1) s`
  const empty = { rows: 0, bytes: 0, pinned: 0 }
  const first = async (question: ReturnType<typeof sums>) => (await question.execute(db)).rows[0] ?? empty
  if (store === 'realtime' || store === 'hour') {
    const [table, at, which] =
      store === 'hour'
        ? [sql`sensing.hour`, sql`o.at`, sql`true`]
        : [sql`sensing.observation`, sql`o.observed_at`, sql`o.period = 'rtd'`]
    return first(sums(sql`${table} o where ${which} and ${at} < ${until}`, free(sql`o.device_id`, at)))
  }
  if (store === 'minute') {
    const sent = await first(
      sums(
        sql`sensing.observation o where o.period = 'minute' and o.observed_at < ${until}`,
        free(sql`o.device_id`, sql`o.observed_at`),
      ),
    )
    const made = await first(sums(sql`sensing.minute o where o.at < ${until}`, free(sql`o.device_id`, sql`o.at`)))
    return { rows: sent.rows + made.rows, bytes: sent.bytes + made.bytes, pinned: sent.pinned + made.pinned }
  }
  const rest = sql`sensing.track o left join sensing.device d on d.handle = o.handle where o.at < ${until}`
  const isFree = sql`not exists (select from sensing.pinned p where p.device_id = d.id
    and tstzrange(p.from_at, p.until_at) && tstzrange(o.at, o.at + interval '10 minutes'))`
  if (store === 'track-end') return first(sums(rest, isFree))
  const left = Math.max(1, Math.ceil(600 / stepSeconds))
  const share = sql`(1 - least(1.0, ${left}::float8 / greatest(o.fixes, 1)))`
  return first(sums(sql`${rest} and o.step_seconds is null and o.fixes > ${left}`, isFree, share))
}

export interface StockRow {
  store: 'observation' | 'minute' | 'hour' | 'track'
  bytes: number
  /** As the database reckons it. */
  rows: number
  oldest: LegalDay | null
}
export async function stock(db: Db): Promise<StockRow[]> {
  const all: StockRow[] = []
  for (const store of ['observation', 'minute', 'hour', 'track'] as const) {
    const { rows } = await sql<{
      bytes: number
      rows: number
    }>`select coalesce(sum(pg_total_relation_size(t.relid)), 0)::bigint as bytes,
        coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint as rows
      from pg_partition_tree(${`sensing.${store}`}::regclass) t join pg_class c on c.oid = t.relid where t.isleaf`.execute(
      db,
    )
    const clock = store === 'observation' ? 'observed_at' : 'at'
    const { rows: days } = await sql<{
      day: LegalDay | null
    }>`select ${legalDay(sql`min(${sql.ref(clock)})`)} as day from ${sql.ref(`sensing.${store}`)}`.execute(db)
    all.push({ store, bytes: rows[0]?.bytes ?? 0, rows: rows[0]?.rows ?? 0, oldest: days[0]?.day ?? null })
  }
  return all
}

export interface PinRow {
  id: string
  from: Date
  until: Date
  reason: string
  by: string
  byName: string | null
  at: Date
  liftedAt: Date | null
}
export const pinsOf = async (db: Db, deviceId: string): Promise<PinRow[]> =>
  (
    await sql<PinRow>`select n.id, n.from_at as from, n.until_at as until, n.reason, n.pinned_by as by, p.name_zh as "byName", n.pinned_at as at,
        n.lifted_at as "liftedAt"
      from sensing.pin n left join identity.api_person p on p.id::text = n.pinned_by
      where n.device_id = ${deviceId} order by n.pinned_at desc limit 100`.execute(db)
  ).rows
export async function addPin(
  db: Db,
  p: { id: string; deviceId: string; from: Date; until: Date; reason: string; by: string; at: Date },
): Promise<void> {
  await sql`insert into sensing.pin (id, device_id, from_at, until_at, reason, pinned_by, pinned_at)
    values (${p.id}, ${p.deviceId}, ${p.from}, ${p.until}, ${p.reason}, ${p.by}, ${p.at})`.execute(db)
}
export async function liftPin(db: Db, deviceId: string, id: string, by: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update sensing.pin set lifted_by = ${by}, lifted_at = ${at}
    where id = ${id} and device_id = ${deviceId} and lifted_at is null returning id`.execute(db)
  return rows.length > 0
}
export async function countPins(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from sensing.pinned`.execute(db)
  return rows[0]?.n ?? 0
}

export interface KeptPoint {
  factor: string
  at: Date
  value: number
  max: number | null
}
/** What is left where samples have gone: minutes, else hours. */
export async function keptPoints(db: Db, deviceId: string, from: Date, until: Date): Promise<KeptPoint[]> {
  const minutes = await sql<KeptPoint>`select factor, at, coalesce(mean, max) as value, max from sensing.minute
    where device_id = ${deviceId} and at >= ${from} and at < ${until} and coalesce(mean, max) is not null order by factor, at`.execute(
    db,
  )
  if (minutes.rows.length > 0) return minutes.rows
  return (
    await sql<KeptPoint>`select factor, at, mean as value, max from sensing.hour
      where device_id = ${deviceId} and at >= ${from} and at < ${until} order by factor, at`.execute(db)
  ).rows
}
