/** What a step makes of a case, or why it cannot be taken. Pure: no clock, no database. */
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { CLOCK_AHEAD_ALLOWED, DAY } from '@pentad/platform/time'
import type { Kind } from '@pentad/rulebook/model'
import type { ClockState } from './clock.ts'
import { classIn, defaultFlow, type Flow, leadsTo, needsOf } from './flow.ts'
import { type CloseKind, isOpen, type Status } from './states.ts'
import { type Step, type StepName, stepOf, stepsFrom } from './steps.ts'

/** What a unit has asked for and nobody has answered yet. */
export interface Asked {
  kind: 'return' | 'extend' | 'suspend' | 'void'
  at: string
  by: string
  reason: string
  reasonCode?: string | undefined
  /** Of an extension, in the unit of the limit. */
  value?: number | undefined
  /** Of a suspension. */
  until?: string | undefined
  /** The unit that should have it instead. */
  unitId?: string | undefined
}

/** The part of a case that the rules look at. */
export interface CaseState extends ClockState {
  id: string
  status: Status
  kind: Kind
  classCode: string
  createdBy: string
  standardId: string | null
  leadUnitId: string | null
  coUnitIds: readonly string[]
  /** The member of the unit who should do it (到人). */
  assigneeId: string | null
  /** Who verifies or checks it, as drawn or sent; null: whoever of the area does. */
  checkerId: string | null
  /** Who did the work, checked it: the same person never does two of work, check and close. */
  workedBy: string | null
  checkedBy: string | null
  /** What the verification (核实) found. */
  verified: boolean | null
  reworkCount: number
  /** Returns of this lead unit that were approved, and in all. */
  unitReturns: number
  returns: number
  extensions: number
  asked: Asked | null
  /** Where it was before it was merged or set aside. */
  backTo: Status | null
  difficult: boolean
  suspendedUntil: Date | null
  mergedInto: string | null
  closeKind: CloseKind | null
  transferredTo: string | null
  /** What speaks against the evidence; a case with doubts is not closed from afar. */
  doubts: readonly string[]
}

export interface Command {
  step: StepName
  /** The clock of whoever took the step; a phone's may be hours behind, having had no network. */
  at: Date
  reason?: string | undefined
  reasonCode?: string | undefined
  standardId?: string | undefined
  unitId?: string | undefined
  coUnitIds?: readonly string[] | undefined
  photoIds?: readonly string[] | undefined
  personId?: string | undefined
  value?: number | undefined
  until?: Date | undefined
  intoId?: string | undefined
  target?: string | undefined
  closeKind?: CloseKind | undefined
}

export interface Taker {
  id: string
  /** The permissions held over this case, by area and by unit apart. */
  mayByArea: readonly string[]
  mayByUnit: readonly string[]
  /** The roles behind them, for flows that name roles. */
  rolesByArea: readonly string[]
  rolesByUnit: readonly string[]
  /** The units that the taker works for. */
  units: readonly string[]
}

/** What the rule must be told because it lies outside of the case. */
export interface Facts {
  /** The case that this one is to be merged into. */
  master?: Pick<CaseState, 'id' | 'status' | 'kind' | 'classCode'> | undefined
  /** What speaks against the photos that come with the step. */
  doubts?: readonly string[] | undefined
}

/** What the machine does at the end of a suspension, and by rules of direct dispatch. */
export const machineTaker: Taker = {
  id: 'machine',
  mayByArea: ['cases.dispatch'],
  mayByUnit: [],
  rolesByArea: [],
  rolesByUnit: [],
  units: [],
}

const checkSteps: readonly StepName[] = ['verify_true', 'verify_false', 'pass_check', 'fail_check']
const closeSteps: readonly StepName[] = ['close', 'refuse_close', 'close_remote']

