import { namedActor } from '@pentad/identity'
import { granted } from '@pentad/platform/refusal'
import { type Context, raw, serve } from '@pentad/platform/serve'
import type { Item, LayerSource } from '@pentad/platform/tiles'
import { theCity } from '../queries.ts'
import { apiDocument, collection, collections, conformance, item, items, landing } from './contract.ts'
import { apiOf, collectionOf, collectionsOf, conformsTo, landingPage, type Saying } from './documents.ts'

const geoJson = 'application/geo+json'
const said = (body: object, type = 'application/json', headers: Record<string, string> = {}) =>
  raw({
    raw: JSON.stringify(body),
    type,
    headers: { 'cache-control': 'private, no-cache', vary: 'cookie, authorization, accept-language', ...headers },
  })

async function sayingOf({ db, origin, language }: Context): Promise<Saying> {
  const city = await theCity(db)
  return { base: `${origin}/ogc`, language, bounds: city?.bounds ?? [73, 18, 135, 54] }
}

/** The layers that the caller may see. */
const sourcesFor = async (context: Context): Promise<LayerSource[]> =>
  context.layers.sourcesFor(await namedActor(context))

const featureOut = ({ type, id, geometry, properties }: Item) => ({ type, id, geometry, properties })

export const routes = [
  serve(landing, async (_, context) => {
    // Whoever names themselves wrongly is told so at the door.
    await namedActor(context)
    return said(landingPage(await sayingOf(context)))
  }),

  serve(conformance, async () => said({ conformsTo })),

  serve(apiDocument, async (_, context) =>
    said(apiOf(await sourcesFor(context), await sayingOf(context)), 'application/vnd.oai.openapi+json;version=3.0'),
  ),

  serve(collections, async (_, context) => said(collectionsOf(await sourcesFor(context), await sayingOf(context)))),

  serve(collection, async ({ params }, context) => {
    const { source } = await context.layers.granted(params.collection, await namedActor(context))
    return said(collectionOf(source, await sayingOf(context)))
  }),

  serve(items, async ({ params, query }, context) => {
    const { source, sight } = await context.layers.granted(params.collection, await namedActor(context))
    const found = await context.layers.items(
      source,
      { sight, box: query.bbox, time: query.datetime, after: query.after, most: query.limit + 1 },
      context.now,
    )
    const page = found.slice(0, query.limit)
    const last = page.at(-1)
    const here = `${context.origin}/ogc/collections/${source.id}`
    const address = (more: Record<string, string>) => {
      const kept = Object.fromEntries(
        Object.entries({
          bbox: query.bbox?.join(','),
          datetime: query.datetime?.map((at) => at?.toISOString() ?? '..').join('/'),
          limit: String(query.limit),
          ...more,
        }).filter((entry): entry is [string, string] => entry[1] !== undefined),
      )
      return `${here}/items?${new URLSearchParams(kept)}`
    }
    return said(
      {
        type: 'FeatureCollection',
        timeStamp: context.now.toISOString(),
        numberReturned: page.length,
        links: [
          { href: address(query.after === undefined ? {} : { after: query.after }), rel: 'self', type: geoJson },
          ...(last && found.length > page.length
            ? [{ href: address({ after: last.id }), rel: 'next', type: geoJson }]
            : []),
          { href: here, rel: 'collection', type: 'application/json' },
        ],
        features: page.map(featureOut),
      },
      geoJson,
      { 'content-crs': '<http://www.opengis.net/def/crs/OGC/1.3/CRS84>' },
    )
  }),

  serve(item, async ({ params }, context) => {
    const { source, sight } = await context.layers.granted(params.collection, await namedActor(context))
    const [found] = await context.layers.items(source, { sight, key: params.feature, most: 1 }, context.now)
    const here = `${context.origin}/ogc/collections/${source.id}`
    return said(
      {
        ...featureOut(granted(found)),
        links: [
          { href: `${here}/items/${encodeURIComponent(params.feature)}`, rel: 'self', type: geoJson },
          { href: here, rel: 'collection', type: 'application/json' },
        ],
      },
      geoJson,
    )
  }),
]
