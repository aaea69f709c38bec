import { route } from '@pentad/platform/contract'
import { kinds } from '@pentad/rulebook/model'
import { z } from 'zod'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()
const Tally = z.object({ right: z.number(), wrong: z.number(), silent: z.number() })

export const DispatchRuleShape = z.object({
  kind: z.enum(kinds),
  classPrefix: z.string().regex(/^[0-9A-Za-z]{0,8}$/),
  area: z.string().regex(/^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12}|\d{15})?$/),
  keeper: z.string().max(80),
  unit: z.string().regex(/^(street|\{district\}-[a-z0-9-]{1,40}|[a-z0-9][a-z0-9-]{0,62})$/),
  coUnits: z.array(z.string().max(64)).max(8).readonly(),
  direct: z.boolean(),
  self: z.boolean(),
  priority: z.number().int().min(0).max(9),
  note: z.string().max(200),
})

export const Trial = z.object({
  at: instant,
  days: z.number(),
  cases: z.number(),
  /** By this edition, and by the one in force. */
  tally: Tally,
  before: Tally,
  byClass: z.array(
    z.object({ kind: z.enum(kinds), classCode: z.string(), className: Text, tally: Tally, before: Tally }),
  ),
})

const Edition = z.object({
  version: z.number(),
  state: z.enum(['draft', 'in_force', 'old']),
  rules: z.array(DispatchRuleShape),
  note: z.string(),
  createdAt: instant,
  inForceSince: instant.nullable(),
  endedAt: instant.nullable(),
  trial: Trial.nullable(),
})

export const readDispatchRules = route({
  method: 'GET',
  path: '/cases/dispatch-rules',
  summary: '派遣规则 Dispatch rules: in force, draft, and those before',
  may: 'rulebook.read',
  reply: z.object({
    inForce: Edition.nullable(),
    draft: Edition.nullable(),
    old: z.array(Edition.pick({ version: true, note: true, inForceSince: true, endedAt: true })),
  }),
})

export const draftDispatchRules = route({
  method: 'PUT',
  path: '/cases/dispatch-rules/draft',
  summary: '编辑派遣规则草案 Write the draft of the rules',
  may: 'cases.set-rules',
  body: z.object({ rules: z.array(DispatchRuleShape).max(2000), note: z.string().max(400) }),
  reply: z.object({ version: z.number() }),
})

/** Over cases that ended lately: did the rule name the unit that did the work in the end? Nothing is changed but the draft's figures. */
export const tryDispatchRules = route({
  method: 'POST',
  path: '/cases/dispatch-rules/draft/trial',
  summary: '派遣规则试算 Try the draft over past cases',
  may: 'cases.set-rules',
  body: z.object({ days: z.number().int().min(1).max(366).default(30) }),
  reply: z.object({
    trial: Trial,
    /** Some that the rule would have sent elsewhere, newest first; only those that the caller may see. */
    wrong: z.array(
      z.object({
        id: z.uuid(),
        no: z.string(),
        className: Text,
        said: z.object({ id: z.string(), name: Text }),
        did: z.object({ id: z.string(), name: Text }),
        rule: z.string(),
      }),
    ),
  }),
})

export const enforceDispatchRules = route({
  method: 'POST',
  path: '/cases/dispatch-rules/draft/in-force',
  summary: '派遣规则生效 Put the draft in force',
  may: 'cases.set-rules',
  body: z.object({ version: z.number().int() }),
  reply: z.object({ version: z.number() }),
})
