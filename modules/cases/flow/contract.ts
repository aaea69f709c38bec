import { roles } from '@pentad/identity/model'
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { passableStages, statuses, stepNames } from '../model/index.ts'

const classes = z.array(z.string().regex(/^(component|event)(:\d{0,6})?$/)).max(500)

/** The city's own way through the life of a case (流程配置). */
export const FlowIn = z.object({
  off: z.array(z.enum(passableStages)),
  stepsOff: z.array(z.enum(stepNames)),
  roles: z.partialRecord(z.enum(stepNames), z.array(z.enum(roles)).max(roles.length)),
  reasons: z.partialRecord(
    z.enum(stepNames),
    z
      .array(
        z.object({
          code: z.string().regex(/^[a-z0-9-]{1,40}$/),
          'zh-CN': z.string().trim().min(1).max(60),
          en: z.string().trim().min(1).max(80),
        }),
      )
      .max(40),
  ),
  minutes: z.partialRecord(z.enum(statuses), z.number().positive().max(100_000)),
  urgeShare: z.number().gt(0).lt(1),
  returnsPerUnit: z.number().int().min(0).max(20),
  extensionsMost: z.number().int().min(0).max(20),
  extensionShareMost: z.number().positive().max(10),
  suspensionDaysMost: z.number().int().min(1).max(3650),
  reopenDays: z.number().int().min(0).max(3650),
  nearM: z.number().positive().max(10_000),
  remoteClose: classes,
  selfHandle: classes,
  checkerByLot: z.boolean(),
})

export const FlowOut = FlowIn.extend({ version: z.number() })
const fault = z.object({ code: z.string(), at: z.string() })

export const listFlows = route({
  method: 'GET',
  path: '/cases/flow-versions',
  summary: '流程版本 Versions of the flow, newest first; 0 came with the program',
  may: 'cases.configure',
  reply: z.object({
    inForce: z.number(),
    flows: z.array(
      z.object({
        version: z.number(),
        note: z.string(),
        by: z.string().nullable(),
        at: z.iso.datetime().nullable(),
        /** Open cases that go by it. */
        open: z.number(),
        definition: FlowOut,
      }),
    ),
  }),
})

/** What a flow would do, before anybody is bound to it. */
export const tryFlow = route({
  method: 'POST',
  path: '/cases/flow-versions/trial',
  summary: '流程试运行 Dry run over the open cases',
  may: 'cases.configure',
  body: z.object({ definition: FlowIn }),
  reply: z.object({
    faults: z.array(fault),
    /** Against the one in force: `step close`, `stage feedback`, `minutes reported`, `setting nearM`. */
    changes: z.array(z.string()),
    open: z.number(),
    wouldMove: z.number(),
    /** Open cases that could not go over, with some of each kind. */
    staying: z.array(
      z.object({
        code: z.string(),
        count: z.number(),
        cases: z.array(z.object({ id: z.uuid(), no: z.string(), status: z.enum(statuses) })),
      }),
    ),
  }),
})

export const saveFlow = route({
  method: 'POST',
  path: '/cases/flow-versions',
  summary: '流程发布 A new version, in force for what is filed from now on',
  may: 'cases.configure',
  body: z.object({
    definition: FlowIn,
    note: z.string().trim().min(1).max(500),
    /** Also the running cases that can go over; the others stay with their version. */
    moveOpen: z.boolean(),
  }),
  reply: z.object({ version: z.number(), moved: z.number(), stayed: z.number() }),
})
