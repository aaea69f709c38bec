/** The work clock as the generator needs it: limits forward and back over working periods and holidays, in milliseconds since 1970. */
import type { LimitUnit, WorkCalendar } from '../types.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
/** Asia/Shanghai has kept one offset since 1991. */
export const zoneMs = 8 * hourMs

export interface Limit {
  readonly value: number
  readonly unit: LimitUnit
}

export interface WorkClock {
  /** `part` of the limit after the instant; back in time where `part` is negative. */
  after(fromMs: number, limit: Limit, part: number): number
}

const workHoursPerDay = 8

export function workClock(calendar: WorkCalendar, fromMs: number, toMs: number): WorkClock {
  const opens: number[] = []
  const closes: number[] = []
  /** Worked milliseconds before each opening. */
  const before: number[] = []
  let worked = 0
  for (let dayMidnight = midnight(fromMs); dayMidnight < toMs; dayMidnight += dayMs) {
    if (!isWorkday(calendar, dayMidnight)) continue
    for (const period of calendar.periods) {
      const open = dayMidnight + clockMs(period.from)
      const close = dayMidnight + clockMs(period.to)
      opens.push(open)
      closes.push(close)
      before.push(worked)
      worked += close - open
    }
  }
  const workedUntil = (ms: number): number => {
    const i = lastAtMost(opens, ms)
    return i < 0 ? 0 : (before[i] ?? 0) + Math.min(ms, closes[i] ?? ms) - (opens[i] ?? ms)
  }
  // A deadline that falls on a closing time stays there, so the earliest instant with that much work done is taken.
  const whenWorked = (done: number): number => {
    const i = Math.max(0, lastAtMost(before, Math.max(0, done - 1)))
    return (opens[i] ?? fromMs) + done - (before[i] ?? 0)
  }
  return {
    after: (from, { value, unit }, part) => {
      if (unit === 'URGENT_HOUR') return from + part * value * hourMs
      if (unit === 'URGENT_DAY') return from + part * value * dayMs
      const span = part * value * (unit === 'WORK_DAY' ? workHoursPerDay : 1) * hourMs
      return whenWorked(workedUntil(from) + span)
    },
  }
}

/** Local midnight before the instant. */
export const midnight = (ms: number): number => Math.floor((ms + zoneMs) / dayMs) * dayMs - zoneMs
export const dateText = (ms: number): string => new Date(ms + zoneMs).toISOString().slice(0, 10)
export const localHour = (ms: number): number => Math.floor(((((ms + zoneMs) % dayMs) + dayMs) % dayMs) / hourMs)
/** Monday 0. */
export const weekdayOf = (ms: number): number => (new Date(ms + zoneMs).getUTCDay() + 6) % 7
export const monthOf = (ms: number): number => new Date(ms + zoneMs).getUTCMonth()

export function isWorkday(calendar: WorkCalendar, ms: number): boolean {
  const date = dateText(ms)
  const year = calendar.years.find((y) => y.year === Number(date.slice(0, 4)))
  if (year?.workdays.includes(date)) return true
  return weekdayOf(ms) < 5 && !year?.holidays.some((h) => h.from <= date && date <= h.to)
}

export function holidayName(calendar: WorkCalendar, ms: number): string | null {
  const date = dateText(ms)
  const year = calendar.years.find((y) => y.year === Number(date.slice(0, 4)))
  return year?.holidays.find((h) => h.from <= date && date <= h.to)?.nameZh ?? null
}

const clockMs = (text: string): number => {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return hour * hourMs + minute * minuteMs
}

/** Index of the last value not above `limit` in a rising list; −1 if there is none. */
function lastAtMost(rising: readonly number[], limit: number): number {
  let low = 0
  let high = rising.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rising[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
