/** Taking a step: what was filled in, what is still missing, sending it. */
import type { StepName } from '@pentad/cases/model'
import type { Kind } from '@pentad/rulebook/model'
import { asks } from './acts.ts'

export interface Filled {
  reason: string
  standardId: string | null
  unitId: string | null
  photoIds: string[]
  classKey: { kind: Kind; code: string } | null
}
export const nothingFilled = (): Filled => ({
  reason: '',
  standardId: null,
  unitId: null,
  photoIds: [],
  classKey: null,
})

export type Missing = 'reasonNeeded' | 'standardNeeded' | 'unitNeeded' | 'photoNeeded'

/** What the step still asks for, as the desk sees it; the server is the judge. */
export function missing(step: StepName, filled: Filled): Missing[] {
  const needed = asks(step)
  return [
    ...(needed.includes('standard') && !filled.standardId ? (['standardNeeded'] as const) : []),
    ...(needed.includes('unit') && !filled.unitId ? (['unitNeeded'] as const) : []),
    ...(needed.includes('photo') && !filled.photoIds.length ? (['photoNeeded'] as const) : []),
    ...(needed.includes('reason') && !filled.reason.trim() ? (['reasonNeeded'] as const) : []),
  ]
}

/** The body of the step: only what this step asks for, so that nothing left over in the form goes along. */
export function stepBody(step: StepName, filled: Filled, at: Date) {
  const needed = asks(step)
  return {
    step,
    at: at.toISOString(),
    ...(needed.includes('reason') ? { reason: filled.reason.trim() } : {}),
    ...(needed.includes('standard') && filled.standardId ? { standardId: filled.standardId } : {}),
    ...(needed.includes('unit') && filled.unitId ? { unitId: filled.unitId } : {}),
    ...(needed.includes('photo') ? { photoIds: filled.photoIds } : {}),
    ...(step === 'accept' && filled.classKey ? { classCode: filled.classKey.code, kind: filled.classKey.kind } : {}),
  }
}
