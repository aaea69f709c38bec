import { MINUTE, SECOND } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNight, limitsAt, noiseStandards, standardOn } from './model/standard.ts'
import { energyAverage, minutesOf, type Reading } from './series.ts'

/** 23:00 in Beijing. */
const night = Date.parse('2026-05-21T15:00:00Z')
const day = Date.parse('2026-05-21T02:00:00Z')
const record = (from: number, minute: number, value: number, max = value + 2): Reading => ({
  at: new Date(from + minute * MINUTE),
  period: 'minute',
  factor: 'Leq',
  value,
  max,
})
const sample = (at: number, value: number): Reading => ({
  at: new Date(at),
  period: 'rtd',
  factor: 'LA',
  value,
  max: null,
})
const flat = (n: number, level: number): number[] => Array.from({ length: n }, () => level)

test('60 dB and 70 dB for half the time each are 67.4 dB, and one second at 90 in twenty minutes of 50 is 59.7 [SEN-09]', () => {
  expect(energyAverage([60, 70])).toBeCloseTo(67.4, 1)
  expect(energyAverage([90, ...flat(1199, 50)])).toBeCloseTo(59.7, 1)
  expect(energyAverage([])).toBeNull()
})

test('an equivalent level lies between the lowest and the highest, and never below the mean of the numbers [SEN-09]', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 20, max: 130, noNaN: true }), { minLength: 1, maxLength: 60 }), (levels) => {
      const leq = energyAverage(levels) ?? Number.NaN
      expect(leq).toBeLessThanOrEqual(Math.max(...levels) + 1e-9)
      expect(leq).toBeGreaterThanOrEqual(levels.reduce((a, b) => a + b) / levels.length - 1e-9)
    }),
  )
})

test('night is 22:00 to 06:00 in Beijing, and the standard is that of the day [SEN-10]', () => {
  expect(isNight(new Date('2026-05-21T13:59:59Z'))).toBe(false)
  expect(isNight(new Date('2026-05-21T14:00:00Z'))).toBe(true)
  expect(isNight(new Date('2026-05-21T21:59:59Z'))).toBe(true)
  expect(isNight(new Date('2026-05-21T22:00:00Z'))).toBe(false)
  expect(limitsAt(new Date(night))).toEqual({ night: true, leq: 55, max: 70, standard: 'GB 12523-2025' })
  expect(limitsAt(new Date(day))).toEqual({ night: false, leq: 70, max: null, standard: 'GB 12523-2025' })
  expect(standardOn('2025-12-31').name).toBe('GB 12523-2011')
  expect(noiseStandards.filter((s) => !s.verified).map((s) => s.name)).toEqual(['GB 12523-2025'])
})

test("the monitor's minute record goes before samples, and a minute without data stays missing [SEN-09]", () => {
  const samples = [0, 10, 20].map((s) => sample(night + s * SECOND, 60))
  expect(minutesOf([...samples, record(night, 0, 58, 71), record(night, 2, 50)])).toEqual([
    { at: night, leq: 58, max: 71 },
    { at: night + 2 * MINUTE, leq: 50, max: 52 },
  ])
  const one = minutesOf([sample(night, 60)])
  expect(one).toEqual([{ at: night, leq: null, max: 60 }])
})

test('a city may shift its night, which keeps eight hours, and what was judged before keeps the old one [SEN-10]', () => {
  const since = new Date('2026-03-01T00:00:00+08:00')
  const nights = [
    { since: new Date(0), fromMinute: 22 * 60 },
    { since, fromMinute: 23 * 60 },
  ]
  const at = (clock: string) => new Date(`2026-05-21T${clock}:00+08:00`)
  expect([at('22:30'), at('23:00'), at('06:59'), at('07:00')].map((t) => isNight(t, nights))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(isNight(new Date('2026-02-01T22:30:00+08:00'), nights)).toBe(true)
  fc.assert(
    fc.property(fc.integer({ min: 1200, max: 1439 }), (fromMinute) => {
      const shifted = [{ since: new Date(0), fromMinute }]
      const minutes = Array.from({ length: 1440 }, (_, m) => isNight(new Date(day + m * MINUTE), shifted))
      expect(minutes.filter(Boolean)).toHaveLength(8 * 60)
    }),
    { numRuns: 20 },
  )
})
