import { type Db, sql } from '@pentad/platform/db'

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
