import { DAY } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeChunk, encodeChunk, type Fix, gapsOf, qualityBits, saysWhere } from '../tracks/model/index.ts'
import { firstKept, type Keeping, keepingFault, keepingStores, mostStepSeconds, thinned } from './model.ts'

const rule: Keeping = {
  realtimeDays: 90,
  minuteDays: 730,
  hourDays: null,
  trackDays: 180,
  trackStepSeconds: 60,
  trackThinDays: 730,
  passDays: 62,
  evidenceDays: 1825,
}
const start = Date.parse('2026-05-21T08:00:00Z')
const fixes = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 40 }),
      alarm: fc.constantFrom(0, 0, 0, 1, 2),
      quality: fc.constantFrom(0, 0, 0, qualityBits(['not-fixed'])),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = start
    return steps.flatMap(({ step, alarm, quality }, i): Fix[] => {
      at += step * 1000
      if (at >= start + 600_000) return []
      return [
        {
          atMs: at,
          lonE6: 116_000_000 + i,
          latE6: 39_000_000,
          speedDkmh: 10,
          headingDeg: 0,
          alarmBits: alarm,
          statusBits: 3,
          quality,
        },
      ]
    })
  })

/** The same with holes, some of them gaps. */
const patchy = fc
  .tuple(fixes, fc.array(fc.integer({ min: 0, max: 460_000 }), { maxLength: 4 }))
  .map(([all, holes]) =>
    holes.reduce((left, from) => left.filter((f) => Math.abs(f.atMs - start - from) > 140_000), all),
  )

test('of a track one fix a step is left and every change of its alarms; thinned again it stays the same [SEN-02]', () => {
  fc.assert(
    fc.property(fixes, fc.constantFrom(5, 30, 60, 600), (all, step) => {
      const left = thinned(all, step)
      for (const fix of left) expect(all).toContain(fix)
      expect(thinned(left, step)).toEqual(left)
      // As it is packed and read again.
      expect(thinned(decodeChunk(start, encodeChunk(start, all)), step)).toEqual(left)
      const stretches = (of: readonly Fix[]) => new Set(of.map((f) => Math.floor(f.atMs / (step * 1000))))
      expect(stretches(left)).toEqual(stretches(all))
      const alarms = (of: readonly Fix[]) => of.map((f) => f.alarmBits).filter((a, i, them) => a !== them[i - 1])
      expect(alarms(left)).toEqual(alarms(all))
      const changes = alarms(all).length
      const placed = all.filter((f) => saysWhere(f.quality))
      const runs = placed.filter((f, i) => (placed[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) - f.atMs > step * 1000)
      expect(left.length).toBeLessThanOrEqual(2 * stretches(all).size + changes + runs.length)
      expect(stretches(left.filter((f) => saysWhere(f.quality)))).toEqual(stretches(placed))
    }),
  )
})

test('a track that was thinned has no gap that it had not; a longer step is refused [SEN-29]', () => {
  fc.assert(
    fc.property(patchy, fc.integer({ min: 5, max: mostStepSeconds }), (all, step) => {
      const gaps = (of: readonly Fix[]) => gapsOf(of, start, start + 1_200_000)
      expect(gaps(thinned(all, step))).toEqual(gaps(all))
    }),
  )
  expect(keepingFault({ ...rule, trackStepSeconds: mostStepSeconds })).toBeNull()
  expect(keepingFault({ ...rule, trackStepSeconds: mostStepSeconds + 1 })).toBe('sensing/keeping-step')
})

test('days are legal days, whole ones; for ever is for ever [SEN-29]', () => {
  // Half past midnight in Beijing is still the day before in UTC.
  const now = new Date('2026-05-20T16:30:00Z')
  expect(firstKept('realtime', { ...rule, realtimeDays: 7 }, now)).toBe('2026-05-14')
  expect(firstKept('realtime', { ...rule, realtimeDays: 7 }, new Date(now.getTime() - DAY / 24))).toBe('2026-05-13')
  expect(firstKept('hour', rule, now)).toBeNull()
})

test('what is finer never outlives what is made of it, and a week stays in any case [SEN-29]', () => {
  expect(keepingFault(rule)).toBeNull()
  expect(keepingFault({ ...rule, realtimeDays: 6 })).toBe('sensing/keeping-too-short')
  expect(keepingFault({ ...rule, evidenceDays: 6 })).toBe('sensing/keeping-too-short')
  expect(keepingFault({ ...rule, realtimeDays: 731 })).toBe('sensing/keeping-order')
  expect(keepingFault({ ...rule, hourDays: 729 })).toBe('sensing/keeping-order')
  expect(keepingFault({ ...rule, trackDays: 731 })).toBe('sensing/keeping-order')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }), (a, b) => {
      const of = { ...rule, realtimeDays: a, minuteDays: b, trackDays: a, trackThinDays: b }
      if (keepingFault(of) !== null) return
      const now = new Date(start)
      const days = keepingStores.map((s) => firstKept(s, of, now))
      expect(String(days[0]) >= String(days[1])).toBe(true)
      expect(String(days[3]) >= String(days[4])).toBe(true)
    }),
  )
})
