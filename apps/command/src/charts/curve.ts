/** The curve of a sensor as lines of a chart: a minute without data is a gap, never zero. Pure. */
import { MINUTE } from '@pentad/platform/time'
import type { Curve } from '../sensing/asked.ts'

type Point = [at: number, value: number | null]

/** Longer than this between two points, in milliseconds, is a gap. */
const gap = 2.5 * MINUTE

export function withGaps(points: Curve['points'], levelOf: (p: Curve['points'][number]) => number | null): Point[] {
  const drawn: Point[] = []
  for (const p of points) {
    const at = Date.parse(p.at)
    const last = drawn.at(-1)
    if (last && at - last[0] > gap) drawn.push([last[0] + 1, null])
    drawn.push([at, levelOf(p)])
  }
  return drawn
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
