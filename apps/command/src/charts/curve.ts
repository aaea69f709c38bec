/** The curve of a sensor as lines of a chart: time without data is a gap, never zero and never a line across. Pure. */
import { MINUTE } from '@pentad/platform/time'
import type { Curve } from '../sensing/asked.ts'

type Point = [at: number, value: number | null]
type Level = Curve['points'][number]
export interface CurveGap {
  from: number
  until: number
}
/** The time that was asked for; what lies before the first value and after the last is a gap too. */
export type CurveSpan = CurveGap

/** So few distances tell nothing of how often a device measures. */
const fewest = 4
/** More than so many steps between two values is a gap. */
const stepsOfGap = 2.5

/**
 * How far apart the values usually lie: a minute, or longer where a device measures seldom or only hours are left. The lower quartile, for
 * a device that often falls out is not one that measures seldom.
 */
export function stepOf(points: readonly Level[]): number {
  const apart = points
    .slice(1)
    .map((p, i) => Date.parse(p.at) - Date.parse(points[i]?.at ?? p.at))
    .sort((a, b) => a - b)
  return apart.length < fewest ? MINUTE : Math.max(MINUTE, apart[Math.floor(apart.length / 4)] ?? MINUTE)
}

/** When nothing was measured: each from the end of what the value before tells of to the next. */
export function gapsOf(points: readonly Level[], span?: CurveSpan): CurveGap[] {
  const step = stepOf(points)
  const times = points.map((p) => Date.parse(p.at))
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined) return []
  const gaps: CurveGap[] = []
  if (span && first - span.from > stepsOfGap * step) gaps.push({ from: span.from, until: first })
  for (const [i, at] of times.entries()) {
    const next = times[i + 1]
    if (next !== undefined && next - at > stepsOfGap * step) gaps.push({ from: at + step, until: next })
  }
  // What is still being measured is not missing yet.
  if (span && span.until - last > (stepsOfGap + 1) * step) gaps.push({ from: last + step, until: span.until })
  return gaps
}

export function withGaps(points: readonly Level[], levelOf: (p: Level) => number | null): Point[] {
  const gap = stepsOfGap * stepOf(points)
  const drawn: Point[] = []
  for (const p of points) {
    const at = Date.parse(p.at)
    const last = drawn.at(-1)
    if (last && at - last[0] > gap) drawn.push([last[0] + 1, null])
    drawn.push([at, levelOf(p)])
  }
  return drawn
}

interface Drawn {
  value: Point
  symbol?: 'circle'
  symbolSize?: number
}
/** A value between two gaps makes no line: it is a dot, or nobody would see it. */
export const drawnOf = (points: readonly Point[]): Drawn[] =>
  points.map((value, i) => {
    const alone = value[1] !== null && (points[i - 1]?.[1] ?? null) === null && (points[i + 1]?.[1] ?? null) === null
    return alone ? { value, symbol: 'circle', symbolSize: 4 } : { value }
  })

/** Values and gaps as lines of a table, the newest first. */
export const rowsOf = (points: readonly Level[], gaps: readonly CurveGap[]): (Level | CurveGap)[] => {
  const atOf = (row: Level | CurveGap): number => ('from' in row ? row.from : Date.parse(row.at))
  return [...points, ...gaps].sort((a, b) => atOf(b) - atOf(a))
}

/** The axis from a little under the lowest to a little over the highest, limits included, in whole steps of ten or twenty. */
export function axisRange(curve: Curve): { min: number; max: number; interval: number } {
  const values = [
    ...curve.points.flatMap((p) => (p.max === null ? [p.value] : [p.value, p.max])),
    ...(curve.limit === null ? [] : [curve.limit]),
    ...(curve.maxLimit === null ? [] : [curve.maxLimit]),
  ]
  if (!values.length) return { min: 0, max: 100, interval: 20 }
  const lowest = Math.max(0, Math.min(...values) - 2)
  const highest = Math.max(...values) + 2
  const interval = highest - lowest > 40 ? 20 : 10
  return { min: Math.floor(lowest / interval) * interval, max: Math.ceil(highest / interval) * interval, interval }
}
