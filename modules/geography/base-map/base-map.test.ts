/** The base map: cut from the city's features, brought by a pack, or dropped into the data folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { type Changes, type Fault, folderSource } from '@pentad/platform/pack'
import { testServer } from '@pentad/platform/testing'
import { tileIn } from '@pentad/platform/testing/tiles'
import { boxOf, MvtLayer, mvtOf, worldX, worldY } from '@pentad/platform/tiles'
import { afterAll, expect, test } from 'vitest'
import { beginEdition, endEdition } from '../editions.ts'
import { loadParts, smallCity, wordsSource } from '../grid/testing.ts'
import { geography, loadCity } from '../index.ts'
import { baseMapPart } from './pack.ts'

const folder = await mkdtemp(join(tmpdir(), 'pentad-base-map-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const server = await testServer([geography], { settings: { dataFolder: folder } })
const { db, pool, base } = server

const at = { z: 14, x: worldX(116.41) >> 16, y: worldY(39.93) >> 16 }
const [west, south, east, north] = boxOf(at)
const midLat = (south + north) / 2
await loadCity(db, {
  city: { nameZh: '市', nameEn: 'City', labelZh: '示意', labelEn: 'Schematic', bounds: [116, 39, 117, 40] },
  areas: [
    { code: '110000', level: 'city', name: '市', parentCode: null, geometry: null },
    {
      code: '110101',
      level: 'district',
      name: '东区',
      parentCode: '110000',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [west - 1, south - 1],
            [east + 1, south - 1],
            [east + 1, midLat],
            [west - 1, midLat],
            [west - 1, south - 1],
          ],
        ],
      },
    },
  ],
  cells: [],
  features: [
    // From far west to far east, so that the tile has a piece of it.
    {
      layer: 'road',
      class: 'ring',
      name: '二环路',
      geometry: {
        type: 'LineString',
        coordinates: [
          [west - 1, midLat],
          [east + 1, midLat],
        ],
      },
    },
    {
      layer: 'water',
      class: 'lake',
      name: '湖',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [west + 0.001, south + 0.001],
            [east - 0.001, south + 0.001],
            [east - 0.001, north - 0.001],
            [west + 0.001, south + 0.001],
          ],
        ],
      },
    },
  ],
})
const fetchBase = (accept = 'gzip') =>
  fetch(`${base}/tiles/base/${at.z}/${at.x}/${at.y}.mvt`, { headers: { 'accept-encoding': accept } })
const baseLayers = async () => tileIn(new Uint8Array(await (await fetchBase()).arrayBuffer()))
const tileJson = async () => (await (await fetch(`${base}/tiles/base.json`)).json()) as Record<string, unknown>

function writeMbtiles(path: string, format: string, data: Uint8Array): void {
  const file = new DatabaseSync(path)
  file.exec('create table metadata (name text, value text)')
  file.exec('create table tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)')
  const meta = file.prepare('insert into metadata values (?, ?)')
  for (const [name, value] of Object.entries({
    name: 'made',
    format,
    minzoom: '0',
    maxzoom: '14',
    bounds: '116,39,117,40',
    attribution: 'ours',
  }))
    meta.run(name, value)
  // Rows are counted from the south in the file.
  file.prepare('insert into tiles values (?, ?, ?, ?)').run(at.z, at.x, 2 ** at.z - 1 - at.y, data)
  file.close()
}
const tileOfClass = (kind: string): Uint8Array => {
  const layer = new MvtLayer('water')
  layer.point(100, 200, [layer.key('class'), layer.value(kind)])
  return gzipSync(mvtOf([layer]))
}

test('without any tiles the city cuts its own features, in the layer names of OpenMapTiles [INF-14]', async () => {
  const layers = await baseLayers()
  expect(Object.keys(layers).sort()).toEqual([
    'boundary',
    'transportation',
    'transportation_name',
    'water',
    'water_name',
  ])
  expect(layers.transportation?.[0]?.properties).toEqual({ class: 'trunk', subclass: 'ring' })
  expect(layers.water_name?.[0]?.properties.name).toBe('湖')
  expect(layers.boundary?.[0]?.properties.admin_level).toBe(6)
  // Clipped: the road reaches over the edge by the margin and no further.
  const xs = (layers.transportation?.[0]?.geometry ?? []).flat().map((p) => p.x)
  expect([Math.min(...xs), Math.max(...xs)]).toEqual([-80, 4096 + 80])
  expect(await tileJson()).toMatchObject({ attribution: '示意', bounds: [116, 39, 117, 40], maxzoom: 15 })
})

test('a tile named by its version is kept by the browser for good, another is asked for again', async () => {
  const { tiles } = (await tileJson()) as { tiles: string[] }
  const named = (tiles[0] ?? '').replace('{z}', String(at.z)).replace('{x}', String(at.x)).replace('{y}', String(at.y))
  expect((await fetch(named)).headers.get('cache-control')).toMatch(/immutable/)
  const bare = await fetchBase()
  expect(bare.headers.get('cache-control')).toBe('no-cache')
  const again = await fetch(`${base}/tiles/base/${at.z}/${at.x}/${at.y}.mvt`, {
    headers: { 'if-none-match': bare.headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
})

async function layPack(pack: string, covers = ['']): Promise<{ faults: Fault[]; changes?: Changes }> {
  const source = await folderSource(pack)
  const faults: Fault[] = []
  const signal = new AbortController().signal
  const rows = await baseMapPart.read({
    source,
    fault: (file, line, code, details = {}) => faults.push({ file, line, code, details }),
    settings: covers.includes('') ? {} : { covers },
    db: undefined,
    of: () => undefined,
    onProgress: () => undefined,
    signal,
  })
  if (faults.length) return { faults }
  const now = new Date()
  const changes = await bulkTransaction(pool, async ({ db: bulk, client }) => {
    const editionId = await beginEdition(bulk, { kind: 'pack', byPerson: null, note: '', now })
    const laid = await baseMapPart.lay(
      { db: bulk, client, editionId, covers, now, onProgress: () => undefined, signal },
      rows,
    )
    await endEdition(bulk, editionId, { basemap: laid })
    return laid
  })
  return { faults, changes }
}

test('a pack with a base map lays the difference and, again, nothing; every fault is said with its line [INF-14]', async () => {
  const pack = join(folder, 'pack')
  await mkdir(join(pack, 'map'), { recursive: true })
  const road = {
    type: 'Feature',
    properties: { layer: 'road', class: 'primary', name: '新路' },
    geometry: {
      type: 'LineString',
      coordinates: [
        [west, midLat],
        [east, midLat],
      ],
    },
  }
  const write = (features: object[]) =>
    writeFile(
      join(pack, 'map/base.geojson'),
      `{"type":"FeatureCollection","features":[\n${features.map((f) => JSON.stringify(f)).join(',\n')}\n]}\n`,
    )
  await write([
    road,
    { ...road, properties: { layer: 'sky', class: 'blue' } },
    { ...road, properties: { layer: 'water' } },
    { ...road, properties: { layer: 'place', class: 'town' } },
    {
      ...road,
      geometry: {
        type: 'LineString',
        coordinates: [
          [west, 'north'],
          [east, midLat],
        ],
      },
    },
  ])
  await writeFile(join(pack, 'map/base.mbtiles'), 'no database')
  expect((await layPack(pack)).faults.map(({ line, code }) => [line, code])).toEqual([
    [3, 'pack/base-layer'],
    [4, 'pack/base-class'],
    [5, 'pack/base-shape'],
    [6, 'pack/base-position'],
    [null, 'pack/not-mbtiles'],
  ])
  await write([road])
  await rm(join(pack, 'map/base.mbtiles'))
  expect((await layPack(pack)).changes).toEqual({ added: 1, changed: 0, retired: 2, same: 0 })
  expect((await layPack(pack)).changes).toEqual({ added: 0, changed: 0, retired: 0, same: 1 })
  expect((await baseLayers()).transportation_name?.map((f) => f.properties.name)).toEqual(['新路'])
})

test('a district’s base map ends only what lies wholly in its cells, and brings no tiles for the whole city [INF-14]', async () => {
  const pack = join(folder, 'district-pack')
  await mkdir(join(pack, 'map'), { recursive: true })
  await loadParts(pool, wordsSource(smallCity), new Date())
  const { rows: cells } = await sql<{ lon: number; lat: number }>`
    select lon, lat from geography.cell_version where valid_to is null order by code`.execute(db)
  const [a, b, other] = cells.map((c) => [c.lon, c.lat] as const)
  const lane = (name: string, coordinates: unknown[]) => ({
    type: 'Feature',
    properties: { layer: 'road', class: 'residential', name },
    geometry: { type: 'LineString', coordinates },
  })
  const write = (features: object[]) =>
    writeFile(join(pack, 'map/base.geojson'), JSON.stringify({ type: 'FeatureCollection', features }))
  const namesNow = async () =>
    (
      await sql<{
        name: string
      }>`select name from geography.map_feature where class = 'residential' order by name`.execute(db)
    ).rows.map((r) => r.name)

  const street = ['110101001']
  await write([lane('内巷', [a, b]), lane('出街路', [b, other]), lane('邻巷', [other, other])])
  expect((await layPack(pack, street)).changes).toEqual({ added: 3, changed: 0, retired: 0, same: 0 })
  await write([lane('新内巷', [b, a])])
  expect((await layPack(pack, street)).changes).toEqual({ added: 1, changed: 0, retired: 1, same: 0 })
  expect(await namesNow()).toEqual(['出街路', '新内巷', '邻巷'])
  expect((await layPack(pack, street)).changes).toEqual({ added: 0, changed: 0, retired: 0, same: 1 })
  writeMbtiles(join(pack, 'map/base.mbtiles'), 'pbf', tileOfClass('river'))
  expect((await layPack(pack, street)).faults.map((f) => f.code)).toEqual(['pack/whole-city'])
  await sql`delete from geography.map_feature where class = 'residential'`.execute(db)
})

test('tiles that a pack brings are served as they are, from the database of the city [INF-14]', async () => {
  const pack = join(folder, 'tiles-pack')
  await mkdir(join(pack, 'map'), { recursive: true })
  writeMbtiles(join(pack, 'map/base.mbtiles'), 'png', tileOfClass('river'))
  expect((await layPack(pack)).faults.map((f) => f.code)).toEqual(['pack/mbtiles-format'])
  await rm(join(pack, 'map/base.mbtiles'))
  writeMbtiles(join(pack, 'map/base.mbtiles'), 'pbf', tileOfClass('river'))
  expect((await layPack(pack)).changes).toMatchObject({ added: 1 })
  expect((await layPack(pack)).changes).toMatchObject({ added: 0, same: 1 })
  expect((await baseLayers()).water?.[0]?.properties).toEqual({ class: 'river' })
  expect(await tileJson()).toMatchObject({ name: 'made', attribution: 'ours', maxzoom: 14 })
})

test('an MBTiles dropped into the data folder is the map from the next tile on, gzipped for those who take it [INF-14]', async () => {
  await mkdir(join(folder, 'map'), { recursive: true })
  await writeFile(join(folder, 'map/base.mbtiles'), 'half a copy')
  expect((await baseLayers()).water?.[0]?.properties).toEqual({ class: 'river' })
  await rm(join(folder, 'map/base.mbtiles'))
  writeMbtiles(join(folder, 'map/base.mbtiles'), 'pbf', tileOfClass('canal'))
  expect((await baseLayers()).water?.[0]?.properties).toEqual({ class: 'canal' })
  expect((await fetchBase()).headers.get('content-encoding')).toBe('gzip')
  const plain = await fetchBase('identity')
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(tileIn(new Uint8Array(await plain.arrayBuffer())).water).toHaveLength(1)
  expect((await fetch(`${base}/tiles/base/3/0/0.mvt`)).status).toBe(204)
})
