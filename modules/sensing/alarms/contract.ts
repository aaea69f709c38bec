import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { Curve, Device, instant, Text } from '../contract/parts.ts'
import { deviceKinds, verdicts } from '../model.ts'
import { alarmLevels, hoursOfRule } from './model/index.ts'

export const Alarm = z.object({
  id: z.uuid(),
  rule: z.string(),
  ruleName: Text,
  level: z.enum(alarmLevels),
  device: Device,
  raisedAt: instant,
  clearedAt: instant.nullable(),
  /** The highest value that it saw. */
  peak: z.number(),
  limit: z.number(),
  unit: z.string(),
  /** The standard of that day. */
  standard: z.string(),
  verdict: z.enum(verdicts).nullable(),
  verdictNote: z.string().nullable(),
  caseId: z.uuid().nullable(),
  /** Recorded, and nobody was told: the rule was wrong too often here. */
  muted: z.boolean(),
  /** Another value makes it doubtful (humidity, wind). */
  doubtful: z.boolean(),
})

/** How often a rule was right in the last 90 days: its share with the 95 % interval of Wilson. */
export const Precision = z.object({
  raised: z.number(),
  judged: z.number(),
  right: z.number(),
  low: z.number(),
  high: z.number(),
})

const Mute = z.object({ since: instant, judged: z.number(), right: z.number() })

export const listAlarms = route({
  method: 'GET',
  path: '/sensing/alarms',
  summary: '告警 Alarms, newest first',
  may: 'sensing.read',
  query: z.object({
    open: z.stringbool().optional(),
    muted: z.stringbool().optional(),
    rule: z.string().max(64).optional(),
    device: z.uuid().optional(),
    most: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    alarms: z.array(Alarm),
    today: z.object({ raised: z.number(), judged: z.number() }),
    /** How often the rules of these alarms were right. */
    rules: z.array(z.object({ rule: z.string(), precision: Precision })),
  }),
})

export const readAlarm = route({
  method: 'GET',
  path: '/sensing/alarms/:id',
  summary: '告警与曲线 One alarm with its curve',
  may: 'sensing.read',
  about: 'alarm',
  params: z.object({ id: z.uuid() }),
  reply: Alarm.extend({
    curves: z.array(Curve),
    /** The curve as it was frozen, with the digest of its text; never read from the series again. */
    frozen: z
      .object({
        takenAt: instant,
        from: instant,
        until: instant,
        sha256: z.string(),
        moment: z.enum(['raised', 'cleared']),
      })
      .nullable(),
    /** Of its rule everywhere, and of its rule at its device. */
    precision: z.object({ rule: Precision, pair: Precision }),
    mute: Mute.nullable(),
  }),
})

export const judgeAlarm = route({
  method: 'POST',
  path: '/sensing/alarms/:id/verdict',
  summary: '告警研判 Judge an alarm',
  may: 'sensing.judge',
  about: 'alarm',
  params: z.object({ id: z.uuid() }),
  body: z.object({ verdict: z.enum(verdicts), note: z.string().trim().max(400).optional() }),
  reply: Alarm.extend({
    /** This verdict made the rule mute itself at this device. */
    mutes: z.boolean(),
  }),
})

export const unmuteAlarm = route({
  method: 'POST',
  path: '/sensing/alarms/:id/unmute',
  summary: '解除静默 Let the rule speak again at the device of an alarm',
  may: 'sensing.judge',
  about: 'alarm',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ lifted: z.boolean() }),
})

const factor = z.string().regex(/^[A-Za-z0-9_.-]{1,40}$/)
const minutes = (most: number) => z.number().int().min(1).max(most)
const level = z.number().min(-100_000).max(100_000)

