import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import type { LonLat, Ring } from '@pentad/platform/geo'
import { firstVersions } from './grid/first.ts'
import type { Level } from './model.ts'

export interface CityRow {
  version: string
  nameZh: string
  nameEn: string
  labelZh: string
  labelEn: string
  bounds: [number, number, number, number]
}
export const theCity = async (db: Db): Promise<CityRow | undefined> =>
  (
    await sql<CityRow>`select version, name_zh as "nameZh", name_en as "nameEn", label_zh as "labelZh", label_en as "labelEn", bounds
      from geography.city`.execute(db)
  ).rows[0]

export interface AreaRow {
  code: string
  level: Exclude<Level, 'cell'>
  name: string
  parentCode: string | null
}
export const areasOf = async (db: Db, level: string | null, within: string): Promise<AreaRow[]> =>
  (
    await sql<AreaRow>`select code, level, name, parent_code as "parentCode" from geography.area
      where valid_to is null and (${level}::text is null or level = ${level}) and starts_with(code, ${within}) order by code`.execute(
      db,
    )
  ).rows

/** Names by code, also of areas that are no longer part of the city: what happened there keeps its place. */
export const areaNames = async (db: Db): Promise<Map<string, string>> =>
  new Map(
    (await sql<{ code: string; name: string }>`select code, name from geography.area`.execute(db)).rows.map((r) => [
      r.code,
      r.name,
    ]),
  )

export type Geometry =
  | { type: 'Point'; coordinates: LonLat }
  | { type: 'LineString'; coordinates: LonLat[] }
  | { type: 'MultiLineString' | 'Polygon'; coordinates: LonLat[][] }
  | { type: 'MultiPolygon'; coordinates: LonLat[][][] }

export interface OutlineRow extends AreaRow {
  geometry: Geometry
}
export const outlines = async (db: Db): Promise<OutlineRow[]> =>
  (
    await sql<OutlineRow>`select code, level, name, parent_code as "parentCode", geometry from geography.area
      where geometry is not null and valid_to is null order by code`.execute(db)
  ).rows

export interface FeatureRow {
  layer: 'road' | 'water' | 'landuse' | 'place'
  class: string
  name: string | null
  geometry: Geometry
}
export const mapFeatures = async (db: Db): Promise<FeatureRow[]> =>
  (await sql<FeatureRow>`select layer, class, name, geometry from geography.map_feature order by id`.execute(db)).rows

export interface CellRow {
  code: string
  ring: Ring
}
export const allCells = async (db: Db): Promise<CellRow[]> =>
  (await sql<CellRow>`select code, ring from geography.cell order by code`.execute(db)).rows

export interface CityLoad {
  city: Omit<CityRow, 'version'>
  areas: readonly (AreaRow & { geometry: unknown })[]
  cells: readonly { code: string; communityCode: string; lon: number; lat: number; ring: Ring }[]
  features: readonly { layer: string; class: string; name: string | null; geometry: unknown }[]
}
/** Lays a city into an empty database. */
export async function loadCityRows(db: Db, { city, areas, cells, features }: CityLoad, version: string): Promise<void> {
  const order = ['city', 'district', 'street', 'community']
  const rows = [...areas].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
  await insertRows(
    db,
    'geography.area',
    { code: 'text', level: 'text', name: 'text', parent_code: 'text', geometry: 'jsonb' },
    rows.map((a) => ({ ...a, parent_code: a.parentCode })),
  )
  await insertRows(
    db,
    'geography.cell',
    { code: 'text', community_code: 'text', lon: 'float8', lat: 'float8', ring: 'jsonb' },
    cells.map((c) => ({ ...c, community_code: c.communityCode })),
  )
  await insertRows(
    db,
    'geography.map_feature',
    { layer: 'text', class: 'text', name: 'text', geometry: 'jsonb' },
    features,
  )
  await sql`insert into geography.city (version, name_zh, name_en, label_zh, label_en, bounds)
    values (${version}, ${city.nameZh}, ${city.nameEn}, ${city.labelZh}, ${city.labelEn}, ${city.bounds})`.execute(db)
  await firstVersions(db)
}
