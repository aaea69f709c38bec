import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { FlowOut } from '../flow/contract.ts'

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

/** What a form must know of the flow that a case goes by. */
export const readFlow = route({
  method: 'GET',
  path: '/cases/flows/:version',
  summary: '流程版本 A version of the flow, for forms and for phones that decide by it',
  may: 'cases.read',
  params: z.object({ version: z.coerce.number().int().min(0) }),
  reply: FlowOut,
})
