import { type Db, sql } from '@pentad/platform/db'
import type { holdReasons } from '../model.ts'
import { pinned } from './parts.ts'

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
export async function countPins(db: Db, since: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${pinned(since)} p`.execute(db)
  return rows[0]?.n ?? 0
}

export interface HoldRow {
  caseId: string
  deviceId: string
  from: Date
  until: Date
  because: (typeof holdReasons)[number]
  endedAt: Date | null
}
export const holdsOf = async (db: Db, deviceId: string): Promise<HoldRow[]> =>
  (
    await sql<HoldRow>`select case_id as "caseId", device_id as "deviceId", from_at as from, until_at as until, because, ended_at as "endedAt"
      from sensing.hold where device_id = ${deviceId} order by from_at desc limit 100`.execute(db)
  ).rows
/** The same twice is one; a longer one goes before. */
export async function addHolds(db: Db, holds: readonly HoldRow[], at: Date): Promise<void> {
  if (holds.length === 0) return
  await sql`insert into sensing.hold as h (case_id, device_id, from_at, until_at, because, held_at, ended_at)
    select case_id, device_id, from_at, max(until_at), min(because), ${at}, max(ended_at)
    from unnest(${holds.map((h) => h.caseId)}::uuid[], ${holds.map((h) => h.deviceId)}::uuid[], ${holds.map((h) => h.from)}::timestamptz[],
      ${holds.map((h) => h.until)}::timestamptz[], ${holds.map((h) => h.because)}::text[], ${holds.map((h) => h.endedAt)}::timestamptz[])
      as u (case_id, device_id, from_at, until_at, because, ended_at)
    group by case_id, device_id, from_at
    on conflict (case_id, device_id, from_at) do update set until_at = greatest(h.until_at, excluded.until_at)`.execute(
    db,
  )
}
/** Of each case, when it ended; null when it goes on. */
export async function endHolds(db: Db, ends: readonly { caseId: string; endedAt: Date | null }[]): Promise<void> {
  await sql`update sensing.hold h set ended_at = u.ended_at
    from unnest(${ends.map((e) => e.caseId)}::uuid[], ${ends.map((e) => e.endedAt)}::timestamptz[]) as u (case_id, ended_at)
    where h.case_id = u.case_id and (h.ended_at is null) <> (u.ended_at is null)`.execute(db)
}
