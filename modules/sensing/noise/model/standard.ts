/** Limits at the boundary of a building site, by the standard in force on a day (domain §8.1). Pure. */
import { type LegalDay, legalDayOf, secondOfLegalDay } from '@pentad/platform/time'

export interface NoiseStandard {
  name: string
  /** First legal day in force. */
  from: LegalDay
  /** Equivalent level, dB(A). */
  dayLeq: number
  nightLeq: number
  /** By how much the maximum level may exceed the night limit, dB(A). */
  nightMaxOver: number
  /** False: the figures are carried over and were not yet compared with the new text. */
  verified: boolean
}

/** Oldest first. */
export const noiseStandards: readonly [NoiseStandard, ...NoiseStandard[]] = [
  // GB 12523-2011 §4.1 (70/55), §4.2 (maximum level at night: 15 above the limit).
  { name: 'GB 12523-2011', from: '2012-07-01', dayLeq: 70, nightLeq: 55, nightMaxOver: 15, verified: true },
  { name: 'GB 12523-2025', from: '2026-01-01', dayLeq: 70, nightLeq: 55, nightMaxOver: 15, verified: false },
]

export function standardOn(day: LegalDay): NoiseStandard {
  return noiseStandards.findLast((s) => s.from <= day) ?? noiseStandards[0]
}

/** From when on night begins at which minute of the day, oldest first. */
export type Nights = readonly { since: Date; fromMinute: number }[]
/** 22:00 to 06:00; a city may shift it but keeps eight hours (Noise Pollution Prevention Law §88). */
export const defaultNights: Nights = [{ since: new Date(0), fromMinute: 22 * 60 }]
export const nightLastsMinutes = 8 * 60
const dayMinutes = 24 * 60

export function isNight(at: Date, nights: Nights = defaultNights): boolean {
  const { fromMinute } = nights.findLast((n) => n.since <= at) ?? nights[0] ?? { fromMinute: 22 * 60 }
  const minute = secondOfLegalDay(at) / 60
  return (minute - fromMinute + dayMinutes) % dayMinutes < nightLastsMinutes
}

export interface Limits {
  night: boolean
  /** Of the equivalent level. */
  leq: number
  /** Of the maximum level; by day there is none. */
  max: number | null
  standard: string
}

export function limitsAt(at: Date, nights: Nights = defaultNights): Limits {
  const standard = standardOn(legalDayOf(at))
  const night = isNight(at, nights)
  return {
    night,
    leq: night ? standard.nightLeq : standard.dayLeq,
    max: night ? standard.nightLeq + standard.nightMaxOver : null,
    standard: standard.name,
  }
}
