import { HOUR, MINUTE } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisRange, drawnOf, gapsOf, rowsOf, stepOf, withGaps } from './curve.ts'

const at = (minute: number): string => new Date(Date.UTC(2026, 4, 21, 0, minute)).toISOString()
const point = (minute: number, value: number, max: number | null = null) => ({ at: at(minute), value, max })

test('SEN-09 minutes without data are a gap in the noise curve, never zero and never a straight line', () => {
  const drawn = withGaps([point(0, 50), point(1, 52), point(9, 71)], (p) => p.value)
  expect(drawn.map(([, v]) => v)).toEqual([50, 52, null, 71])
})

test('a line is drawn over no gap, and every gap between values is said [SEN-29]', () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 120 })
  fc.assert(
    fc.property(minutes, (all) => {
      const points = all.sort((a, b) => a - b).map((m) => point(m, 50))
      const drawn = withGaps(points, (p) => p.value)
      const breaks = drawn.filter(([, v]) => v === null).length
      expect(gapsOf(points)).toHaveLength(breaks)
      for (const [i, [from, value]] of drawn.entries()) {
        const next = drawn[i + 1]
        if (value !== null && next && next[1] !== null) expect(next[0] - from).toBeLessThanOrEqual(2.5 * stepOf(points))
      }
      expect(rowsOf(points, gapsOf(points))).toHaveLength(points.length + breaks)
    }),
  )
})

test('hours that are left of old data are a line, and an hour that is missing is a gap of an hour [SEN-29]', () => {
  const hours = [0, 1, 2, 3, 4, 5, 8].map((h) => point(h * 60, 60))
  expect(stepOf(hours)).toBe(HOUR)
  expect(withGaps(hours, (p) => p.value).map(([, v]) => v)).toEqual([60, 60, 60, 60, 60, 60, null, 60])
  expect(gapsOf(hours)).toEqual([{ from: Date.parse(at(360)), until: Date.parse(at(480)) }])
})

test('what is missing at the ends of the time asked for is a gap; what is still being measured is not [SEN-29]', () => {
  const points = [10, 11, 12, 13, 14, 15].map((m) => point(m, 50))
  const span = (from: number, until: number) => ({ from: Date.parse(at(from)), until: Date.parse(at(until)) })
  expect(gapsOf(points, span(0, 60)).map((g) => (g.until - g.from) / MINUTE)).toEqual([10, 44])
  expect(gapsOf(points, span(9, 18))).toEqual([])
  expect(gapsOf([], span(0, 60))).toEqual([])
})

test('a value alone between two gaps is a dot', () => {
  const drawn = drawnOf(withGaps([point(0, 50), point(1, 52), point(9, 71), point(20, 60)], (p) => p.value))
  expect(drawn.filter((d) => d.symbol === 'circle').map((d) => d.value[1])).toEqual([71, 60])
})

test('SEN-10 the limit is always in the picture, also when the night was quiet', () => {
  const range = axisRange({
    factor: 'Leq',
    unit: 'dB(A)',
    points: [point(0, 41), point(1, 43)],
    limit: 55,
    maxLimit: 70,
  })
  expect(range.min).toBeLessThan(41)
  expect(range.max).toBeGreaterThan(70)
})
