import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'
import { type DeviceKind, movingKinds, placedKinds, standingKinds, type Trouble } from '../model.ts'
import { fixOfColumns, type HotColumns } from '../tracks/bays.ts'
import { decodeChunk } from '../tracks/model/index.ts'
import { versionsIn } from '../versions.ts'
import type { CoverageRule, Moved, Pass, Span } from './model.ts'

export const { all: coverageRules, add: addCoverageRule } = versionsIn<CoverageRule>('coverage_rule')

/** Takes ten-minute rows that wait, the newest first; they are gone when what was found of them is safe. */
export async function takeDue(db: Db, most: number): Promise<{ taken: number; moved: Moved[] }> {
  const { rows: due } = await sql<{ at: Date; handle: number }>`delete from sensing.pass_due d
    using (select at, handle from sensing.pass_due order by at desc, handle limit ${most} for update skip locked) n
    where d.at = n.at and d.handle = n.handle returning d.at, d.handle`.execute(db)
  if (due.length === 0) return { taken: 0, moved: [] }
  const { rows } = await sql<{ handle: number; kind: DeviceKind; at: Date; body: Buffer }>`
    select t.handle, d.kind, t.at, t.body from unnest(${due.map((r) => r.handle)}::int[], ${due.map((r) => r.at)}::timestamptz[]) u (handle, at)
    join sensing.track t on t.handle = u.handle and t.at = u.at join sensing.device d on d.handle = u.handle
    where d.kind = any(${[...movingKinds]}::text[])`.execute(db)
  return {
    taken: due.length,
    moved: rows.map(({ handle, kind, at, body }) => ({ handle, kind, fixes: decodeChunk(at.getTime(), body) })),
  }
}

/**
 * Fixes of the last moments that still lie in a bay, by device and time: the picture is then a minute old and not twenty. What this
 * misses (late fixes, a worker that was away) comes with the ten-minute rows.
 */
export async function hotSince(db: Db, since: Date): Promise<Moved[]> {
  const { rows } = await sql<{ kind: DeviceKind; columns: HotColumns }>`
    select d.kind, json_build_array(f.at_ms, f.handle, f.lon_e6, f.lat_e6, f.alarm_bits, f.status_bits, f.quality, f.speed_dkmh,
      f.heading_deg) as columns
    from sensing.position p join sensing.device d on d.id = p.device_id and d.kind = any(${[...movingKinds]}::text[])
    cross join lateral (select * from sensing.fix_hot h where h.handle = d.handle and h.at_ms > ${since.getTime()}::bigint) f
    where p.received_at > ${since}`.execute(db)
  return [...Map.groupBy(rows, (r) => r.columns[1])].map(([handle, of]) => ({
    handle,
    kind: of[0]?.kind ?? 'vehicle',
    fixes: of.map((r) => fixOfColumns(r.columns)),
  }))
}

export interface StandingDevice {
  id: string
  handle: number
  kind: DeviceKind
  nameZh: string
  nameEn: string
  label: string | null
  areaCode: string | null
  lon: number
  lat: number
  lastHeard: Date | null
  trouble: Trouble | null
}
/** Fixed devices in use, of kinds that reach anywhere. */
export const standingDevices = async (db: Db, kinds: readonly DeviceKind[]): Promise<StandingDevice[]> =>
  (
    await sql<StandingDevice>`select d.id, d.handle, d.kind, d.name_zh as "nameZh", d.name_en as "nameEn", d.label,
        d.area_code as "areaCode", d.lon, d.lat, s.last_heard as "lastHeard", s.trouble
      from sensing.device d left join sensing.device_state s on s.device_id = d.id
      where d.retired is null and d.lon is not null and d.kind = any(${kinds}::text[]) order by d.handle`.execute(db)
  ).rows

/** Joins what was found to what was known (`joined` of the model, by the database); what says nothing new is not written. */
export async function savePasses(db: Db, passes: readonly Pass[]): Promise<void> {
  if (passes.length === 0) return
  const each = <T>(of: (p: Pass) => T) => passes.map(of)
  const said = sql`unnest(${each((p) => p.cell)}::text[], ${each((p) => p.kind as string)}::text[],
    ${each((p) => new Date(p.hourMs))}::timestamptz[], ${each((p) => `{${p.handles.join(',')}}`)}::text[],
    ${each((p) => new Date(p.lastMs))}::timestamptz[]) as u (cell, kind, at, handles, last_at)`
  await sql`insert into sensing.cell_pass as p (cell, kind, at, handles, last_at)
    select cell, kind, at, handles::int[], last_at from ${said} order by cell, at, kind
    on conflict (cell, at, kind) do update set last_at = greatest(p.last_at, excluded.last_at),
      handles = case when excluded.handles <@ p.handles then p.handles
        else (select array_agg(distinct h order by h) from unnest(p.handles || excluded.handles) h) end
    where not excluded.handles <@ p.handles or excluded.last_at > p.last_at`.execute(db)
  await sql`insert into sensing.cell_look as l (cell, kind, last_at)
    select cell, kind, max(last_at) from ${said} group by 1, 2 order by 1, 2
    on conflict (cell, kind) do update set last_at = excluded.last_at where excluded.last_at > l.last_at`.execute(db)
}

