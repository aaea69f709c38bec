/** What OGC API – Features says about itself. Pure. */
import type { LayerSource } from '@pentad/platform/tiles'
import { itemsByDefault, mostItems } from './contract.ts'

export type Language = 'zh-CN' | 'en'
export interface Saying {
  /** `https://host/ogc`. */
  base: string
  language: Language
  /** Of the whole city, west, south, east, north. */
  bounds: readonly number[]
}

export const crs84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'
const json = 'application/json'
const geoJson = 'application/geo+json'
const openApi = 'application/vnd.oai.openapi+json;version=3.0'

const title = {
  landing: { 'zh-CN': '五位一体 · 地图图层', en: 'Pentad · layers of the map' },
  description: {
    'zh-CN': '城市运行的图层。登录后可见本岗位管辖范围内的数据。',
    en: 'Layers of a city at work. Signed in, one sees what lies within the post.',
  },
}

export const conformsTo = ['core', 'oas30', 'geojson'].map(
  (name) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${name}`,
)

export const landingPage = ({ base, language }: Saying) => ({
  title: title.landing[language],
  description: title.description[language],
  links: [
    { href: base, rel: 'self', type: json },
    { href: `${base}/api`, rel: 'service-desc', type: openApi },
    { href: `${base}/conformance`, rel: 'conformance', type: json },
    { href: `${base}/collections`, rel: 'data', type: json },
  ],
})

export function collectionOf(source: LayerSource, { base, language, bounds }: Saying) {
  const here = `${base}/collections/${source.id}`
  return {
    id: source.id,
    title: source.title[language],
    itemType: 'feature',
    crs: [crs84],
    extent: {
      spatial: { bbox: [bounds], crs: crs84 },
      ...(source.time
        ? { temporal: { interval: [[null, null]], trs: 'http://www.opengis.net/def/uom/ISO-8601/0/Gregorian' } }
        : {}),
    },
    links: [
      { href: here, rel: 'self', type: json },
      { href: `${here}/items`, rel: 'items', type: geoJson, title: source.title[language] },
    ],
  }
}

export const collectionsOf = (sources: readonly LayerSource[], saying: Saying) => ({
  links: [{ href: `${saying.base}/collections`, rel: 'self', type: json }],
  collections: sources.map((source) => collectionOf(source, saying)),
})

/** OpenAPI 3.0 of what the caller may see. */
export function apiOf(sources: readonly LayerSource[], { base, language }: Saying) {
  const ok = (type: string, schema: object) => ({
    '200': { description: 'OK', content: { [type]: { schema } } },
    default: { description: 'problem', content: { 'application/problem+json': { schema: { type: 'object' } } } },
  })
  const get = (operationId: string, summary: string, type: string, parameters: object[] = []) => ({
    get: { operationId, summary, parameters, responses: ok(type, { type: 'object' }) },
  })
  const paths = sources.flatMap((source) => {
    const at = `/collections/${source.id}`
    const name = source.title[language]
    return [
      [at, get(`describe.${source.id}`, name, json)],
      [`${at}/items`, get(`list.${source.id}`, name, geoJson, itemParameters)],
      [`${at}/items/{featureId}`, get(`get.${source.id}`, name, geoJson, [featureId])],
    ] as const
  })
  return {
    openapi: '3.0.3',
    info: { title: title.landing[language], description: title.description[language], version: '1.0.0' },
    servers: [{ url: base }],
    paths: {
      '/': get('landing', title.landing[language], json),
      '/conformance': get('conformance', 'Conformance', json),
      '/collections': get('collections', 'Collections', json),
      ...Object.fromEntries(paths),
    },
    components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    security: [{}, { basic: [] }],
  }
}

const featureId = { name: 'featureId', in: 'path', required: true, schema: { type: 'string' } }
const itemParameters = [
  {
    name: 'bbox',
    in: 'query',
    required: false,
    style: 'form',
    explode: false,
    schema: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 6 },
  },
  {
    name: 'limit',
    in: 'query',
    required: false,
    style: 'form',
    explode: false,
    schema: { type: 'integer', minimum: 1, maximum: mostItems, default: itemsByDefault },
  },
  { name: 'datetime', in: 'query', required: false, style: 'form', explode: false, schema: { type: 'string' } },
  { name: 'after', in: 'query', required: false, schema: { type: 'string' } },
]
