/** How loud a simulated site is at an instant: a daily shape, and now and then more than is allowed. Pure, by seed. */
import { DAY, HOUR, legalDayOf, MINUTE, SECOND, secondOfLegalDay } from '@pentad/platform/time'
import { chanceOf } from './random.ts'

/** A site made loud on purpose from an instant on. */
export interface Exceed {
  db: number
  from: Date
  /** In minutes; for ever when left out. */
  forMinutes?: number
}

export interface Site {
  seed: number
  mn: string
  /** It works on for a while each night. */
  loudAtNight?: boolean
  exceed?: Exceed | undefined
}

/** dB(A) at full hours of Beijing time; between them a straight line. Below 70 by day and 55 at night with all that is added. */
const hourly = [46, 45, 44, 44, 45, 47, 50, 59, 63, 64, 64, 63, 60, 61, 64, 64, 64, 63, 60, 57, 54, 50, 47, 46]

function baseAt(at: Date): number {
  const hours = secondOfLegalDay(at) / 3600
  const from = Math.floor(hours)
  const [a = 46, b = 46] = [hourly[from], hourly[(from + 1) % 24]]
  return a + (b - a) * (hours - from)
}

/** Each night from some minute between 22:40 and 23:40, for 40 minutes. */
const nightWorkMinutes = 40
const nightWorkDb = 66

export function worksAtNight({ seed, mn }: Site, at: Date): boolean {
  // The night is that of the day before midnight.
  const day = legalDayOf(new Date(at.getTime() - 12 * HOUR))
  const begin = Date.parse(`${day}T22:40:00+08:00`) + Math.floor(chanceOf(seed, mn, day, 'night') * 60) * MINUTE
  return at.getTime() >= begin && at.getTime() < begin + nightWorkMinutes * MINUTE
}

export function levelAt(site: Site, at: Date): number {
  const { seed, mn, exceed } = site
  const second = Math.floor(at.getTime() / SECOND)
  const jitter = (chanceOf(seed, mn, second) - 0.5) * 3
  const since = exceed ? at.getTime() - exceed.from.getTime() : -1
  if (exceed && since >= 0 && (exceed.forMinutes === undefined || since < exceed.forMinutes * MINUTE))
    return tenth(exceed.db + jitter / 3)
  if (site.loudAtNight && worksAtNight(site, at)) return tenth(nightWorkDb + jitter)
  const ofSite = (chanceOf(seed, mn) - 0.5) * 4
  const slow = Math.sin((second / 1700 + chanceOf(seed, mn, 'phase') * 6) % (2 * Math.PI)) * 1.5
  return tenth(baseAt(at) + ofSite + slow + jitter)
}

const tenth = (level: number): number => Math.round(level * 10) / 10

export interface MinuteLevels {
  leq: number
  max: number
  min: number
}
/** The record of the minute that begins at `from`, of six samples; bangs are a little louder than samples. */
export function minuteAt(site: Site, from: Date): MinuteLevels {
  const levels = Array.from({ length: 6 }, (_, i) => levelAt(site, new Date(from.getTime() + i * 10 * SECOND)))
  const leq = 10 * Math.log10(levels.reduce((sum, l) => sum + 10 ** (l / 10), 0) / levels.length)
  const highest = Math.max(...levels)
  // Work bangs: what is loud on average is much louder for a moment.
  const bang = (leq > 60 ? 6 : 2) + chanceOf(site.seed, site.mn, from.getTime(), 'bang') * 3
  return { leq: tenth(leq), max: tenth(site.exceed ? highest + 2 : highest + bang), min: Math.min(...levels) }
}

/** The beginnings of the whole minutes before an instant, oldest first. */
export function minutesBefore(at: Date, count: number): Date[] {
  const end = Math.floor((at.getTime() % DAY) / MINUTE) * MINUTE + Math.floor(at.getTime() / DAY) * DAY
  return Array.from({ length: count }, (_, i) => new Date(end - (count - i) * MINUTE))
}
