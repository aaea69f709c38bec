import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { DeviceKind } from '../model.ts'
import { seen } from './devices.ts'

export interface PositionRow {
  deviceId: string
  handle: number
  kind: DeviceKind
  nameZh: string
  nameEn: string
  label: string | null
  unitId: string | null
  lon: number
  lat: number
  /** Where it is, or, outside the city, where it belongs. */
  areaCode: string | null
  headingDeg: number | null
  speedKmh: number | null
  at: Date
}
const whereItIs = sql`coalesce(p.area_code, d.area_code)`
const position = sql`select p.device_id as "deviceId", d.handle, d.kind, d.name_zh as "nameZh", d.name_en as "nameEn", d.label,
    d.unit_id as "unitId", p.lon, p.lat, ${whereItIs} as "areaCode", p.heading_deg as "headingDeg", p.speed_kmh as "speedKmh", p.at
  from sensing.position p join sensing.device d on d.id = p.device_id`

export interface BoxWanted {
  west: number
  south: number
  east: number
  north: number
}
/** A city's vehicles are some thousands: read through faster than an index of things that move is kept. */
export const positionsInBox = async (db: Db, actor: Actor, b: BoxWanted): Promise<PositionRow[]> =>
  (
    await sql<PositionRow>`${position} where p.lon between ${b.west} and ${b.east} and p.lat between ${b.south} and ${b.north}
      and ${seen(actor, whereItIs)} order by d.handle`.execute(db)
  ).rows
