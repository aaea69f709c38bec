/** Every step a case can take: one table, numbered as in domain §3.6. The server decides by it, and so do the phones. */
import { openStatuses, type Status } from './states.ts'

/** What a step asks to be said with it. */
export type Need =
  | 'reason'
  | 'standard'
  | 'unit'
  | 'photo'
  /** Another case: the master of a merge. */
  | 'into'
  /** A member of the own unit. */
  | 'person'
  /** More of the limit, in its own unit. */
  | 'value'
  /** The day on which a suspension ends. */
  | 'until'
  /** Who takes it over: enforcement or another platform. */
  | 'target'

export interface Step {
  /** The row of domain §3.6. */
  row: number
  from: readonly Status[]
  /** `back`: where it was before it was set aside; `same`: the status stays, something else about the case changes. */
  to: Status | 'back' | 'same'
  /** The permission it needs, unless the city's flow names roles. */
  may: string
  /** Whose cases: those of one's area, those that lie with one's unit, either, or one's own. Seeing a case never gives the right to move it. */
  within: 'area' | 'unit' | 'either' | 'own'
  needs: readonly Need[]
  /** The case waits for this step: it stands in the work list of whoever may take it. */
  awaited: boolean
  /** Only while this has been asked for and not answered. */
  asked?: 'extend' | 'suspend'
}

const area = { within: 'area', awaited: true, needs: [] } as const
const unit = { within: 'unit', awaited: true, needs: [] } as const
const why = ['reason'] as const
const beforeFeedback = [
  'reported',
  'verifying',
  'pending_file',
  'pending_dispatch',
  'return_pending',
  'pending_sign',
  'disposing',
  'suspended',
  'rework',
] as const satisfies readonly Status[]
const standing = openStatuses.filter((s) => s !== 'draft')

