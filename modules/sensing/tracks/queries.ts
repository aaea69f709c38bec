import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { LonLat } from '@pentad/platform/geo'
import { fixOfColumns, type HotColumns } from './bays.ts'
import {
  decodeChunk,
  type Fix,
  latOf,
  lonOf,
  merged,
  type Nearness,
  nearnessOf,
  saysWhere,
  slotMs,
} from './model/index.ts'

export interface LatestRow {
  handle: number
  fix: Fix
  /** The cell it is in; null outside the city. */
  areaCode: string | null
}

/** The newest fix of each device stands, in whatever order they come. */
export async function saveLatest(db: Db, rows: readonly LatestRow[], receivedAt: Date): Promise<void> {
  if (rows.length === 0) return
  // In the order of keys: two writers never wait for one another in a ring.
  const ordered = [...rows].sort((a, b) => a.handle - b.handle)
  const each = <T>(of: (row: LatestRow) => T) => ordered.map(of)
  await sql`insert into sensing.position (device_id, lon, lat, area_code, heading_deg, speed_kmh, at, received_at)
    select d.id, u.lon, u.lat, u.area_code, heading_deg, speed_dkmh / 10.0, to_timestamp(at_ms / 1000.0), ${receivedAt}::timestamptz
    from unnest(${each((r) => r.handle)}::int[], ${each((r) => r.fix.atMs)}::bigint[], ${each((r) => lonOf(r.fix))}::float8[],
      ${each((r) => latOf(r.fix))}::float8[], ${each((r) => r.areaCode)}::text[], ${each((r) => r.fix.headingDeg)}::float4[],
      ${each((r) => r.fix.speedDkmh)}::float4[]) as u (handle, at_ms, lon, lat, area_code, heading_deg, speed_dkmh)
    join sensing.device d on d.handle = u.handle
    on conflict (device_id) do update set lon = excluded.lon, lat = excluded.lat, area_code = excluded.area_code,
      heading_deg = excluded.heading_deg, speed_kmh = excluded.speed_kmh, at = excluded.at, received_at = excluded.received_at,
      xid = pg_current_xact_id()
    where excluded.at > position.at`.execute(db)
}

export interface StayChange {
  fenceId: string
  handle: number
  atMs: number
  act: 'enter' | 'leave'
}
/** Given in the order in which they happened. */
export async function saveStays(db: Db, changes: readonly StayChange[]): Promise<void> {
  for (const round of inRounds(changes)) {
    const given = (act: StayChange['act']) => {
      const some = round.filter((c) => c.act === act)
      return sql`unnest(${some.map((c) => c.fenceId)}::uuid[], ${some.map((c) => c.handle)}::int[],
        ${some.map((c) => new Date(c.atMs))}::timestamptz[]) as u (fence_id, handle, at)`
    }
    await sql`insert into sensing.fence_stay (fence_id, handle, entered_at) select * from ${given('enter')}
      on conflict do nothing`.execute(db)
    await sql`update sensing.fence_stay s set left_at = greatest(s.entered_at, u.at) from ${given('leave')}
      where s.fence_id = u.fence_id and s.handle = u.handle and s.left_at is null`.execute(db)
  }
}
/** The first changes of each device at each fence, then the second ones, and so on: those of a round do not touch one another. */
function inRounds(changes: readonly StayChange[]): StayChange[][] {
  const rounds: StayChange[][] = []
  const times = new Map<string, number>()
  for (const change of changes) {
    const key = `${change.fenceId} ${change.handle}`
    const n = times.get(key) ?? 0
    times.set(key, n + 1)
    rounds[n] ??= []
    rounds[n].push(change)
  }
  return rounds
}

interface Pieces {
  handle: number
  chunks: { at: Date; body: Buffer }[]
  hot: HotColumns[]
}

function fixesOf({ chunks, hot }: Pick<Pieces, 'chunks' | 'hot'>, fromMs: number, untilMs: number): Fix[] {
  const packed = chunks.flatMap(({ at, body }) => decodeChunk(at.getTime(), body))
  return merged(packed, hot.map(fixOfColumns)).filter(({ atMs }) => atMs > fromMs && atMs <= untilMs)
}

/**
 * Rows of both stores by ONE statement: a bay is emptied by truncation, which no snapshot sees through, so that a second statement
 * might find a fix in neither. Text and bytes share columns; `packed` tells them apart.
 */
