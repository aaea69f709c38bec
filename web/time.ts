/** Time as it is said: relative for the eye, exact on hover; overdue counts up. */
import { DAY, HOUR, MINUTE, SECOND } from '@pentad/platform/time'
import type { LimitUnit } from '@pentad/rulebook/model'
import { onScopeDispose, type Ref, ref } from 'vue'
import type { Language, Say } from './i18n.ts'

/** A length of time in its two largest parts: days and hours, hours and minutes, or minutes alone. */
export function partsOf(ms: number): { days: number; hours: number; minutes: number } {
  const whole = Math.floor(Math.abs(ms) / MINUTE) * MINUTE
  const days = Math.floor(whole / DAY)
  const hours = Math.floor((whole % DAY) / HOUR)
  return { days, hours, minutes: days ? 0 : Math.floor((whole % HOUR) / MINUTE) }
}

/** “1 小时 20 分”, “3 天 4 小时”, “不到 1 分”. `brief` is for rows: “1 时 20 分”. */
export function sayLength(ms: number, say: Say, brief = false): string {
  const { days, hours, minutes } = partsOf(ms)
  const words = [
    days ? say('web.time.days', { n: days }) : '',
    hours ? say(brief ? 'web.time.hoursBrief' : 'web.time.hours', { n: hours }) : '',
    minutes ? say('web.time.minutes', { n: minutes }) : '',
  ].filter(Boolean)
  return words.length ? words.join(' ') : say('web.time.underMinute')
}

/** “还剩 1 小时 20 分”, or “超时 6 分”, counting up. */
export function sayLeft(due: Date, now: Date, say: Say, brief = false): string {
  const left = due.getTime() - now.getTime()
  const key = left >= 0 ? 'left' : 'over'
  return say(`web.time.${key}${brief ? 'Brief' : ''}`, { length: sayLength(left, say, brief) })
}

/** “6 分前”; what lies ahead by a clock's error is now. */
export function sayAgo(at: Date, now: Date, say: Say): string {
  const ms = now.getTime() - at.getTime()
  return ms < MINUTE ? say('web.time.justNow') : say('web.time.ago', { length: sayLength(ms, say, true) })
}

/** “2 紧急工作时”: a limit with the clock that runs it. */
export const sayLimit = (value: number, unit: LimitUnit, say: Say): string => say(`web.limit.${unit}`, { n: value })

const format = (language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(language, { timeZone: 'Asia/Shanghai', hour12: false, ...options })

/** The exact instant, for hovering: date, time and second. */
export const sayInstant = (at: Date, language: Language): string =>
  format(language, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at)
/** “07:21”. */
export const sayClock = (at: Date, language: Language): string =>
  format(language, { hour: '2-digit', minute: '2-digit' }).format(at)
/** “07:21:48”. */
export const sayClockSeconds = (at: Date, language: Language): string =>
  format(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
/** “5月21日周四”. */
export const sayDay = (at: Date, language: Language): string =>
  format(language, { month: 'short', day: 'numeric', weekday: 'short' }).format(at)
/** “05-21 07:21”, without the day when it is today. */
export const sayWhen = (at: Date, now: Date, language: Language): string => {
  const sameDay = format('en', { dateStyle: 'short' }).format(at) === format('en', { dateStyle: 'short' }).format(now)
  return sameDay
    ? sayClock(at, language)
    : format(language, {
        // A day of another year is not taken for one of this.
        ...(format('en', { year: 'numeric' }).format(at) === format('en', { year: 'numeric' }).format(now)
          ? {}
          : { year: 'numeric' }),
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      }).format(at)
}

/** A clock that ticks for the screen. */
export function useNow(everyMs: number = SECOND): Ref<Date> {
  const now = ref(new Date())
  const timer = setInterval(() => {
    now.value = new Date()
  }, everyMs)
  onScopeDispose(() => clearInterval(timer))
  return now
}
