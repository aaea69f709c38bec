/** The base map of a city pack: `map/base.geojson` (features by layer and class) and `map/base.mbtiles` (tiles, as they are). */
import { createHash, randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import type { LonLat } from '@pentad/platform/geo'
import {
  type Changes,
  covered,
  coversOf,
  type Feature,
  featuresIn,
  noChanges,
  type PackReading,
  part,
} from '@pentad/platform/pack'
import { cellFinder } from '../cells.ts'
import { allCells, type FeatureRow } from '../queries.ts'
import { type Mbtiles, openMbtiles } from './mbtiles.ts'

/** A layer of the pack, ours or OpenMapTiles', and the shapes it may have. */
const layersOfPack: Record<string, { layer: FeatureRow['layer']; shapes: readonly string[] }> = {
  road: { layer: 'road', shapes: ['LineString', 'MultiLineString'] },
  transportation: { layer: 'road', shapes: ['LineString', 'MultiLineString'] },
  water: { layer: 'water', shapes: ['Polygon', 'MultiPolygon', 'LineString', 'MultiLineString'] },
  waterway: { layer: 'water', shapes: ['LineString', 'MultiLineString'] },
  landuse: { layer: 'landuse', shapes: ['Polygon', 'MultiPolygon'] },
  landcover: { layer: 'landuse', shapes: ['Polygon', 'MultiPolygon'] },
  park: { layer: 'landuse', shapes: ['Polygon', 'MultiPolygon'] },
  place: { layer: 'place', shapes: ['Point'] },
}

interface BaseMapRows {
  /** Undefined where the pack has no such file: the map stays as it is. */
  features: FeatureRow[] | undefined
  tiles: { sha256: string; bytes: () => Promise<Uint8Array> } | undefined
}
const geojson = 'map/base.geojson'
const mbtiles = 'map/base.mbtiles'

export const baseMapPart = part<BaseMapRows>({
  name: 'basemap',
  files: [geojson, mbtiles],
  async read(reading) {
    const has = (path: string): boolean => reading.source.paths.includes(path)
    const features = has(geojson) ? await featuresOf(reading) : undefined
    const covers = coversOf(reading)
    // One tileset is the map of the city; whoever brings it replaces all of it.
    if (has(mbtiles) && !covered(covers, '')) {
      reading.fault(mbtiles, null, 'pack/whole-city', { covers: covers.join(', ') })
      return { features, tiles: undefined }
    }
    return { features, tiles: has(mbtiles) ? await tilesOf(reading) : undefined }
  },
  async lay({ db, editionId, now, covers, onProgress, signal }, { features, tiles }) {
    const changes = features ? await layFeatures(db, { features, editionId, now, covers }) : noChanges()
    if (tiles) await layTiles(db, { tiles, changes, onProgress, signal })
    return changes
  },
})

async function featuresOf(reading: PackReading): Promise<FeatureRow[]> {
  const file = await featuresIn(reading, geojson)
  return (file?.features ?? []).flatMap((feature) => featureOf(feature, reading) ?? [])
}

function featureOf({ file, line, properties, geometry }: Feature, { fault }: PackReading): FeatureRow | undefined {
  const layer = String(properties.layer ?? '')
  const known = Object.hasOwn(layersOfPack, layer) ? layersOfPack[layer] : undefined
  if (!known) {
    fault(file, line, 'pack/base-layer', { layer, layers: Object.keys(layersOfPack).join(', ') })
    return undefined
  }
  if (typeof properties.class !== 'string' || properties.class === '') {
    fault(file, line, 'pack/base-class', { layer })
    return undefined
  }
  if (!known.shapes.includes(geometry.type)) {
    fault(file, line, 'pack/base-shape', { layer, shape: geometry.type, shapes: known.shapes.join(', ') })
    return undefined
  }
  const bad = badPosition(geometry.coordinates)
  if (bad !== undefined) {
    fault(file, line, 'pack/base-position', { position: bad })
    return undefined
  }
  const name = typeof properties.name === 'string' && properties.name !== '' ? properties.name : null
  return { layer: known.layer, class: properties.class, name, geometry: geometry as FeatureRow['geometry'] }
}

/** The first position that is none, as it stands. */
function badPosition(coordinates: unknown): string | undefined {
  if (!Array.isArray(coordinates) || coordinates.length === 0) return JSON.stringify(coordinates).slice(0, 60)
  if (Array.isArray(coordinates[0])) {
    for (const inner of coordinates) {
      const bad = badPosition(inner)
      if (bad !== undefined) return bad
    }
    return undefined
  }
  const [lon, lat] = coordinates as unknown[]
  const isPosition = typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90
  return isPosition ? undefined : JSON.stringify(coordinates).slice(0, 60)
}

async function tilesOf({ source, fault }: PackReading): Promise<BaseMapRows['tiles']> {
  const bytes = () => source.bytes(mbtiles)
  const content = await bytes()
  const opened = await withFile(content, async (file) => ('wrong' in file ? file : undefined))
  if (opened) {
    fault(mbtiles, null, opened.wrong === 'geography/not-mbtiles' ? 'pack/not-mbtiles' : 'pack/mbtiles-format', {
      format: opened.format ?? '',
    })
    return undefined
  }
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes }
}

