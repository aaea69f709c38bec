import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { candidateKinds, reasonCodes } from './model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const AreaNamed = z.object({ code: z.string(), name: z.string() })

export const FoundPlace = z.object({
  name: z.string(),
  kind: z.enum(candidateKinds),
  /** The street (街道) that holds it, by name. */
  within: z.string(),
  lon: z.number(),
  lat: z.number(),
  cell: z.string(),
  street: AreaNamed,
  /** From 0 to 1. */
  confidence: z.number(),
  reasons: z.array(z.object({ code: z.enum(reasonCodes), about: z.string(), text: Text })),
  /** What was understood of the words, in UTF-16 units, [from, to), not overlapping. */
  spans: z.array(
    z.object({ from: z.number(), to: z.number(), part: z.enum(['area', 'road', 'place', 'number', 'relation']) }),
  ),
})

export const searchPlaces = route({
  method: 'GET',
  path: '/geography/search',
  summary: '地理编码 Find a place by what was said, or by coordinates',
  may: 'public',
  perMinute: 240,
  query: z.object({ q: z.string().min(1).max(200), crs: z.string().max(20).optional() }),
  reply: z.object({ places: z.array(FoundPlace) }),
})

export const reversePlace = route({
  method: 'GET',
  path: '/geography/reverse',
  summary: '逆地理编码 How one says where this is',
  may: 'public',
  perMinute: 240,
  query: z.object({ lon: z.coerce.number().min(-180).max(180), lat: z.coerce.number().min(-90).max(90) }),
  reply: z.object({
    cell: z.string(),
    street: AreaNamed,
    community: AreaNamed,
    words: Text,
    plate: z.object({ road: z.string(), number: z.string(), distanceM: z.number() }).nullable(),
    road: z.object({ name: z.string(), distanceM: z.number() }).nullable(),
    /** `direction` of the point as seen from there: bearing / 45, north first. */
    crossing: z
      .object({ roads: z.tuple([z.string(), z.string()]), distanceM: z.number(), direction: z.number() })
      .nullable(),
    landmark: z.object({ name: z.string(), distanceM: z.number(), direction: z.number() }).nullable(),
  }),
})

export const mostSentences = 1000

/** One row for each sentence, in order; `place` is the best candidate, and null says that no name of the city is in it. */
export const geocodeBatch = route({
  method: 'POST',
  path: '/geography/geocode',
  summary: '批量地理编码 Find places for many sentences',
  may: 'geography.read',
  body: z.object({ sentences: z.array(z.string().max(200)).min(1).max(mostSentences) }),
  reply: z.object({
    rows: z.array(z.object({ sentence: z.string(), place: FoundPlace.nullable(), others: z.number() })),
    found: z.number(),
  }),
})

export const mostFileRows = 5000

/** A CSV with a column `address` or 地址 (else its first); comes back with the place of each line beside it. */
export const geocodeFile = route({
  method: 'POST',
  path: '/geography/geocode/file',
  summary: '批量地理编码(CSV) Find places for a table',
  may: 'geography.read',
  file: { types: ['text/csv'], maxBytes: 4_000_000 },
  replyType: 'text/csv',
})
