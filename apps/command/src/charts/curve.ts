/** The curve of a sensor as lines of a chart: a minute without data is a gap, never zero. Pure. */
import { MINUTE } from '@pentad/platform/time'
import type { Curve } from '../sensing/asked.ts'

type Point = [at: number, value: number | null]

/** Longer than this between two points, in milliseconds, is a gap. */
const gap = 2.5 * MINUTE

export function withGaps(points: Curve['points'], valueOf: (p: Curve['points'][number]) => number | null): Point[] {
  const drawn: Point[] = []
  for (const p of points) {
    const at = Date.parse(p.at)
    const last = drawn.at(-1)
    if (last && at - last[0] > gap) drawn.push([last[0] + 1, null])
    drawn.push([at, valueOf(p)])
  }
  return drawn
}

/** The axis from a little under the lowest to a little over the highest, limits included, in steps of five. */
export function axisRange(curve: Curve): { min: number; max: number } {
  const values = [
    ...curve.points.flatMap((p) => (p.max === null ? [p.value] : [p.value, p.max])),
    ...(curve.limit === null ? [] : [curve.limit]),
    ...(curve.maxLimit === null ? [] : [curve.maxLimit]),
  ]
  if (!values.length) return { min: 0, max: 100 }
  return {
    min: Math.max(0, Math.floor((Math.min(...values) - 3) / 5) * 5),
    max: Math.ceil((Math.max(...values) + 3) / 5) * 5,
  }
}
