import { gzipSync } from 'node:zlib'
import { granted } from '@pentad/platform/refusal'
import { raw, serve } from '@pentad/platform/serve'
import { omtOf, omtOfArea } from './base-map/omt.ts'
import { baseMap, cellsIn, listAreas, placeAt } from './contract.ts'
import { geocodeRoutes } from './geocode/index.ts'
import { locatorOf } from './locator.ts'
import { areasOf, mapFeatures, outlines, theCity } from './queries.ts'

/** A map is large and changes with the city's version only; made once for each. */
const packedMaps = new Map<string, Buffer>()
const mostPacked = 4
const mostCells = 2000

export const routes = [
  serve(listAreas, async ({ query }, { db }) => ({
    areas: await areasOf(db, query.level ?? null, query.within ?? ''),
  })),

  serve(baseMap, async ({ query: { words } }, { db }) => {
    const city = await theCity(db)
    const version = `${city?.version ?? 'empty'}${words ? '-omt' : ''}`
    let packed = packedMaps.get(version)
    if (!packed) {
      const features = await mapFeatures(db)
      const areas = await outlines(db)
      const feature = ({ geometry, ...properties }: { geometry: unknown }) => ({
        type: 'Feature',
        properties,
        geometry,
      })
      packed = gzipSync(
        JSON.stringify({
          type: 'FeatureCollection',
          attribution: { 'zh-CN': city?.labelZh ?? '', en: city?.labelEn ?? '' },
          bounds: city?.bounds ?? [73, 18, 135, 54],
          features: words
            ? [...features.flatMap(omtOf), ...areas.flatMap(omtOfArea)].map(({ layer, properties, geometry }) =>
                feature({ layer, ...properties, geometry } as { geometry: unknown }),
              )
            : [
                ...features.map(feature),
                ...areas.map(({ level, code, name, geometry }) =>
                  feature({ layer: level, class: level, code, name, geometry } as { geometry: unknown }),
                ),
              ],
        }),
      )
      for (const old of packedMaps.keys()) if (packedMaps.size >= mostPacked) packedMaps.delete(old)
      packedMaps.set(version, packed)
    }
    return raw({
      raw: packed,
      type: 'application/json',
      headers: { 'content-encoding': 'gzip', 'cache-control': 'no-cache', etag: `"${version}"` },
    })
  }),

  serve(cellsIn, async ({ query: { west, south, east, north } }, { db }) => {
    const cells = (await locatorOf(db)).cellsIn(west, south, east, north)
    return {
      type: 'FeatureCollection' as const,
      features: cells.slice(0, mostCells).map(({ code, ring }) => ({
        type: 'Feature',
        properties: { code },
        geometry: { type: 'Polygon', coordinates: [ring] },
      })),
    }
  }),

  serve(placeAt, async ({ query }, { db }) => {
    const locator = await locatorOf(db)
    return placeSaid(locator, query, granted(locator.placeOf(query)))
  }),

  ...geocodeRoutes,
]

type Locator = Awaited<ReturnType<typeof locatorOf>>
/** A place with its names, as `PlaceSaid`. */
export const placeSaid = (
  locator: Locator,
  point: { lon: number; lat: number },
  place: Exclude<ReturnType<Locator['placeOf']>, { refused: string }>,
) => {
  const named = (code: string) => ({ code, name: locator.nameOf(code) })
  return {
    cell: place.cell,
    community: named(place.community),
    street: named(place.street),
    district: named(place.district),
    words: locator.wordsFor(point, place),
  }
}
