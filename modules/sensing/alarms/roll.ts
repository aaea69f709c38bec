/** From what a device sent to minutes. Pure. */
import { MINUTE, SECOND } from '@pentad/platform/time'
import { highest, minutesOf, noiseFactors, type Reading } from '../noise/series.ts'
import { type MinuteRow, minuteFloor } from './model/index.ts'

/** A valid value as it is stored. */
export interface RawReading {
  at: Date
  period: 'rtd' | 'minute'
  factor: string
  value: number | null
  max: number | null
}
export interface RolledMinute extends MinuteRow {
  factor: string
}

/** Levels of one factor that come so near to one another confirm each other (domain §8.3). */
const pairSeconds = 60

/** Noise of whatever name is one factor. */
const seriesOf = (factor: string): string | null =>
  factor === 'LMn' ? null : (noiseFactors as readonly string[]).includes(factor) ? 'Leq' : factor

/** The minutes from `from` on; what is given from a minute before only confirms. */
export function rolled(readings: readonly RawReading[], from: number): RolledMinute[] {
  const byFactor = Map.groupBy(readings, (r) => seriesOf(r.factor))
  byFactor.delete(null)
  return [...byFactor].flatMap(([factor, all]) => {
    const name = factor ?? ''
    const rows = name === 'Leq' ? minutesOf(all as Reading[]) : meansOf(all)
    const pairs = pairsOf(all, name === 'Leq')
    const ends = endsOf(all)
    return rows.flatMap(({ at, leq, max }) =>
      at < from ? [] : [{ factor: name, at, mean: leq, max, pair: pairs.get(at) ?? null, untilAt: ends.get(at) ?? at }],
    )
  })
}

const endOf = (r: RawReading): number => r.at.getTime() + (r.period === 'minute' ? MINUTE : 0)
const peakOf = (r: RawReading, noise: boolean): number | null =>
  noise ? highest(r as Reading) : (r.max ?? (r.period === 'rtd' ? r.value : null))

function meansOf(readings: readonly RawReading[]): { at: number; leq: number | null; max: number | null }[] {
  return [...Map.groupBy(readings, (r) => minuteFloor(r.at.getTime()))].map(([at, all]) => {
    const record = all.find((r) => r.period === 'minute' && r.value !== null)
    const values = all.flatMap((r) => (r.period === 'rtd' && r.value !== null ? [r.value] : []))
    const mean = record?.value ?? (values.length ? values.reduce((a, b) => a + b) / values.length : null)
    const peaks = all.flatMap((r) => peakOf(r, false) ?? [])
    return { at, leq: mean, max: peaks.length ? Math.max(...peaks) : null }
  })
}

function endsOf(readings: readonly RawReading[]): Map<number, number> {
  const ends = new Map<number, number>()
  for (const r of readings) {
    const at = minuteFloor(r.at.getTime())
    ends.set(at, Math.max(ends.get(at) ?? at, endOf(r)))
  }
  return ends
}

/** The highest level that two values at different times reach within a minute, or a minute record by itself. */
function pairsOf(readings: readonly RawReading[], noise: boolean): Map<number, number> {
  const pairs = new Map<number, number>()
  const put = (at: number, level: number) => pairs.set(at, Math.max(pairs.get(at) ?? level, level))
  const byTime = new Map<number, number>()
  for (const r of readings) {
    const level = peakOf(r, noise)
    if (level === null) continue
    const t = r.at.getTime()
    if (r.period === 'minute') put(minuteFloor(t), level)
    else byTime.set(t, Math.max(byTime.get(t) ?? level, level))
  }
  const samples = [...byTime].sort(([a], [b]) => a - b)
  let first = 0
  for (const [i, [t, level]] of samples.entries()) {
    while ((samples[first]?.[0] ?? t) <= t - pairSeconds * SECOND) first++
    let before = Number.NEGATIVE_INFINITY
    for (let j = first; j < i; j++) before = Math.max(before, samples[j]?.[1] ?? before)
    if (before > Number.NEGATIVE_INFINITY) put(minuteFloor(t), Math.min(level, before))
  }
  return pairs
}
