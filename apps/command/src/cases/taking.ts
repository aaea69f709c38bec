/** Taking a step: what was filled in, what is still missing, sending it. */
import { type CloseKind, defaultFlow, type Flow, needsOf, type StepName } from '@pentad/cases/model'
import type { Kind } from '@pentad/rulebook/model'

export interface Filled {
  reason: string
  standardId: string | null
  unitId: string | null
  photoIds: string[]
  classKey: { kind: Kind; code: string } | null
  reasonCode: string | null
  personId: string | null
  /** More of the limit, in its own unit. */
  value: number | null
  /** The last day of a suspension (YYYY-MM-DD, by the city's clock). */
  until: string
  intoId: string | null
  target: string
  coUnitIds: string[]
  closeKind: CloseKind
}
export const nothingFilled = (): Filled => ({
  reason: '',
  standardId: null,
  unitId: null,
  photoIds: [],
  classKey: null,
  reasonCode: null,
  personId: null,
  value: null,
  until: '',
  intoId: null,
  target: '',
  coUnitIds: [],
  closeKind: 'normal',
})

export type Missing =
  | 'reasonNeeded'
  | 'choiceNeeded'
  | 'standardNeeded'
  | 'unitNeeded'
  | 'photoNeeded'
  | 'intoNeeded'
  | 'personNeeded'
  | 'valueNeeded'
  | 'untilNeeded'
  | 'targetNeeded'

/** Kinds of closing that a desk chooses from; the others follow from the step. */
export const closeChoices = ['normal', 'by_notice', 'forced'] as const satisfies readonly CloseKind[]

/** A case that is closed otherwise than by the work done says why. */
export const needsReason = (step: StepName, filled: Filled, flow: Flow = defaultFlow): boolean =>
  needsOf(flow, step).includes('reason') || (step === 'close' && filled.closeKind !== 'normal')

/** What the step still asks for, as the desk sees it; the server is the judge. */
export function missing(step: StepName, filled: Filled, flow: Flow = defaultFlow): Missing[] {
  const needed = needsOf(flow, step)
  const choices = flow.reasons[step]
  return [
    ...(needed.includes('standard') && !filled.standardId ? (['standardNeeded'] as const) : []),
    ...(needed.includes('unit') && !filled.unitId ? (['unitNeeded'] as const) : []),
    ...(needed.includes('photo') && !filled.photoIds.length ? (['photoNeeded'] as const) : []),
    ...(needed.includes('into') && !filled.intoId ? (['intoNeeded'] as const) : []),
    ...(needed.includes('person') && !filled.personId ? (['personNeeded'] as const) : []),
    ...(needed.includes('value') && !filled.value ? (['valueNeeded'] as const) : []),
    ...(needed.includes('until') && !filled.until ? (['untilNeeded'] as const) : []),
    ...(needed.includes('target') && !filled.target.trim() ? (['targetNeeded'] as const) : []),
    ...(choices && !choices.some((r) => r.code === filled.reasonCode) ? (['choiceNeeded'] as const) : []),
    ...(needsReason(step, filled, flow) && !choices && !filled.reason.trim() ? (['reasonNeeded'] as const) : []),
  ]
}

/** The body of the step: only what this step asks for, so that nothing left over in the form goes along. */
export function stepBody(step: StepName, filled: Filled, at: Date, flow: Flow = defaultFlow) {
  const needed = needsOf(flow, step)
  const has = (need: (typeof needed)[number]) => needed.includes(need)
  return {
    step,
    at: at.toISOString(),
    ...(needsReason(step, filled, flow) && filled.reason.trim() ? { reason: filled.reason.trim() } : {}),
    ...(step === 'close' && filled.closeKind !== 'normal' ? { closeKind: filled.closeKind } : {}),
    ...(flow.reasons[step] && filled.reasonCode ? { reasonCode: filled.reasonCode } : {}),
    ...(has('into') && filled.intoId ? { intoId: filled.intoId } : {}),
    ...((has('person') || step === 'send_verify' || step === 'send_check') && filled.personId
      ? { personId: filled.personId }
      : {}),
    ...((has('value') || step === 'approve_extension') && filled.value ? { value: filled.value } : {}),
    // To the end of that day.
    ...(has('until') && filled.until ? { until: new Date(`${filled.until}T23:59:59+08:00`).toISOString() } : {}),
    ...(has('target') ? { target: filled.target.trim() } : {}),
    ...(step === 'dispatch' && filled.coUnitIds.length ? { coUnitIds: filled.coUnitIds } : {}),
    ...(needed.includes('standard') && filled.standardId ? { standardId: filled.standardId } : {}),
    ...((needed.includes('unit') || step === 'ask_return') && filled.unitId ? { unitId: filled.unitId } : {}),
    ...(needed.includes('photo') ? { photoIds: filled.photoIds } : {}),
    ...(step === 'accept' && filled.classKey ? { classCode: filled.classKey.code, kind: filled.classKey.kind } : {}),
  }
}
