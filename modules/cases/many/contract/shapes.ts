/** What the contracts of this folder share. */
import { z } from 'zod'

export const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
export const instant = z.iso.datetime()
export const at = instant.transform((t) => new Date(t))
export const UnitNamed = z.object({ id: z.string(), name: Text })
/** What became of one case of many. */
export const ItemResult = z.object({
  caseId: z.uuid(),
  no: z.string().nullable(),
  done: z.boolean(),
  /** Why not: a code, and its sentence in the caller's language. */
  why: z.object({ code: z.string(), sentence: z.string() }).nullable(),
})
