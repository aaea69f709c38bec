/** How cases end (结案类型; domain §3.3): each kind is counted by itself, so that none passes for another. Pure. */
import type { CloseKind, Status } from '../../model/states.ts'

export const outcomes = [
  'fixed', // 处置完成
  'by_notice', // 告知性结案
  'forced', // 强制结案
  'self_handled', // 自行处置
  'remote', // 远程核查结案
  'not_ours', // 移送
  'merged', // 并入他案
  'void', // 作废
  'declined', // 不予受理、不予立案
] as const
export type Outcome = (typeof outcomes)[number]

const ofClosing: Record<CloseKind, Outcome> = {
  normal: 'fixed',
  by_notice: 'by_notice',
  forced: 'forced',
  self_handled: 'self_handled',
  remote: 'remote',
}
/** The outcomes of what was closed. */
export const closedAs: readonly Outcome[] = Object.values(ofClosing)
const ofStatus: Partial<Record<Status, Outcome>> = {
  transferred: 'not_ours',
  merged: 'merged',
  voided: 'void',
  rejected: 'declined',
}

/** Null while it is open. The past, which knows no kinds of closing, counts as closed in the usual way. */
export const outcomeOf = (c: { status: Status; closeKind: CloseKind | null }): Outcome | null =>
  c.status === 'closed' ? ofClosing[c.closeKind ?? 'normal'] : (ofStatus[c.status] ?? null)
