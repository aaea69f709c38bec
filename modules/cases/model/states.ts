/** The states of a case (案卷状态; domain §3.5). */
export const statuses = [
  'draft', // 草稿
  'reported', // 待受理
  'verifying', // 核实中
  'pending_file', // 待立案
  'pending_dispatch', // 待派遣
  'return_pending', // 退回待审
  'pending_sign', // 待签收
  'disposing', // 处置中
  'suspended', // 挂账、缓办
  'feedback', // 待核查派发
  'checking', // 核查中
  'pending_close', // 待结案
  'rework', // 返工
  'void_pending', // 作废待审
  'closed', // 已结案
  'rejected', // 不予受理、不予立案
  'merged', // 合并
  'voided', // 作废
  'transferred', // 移送
] as const
export type Status = (typeof statuses)[number]

/** States that no step leaves, but for a merge undone and a result that flows back from a transfer. */
export const ended = ['closed', 'rejected', 'merged', 'voided', 'transferred'] as const satisfies readonly Status[]
const endedSet: ReadonlySet<Status> = new Set(ended)
export const isOpen = (status: Status): boolean => !endedSet.has(status)
export const openStatuses: readonly Status[] = statuses.filter(isOpen)

/** Closed cases are counted up to here; this number means so many or more. */
export const mostCounted = 1000

/** How a case was closed (结案方式; domain §3.3): each kind is counted by itself. */
export const closeKinds = ['normal', 'by_notice', 'forced', 'self_handled', 'remote'] as const
export type CloseKind = (typeof closeKinds)[number]

/** Where a report came from (domain §3.2), with its letter in a case number. */
export const sourceLetter = {
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
} as const
export type Source = keyof typeof sourceLetter
export const sources = Object.keys(sourceLetter) as [Source, ...Source[]]

/** A case number without its serial. */
export const caseNoStart = (district: string, legalDay: string, source: Source): string =>
  `${district}-${legalDay.replaceAll('-', '')}-${sourceLetter[source]}-`
/** `<district 6>-<yyyymmdd>-<source>-<serial 5>`; never changed once given. */
export const caseNo = (district: string, legalDay: string, source: Source, serial: number): string =>
  `${caseNoStart(district, legalDay, source)}${String(serial).padStart(5, '0')}`

/** Stages that the reporter is shown (3.1): one word each, the inside of the office left out. */
export const publicStages = ['received', 'accepted', 'assigned', 'working', 'checking', 'done', 'declined'] as const
export type PublicStage = (typeof publicStages)[number]
const stageOf: Record<Status, PublicStage> = {
  draft: 'received',
  reported: 'received',
  verifying: 'received',
  pending_file: 'accepted',
  pending_dispatch: 'accepted',
  void_pending: 'accepted',
  merged: 'accepted',
  return_pending: 'assigned',
  pending_sign: 'assigned',
  disposing: 'working',
  suspended: 'working',
  rework: 'working',
  transferred: 'working',
  feedback: 'checking',
  checking: 'checking',
  pending_close: 'checking',
  closed: 'done',
  rejected: 'declined',
  voided: 'declined',
}
export const publicStage = (status: Status): PublicStage => stageOf[status]

/** Statuses in which the disposal clock is the one to watch; in the others the centre's own step is. */
export const inDisposal = (status: Status): boolean =>
  status === 'pending_sign' || status === 'disposing' || status === 'rework'
