import { outcomes, publicStages } from '@pentad/cases/model'
import { PlaceSaid, PointIn } from '@pentad/geography/contract'
import { route } from '@pentad/platform/contract'
import { kinds, limitUnits } from '@pentad/rulebook/model'
import { z } from 'zod'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()

/** What the page knows before anything is typed: place, classes, what neighbours reported, who will do it by when. */
export const propose = route({
  method: 'POST',
  path: '/reports/proposals',
  summary: '上报建议 Proposals for a report being written',
  may: 'public',
  perMinute: 120,
  body: z.object({
    point: PointIn,
    text: z.string().max(2000).default(''),
    kind: z.enum(kinds).optional(),
    classCode: z.string().max(8).optional(),
  }),
  reply: z.object({
    place: PlaceSaid,
    classes: z.array(
      z.object({
        kind: z.enum(kinds),
        code: z.string(),
        name: Text,
        /** Why it is proposed: words that were said, cases nearby. */
        why: z.object({ words: z.array(z.string()), nearbyCases: z.number() }),
      }),
    ),
    /** Open cases of the class within 50 m, the likeliest to be the same first; judged by class, place and time alone. */
    nearby: z.array(
      z.object({
        caseId: z.uuid(),
        className: Text,
        stage: z.enum(publicStages),
        reportedAt: instant,
        distanceM: z.number(),
        reports: z.number(),
      }),
    ),
    /** For the chosen or first proposed class. */
    handling: z.object({ unit: Text, limitValue: z.number(), limitUnit: z.enum(limitUnits) }).nullable(),
  }),
})

export const sendReport = route({
  method: 'POST',
  path: '/reports',
  summary: '市民上报 A citizen reports a problem',
  may: 'public',
  perMinute: 20,
  body: z.object({
    kind: z.enum(kinds),
    classCode: z.string().max(8),
    point: PointIn,
    /** How the point came about. */
    pointBy: z.enum(['gps', 'photo', 'map']),
    text: z.string().max(2000).default(''),
    photoIds: z.array(z.uuid()).max(6),
    /** “+1, tell me too”: an open case this report joins. */
    joins: z.uuid().optional(),
    phone: z.string().max(32).optional(),
    language: z.enum(['zh-CN', 'en']).default('zh-CN'),
  }),
  /** The code is all that the reporter needs to follow it. */
  reply: z.object({ code: z.string(), joined: z.boolean() }),
})

export const ReportSeen = z.object({
  code: z.string(),
  className: Text,
  placeWords: Text,
  text: z.string(),
  at: instant,
  stage: z.enum(publicStages),
  /** Every stage reached, in order, with its time; a stage that came twice stands twice. */
  stages: z.array(z.object({ stage: z.enum(publicStages), at: instant, note: z.string().nullable() })),
  /** The unit that does it, once known. */
  unit: Text.nullable(),
  due: instant.nullable(),
  /** Reporters beside this one. */
  others: z.number(),
  photos: z.array(z.object({ id: z.uuid(), when: z.enum(['before', 'after']) })),
  /** How it ended, once it has. */
  outcome: z.enum(outcomes).nullable(),
  /** Once it was closed: may the reporter say whether it was fixed, until when, and what they said last. */
  word: z.object({
    until: instant.nullable(),
    mayObject: z.boolean(),
    said: z.object({ fixed: z.boolean(), reason: z.string().nullable(), at: instant }).nullable(),
  }),
  /** How often it was taken up again because somebody said that it was not fixed. */
  again: z.number(),
})

/** After closing: “yes, fixed”, or “no” with a reason, which sends somebody else to look at it. */
export const answerClosing = route({
  method: 'POST',
  path: '/reports/:code/answer',
  summary: '确认或异议 Say whether it was fixed',
  may: 'public',
  perMinute: 20,
  params: z.object({ code: z.string().max(40) }),
  body: z.object({
    fixed: z.boolean(),
    reason: z.string().trim().max(2000).optional(),
    photoIds: z.array(z.uuid()).max(6).default([]),
  }),
  reply: ReportSeen,
})

const PublicRate = z.object({
  /** Null: too few to be published, or none. */
  of: z.number().nullable(),
  rate: z.number().nullable(),
})
export const PublicRates = z.object({
  code: z.string(),
  name: z.string(),
  closed: PublicRate,
  verified: PublicRate,
  confirmed: PublicRate,
})

/** The three rates of the last 30 days for everybody, of the city and its districts; shares of fewer than five are left out. */
export const publicRates = route({
  method: 'GET',
  path: '/reports/rates',
  summary: '公开三率 The three rates, for the public',
  may: 'public',
  perMinute: 60,
  reply: z.object({ from: instant, to: instant, city: PublicRates, districts: z.array(PublicRates) }),
})

export const followReport = route({
  method: 'GET',
  path: '/reports/:code',
  summary: '凭码查询 Follow a report by its code',
  may: 'public',
  perMinute: 60,
  params: z.object({ code: z.string().max(40) }),
  reply: ReportSeen,
})

export const reportPhoto = route({
  method: 'GET',
  path: '/reports/:code/photos/:photoId',
  summary: '上报照片 A photo of my report',
  may: 'public',
  perMinute: 240,
  params: z.object({ code: z.string().max(40), photoId: z.uuid() }),
  query: z.object({ view: z.enum(['thumb', 'full']).default('thumb') }),
  replyType: 'image/*',
})

/** 曝光: cases shown as typical. Neither the report nor the exact place. */
export const exposures = route({
  method: 'GET',
  path: '/exposures',
  summary: '典型案件曝光 Typical cases shown to the public',
  may: 'public',
  perMinute: 120,
  reply: z.object({
    cases: z.array(
      z.object({
        no: z.string(),
        className: Text,
        street: z.string(),
        text: z.string(),
        stage: z.enum(publicStages),
        done: z.boolean(),
        since: instant,
      }),
    ),
  }),
})
