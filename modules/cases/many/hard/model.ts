/** Hard cases (疑难库): which should be talked about, and why. Pure. */
import { DAY } from '@pentad/platform/time'

export const meetingKinds = ['joint', 'coordination'] as const
export const decisionOutcomes = ['resolved', 'continued'] as const

export interface HardRule {
  /** Whole days past the limit, and approved returns, from which on a case is proposed. */
  overdueDays: number
  returns: number
}
export const defaultHardRule: HardRule = { overdueDays: 7, returns: 2 }

export interface HardFacts {
  due: Date | null
  /** The clock stands since then. */
  stopped: Date | null
  returns: number
  /** A unit said that nobody knows whose it is. */
  ownershipUnclear: boolean
}
export interface HardWhy {
  overdueDays: number | null
  returns: number | null
  ownershipUnclear: boolean
}

/** Why a case should be talked about; null when nothing speaks for it. */
export function hardWhy(c: HardFacts, now: Date, rule: HardRule = defaultHardRule): HardWhy | null {
  const at = c.stopped ?? now
  const days = c.due ? Math.floor((at.getTime() - c.due.getTime()) / DAY) : -1
  const why = {
    overdueDays: days >= rule.overdueDays ? days : null,
    returns: c.returns >= rule.returns ? c.returns : null,
    ownershipUnclear: c.ownershipUnclear,
  }
  return why.overdueDays === null && why.returns === null && !why.ownershipUnclear ? null : why
}
