import { PointIn } from '@pentad/geography/contract'
import { componentId, endings } from '@pentad/geography/model'
import { route } from '@pentad/platform/contract'
import { kinds, limitUnits } from '@pentad/rulebook/model'
import { z } from 'zod'
import { FlowOut } from './flow/contract.ts'
import { CaseLine } from './line/contract.ts'
import { closeKinds, sources, statuses, stepNames } from './model/index.ts'

export * from './console/contract.ts'
export * from './dispatch-rules/contract.ts'
export * from './duplicates/contract.ts'
export * from './flow/contract.ts'
export * from './handover/contract.ts'
export * from './line/contract.ts'
export * from './many/contract/index.ts'
export * from './notices/contract.ts'
export * from './past/contract.ts'
export * from './sensed/contract.ts'
export * from './truth/contract.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()

export const queues = [
  'mine',
  'draft',
  'reported',
  'verifying',
  'filing',
  'dispatch',
  'unit',
  'asked',
  'suspended',
  'difficult',
  'feedback',
  'checking',
  'closing',
  'open',
  'closed',
] as const

export const listCases = route({
  method: 'GET',
  path: '/cases',
  summary: '案件列表 Work list, nearest deadline first',
  may: 'cases.read',
  query: z.object({
    /** `mine`: those on which I can take a step now. */
    queue: z.enum(queues).default('mine'),
    q: z.string().max(80).optional(),
    /** A street, or one of its cells. */
    street: z.string().max(15).optional(),
    classCode: z.string().max(8).optional(),
    componentId: z.string().max(16).optional(),
    cursor: z.string().max(200).optional(),
    most: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    cases: z.array(CaseLine),
    next: z.string().nullable(),
    counts: z.record(z.enum(queues), z.number()),
  }),
})

/** Open cases in a box for the map; beyond `most` they are thinned and `more` says how many are left out. */
export const casesOnMap = route({
  method: 'GET',
  path: '/cases/map',
  summary: '案件上图 Open cases in view',
  may: 'cases.read',
  query: z.object({
    west: z.coerce.number(),
    south: z.coerce.number(),
    east: z.coerce.number(),
    north: z.coerce.number(),
  }),
  reply: z.object({ cases: z.array(CaseLine), more: z.number() }),
})

/** Where open cases lie: for whoever plans where somebody should look next. */
export const openInCells = route({
  method: 'GET',
  path: '/cases/open-in-cells',
  summary: '网格在办案件 Open cases by cell',
  may: 'cases.read',
  query: z.object({ within: z.string().regex(/^\d{6,15}$/) }),
  reply: z.object({ cells: z.array(z.object({ code: z.string(), open: z.number(), overdue: z.number() })) }),
})

/** Figures of the top bar and the wall; each opens the list that it counts. */
export const figures = route({
  method: 'GET',
  path: '/cases/figures',
  summary: '运行指标 Figures of the hour',
  may: 'cases.read',
  reply: z.object({
    open: z.number(),
    waiting: z.number(),
    overdue: z.number(),
    dueSoon: z.number(),
    reportedToday: z.number(),
    closedToday: z.number(),
    /** Reports in each of the last 24 hours, oldest first. */
    byHour: z.array(z.object({ from: instant, reported: z.number(), closed: z.number() })),
    byStreet: z.array(z.object({ code: z.string(), name: z.string(), open: z.number(), overdue: z.number() })),
  }),
})

export const TrailEntry = z.object({
  seq: z.number(),
  /** A step; or `report` (one more report), `urge` (80 % of the limit), `overdue`, `alarm` (the sensor said more). */
  act: z.string(),
  actor: z.object({ id: z.uuid(), name: z.string(), unitName: Text.nullable() }).nullable(),
  from: z.enum(statuses).nullable(),
  to: z.enum(statuses),
  /** By the clock of whoever acted, and by ours. */
  at: instant,
  recorded: instant,
  reason: z.string().nullable(),
  photoIds: z.array(z.uuid()),
  /** Seconds of the disposal clock used by then. */
  usedSeconds: z.number().nullable(),
  /** What else was said with it. */
  detail: z.record(z.string(), z.unknown()).nullable(),
  hash: z.string(),
})

