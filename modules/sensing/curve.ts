/** Curves of a device: a minute without valid data is missing, never zero. */
import { factorOf } from '@pentad/hj212'
import type { Db } from '@pentad/platform/db'
import type { z } from 'zod'
import type { Curve } from './contract/parts.ts'
import { keptPoints } from './keeping/queries/index.ts'
import type { Limits } from './noise/model/standard.ts'
import { minutesOf, noiseUnit } from './noise/series.ts'
import { noiseReadings, otherMinutes } from './queries/index.ts'

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
  // Long ago only minutes or hours are left.
  if (noise.length === 0 && others.size === 0) return keptCurves(await keptPoints(db, deviceId, from, until), limits)
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

const keptCurves = (points: Awaited<ReturnType<typeof keptPoints>>, limits: Limits): CurveOut[] =>
  [...Map.groupBy(points, (p) => p.factor)].map(([factor, all]) => ({
    factor,
    unit: factor === 'Leq' ? noiseUnit : (factorOf(factor)?.unit ?? ''),
    points: all.map((p) => ({ at: p.at.toISOString(), value: tenth(p.value), max: p.max && tenth(p.max) })),
    limit: factor === 'Leq' ? limits.leq : null,
    maxLimit: factor === 'Leq' ? limits.max : null,
  }))
