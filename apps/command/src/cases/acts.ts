/** What the digits do to the chosen case: proposed units first, then the steps one may take, most usual first. Pure. */
import { type Asked, defaultFlow, type Flow, type Need, needsOf, type StepName } from '@pentad/cases/model'

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
/** What has been asked for is answered first: these two stand before all others. */
const answers: Record<Asked['kind'], readonly [yes: StepName, no: StepName]> = {
  return: ['approve_return', 'refuse_return'],
  extend: ['approve_extension', 'refuse_extension'],
  suspend: ['approve_suspension', 'refuse_suspension'],
  void: ['approve_void', 'refuse_void'],
}
const refusals = Object.values(answers).map(([, no]) => no)

/** They end a case or set it aside: at hand, and out of the way. */
const quiet: readonly StepName[] = [
  'merge',
  'refuse',
  'decline',
  'ask_suspension',
  'enter_difficult',
  'leave_difficult',
  'ask_void',
  'transfer',
]
export const isQuiet = (step: StepName): boolean => quiet.includes(step)

export const primaryStep = (mySteps: readonly StepName[]): StepName | null =>
  forward.find((s) => mySteps.includes(s)) ?? mySteps.find((s) => !isQuiet(s)) ?? null

/** The steps beside the primary one, a refusal of what was asked first, those that end or set aside last. */
export const otherSteps = (mySteps: readonly StepName[]): StepName[] => {
  const rank = (s: StepName) => (refusals.includes(s) ? 0 : isQuiet(s) ? 2 : 1)
  return mySteps.filter((s) => s !== primaryStep(mySteps)).sort((a, b) => rank(a) - rank(b))
}

/**
 * What a step asks before it can be taken. Beyond the rule's needs: `accept` whether the proposed class is right; and what may be
 * left as it is — helping units, another unit, a person by name, how it is closed, less time than was asked for.
 */
export type Ask = 'class' | Need | 'coUnits' | 'otherUnit' | 'anyone' | 'closeKind' | 'granted'
const alsoAsked: Partial<Record<StepName, readonly Ask[]>> = {
  accept: ['class'],
  dispatch: ['coUnits'],
  ask_return: ['otherUnit'],
  send_verify: ['anyone'],
  send_check: ['anyone'],
  close: ['closeKind'],
  approve_extension: ['granted'],
}
export const asks = (step: StepName, flow: Flow = defaultFlow): readonly Ask[] => [
  ...(alsoAsked[step] ?? []),
  ...needsOf(flow, step),
]
/** Whether the digit alone takes it: nothing must be filled in, nor a proposed class looked at. */
export const isOneKey = (step: StepName, flow: Flow = defaultFlow): boolean =>
  step !== 'accept' && needsOf(flow, step).length === 0

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
