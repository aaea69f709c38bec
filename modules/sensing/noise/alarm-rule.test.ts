import { MINUTE, SECOND } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Finding, judge, noiseRules, type Standings } from './alarm-rule.ts'
import { energyAverage, minutesOf, type Reading, rollingLeq } from './series.ts'
import { isNight, limitsAt, noiseStandards, standardOn } from './standard.ts'

/** 23:00 in Beijing. */
const night = Date.parse('2026-05-21T15:00:00Z')
const day = Date.parse('2026-05-21T02:00:00Z')
const nothing: Standings = {
  'noise-leq': { open: null, clearedAt: null },
  'noise-night-max': { open: null, clearedAt: null },
}
const record = (from: number, minute: number, value: number, max = value + 2): Reading => ({
  at: new Date(from + minute * MINUTE),
  period: 'minute',
  factor: 'Leq',
  value,
  max,
})
const records = (from: number, levels: readonly number[], over = 2) =>
  levels.map((l, i) => record(from, i, l, l + over))
const sample = (at: number, value: number): Reading => ({
  at: new Date(at),
  period: 'rtd',
  factor: 'LA',
  value,
  max: null,
})
const ends = (readings: readonly Reading[]) =>
  readings.map((r) => new Date(r.at.getTime() + (r.period === 'minute' ? MINUTE : 0)))
const told = (findings: readonly Finding[], rule: string) =>
  findings.filter((f) => f.rule === rule && f.act !== 'peak').map((f) => f.act)
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

test('a window needs three quarters of its minutes [SEN-09]', () => {
  const all = () => true
  const fourteen = minutesOf(records(night, flat(14, 60)))
  expect(rollingLeq(fourteen, night + 20 * MINUTE, all)).toBeNull()
  expect(rollingLeq(minutesOf(records(night, flat(15, 60))), night + 20 * MINUTE, all)).toBeCloseTo(60)
})

test('above 55 dB for twenty minutes at night is one alarm, which clears when it was quiet for ten minutes [SEN-10]', () => {
  const readings = records(night, [...flat(40, 60), ...flat(45, 45)])
  const findings = judge(readings, ends(readings), nothing)
  expect(told(findings, 'noise-leq')).toEqual(['raise', 'clear'])
  expect(findings[0]).toMatchObject({ act: 'raise', at: new Date(night + 15 * MINUTE), limit: 55 })
  const clear = findings.find((f) => f.act === 'clear')
  // The last window at 52 dB or more ends 16 minutes after the noise; ten windows below it follow.
  expect(clear?.at.getTime()).toBeGreaterThanOrEqual(night + (40 + 10) * MINUTE)
  expect(told(findings, 'noise-night-max')).toEqual([])
})

test('the same level by day is no alarm, above 70 it is [SEN-10]', () => {
  const tried = (level: number) => {
    const readings = records(day, flat(30, level), 20)
    return judge(readings, ends(readings), nothing)
  }
  expect(tried(69.9)).toEqual([])
  expect(told(tried(71), 'noise-leq')).toEqual(['raise'])
  expect(told(tried(71), 'noise-night-max')).toEqual([])
})

test('one loud sample at night is no alarm, two within a minute are [SEN-10]', () => {
  const once = [sample(night, 78), sample(night + 61 * SECOND, 78)]
  expect(judge(once, ends(once), nothing)).toEqual([])
  const twice = [sample(night, 76), sample(night + 30 * SECOND, 78)]
  expect(judge(twice, ends(twice), nothing)).toEqual([
    {
      act: 'raise',
      rule: 'noise-night-max',
      at: new Date(night + 30 * SECOND),
      peak: 78,
      limit: 70,
      standard: 'GB 12523-2025',
    },
  ])
  const exactly = [sample(night, 70), sample(night + 30 * SECOND, 70)]
  expect(judge(exactly, ends(exactly), nothing)).toEqual([])
})

test('one minute record whose maximum is above 70 at night is enough [SEN-10]', () => {
  const readings = [record(night, 0, 50, 74)]
  expect(told(judge(readings, ends(readings), nothing), 'noise-night-max')).toEqual(['raise'])
  const byDay = [record(day, 0, 50, 74)]
  expect(judge(byDay, ends(byDay), nothing)).toEqual([])
})

test('a level that hovers within 3 dB of the limit does not clear, a silent monitor does not either [SEN-10]', () => {
  const hovering = records(night, [...flat(1, 75), ...flat(30, 66)], 2)
  expect(told(judge(hovering, ends(hovering), nothing), 'noise-night-max')).toEqual(['raise'])
  const silent = [record(night, 0, 50, 75), record(night, 30, 50, 52)]
  expect(told(judge(silent, ends(silent), nothing), 'noise-night-max')).toEqual(['raise'])
})

test('it is not raised again within thirty minutes of clearing [SEN-10]', () => {
  const levels = [75, ...flat(12, 50), 75, ...flat(12, 50), ...flat(20, 50), 75]
  const readings = records(night, levels, 2)
  const acts = judge(readings, ends(readings), nothing).filter((f) => f.rule === 'noise-night-max')
  expect(acts.map((f) => [f.act, Math.round((f.at.getTime() - night) / MINUTE)])).toEqual([
    ['raise', 1],
    ['clear', 11],
    ['raise', 47],
  ])
})

test('the quiet of the day before does not dilute the night: only night minutes are averaged at night [SEN-10]', () => {
  const tenPm = Date.parse('2026-05-21T14:00:00Z')
  const readings = records(tenPm - 20 * MINUTE, [...flat(20, 40), ...flat(15, 56)])
  const findings = judge(readings, ends(readings), nothing)
  expect(findings).toMatchObject([{ act: 'raise', rule: 'noise-leq', at: new Date(tenPm + 15 * MINUTE) }])
})

test('whatever is measured, raising and clearing take turns, and no peak is below its limit [INS-19]', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(40, 52, 54, 56, 60, 66, 69, 72, 90), { maxLength: 160 }), (levels) => {
      const readings = records(night, levels, 3)
      const findings = judge(readings, ends(readings), nothing)
      for (const rule of noiseRules) {
        const acts = told(findings, rule)
        acts.forEach((act, i) => {
          expect(act).toBe(i % 2 ? 'clear' : 'raise')
        })
      }
      for (const f of findings) if (f.act === 'raise') expect(f.peak).toBeGreaterThan(f.limit)
    }),
    { numRuns: 60 },
  )
})
