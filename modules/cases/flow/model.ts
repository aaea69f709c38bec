/** Whether a flow can be worked with, and what it would do to the cases that run. Pure. */
import { roles } from '@pentad/identity/model'
import {
  type CaseState,
  type Flow,
  isOpen,
  leadsTo,
  openStatuses,
  passableStages,
  type Status,
  type StepName,
  stepNames,
  stepOf,
  stepsFrom,
} from '../model/index.ts'

export interface FlowFault {
  code: string
  /** The step or stage that it is about. */
  at: string
}

/** Stages that a case can reach in this flow. */
export function reached(flow: Flow): Set<Status> {
  const seen = new Set<Status>()
  const next: Status[] = [leadsTo(flow, 'reported'), 'draft']
  for (let at = next.pop(); at; at = next.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    for (const name of stepsFrom(at)) {
      const { to } = stepOf(name)
      if (flow.stepsOff.includes(name) || to === 'same' || to === 'back') continue
      next.push(leadsTo(flow, to))
    }
  }
  return seen
}

/** Steps that lead on to another stage, so that a case does not stand there for ever. */
const waysOn = (flow: Flow, status: Status): StepName[] =>
  stepsFrom(status).filter((name) => {
    const { to, awaited } = stepOf(name)
    return awaited && to !== 'same' && !flow.stepsOff.includes(name)
  })

/** Every fault of a flow; an empty list means that it can be put in force. */
export function faultsOf(flow: Flow): FlowFault[] {
  const faults: FlowFault[] = []
  const say = (code: string, at: string) => faults.push({ code, at })
  const there = reached(flow)
  if (!there.has('closed')) say('cases/flow-never-closes', 'closed')
  for (const status of openStatuses) {
    if (!there.has(status) || status === 'suspended') continue
    if (waysOn(flow, status).length === 0) say('cases/flow-no-way-on', status)
  }
  if (there.has('suspended') && flow.stepsOff.includes('resume')) say('cases/flow-no-way-on', 'suspended')
  for (const [name, held] of Object.entries(flow.roles)) {
    if (held && held.length === 0) say('cases/flow-nobody', name)
    for (const role of held ?? [])
      if (!(roles as readonly string[]).includes(role)) say('cases/flow-unknown-role', role)
  }
  for (const [name, choices] of Object.entries(flow.reasons)) {
    const codes = (choices ?? []).map((c) => c.code)
    if (codes.length === 0) say('cases/flow-no-reasons', name)
    if (new Set(codes).size < codes.length) say('cases/flow-reason-twice', name)
  }
  // Supervision and disposal stay apart (双轴心): no flow gives a check or a closing to those who dispose.
  const disposal = ['unit_handler', 'unit_manager', 'utility', 'officer']
  for (const name of ['pass_check', 'fail_check', 'close', 'close_remote'] as const)
    for (const role of flow.roles[name] ?? []) if (disposal.includes(role)) say('cases/flow-judge-of-own-work', name)
  return faults
}

/** Why a running case cannot go over to the flow; null when it can. */
export function keptFrom(c: Pick<CaseState, 'status' | 'asked'>, flow: Flow): string | null {
  if (!isOpen(c.status)) return 'cases/not-open'
  if ((flow.off as readonly Status[]).includes(c.status)) return 'cases/flow-stage-is-off'
  if (waysOn(flow, c.status).length === 0 && c.status !== 'suspended') return 'cases/flow-no-way-on'
  const answers: Partial<Record<string, StepName>> = {
    extend: 'approve_extension',
    suspend: 'approve_suspension',
    return: 'approve_return',
    void: 'approve_void',
  }
  const answer = c.asked && answers[c.asked.kind]
  return answer && flow.stepsOff.includes(answer) ? 'cases/flow-question-open' : null
}

/** What differs between two flows, as names of settings, stages and steps. */
export function changesBetween(a: Flow, b: Flow): string[] {
  const changed: string[] = []
  const same = (x: unknown, y: unknown) => JSON.stringify(x ?? null) === JSON.stringify(y ?? null)
  for (const stage of passableStages)
    if (a.off.includes(stage) !== b.off.includes(stage)) changed.push(`stage ${stage}`)
  for (const step of stepNames) {
    const differs =
      a.stepsOff.includes(step) !== b.stepsOff.includes(step) ||
      !same(a.roles[step], b.roles[step]) ||
      !same(a.reasons[step], b.reasons[step])
    if (differs) changed.push(`step ${step}`)
  }
  for (const status of openStatuses) if (a.minutes[status] !== b.minutes[status]) changed.push(`minutes ${status}`)
  const settings = [
    'urgeShare',
    'returnsPerUnit',
    'extensionsMost',
    'extensionShareMost',
    'suspensionDaysMost',
    'reopenDays',
    'nearM',
    'remoteClose',
    'selfHandle',
    'checkerByLot',
  ] as const
  for (const name of settings) if (!same(a[name], b[name])) changed.push(`setting ${name}`)
  return changed
}