const Threshold = z.object({
  kind: z.literal('threshold'),
  factor,
  measure: z.enum(['mean', 'max']),
  averagingMinutes: minutes(120),
  validShare: z.number().min(0).max(1),
  forMinutes: z.number().int().min(0).max(240),
  limit: z.discriminatedUnion('by', [
    z.object({ by: z.literal('number'), day: level.nullable(), night: level.nullable() }),
    z.object({ by: z.literal('construction-noise'), over: z.number().min(-30).max(30) }),
  ]),
})
const Rate = z.object({
  kind: z.literal('rate'),
  factor,
  direction: z.enum(['up', 'down', 'either']),
  by: z.number().positive().max(100_000),
  withinMinutes: minutes(240),
})
const Missing = z.object({
  kind: z.literal('missing'),
  factor,
  windowMinutes: z.number().int().min(5).max(240),
  missingShare: z.number().min(0).max(1),
})
const Silence = z.object({ kind: z.literal('silence'), minutes: minutes(7 * 1440) })
const Fence = z.object({
  kind: z.literal('fence'),
  act: z.enum(['enter', 'leave', 'dwell']),
  fenceId: z.uuid(),
  dwellMinutes: z.number().int().min(0).max(1440),
  overKmh: z.number().min(1).max(300).nullable(),
})
const Combination = z.object({
  kind: z.literal('combination'),
  how: z.enum(['all', 'any']),
  rules: z.array(z.string().max(64)).min(1).max(8).readonly(),
  withinMinutes: z.number().int().min(0).max(1440),
  withinM: z.number().min(0).max(5000),
})

const ids = (of: z.ZodString | z.ZodUUID) => z.array(of).max(500).readonly()
export const Rule = z.object({
  name: z.object({ 'zh-CN': z.string().trim().min(1).max(80), en: z.string().trim().min(1).max(120) }),
  level: z.enum(alarmLevels),
  caseClass: z
    .string()
    .regex(/^\d{4,8}$/)
    .nullable(),
  basis: z.string().trim().max(300),
  verified: z.boolean(),
  scope: z.object({
    kinds: z.array(z.enum(deviceKinds)).max(20).readonly(),
    deviceIds: ids(z.uuid()),
    areas: ids(z.string().regex(/^\d{2,15}$/)),
    siteClasses: ids(z.string().min(1).max(20)),
  }),
  condition: z.discriminatedUnion('kind', [Threshold, Rate, Missing, Silence, Fence, Combination]),
  hours: z.enum(hoursOfRule),
  clear: z.object({ margin: z.number().min(0).max(100_000), minutes: z.number().int().min(0).max(240) }),
  coolDownMinutes: z.number().int().min(0).max(1440),
  doubtful: z
    .array(z.object({ factor, above: level }))
    .max(4)
    .readonly(),
  mute: z.object({ below: z.number().min(0).max(1), after: z.number().int().min(1).max(1000) }),
})

const Trial = z.object({
  id: z.uuid(),
  from: instant,
  until: instant,
  state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']),
  devices: z.number(),
  done: z.number(),
  alarms: z.number(),
  sites: z.number(),
})
const Edition = z.object({
  version: z.number(),
  state: z.enum(['draft', 'in_force', 'old']),
  rule: Rule,
  note: z.string(),
  writtenBy: z.string(),
  writtenAt: instant,
  enforcedBy: z.string().nullable(),
  enforcedAt: instant.nullable(),
  endedBy: z.string().nullable(),
  endedAt: instant.nullable(),
})

export const listRules = route({
  method: 'GET',
  path: '/sensing/rules',
  summary: '告警规则 Alarm rules, each with what is in force, its draft and its precision',
  may: 'sensing.read',
  reply: z.object({
    rules: z.array(
      z.object({
        id: z.string(),
        inForce: Edition.nullable(),
        draft: Edition.nullable(),
        /** Of one that is off: the last. */
        last: Edition.nullable(),
        precision: Precision,
        /** Devices where it is muted. */
        muted: z.array(
          z.object({ deviceId: z.uuid(), name: Text, since: instant, judged: z.number(), right: z.number() }),
        ),
      }),
    ),
    factors: z.array(z.string()),
    /** When night begins, minutes of the day; it lasts eight hours. */
    night: z.object({ fromMinute: z.number(), since: instant }),
  }),
})

const params = z.object({ rule: z.string().regex(/^[a-z0-9][a-z0-9-]{1,63}$/) })

export const readRule = route({
  method: 'GET',
  path: '/sensing/rules/:rule',
  summary: '规则历次版本 All editions of a rule, and the last replay of its draft',
  may: 'sensing.read',
  params,
  reply: z.object({ editions: z.array(Edition), trial: Trial.nullable() }),
})

export const draftRule = route({
  method: 'PUT',
  path: '/sensing/rules/:rule/draft',
  summary: '编辑规则草案 Write the draft of a rule, or of a new one',
  may: 'sensing.set-rules',
  params,
  body: z.object({ rule: Rule, note: z.string().max(400).default('') }),
  reply: z.object({ version: z.number() }),
})

