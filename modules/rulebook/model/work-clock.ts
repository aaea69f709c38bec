/** The clock of the field (工作时; domain §3.4): how long a limit runs, and how much of it is used. */
import { type LegalDay, legalDayOf, nextLegalDay, SECOND, startOfLegalDay } from '@pentad/platform/time'

export const limitUnits = ['URGENT_HOUR', 'URGENT_DAY', 'WORK_HOUR', 'WORK_DAY', 'CALENDAR_DAY', 'MINUTE'] as const
export type LimitUnit = (typeof limitUnits)[number]

export interface Limit {
  value: number
  unit: LimitUnit
}

/** Seconds since local midnight at which work begins and ends. */
export type Period = readonly [fromSecond: number, toSecond: number]

export interface WorkCalendar {
  /** Kept with every case that was reckoned by it. */
  version: string
  /** Working periods by season; the first whose days (`MM-DD`, both included) hold the date. */
  seasons: readonly { from: string; to: string; periods: readonly Period[] }[]
  /** Days off beyond the weekend. */
  holidays: ReadonlySet<LegalDay>
  /** Weekends that were made working days (调休). */
  shiftedWorkdays: ReadonlySet<LegalDay>
}

/** One working day counts as eight working hours. */
const workDaySeconds = 8 * 3600

const clocks: Record<LimitUnit, { seconds: number; working: boolean }> = {
  MINUTE: { seconds: 60, working: false },
  URGENT_HOUR: { seconds: 3600, working: false },
  URGENT_DAY: { seconds: 86_400, working: false },
  CALENDAR_DAY: { seconds: 86_400, working: false },
  WORK_HOUR: { seconds: 3600, working: true },
  WORK_DAY: { seconds: workDaySeconds, working: true },
}

/** Whether the clock rests at night and on days off. */
export const restsOutsideWork = (unit: LimitUnit): boolean => clocks[unit].working
export const limitSeconds = ({ value, unit }: Limit): number => value * clocks[unit].seconds

export function isWorkday(calendar: WorkCalendar, day: LegalDay): boolean {
  if (calendar.shiftedWorkdays.has(day)) return true
  if (calendar.holidays.has(day)) return false
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6
}

export function periodsOf(calendar: WorkCalendar, day: LegalDay): readonly Period[] {
  if (!isWorkday(calendar, day)) return []
  const monthDay = day.slice(5)
  const season = calendar.seasons.find(({ from, to }) =>
    from <= to ? from <= monthDay && monthDay <= to : from <= monthDay || monthDay <= to,
  )
  return season?.periods ?? []
}

/** A calendar with no working day in so long is broken; better said than looped over for ever. */
const longestRest = 400

/** The instant at which so many working seconds from `start` are used up. A deadline on a closing time stays there. */
export function addWork(calendar: WorkCalendar, start: Date, seconds: number): Date {
  let left = seconds * SECOND
  let day = legalDayOf(start)
  for (let restingDays = 0; restingDays < longestRest; restingDays++) {
    const midnight = startOfLegalDay(day).getTime()
    for (const [opens, closes] of periodsOf(calendar, day)) {
      const begin = Math.max(midnight + opens * SECOND, start.getTime())
      const open = midnight + closes * SECOND - begin
      if (open <= 0) continue
      if (left <= open) return new Date(begin + left)
      left -= open
      restingDays = 0
    }
    day = nextLegalDay(day)
  }
  throw new RangeError(
    `calendar ${calendar.version} has no working day for ${longestRest} days after ${start.toISOString()}`,
  )
}

/** Working seconds between two instants; the inverse of `addWork`. */
export function elapsedWork(calendar: WorkCalendar, from: Date, to: Date): number {
  if (to <= from) return 0
  let seconds = 0
  for (let day = legalDayOf(from); startOfLegalDay(day) < to; day = nextLegalDay(day)) {
    const midnight = startOfLegalDay(day).getTime()
    for (const [opens, closes] of periodsOf(calendar, day)) {
      const begin = Math.max(midnight + opens * SECOND, from.getTime())
      const end = Math.min(midnight + closes * SECOND, to.getTime())
      if (end > begin) seconds += (end - begin) / SECOND
    }
  }
  return seconds
}

/** When a limit that starts to run at `start` is used up. */
export const deadline = (calendar: WorkCalendar, start: Date, limit: Limit): Date =>
  restsOutsideWork(limit.unit)
    ? addWork(calendar, start, limitSeconds(limit))
    : new Date(start.getTime() + limitSeconds(limit) * SECOND)

/** Seconds of the limit's own clock between two instants. */
export const elapsed = (calendar: WorkCalendar, unit: LimitUnit, from: Date, to: Date): number =>
  restsOutsideWork(unit) ? elapsedWork(calendar, from, to) : Math.max(0, (to.getTime() - from.getTime()) / SECOND)

/** When a share of the limit is used up: 0.8 for the automatic urge. */
export const deadlineShare = (calendar: WorkCalendar, start: Date, limit: Limit, share: number): Date =>
  deadline(calendar, start, { ...limit, value: limit.value * share })

/** Lights (domain §3.4): green to 80 % of the limit, yellow to 100 %, red beyond. */
export type Light = 'green' | 'yellow' | 'red'
export const lightAt = (urgeAt: Date, due: Date, now: Date): Light =>
  now > due ? 'red' : now >= urgeAt ? 'yellow' : 'green'
