/** 定点+机动: which cells somebody looks at, and which nobody did. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { deviceKinds, deviceStates } from '../model.ts'
import { coverageSpans, farthestReachM, lookers } from './model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()

/** Null: it reaches over from a place that is not the caller's, which learns nothing of it but that somebody looks. */
const named = { id: z.uuid().nullable(), name: Text.nullable() }

export const CoverageRuleIn = z.object({
  /** How far a fixed device of a kind reaches, in metres; a kind that is not named looks at nothing. */
  reachM: z.partialRecord(z.enum(deviceKinds), z.number().int().min(0).max(farthestReachM)),
  /** Whoever is faster does not look. */
  fastestKmh: z.number().int().min(5).max(200),
})
const Shares = z.object({
  cells: z.number(),
  both: z.number(),
  fixed: z.number(),
  moving: z.number(),
  none: z.number(),
})
const Rule = z.object({ version: z.number(), rule: CoverageRuleIn })

export const readCoverage = route({
  method: 'GET',
  path: '/sensing/coverage',
  summary: '巡查覆盖 Which cells somebody looked at, and who',
  may: 'sensing.read-coverage',
  query: z.object({
    span: z.enum(coverageSpans).default('4h'),
    /** A district or what lies in it; the first district of the caller's when left out. */
    within: z
      .string()
      .regex(/^\d{6,15}$/)
      .optional(),
  }),
  reply: z.object({
    within: z.string(),
    from: instant,
    /** Null: until now. */
    until: instant.nullable(),
    inForce: Rule,
    /** Those that the caller may ask about. */
    districts: z.array(z.object({ code: z.string(), name: Text })),
    shares: Shares,
    streets: z.array(z.object({ code: z.string(), name: Text, shares: Shares })),
    cells: z.array(
      z.object({
        code: z.string(),
        by: z.enum(lookers),
        /** The last look ever, and of what sort. */
        lastAt: instant.nullable(),
        lastBy: z.enum(['fixed', 'moving']).nullable(),
        /** Place in `silent` of the device whose silence leaves it to itself. */
        silent: z.number().nullable(),
        sites: z.number(),
        permits: z.number(),
      }),
    ),
    silent: z.array(
      z.object({
        ...named,
        kind: z.enum(deviceKinds),
        state: z.enum(deviceStates),
        /** Null: never heard. */
        since: instant.nullable(),
      }),
    ),
    /** Ten-minute rows of tracks that are still looked through: zero when the figures are whole. */
    behind: z.number(),
  }),
})

/** Kinds of devices and how many of them, never which: who that was is a question of its own, and is kept in the audit. */
export const readCellCoverage = route({
  method: 'GET',
  path: '/sensing/coverage/cell',
  summary: '单元网格覆盖记录 Who looked at a cell, hour by hour',
  may: 'sensing.read-coverage',
  query: z.object({ code: z.string().regex(/^\d{15}$/), days: z.coerce.number().int().min(1).max(62).default(7) }),
  reply: z.object({
    code: z.string(),
    middle: z.tuple([z.number(), z.number()]),
    street: Text,
    hours: z.array(z.object({ at: instant, kind: z.enum(deviceKinds), devices: z.number(), lastAt: instant })),
    /** Fixed devices that reach it. */
    reached: z.array(
      z.object({
        ...named,
        kind: z.enum(deviceKinds),
        state: z.enum(deviceStates),
        lastHeard: instant.nullable(),
        reachM: z.number(),
      }),
    ),
  }),
})

export const readCoverageRule = route({
  method: 'GET',
  path: '/sensing/coverage/rule',
  summary: '覆盖规则及历次修改 How far devices reach and what counts as looking',
  may: 'sensing.read-coverage',
  reply: z.object({
    versions: z.array(
      Rule.extend({
        note: z.string(),
        /** Null: with the platform, or the city's pack. */
        setBy: z.string().nullable(),
        setAt: instant,
      }),
    ),
  }),
})

/** Counts from then on; what was counted under an earlier rule stays. */
export const setCoverageRule = route({
  method: 'POST',
  path: '/sensing/coverage/rule',
  summary: '设定覆盖规则 Set how far devices reach and what counts as looking',
  may: 'sensing.set-rules',
  body: z.object({
    /** The version that it follows. */
    after: z.number().int().min(0),
    rule: CoverageRuleIn,
    note: z.string().trim().min(1).max(200),
  }),
  reply: z.object({ version: z.number() }),
})
