import { kinds, limitUnits } from '@pentad/rulebook/model'
import { z } from 'zod'
import { closeKinds, sources, statuses, stepNames } from '../model/index.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()

/** A line of a work list, and a point on the map. */
export const CaseLine = z.object({
  id: z.uuid(),
  no: z.string(),
  status: z.enum(statuses),
  kind: z.enum(kinds),
  classCode: z.string(),
  className: Text,
  source: z.enum(sources),
  /** How many people reported it. */
  reports: z.number(),
  lon: z.number(),
  lat: z.number(),
  placeWords: Text,
  street: z.object({ code: z.string(), name: z.string() }),
  description: z.string(),
  reportedAt: instant,
  /** The limit that runs now: of the centre's step (`stage`) or of the disposal (`disposal`); none when it is at rest. */
  clock: z
    .object({
      kind: z.enum(['stage', 'disposal']),
      unit: z.enum(limitUnits),
      value: z.number(),
      /** From here on the light is yellow. */
      urgeAt: instant,
      due: instant,
    })
    .nullable(),
  /** The disposal was late, or is. */
  overdue: z.boolean(),
  reworkCount: z.number(),
  leadUnit: z.object({ id: z.string(), name: Text }).nullable(),
  photoId: z.uuid().nullable(),
  /** The 部件 that it is about: chosen by the reporter, or only proposed as the nearest of its class. */
  component: z
    .object({ id: z.string(), name: z.string(), maintainer: z.string().nullable(), chosen: z.boolean() })
    .nullable(),
  /** Steps that the caller may take now. */
  mySteps: z.array(z.enum(stepNames)),
  /** What the unit has asked for and nobody has answered: a return, more time, a suspension; or what is to be voided. */
  asked: z
    .object({
      kind: z.enum(['return', 'extend', 'suspend', 'void']),
      at: instant,
      by: z.string(),
      reason: z.string(),
      reasonCode: z.string().optional(),
      value: z.number().optional(),
      until: instant.optional(),
      unitId: z.string().optional(),
    })
    .nullable(),
  difficult: z.boolean(),
  /** Raised by leaders’ instructions. */
  priority: z.number(),
  /** What speaks against the evidence. */
  doubts: z.array(z.string()),
  assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
  checker: z.object({ id: z.string(), name: z.string() }).nullable(),
  suspendedUntil: instant.nullable(),
  closeKind: z.enum(closeKinds).nullable(),
  /** Approved extensions, in the unit of the limit. */
  extended: z.number(),
  /** Grows with every change; for the order of news and of what a phone holds. */
  version: z.number(),
})
