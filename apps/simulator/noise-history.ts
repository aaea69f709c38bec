/** What a simulated monitor keeps of its own series: minutes, and hours and days made of them as a logger does. Pure, but for its memory. */
import type { ReportValue } from '@pentad/hj212'
import { DAY, HOUR, legalDayOf, MINUTE, secondOfLegalDay, startOfLegalDay } from '@pentad/platform/time'
import type { HistoryCommand, MonitorWorks } from './answers.ts'
import { type MinuteLevels, minuteAt, type Site } from './noise-shape.ts'

const periodMs: Record<HistoryCommand, number> = { '2051': MINUTE, '2061': HOUR, '2031': DAY }
/** Hours that were reckoned once; a month of them. */
const mostHours = 31 * 24

const tenth = (level: number): number => Math.round(level * 10) / 10
/** Of equally long parts: the mean by their energy, the loudest and the quietest. */
const together = (parts: readonly MinuteLevels[]): MinuteLevels => ({
  leq: tenth(10 * Math.log10(parts.reduce((sum, p) => sum + 10 ** (p.leq / 10), 0) / parts.length)),
  max: Math.max(...parts.map((p) => p.max)),
  min: Math.min(...parts.map((p) => p.min)),
})
/** Ld is of 6 to 22 o'clock, Ln of the rest (GB 3096). */
const isDay = (at: Date): boolean => secondOfLegalDay(at) >= 6 * 3600 && secondOfLegalDay(at) < 22 * 3600

const valuesOf = ({ leq, max, min }: MinuteLevels): ReportValue[] => [{ factor: 'Leq', avg: leq, max, min, flag: 'N' }]

/** Days are legal days; hours and minutes begin as everywhere. */
const firstFrom = (of: HistoryCommand, from: Date): number => {
  if (of !== '2031') return Math.ceil(from.getTime() / periodMs[of]) * periodMs[of]
  const day = startOfLegalDay(legalDayOf(from)).getTime()
  return day < from.getTime() ? day + DAY : day
}

export function historyOf(site: Site, now: () => Date): MonitorWorks['records'] {
  const hours = new Map<number, MinuteLevels>()
  function hourAt(at: number): MinuteLevels {
    const known = hours.get(at)
    if (known) return known
    const made = together(Array.from({ length: 60 }, (_, m) => minuteAt(site, new Date(at + m * MINUTE))))
    hours.set(at, made)
    for (const oldest of hours.keys()) if (hours.size > mostHours) hours.delete(oldest)
    return made
  }
  function dayAt(at: number): ReportValue[] {
    const all = Array.from({ length: 24 }, (_, h) => at + h * HOUR)
    const level = (of: readonly number[]) => together(of.map(hourAt)).leq
    return [
      ...valuesOf(together(all.map(hourAt))),
      { factor: 'Ld', avg: level(all.filter((h) => isDay(new Date(h)))), flag: 'N' },
      { factor: 'Ln', avg: level(all.filter((h) => !isDay(new Date(h)))), flag: 'N' },
    ]
  }
  return (of, from, until) => {
    const period = periodMs[of]
    const first = firstFrom(of, from)
    const end = Math.min(until.getTime() - 1, now().getTime() - period)
    const count = Math.max(0, Math.floor((end - first) / period) + 1)
    return Array.from({ length: count }, (_, i) => first + i * period).map((at) => ({
      at: new Date(at),
      values: of === '2051' ? valuesOf(minuteAt(site, new Date(at))) : of === '2061' ? valuesOf(hourAt(at)) : dayAt(at),
    }))
  }
}
