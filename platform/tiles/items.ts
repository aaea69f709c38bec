/** Things of a layer as GeoJSON features, page by page in the order of their keys. */
import { type Db, type RawSql, sql } from '../db/index.ts'
import { type Box, toMetres } from '../geo.ts'
import type { Sight } from '../rights.ts'
import { type HeldLayer, stateNow } from './held.ts'
import { worldX, worldY } from './mercator.ts'
import { type GeoJson, reaches } from './shapes.ts'
import type { LayerSource } from './source.ts'

export interface ItemsWish {
  /** What the caller may see; null for all. */
  sight: Sight | null
  box?: Box | undefined
  /** From and to, both inside; null for open. */
  time?: readonly [Date | null, Date | null] | undefined
  /** The key of the last one of the page before. */
  after?: string | undefined
  key?: string | undefined
  most: number
}
export interface Item {
  type: 'Feature'
  id: string
  geometry: GeoJson
  properties: Record<string, string | number | null>
}

interface ItemRow extends Record<string, unknown> {
  key: string
  lon: number
  lat: number
  geometry: GeoJson
  state: string | null
  turn1: number | null
  turn2: number | null
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** `held`: the layer in memory, which knows where its shapes lie. */
export async function itemsOf(
  db: Db,
  source: LayerSource,
  wish: ItemsWish,
  held: HeldLayer,
  now: Date,
): Promise<Item[]> {
  const isUuid = source.keys === 'uuid'
  const keys = [wish.key, wish.after].filter((k) => k !== undefined)
  // What is no UUID is no key of such a layer; the database would complain of its form.
  if (isUuid && keys.some((k) => !uuid.test(k))) return []
  const type = sql.raw(isUuid ? 'uuid' : 'text')
  const filters: RawSql[] = [
    sql`r.shown`,
    ...(wish.sight ? [seen(wish.sight)] : []),
    ...(wish.key === undefined ? [] : [sql`r.key = ${wish.key}::${type}`]),
    ...(wish.after === undefined ? [] : [sql`r.key > ${wish.after}::${type}`]),
    ...(wish.time && source.time ? [inTime(source.time, wish.time)] : []),
    ...(wish.box ? [await inBox(source, wish.box, held, now)] : []),
  ]
  const properties = Object.keys(source.properties)
  const columns = [
    sql.raw('r.key::text as key'),
    source.kind === 'point' ? sql.raw('r.lon, r.lat') : sql.raw('r.geometry'),
    ...(source.states ? [sql.raw('r.state')] : []),
    ...(source.turns
      ? [sql.raw('extract(epoch from r.turn1)::float8 as turn1, extract(epoch from r.turn2)::float8 as turn2')]
      : []),
    ...properties.map((name) => sql`r.${sql.ref(name)}`),
  ]
  const { rows } = await sql<ItemRow>`select ${sql.join(columns)} from (${source.rows()}) r
    where ${sql.join(filters, sql` and `)} order by r.key limit ${wish.most}`.execute(db)
  const seconds = now.getTime() / 1000
  return rows.map((row) => ({
    type: 'Feature',
    id: row.key,
    geometry: source.kind === 'point' ? { type: 'Point', coordinates: [row.lon, row.lat] } : row.geometry,
    properties: {
      ...(source.states
        ? { state: stateNow(row.state ?? '', Math.ceil(row.turn1 ?? 0), Math.ceil(row.turn2 ?? 0), seconds) }
        : {}),
      ...Object.fromEntries(properties.map((name) => [name, told(row[name])])),
    },
  }))
}

const told = (value: unknown): string | number | null =>
  value instanceof Date ? value.toISOString() : ((value ?? null) as string | number | null)

function seen({ areas, units }: Sight): RawSql {
  if (areas.includes('')) return sql`true`
  return sql`(r.area_code like any(${areas.map((a) => `${a}%`)}::text[]) or r.unit_id = any(${units}::text[]))`
}

const inTime = (column: string, [from, to]: readonly [Date | null, Date | null]): RawSql =>
  sql`(${from}::timestamptz is null or r.${sql.ref(column)} >= ${from}::timestamptz)
    and (${to}::timestamptz is null or r.${sql.ref(column)} <= ${to}::timestamptz)`

async function inBox(
  source: LayerSource,
  [west, south, east, north]: Box,
  held: HeldLayer,
  now: Date,
): Promise<RawSql> {
  if (source.kind === 'point') {
    const lon = west <= east ? sql`r.lon between ${west} and ${east}` : sql`(r.lon >= ${west} or r.lon <= ${east})`
    return sql`${lon} and r.lat between ${south} and ${north}${inMetres(source, [west, south, east, north])}`
  }
  await held.fresh(now)
  const boxes = (
    west <= east
      ? [[west, east]]
      : [
          [west, 180],
          [-180, east],
        ]
  ).map(([w = 0, e = 0]) => [worldX(w), worldY(north), worldX(e), worldY(south)] as const)
  const keys = boxes.flatMap((box) =>
    (held.shapes?.near(box) ?? []).filter(({ shape }) => reaches(shape, box)).map(({ of }) => of.key),
  )
  return sql`r.key = any(${keys}::${sql.raw(source.keys === 'uuid' ? 'uuid[]' : 'text[]')})`
}

/** So far from the central meridian the metric projection is good, in degrees. */
const reachDegrees = 3
const slackM = 100
/** The same box in metres, with room to spare, where an index knows metres. */
function inMetres({ metres }: LayerSource, [west, south, east, north]: Box): RawSql {
  if (!metres || west > east || west < 117 - reachDegrees || east > 117 + reachDegrees) return sql``
  const corners = [
    [west, south],
    [west, north],
    [east, south],
    [east, north],
    // Parallels bend: their middle may lie below the ends.
    [(west + east) / 2, south],
    [(west + east) / 2, north],
  ].map(([lon = 0, lat = 0]) => toMetres([lon, lat]))
  const xs = corners.map((c) => c.xM)
  const ys = corners.map((c) => c.yM)
  return sql` and r.${sql.ref(metres)} <@ box(
    point(${Math.min(...xs) - slackM}, ${Math.min(...ys) - slackM}), point(${Math.max(...xs) + slackM}, ${Math.max(...ys) + slackM}))`
}
