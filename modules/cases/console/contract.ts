import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { passableStages, statuses, stepNames } from '../model/index.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })

/** What a person may be named for in a step. */
export const peopleFor = ['assign', 'verify', 'check'] as const

export const casePeople = route({
  method: 'GET',
  path: '/cases/:id/people',
  summary: '可选人员 Who can be given this case to work, verify or check; least busy first',
  may: 'cases.read',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  query: z.object({ for: z.enum(peopleFor) }),
  reply: z.object({
    people: z.array(
      z.object({
        id: z.uuid(),
        name: Text,
        unit: z.object({ id: z.string(), name: Text }),
        role: z.string(),
        /** Open cases that are theirs by name. */
        load: z.number(),
      }),
    ),
  }),
})

const Choice = z.object({ code: z.string(), 'zh-CN': z.string(), en: z.string() })

/** What a form must know of the flow that a case goes by. */
export const readFlow = route({
  method: 'GET',
  path: '/cases/flows/:version',
  summary: '流程版本 A version of the flow, as forms need it',
  may: 'cases.read',
  params: z.object({ version: z.coerce.number().int().min(0) }),
  reply: z.object({
    version: z.number(),
    off: z.array(z.enum(passableStages)),
    stepsOff: z.array(z.enum(stepNames)),
    reasons: z.partialRecord(z.enum(stepNames), z.array(Choice)),
    minutes: z.partialRecord(z.enum(statuses), z.number()),
    returnsPerUnit: z.number(),
    extensionsMost: z.number(),
    extensionShareMost: z.number(),
    suspensionDaysMost: z.number(),
    remoteClose: z.array(z.string()),
    selfHandle: z.array(z.string()),
  }),
})
