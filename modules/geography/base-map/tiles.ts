/**
 * Where base tiles come from, the best first: the file dropped into the data folder, the tiles that the city pack brought, the
 * features of the city cut here.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, sql } from '@pentad/platform/db'
import { drawShape, isTile, MvtLayer, mvtOf, ShapeStore, shapeOf, type TileAt } from '@pentad/platform/tiles'
import { mapFeatures, outlines, theCity } from '../queries.ts'
import { type Mbtiles, openMbtiles, tileJsonOf } from './mbtiles.ts'
import { type OmtLayer, omtLayers, omtOf, omtOfArea } from './omt.ts'

export interface BaseTiles {
  /** Another when the tiles may be others. */
  version: string
  tileJson: ReturnType<typeof tileJsonOf>
  /** Cut here from the city's own features. */
  schematic: boolean
  /** Gzipped or not, as it is kept. */
  tile: (at: TileAt) => Promise<Uint8Array | undefined>
}

export async function baseTiles(db: Db, dataFolder: string): Promise<BaseTiles> {
  return (await droppedTiles(join(dataFolder, 'map', 'base.mbtiles'))) ?? (await packTiles(db)) ?? cityTiles(db)
}

let dropped: { path: string; version: string; file: Mbtiles } | undefined

async function droppedTiles(path: string): Promise<BaseTiles | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return undefined
  const version = `f${found.ino}-${found.size}-${Math.round(found.mtimeMs)}`
  if (dropped?.path !== path || dropped.version !== version) {
    const file = openMbtiles(path)
    // Half a copy is no map yet: the next best serves until it is whole.
    if ('wrong' in file) return undefined
    dropped?.file.close()
    dropped = { path, version, file }
  }
  const { file } = dropped
  return {
    version,
    tileJson: tileJsonOf(file.metadata),
    schematic: false,
    tile: async ({ z, x, y }) => file.tile(z, x, y),
  }
}

async function packTiles(db: Db): Promise<BaseTiles | undefined> {
  const { rows } = await sql<{ sha256: string; metadata: Record<string, string> }>`
    select sha256, metadata from geography.base_tileset`.execute(db)
  const set = rows[0]
  if (!set) return undefined
  return {
    version: `p${set.sha256.slice(0, 16)}`,
    tileJson: tileJsonOf(set.metadata),
    schematic: false,
    tile: async ({ z, x, y }) =>
      (
        await sql<{
          data: Buffer
        }>`select data from geography.base_tile where z = ${z} and x = ${x} and y = ${y}`.execute(db)
      ).rows[0]?.data,
  }
}

interface Cut {
  layer: OmtLayer
  minZoom: number
  properties: Record<string, string | number>
}
/** The city's features by version; a server that serves several databases (tests) holds a few. */
const held = new Map<string, Promise<ShapeStore<Cut>>>()
const mostHeld = 3
const lowest = 5
/** Beyond it a map enlarges: a unit is then a third of a metre. */
const highest = 15

async function storeOf(db: Db, version: string): Promise<ShapeStore<Cut>> {
  let store = held.get(version)
  if (!store) {
    store = (async () => {
      const features = [...(await mapFeatures(db)).flatMap(omtOf), ...(await outlines(db)).flatMap(omtOfArea)]
      return new ShapeStore(features.map(({ geometry, ...of }) => ({ shape: shapeOf(geometry), of })))
    })()
    held.set(version, store)
    store.catch(() => held.delete(version))
    for (const old of held.keys()) if (held.size > mostHeld) held.delete(old)
  }
  return store
}

async function cityTiles(db: Db): Promise<BaseTiles> {
  const city = await theCity(db)
  const version = city?.version ?? 'empty'
  return {
    version: `c${version}`,
    schematic: true,
    tileJson: {
      name: city?.nameZh ?? '',
      attribution: city?.labelZh ?? '',
      minzoom: lowest,
      maxzoom: highest,
      bounds: city?.bounds ?? [73, 18, 135, 54],
      vector_layers: omtLayers.map((id) => ({ id, fields: { class: 'String', name: 'String' } })),
    },
    tile: async (at) => {
      if (!isTile(at) || at.z > highest) return undefined
      const bytes = cutBase(await storeOf(db, version), at)
      return bytes.length ? bytes : undefined
    },
  }
}

function cutBase(store: ShapeStore<Cut>, at: TileAt): Uint8Array {
  const layers = new Map<OmtLayer, MvtLayer>()
  for (const { shape, of } of store.in(at)) {
    if (at.z < of.minZoom) continue
    let layer = layers.get(of.layer)
    if (!layer) {
      layer = new MvtLayer(of.layer)
      layers.set(of.layer, layer)
    }
    const into = layer
    drawShape(
      into,
      shape,
      at,
      Object.entries(of.properties).flatMap(([name, value]) => [into.key(name), into.value(value)]),
    )
  }
  return mvtOf(omtLayers.flatMap((name) => layers.get(name) ?? []))
}
