import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { statuses } from '../model/states.ts'
import { audiences, noticeChannels, noticeEvents, paperKinds, paperStates } from './model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()
const id = z.object({ id: z.uuid() })
const words = z.string().trim().min(1).max(2000)
const day = instant.transform((t) => new Date(t))

/** 督办单 or 批示: who must answer what by when. */
export const Paper = z.object({
  id: z.uuid(),
  no: z.string(),
  kind: z.enum(paperKinds),
  state: z.enum(paperStates),
  case: z.object({ id: z.uuid(), no: z.string(), status: z.enum(statuses), className: Text }).nullable(),
  unit: z.object({ id: z.string(), name: Text }).nullable(),
  text: z.string(),
  issuedBy: z.string(),
  issuedAt: instant,
  replyDue: instant.nullable(),
  late: z.boolean(),
  reply: z.string().nullable(),
  repliedBy: z.string().nullable(),
  repliedAt: instant.nullable(),
  withdrawnWhy: z.string().nullable(),
  priority: z.number().nullable(),
  /** The caller is of the unit that must answer. */
  mayAnswer: z.boolean(),
})

export const urgeCase = route({
  method: 'POST',
  path: '/cases/:id/urges',
  summary: '人工催办 Urge by hand',
  may: 'cases.urge',
  about: 'case',
  params: id,
  body: z.object({ text: words }),
  reply: z.object({ version: z.number() }),
})