const pieces = (chunkWhere: RawSql, hotWhere: RawSql) => sql<PieceRow>`
  select handle, at, body, null::bigint as at_ms, null::int as lon_e6, null::int as lat_e6, null::int as alarm_bits,
    null::int as status_bits, null::int as quality, null::smallint as speed_dkmh, null::smallint as heading_deg
  from sensing.track where ${chunkWhere}
  union all
  select handle, null, null, at_ms, lon_e6, lat_e6, alarm_bits, status_bits, quality, speed_dkmh, heading_deg
  from sensing.fix_hot where ${hotWhere}`
interface PieceRow {
  handle: number
  at: Date | null
  body: Buffer | null
  at_ms: number
  lon_e6: number
  lat_e6: number
  alarm_bits: number
  status_bits: number
  quality: number
  speed_dkmh: number
  heading_deg: number
}

function gathered(rows: readonly PieceRow[]): Pieces[] {
  const all = new Map<number, Pieces>()
  for (const r of rows) {
    let of = all.get(r.handle)
    if (!of) {
      of = { handle: r.handle, chunks: [], hot: [] }
      all.set(r.handle, of)
    }
    if (r.at && r.body) of.chunks.push({ at: r.at, body: r.body })
    else
      of.hot.push([
        r.at_ms,
        r.handle,
        r.lon_e6,
        r.lat_e6,
        r.alarm_bits,
        r.status_bits,
        r.quality,
        r.speed_dkmh,
        r.heading_deg,
      ])
  }
  return [...all.values()]
}

const slotsOf = (fromMs: number, untilMs: number) =>
  sql`at > ${new Date(fromMs - slotMs)} and at <= ${new Date(untilMs)}`
const hotOf = (fromMs: number, untilMs: number) => sql`at_ms > ${fromMs} and at_ms <= ${untilMs}`

/** The fixes of one device, in order, each instant once. */
export async function fixesBetween(db: Db, handle: number, from: Date, until: Date): Promise<Fix[]> {
  const [a, b] = [from.getTime(), until.getTime()]
  const { rows } = await pieces(
    sql`handle = ${handle} and ${slotsOf(a, b)}`,
    sql`handle = ${handle} and ${hotOf(a, b)}`,
  ).execute(db)
  const [found] = gathered(rows)
  return found ? fixesOf(found, a, b) : []
}

/** Where a device said that it was, in order. */
export const placesBetween = async (
  db: Db,
  handle: number,
  from: Date,
  until: Date,
): Promise<{ atMs: number; lon: number; lat: number }[]> =>
  (await fixesBetween(db, handle, from, until))
    .filter((f) => saysWhere(f.quality))
    .map((f) => ({ atMs: f.atMs, lon: lonOf(f), lat: latOf(f) }))

export interface NearWanted {
  lon: number
  lat: number
  radiusM: number
  from: Date
  until: Date
}
export interface NearDevice extends Nearness {
  handle: number
}

/** Whose fixes lay within the radius between the two instants, the nearest first. Only fixes count: between two of them it may have passed. */
export async function near(db: Db, { lon, lat, radiusM, from, until }: NearWanted): Promise<NearDevice[]> {
  const [a, b] = [from.getTime(), until.getTime()]
  const dLat = Math.ceil((radiusM / 111_000) * 1e6)
  const dLon = Math.ceil(dLat / Math.cos((lat * Math.PI) / 180))
  const [x, y] = [Math.round(lon * 1e6), Math.round(lat * 1e6)]
  const { rows } = await pieces(
    sql`${slotsOf(a, b)} and west_e6 <= ${x + dLon} and east_e6 >= ${x - dLon} and south_e6 <= ${y + dLat} and north_e6 >= ${y - dLat}`,
    sql`${hotOf(a, b)} and lon_e6 between ${x - dLon} and ${x + dLon} and lat_e6 between ${y - dLat} and ${y + dLat}`,
  ).execute(db)
  const at: LonLat = [lon, lat]
  return gathered(rows)
    .flatMap((found) => {
      const nearness = nearnessOf(fixesOf(found, a, b), at, radiusM)
      return nearness ? [{ handle: found.handle, ...nearness }] : []
    })
    .sort((one, other) => one.nearestM - other.nearestM)
}
