/**
 * When noise at a building site is an alarm (domain §8.3). Pure: the stored series, the alarms as they stand and a moment
 * go in, what is to be done comes out.
 *
 * - `noise-leq`: the rolling 20-minute equivalent level is above the limit (70 by day, 55 at night).
 * - `noise-night-max`: at night the maximum level is more than 15 above the limit, in two samples within 60 s or in one
 *   minute record.
 *
 * An alarm clears when it was 3 dB below for 10 minutes (a silent monitor is not a quiet site), and is not raised again
 * for 30 minutes after.
 */
import { MINUTE, SECOND } from '@pentad/platform/time'
import { highest, type Minute, minuteOf, minutesOf, type Reading, rollingLeq, windowMinutes } from './series.ts'
import { isNight, limitsAt } from './standard.ts'

export const noiseRules = ['noise-leq', 'noise-night-max'] as const
export type NoiseRule = (typeof noiseRules)[number]

export const clearBelowDb = 3
export const clearMinutes = 10
/** Of the ten minutes so many must have data. */
const clearMinutesWithData = 8
export const coolDownMinutes = 30
export const pairSeconds = 60

/** So far before a moment its judgement looks. */
export const lookBackMinutes = windowMinutes + clearMinutes

/** A rule at a device, as it stands. */
export interface Standing {
  open: { raisedAt: Date; peak: number } | null
  clearedAt: Date | null
}
export type Standings = Record<NoiseRule, Standing>

export type Finding =
  | { act: 'raise'; rule: NoiseRule; at: Date; peak: number; limit: number; standard: string }
  | { act: 'peak'; rule: NoiseRule; at: Date; peak: number }
  | { act: 'clear'; rule: NoiseRule; at: Date }

/** What follows from the readings at these moments, in their order. A moment is the end of what was measured. */
export function judge(readings: readonly Reading[], moments: readonly Date[], before: Standings): Finding[] {
  const minutes = minutesOf(readings)
  const windows = rollingWindows(minutes)
  const standings = { ...before }
  const findings: Finding[] = []
  for (const at of [...moments].sort((a, b) => a.getTime() - b.getTime())) {
    for (const rule of noiseRules) {
      const seen = rule === 'noise-leq' ? seenLeq(windows, at) : seenNightMax(readings, minutes, at)
      const finding = follow(rule, at, standings[rule], seen)
      if (!finding) continue
      findings.push(finding)
      standings[rule] = after(standings[rule], finding)
    }
  }
  return findings
}

/** What a rule sees at a moment. */
interface Seen {
  /** The level, where it is above the limit. */
  above: number | null
  /** It was quiet for long enough. */
  quiet: boolean
  limit: number
  standard: string
}

function follow(rule: NoiseRule, at: Date, { open, clearedAt }: Standing, seen: Seen): Finding | null {
  const { above, quiet, limit, standard } = seen
  if (open) {
    if (above !== null && above > open.peak) return { act: 'peak', rule, at, peak: above }
    return quiet && at > open.raisedAt ? { act: 'clear', rule, at } : null
  }
  if (above === null) return null
  if (clearedAt && at.getTime() - clearedAt.getTime() < coolDownMinutes * MINUTE) return null
  return { act: 'raise', rule, at, peak: above, limit, standard }
}

function after(standing: Standing, finding: Finding): Standing {
  if (finding.act === 'clear') return { open: null, clearedAt: finding.at }
  const raisedAt = finding.act === 'raise' ? finding.at : (standing.open?.raisedAt ?? finding.at)
  return { ...standing, open: { raisedAt, peak: finding.peak } }
}

function seenLeq(windows: Windows, at: Date): Seen {
  const end = minuteOf(at)
  const { leq: limit, standard } = limitsOfMinuteBefore(end)
  const level = windows(end)
  const ends = Array.from({ length: clearMinutes }, (_, i) => end - i * MINUTE)
  const quiet = ends.every((e) => {
    const then = windows(e)
    return then !== null && then < limitsOfMinuteBefore(e).leq - clearBelowDb
  })
  return { above: level !== null && level > limit ? level : null, quiet, limit, standard }
}

/** A window that ends at 22:00 sharp is all day. */
const limitsOfMinuteBefore = (end: number) => limitsAt(new Date(end - MINUTE))

type Windows = (end: number) => number | null

/** The rolling level by the end of its window; samples of one minute ask for the same windows again and again. */
function rollingWindows(minutes: readonly Minute[]): Windows {
  const known = new Map<number, number | null>()
  return (end) => {
    let level = known.get(end)
    if (level === undefined) {
      const { night } = limitsOfMinuteBefore(end)
      level = rollingLeq(minutes, end, (m) => isNight(new Date(m)) === night)
      known.set(end, level)
    }
    return level
  }
}

function seenNightMax(readings: readonly Reading[], minutes: readonly Minute[], at: Date): Seen {
  const t = at.getTime()
  // A minute record's moment is its end: the night that ended with it still counts.
  const { max, leq, standard } = limitsAt(new Date(t - 1))
  const limit = max ?? leq
  const end = minuteOf(at)
  const last = minutes.filter((m) => m.at >= end - clearMinutes * MINUTE && m.at < end && m.max !== null)
  const current = minutes.find((m) => m.at === end)
  const quietMinute = (m: Minute) => {
    const then = limitsAt(new Date(m.at)).max
    return then === null || m.max === null || m.max < then - clearBelowDb
  }
  const quiet =
    last.length >= clearMinutesWithData && last.every(quietMinute) && (current === undefined || quietMinute(current))
  return { above: max === null ? null : nightMaxAbove(readings, t, max), quiet, limit, standard }
}

function nightMaxAbove(readings: readonly Reading[], t: number, limit: number): number | null {
  const loud = readings.flatMap((r) => {
    const level = highest(r)
    return level !== null && level > limit && isNight(r.at) ? [{ ...r, level }] : []
  })
  const records = loud.filter((r) => r.period === 'minute' && r.at.getTime() + MINUTE === t)
  const samples = loud.filter(
    (r) => r.period === 'rtd' && r.at.getTime() <= t && r.at.getTime() > t - pairSeconds * SECOND,
  )
  const times = new Set(samples.map((r) => r.at.getTime()))
  const told = [...records, ...(times.size >= 2 ? samples : [])]
  return told.length ? Math.max(...told.map((r) => r.level)) : null
}
