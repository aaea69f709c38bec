import { PointIn } from '@pentad/geography/contract'
import { route } from '@pentad/platform/contract'
import { kinds } from '@pentad/rulebook/model'
import { z } from 'zod'
import { instant, UnitNamed } from '../contract/shapes.ts'
import { HungItem } from '../hung/contract.ts'
import { PackageBrief } from '../packages/contract.ts'

export const caseTies = route({
  method: 'GET',
  path: '/cases/:id/ties',
  summary: '案件关联 What a case is tied to: co-units, package, meetings, hung items, transfer',
  may: 'cases.read',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  reply: z.object({
    coWork: z.array(
      z.object({
        unit: UnitNamed,
        /** Null while it is at it. */
        done: z.object({ text: z.string(), photoIds: z.array(z.uuid()), at: instant, by: z.string() }).nullable(),
        /** The caller may say that this unit’s part is done. */
        mine: z.boolean(),
      }),
    ),
    package: PackageBrief.nullable(),
    meetings: z.array(
      z.object({
        id: z.uuid(),
        no: z.string(),
        title: z.string(),
        heldAt: instant,
        decision: z.string().nullable(),
        due: instant.nullable(),
      }),
    ),
    hung: z.array(HungItem.extend({ distanceM: z.number() })),
    transfer: z
      .object({
        target: z.string(),
        at: instant,
        reason: z.string().nullable(),
        results: z.array(z.object({ at: instant, text: z.string() })),
      })
      .nullable(),
    maySplit: z.boolean(),
  }),
})

export const splitCase = route({
  method: 'POST',
  path: '/cases/:id/parts',
  summary: '拆分子案件 Split a part off as a case of its own; the rest goes on',
  may: 'cases.split',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    kind: z.enum(kinds),
    classCode: z.string().max(8),
    point: PointIn,
    text: z.string().trim().min(1).max(2000),
    photoIds: z.array(z.uuid()).max(12).default([]),
    /** What has been done of the whole, and what remains with the parent (部分办结). */
    remains: z.string().max(2000).optional(),
  }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const reportCoWork = route({
  method: 'POST',
  path: '/cases/:id/co-work',
  summary: '协办完成 A unit that helps says that its part is done',
  may: 'cases.handle',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    unitId: z.string().max(64),
    text: z.string().trim().min(1).max(2000),
    photoIds: z.array(z.uuid()).max(12).default([]),
  }),
  reply: z.object({
    /** Units that are still at it. */
    left: z.number(),
  }),
})
