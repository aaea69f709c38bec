import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import {
  accuracies,
  censusStates,
  componentEventKinds,
  componentId,
  componentStates,
  coverages,
  flaws,
} from './model.ts'

const instant = z.iso.datetime()
const Party = z.object({ code: z.string().max(60).nullable(), name: z.string().min(1).max(120) })
const Point = z.object({ lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) })
const Named = z.object({ code: z.string(), name: z.string() })

export const ComponentLine = z.object({
  id: z.string(),
  classCode: z.string(),
  name: z.string(),
  state: z.enum(componentStates),
  lon: z.number(),
  lat: z.number(),
  street: Named,
  maintainer: z.string().nullable(),
})

const wanted = {
  /** Area prefix: a district, street, community or cell. */
  within: z
    .string()
    .regex(/^\d{6}(\d{3}){0,3}$/)
    .optional(),
  /** Major class (2 digits) or minor (4). */
  classCode: z
    .string()
    .regex(/^\d{2}(\d{2})?$/)
    .optional(),
  state: z.enum(componentStates).optional(),
  flaw: z.enum(flaws).optional(),
  q: z.string().max(40).optional(),
}

export const listComponents = route({
  method: 'GET',
  path: '/geography/components',
  summary: '部件列表 Components',
  may: 'geography.read',
  query: z.object({
    ...wanted,
    after: z.string().max(16).default(''),
    most: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({ components: z.array(ComponentLine), next: z.string().nullable() }),
})

const Feature = z.object({
  type: z.literal('Feature'),
  properties: z.object({ id: z.string(), classCode: z.string(), name: z.string(), state: z.enum(componentStates) }),
  geometry: z.object({ type: z.literal('Point'), coordinates: z.tuple([z.number(), z.number()]) }),
})
/** Those in view; beyond 2,000 they are thinned and `all` says how many there are. */
export const componentsOnMap = route({
  method: 'GET',
  path: '/geography/components/map',
  summary: '部件上图 Components in view',
  may: 'geography.read',
  query: z.object({
    west: z.coerce.number(),
    south: z.coerce.number(),
    east: z.coerce.number(),
    north: z.coerce.number(),
    ...wanted,
  }),
  reply: z.object({ type: z.literal('FeatureCollection'), features: z.array(Feature), all: z.number() }),
})

export const componentCounts = route({
  method: 'GET',
  path: '/geography/components/counts',
  summary: '部件分类统计 Components by class',
  may: 'geography.read',
  query: z.object({ within: wanted.within }),
  reply: z.object({
    classes: z.array(
      z.object({ classCode: z.string(), count: z.number(), damaged: z.number(), lost: z.number(), gone: z.number() }),
    ),
  }),
})

export const nearestComponents = route({
  method: 'GET',
  path: '/geography/components/nearest',
  summary: '附近部件 Components around a point, nearest first',
  may: 'geography.read',
  query: z.object({
    lon: z.coerce.number().min(-180).max(180),
    lat: z.coerce.number().min(-90).max(90),
    classCode: z
      .string()
      .regex(/^\d{4}$/)
      .optional(),
    radiusM: z.coerce.number().min(1).max(500).default(50),
  }),
  reply: z.object({ components: z.array(ComponentLine.extend({ distanceM: z.number() })) }),
})

const Facts = z.object({
  name: z.string(),
  state: z.enum(componentStates),
  lon: z.number(),
  lat: z.number(),
  cell: z.string(),
  competent: Party.nullable(),
  owner: Party.nullable(),
  maintainer: Party.nullable(),
  accuracy: z.enum(accuracies).nullable(),
  source: z.string().nullable(),
  initialOn: z.string().nullable(),
  changedOn: z.string().nullable(),
  note: z.string().nullable(),
})

export const ComponentWhole = Facts.extend({
  id: z.string(),
  classCode: z.string(),
  version: z.number(),
  community: Named,
  street: Named,
  district: Named,
  /** The coordinates as they were delivered. */
  origin: z.object({ crs: z.string(), x: z.number(), y: z.number() }).nullable(),
  /** The edition that brought it. */
  brought: z.object({ number: z.number(), at: instant, note: z.string() }),
  /** Newest first. */
  events: z.array(
    z.object({
      version: z.number(),
      kind: z.enum(componentEventKinds),
      at: instant,
      recorded: instant,
      before: Facts,
      after: Facts,
      by: z.string().nullable(),
      reason: z.string().nullable(),
      edition: z.number().nullable(),
    }),
  ),
})

const about = { about: 'component', params: z.object({ id: z.string().regex(componentId) }) } as const

export const readComponent = route({
  method: 'GET',
  path: '/geography/components/:id',
  summary: '部件详情 One component with its history',
  may: 'geography.read',
  ...about,
  reply: ComponentWhole,
})

const reason = z.string().trim().min(1).max(500)
const at = instant.transform((t) => new Date(t))

export const reportComponentState = route({
  method: 'POST',
  path: '/geography/components/:id/state',
  summary: '部件状态变更 Report that a component is damaged, lost, whole again; the desk may abolish it',
  may: 'geography.report-component',
  ...about,
  body: z.object({ state: z.enum(componentStates), reason, at }),
  reply: ComponentWhole,
})

export const moveComponent = route({
  method: 'POST',
  path: '/geography/components/:id/move',
  summary: '部件位置变更 Put a component where it is',
  may: 'geography.manage',
  ...about,
  body: z.object({ point: Point, reason, at }),
  reply: ComponentWhole,
})

export const changeComponentDuty = route({
  method: 'POST',
  path: '/geography/components/:id/duty',
  summary: '部件责任单位变更 Change who answers for a component',
  may: 'geography.manage',
  ...about,
  body: z
    .object({ competent: Party.nullable(), owner: Party.nullable(), maintainer: Party.nullable() })
    .partial()
    .extend({ reason, at }),
  reply: ComponentWhole,
})

export const componentQuality = route({
  method: 'GET',
  path: '/geography/components/quality',
  summary: '普查质量 Quality of the census by street and class',
  may: 'geography.read',
  query: z.object({ within: wanted.within }),
  reply: z.object({
    lines: z.array(
      z.object({
        street: Named,
        classCode: z.string(),
        count: z.number(),
        accuracyA: z.number(),
        accuracyB: z.number(),
        accuracyC: z.number(),
        lastChange: z.string().nullable(),
        flaws: z.record(z.enum(flaws), z.number()),
        /** Cells with none while most of their neighbours have some. */
        passedOver: z.array(z.string()),
      }),
    ),
  }),
})

export const CensusLine = z.object({
  id: z.uuid(),
  file: z.string(),
  bytes: z.number(),
  covers: z.enum(coverages),
  state: z.enum(censusStates),
  by: z.string(),
  arrived: instant,
  ended: instant.nullable(),
  /** Rows looked at so far in this pass, and how many there are once that is known. */
  done: z.number(),
  rowsRead: z.number(),
  faultCount: z.number(),
  /** What it would change, and after loading what it changed. */
  changes: z.object({ added: z.number(), changed: z.number(), retired: z.number(), same: z.number() }).nullable(),
  edition: z.number().nullable(),
})
export const CensusFault = z.object({ file: z.string(), line: z.number().nullable(), said: z.string() })

/** Bytes: a million components as CSV are some 150 MB. */
export const censusMaxBytes = 300 * 1024 * 1024

export const addCensus = route({
  method: 'POST',
  path: '/geography/censuses',
  summary: '上传普查文件 Bring a census: CSV, GeoJSON or a zip with a shapefile',
  may: 'geography.manage',
  query: z.object({
    name: z
      .string()
      .min(5)
      .max(200)
      .regex(/\.(?:csv|geojson|json|zip)$/i),
    covers: z.enum(coverages),
    /** For coordinates whose rows name no system. */
    crs: z.string().max(40).optional(),
  }),
  file: { types: ['application/octet-stream'], maxBytes: censusMaxBytes },
  reply: CensusLine,
})

export const listCensuses = route({
  method: 'GET',
  path: '/geography/censuses',
  summary: '普查批次 Censuses brought so far, newest first',
  may: 'geography.manage',
  reply: z.object({ censuses: z.array(CensusLine) }),
})

const aboutCensus = { about: 'census', params: z.object({ id: z.uuid() }) } as const

export const readCensus = route({
  method: 'GET',
  path: '/geography/censuses/:id',
  summary: '普查进度与问题 How a census goes, and what is wrong with it',
  may: 'geography.manage',
  ...aboutCensus,
  reply: CensusLine.extend({ faults: z.array(CensusFault) }),
})

export const censusFaults = route({
  method: 'GET',
  path: '/geography/censuses/:id/faults',
  summary: '下载普查问题清单 Faults of a census as a table',
  may: 'geography.manage',
  ...aboutCensus,
  replyType: 'text/csv',
})

export const loadCensus = route({
  method: 'POST',
  path: '/geography/censuses/:id/load',
  summary: '普查入库 Load a census that was found good',
  may: 'geography.manage',
  ...aboutCensus,
  reply: CensusLine,
})
