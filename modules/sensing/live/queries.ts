import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { AlarmLevel, DeviceKind } from '../model.ts'

export interface MovingRow {
  handle: number
  kind: DeviceKind
  state: string
  unitId: string | null
  lon: number
  lat: number
  /** Where it is, or, outside the city, where it belongs. */
  areaCode: string | null
  headingDeg: number | null
  speedKmh: number | null
  /** Out of use. */
  gone: boolean
}

const moving = (of: RawSql) => sql<MovingRow>`
  select d.handle, d.kind, coalesce(s.state, 'never') as state, d.unit_id as "unitId", p.lon, p.lat,
    coalesce(p.area_code, d.area_code) as "areaCode", p.heading_deg as "headingDeg", p.speed_kmh as "speedKmh", d.retired is not null as gone
  from sensing.position p join sensing.device d on d.id = p.device_id left join sensing.device_state s on s.device_id = d.id where ${of}`

export const allMoving = async (db: Db): Promise<MovingRow[]> => (await moving(sql`d.retired is null`).execute(db)).rows

/** Read through faster than an index of things that move is kept. */
export const movedSince = async (db: Db, mark: string): Promise<MovingRow[]> =>
  (await moving(sql`p.xid >= ${mark}::xid8`).execute(db)).rows

/** Those that fell silent, came back, changed hands or went out of use, wherever they stand. */
export const restatedSince = async (db: Db, mark: string): Promise<MovingRow[]> =>
  (
    await moving(
      sql`p.device_id in (select id from sensing.device where xid >= ${mark}::xid8
        union all select device_id from sensing.device_state where xid >= ${mark}::xid8)`,
    ).execute(db)
  ).rows

export interface BurningRow {
  id: string
  level: AlarmLevel
  lon: number
  lat: number
  areaCode: string | null
  unitId: string | null
  open: boolean
}
/** Alarms lie where their device stands; where it moves, where it was when it was last heard. */
const burning = sql`select a.id, a.level, coalesce(p.lon, d.lon) as lon, coalesce(p.lat, d.lat) as lat,
    coalesce(p.area_code, d.area_code) as "areaCode", d.unit_id as "unitId", a.cleared_at is null and not a.withdrawn and not a.muted as open
  from sensing.alarm a join sensing.device d on d.id = a.device_id left join sensing.position p on p.device_id = d.id
  where coalesce(p.lon, d.lon) is not null`
export const allBurning = async (db: Db): Promise<BurningRow[]> =>
  (await sql<BurningRow>`${burning} and a.cleared_at is null and not a.withdrawn and not a.muted`.execute(db)).rows
export const burningSince = async (db: Db, mark: string): Promise<BurningRow[]> =>
  (await sql<BurningRow>`${burning} and a.xid >= ${mark}::xid8`.execute(db)).rows

export interface WhoRow {
  handle: number
  id: string
  kind: DeviceKind
  nameZh: string
  nameEn: string
  label: string | null
  lon: number
  lat: number
  at: Date
}
export const whoMove = async (
  db: Db,
  { handles, ids }: { handles: readonly number[]; ids: readonly string[] },
  seen: RawSql,
): Promise<WhoRow[]> =>
  (
    await sql<WhoRow>`select d.handle, d.id, d.kind, d.name_zh as "nameZh", d.name_en as "nameEn", d.label, p.lon, p.lat, p.at
      from sensing.position p join sensing.device d on d.id = p.device_id
      where (d.handle = any(${[...handles]}::int[]) or d.id = any(${[...ids]}::uuid[])) and ${seen} order by d.handle`.execute(
      db,
    )
  ).rows
