/** Many cases in one command: each by itself, with a result of its own. */
import { isRefusal, type Refusal } from '@pentad/platform/refusal'
import type { Context } from '@pentad/platform/serve'
import type { z } from 'zod'
import type { ItemResult } from './contract/shapes.ts'

export type Item = z.input<typeof ItemResult>

export const itemOf = (
  caseId: string,
  no: string | null,
  became: Refusal | object | null | undefined,
  say: Context['say'],
): Item => ({
  caseId,
  no,
  done: !isRefusal(became),
  why: isRefusal(became) ? { code: became.refused, sentence: say(became.refused, became.detail) } : null,
})
