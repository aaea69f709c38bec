import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { levels } from './model.ts'

export * from './components/contract.ts'
export * from './geocode/contract.ts'
export * from './grid/contract.ts'
export * from './map/contract.ts'
export * as ogc from './ogc/contract.ts'

/** Degrees, WGS84 / CGCS2000. */
export const PointIn = z.object({ lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) })
const degrees = { lon: z.coerce.number().min(-180).max(180), lat: z.coerce.number().min(-90).max(90) }

export const Area = z.object({
  code: z.string(),
  level: z.enum(levels),
  name: z.string(),
  parentCode: z.string().nullable(),
})

export const listAreas = route({
  method: 'GET',
  path: '/geography/areas',
  summary: '区域 Areas',
  may: 'public',
  query: z.object({ level: z.enum(levels).exclude(['cell']).optional(), within: z.string().max(15).optional() }),
  reply: z.object({ areas: z.array(Area) }),
})

/** GeoJSON of the offline base map: `layer` road, water, landuse, place; and area outlines: district, street. */
export const baseMap = route({
  method: 'GET',
  path: '/geography/base-map',
  summary: '底图(示意) Base map, schematic',
  may: 'public',
  /** `openmaptiles`: `layer`, `class` and the rest in its words, as the tiles have them. */
  query: z.object({ words: z.literal('openmaptiles').optional() }),
  reply: z.object({
    type: z.literal('FeatureCollection'),
    /** To be shown wherever the map is. */
    attribution: z.object({ 'zh-CN': z.string(), en: z.string() }),
    bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    features: z.array(z.record(z.string(), z.unknown())),
  }),
})

/** Cells inside a box, as GeoJSON polygons with `code`; at most 2,000. */
export const cellsIn = route({
  method: 'GET',
  path: '/geography/cells',
  summary: '单元网格 Cells in view',
  may: 'public',
  query: z.object({
    west: z.coerce.number(),
    south: z.coerce.number(),
    east: z.coerce.number(),
    north: z.coerce.number(),
  }),
  reply: z.object({ type: z.literal('FeatureCollection'), features: z.array(z.record(z.string(), z.unknown())) }),
})

export const PlaceSaid = z.object({
  cell: z.string(),
  community: z.object({ code: z.string(), name: z.string() }),
  street: z.object({ code: z.string(), name: z.string() }),
  district: z.object({ code: z.string(), name: z.string() }),
  /** The place as one would say it, in each language: “东四北大街附近(东四街道)”. */
  words: z.object({ 'zh-CN': z.string(), en: z.string() }),
})

export const placeAt = route({
  method: 'GET',
  path: '/geography/at',
  summary: '坐标所在地 What is here',
  may: 'public',
  perMinute: 240,
  query: z.object(degrees),
  reply: PlaceSaid,
})
