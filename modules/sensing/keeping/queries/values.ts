/** Values that end: what is made of them stays. */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { LegalDay } from '@pentad/platform/time'
import type { KeepingStore } from '../model.ts'
import { counted, free, inRange, legalDay, rangeOf, type Went } from './parts.ts'

const tableOf: Record<KeepingStore, { table: string; clock: string }> = {
  realtime: { table: 'observation', clock: 'observed_at' },
  minute: { table: 'observation', clock: 'observed_at' },
  hour: { table: 'hour', clock: 'at' },
  track: { table: 'track', clock: 'at' },
  'track-end': { table: 'track', clock: 'at' },
  pass: { table: 'cell_pass', clock: 'at' },
}

/** The day of the oldest partition, or of an older row that has none; null when there is nothing. */
export async function firstDay(db: Db, store: KeepingStore): Promise<LegalDay | null> {
  const { table, clock } = tableOf[store]
  const at = sql.ref(clock)
  if (store === 'hour' || store === 'pass') {
    const { rows } = await sql<{
      day: LegalDay | null
    }>`select ${legalDay(sql`min(${at})`)} as day from ${sql.ref(`sensing.${table}`)}`.execute(db)
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

/** As `isLevel` says: levels are averaged by their energy. */
const meanOf = (factor: RawSql, value: RawSql) =>
  sql`case when ${factor} ~ '^(L|a0[56]A)' then 10 * log(avg(power(10, ${value} / 10))) else avg(${value}) end`
/** Samples of one device and day become hours; what is pinned stays beside them. */
export async function endSamples(db: Db, day: LegalDay, deviceId: string, since: Date): Promise<Went> {
  const mine = sql`device_id = ${deviceId} and period = 'rtd' and ${inRange(sql`observed_at`, rangeOf(day))}`
  await sql`insert into sensing.hour (device_id, factor, at, count, min, max, mean)
    select device_id, factor, date_trunc('hour', observed_at), count(*), min(value), max(value), ${meanOf(sql`factor`, sql`value`)}
    from sensing.observation where ${mine} and value is not null and coalesce(flag, 'N') = 'N' and quality = '{}'
    group by 1, 2, 3 on conflict do nothing`.execute(db)
  const { rows } = await sql<Went>`with gone as (
      delete from sensing.observation o where ${mine} and ${free(sql`o.device_id`, sql`o.observed_at`, since)} returning pg_column_size(o.*) as bytes)
    ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
}
/** The same of minutes: those that the device sent, and those that were made of its samples. */
export async function endMinutes(db: Db, day: LegalDay, deviceId: string, since: Date): Promise<Went> {
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
      delete from sensing.observation o where ${sent} and ${free(sql`o.device_id`, sql`o.observed_at`, since)} returning pg_column_size(o.*) as bytes),
    gone_made as (
      delete from sensing.minute m where ${made} and ${free(sql`m.device_id`, sql`m.at`, since)} returning pg_column_size(m.*) as bytes),
    gone as (select bytes from gone_sent union all select bytes from gone_made)
    ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
}
/** Hours of one day, all devices: few enough for one portion. */
export async function endHours(db: Db, day: LegalDay, since: Date): Promise<Went> {
  const { rows } = await sql<Went>`with gone as (delete from sensing.hour h where ${inRange(sql`at`, rangeOf(day))}
      and ${free(sql`h.device_id`, sql`h.at`, since)} returning pg_column_size(h.*) as bytes) ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
}
/** Looks of one day; nothing pins them: what a person or an alarm holds is in the tracks and values they were made of. */
export async function endPasses(db: Db, day: LegalDay): Promise<Went> {
  const { rows } = await sql<Went>`with gone as (delete from sensing.cell_pass p where ${inRange(sql`at`, rangeOf(day))}
      returning pg_column_size(p.*) as bytes) ${counted}`.execute(db)
  return rows[0] ?? { rows: 0, bytes: 0 }
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
