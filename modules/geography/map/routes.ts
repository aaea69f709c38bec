import { gunzipSync } from 'node:zlib'
import { namedActor } from '@pentad/identity'
import { type Context, type Raw, raw, serve } from '@pentad/platform/serve'
import { type LayerSource, pointsFrom, sightIn, type Tile, zoomsOf } from '@pentad/platform/tiles'
import type { z } from 'zod'
import { baseTiles } from '../base-map/tiles.ts'
import { theCity } from '../queries.ts'
import {
  type BaseTileJson,
  baseTile,
  baseTileJson,
  layerTile,
  layerTileJson,
  listLayers,
  thematicMapIds,
} from './contract.ts'

const mvt = 'application/vnd.mapbox-vector-tile'

/** Asked for again at every look, and answered in a few bytes when nothing is different. */
export const cacheOf = (isPublic: boolean): string => (isPublic ? 'no-cache' : 'private, no-cache')

/** A tile, or that there is nothing, or that the caller has it already. */
export function tileReply(
  tile: Pick<Tile, 'bytes' | 'etag'> | undefined,
  context: Context,
  headers: Record<string, string>,
): Raw {
  const vary = { vary: 'accept-encoding, cookie', ...headers }
  if (!tile) return raw({ raw: '', type: mvt, status: 204, headers: vary })
  const known = context.header('if-none-match')?.split(/,\s*/).includes(tile.etag) ?? false
  if (known) return raw({ raw: '', type: mvt, status: 304, headers: { ...vary, etag: tile.etag } })
  const { buffer, byteOffset, byteLength } = tile.bytes
  return raw({
    raw: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength),
    type: mvt,
    headers: { ...vary, etag: tile.etag },
  })
}

async function layerOut(source: LayerSource, { actor, layers, now }: Context) {
  const sight = sightIn(source, actor)
  const totals = sight === undefined ? undefined : await layers.totals(source, sight, now)
  const [minZoom, maxZoom] = zoomsOf(source)
  return {
    id: source.id,
    title: source.title,
    kind: source.kind,
    resource: source.resource ?? null,
    maps: [...source.maps],
    public: source.may === 'public',
    minZoom,
    maxZoom,
    pointsFrom,
    states: [...(source.states ?? [])],
    properties: Object.entries(source.properties).map(([id, p]) => ({ id, title: p.title, type: p.type })),
    label: source.label ?? null,
    href: source.href ?? null,
    live: source.live ?? false,
    count: totals?.count ?? null,
    byState: totals?.byState ?? {},
    tiles: `/tiles/${source.id}/{z}/{x}/{y}.mvt`,
  }
}

/** Attributions are often HTML; our maps show words. */
const plain = (html: string): string => html.replace(/<[^>]*>/g, '').trim()
const wholeCountry: [number, number, number, number] = [73, 18, 135, 54]
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

export const routes = [
  serve(baseTileJson, async (_, { db, settings, origin }) => {
    const [{ tileJson, version, schematic }, city] = [await baseTiles(db, settings.dataFolder), await theCity(db)]
    const said = schematic ? '' : plain(tileJson.attribution)
    const attribution = (label = '') => [said, label].filter(Boolean).join(' · ')
    return raw({
      raw: JSON.stringify({
        tilejson: '3.0.0',
        scheme: 'xyz',
        ...tileJson,
        tiles: [`${origin}/tiles/base/{z}/{x}/{y}.mvt?v=${version}`],
        pentad: {
          attribution: { 'zh-CN': attribution(city?.labelZh), en: attribution(city?.labelEn) },
          bounds: city?.bounds ?? wholeCountry,
          schematic,
        },
      } satisfies z.input<typeof BaseTileJson>),
      type: 'application/json',
      headers: { 'cache-control': 'no-cache' },
    })
  }),

  serve(baseTile, async ({ params, query }, context) => {
    const { version, tile } = await baseTiles(context.db, context.settings.dataFolder)
    const bytes = await tile(params)
    const etag = `"${version}"`
    // Named by its version a tile never changes.
    const cache = query.v === version ? 'public, max-age=2592000, immutable' : 'no-cache'
    const takesGzip = /\bgzip\b/.test(context.header('accept-encoding') ?? '')
    const packed = bytes !== undefined && isGzip(bytes)
    return tileReply(bytes && { bytes: packed && !takesGzip ? gunzipSync(bytes) : bytes, etag }, context, {
      'cache-control': cache,
      vary: 'accept-encoding',
      ...(packed && takesGzip ? { 'content-encoding': 'gzip' } : {}),
    })
  }),

  serve(listLayers, async (_, context) => {
    const sources = await context.layers.sourcesFor(context.actor)
    const layers = await Promise.all(sources.map((source) => layerOut(source, context)))
    return {
      layers,
      maps: thematicMapIds.map((id) => ({
        id,
        layers: layers.filter((l) => l.maps.includes(id)).map((l) => l.id),
      })),
    }
  }),

  serve(
    layerTile,
    async ({ params: { layer, ...at }, query }, context) => {
      const tile = await context.layers.tile(layer, at, await namedActor(context), query, context.now, context.ahead)
      const source = await context.layers.find(layer)
      return tileReply(tile, context, { 'cache-control': cacheOf(source?.may === 'public' && !query.count) })
    },
    ({ layer = '' }, { layers, now }) => layers.ahead(layer, now),
  ),

  serve(layerTileJson, async ({ params }, context) => {
    const { source } = await context.layers.granted(params.layer, await namedActor(context))
    const [minzoom, maxzoom] = zoomsOf(source)
    const fields = Object.entries(source.properties).map(([id, { title }]) => [id, title[context.language]] as const)
    return raw({
      raw: JSON.stringify({
        tilejson: '3.0.0',
        name: source.title[context.language],
        tiles: [`${context.origin}/tiles/${source.id}/{z}/{x}/{y}.mvt`],
        minzoom,
        maxzoom,
        vector_layers: [{ id: source.id, minzoom, maxzoom, fields: Object.fromEntries(fields) }],
      }),
      type: 'application/json',
      headers: { 'cache-control': cacheOf(source.may === 'public') },
    })
  }),
]
