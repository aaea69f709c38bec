import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { Box, LonLat, MultiPolygon } from '@pentad/platform/geo'

export interface Fence {
  id: string
  box: Box
  polygon: MultiPolygon
}

interface GeoPolygon {
  coordinates: LonLat[][]
}

export function fenceOf(id: string, { coordinates }: GeoPolygon): Fence {
  const [outer = []] = coordinates
  const lons = outer.map(([lon]) => lon)
  const lats = outer.map(([, lat]) => lat)
  return {
    id,
    box: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
    polygon: { polygons: [coordinates] },
  }
}

export const fencesInForce = async (db: Db): Promise<Fence[]> =>
  (
    await sql<{ id: string; polygon: GeoPolygon }>`select id, polygon from sensing.fence where ended_at is null
      order by id`.execute(db)
  ).rows.map(({ id, polygon }) => fenceOf(id, polygon))

export interface FenceRow {
  id: string
  nameZh: string
  nameEn: string
  areaCode: string | null
  polygon: { type: 'Polygon'; coordinates: [number, number][][] }
  madeBy: string
  madeAt: Date
  inside: number
}
const fence = sql`select f.id, f.name_zh as "nameZh", f.name_en as "nameEn", f.area_code as "areaCode", f.polygon,
    f.made_by as "madeBy", f.made_at as "madeAt",
    (select count(*)::int from sensing.fence_stay s where s.fence_id = f.id and s.left_at is null) as inside
  from sensing.fence f`
export const fencesSeen = async (db: Db, seen: RawSql): Promise<FenceRow[]> =>
  (await sql<FenceRow>`${fence} where f.ended_at is null and ${seen} order by f.made_at`.execute(db)).rows
/** One that has ended too: who was inside stays known. */
export const fenceById = async (db: Db, id: string): Promise<FenceRow | undefined> =>
  (await sql<FenceRow>`${fence} where f.id = ${id}`.execute(db)).rows[0]

export async function addFence(
  db: Db,
  f: { id: string; nameZh: string; nameEn: string; areaCode: string | null; polygon: object; madeBy: string },
): Promise<void> {
  await sql`insert into sensing.fence (id, name_zh, name_en, area_code, polygon, made_by)
    values (${f.id}, ${f.nameZh}, ${f.nameEn}, ${f.areaCode}, ${JSON.stringify(f.polygon)}, ${f.madeBy})`.execute(db)
}
export async function endFence(db: Db, id: string, at: Date): Promise<void> {
  await sql`update sensing.fence set ended_at = ${at}, xid = pg_current_xact_id() where id = ${id} and ended_at is null`.execute(
    db,
  )
  await sql`update sensing.fence_stay set left_at = greatest(entered_at, ${at}) where fence_id = ${id} and left_at is null`.execute(
    db,
  )
}

export interface StayRow {
  deviceId: string
  handle: number
  nameZh: string
  nameEn: string
  label: string | null
  enteredAt: Date
  leftAt: Date | null
}
export const staysOf = async (db: Db, fenceId: string, from: Date, until: Date, seen: RawSql): Promise<StayRow[]> =>
  (
    await sql<StayRow>`select d.id as "deviceId", d.handle, d.name_zh as "nameZh", d.name_en as "nameEn", d.label,
      s.entered_at as "enteredAt", s.left_at as "leftAt"
    from sensing.fence_stay s join sensing.device d on d.handle = s.handle
    left join sensing.position p on p.device_id = d.id
    where s.fence_id = ${fenceId} and s.entered_at <= ${until} and coalesce(s.left_at, 'infinity') >= ${from} and ${seen}
    order by s.entered_at desc limit 1000`.execute(db)
  ).rows