/** SQLite opens files only: the bytes lie in one while it is read. */
async function withFile<T>(bytes: Uint8Array, use: (file: ReturnType<typeof openMbtiles>) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `pentad-${randomUUID()}.mbtiles`)
  let file: ReturnType<typeof openMbtiles> | undefined
  try {
    await writeFile(path, bytes, { mode: 0o600 })
    file = openMbtiles(path)
    return await use(file)
  } finally {
    if (file && 'close' in file) file.close()
    await rm(path, { force: true })
  }
}

const keyOf = ({ layer, class: kind, name, geometry }: FeatureRow): string =>
  JSON.stringify([layer, kind, name, geometry.type, geometry.coordinates])

/** Does a feature lie wholly in cells that the pack speaks for? What reaches out of them is its neighbours' too. */
async function inside(db: Db, covers: readonly string[]): Promise<(feature: FeatureRow) => boolean> {
  if (covered(covers, '')) return () => true
  const cellOf = cellFinder((await allCells(db)).filter((c) => covered(covers, c.code)))
  return ({ geometry }) => positionsOf(geometry.coordinates).every(([lon, lat]) => cellOf({ lon, lat }) !== undefined)
}
const positionsOf = (coordinates: unknown): LonLat[] =>
  Array.isArray(coordinates) && typeof coordinates[0] === 'number'
    ? [coordinates as unknown as LonLat]
    : (coordinates as unknown[]).flatMap(positionsOf)

async function layFeatures(
  db: Db,
  {
    features,
    editionId,
    now,
    covers,
  }: { features: readonly FeatureRow[]; editionId: string; now: Date; covers: readonly string[] },
): Promise<Changes> {
  const { rows } = await sql<FeatureRow & { id: number }>`
    select id, layer, class, name, geometry from geography.map_feature order by id`.execute(db)
  const standing = new Map<string, typeof rows>()
  for (const row of rows) {
    const key = keyOf(row)
    const alike = standing.get(key)
    if (alike) alike.push(row)
    else standing.set(key, [row])
  }
  const fresh = features.filter((feature) => standing.get(keyOf(feature))?.shift() === undefined)
  const isInside = await inside(db, covers)
  const ended = [...standing.values()]
    .flat()
    .filter(isInside)
    .map((row) => row.id)
  await insertRows(db, 'geography.map_feature', { layer: 'text', class: 'text', name: 'text', geometry: 'jsonb' }, [
    ...fresh.map((f) => ({ ...f })),
  ])
  await sql`with ended as (delete from geography.map_feature where id = any(${ended}::bigint[]) returning *)
    insert into geography.map_feature_past (id, layer, class, name, geometry, ended_edition, ended_at)
    select id, layer, class, name, geometry, ${editionId}::uuid, ${now}::timestamptz from ended`.execute(db)
  return { added: fresh.length, changed: 0, retired: ended.length, same: features.length - fresh.length }
}

const tilesAtOnce = 2000

/** A tileset is a picture of the city, not a record of it: a new one replaces the old. */
async function layTiles(
  db: Db,
  {
    tiles,
    changes,
    onProgress,
    signal,
  }: {
    tiles: NonNullable<BaseMapRows['tiles']>
    changes: Changes
    onProgress: (done: number, of?: number) => void
    signal: AbortSignal
  },
): Promise<void> {
  const { rows } = await sql<{ sha256: string }>`select sha256 from geography.base_tileset`.execute(db)
  if (rows[0]?.sha256 === tiles.sha256) {
    changes.same++
    return
  }
  await withFile(await tiles.bytes(), async (file) => {
    if ('wrong' in file) throw new Error(`${mbtiles} was whole when it was read: ${file.wrong}`)
    await sql`delete from geography.base_tile`.execute(db)
    await copyTiles(db, file, onProgress, signal)
    await sql`insert into geography.base_tileset (sha256, metadata) values (${tiles.sha256}, ${JSON.stringify(file.metadata)}::jsonb)
      on conflict (one) do update set sha256 = excluded.sha256, metadata = excluded.metadata`.execute(db)
  })
  if (rows[0]) changes.changed++
  else changes.added++
}

async function copyTiles(
  db: Db,
  file: Mbtiles,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let batch: { z: number; x: number; y: number; data: Uint8Array }[] = []
  let done = 0
  const put = async (): Promise<void> => {
    signal.throwIfAborted()
    await sql`insert into geography.base_tile (z, x, y, data) select * from unnest(${batch.map((t) => t.z)}::smallint[],
      ${batch.map((t) => t.x)}::int[], ${batch.map((t) => t.y)}::int[], ${batch.map((t) => Buffer.from(t.data))}::bytea[])`.execute(
      db,
    )
    done += batch.length
    onProgress(done)
    batch = []
  }
  for (const tile of file.all()) {
    batch.push(tile)
    if (batch.length === tilesAtOnce) await put()
  }
  if (batch.length) await put()
}
