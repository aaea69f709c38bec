import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { kinds, limitUnits } from './model/index.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })

export const Standard = z.object({
  id: z.string(),
  /** Most dangerous first. */
  seq: z.number(),
  filing: Text,
  closing: Text,
  limitValue: z.number(),
  limitUnit: z.enum(limitUnits),
})

export const CaseClass = z.object({
  kind: z.enum(kinds),
  code: z.string(),
  /** The major class. */
  parentCode: z.string().nullable(),
  name: Text,
  /** Not of the national list. */
  extension: z.boolean(),
  /** Everyday words for it, by which a phone without a network proposes classes. */
  words: z.array(z.string()),
})

export const listClasses = route({
  method: 'GET',
  path: '/rulebook/classes',
  summary: '大类小类 Classes of the scheme in force',
  may: 'public',
  reply: z.object({ scheme: z.string(), version: z.string(), classes: z.array(CaseClass) }),
})

export const listStandards = route({
  method: 'GET',
  path: '/rulebook/standards',
  summary: '立案、处置、结案标准 Standards of a class',
  may: 'public',
  query: z.object({ kind: z.enum(kinds), code: z.string().max(8) }),
  reply: z.object({ standards: z.array(Standard) }),
})
