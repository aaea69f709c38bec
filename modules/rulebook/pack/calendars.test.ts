/** The working clock over the holiday calendars that the State Council published for 2024 to 2026, and one edited for 2027. */
import { readFileSync } from 'node:fs'
import { HOUR } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addWork, elapsedWork, isWorkday, type WorkCalendar } from '../model/index.ts'
import { calendarIn } from './calendar.ts'

const text = readFileSync(new URL('../../../packs/beijing-demo/rulebook/calendar.yaml', import.meta.url), 'utf8')
const faults: unknown[] = []
const read = calendarIn(text, 'calendar.yaml', (...f) => faults.push(f))
if (!read) throw new Error('no calendar')
const published: WorkCalendar = read
/** A city that was told in November: two weekends of 2027 are shifted, one more day is off. */
const edited: WorkCalendar = {
  ...published,
  version: 'edited-2027',
  holidays: new Set([...published.holidays, '2027-02-09', '2027-02-10']),
  shiftedWorkdays: new Set([...published.shiftedWorkdays, '2027-01-31', '2027-02-20']),
}
const years = { 2024: published, 2025: published, 2026: published, 2027: edited }

test('in each year the elapsed work is the exact inverse of the added work, from any second, over any number of days [DUM-22]', () => {
  expect(faults).toEqual([])
  for (const [year, calendar] of Object.entries(years)) {
    const start = fc.date({
      min: new Date(`${year}-01-01T00:00:00Z`),
      max: new Date(`${year}-12-31T00:00:00Z`),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(start, fc.integer({ min: 0, max: 40 * 8 * 3600 }), (s, x) => {
        const due = addWork(calendar, s, x)
        expect(elapsedWork(calendar, s, due)).toBeCloseTo(x, 6)
        // What is left over starts where the first part ended.
        const half = Math.floor(x / 2)
        expect(addWork(calendar, addWork(calendar, s, half), x - half)).toEqual(due)
      }),
      { numRuns: 400 },
    )
  }
})

test('the days that the notices name are off or worked [DUM-22]', () => {
  const off = ['2024-02-10', '2024-10-07', '2025-01-28', '2025-10-08', '2026-02-23', '2026-10-01']
  const worked = ['2024-02-04', '2024-10-12', '2025-01-26', '2025-10-11', '2026-02-14', '2026-10-10']
  expect(off.filter((d) => isWorkday(published, d))).toEqual([])
  expect(worked.filter((d) => !isWorkday(published, d))).toEqual([])
  expect(isWorkday(edited, '2027-01-31')).toBe(true)
  expect(isWorkday(published, '2027-01-31')).toBe(false)
})

test('a case keeps the calendar by which it was reckoned: an edited one moves only later deadlines [DUM-22]', () => {
  const start = new Date('2027-02-04T09:00:00+08:00')
  const before = addWork(published, start, 16 * 3600)
  const after = addWork(edited, start, 16 * 3600)
  expect((after.getTime() - before.getTime()) / HOUR).toBeGreaterThan(0)
})
