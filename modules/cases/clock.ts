/** The clocks of a case: when the disposal is due, how much of it is used, and what wakes up at those times. */
import type { Db } from '@pentad/platform/db'
import { laterAll, takeBack } from '@pentad/platform/jobs'
import { MINUTE } from '@pentad/platform/time'
import { calendarBy } from '@pentad/rulebook'
import { deadline, deadlineShare, elapsed, type LimitUnit, type WorkCalendar } from '@pentad/rulebook/model'
import { centreMinutes, type Status } from './model.ts'

/** From this share of the limit on the light is yellow and the unit is urged (domain §3.4, §3.6). */
export const urgeShare = 0.8

interface Limited {
  limitValue: number | null
  limitUnit: LimitUnit | null
  calendarVersion: string | null
  clockStart: Date | null
}

async function calendarOf(db: Db, version: string | null): Promise<WorkCalendar> {
  const calendar = await calendarBy(db, version)
  if (!calendar) throw new Error(`there is no working calendar ${version ?? 'in force'}`)
  return calendar
}

/** The deadline and its yellow line, by the calendar in force when the clock starts. */
export async function startClock(
  db: Db,
  c: Limited,
): Promise<{ urgeAt: Date; due: Date; calendarVersion: string } | null> {
  if (!c.clockStart || c.limitValue === null || c.limitUnit === null) return null
  const calendar = await calendarOf(db, c.calendarVersion)
  const limit = { value: c.limitValue, unit: c.limitUnit }
  return {
    urgeAt: deadlineShare(calendar, c.clockStart, limit, urgeShare),
    due: deadline(calendar, c.clockStart, limit),
    calendarVersion: calendar.version,
  }
}

/** Seconds of the disposal clock used at an instant; null before it starts. */
export async function usedSeconds(
  db: Db,
  c: Limited & { clockStopped: Date | null },
  now: Date,
): Promise<number | null> {
  if (!c.clockStart || c.limitUnit === null) return null
  const calendar = await calendarOf(db, c.calendarVersion)
  return Math.round(elapsed(calendar, c.limitUnit, c.clockStart, c.clockStopped ?? now))
}

/** When the centre's own step should be done. */
export function stageDue(status: Status, now: Date): Date | null {
  const minutes = centreMinutes[status]
  return minutes === undefined ? null : new Date(now.getTime() + minutes * MINUTE)
}

export interface TimerPayload {
  caseId: string
  act: 'urge' | 'overdue'
}
const keyOf = (caseId: string, act: TimerPayload['act']) => `cases.timer:${caseId}:${act}`

/** Sets both timers; one whose time has passed meanwhile fires at once, and looks whether it still has to say something. */
export const setTimers = (db: Db, caseId: string, urgeAt: Date, due: Date): Promise<void> =>
  laterAll(
    db,
    'cases.timer',
    (
      [
        ['urge', urgeAt],
        ['overdue', due],
      ] as const
    ).map(([act, runAt]) => ({ payload: { caseId, act } satisfies TimerPayload, runAt, key: keyOf(caseId, act) })),
  )

export const clearTimers = (db: Db, caseId: string): Promise<void> =>
  takeBack(db, [keyOf(caseId, 'urge'), keyOf(caseId, 'overdue')])
