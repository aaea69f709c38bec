import { route } from '@pentad/platform/contract'
import { z } from 'zod'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()

/** What a shift leaves, as the lists of the desk name it. */
export const leftBehind = [
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
] as const

export const ShiftFigures = z.object({
  /** Cases reported. */
  got: z.number(),
  /** Steps taken, by step; only those that were. */
  did: z.record(z.string(), z.number()),
  leaves: z.record(z.enum(leftBehind), z.number()),
  /** Disposals that are late. */
  late: z.number(),
})

export const Handover = z.object({
  id: z.uuid(),
  from: instant,
  to: instant,
  figures: ShiftFigures,
  note: z.string(),
  leftBy: z.object({ id: z.uuid(), name: z.string() }),
  readBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  readAt: instant.nullable(),
})

export const readHandovers = route({
  method: 'GET',
  path: '/cases/handovers',
  summary: '交接班 The shift so far, and the handovers before it',
  may: 'cases.hand-over',
  reply: z.object({
    unit: Text.nullable(),
    /** The shift that runs: since the last handover, at most a day. */
    now: z.object({ from: instant, figures: ShiftFigures }),
    handovers: z.array(Handover),
  }),
})

export const handOver = route({
  method: 'POST',
  path: '/cases/handovers',
  summary: '交班签名 Sign what the shift leaves',
  may: 'cases.hand-over',
  body: z.object({ id: z.uuid(), note: z.string().trim().min(1).max(4000) }),
  reply: Handover,
})

export const takeOver = route({
  method: 'POST',
  path: '/cases/handovers/:id/read',
  summary: '接班签名 Sign that it was read',
  may: 'cases.hand-over',
  params: z.object({ id: z.uuid() }),
  body: z.object({}),
  reply: Handover,
})
