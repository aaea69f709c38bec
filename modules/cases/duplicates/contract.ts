/** Is it there already? Open cases that a report may be the same as; a suggestion, never an act. */
import { PointIn } from '@pentad/geography/contract'
import { route } from '@pentad/platform/contract'
import { kinds } from '@pentad/rulebook/model'
import { z } from 'zod'
import { sources, statuses } from '../model/index.ts'
import { bands, classMatches } from './model/index.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })

export const DuplicateReasons = z.object({
  /** `minor`: the same class; `mapped`: the same in another list; `major`: of the same major class. */
  class: z.enum(classMatches),
  distanceM: z.number(),
  sameCell: z.boolean(),
  /** Rare words for a place that both say. */
  places: z.array(z.string()),
  /** Between the two reports. */
  hours: z.number(),
  /** Of the words, 0 to 1; null when one side has none. */
  likeness: z.number().nullable(),
  /** Differing bits of the two pictures most alike, of 64; null when none are alike. Up to 8: the same picture. */
  photoBits: z.number().nullable(),
})
export const DuplicateFound = z.object({
  case: z.object({
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
    street: z.string(),
    description: z.string(),
    reportedAt: z.iso.datetime(),
    leadUnit: Text.nullable(),
  }),
  /** 0 to 1; to be compared with other scores, not to be read as a chance. */
  score: z.number(),
  band: z.enum(bands),
  reasons: DuplicateReasons,
  /** The picture of the case that is most like one of the report's, else its first. */
  photoId: z.uuid().nullable(),
})
const reply = z.object({ candidates: z.array(DuplicateFound) })

export const duplicatesWhileTyping = route({
  method: 'POST',
  path: '/cases/duplicates',
  summary: '登记时查重 Open cases that a report being written may be the same as',
  may: 'cases.report',
  // It writes nothing: there is nothing to be done twice and nothing to be kept for a repetition. A body keeps callers' words out of logs.
  foreign: true,
  body: z.object({
    kind: z.enum(kinds),
    classCode: z.string().max(8),
    point: PointIn,
    text: z.string().max(2000).default(''),
    photoIds: z.array(z.uuid()).max(12).default([]),
    at: z.iso.datetime().transform((t) => new Date(t)),
  }),
  reply,
})

export const duplicatesOfCase = route({
  method: 'GET',
  path: '/cases/:id/duplicates',
  summary: '受理时查重 Other open cases that a case may be the same as',
  may: 'cases.read',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  reply,
})
