/** Cells, areas and their groups in time. `geography.cell` holds what is in force; every version ever is kept beside it. */
import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import type { Ring } from '@pentad/platform/geo'
import type { Cell, Ending } from './model.ts'
import { loopOf, meridianNear, signedAreaOf } from './plane.ts'

export interface CellVersion extends Cell {
  areaM2: number
  /** Null: since before our records. */
  validFrom: Date | null
  validTo: Date | null
  ending: Ending | null
  replacedBy: string[]
  edition: string
  endedIn: string | null
}
const columns = sql.raw(`code, community_code as "communityCode", lon, lat, ring, area_m2 as "areaM2",
  land_use as "landUse", grade, responsible, note, valid_from as "validFrom", valid_to as "validTo",
  ending, replaced_by as "replacedBy", edition, ended_in as "endedIn"`)

/** Square metres in the plane of the survey, to a decimetre. */
export const ringAreaM2 = (ring: Ring): number =>
  Math.round(Math.abs(signedAreaOf(loopOf(ring, meridianNear(ring[0]?.[0] ?? 117)))) * 10) / 10

/** In force now, in the order of their codes; of one area, or all for ''. */
export const currentCells = async (db: Db, within = ''): Promise<CellVersion[]> =>
  (
    await sql<CellVersion>`select ${columns} from geography.cell_version
      where valid_to is null and starts_with(code, ${within}) order by code`.execute(db)
  ).rows

export const currentCellsOf = async (db: Db, codes: readonly string[]): Promise<CellVersion[]> =>
  (
    await sql<CellVersion>`select ${columns} from geography.cell_version
      where valid_to is null and code = any(${codes}) order by code`.execute(db)
  ).rows

export const versionsOf = async (db: Db, code: string): Promise<CellVersion[]> =>
  (await sql<CellVersion>`select ${columns} from geography.cell_version where code = ${code} order by id`.execute(db))
    .rows

/** All codes that were ever given in a community. */
export const codesEver = async (db: Db, communityCode: string): Promise<string[]> =>
  (
    await sql<{ code: string }>`select distinct code from geography.cell_version
      where starts_with(code, ${communityCode})`.execute(db)
  ).rows.map((r) => r.code)

export interface CellsWanted {
  within: string
  box: { west: number; south: number; east: number; north: number } | null
  at: Date
  most: number
}
export const cellsAt = async (
  db: Db,
  { within, box, at, most }: CellsWanted,
): Promise<Pick<CellVersion, 'code' | 'ring' | 'grade'>[]> =>
  (
    await sql<Pick<CellVersion, 'code' | 'ring' | 'grade'>>`select code, ring, grade from geography.cell_version
      where starts_with(code, ${within}) and (valid_from is null or valid_from <= ${at}) and (valid_to is null or valid_to > ${at})
        and (${box === null} or (lon between ${box?.west ?? 0} and ${box?.east ?? 0} and lat between ${box?.south ?? 0} and ${box?.north ?? 0}))
      order by code limit ${most}`.execute(db)
  ).rows

/**
 * The cell as it was at an instant: of a time before our records its first version; undefined for a code never given. `now`:
 * what has become of it.
 */
export async function cellAt(db: Db, code: string, at: Date = new Date()): Promise<CellVersion | undefined> {
  const versions = await versionsOf(db, code)
  const held = versions.findLast(
    (v) => (v.validFrom === null || v.validFrom <= at) && (v.validTo === null || v.validTo > at),
  )
  return held ?? versions.findLast((v) => v.validFrom === null || v.validFrom <= at) ?? versions[0]
}

/** How a cell ended that is no longer in force; null while it is, or where the code is unknown. */
export async function cellEndOf(
  db: Db,
  code: string,
): Promise<{ at: Date; ending: Ending; replacedBy: string[] } | null> {
  const last = (await versionsOf(db, code)).at(-1)
  return last?.validTo && last.ending ? { at: last.validTo, ending: last.ending, replacedBy: last.replacedBy } : null
}

