import { type Db, sql } from '@pentad/platform/db'

export interface RejectCount {
  protocol: string
  code: string
  address: string
  count: number
  firstAt: Date
  lastAt: Date
}
/** In the order of keys, so that two gateways never wait for each other. */
export async function saveRejects(db: Db, rows: readonly RejectCount[]): Promise<void> {
  await sql`insert into sensing.reject (protocol, code, address, count, first_at, last_at)
    select * from unnest(${rows.map((r) => r.protocol)}::text[], ${rows.map((r) => r.code)}::text[], ${rows.map((r) => r.address)}::text[],
      ${rows.map((r) => r.count)}::bigint[], ${rows.map((r) => r.firstAt)}::timestamptz[], ${rows.map((r) => r.lastAt)}::timestamptz[])
      as u (protocol, code, address, count, first_at, last_at) order by 1, 2, 3
    on conflict (protocol, code, address) do update set count = reject.count + excluded.count,
      last_at = greatest(reject.last_at, excluded.last_at)`.execute(db)
}

export interface UnknownCount {
  protocol: string
  address: string
  frames: number
  firstAt: Date
  lastAt: Date
}
export async function saveUnknown(db: Db, rows: readonly UnknownCount[]): Promise<void> {
  await sql`insert into sensing.unknown_device (protocol, address, first_at, last_at, frames)
    select * from unnest(${rows.map((r) => r.protocol)}::text[], ${rows.map((r) => r.address)}::text[],
      ${rows.map((r) => r.firstAt)}::timestamptz[], ${rows.map((r) => r.lastAt)}::timestamptz[], ${rows.map((r) => r.frames)}::bigint[])
      as u (protocol, address, first_at, last_at, frames) order by 1, 2
    on conflict (protocol, address) do update set frames = unknown_device.frames + excluded.frames,
      last_at = greatest(unknown_device.last_at, excluded.last_at)`.execute(db)
}

/** What strangers sent long ago; anybody can fill these tables, so they must not grow for ever. Who was barred stays so. */
export async function forgetStrangers(db: Db, before: Date): Promise<void> {
  await sql`delete from sensing.unknown_device where last_at < ${before} and barred_at is null`.execute(db)
}

export async function rejectSums(db: Db): Promise<{ protocol: string; code: string; count: number }[]> {
  const { rows } = await sql<{ protocol: string; code: string; count: number }>`
    select protocol, code, sum(count)::bigint as count from sensing.reject group by 1, 2`.execute(db)
  return rows
}
export async function deviceSums(db: Db): Promise<{ kind: string; state: string; count: number }[]> {
  const { rows } = await sql<{ kind: string; state: string; count: number }>`
    select d.kind, coalesce(s.state, 'never') as state, count(*)::int as count
    from sensing.device d left join sensing.device_state s on s.device_id = d.id where d.retired is null group by 1, 2`.execute(
    db,
  )
  return rows
}
export async function smallSums(db: Db): Promise<{ unknown: number; open: number }> {
  const { rows } = await sql<{ unknown: number; open: number }>`
    select (select count(*)::int from sensing.unknown_device) as unknown,
      (select count(*)::int from sensing.alarm where cleared_at is null and not withdrawn) as open`.execute(db)
  return rows[0] ?? { unknown: 0, open: 0 }
}

/** Makes the partitions of these legal days; gives how many are new. */
export async function ensurePartitions(db: Db, days: readonly string[]): Promise<number> {
  let made = 0
  for (const parent of ['observation', 'track', 'minute']) {
    for (const day of days) {
      const { rows } = await sql<{
        made: boolean
      }>`select sensing.ensure_partition(${parent}, ${day}::date) as made`.execute(db)
      if (rows[0]?.made) made++
    }
  }
  return made
}