const mayTake = ({ may, within }: Step, roles: readonly string[] | undefined, before: CaseState, taker: Taker) => {
  const by = (held: readonly string[], heldRoles: readonly string[]) =>
    roles ? roles.some((r) => heldRoles.includes(r)) : held.includes(may)
  if (within === 'own') return before.createdBy === taker.id
  const byArea = by(taker.mayByArea, taker.rolesByArea)
  const byUnit = by(taker.mayByUnit, taker.rolesByUnit)
  return within === 'either' ? byArea || byUnit : within === 'area' ? byArea : byUnit
}

/** Why this person may not take this step now, leaving aside what is still to be filled in; null when they may. */
export function blocked(before: CaseState, name: StepName, taker: Taker, flow: Flow = defaultFlow): Refusal | null {
  const step = stepOf(name)
  if (!mayTake(step, flow.roles[name], before, taker))
    return refuse('cases/not-your-step', { step: name, within: step.within })
  if (!step.from.includes(before.status)) return refuse('cases/wrong-status', { status: before.status, step: name })
  if (flow.stepsOff.includes(name)) return refuse('cases/step-off', { step: name })
  if (step.asked && before.asked?.kind !== step.asked) return refuse('cases/nothing-asked', { step: name })
  if (name === 'enter_difficult' && before.difficult) return refuse('cases/difficult-already')
  if (name === 'leave_difficult' && !before.difficult) return refuse('cases/not-difficult')
  const checks = checkSteps.includes(name)
  if (checks && before.checkerId && before.checkerId !== taker.id) return refuse('cases/another-checker')
  if (name === 'pass_check' || name === 'fail_check') {
    if (before.workedBy === taker.id) return refuse('cases/own-work', { step: name })
    if (before.leadUnitId && taker.units.includes(before.leadUnitId)) return refuse('cases/own-unit', { step: name })
  }
  if (closeSteps.includes(name) && (before.workedBy === taker.id || before.checkedBy === taker.id))
    return refuse('cases/own-work', { step: name })
  if (name === 'close_remote') {
    if (!classIn(flow.remoteClose, before.kind, before.classCode)) return refuse('cases/no-remote-close')
    if (before.doubts.length) return refuse('cases/doubted', { doubts: before.doubts.join(' ') })
  }
  if (name === 'self_handle' && !classIn(flow.selfHandle, before.kind, before.classCode))
    return refuse('cases/no-self-handling')
  if (name.startsWith('ask_') && name !== 'ask_void' && before.asked) return refuse('cases/asked-already')
  if (name === 'ask_return' && before.unitReturns >= flow.returnsPerUnit)
    return refuse('cases/returned-enough', { most: flow.returnsPerUnit })
  if (name === 'ask_extension' && before.extensions >= flow.extensionsMost)
    return refuse('cases/extended-enough', { most: flow.extensionsMost })
  return null
}

/** What the command itself lacks. */
function lacking(before: CaseState, command: Command, flow: Flow): Refusal | null {
  const { step, reason, reasonCode, photoIds = [] } = command
  const needs = needsOf(flow, step)
  const choices = flow.reasons[step]
  if (choices && !choices.some((r) => r.code === reasonCode)) return refuse('cases/no-reason-chosen', { step })
  if (needs.includes('reason') && !reason?.trim() && !choices) return refuse('cases/no-reason', { step })
  if (needs.includes('standard') && !command.standardId) return refuse('cases/no-standard', { step })
  if (needs.includes('unit') && !command.unitId) return refuse('cases/no-unit', { step })
  if (needs.includes('photo') && photoIds.length === 0) return refuse('cases/no-photo', { step })
  if (needs.includes('into') && !command.intoId) return refuse('cases/no-master')
  if (needs.includes('person') && !command.personId) return refuse('cases/no-person')
  if (needs.includes('target') && !command.target?.trim()) return refuse('cases/no-target')
  if (needs.includes('value')) {
    const most = (before.limitValue ?? 0) * flow.extensionShareMost
    if (!command.value || !(command.value > 0) || command.value > most) return refuse('cases/wrong-extension', { most })
  }
  return null
}