export interface GridEdit {
  made: readonly Cell[]
  ended: readonly { code: string; ending: Ending; replacedBy: readonly string[] }[]
}
interface Laying {
  edition: string
  now: Date
}

/** Ends and makes versions; what is made under a code that is in force must be among the ended. */
export async function layCells(db: Db, { made, ended }: GridEdit, { edition, now }: Laying): Promise<void> {
  const { rows } = await sql<{ some: boolean }>`select exists (select from geography.cell_version) as some`.execute(db)
  const from = rows[0]?.some ? now : null
  if (ended.length) {
    const list = JSON.stringify(ended.map((e) => ({ ...e, replaced_by: e.replacedBy })))
    await sql`update geography.cell_version v set valid_to = greatest(${now}, v.valid_from), ended_in = ${edition},
        ending = e.ending, replaced_by = e.replaced_by
      from jsonb_to_recordset(${list}::jsonb) as e (code text, ending text, replaced_by text[])
      where v.code = e.code and v.valid_to is null`.execute(db)
    const kept = new Set(made.map((c) => c.code))
    await sql`delete from geography.cell where code = any(${ended.flatMap((e) => (kept.has(e.code) ? [] : e.code))})`.execute(
      db,
    )
  }
  const rowsMade = made.map((c) => ({
    ...c,
    community_code: c.communityCode,
    land_use: c.landUse,
    area_m2: ringAreaM2(c.ring),
    valid_from: from,
    edition,
  }))
  await insertRows(
    db,
    'geography.cell_version',
    {
      code: 'text',
      community_code: 'text',
      lon: 'float8',
      lat: 'float8',
      ring: 'jsonb',
      area_m2: 'float8',
      land_use: 'text',
      grade: 'text',
      responsible: 'text',
      note: 'text',
      valid_from: 'timestamptz',
      edition: 'uuid',
    },
    rowsMade,
  )
  await sql`insert into geography.cell (code, community_code, lon, lat, ring)
    select code, community_code, lon, lat, ring from geography.cell_version where edition = ${edition} and valid_to is null
    on conflict (code) do update set community_code = excluded.community_code, lon = excluded.lon, lat = excluded.lat,
      ring = excluded.ring`.execute(db)
}

/** Special and duty grids follow their cells: what takes a cell's place takes it there too. */
export async function moveGroups(
  db: Db,
  moves: readonly { from: string; to: readonly string[] }[],
  { edition, now }: Laying,
): Promise<void> {
  if (moves.length === 0) return
  const list = JSON.stringify(moves.flatMap(({ from, to }) => to.map((t) => ({ from_code: from, to_code: t }))))
  for (const [table, keys] of [
    ['special_grid_cell', 'scheme, grid_code'],
    ['duty_grid_cell', 'duty_id'],
  ] as const)
    await sql`with moves as (select * from jsonb_to_recordset(${list}::jsonb) as m (from_code text, to_code text)),
      ended as (update geography.${sql.raw(table)} set valid_to = greatest(${now}, valid_from), ended_in = ${edition}
        where valid_to is null and cell_code in (select from_code from moves) returning *)
      insert into geography.${sql.raw(table)} (${sql.raw(keys)}, cell_code, valid_from, edition)
        select distinct ${sql.raw(keys)}, m.to_code, ${now}::timestamptz, ${edition}::uuid
        from ended e join moves m on m.from_code = e.cell_code
      on conflict do nothing`.execute(db)
}

export interface AreaNow {
  code: string
  level: 'city' | 'district' | 'street' | 'community'
  name: string
  nameEn: string | null
  parentCode: string | null
  geometry: unknown
}
/** Areas of the city as it is now, coarser ones first. */
export const currentAreas = async (db: Db): Promise<AreaNow[]> =>
  (
    await sql<AreaNow>`select code, level, name, name_en as "nameEn", parent_code as "parentCode", geometry
      from geography.area where valid_to is null
      order by array_position(array['city', 'district', 'street', 'community'], level), code`.execute(db)
  ).rows