export const steps = {
  submit: { row: 1, from: ['draft'], to: 'reported', may: 'cases.report', within: 'own', needs: [], awaited: true },
  self_handle: {
    row: 2,
    from: ['draft'],
    to: 'closed',
    may: 'cases.report',
    within: 'own',
    needs: ['photo'],
    awaited: false,
  },
  accept: { row: 5, from: ['reported'], to: 'pending_file', may: 'cases.accept', ...area }, // 受理
  send_verify: { row: 3, from: ['reported'], to: 'verifying', may: 'cases.accept', ...area, awaited: false }, // 派核实
  verify_true: { row: 4, from: ['verifying'], to: 'reported', may: 'cases.check', ...area, needs: ['photo'] }, // 核实属实
  verify_false: {
    row: 4,
    from: ['verifying'],
    to: 'reported',
    may: 'cases.check',
    ...area,
    needs: ['photo', 'reason'],
  }, // 核实不属实
  refuse: { row: 6, from: ['reported'], to: 'rejected', may: 'cases.accept', ...area, needs: why }, // 不予受理
  merge: {
    row: 7,
    from: ['reported', 'pending_file'],
    to: 'merged',
    may: 'cases.accept',
    ...area,
    needs: ['into'],
    awaited: false,
  }, // 合并
  unmerge: {
    row: 7,
    from: ['merged'],
    to: 'back',
    may: 'cases.accept',
    ...area,
    needs: why,
    awaited: false,
  }, // 撤销合并
  file: { row: 8, from: ['pending_file'], to: 'pending_dispatch', may: 'cases.file', ...area, needs: ['standard'] }, // 立案
  send_back: { row: 9, from: ['pending_file'], to: 'reported', may: 'cases.file', ...area, needs: why },
  decline: { row: 10, from: ['pending_file'], to: 'rejected', may: 'cases.file', ...area, needs: why }, // 不予立案
  dispatch: {
    row: 11,
    from: ['pending_dispatch'],
    to: 'pending_sign',
    may: 'cases.dispatch',
    ...area,
    needs: ['unit'],
  }, // 派遣
  return_to_file: {
    row: 12,
    from: ['pending_dispatch'],
    to: 'pending_file',
    may: 'cases.dispatch',
    ...area,
    needs: why,
  },
  sign: { row: 13, from: ['pending_sign'], to: 'disposing', may: 'cases.sign', ...unit }, // 签收
  report_done: { row: 23, from: ['disposing'], to: 'feedback', may: 'cases.handle', ...unit, needs: ['photo'] }, // 处置反馈
  assign: {
    row: 13,
    from: ['pending_sign', 'disposing', 'rework'],
    to: 'same',
    may: 'cases.assign',
    ...unit,
    needs: ['person'],
    awaited: false,
  }, // 指派到人
  ask_return: {
    row: 14,
    from: ['pending_sign', 'disposing'],
    to: 'return_pending',
    may: 'cases.apply',
    ...unit,
    needs: why,
    awaited: false,
  }, // 申请退回
  approve_return: { row: 15, from: ['return_pending'], to: 'pending_dispatch', may: 'cases.dispatch', ...area }, // 同意退回
  refuse_return: { row: 16, from: ['return_pending'], to: 'disposing', may: 'cases.dispatch', ...area, needs: why },
  ask_extension: {
    row: 17,
    from: ['disposing'],
    to: 'same',
    may: 'cases.apply',
    ...unit,
    needs: ['value', 'reason'],
    awaited: false,
  }, // 申请延期
  approve_extension: { row: 18, from: ['disposing'], to: 'same', may: 'cases.dispatch', ...area, asked: 'extend' },
  refuse_extension: {
    row: 18,
    from: ['disposing'],
    to: 'same',
    may: 'cases.dispatch',
    ...area,
    needs: why,
    asked: 'extend',
  },
  ask_suspension: {
    row: 19,
    from: ['disposing'],
    to: 'same',
    may: 'cases.apply',
    ...unit,
    needs: ['until', 'reason'],
    awaited: false,
  }, // 申请挂账
  approve_suspension: {
    row: 19,
    from: ['disposing'],
    to: 'suspended',
    may: 'cases.dispatch',
    ...area,
    asked: 'suspend',
  },
  refuse_suspension: {
    row: 19,
    from: ['disposing'],
    to: 'same',
    may: 'cases.dispatch',
    ...area,
    needs: why,
    asked: 'suspend',
  },
  resume: { row: 20, from: ['suspended'], to: 'disposing', may: 'cases.dispatch', ...area, awaited: false }, // 恢复
  enter_difficult: {
    row: 21,
    from: standing,
    to: 'same',
    may: 'cases.supervise',
    ...area,
    needs: why,
    awaited: false,
  }, // 转疑难库
  leave_difficult: {
    row: 22,
    from: standing,
    to: 'same',
    may: 'cases.supervise',
    ...area,
    needs: why,
    awaited: false,
  },
  send_check: { row: 25, from: ['feedback'], to: 'checking', may: 'cases.send-check', ...area }, // 派核查
  send_again: { row: 24, from: ['feedback'], to: 'disposing', may: 'cases.dispatch', ...area, needs: why }, // 打回
  close_remote: { row: 31, from: ['feedback'], to: 'closed', may: 'cases.close', ...area, awaited: false }, // 远程核查结案
  pass_check: { row: 26, from: ['checking'], to: 'pending_close', may: 'cases.check', ...area, needs: ['photo'] },
  fail_check: {
    row: 27,
    from: ['checking'],
    to: 'rework',
    may: 'cases.check',
    ...area,
    needs: ['photo', 'reason'],
  },
  dispatch_again: { row: 28, from: ['rework'], to: 'pending_sign', may: 'cases.dispatch', ...area },
  close: { row: 29, from: ['pending_close'], to: 'closed', may: 'cases.close', ...area }, // 结案
  refuse_close: { row: 30, from: ['pending_close'], to: 'rework', may: 'cases.close', ...area, needs: why },
  ask_void: {
    row: 32,
    from: beforeFeedback,
    to: 'void_pending',
    may: 'cases.ask-void',
    within: 'either',
    needs: why,
    awaited: false,
  }, // 申请作废
  approve_void: { row: 33, from: ['void_pending'], to: 'voided', may: 'cases.file', ...area },
  refuse_void: { row: 33, from: ['void_pending'], to: 'back', may: 'cases.file', ...area, needs: why },
  transfer: {
    row: 34,
    from: standing.filter((s) => s !== 'void_pending'),
    to: 'transferred',
    may: 'cases.dispatch',
    ...area,
    needs: ['target', 'reason'],
    awaited: false,
  }, // 移送
  note_result: {
    row: 34,
    from: ['transferred'],
    to: 'same',
    may: 'cases.dispatch',
    ...area,
    needs: why,
    awaited: false,
  }, // 结果回流
} as const satisfies Record<string, Step>

export type StepName = keyof typeof steps
export const stepNames = Object.keys(steps) as [StepName, ...StepName[]]
export const stepOf = (name: StepName): Step => steps[name]

/** What stands in the trail of a case beside its steps: what happens by itself, and what is said of it. Each has a word on every face. */
export const otherActs = [
  'report',
  'alarm',
  'urge',
  'overdue',
  'stage_late',
  'new_flow',
  'merged_in',
  'merged_out',
  'part',
  'packed',
  'unpacked',
  'decided',
  'co_done',
  'supervise',
  'instruct',
  'answer',
  'order_late',
  'withdraw_order',
  'urge_by_hand',
  'circular',
  'expose',
  'end_exposure',
  'audit',
  'confirm',
  'object',
  'reopen',
  'reopened',
] as const
export type CaseAct = StepName | (typeof otherActs)[number]

const byStatus = new Map<Status, StepName[]>()
for (const name of stepNames)
  for (const from of stepOf(name).from) byStatus.set(from, [...(byStatus.get(from) ?? []), name])
/** The steps that leave a status, in the order of the work. */
export const stepsFrom = (status: Status): readonly StepName[] => byStatus.get(status) ?? []
