/** Commands to a device (下行指令): what may be said, what was said, and what came back. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { commandCauses, commandKinds, commandStates, historyPeriods, seriesKinds } from './model/index.ts'

const instant = z.iso.datetime()
const about = { about: 'device', params: z.object({ id: z.uuid() }) } as const
const said = {
  reason: z.string().trim().max(200).default(''),
  /** Not said any more after so many minutes; by the kind unless given. */
  expiresInMinutes: z.number().int().min(1).max(10_080).optional(),
}
const plain = <K extends string>(kind: K) => z.object({ kind: z.literal(kind), ...said })

export const NewCommand = z.discriminatedUnion('kind', [
  plain('set-time'),
  plain('read-time'),
  plain('read-interval'),
  plain('ask-position'),
  plain('read-parameters'),
  z.object({
    kind: z.literal('ask-history'),
    period: z.enum(historyPeriods),
    /** The first moment and the first that is no longer wanted. */
    from: instant,
    until: instant,
    ...said,
  }),
  z.object({
    kind: z.literal('set-interval'),
    series: z.enum(seriesKinds).default('realtime'),
    seconds: z.number().int().min(1).max(86_400),
    ...said,
  }),
  z.object({
    kind: z.literal('set-patience'),
    /** Seconds that the device waits for our answer, and how often it sends again (HJ 212, CN 1000). */
    seconds: z.number().int().min(1).max(99),
    tries: z.number().int().min(0).max(9),
    ...said,
  }),
  z.object({
    kind: z.literal('text'),
    text: z.string().trim().min(1).max(200),
    urgent: z.boolean().default(false),
    display: z.boolean().default(true),
    speak: z.boolean().default(true),
    ...said,
  }),
  z.object({
    kind: z.literal('follow'),
    /** A position every so many seconds, for so long. */
    seconds: z.number().int().min(1).max(600),
    forSeconds: z.number().int().min(60).max(86_400),
    ...said,
  }),
])

const Command = z.object({
  id: z.uuid(),
  kind: z.enum(commandKinds),
  parameters: z.record(z.string(), z.unknown()),
  state: z.enum(commandStates),
  cause: z.enum(commandCauses),
  reason: z.string(),
  /** Null: the platform itself. */
  askedBy: z.string().nullable(),
  askedAt: instant,
  expiresAt: instant,
  tries: z.number(),
  sentAt: instant.nullable(),
  acceptedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** As data: the result by its standard, times, positions, parameters, how many values came. */
  answer: z.record(z.string(), z.unknown()).nullable(),
})

export const listCommands = route({
  method: 'GET',
  path: '/sensing/devices/:id/commands',
  summary: '下行指令 What was said to a device, and what came back',
  may: 'sensing.read',
  ...about,
  query: z.object({ most: z.coerce.number().int().min(1).max(200).default(30) }),
  reply: z.object({
    /** What may be said to it; nothing where its protocol has no way down. */
    kinds: z.array(z.enum(commandKinds)),
    commands: z.array(Command),
  }),
})

export const askCommand = route({
  method: 'POST',
  path: '/sensing/devices/:id/commands',
  summary: '下发指令 Say something to a device',
  may: 'sensing.command',
  ...about,
  body: NewCommand,
  reply: z.object({ id: z.uuid() }),
})

export const cancelCommand = route({
  method: 'POST',
  path: '/sensing/devices/:id/commands/cancel',
  summary: '撤回指令 Take a command back that was not sent yet',
  may: 'sensing.command',
  ...about,
  body: z.object({ commandId: z.uuid() }),
  reply: z.object({ id: z.uuid() }),
})

export const DeviceTalk = z.object({
  /** Version in the flag of what is said to it; null: as it speaks itself. */
  version: z.union([z.literal(2005), z.literal(2017), z.literal(2025)]).nullable(),
  /** Its clock is set by itself when it is off by more, in seconds; 0 never. */
  clockBoundSeconds: z.number().int().min(0).max(3600),
  clockEveryHours: z.number().int().min(1).max(168),
  /** Gaps longer than this are asked for when it comes back, in minutes; 0 never. */
  gapMinutes: z.number().int().min(0).max(1440),
})
export const readTalk = route({
  method: 'GET',
  path: '/sensing/devices/:id/talk',
  summary: '设备通信约定 How the platform talks with a device',
  may: 'sensing.read',
  ...about,
  reply: DeviceTalk,
})
export const setTalk = route({
  method: 'PUT',
  path: '/sensing/devices/:id/talk',
  summary: '设定设备通信约定 Set how the platform talks with a device',
  may: 'sensing.manage-devices',
  ...about,
  body: DeviceTalk,
  reply: DeviceTalk,
})