/** The cells that the actor may look at: by area, as the grid is. */
export function cellsSeen(actor: Actor, cell: RawSql): RawSql {
  const { areas } = sightOf(actor, 'sensing.read-coverage')
  if (areas.includes('')) return sql`true`
  return sql`${cell} like any(${areas.map((a) => `${a}%`)}::text[])`
}

interface AreaName {
  code: string
  nameZh: string
  nameEn: string
}
const names = sql`a.code, a.name as "nameZh", coalesce(a.name_en, a.name) as "nameEn"`
/** Districts in which the actor sees cells. */
export const districtsSeen = async (db: Db, actor: Actor): Promise<AreaName[]> =>
  (
    await sql<AreaName>`select ${names} from geography.api_area a where a.valid_to is null and a.level = 'district'
      and a.code in (select distinct left(c.code, 6) from geography.api_cell c where ${cellsSeen(actor, sql`c.code`)})
      order by a.code`.execute(db)
  ).rows
export const streetsIn = async (db: Db, within: string): Promise<AreaName[]> =>
  (
    await sql<AreaName>`select ${names} from geography.api_area a where a.valid_to is null and a.level = 'street'
      and (starts_with(a.code, ${within}) or starts_with(${within}, a.code)) order by a.code`.execute(db)
  ).rows

interface CellRow {
  code: string
  fixedAt: Date | null
  movingAt: Date | null
  fixedInSpan: boolean
  movingInSpan: boolean
  /** Building sites and the like that are watched, and those with a permit for the night. */
  sites: number
  permits: number
}
const list = (kinds: readonly DeviceKind[]) => sql`any(${[...kinds]}::text[])`
/** Of a span that runs the last look decides; of one that is over, its hours. */
export async function cellRows(db: Db, actor: Actor, within: string, { from, until }: Span): Promise<CellRow[]> {
  const inSpan = until
    ? sql`select cell, bool_or(kind = ${list(standingKinds)}) as fixed, bool_or(kind = ${list(movingKinds)}) as moving from sensing.cell_pass
        where at >= ${from} and at < ${until} and starts_with(cell, ${within}) group by 1`
    : sql`select cell, bool_or(kind = ${list(standingKinds)}) as fixed, bool_or(kind = ${list(movingKinds)}) as moving from sensing.cell_look
        where last_at >= ${from} and starts_with(cell, ${within}) group by 1`
  return (
    await sql<CellRow>`with looked as (${inSpan}),
      ever as (select cell, max(last_at) filter (where kind = ${list(standingKinds)}) as fixed_at,
          max(last_at) filter (where kind = ${list(movingKinds)}) as moving_at
        from sensing.cell_look where starts_with(cell, ${within}) group by 1),
      sites as (select area_code as cell, count(distinct (lon, lat))::int as sites,
          count(distinct (lon, lat)) filter (where night_permit)::int as permits
        from sensing.device where retired is null and kind = ${list(placedKinds)} and starts_with(area_code, ${within}) group by 1)
    select c.code, e.fixed_at as "fixedAt", e.moving_at as "movingAt", coalesce(l.fixed, false) as "fixedInSpan",
      coalesce(l.moving, false) as "movingInSpan", coalesce(s.sites, 0) as sites, coalesce(s.permits, 0) as permits
    from geography.api_cell c left join looked l on l.cell = c.code left join ever e on e.cell = c.code left join sites s on s.cell = c.code
    where starts_with(c.code, ${within}) and ${cellsSeen(actor, sql`c.code`)} order by c.code`.execute(db)
  ).rows
}

interface HourRow {
  at: Date
  kind: DeviceKind
  devices: number
  lastAt: Date
}
export const hoursOfCell = async (db: Db, cell: string, from: Date): Promise<HourRow[]> =>
  (
    await sql<HourRow>`select at, kind, cardinality(handles) as devices, last_at as "lastAt" from sensing.cell_pass
      where cell = ${cell} and at >= ${from} order by at, kind`.execute(db)
  ).rows

/** Ten-minute rows that wait, and the oldest moment that is not looked through. */
export async function dueCount(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from sensing.pass_due`.execute(db)
  return rows[0]?.n ?? 0
}
