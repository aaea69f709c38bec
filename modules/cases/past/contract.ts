/** The city at an earlier instant, and what came and went over a span of time. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { spans } from './model.ts'

const instant = z.iso.datetime()
const light = { rest: z.number(), green: z.number(), yellow: z.number(), red: z.number() }
const area = z
  .string()
  .regex(/^\d{2,15}$/)
  .optional()

/**
 * Cases that were open at an instant, each with its status and light of then, by its trail. Within `area` (a prefix) and the box
 * where they are given. Beyond `most` things they come as counts of cells, beyond as many cells as counts of streets.
 */
export const casesAt = route({
  method: 'GET',
  path: '/cases/at',
  summary: '历史时点在办案件 Cases open at an earlier instant',
  may: 'cases.read',
  query: z
    .object({
      instant: instant.transform((t) => new Date(t)),
      area,
      west: z.coerce.number().optional(),
      south: z.coerce.number().optional(),
      east: z.coerce.number().optional(),
      north: z.coerce.number().optional(),
      /** Counts at once, for a map that colours areas; those of cells within the box. */
      group: z.enum(['auto', 'cell', 'street']).default('auto'),
      most: z.coerce.number().int().min(1).max(5000).default(2000),
    })
    .refine((q) => new Set([q.west, q.south, q.east, q.north].map((x) => x === undefined)).size === 1),
  reply: z.object({
    instant,
    open: z.number(),
    byLight: z.object(light),
    cases: z.array(
      z.object({
        id: z.uuid(),
        no: z.string(),
        lon: z.number(),
        lat: z.number(),
        light: z.enum(['rest', 'green', 'yellow', 'red']),
        status: z.string(),
        classCode: z.string(),
      }),
    ),
    /** Instead of `cases` where they are too many: their middle, and how many of each light. */
    groups: z.array(z.object({ code: z.string(), lon: z.number(), lat: z.number(), count: z.number(), ...light })),
    groupedBy: z.enum(['cell', 'street']).nullable(),
  }),
})

/** What was reported and closed in each hour of a day, six hours of a week or legal day of a month that ends with the bucket of `until`. */
export const casesFlow = route({
  method: 'GET',
  path: '/cases/flow',
  summary: '案件流量 Reported and closed over time',
  may: 'cases.read',
  query: z.object({ until: instant.transform((t) => new Date(t)), span: z.enum(spans).default('day'), area }),
  reply: z.object({
    bucketSeconds: z.number(),
    /** Oldest first. */
    buckets: z.array(z.object({ from: instant, reported: z.number(), closed: z.number() })),
  }),
})
