/** One step for many cases: which of those chosen allow it. Pure. */
import type { StepName } from '@pentad/cases/model'
import type { CaseLine } from './asked.ts'

/** Steps that say the same thing of every case; the others look at each one by itself. */
export const bulkSteps = [
  'accept',
  'dispatch',
  'dispatch_again',
  'send_check',
  'close',
  'sign',
  'resume',
  'approve_return',
  'approve_extension',
  'approve_suspension',
  'approve_void',
] as const satisfies readonly StepName[]
export type BulkStep = (typeof bulkSteps)[number]

type Allowed = Pick<CaseLine, 'id' | 'mySteps'>

/** What can be done with those chosen, each with the cases that allow it. */
export const bulkOffers = <C extends Allowed>(chosen: readonly C[]): { step: BulkStep; lines: C[] }[] =>
  bulkSteps
    .map((step) => ({ step, lines: chosen.filter((c) => c.mySteps.includes(step)) }))
    .filter((offer) => offer.lines.length > 0)
