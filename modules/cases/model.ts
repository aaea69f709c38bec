/** The life of a case (案卷; domain §3). Pure: the server decides with it, and so does the officer's phone while offline. */
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { CLOCK_AHEAD_ALLOWED } from '@pentad/platform/time'

export { bucketsOf, type Span, spanOf, spans } from './past/model.ts'

export const statuses = [
  'reported', // 待受理
  'pending_file', // 待立案
  'pending_dispatch', // 待派遣
  'pending_sign', // 待签收
  'disposing', // 处置中
  'feedback', // 待核查派发
  'checking', // 核查中
  'pending_close', // 待结案
  'rework', // 返工
  'closed', // 已结案
  'rejected', // 不予受理、不予立案
] as const
export type Status = (typeof statuses)[number]

export const isOpen = (status: Status): boolean => status !== 'closed' && status !== 'rejected'

/** Where a report came from (domain §3.2). */
export const sources = [
  'inspector',
  'hotline',
  'citizen',
  'video',
  'sensor',
  'uav',
  'opinion',
  'utility',
  'self_check',
  'instruction',
  'transfer',
  'grid',
  'patrol',
  'survey',
  'open311',
] as const
export type Source = (typeof sources)[number]

interface Step {
  from: Status
  to: Status
  /** The permission it needs. */
  may: string
  /** Whose cases: those of one's area, or those that lie with one's unit. Seeing a case never gives the right to move it. */
  within: 'area' | 'unit'
  needs: readonly ('reason' | 'standard' | 'unit' | 'photo')[]
}

/** Every step a case can take, in the order of the work; numbers are those of domain §3.6. */
export const steps = {
  accept: { from: 'reported', to: 'pending_file', may: 'cases.accept', within: 'area', needs: [] }, // 5 受理
  refuse: { from: 'reported', to: 'rejected', may: 'cases.accept', within: 'area', needs: ['reason'] }, // 6 不予受理
  file: { from: 'pending_file', to: 'pending_dispatch', may: 'cases.file', within: 'area', needs: ['standard'] }, // 8 立案
  send_back: { from: 'pending_file', to: 'reported', may: 'cases.file', within: 'area', needs: ['reason'] }, // 9
  decline: { from: 'pending_file', to: 'rejected', may: 'cases.file', within: 'area', needs: ['reason'] }, // 10 不予立案
  dispatch: { from: 'pending_dispatch', to: 'pending_sign', may: 'cases.dispatch', within: 'area', needs: ['unit'] }, // 11 派遣
  return_to_file: {
    from: 'pending_dispatch',
    to: 'pending_file',
    may: 'cases.dispatch',
    within: 'area',
    needs: ['reason'],
  }, // 12
  sign: { from: 'pending_sign', to: 'disposing', may: 'cases.sign', within: 'unit', needs: [] }, // 13 签收
  report_done: { from: 'disposing', to: 'feedback', may: 'cases.handle', within: 'unit', needs: ['photo'] }, // 23 处置反馈
  send_again: { from: 'feedback', to: 'disposing', may: 'cases.dispatch', within: 'area', needs: ['reason'] }, // 24 打回
  send_check: { from: 'feedback', to: 'checking', may: 'cases.send-check', within: 'area', needs: [] }, // 25 派核查
  pass_check: { from: 'checking', to: 'pending_close', may: 'cases.check', within: 'area', needs: ['photo'] }, // 26
  fail_check: { from: 'checking', to: 'rework', may: 'cases.check', within: 'area', needs: ['photo', 'reason'] }, // 27
  dispatch_again: { from: 'rework', to: 'pending_sign', may: 'cases.dispatch', within: 'area', needs: [] }, // 28
  close: { from: 'pending_close', to: 'closed', may: 'cases.close', within: 'area', needs: [] }, // 29 结案
  refuse_close: { from: 'pending_close', to: 'rework', may: 'cases.close', within: 'area', needs: ['reason'] }, // 30
} as const satisfies Record<string, Step>
export type StepName = keyof typeof steps
export const stepNames = Object.keys(steps) as [StepName, ...StepName[]]

export const stepsFrom = (status: Status): StepName[] => stepNames.filter((s) => steps[s].from === status)

/** Minutes that the centre allows itself for a case to leave each status (domain §3.4; settings of a city later). */
export const centreMinutes: Partial<Record<Status, number>> = {
  reported: 15,
  pending_file: 15,
  pending_dispatch: 15,
  pending_sign: 30,
  feedback: 15,
  checking: 30,
  pending_close: 15,
  rework: 15,
}

/** The part of a case that the rules look at. */
export interface CaseState {
  id: string
  status: Status
  standardId: string | null
  leadUnitId: string | null
  /** Who did the work, checked it: the same person never does two of work, check and close. */
  workedBy: string | null
  checkedBy: string | null
  /** The disposal clock (处置时限): starts with the first dispatch; rework does not reset it, so a late second try is late. */
  clockStart: Date | null
  /** When the work was reported done; null again as soon as it turns out not to be. */
  clockStopped: Date | null
  reworkCount: number
}