/** The case after the step, or why it cannot be taken. `now` is the judge's clock. */
export function decide(
  before: CaseState,
  command: Command,
  taker: Taker,
  now: Date,
  flow: Flow = defaultFlow,
  facts: Facts = {},
): CaseState | Refusal {
  const no = blocked(before, command.step, taker, flow)
  if (no) return no
  if (command.at.getTime() > now.getTime() + CLOCK_AHEAD_ALLOWED)
    return refuse('cases/clock-ahead', { at: command.at.toISOString() })
  const lacks = lacking(before, command, flow)
  if (lacks) return lacks
  const changes = changesOf(before, command, taker, now, flow, facts)
  if ('refused' in changes) return changes
  const { to } = stepOf(command.step)
  const led = to === 'same' ? before.status : to === 'back' ? (before.backTo ?? 'reported') : leadsTo(flow, to)
  const after: CaseState = { ...before, status: led, ...changes }
  // What is over has no clock that runs.
  if (isOpen(before.status) && !isOpen(after.status) && after.clockStart && !after.clockStopped)
    return { ...after, clockStopped: now, pausedAt: null }
  return after
}

/** What a step that was taken brought about; for living a case again from its trail. */
export function applied(
  before: CaseState,
  command: Command,
  actorId: string,
  now: Date,
  flow: Flow,
  { doubts, masterId }: { doubts: readonly string[]; masterId?: string | undefined },
): Partial<CaseState> {
  const { kind, classCode } = before
  const master = masterId ? { id: masterId, status: 'reported' as const, kind, classCode } : undefined
  const changes = changesOf({ ...before, due: null }, command, { id: actorId }, now, flow, { doubts, master })
  return 'refused' in changes ? {} : changes
}

