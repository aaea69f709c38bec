/** The simulated past of the demo city: what a past case tells, and the fitted figures it is drawn from. */
import type { ClassKind } from '../types.ts'

/** How a report came in (案卷来源). */
export type Channel =
  | 'inspector'
  | 'hotline'
  | 'citizen'
  | 'video'
  | 'sensor'
  | 'uav'
  | 'opinion'
  | 'utility'
  | 'self_check'
  | 'instruction'
  | 'transfer'
  | 'grid'
  | 'patrol'
  | 'survey'
  | 'open311'

export type ReporterKind =
  | 'inspector'
  | 'citizen'
  | 'business'
  | 'utility'
  | 'officer'
  | 'leader'
  | 'department'
  | 'device'

/** States in which a case may still be. */
export type OpenStatus =
  | 'reported'
  | 'pending_file'
  | 'pending_dispatch'
  | 'pending_sign'
  | 'disposing'
  | 'feedback'
  | 'checking'
  | 'pending_close'
  | 'rework'

export type Outcome = 'closed' | 'rejected'
export type CaseStatus = Outcome | OpenStatus

/** Logins of those who acted; null where the step was not reached, the reporter has no account, or a machine reported. */
export interface Actors {
  readonly reportedBy: string | null
  readonly acceptedBy: string | null
  readonly filedBy: string | null
  readonly dispatchedBy: string | null
  readonly signedBy: string | null
  readonly feedbackBy: string | null
  readonly checkedBy: string | null
  readonly closedBy: string | null
}

/**
 * One simulated case (模拟案卷). An instant is null where the step was not reached. After rework, `feedbackAt` and `checkedAt` tell the
 * last round; in the state `rework` they tell the round that failed. `closedAt` is also the end of a rejected case.
 */
export interface HistoricCase {
  /** `<area6>-<yyyymmdd>-<source1>-<serial5>`, the day in the pack's time zone. */
  readonly no: string
  /** The number of the platform it came from (hotline, transfer …). */
  readonly sourceNo: string | null
  readonly channel: Channel
  readonly kind: ClassKind
  readonly classCode: string
  /** `seq` of the row of `standards.csv` under which it was filed. */
  readonly standardSeq: number
  readonly point: { readonly lon: number; readonly lat: number }
  readonly cellCode: string
  readonly communityCode: string
  readonly streetCode: string
  readonly description_zh: string
  readonly reporterKind: ReporterKind
  readonly reportedAt: Date
  readonly acceptedAt: Date | null
  readonly filedAt: Date | null
  readonly dispatchedAt: Date | null
  readonly signedAt: Date | null
  readonly feedbackAt: Date | null
  readonly checkedAt: Date | null
  readonly closedAt: Date | null
  /** End of the disposal limit, reckoned from dispatch in the unit of the standard row; null before dispatch. */
  readonly dueAt: Date | null
  /** Unit id; null before dispatch. */
  readonly leadUnit: string | null
  readonly actors: Actors
  readonly reworkCount: number
  readonly outcome: CaseStatus
}

/** Classes that behave alike in time; the real request types are fitted by these. */
export type ClassGroup =
  | 'litter'
  | 'bulky'
  | 'street_order'
  | 'vehicle'
  | 'noise'
  | 'construction'
  | 'facility'
  | 'road'
  | 'green'
  | 'water'
  | 'advert'
  | 'animal'
  | 'snow'
  | 'building'

/** Fitted figures of one group. Shares add up to one. */
export interface GroupShape {
  /** Share of the real requests, each source city counting alike. */
  readonly share: number
  /** Requests behind the fit. */
  readonly rows: number
  /** By hour of the local day, 24 values. */
  readonly hour: readonly number[]
  /** Monday first, 7 values. */
  readonly weekday: readonly number[]
  /** January first, 12 values. */
  readonly month: readonly number[]
  /** Time taken as a part of the limit, at the probabilities `HistoryShape.quantileAt`. */
  readonly limitUsed: readonly number[]
  /** Share that took longer than its limit. */
  readonly late: number
}

/** What real request data taught: figures only, no row of anyone's data. */
export interface HistoryShape {
  readonly labelZh: string
  readonly labelEn: string
  readonly sources: readonly { readonly name: string; readonly rows: number }[]
  readonly quantileAt: readonly number[]
  readonly groups: Readonly<Record<ClassGroup, GroupShape>>
  /** Share by `kind:code` among the real requests after translation of their types. */
  readonly classes: Readonly<Record<string, number>>
  /** By our words for the channel (`other` for the rest), each source city counting alike. */
  readonly channel: Readonly<Record<string, number>>
  readonly place: {
    /** Share with an earlier request of the same group within 50 m and 30 days. */
    readonly repeat50m30d: number
    /** Share of all requests in the busiest 1 %, 5 % and 10 % of the 100 m cells that have any. */
    readonly busiestCells: readonly [number, number, number]
  }
  readonly outcome: { readonly closed: number; readonly duplicate: number; readonly open: number }
}
