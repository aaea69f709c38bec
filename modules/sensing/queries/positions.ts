import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { DeviceKind } from '../model.ts'
import { seen } from './devices.ts'

export interface FixRow {
  deviceId: string
  at: Date
  lon: number
  lat: number
  headingDeg: number | null
  speedKmh: number | null
  alarmBits: number
  statusBits: number
  quality: string[]
  /** The cell it is in. */
  areaCode: string | null
}

export async function saveFixes(db: Db, rows: readonly FixRow[], receivedAt: Date): Promise<void> {
  await sql`insert into sensing.position_fix (device_id, at, lon, lat, heading_deg, speed_kmh, alarm_bits, status_bits, quality, received_at)
    select device_id, at, lon, lat, heading_deg, speed_kmh, alarm_bits, status_bits,
      coalesce(string_to_array(nullif(quality, ''), ' '), '{}'), ${receivedAt}
    from unnest(${rows.map((r) => r.deviceId)}::uuid[], ${rows.map((r) => r.at)}::timestamptz[], ${rows.map((r) => r.lon)}::float8[],
      ${rows.map((r) => r.lat)}::float8[], ${rows.map((r) => r.headingDeg)}::float4[], ${rows.map((r) => r.speedKmh)}::float4[],
      ${rows.map((r) => r.alarmBits)}::bigint[], ${rows.map((r) => r.statusBits)}::bigint[], ${rows.map((r) => r.quality.join(' '))}::text[])
      as u (device_id, at, lon, lat, heading_deg, speed_kmh, alarm_bits, status_bits, quality)
    on conflict do nothing`.execute(db)
}

/** The newest fix of each device stands, in whatever order they come. */
export async function saveLatest(db: Db, rows: readonly FixRow[], receivedAt: Date): Promise<void> {
  await sql`insert into sensing.position (device_id, lon, lat, area_code, heading_deg, speed_kmh, at, received_at)
    select distinct on (device_id) device_id, lon, lat, area_code, heading_deg, speed_kmh, at, ${receivedAt}::timestamptz
    from unnest(${rows.map((r) => r.deviceId)}::uuid[], ${rows.map((r) => r.at)}::timestamptz[], ${rows.map((r) => r.lon)}::float8[],
      ${rows.map((r) => r.lat)}::float8[], ${rows.map((r) => r.areaCode)}::text[], ${rows.map((r) => r.headingDeg)}::float4[],
      ${rows.map((r) => r.speedKmh)}::float4[]) as u (device_id, at, lon, lat, area_code, heading_deg, speed_kmh)
    order by device_id, at desc
    on conflict (device_id) do update set lon = excluded.lon, lat = excluded.lat, area_code = excluded.area_code,
      heading_deg = excluded.heading_deg, speed_kmh = excluded.speed_kmh, at = excluded.at, received_at = excluded.received_at,
      xid = pg_current_xact_id()
    where excluded.at > position.at`.execute(db)
}

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

/** Positions changed since the mark, and the mark for the next time; some may come twice, none is missed. */
export async function positionsSince(db: Db, mark: string | null): Promise<{ mark: string; positions: PositionRow[] }> {
  const marks = await sql<{ mark: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as mark`.execute(db)
  const next = marks.rows[0]?.mark ?? '0'
  if (mark === null) return { mark: next, positions: [] }
  const { rows } = await sql<PositionRow>`${position} where p.xid >= ${mark}::xid8`.execute(db)
  return { mark: next, positions: rows }
}

export interface TrackFix {
  at: Date
  lon: number
  lat: number
  speedKmh: number | null
}
/** Fixes of a device in a span, oldest first; of more than `most`, every n-th with the first and the last. */
export async function trackOf(
  db: Db,
  deviceId: string,
  { from, until, most }: { from: Date; until: Date; most: number },
): Promise<{ all: number; fixes: TrackFix[] }> {
  const { rows } = await sql<TrackFix & { n: number; all: number }>`select * from (
      select at, lon, lat, speed_kmh as "speedKmh", (row_number() over (order by at))::int as n, (count(*) over ())::int as "all"
      from sensing.position_fix where device_id = ${deviceId} and at > ${from} and at <= ${until}) f
    where n = 1 or n = "all" or n % greatest(1, ceil("all"::numeric / (${most}::int - 1))::int) = 0 order by at`.execute(
    db,
  )
  return {
    all: rows[0]?.all ?? 0,
    fixes: rows.map(({ at, lon, lat, speedKmh }) => ({ at, lon, lat, speedKmh })),
  }
}