function changesOf(
  before: CaseState,
  command: Command,
  taker: Pick<Taker, 'id'>,
  now: Date,
  flow: Flow,
  facts: Facts,
): Partial<CaseState> | Refusal {
  const { step, reason, reasonCode, unitId } = command
  const ask = (kind: Asked['kind'], more: Partial<Asked> = {}): Asked => ({
    kind,
    at: now.toISOString(),
    by: taker.id,
    reason: reason?.trim() ?? '',
    reasonCode,
    ...more,
  })
  const again = { checkedBy: null, checkerId: null, clockStopped: null, reworkCount: before.reworkCount + 1 }
  const standard = command.standardId ? { standardId: command.standardId } : {}
  switch (step) {
    case 'self_handle':
      return { closeKind: 'self_handled', workedBy: taker.id }
    case 'send_verify':
      return { checkerId: command.personId ?? null }
    case 'verify_true':
    case 'verify_false':
      return { verified: step === 'verify_true', checkerId: null }
    case 'merge':
      return mergeInto(before, facts.master)
    case 'unmerge':
      return { mergedInto: null, backTo: null }
    case 'accept':
    case 'file':
      return standard
    case 'dispatch':
      return {
        leadUnitId: unitId ?? null,
        coUnitIds: [...new Set(command.coUnitIds ?? [])].filter((u) => u !== unitId),
        assigneeId: null,
        unitReturns: unitId === before.leadUnitId ? before.unitReturns : 0,
        clockStart: before.clockStart ?? now,
        clockStopped: null,
        pausedAt: null,
      }
    case 'assign':
      return { assigneeId: command.personId ?? null }
    case 'ask_return':
      return { asked: ask('return', { unitId }), assigneeId: null }
    case 'approve_return':
      // The time of the question is nobody's; until the next dispatch the case lies with nobody.
      return {
        asked: null,
        pausedAt: before.asked ? new Date(before.asked.at) : now,
        returns: before.returns + 1,
        unitReturns: before.unitReturns + 1,
      }
    case 'refuse_return':
      return { asked: null }
    case 'ask_extension':
      if (before.due && now > before.due) return refuse('cases/too-late-to-extend')
      return { asked: ask('extend', { value: command.value }) }
    case 'approve_extension':
      return {
        asked: null,
        extensions: before.extensions + 1,
        extendedValue: before.extendedValue + Math.min(command.value ?? Infinity, before.asked?.value ?? 0),
      }
    case 'refuse_extension':
    case 'refuse_suspension':
      return { asked: null }
    case 'ask_suspension': {
      const { until } = command
      const most = now.getTime() + flow.suspensionDaysMost * DAY
      if (!until || until <= now || until.getTime() > most)
        return refuse('cases/wrong-suspension', { days: flow.suspensionDaysMost })
      return { asked: ask('suspend', { until: until.toISOString() }) }
    }
    case 'approve_suspension':
      return { asked: null, suspendedUntil: new Date(before.asked?.until ?? now), pausedAt: now }
    case 'resume':
      return { suspendedUntil: null, pausedAt: null }
    case 'enter_difficult':
      return { difficult: true }
    case 'leave_difficult':
      return { difficult: false }
    case 'report_done':
      return {
        workedBy: taker.id,
        clockStopped: now,
        asked: null,
        doubts: [...new Set(facts.doubts ?? [])],
      }
    case 'send_again':
      return { clockStopped: null }
    case 'send_check':
      return { checkerId: command.personId ?? null }
    case 'close_remote':
      return { closeKind: 'remote' }
    case 'pass_check':
      return { checkedBy: taker.id, doubts: [...new Set([...before.doubts, ...(facts.doubts ?? [])])] }
    case 'fail_check':
    case 'refuse_close':
      return again
    case 'close': {
      const closeKind = command.closeKind ?? 'normal'
      if (closeKind !== 'normal' && !reason?.trim()) return refuse('cases/no-reason', { step })
      return { closeKind }
    }
    case 'ask_void':
      return { asked: ask('void'), backTo: before.status }
    case 'approve_void':
      return { asked: null, backTo: null }
    case 'refuse_void':
      return { asked: null, backTo: null }
    case 'transfer':
      return { transferredTo: command.target?.trim() ?? null }
    case 'submit':
    case 'refuse':
    case 'send_back':
    case 'decline':
    case 'return_to_file':
    case 'sign':
    case 'dispatch_again':
    case 'note_result':
      return {}
  }
}

function mergeInto(before: CaseState, master: Facts['master']): Partial<CaseState> | Refusal {
  if (!master || master.id === before.id) return refuse('cases/no-master')
  if (!isOpen(master.status) || master.status === 'draft') return refuse('cases/not-open')
  if (master.kind !== before.kind || master.classCode !== before.classCode) return refuse('cases/other-class')
  return { mergedInto: master.id, backTo: before.status }
}

/** The steps that this person may take now. */
export const openSteps = (c: CaseState, taker: Taker, flow: Flow = defaultFlow): StepName[] =>
  stepsFrom(c.status).filter((s) => blocked(c, s, taker, flow) === null)

/** A case as it is born. */
export const newborn = (
  c: Pick<CaseState, 'id' | 'kind' | 'classCode' | 'createdBy'> & { status?: Status },
): CaseState => ({
  status: 'reported',
  standardId: null,
  leadUnitId: null,
  coUnitIds: [],
  assigneeId: null,
  checkerId: null,
  workedBy: null,
  checkedBy: null,
  verified: null,
  reworkCount: 0,
  unitReturns: 0,
  returns: 0,
  extensions: 0,
  asked: null,
  backTo: null,
  difficult: false,
  suspendedUntil: null,
  mergedInto: null,
  closeKind: null,
  transferredTo: null,
  doubts: [],
  limitValue: null,
  limitUnit: null,
  calendarVersion: null,
  clockStart: null,
  clockStopped: null,
  extendedValue: 0,
  pausedSeconds: 0,
  pausedAt: null,
  urgeAt: null,
  due: null,
  ...c,
})