export const dropRuleDraft = route({
  method: 'DELETE',
  path: '/sensing/rules/:rule/draft',
  summary: '放弃规则草案 Drop the draft of a rule',
  may: 'sensing.set-rules',
  params,
  reply: z.object({ dropped: z.boolean() }),
})

/** A job: it is asked for here, and read with `readTrial` while it goes on. */
export const tryRule = route({
  method: 'POST',
  path: '/sensing/rules/:rule/draft/trial',
  summary: '规则回放 Replay the draft over past data',
  may: 'sensing.set-rules',
  params,
  body: z.object({ days: z.number().int().min(1).max(366).default(30) }),
  reply: z.object({ id: z.uuid() }),
})

export const readTrial = route({
  method: 'GET',
  path: '/sensing/trials/:trial',
  summary: '回放结果 What a replay found so far, beside what was really raised',
  may: 'sensing.read',
  params: z.object({ trial: z.uuid() }),
  reply: Trial.extend({
    rule: z.string(),
    version: z.number(),
    findings: z.array(
      z.object({
        deviceId: z.uuid(),
        name: Text,
        label: z.string().nullable(),
        raisedAt: instant,
        clearedAt: instant.nullable(),
        peak: z.number(),
        limit: z.number(),
        doubtful: z.boolean(),
        /** Whether the rule in force raised an alarm over it, and how that was judged. */
        recorded: z.boolean(),
        verdict: z.enum(verdicts).nullable(),
      }),
    ),
    /** What the rule in force raised in the same time. `lost`: what the trial would not raise. */
    recorded: z.object({
      alarms: z.number(),
      sites: z.number(),
      true: z.number(),
      false: z.number(),
      known: z.number(),
      lost: z.number(),
      lostTrue: z.number(),
      lostFalse: z.number(),
    }),
  }),
})

export const cancelTrial = route({
  method: 'POST',
  path: '/sensing/trials/:trial/cancel',
  summary: '取消回放 Cancel a replay',
  may: 'sensing.set-rules',
  params: z.object({ trial: z.uuid() }),
  reply: z.object({ cancelled: z.boolean() }),
})

export const enforceRule = route({
  method: 'POST',
  path: '/sensing/rules/:rule/draft/in-force',
  summary: '规则生效 Put the draft in force; it must have been replayed',
  may: 'sensing.set-rules',
  params,
  body: z.object({ version: z.number().int() }),
  reply: z.object({ version: z.number() }),
})

export const endRule = route({
  method: 'POST',
  path: '/sensing/rules/:rule/end',
  summary: '规则停用 Take a rule out of force; its open alarms end',
  may: 'sensing.set-rules',
  params,
  reply: z.object({ ended: z.boolean() }),
})

export const setNight = route({
  method: 'PUT',
  path: '/sensing/night',
  summary: '夜间时段 When night begins; it lasts eight hours',
  may: 'sensing.set-rules',
  body: z.object({ fromMinute: z.number().int().min(1200).max(1439) }),
  reply: z.object({ fromMinute: z.number() }),
})

/** Whom a scope means: for the editor, and beside the rule in force. */
export const scopeMeans = route({
  method: 'POST',
  path: '/sensing/rules/scope',
  summary: '规则所指设备 Which devices in service a scope means',
  may: 'sensing.read',
  body: z.object({ scope: Rule.shape.scope }),
  reply: z.object({
    devices: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(deviceKinds),
        name: Text,
        label: z.string().nullable(),
        areaCode: z.string().nullable(),
      }),
    ),
    /** All of them that the caller may see; the list ends at two hundred. */
    all: z.number(),
  }),
})

/** The curve that a draft would see at a device, with its limit: for the editor, from the rule as it is being written. */
export const previewRule = route({
  method: 'POST',
  path: '/sensing/rules/preview',
  summary: '规则预览 The curve that a rule sees at a device, and what it would raise',
  may: 'sensing.set-rules',
  body: z.object({ rule: Rule, deviceId: z.uuid(), hours: z.number().int().min(1).max(48).default(24) }),
  reply: z.object({
    unit: z.string(),
    points: z.array(z.object({ at: instant, value: z.number(), limit: z.number().nullable() })),
    spans: z.array(z.object({ raisedAt: instant, clearedAt: instant.nullable(), peak: z.number() })),
  }),
})
