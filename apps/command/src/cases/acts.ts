/** What the digits do to the chosen case: proposed units first, then the steps one may take, most usual first. Pure. */
import { type Need, type StepName, stepOf } from '@pentad/cases/model'

/** The step that moves a case on; the others send it back or end it early. */
const forward: readonly StepName[] = [
  'submit',
  'approve_return',
  'approve_extension',
  'approve_suspension',
  'approve_void',
  'accept',
  'file',
  'dispatch',
  'sign',
  'report_done',
  'verify_true',
  'send_check',
  'pass_check',
  'dispatch_again',
  'close',
]

export const primaryStep = (mySteps: readonly StepName[]): StepName | null =>
  forward.find((s) => mySteps.includes(s)) ?? mySteps[0] ?? null

export const otherSteps = (mySteps: readonly StepName[]): StepName[] =>
  mySteps.filter((s) => s !== primaryStep(mySteps))

/** What a step asks before it can be taken; `accept` asks whether the proposed class is right. */
export type Ask = 'class' | Need
export const asks = (step: StepName): readonly Ask[] =>
  step === 'accept' ? ['class', ...stepOf(step).needs] : stepOf(step).needs

export type Act = { kind: 'unit'; unitId: string } | { kind: 'step'; step: StepName }

/** At most five units are proposed by key, so that four digits remain for steps. */
export const unitKeys = 5

export function keyedActs(mySteps: readonly StepName[], unitIds: readonly string[]): Act[] {
  const primary = primaryStep(mySteps)
  const units: Act[] =
    primary === 'dispatch' ? unitIds.slice(0, unitKeys).map((unitId) => ({ kind: 'unit', unitId })) : []
  const own: Act[] = primary && !units.length ? [{ kind: 'step', step: primary }] : []
  return [...units, ...own, ...otherSteps(mySteps).map((step): Act => ({ kind: 'step', step }))].slice(0, 9)
}

/** The digit that takes a step, to be shown beside it. */
export function keyOf(acts: readonly Act[], step: StepName): string {
  const at = acts.findIndex((a) => a.kind === 'step' && a.step === step)
  return at < 0 ? '' : String(at + 1)
}
