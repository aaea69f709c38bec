import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addWork, deadline, elapsedWork, isWorkday, type WorkCalendar } from './work-clock.ts'

const hour = 3600
const calendar: WorkCalendar = {
  version: 'test',
  seasons: [
    {
      from: '06-01',
      to: '09-30',
      periods: [
        [8 * hour, 12 * hour],
        [14.5 * hour, 18.5 * hour],
      ],
    },
    {
      from: '01-01',
      to: '12-31',
      periods: [
        [8 * hour, 12 * hour],
        [14 * hour, 18 * hour],
      ],
    },
  ],
  holidays: new Set([
    '2026-02-16',
    '2026-02-17',
    '2026-02-18',
    '2026-02-19',
    '2026-02-20',
    '2026-02-23',
    '2026-10-01',
    '2026-10-02',
  ]),
  shiftedWorkdays: new Set(['2026-02-14', '2026-02-28']),
}
const at = (local: string) => new Date(`${local}:00+08:00`)

test('elapsed work is the exact inverse of added work, over weekends, holidays, shifted days and seasons', () => {
  const start = fc.date({
    min: new Date('2025-12-01T00:00:00Z'),
    max: new Date('2026-12-01T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(start, fc.integer({ min: 0, max: 60 * 8 * hour }), (s, x) => {
      expect(elapsedWork(calendar, s, addWork(calendar, s, x))).toBeCloseTo(x, 6)
    }),
    { numRuns: 1000 },
  )
})

test('added work is never early and grows with what is added', () => {
  const start = fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2026-11-01T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(start, fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), (s, x, more) => {
      const first = addWork(calendar, s, x)
      expect(first.getTime()).toBeGreaterThanOrEqual(s.getTime())
      expect(addWork(calendar, s, x + more).getTime()).toBeGreaterThan(first.getTime())
    }),
  )
})

test('a limit that begins on a Friday evening runs from Monday morning', () => {
  expect(deadline(calendar, at('2026-05-22T19:00'), { value: 4, unit: 'WORK_HOUR' })).toEqual(at('2026-05-25T12:00'))
})

test('a deadline that lands on a closing time stays there', () => {
  expect(addWork(calendar, at('2026-05-21T08:00'), 4 * hour)).toEqual(at('2026-05-21T12:00'))
  expect(addWork(calendar, at('2026-05-21T14:00'), 4 * hour)).toEqual(at('2026-05-21T18:00'))
})

test('a working day is eight working hours, urgent hours run day and night', () => {
  expect(deadline(calendar, at('2026-05-21T15:00'), { value: 1, unit: 'WORK_DAY' })).toEqual(at('2026-05-22T15:00'))
  expect(deadline(calendar, at('2026-05-23T23:30'), { value: 2, unit: 'URGENT_HOUR' })).toEqual(at('2026-05-24T01:30'))
})

test('a shifted weekend is a working day and a holiday is not', () => {
  expect(isWorkday(calendar, '2026-02-14')).toBe(true)
  expect(isWorkday(calendar, '2026-02-16')).toBe(false)
  // Friday 13th 17:00 + 2 h: Saturday 14th works.
  expect(addWork(calendar, at('2026-02-13T17:00'), 2 * hour)).toEqual(at('2026-02-14T09:00'))
  // Saturday 14th 17:30 + 1 h: the festival lies between.
  expect(addWork(calendar, at('2026-02-14T17:30'), hour)).toEqual(at('2026-02-24T08:30'))
})

test('the summer season begins its afternoon half an hour later', () => {
  expect(addWork(calendar, at('2026-07-01T11:30'), hour)).toEqual(at('2026-07-01T15:00'))
})

test('a calendar without working days says so instead of running for ever', () => {
  expect(() => addWork({ ...calendar, seasons: [] }, at('2026-05-21T08:00'), 60)).toThrow(/no working day/)
})
