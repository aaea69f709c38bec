/** From what a monitor sent to minutes, and from minutes to the rolling equivalent level (domain §8.2). Pure. */
import { MINUTE } from '@pentad/platform/time'

export const noiseFactors = ['Leq', 'LA', 'LMx'] as const
export type NoiseFactor = (typeof noiseFactors)[number]
export const noiseUnit = 'dB(A)'

/** A valid value: normal by the device's own flag, and nothing held against it. */
export interface Reading {
  at: Date
  period: 'rtd' | 'minute'
  factor: NoiseFactor
  value: number | null
  max: number | null
}

export interface Minute {
  /** Beginning of the minute, in milliseconds. */
  at: number
  leq: number | null
  max: number | null
}

/** Leq = 10·lg(mean of 10^(0.1·L)): levels are averaged by their energy, never as numbers. Null for nothing. */
export function energyAverage(levels: readonly number[]): number | null {
  if (levels.length === 0) return null
  let energy = 0
  for (const level of levels) energy += 10 ** (level / 10)
  return 10 * Math.log10(energy / levels.length)
}

/** So many samples make a minute where the monitor sent no minute record. */
const samplesForMinute = 3

export const minuteOf = (at: Date | number): number => Math.floor(Number(at) / MINUTE) * MINUTE

/** The highest level that a reading tells of. */
export function highest({ factor, value, max, period }: Reading): number | null {
  // Of a minute record only the maximum is a momentary level, unless the factor itself is one.
  const momentary = period === 'rtd' || factor === 'LMx' ? value : null
  return momentary === null ? max : max === null ? momentary : Math.max(momentary, max)
}

/** Minutes in order; a minute without data is not among them. The monitor's own record goes before what we reckon from samples. */
export function minutesOf(readings: readonly Reading[]): Minute[] {
  const byMinute = new Map<number, Reading[]>()
  for (const reading of readings) {
    const at = minuteOf(reading.at)
    const there = byMinute.get(at)
    if (there) there.push(reading)
    else byMinute.set(at, [reading])
  }
  return [...byMinute]
    .sort(([a], [b]) => a - b)
    .map(([at, all]) => {
      const peaks = all.flatMap((r) => highest(r) ?? [])
      return { at, leq: minuteLeq(all), max: peaks.length ? Math.max(...peaks) : null }
    })
}

function minuteLeq(readings: readonly Reading[]): number | null {
  for (const factor of ['Leq', 'LA'] as const) {
    const record = readings.find((r) => r.period === 'minute' && r.factor === factor && r.value !== null)
    if (record) return record.value
  }
  for (const factor of ['Leq', 'LA'] as const) {
    const samples = readings.flatMap((r) => (r.period === 'rtd' && r.factor === factor ? (r.value ?? []) : []))
    if (samples.length >= samplesForMinute) return energyAverage(samples)
  }
  return null
}
