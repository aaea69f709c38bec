import { route } from '@pentad/platform/contract'
import { z } from 'zod'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()
const dataClass = z.enum(['public', 'internal', 'personal', 'sensitive'])
const dataGroup = z.enum(['base', 'business', 'shared'])
const dataStore = z.enum(['common', 'professional', 'shared'])
const dataRoot = z.enum(['people', 'places', 'things', 'events', 'organisations'])

export const dataDictionary = route({
  method: 'GET',
  path: '/operations/data/dictionary',
  summary: '数据字典 Data dictionary: sets, fields, interfaces, as the system has them now',
  may: 'operations.read-data',
  reply: z.object({
    sets: z.array(
      z.object({
        id: z.string(),
        title: Text,
        says: Text,
        group: dataGroup,
        store: dataStore,
        root: dataRoot,
        owner: Text,
        source: Text,
        updateDays: z.number().nullable(),
        dataClass,
        openData: z.boolean(),
        page: z.string().nullable(),
        /** About so many rows in all. */
        rows: z.number(),
        /** Of tables that this installation has. */
        tables: z.array(
          z.object({
            name: z.string(),
            rows: z.number(),
            views: z.array(z.string()),
            fields: z.array(
              z.object({
                name: z.string(),
                type: z.string(),
                required: z.boolean(),
                key: z.boolean(),
                refers: z.string().nullable(),
                meaning: Text.nullable(),
              }),
            ),
          }),
        ),
        /** Forms of ledgers. */
        forms: z.array(
          z.object({
            id: z.string(),
            title: Text,
            version: z.number(),
            proposal: z.boolean(),
            fields: z.array(
              z.object({
                key: z.string(),
                title: Text,
                type: z.string(),
                required: z.boolean(),
                dataClass: z.string(),
              }),
            ),
          }),
        ),
        routes: z.array(z.object({ method: z.string(), path: z.string(), may: z.string(), summary: z.string() })),
        layers: z.array(z.string()),
      }),
    ),
  }),
})

export const baseUnitModel = route({
  method: 'GET',
  path: '/operations/data/base-units',
  summary: '基础单元数据模型 Base-unit model: 19 major and 94 minor kinds (our proposal)',
  may: 'operations.read-data',
  reply: z.object({
    majors: z.array(
      z.object({
        code: z.string(),
        root: dataRoot,
        title: Text,
        minors: z.array(
          z.object({
            code: z.string(),
            title: Text,
            /** The data set or ledger that holds it today. */
            heldIn: z.object({ id: z.string(), title: Text, page: z.string().nullable() }).nullable(),
          }),
        ),
      }),
    ),
  }),
})

export const dataQuality = route({
  method: 'GET',
  path: '/operations/data/quality',
  summary: '数据质量 Data quality: age, completeness and other checks, with their trend',
  may: 'operations.read-data',
  reply: z.object({
    runs: z.array(z.object({ id: z.uuid(), at: instant, by: z.string().nullable(), ended: instant.nullable() })),
    sets: z.array(
      z.object({
        id: z.string(),
        title: Text,
        group: dataGroup,
        store: dataStore,
        owner: Text,
        updateDays: z.number().nullable(),
        page: z.string().nullable(),
        lastChange: instant.nullable(),
        /** Days since, against the interval. */
        age: z.enum(['fresh', 'old', 'unknown', 'open']),
        checks: z.array(
          z.object({
            id: z.string(),
            aspect: z.string(),
            title: Text,
            total: z.number(),
            bad: z.number(),
            opens: z.string().nullable(),
            /** Share that holds, oldest run first. */
            trend: z.array(z.number().nullable()),
          }),
        ),
      }),
    ),
  }),
})

export const qualitySamples = route({
  method: 'GET',
  path: '/operations/data/quality/:check',
  summary: '质量问题记录 Records that do not hold, within the caller’s area',
  may: 'operations.read-data',
  params: z.object({ check: z.string().max(60) }),
  reply: z.object({
    records: z.array(z.object({ id: z.string(), label: z.string(), href: z.string().nullable() })),
    /** Found, but not the caller's to see, or beyond the first ones. */
    more: z.number(),
  }),
})

export const runChecks = route({
  method: 'POST',
  path: '/operations/data/runs',
  summary: '立即检查 Run the checks now',
  may: 'operations.check-data',
  body: z.object({}),
  reply: z.object({ id: z.uuid() }),
})
