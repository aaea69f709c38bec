/** One fix of a thing that moves, as it is kept: whole numbers, so that what is stored and read again is the same. Pure. */

import { CLOCK_AHEAD_ALLOWED } from '@pentad/platform/time'

export interface Fix {
  /** Milliseconds since 1970, by the clock of the device. */
  atMs: number
  /** Millionths of a degree, WGS-84; 0.11 m. */
  lonE6: number
  latE6: number
  /** Tenths of a kilometre per hour; null when the device does not say. */
  speedDkmh: number | null
  /** 0–359 from north, clockwise. */
  headingDeg: number | null
  /** As the terminal sent them (JT/T 808, 8.18). */
  alarmBits: number
  statusBits: number
  /** What we hold against it: bits of `fixQualities`; 0 when nothing. */
  quality: number
}

/** Where a device stands, of which nothing more is known. */
export const standingFix = (atMs: number, lon: number, lat: number): Fix => ({
  atMs: Math.round(atMs),
  lonE6: Math.round(lon * 1e6),
  latE6: Math.round(lat * 1e6),
  speedDkmh: null,
  headingDeg: null,
  alarmBits: 0,
  statusBits: 0,
  quality: 0,
})

/** What can be held against a fix; the place in this list is its bit, so that words are only ever added at the end. */
export const fixQualities = [
  'latitude-out-of-range',
  'longitude-out-of-range',
  'course-out-of-range',
  'time-invalid',
  'coordinates-encrypted',
  'items-cut-short',
  'item-length',
  'not-fixed',
  'clock-ahead',
  'jump',
  'frozen',
  'inaccurate',
] as const
export type FixQuality = (typeof fixQualities)[number]

const bits = new Map<string, number>(fixQualities.map((name, bit) => [name, 1 << bit]))

/** Words we do not know are not kept: they come from nobody but ourselves. */
export function qualityBits(names: readonly string[]): number {
  let all = 0
  for (const name of names) all |= bits.get(name) ?? 0
  return all
}
export const qualityNames = (quality: number): FixQuality[] =>
  fixQualities.filter((_, bit) => ((quality >>> bit) & 1) === 1)

/** Under these a fix says nothing about where its device is. */
const misleading = qualityBits([
  'not-fixed',
  'latitude-out-of-range',
  'longitude-out-of-range',
  'coordinates-encrypted',
  'clock-ahead',
  'jump',
])
export const saysWhere = (quality: number): boolean => (quality & misleading) === 0

export const clockIsAhead = (atMs: number, nowMs: number): boolean => atMs > nowMs + CLOCK_AHEAD_ALLOWED

export const lonOf = (fix: Pick<Fix, 'lonE6'>): number => fix.lonE6 / 1e6
export const latOf = (fix: Pick<Fix, 'latE6'>): number => fix.latE6 / 1e6
