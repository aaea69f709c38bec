/** The map as a service: layers and tiles. `docs/tiles.md` tells what is in them. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })

export const thematicMapIds = ['analysis', 'command', 'inspection', 'handling', 'officers', 'parties'] as const

export const MapLayer = z.object({
  id: z.string(),
  title: Text,
  kind: z.enum(['point', 'line', 'polygon']),
  /** The kind of resource, for the legend's groups. */
  resource: z.string().nullable(),
  maps: z.array(z.enum(thematicMapIds)),
  /** Anybody may see it, signed in or not. */
  public: z.boolean(),
  minZoom: z.number(),
  maxZoom: z.number(),
  /** From here on things stand alone; below they may be counted. */
  pointsFrom: z.number(),
  /** The worst last. */
  states: z.array(z.object({ id: z.string(), title: Text })),
  properties: z.array(z.object({ id: z.string(), title: Text, type: z.enum(['word', 'number', 'text', 'instant']) })),
  /** The property that stands beside the point. */
  label: z.string().nullable(),
  /** Where a page finds one thing; `{key}` stands for its key. */
  href: z.string().nullable(),
  /** Positions come over `/api/live` too. */
  live: z.boolean(),
  /** What the caller may see of it; null while it is being loaded. */
  count: z.number().nullable(),
  byState: z.record(z.string(), z.number()),
  tiles: z.string(),
})

export const listLayers = route({
  method: 'GET',
  path: '/map/layers',
  summary: '图层 Layers of the map that the caller may see',
  may: 'public',
  reply: z.object({
    layers: z.array(MapLayer),
    maps: z.array(z.object({ id: z.enum(thematicMapIds), layers: z.array(z.string()) })),
  }),
})

const at = {
  z: z.coerce.number().int().min(0).max(24),
  x: z.coerce.number().int().min(0),
  y: z.coerce.number().int().min(0),
}
const layerId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)
const list = z
  .string()
  .max(400)
  .transform((text) => text.split(',').filter(Boolean))

export const layerTile = route({
  method: 'GET',
  path: '//tiles/:layer/:z/:x/:y.mvt',
  summary: '实时矢量瓦片 A live vector tile of a layer',
  may: 'public',
  params: z.object({ layer: layerId, ...at }),
  query: z.object({
    /** States, with `,` between them. */
    only: list.optional(),
    /** Area prefix. */
    area: z
      .string()
      .regex(/^\d{2,15}$/)
      .optional(),
    unit: z.string().max(64).optional(),
    /** Polygons: the point layer whose things are counted in each. */
    count: layerId.optional(),
  }),
  replyType: 'application/vnd.mapbox-vector-tile',
})

export const layerTileJson = route({
  method: 'GET',
  path: '//tiles/:layer.json',
  summary: '图层的 TileJSON of a layer',
  may: 'public',
  params: z.object({ layer: layerId }),
  replyType: 'application/json',
})

export const baseTile = route({
  method: 'GET',
  path: '//tiles/base/:z/:x/:y.mvt',
  summary: '底图矢量瓦片 A vector tile of the base map, OpenMapTiles layer names',
  may: 'public',
  params: z.object(at),
  /** The version that `base.json` names: with it a browser keeps the tile. */
  query: z.object({ v: z.string().max(80).optional() }),
  replyType: 'application/vnd.mapbox-vector-tile',
})

/** TileJSON 3.0, and under `pentad` what our maps show beside it. */
export const BaseTileJson = z.looseObject({
  tiles: z.array(z.string()),
  minzoom: z.number(),
  maxzoom: z.number(),
  pentad: z.object({
    /** To be shown wherever the map is. */
    attribution: Text,
    /** Of the city, whatever more the tiles cover. */
    bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    /** Drawn by hand from the city's own features, not surveyed. */
    schematic: z.boolean(),
  }),
})
export const baseTileJson = route({
  method: 'GET',
  path: '//tiles/base.json',
  summary: '底图的 TileJSON of the base map',
  may: 'public',
  reply: BaseTileJson,
})
