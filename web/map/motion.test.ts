import type { LivePosition } from '@pentad/sensing/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fleet, glideMs, turnOf } from './motion.ts'

const fix = (over: Partial<LivePosition> = {}): LivePosition => ({
  handle: 7,
  kind: 'vehicle',
  lon: 116.4,
  lat: 39.9,
  headingDeg: 0,
  speedKmh: 30,
  ...over,
})

test('SEN-02 a vehicle glides from its last place to the new fix and rests there', () => {
  const cars = fleet()
  cars.heard(fix(), 0)
  cars.heard(fix({ lon: 116.5 }), 10_000)
  expect(cars.shown(10_000)[0]).toMatchObject({ lon: 116.4 })
  expect(cars.shown(10_000 + glideMs / 2)[0]?.lon).toBeCloseTo(116.45, 6)
  expect(cars.shown(99_999)[0]).toMatchObject({ lon: 116.5, turns: true })
  expect(cars.moving(99_999)).toBe(false)
})

test('a vehicle turns the shorter way round', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 359 }), fc.integer({ min: 0, max: 359 }), (from, to) => {
      const turn = turnOf(from, to)
      expect(Math.abs(turn)).toBeLessThanOrEqual(180)
      expect((((from + turn - to) % 360) + 360) % 360).toBe(0)
    }),
  )
})

test('after a break of the line, vehicles that are no longer told of are gone', () => {
  const cars = fleet()
  cars.heard(fix(), 0)
  cars.heard(fix({ handle: 8 }), 0)
  cars.replace([fix({ handle: 8 })], 1000)
  expect(cars.shown(5000).map((v) => v.handle)).toEqual([8])
})
