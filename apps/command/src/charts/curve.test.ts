import { expect, test } from 'vitest'
import { axisRange, withGaps } from './curve.ts'

const at = (minute: number): string => new Date(Date.UTC(2026, 4, 21, 0, minute)).toISOString()
const point = (minute: number, value: number, max: number | null = null) => ({ at: at(minute), value, max })

test('SEN-09 minutes without data are a gap in the noise curve, never zero and never a straight line', () => {
  const drawn = withGaps([point(0, 50), point(1, 52), point(9, 71)], (p) => p.value)
  expect(drawn.map(([, v]) => v)).toEqual([50, 52, null, 71])
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
