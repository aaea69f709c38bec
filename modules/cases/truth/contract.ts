/** Truth of closing: what is asked and said after a case was closed, and the three rates. */
import { route } from '@pentad/platform/contract'
import { kinds } from '@pentad/rulebook/model'
import { z } from 'zod'
import { outcomes, ratesBy } from './model/index.ts'

const instant = z.iso.datetime()
const Text = z.object({ 'zh-CN': z.string(), en: z.string() })

/** Takes a closed case up again, as another that points to it (重新立案): it is filed anew. */
export const reopenCase = route({
  method: 'POST',
  path: '/cases/:id/reopen',
  summary: '重新立案 Take a closed case up again',
  may: 'cases.close',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  body: z.object({ reason: z.string().trim().min(1).max(2000), photoIds: z.array(z.uuid()).max(12).default([]) }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const SelfHandled = z.object({
  id: z.uuid(),
  no: z.string(),
  className: Text,
  placeWords: Text,
  description: z.string(),
  closedAt: instant,
  /** Whoever handled it. */
  by: z.string(),
  photos: z.array(z.object({ id: z.uuid(), when: z.enum(['before', 'after']) })),
})

/** Cases that an inspector handled on the spot and nobody has looked at yet, oldest first. */
export const listSelfHandled = route({
  method: 'GET',
  path: '/cases/self-handled',
  summary: '自行处置待抽核 Cases handled on the spot, not yet audited',
  may: 'cases.accept',
  query: z.object({ most: z.coerce.number().int().min(1).max(100).default(50) }),
  reply: z.object({ cases: z.array(SelfHandled) }),
})

/** Says whether a case was rightly handled on the spot; it stays as it was closed. */
export const auditCase = route({
  method: 'POST',
  path: '/cases/:id/audit',
  summary: '自行处置抽核 Audit a case handled on the spot',
  may: 'cases.accept',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  body: z.object({ right: z.boolean(), reason: z.string().max(2000).optional() }),
  reply: z.object({ id: z.uuid() }),
})

const Rate = z.object({ n: z.number(), of: z.number(), rate: z.number().nullable() })
export const RatesRow = z.object({
  /** Area code, `kind:code` or unit; empty for all. */
  key: z.string(),
  name: Text,
  /** Closed, of those closed and those late and still open at the end of the period. */
  closed: Rate,
  /** Closed as fixed after a check on the spot that nothing speaks against, of those closed. */
  verified: Rate,
  /** Where all reporters who answered said yes, of those where one answered; `asked`: where one could. */
  confirmed: Rate.extend({ asked: z.number() }),
})

/** Days of a period that ends now, where nothing else is asked for. */
export const usualDays = 30

export const closingRates = route({
  method: 'GET',
  path: '/cases/rates',
  summary: '结案率、核实解决率、上报人确认率 The three rates of closing',
  may: 'cases.read',
  query: z.object({
    from: instant.transform((t) => new Date(t)).optional(),
    to: instant.transform((t) => new Date(t)).optional(),
    by: z.enum(ratesBy).default('all'),
    /** Prefix of area codes; by area, the rows are those one level below. */
    area: z
      .string()
      .regex(/^\d{2,15}$/)
      .optional(),
    kind: z.enum(kinds).optional(),
    classCode: z.string().max(8).optional(),
    unitId: z.string().max(64).optional(),
  }),
  reply: z.object({
    from: instant,
    to: instant,
    rows: z.array(RatesRow),
    /** How the cases that ended in the period ended. */
    outcomes: z.array(z.object({ outcome: z.enum(outcomes), n: z.number() })),
  }),
})
