import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { CaseLine } from '../../line/contract.ts'
import { at, ItemResult, instant, UnitNamed } from '../contract/shapes.ts'
import { mostAtOnce } from '../packages/model.ts'
import { decisionOutcomes, meetingKinds } from './model.ts'

const Decision = z.object({
  outcome: z.enum(decisionOutcomes),
  decision: z.string(),
  leadUnit: UnitNamed.nullable(),
  due: instant.nullable(),
  decidedAt: instant,
  decidedBy: z.string(),
  followUp: z.object({ text: z.string(), at: instant, by: z.string() }).nullable(),
})
const MeetingBrief = z.object({
  id: z.uuid(),
  no: z.string(),
  kind: z.enum(meetingKinds),
  title: z.string(),
  heldAt: instant,
  place: z.string(),
  cases: z.number(),
  decided: z.number(),
  /** Decisions whose day has come and that nobody has followed up. */
  toFollow: z.number(),
})

export const hardCases = route({
  method: 'GET',
  path: '/hard-cases',
  summary: '疑难库 Hard cases, and cases that should be among them',
  may: 'cases.read',
  query: z.object({
    overdueDays: z.coerce.number().int().min(1).max(365).optional(),
    returns: z.coerce.number().int().min(1).max(20).optional(),
  }),
  reply: z.object({
    hard: z.array(
      CaseLine.extend({
        since: instant.nullable(),
        why: z.string().nullable(),
        meeting: z.object({ id: z.uuid(), no: z.string(), heldAt: instant }).nullable(),
      }),
    ),
    candidates: z.array(
      CaseLine.extend({
        reasons: z.object({
          overdueDays: z.number().nullable(),
          returns: z.number().nullable(),
          ownershipUnclear: z.boolean(),
        }),
      }),
    ),
    rule: z.object({ overdueDays: z.number(), returns: z.number() }),
  }),
})

export const listMeetings = route({
  method: 'GET',
  path: '/case-meetings',
  summary: '联席会、协调会 Meetings about hard cases',
  may: 'cases.read',
  reply: z.object({ meetings: z.array(MeetingBrief) }),
})

export const callMeeting = route({
  method: 'POST',
  path: '/case-meetings',
  summary: '召集会议 Call a meeting with its agenda of hard cases',
  may: 'cases.supervise',
  body: z.object({
    kind: z.enum(meetingKinds),
    title: z.string().trim().min(1).max(120),
    heldAt: at,
    place: z.string().max(120).default(''),
    caseIds: z.array(z.uuid()).max(mostAtOnce).default([]),
  }),
  reply: z.object({ id: z.uuid(), no: z.string(), results: z.array(ItemResult) }),
})

export const readMeeting = route({
  method: 'GET',
  path: '/case-meetings/:id',
  summary: '会议议程和决定 A meeting: agenda, decisions, what became of them',
  may: 'cases.read',
  about: 'case-meeting',
  params: z.object({ id: z.uuid() }),
  reply: MeetingBrief.extend({
    agenda: z.array(CaseLine.extend({ decided: Decision.nullable() })),
    hidden: z.number(),
    mayDecide: z.boolean(),
  }),
})

export const changeAgenda = route({
  method: 'POST',
  path: '/case-meetings/:id/agenda',
  summary: '调整议程 Put hard cases on the agenda, or take them off',
  may: 'cases.supervise',
  about: 'case-meeting',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    add: z.array(z.uuid()).max(mostAtOnce).default([]),
    remove: z.array(z.uuid()).max(mostAtOnce).default([]),
  }),
  reply: z.object({ results: z.array(ItemResult) }),
})

export const decideCase = route({
  method: 'POST',
  path: '/case-meetings/:id/decisions',
  summary: '登记会议决定 Enter what was decided on a case; it is carried into the case',
  may: 'cases.supervise',
  about: 'case-meeting',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    caseId: z.uuid(),
    /** `resolved`: the case leaves the list of hard cases. */
    outcome: z.enum(decisionOutcomes),
    decision: z.string().trim().min(1).max(2000),
    leadUnitId: z.string().max(64).optional(),
    due: at.optional(),
    /** Send the case to the lead unit now. */
    dispatch: z.boolean().default(false),
  }),
  reply: z.object({ dispatched: ItemResult.nullable() }),
})

export const followUp = route({
  method: 'POST',
  path: '/case-meetings/:id/follow-ups',
  summary: '会议决定落实 Enter what became of a decision',
  may: 'cases.supervise',
  about: 'case-meeting',
  params: z.object({ id: z.uuid() }),
  body: z.object({ caseId: z.uuid(), text: z.string().trim().min(1).max(2000) }),
  reply: z.object({ at: instant }),
})