export async function layAreas(
  db: Db,
  { made, ended }: { made: readonly AreaNow[]; ended: readonly string[] },
  { edition, now }: Laying,
): Promise<void> {
  const { rows } = await sql<{ some: boolean }>`select exists (select from geography.area_version) as some`.execute(db)
  const over = [...ended, ...made.map((a) => a.code)]
  await sql`update geography.area_version set valid_to = greatest(${now}, valid_from), ended_in = ${edition}
    where valid_to is null and code = any(${over})`.execute(db)
  await sql`update geography.area set valid_to = ${now} where code = any(${ended})`.execute(db)
  const order = ['city', 'district', 'street', 'community']
  const list = [...made]
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
    .map((a) => ({
      ...a,
      name_en: a.nameEn,
      parent_code: a.parentCode,
      valid_from: rows[0]?.some ? now : null,
      edition,
    }))
  const types = { code: 'text', level: 'text', name: 'text', name_en: 'text', parent_code: 'text', geometry: 'jsonb' }
  await insertRows(
    db,
    'geography.area',
    types,
    list,
    `on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, parent_code = excluded.parent_code,
      geometry = excluded.geometry, valid_to = null`,
  )
  await insertRows(db, 'geography.area_version', { ...types, valid_from: 'timestamptz', edition: 'uuid' }, list)
}

/** Cells in force whose community is no longer part of the city. */
export const cellsWithoutArea = async (db: Db): Promise<string[]> =>
  (
    await sql<{ code: string }>`select c.code from geography.cell c join geography.area a on a.code = c.community_code
      where a.valid_to is not null order by c.code limit 20`.execute(db)
  ).rows.map((r) => r.code)

export interface AreaCount {
  code: string
  cells: number
  areaM2: number
  /** Of the cells' middles. */
  west: number
  south: number
  east: number
  north: number
}
/** Cells and their ground by community, at an instant. */
export const countsAt = async (db: Db, at: Date): Promise<AreaCount[]> =>
  (
    await sql<AreaCount>`select community_code as code, count(*)::int as cells, sum(area_m2) as "areaM2",
        min(lon) as west, min(lat) as south, max(lon) as east, max(lat) as north from geography.cell_version
      where (valid_from is null or valid_from <= ${at}) and (valid_to is null or valid_to > ${at}) group by 1`.execute(
      db,
    )
  ).rows

export interface EditionRow {
  id: string
  at: Date
  kind: 'first' | 'pack' | 'census' | 'edit'
  note: string
  by: { 'zh-CN': string; en: string } | null
}
export const editionsOf = async (db: Db, ids: readonly string[]): Promise<EditionRow[]> =>
  (
    await sql<EditionRow>`select e.id, e.at, e.kind, e.note,
        case when p.id is not null then jsonb_build_object('zh-CN', p.name_zh, 'en', p.name_en) end as by
      from geography.edition e left join identity.api_person p on p.id = e.by_person
      where e.id = any(${ids}::uuid[])`.execute(db)
  ).rows

/** What an edition made and ended, for undoing it. */
export async function editionCells(db: Db, id: string): Promise<{ made: CellVersion[]; ended: CellVersion[] }> {
  const made =
    await sql<CellVersion>`select ${columns} from geography.cell_version where edition = ${id} order by code`.execute(
      db,
    )
  const ended =
    await sql<CellVersion>`select ${columns} from geography.cell_version where ended_in = ${id} order by code`.execute(
      db,
    )
  return { made: made.rows, ended: ended.rows }
}

/** The last versions of codes that are given no more, of those named. */
export const retiredCodes = async (db: Db, codes: readonly string[]): Promise<CellVersion[]> =>
  (
    await sql<CellVersion>`select distinct on (code) ${columns} from geography.cell_version v
      where code = any(${codes}) and not exists (select from geography.cell_version n where n.code = v.code and n.valid_to is null)
      order by code, id desc`.execute(db)
  ).rows
