/** How long what devices said is kept (保存与抽稀): the rules, what is there, what went, and what a person holds fast. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { holdReasons, keepingStores } from './model.ts'

const instant = z.iso.datetime()
const days = z.coerce.number().int().min(1).max(36_500)
const figures = {
  realtimeDays: days,
  minuteDays: days,
  trackDays: days,
  trackStepSeconds: z.coerce.number().int().min(5).max(600),
  trackThinDays: days,
  passDays: days,
  evidenceDays: days,
}
export const KeepingRule = z.object({
  ...figures,
  /** Null: for ever. */
  hourDays: z.number().int().min(1).max(36_500).nullable(),
})
const store = z.enum(keepingStores)

export const readKeeping = route({
  method: 'GET',
  path: '/sensing/keeping',
  summary: '数据保存规则 How long sensor data are kept, what is there, and what went',
  may: 'sensing.read',
  reply: z.object({
    versions: z.array(
      z.object({
        version: z.number(),
        rule: KeepingRule,
        note: z.string(),
        /** Null: with the platform. */
        setBy: z.string().nullable(),
        setAt: instant,
      }),
    ),
    stock: z.array(
      z.object({
        store: z.enum(['observation', 'minute', 'hour', 'track']),
        bytes: z.number(),
        rows: z.number(),
        oldest: z.iso.date().nullable(),
      }),
    ),
    /** Of the last thirty days. */
    went: z.array(z.object({ day: z.iso.date(), store, rows: z.number(), bytes: z.number() })),
    pinned: z.number(),
  }),
})

export const tryKeeping = route({
  method: 'GET',
  path: '/sensing/keeping/trial',
  summary: '试算保存规则 What would go under a rule; nothing does',
  may: 'sensing.set-keeping',
  query: z.object({ ...figures, hourDays: days.optional() }),
  reply: z.object({
    stores: z.array(
      z.object({
        store,
        /** The first day that stays whole; null: all stays. */
        from: z.iso.date().nullable(),
        /** Rows of values, or ten-minute rows of tracks. */
        rows: z.number(),
        bytes: z.number(),
        /** What would go but for a pin, an alarm or a case. */
        pinned: z.number(),
        pinnedBytes: z.number(),
      }),
    ),
  }),
})

export const setKeeping = route({
  method: 'POST',
  path: '/sensing/keeping',
  summary: '设定保存规则 Set how long sensor data are kept',
  may: 'sensing.set-keeping',
  body: z.object({
    /** The version that it follows: nobody sets a rule over one that they have not seen. */
    after: z.number().int().min(0),
    rule: KeepingRule,
    note: z.string().trim().min(1).max(200),
  }),
  reply: z.object({ version: z.number() }),
})

const about = { about: 'device', params: z.object({ id: z.uuid() }) } as const
export const listPins = route({
  method: 'GET',
  path: '/sensing/devices/:id/pins',
  summary: '证据留存 What of a device is held fast',
  may: 'sensing.read',
  ...about,
  reply: z.object({
    pins: z.array(
      z.object({
        id: z.uuid(),
        from: instant,
        until: instant,
        reason: z.string(),
        by: z.string(),
        at: instant,
        liftedAt: instant.nullable(),
      }),
    ),
    /** What cases rest on. */
    holds: z.array(
      z.object({
        caseId: z.uuid(),
        from: instant,
        until: instant,
        because: z.enum(holdReasons),
        /** Of a case that has ended: until then it stays whole. Null while the case is open. */
        keptUntil: instant.nullable(),
      }),
    ),
  }),
})
export const pinValues = route({
  method: 'POST',
  path: '/sensing/devices/:id/pins',
  summary: '留存为证据 Hold what a device said fast, whatever the rules say',
  may: 'sensing.judge',
  ...about,
  body: z.object({ from: instant, until: instant, reason: z.string().trim().min(1).max(200) }),
  reply: z.object({ id: z.uuid() }),
})
export const unpinValues = route({
  method: 'POST',
  path: '/sensing/devices/:id/pins/lift',
  summary: '解除留存 Let go what was held fast',
  may: 'sensing.judge',
  ...about,
  body: z.object({ pinId: z.uuid() }),
  reply: z.object({ id: z.uuid() }),
})
