/** What cannot be is kept and flagged, never deleted; what is flagged raises no alarm. Pure. */
import { CLOCK_AHEAD_ALLOWED } from '@pentad/platform/time'
import { noiseFactors } from '../noise/series.ts'

/** Levels that a class 1 or 2 sound level meter can show, dB(A) (IEC 61672-1: 20 to 140 cover all). */
const lowestLevelDb = 20
const highestLevelDb = 140

interface Measured {
  factor: string
  observedAt: Date
  value: number | null
  max: number | null
}

export function observationQuality({ factor, observedAt, value, max }: Measured, receivedAt: Date): string[] {
  const found: string[] = []
  if (clockAhead(observedAt, receivedAt)) found.push('clock-ahead')
  if (value === null && max === null) found.push('no-value')
  const isNoise = (noiseFactors as readonly string[]).includes(factor)
  const impossible = (v: number | null) => v !== null && (v < lowestLevelDb || v > highestLevelDb)
  if (isNoise && (impossible(value) || impossible(max))) found.push('out-of-range')
  return found
}

export const clockAhead = (at: Date, receivedAt: Date): boolean =>
  at.getTime() > receivedAt.getTime() + CLOCK_AHEAD_ALLOWED
