/** Curves of a device: a minute without valid data is missing, never zero. */
import { factorOf } from '@pentad/hj212'
import type { Db } from '@pentad/platform/db'
import { HOUR } from '@pentad/platform/time'
import type { z } from 'zod'
import type { Curve } from './contract.ts'
import { minutesOf, noiseUnit } from './noise/series.ts'
import { type Limits, limitsAt } from './noise/standard.ts'
import { type AlarmRow, noiseReadings, otherMinutes } from './queries/index.ts'

type CurveOut = z.input<typeof Curve>
const tenth = (level: number): number => Math.round(level * 10) / 10

/** What a device measured between two instants; noise with its limits at `limits`. */
export async function curvesOf(
  db: Db,
  deviceId: string,
  { from, until, limits }: { from: Date; until: Date; limits: Limits },
): Promise<CurveOut[]> {
  const noise = minutesOf(await noiseReadings(db, [deviceId], from, until)).flatMap((m) => {
    // A monitor that sends seldom gives maxima without an equivalent level: the level it showed is all there is.
    const value = m.leq ?? m.max
    return value === null ? [] : [{ at: new Date(m.at).toISOString(), value: tenth(value), max: m.max && tenth(m.max) }]
  })
  const others = Map.groupBy(await otherMinutes(db, deviceId, from, until), (m) => m.factor)
  return [
    ...(noise.length
      ? [{ factor: 'Leq', unit: noiseUnit, points: noise, limit: limits.leq, maxLimit: limits.max }]
      : []),
    ...[...others].map(([factor, minutes]) => ({
      factor,
      unit: factorOf(factor)?.unit ?? '',
      points: minutes.map((m) => ({ at: m.at.toISOString(), value: tenth(m.value), max: m.max && tenth(m.max) })),
      limit: null,
      maxLimit: null,
    })),
  ]
}

/** An alarm that stays open for days is shown by its first hours. */
const longestCurve = 24 * HOUR

/** From an hour before the alarm until it cleared or now. */
export function alarmCurve(db: Db, alarm: AlarmRow, now: Date): Promise<CurveOut[]> {
  const from = new Date(alarm.raisedAt.getTime() - HOUR)
  const end = Math.min((alarm.clearedAt ?? now).getTime(), from.getTime() + longestCurve)
  // Raised by what ended at that instant: what lies just before it tells day from night.
  const limits = limitsAt(new Date(alarm.raisedAt.getTime() - 1))
  return curvesOf(db, alarm.device.id, { from, until: new Date(end), limits })
}