export const CaseWhole = CaseLine.extend({
  /** The list that its class is of; `kind` and `classCode` mean nothing without it. */
  scheme: z.string(),
  schemeVersion: z.string(),
  cell: z.string(),
  /** Set when the cell is no longer in force: the case keeps the code that it was reported under. */
  cellEnded: z.object({ at: instant, ending: z.enum(endings), replacedBy: z.array(z.string()) }).nullable(),
  community: z.object({ code: z.string(), name: z.string() }),
  district: z.object({ code: z.string(), name: z.string() }),
  standard: z
    .object({
      id: z.string(),
      seq: z.number(),
      filing: Text,
      closing: Text,
      limitValue: z.number(),
      limitUnit: z.enum(limitUnits),
    })
    .nullable(),
  limit: z.object({ value: z.number(), unit: z.enum(limitUnits), calendarVersion: z.string() }).nullable(),
  clockStart: instant.nullable(),
  coUnitIds: z.array(z.string()),
  /** Cases that it was merged into or holds, took up again, or is a part of. */
  kin: z.array(
    z.object({
      how: z.enum(['into', 'holds', 'from', 'again', 'parent', 'part']),
      id: z.uuid(),
      no: z.string(),
      status: z.enum(statuses),
    }),
  ),
  /** What the verification (核实) found. */
  verified: z.boolean().nullable(),
  flowVersion: z.number(),
  returns: z.number(),
  extensions: z.number(),
  due: instant.nullable(),
  photos: z.array(z.object({ id: z.uuid(), act: z.string(), at: instant })),
  trail: z.array(TrailEntry),
  reportsMade: z.array(
    z.object({
      id: z.uuid(),
      source: z.enum(sources),
      sourceNo: z.string().nullable(),
      at: instant,
      text: z.string(),
      /** Masked; `POST /cases/:id/reporters` shows it to those who need it, and is logged. */
      reporter: z.object({ name: z.string().nullable(), phone: z.string().nullable() }).nullable(),
    }),
  ),
  /** The alarm it grew from; its curve: `GET /sensing/alarms/:id`. */
  alarmId: z.uuid().nullable(),
  /** Closed or open cases of this class within 100 m in the last 90 days. */
  nearby: z.array(
    z.object({
      id: z.uuid(),
      no: z.string(),
      status: z.enum(statuses),
      className: Text,
      reportedAt: instant,
      distanceM: z.number(),
    }),
  ),
})

export const readCase = route({
  method: 'GET',
  path: '/cases/:id',
  summary: '案件详情 One case, whole',
  may: 'cases.read',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  reply: CaseWhole,
})

