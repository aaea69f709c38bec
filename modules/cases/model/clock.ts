/** The disposal clock of a case (处置时限; domain §3.4, 5–6): pauses, extensions, and what wakes up when. Pure. */

import { MINUTE } from '@pentad/platform/time'
import { deadline, elapsed, type LimitUnit, limitSeconds, type WorkCalendar } from '@pentad/rulebook/model'
import type { Flow } from './flow.ts'
import { inDisposal, type Status } from './states.ts'

export interface ClockState {
  limitValue: number | null
  limitUnit: LimitUnit | null
  /** The calendar it is reckoned by, for good. */
  calendarVersion: string | null
  /** Starts with the first dispatch; rework does not reset it, so a late second try is late. */
  clockStart: Date | null
  /** When the work was reported done; null again as soon as it turns out not to be. */
  clockStopped: Date | null
  /** Approved, in the unit of the limit. */
  extendedValue: number
  /** Of the limit's own clock, by pauses that are over. */
  pausedSeconds: number
  /** The pause that lasts. */
  pausedAt: Date | null
  urgeAt: Date | null
  due: Date | null
}

/** Seconds of the disposal clock used at an instant, pauses left out; null before it starts. */
export function usedSeconds(c: ClockState, calendar: WorkCalendar, now: Date): number | null {
  if (!c.clockStart || !c.limitUnit) return null
  const ends = [c.clockStopped, c.pausedAt, now].flatMap((t) => t?.getTime() ?? [])
  const until = new Date(Math.min(...ends))
  return Math.max(0, Math.round(elapsed(calendar, c.limitUnit, c.clockStart, until) - c.pausedSeconds))
}

/** Adds up the pause that has just ended, and reckons the deadline anew where anything that it hangs on has changed. */
export function reclocked<C extends ClockState>(
  before: ClockState,
  after: C,
  calendar: WorkCalendar,
  share: number,
  now: Date,
): C {
  const { clockStart, limitUnit, limitValue } = after
  if (!clockStart || !limitUnit || limitValue === null) return after
  const ended = before.pausedAt && !after.pausedAt ? elapsed(calendar, limitUnit, before.pausedAt, now) : 0
  const pausedSeconds = after.pausedSeconds + ended
  const stands =
    after.due &&
    before.clockStart &&
    pausedSeconds === before.pausedSeconds &&
    after.extendedValue === before.extendedValue
  if (stands) return { ...after, pausedSeconds }
  const unitSeconds = limitSeconds({ value: 1, unit: limitUnit })
  const at = (value: number) =>
    deadline(calendar, clockStart, { unit: limitUnit, value: value + pausedSeconds / unitSeconds })
  const value = limitValue + after.extendedValue
  return { ...after, pausedSeconds, due: at(value), urgeAt: at(value * share) }
}

/** When the centre's own step should be done. */
export function stageDue(flow: Flow, status: Status, now: Date): Date | null {
  const minutes = flow.minutes[status]
  return minutes === undefined ? null : new Date(now.getTime() + minutes * MINUTE)
}

/** What a case says by itself when its time has come, each once. */
export const wakes = ['stage_late', 'urge', 'overdue', 'resume'] as const
export type Wake = (typeof wakes)[number]

export interface Waking extends ClockState {
  status: Status
  stageDue: Date | null
  suspendedUntil: Date | null
  /** What it has said of the clocks that run now. */
  told: readonly string[]
}

/** What is to be said next, and when; null when nothing is. */
export function nextWake(c: Waking): { act: Wake; at: Date } | null {
  const runs = c.clockStart !== null && c.clockStopped === null && c.pausedAt === null
  const all: { act: Wake; at: Date }[] = []
  if (c.stageDue && !c.told.includes('stage_late')) all.push({ act: 'stage_late', at: c.stageDue })
  if (runs && c.urgeAt && !c.told.includes('urge')) all.push({ act: 'urge', at: c.urgeAt })
  if (runs && c.due && !c.told.includes('overdue')) all.push({ act: 'overdue', at: c.due })
  if (c.status === 'suspended' && c.suspendedUntil) all.push({ act: 'resume', at: c.suspendedUntil })
  return all.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null
}

/** Whether the limit to watch is that of the disposal. */
export const watchesDisposal = (status: Status): boolean => inDisposal(status)