export const superviseCase = route({
  method: 'POST',
  path: '/cases/:id/orders',
  summary: '下达督办单 Issue a supervision order',
  may: 'cases.supervise',
  about: 'case',
  params: id,
  body: z.object({
    text: words,
    /** Left out: one work day from now by the calendar of the case. */
    replyDue: day.optional(),
    /** Left out: the unit that has the case. */
    unitId: z.string().max(64).optional(),
  }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const instructCase = route({
  method: 'POST',
  path: '/cases/:id/instructions',
  summary: '领导批示 A leader’s instruction: raises the priority and asks for an answer',
  may: 'cases.instruct',
  about: 'case',
  params: id,
  body: z.object({ text: words, replyDue: day.optional(), priority: z.number().int().min(1).max(3).default(1) }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const papersOfCase = route({
  method: 'GET',
  path: '/cases/:id/orders',
  summary: '案件的督办与批示 Orders and instructions about a case, and whether it is shown to the public',
  may: 'cases.read',
  about: 'case',
  params: id,
  reply: z.object({
    papers: z.array(Paper),
    exposure: z.object({ text: z.string(), since: instant }).nullable(),
  }),
})

export const listPapers = route({
  method: 'GET',
  path: '/cases/orders',
  summary: '督办与批示清单 Orders and instructions by state',
  may: 'cases.read',
  query: z.object({
    state: z.enum(['open', 'late', 'answered', 'withdrawn']).default('open'),
    most: z.coerce.number().int().min(1).max(200).default(100),
  }),
  reply: z.object({
    papers: z.array(Paper),
    counts: z.object({ open: z.number(), late: z.number(), answered: z.number(), withdrawn: z.number() }),
  }),
})

/** By the rule of days past the limit: open, late, and no order waits for an answer. */
export const proposedOrders = route({
  method: 'GET',
  path: '/cases/orders/proposed',
  summary: '建议督办 Cases that the rule proposes for an order',
  may: 'cases.supervise',
  reply: z.object({
    afterDays: z.number().nullable(),
    cases: z.array(
      z.object({
        id: z.uuid(),
        no: z.string(),
        className: Text,
        unit: z.object({ id: z.string(), name: Text }).nullable(),
        due: instant,
      }),
    ),
  }),
})

export const answerPaper = route({
  method: 'POST',
  path: '/cases/orders/:id/answer',
  summary: '督办、批示回复 The unit answers',
  may: 'cases.answer',
  about: 'order',
  params: id,
  body: z.object({ text: words }),
  reply: z.object({ no: z.string() }),
})

export const withdrawPaper = route({
  method: 'POST',
  path: '/cases/orders/:id/withdrawal',
  summary: '撤回督办单 Withdraw an order that was wrong',
  may: 'cases.supervise',
  about: 'order',
  params: id,
  body: z.object({ reason: words }),
  reply: z.object({ no: z.string() }),
})

const CircularCase = z.object({
  id: z.uuid(),
  no: z.string(),
  className: Text,
  unit: Text.nullable(),
  status: z.enum(statuses),
  due: instant,
  lateHours: z.number(),
})
export const CircularFigures = z.object({ open: z.number(), late: z.number(), longestLateHours: z.number() })

/** The list as it stood then; what has become of its cases is in the cases. */
export const issueCircular = route({
  method: 'POST',
  path: '/cases/circulars',
  summary: '发布通报 Publish a circular of unfinished late cases',
  may: 'cases.supervise',
  body: z.object({
    text: words,
    /** Of a unit, or of a street or district. */
    unitId: z.string().max(64).optional(),
    area: z
      .string()
      .regex(/^\d{6}(\d{3})?$/)
      .optional(),
  }),
  reply: z.object({ id: z.uuid(), no: z.string(), late: z.number() }),
})

export const listCirculars = route({
  method: 'GET',
  path: '/cases/circulars',
  summary: '通报 Circulars',
  may: 'cases.read',
  query: z.object({ most: z.coerce.number().int().min(1).max(50).default(20) }),
  reply: z.object({
    circulars: z.array(
      z.object({
        id: z.uuid(),
        no: z.string(),
        text: z.string(),
        unit: Text.nullable(),
        area: z.object({ code: z.string(), name: z.string() }),
        issuedBy: z.string(),
        issuedAt: instant,
        figures: CircularFigures,
        cases: z.array(CircularCase),
      }),
    ),
  }),
})

export const exposeCase = route({
  method: 'POST',
  path: '/cases/:id/exposure',
  summary: '典型案件曝光 Show a case to the public as typical, or no longer',
  may: 'cases.supervise',
  about: 'case',
  params: id,
  body: z.discriminatedUnion('shown', [
    z.object({ shown: z.literal(true), text: words }),
    z.object({ shown: z.literal(false) }),
  ]),
  reply: z.object({ shown: z.boolean() }),
})

export const myMessages = route({
  method: 'GET',
  path: '/cases/messages',
  summary: '我的消息 What I am told',
  may: 'cases.read',
  query: z.object({ most: z.coerce.number().int().min(1).max(100).default(30) }),
  reply: z.object({
    unread: z.number(),
    messages: z.array(
      z.object({
        id: z.uuid(),
        event: z.enum(noticeEvents),
        caseId: z.uuid().nullable(),
        said: z.object({ no: z.string(), className: Text, text: z.string().nullable() }),
        at: instant,
        read: z.boolean(),
      }),
    ),
  }),
})

export const readMessages = route({
  method: 'POST',
  path: '/cases/messages/read',
  summary: '标为已读 Mark as read',
  may: 'cases.read',
  body: z.object({
    /** Left out: all up to now. */
    ids: z.array(z.uuid()).max(200).optional(),
  }),
  reply: z.object({ unread: z.number() }),
})

const Rule = z.object({ event: z.enum(noticeEvents), whom: z.enum(audiences), channel: z.enum(noticeChannels) })

export const readNoticeRules = route({
  method: 'GET',
  path: '/cases/notice-rules',
  summary: '通知规则 Who is told of what, by which channel',
  may: 'rulebook.read',
  reply: z.object({
    version: z.number(),
    rules: z.array(Rule),
    superviseAfterDays: z.number().nullable(),
    /** Whether each way out of the house has a gateway. */
    gateways: z.object({ sms: z.boolean(), email: z.boolean() }),
    /** What waits in the outbox for a gateway. */
    waiting: z.number(),
  }),
})

export const setNoticeRules = route({
  method: 'PUT',
  path: '/cases/notice-rules',
  summary: '修改通知规则 Set the rules of notices',
  may: 'cases.configure',
  body: z.object({
    /** The edition that the caller saw. */
    from: z.number().int(),
    rules: z.array(Rule).max(200),
    superviseAfterDays: z.number().int().min(1).max(365).nullable(),
    note: z.string().max(400),
  }),
  reply: z.object({ version: z.number() }),
})