export const reportCase = route({
  method: 'POST',
  path: '/cases',
  summary: '上报 Report a problem (staff)',
  may: 'cases.report',
  body: z.object({
    id: z.uuid().optional(),
    kind: z.enum(kinds),
    classCode: z.string().max(8),
    point: PointIn,
    description: z.string().max(2000),
    /** The place as it was said or pasted; coordinates as they came, where they were converted. Kept with the report as it is. */
    address: z
      .object({
        said: z.string().max(200),
        original: z.object({ crs: z.enum(['gcj02', 'bd09']), text: z.string().max(80) }).optional(),
      })
      .optional(),
    source: z.enum([
      'inspector',
      'hotline',
      'patrol',
      'video',
      'uav',
      'opinion',
      'utility',
      'self_check',
      'transfer',
      'instruction',
      'grid',
      'survey',
    ]),
    /** The number that the source itself gave it: a hotline’s order, another platform’s case. The same number again is the same case. */
    sourceNo: z.string().trim().min(1).max(64).optional(),
    at: instant.transform((t) => new Date(t)),
    photoIds: z.array(z.uuid()).max(12).default([]),
    /** The 部件 it is about, as chosen; left out, the nearest of the class within 30 m is proposed. */
    componentId: z.string().regex(componentId).optional(),
    /** Kept for its writer alone until it is submitted or handled on the spot. */
    draft: z.boolean().optional(),
    reporter: z.object({ name: z.string().max(64).optional(), phone: z.string().max(32).optional() }).optional(),
    /** The open case that it is: one more report of that case instead of a case of its own. */
    joins: z.uuid().optional(),
  }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const takeStep = route({
  method: 'POST',
  path: '/cases/:id/steps',
  summary: '案卷流转一步 Take a step',
  may: 'cases.read',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    step: z.enum(stepNames),
    at: instant.transform((t) => new Date(t)),
    reason: z.string().max(2000).optional(),
    standardId: z.string().max(64).optional(),
    unitId: z.string().max(64).optional(),
    photoIds: z.array(z.uuid()).max(12).optional(),
    /** Where the step was taken. */
    point: PointIn.optional(),
    /** One of the flow's list for this step, where it has one. */
    reasonCode: z.string().max(40).optional(),
    coUnitIds: z.array(z.string().max(64)).max(8).optional(),
    personId: z.string().max(64).optional(),
    /** More of the limit, in its own unit. */
    value: z.number().positive().max(10_000).optional(),
    /** When a suspension ends. */
    until: instant.transform((t) => new Date(t)).optional(),
    /** The case to merge into. */
    intoId: z.uuid().optional(),
    /** Who takes it over. */
    target: z.string().max(120).optional(),
    closeKind: z.enum(closeKinds).optional(),
    /** With `accept`: the class as the seat has it. */
    classCode: z.string().max(8).optional(),
    kind: z.enum(kinds).optional(),
  }),
  reply: z.object({ case: CaseLine }),
})

export const proposeUnits = route({
  method: 'GET',
  path: '/cases/:id/units',
  summary: '派遣建议 Units proposed for dispatch, with reasons',
  may: 'cases.dispatch',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  reply: z.object({
    units: z.array(
      z.object({
        id: z.string(),
        name: Text,
        /** Units that a dispatch rule names to help it. */
        coUnits: z.array(z.string()),
        why: z.object({
          /** The dispatch rule or duty that names it. */
          rule: z.string().nullable(),
          /** Of its closed cases of this class in the last 90 days. */
          sameClass: z.number(),
          inTimeShare: z.number().nullable(),
          /** Open with it now. */
          load: z.number(),
          /** It had the case and gave it back, and why. */
          returned: z
            .object({ at: instant, reason: z.string().nullable(), reasonCode: z.string().nullable() })
            .nullable(),
          /** Whoever gave the case back named it. */
          named: z.boolean(),
        }),
      }),
    ),
  }),
})

/** What an officer's or inspector's phone holds: my open cases; then only what changed since. */
export const pullCases = route({
  method: 'GET',
  path: '/cases/pull',
  summary: '手机取件 What changed for my phone',
  may: 'cases.read',
  query: z.object({
    since: z.string().max(64).optional(),
    /** Versions of the flow that the phone has already, with commas between. */
    has: z
      .string()
      .regex(/^\d{1,9}(,\d{1,9}){0,49}$/)
      .optional(),
  }),
  reply: z.object({
    cases: z.array(CaseWhole.omit({ nearby: true, trail: true })),
    /** What new cases will go by; 0 came with the program. */
    flowInForce: z.number(),
    /** Those that these cases and new ones go by, so that the phone decides as the server will; but for 0 and those that it has. */
    flows: z.array(FlowOut),
    /** No longer mine. */
    gone: z.array(z.uuid()),
    next: z.string(),
  }),
})

export const casePhoto = route({
  method: 'GET',
  path: '/cases/:id/photos/:photoId',
  summary: '案件照片 A photo of a case',
  may: 'cases.read',
  about: 'case',
  params: z.object({ id: z.uuid(), photoId: z.uuid() }),
  query: z.object({ view: z.enum(['thumb', 'full', 'original']).default('full') }),
  replyType: 'image/*',
})

export const unmaskReporters = route({
  method: 'POST',
  path: '/cases/:id/reporters',
  summary: '查看上报人(留痕) See the reporters; logged',
  may: 'cases.unmask',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  body: z.object({ purpose: z.enum(['call_back', 'verify', 'urgent']) }),
  reply: z.object({
    reporters: z.array(z.object({ reportId: z.uuid(), name: z.string().nullable(), phone: z.string().nullable() })),
  }),
})