export interface Command {
  step: StepName
  /** The clock of whoever took the step; a phone's may be hours behind, having had no network. */
  at: Date
  reason?: string | undefined
  standardId?: string | undefined
  unitId?: string | undefined
  photoIds?: readonly string[] | undefined
}

export interface Taker {
  id: string
  /** The permissions held over this case, by area and by unit apart. */
  mayByArea: readonly string[]
  mayByUnit: readonly string[]
}

/** Why this person may not take this step now, leaving aside what is still to be filled in; null when they may. */
export function blocked(before: CaseState, step: StepName, taker: Taker): Refusal | null {
  const { from, may, within } = steps[step]
  const held = within === 'area' ? taker.mayByArea : taker.mayByUnit
  if (!held.includes(may)) return refuse('cases/not-your-step', { step, within })
  if (before.status !== from) return refuse('cases/wrong-status', { status: before.status, step })
  const checks = step === 'pass_check' || step === 'fail_check'
  if (checks && before.workedBy === taker.id) return refuse('cases/own-work', { step })
  const closes = step === 'close' || step === 'refuse_close'
  if (closes && (before.workedBy === taker.id || before.checkedBy === taker.id))
    return refuse('cases/own-work', { step })
  return null
}

/** The case after the step, or why it cannot be taken. `now` is the judge's clock. */
export function decide(before: CaseState, command: Command, taker: Taker, now: Date): CaseState | Refusal {
  const { step, at, reason, standardId, unitId, photoIds = [] } = command
  const no = blocked(before, step, taker)
  if (no) return no
  if (at.getTime() > now.getTime() + CLOCK_AHEAD_ALLOWED) return refuse('cases/clock-ahead', { at: at.toISOString() })
  const needs: readonly string[] = steps[step].needs
  if (needs.includes('reason') && !reason?.trim()) return refuse('cases/no-reason', { step })
  if (needs.includes('standard') && !standardId) return refuse('cases/no-standard', { step })
  if (needs.includes('unit') && !unitId) return refuse('cases/no-unit', { step })
  if (needs.includes('photo') && photoIds.length === 0) return refuse('cases/no-photo', { step })
  const after = { ...before, status: steps[step].to }
  switch (step) {
    case 'file':
      return { ...after, standardId: standardId ?? null }
    case 'dispatch':
      return { ...after, leadUnitId: unitId ?? null, clockStart: before.clockStart ?? now, clockStopped: null }
    case 'report_done':
      return { ...after, workedBy: taker.id, clockStopped: now }
    case 'send_again':
      return { ...after, clockStopped: null }
    case 'pass_check':
      return { ...after, checkedBy: taker.id }
    case 'fail_check':
    case 'refuse_close':
      return { ...after, checkedBy: null, clockStopped: null, reworkCount: before.reworkCount + 1 }
    case 'accept':
    case 'refuse':
    case 'send_back':
    case 'decline':
    case 'return_to_file':
    case 'sign':
    case 'send_check':
    case 'dispatch_again':
    case 'close':
      return after
  }
}

/** Stages that the reporter is shown (3.1): one word each, the inside of the office left out. */
export const publicStages = ['received', 'accepted', 'assigned', 'working', 'checking', 'done', 'declined'] as const
export type PublicStage = (typeof publicStages)[number]
export function publicStage(status: Status): PublicStage {
  switch (status) {
    case 'reported':
      return 'received'
    case 'pending_file':
    case 'pending_dispatch':
      return 'accepted'
    case 'pending_sign':
      return 'assigned'
    case 'disposing':
    case 'rework':
      return 'working'
    case 'feedback':
    case 'checking':
    case 'pending_close':
      return 'checking'
    case 'closed':
      return 'done'
    case 'rejected':
      return 'declined'
  }
}

/** Statuses in which the disposal clock is the one to watch; in the others the centre's own step is. */
export const inDisposal = (status: Status): boolean =>
  status === 'pending_sign' || status === 'disposing' || status === 'rework'

/** The letter of a source in a case number (3.2). */
export const sourceLetter: Record<Source, string> = {
  inspector: 'I',
  hotline: 'H',
  citizen: 'C',
  video: 'V',
  sensor: 'S',
  uav: 'U',
  opinion: 'O',
  utility: 'G',
  self_check: 'B',
  instruction: 'L',
  transfer: 'T',
  grid: 'N',
  patrol: 'P',
  survey: 'Y',
  open311: 'A',
}

/** `<district 6>-<yyyymmdd>-<source>-<serial 5>`; never changed once given. */
export const caseNo = (district: string, legalDay: string, source: Source, serial: number): string =>
  [district, legalDay.replaceAll('-', ''), sourceLetter[source], String(serial).padStart(5, '0')].join('-')
