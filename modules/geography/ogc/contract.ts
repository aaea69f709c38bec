/** OGC API – Features, Part 1: Core (OGC 17-069r4), so that QGIS, GDAL and the like open the layers of the map. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'

/** We speak JSON; `f` is what many clients add to say so. */
const f = z.enum(['json', 'geojson']).optional()
const bare = z.strictObject({ f })
const geoJson = 'application/geo+json'
const common = { method: 'GET', may: 'public', basic: true, perMinute: 1200 } as const

export const landing = route({
  ...common,
  path: '//ogc',
  summary: 'OGC API 首页 Landing page',
  query: bare,
  replyType: 'application/json',
})
export const conformance = route({
  ...common,
  path: '//ogc/conformance',
  summary: 'OGC API 符合性 Conformance classes',
  query: bare,
  replyType: 'application/json',
})
export const apiDocument = route({
  ...common,
  path: '//ogc/api',
  summary: 'OGC API 定义 Definition of the API',
  query: bare,
  replyType: 'application/vnd.oai.openapi+json;version=3.0',
})
export const collections = route({
  ...common,
  path: '//ogc/collections',
  summary: 'OGC API 数据集 Collections that the caller may see',
  query: bare,
  replyType: 'application/json',
})
export const collection = route({
  ...common,
  path: '//ogc/collections/:collection',
  summary: 'OGC API 单个数据集 One collection',
  params: z.object({ collection: z.string().max(80) }),
  query: bare,
  replyType: 'application/json',
})

/** Features of a page; what asks for more gets so many. */
export const mostItems = 10_000
export const itemsByDefault = 100

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const end = z.union([z.enum(['', '..']).transform(() => null), instant])

/** `west,south,east,north`; of six numbers the heights are left out. */
export const BoxIn = z
  .string()
  .max(200)
  .transform((text) => text.split(',').map((n) => (n.trim() === '' ? Number.NaN : Number(n))))
  .refine((n) => (n.length === 4 || n.length === 6) && n.every(Number.isFinite), 'four or six numbers')
  .transform((n) => (n.length === 6 ? [n[0], n[1], n[3], n[4]] : n) as [number, number, number, number])
  .refine(
    ([west, south, east, north]) =>
      Math.abs(west) <= 180 && Math.abs(east) <= 180 && south >= -90 && north <= 90 && south <= north,
    'west,south,east,north in degrees',
  )

/** An instant, or `from/to` with `..` for an open end. */
export const TimeIn = z
  .string()
  .max(100)
  .transform((text) => (text.includes('/') ? text.split('/') : [text, text]))
  .pipe(z.tuple([end, end]))
  .refine(([from, to]) => from === null || to === null || from <= to, 'from before to')

export const items = route({
  ...common,
  path: '//ogc/collections/:collection/items',
  summary: 'OGC API 要素 Features of a collection, page by page',
  params: z.object({ collection: z.string().max(80) }),
  query: z.strictObject({
    f,
    bbox: BoxIn.optional(),
    'bbox-crs': z.literal('http://www.opengis.net/def/crs/OGC/1.3/CRS84').optional(),
    datetime: TimeIn.optional(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .default(itemsByDefault)
      .transform((n) => Math.min(n, mostItems)),
    /** The last one of the page before; `next` has it. */
    after: z.string().max(80).optional(),
  }),
  replyType: geoJson,
})
export const item = route({
  ...common,
  path: '//ogc/collections/:collection/items/:feature',
  summary: 'OGC API 单个要素 One feature',
  params: z.object({ collection: z.string().max(80), feature: z.string().max(80) }),
  query: bare,
  replyType: geoJson,
})
