import { describe, expect, test } from 'vitest'
import { isWorkday, workClock } from '../history/clock.ts'
import { loadPack } from '../index.ts'
import type { LimitUnit } from '../types.ts'

const pack = loadPack()
const minors = pack.classes.filter((c) => c.parentCode !== null)
const keyOf = ({ kind, code }: { kind: string; code: string }): string => `${kind}:${code}`
const rowsOf = Map.groupBy(pack.standards, keyOf)

describe('the manual', () => {
  test('[DUM-17] has five majors of components and six of events, all minors below them, no code twice', () => {
    const majors = pack.classes.filter((c) => c.parentCode === null)
    expect(majors.filter((c) => c.kind === 'component').length).toBe(5)
    expect(majors.filter((c) => c.kind === 'event').length).toBe(6)
    expect(new Set(pack.classes.map(keyOf)).size).toBe(pack.classes.length)
    const majorKeys = new Set(majors.map(keyOf))
    expect(
      minors.filter((c) => !majorKeys.has(`${c.kind}:${c.parentCode}`) || c.code.slice(0, 2) !== c.parentCode),
    ).toEqual([])
  })

  test('[DUM-17] has a row for every minor class, in both languages, numbered from one', () => {
    expect(minors.filter((c) => !rowsOf.has(keyOf(c)))).toEqual([])
    expect([...rowsOf.keys()].filter((key) => !minors.some((c) => keyOf(c) === key))).toEqual([])
    for (const rows of rowsOf.values()) expect(rows.map((r) => r.seq)).toEqual(rows.map((_, i) => i + 1))
    const poor = pack.standards.filter(
      (s) =>
        !/\p{Script=Han}/u.test(s.filingZh) ||
        !/\p{Script=Han}/u.test(s.closingZh) ||
        !/^[\x20-\x7e²éç]+$/.test(s.filingEn) ||
        !/^[\x20-\x7e²éç]+$/.test(s.closingEn) ||
        s.limitValue <= 0 ||
        !s.evidence.includes('photo_before'),
    )
    expect(poor).toEqual([])
  })

  test('[DUM-17] [DUM-22] puts the most dangerous row of a class first: limits never grow shorter down the list', () => {
    const hours: Record<LimitUnit, number> = { URGENT_HOUR: 1, WORK_HOUR: 3, URGENT_DAY: 24, WORK_DAY: 24 }
    const disordered = [...rowsOf.values()].filter((rows) => {
      const limits = rows.map((r) => r.limitValue * hours[r.limitUnit])
      return limits.some((h, i) => h < (limits[i - 1] ?? 0))
    })
    expect(disordered.map((rows) => rows[0]?.code)).toEqual([])
  })

  test('no class has two rows that a seat could not tell apart', () => {
    const twins = [...rowsOf.values()].filter((rows) => new Set(rows.map((r) => r.filingZh)).size < rows.length)
    expect(twins).toEqual([])
  })

  test('every minor class has everyday words in both languages', () => {
    expect(minors.filter((c) => !c.wordsZh.length || !c.wordsEn.length)).toEqual([])
  })

  test('[ONE-06] what is ours or of single cities is marked as an extension', () => {
    const extensions = (of: 'city' | 'demo'): string[] => minors.filter((c) => c.extension === of).map(keyOf)
    expect(extensions('demo')).toEqual(['component:0281', 'event:0189'])
    expect(extensions('city')).toEqual(expect.arrayContaining(['event:0192', 'event:0493', 'event:0496']))
  })
})

describe('the calendar', () => {
  const noon = (date: string): number => Date.parse(`${date}T12:00:00+08:00`)

  test('every shifted workday is a Saturday or Sunday, and lies in no holiday', () => {
    for (const year of pack.calendar.years) {
      for (const day of year.workdays) {
        expect([0, 6]).toContain(new Date(`${day}T00:00:00Z`).getUTCDay())
        expect(year.holidays.some((h) => h.from <= day && day <= h.to)).toBe(false)
      }
    }
  })

  test('Spring Festival 2026 rests nine days, and the Saturdays around it are worked', () => {
    const days = ['2026-02-13', '2026-02-14', '2026-02-15', '2026-02-23', '2026-02-24', '2026-02-28']
    expect(days.map((d) => isWorkday(pack.calendar, noon(d)))).toEqual([true, true, false, false, true, true])
  })

  test('only the year that nobody has announced is assumed', () => {
    expect(pack.calendar.years.filter((y) => y.assumed).map((y) => y.year)).toEqual([2027])
  })

  test('four working hours from Friday 16:30 end on Monday at 10:30', () => {
    const from = Date.parse('2026-05-15T16:30:00+08:00')
    const clock = workClock(pack.calendar, from - 7 * 86_400_000, from + 14 * 86_400_000)
    const due = clock.after(from, { value: 4, unit: 'WORK_HOUR' }, 1)
    expect(new Date(due).toISOString()).toBe('2026-05-18T02:30:00.000Z')
  })

  test('a working day that ends at closing time ends there, not at the next opening', () => {
    const from = Date.parse('2026-05-18T08:00:00+08:00')
    const clock = workClock(pack.calendar, from - 7 * 86_400_000, from + 14 * 86_400_000)
    expect(new Date(clock.after(from, { value: 1, unit: 'WORK_DAY' }, 1)).toISOString()).toBe(
      '2026-05-18T10:00:00.000Z',
    )
  })
})
