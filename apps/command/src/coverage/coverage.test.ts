import { coverageSpans, lookers } from '@pentad/sensing/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressFrom, addressQuery, ageOf, ages, tints, unseenOf } from './coverage.ts'

const digits = (n: number) => fc.stringMatching(new RegExp(`^\\d{${n}}$`))

test('what the page of coverage shows stands in its address, and nonsense in it is left out [SEN-14]', () => {
  const address = fc.record({
    span: fc.constantFrom(...coverageSpans),
    within: fc.oneof(fc.constant(''), digits(6), digits(9)),
    tint: fc.constantFrom(...tints),
    cell: fc.option(digits(15)),
    waiting: fc.boolean(),
    view: fc.constant(null),
  })
  fc.assert(
    fc.property(address, (a) => {
      expect(addressFrom(addressQuery(a))).toEqual(a)
    }),
  )
  expect(addressFrom({ span: 'ever', area: '11', cell: 'x', by: '1' })).toEqual(addressFrom({}))
})

test('a look is never younger in its step than one before it, and what was never looked at comes last [SEN-14]', () => {
  const now = new Date('2026-05-21T08:00:00Z')
  const at = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString()
  expect([0, 0.9, 1, 4, 24, 167, 168, 5000].map((h) => ageOf(at(h), now))).toEqual([
    ...['hour', 'hour', 'four', 'day', 'week', 'week', 'older', 'older'],
  ])
  expect(ageOf(null, now)).toBe('never')
  const hours = fc.double({ min: 0, max: 9000, noNaN: true })
  fc.assert(
    fc.property(hours, hours, (a, b) => {
      const [young, old] = [Math.min(a, b), Math.max(a, b)]
      expect(ages.indexOf(ageOf(at(young), now))).toBeLessThanOrEqual(ages.indexOf(ageOf(at(old), now)))
    }),
  )
})

test('cells that nobody looked at: longest unseen first, and of those the ones where more waits [SEN-14]', () => {
  const cell = fc.record({
    code: digits(15),
    by: fc.constantFrom(...lookers),
    lastAt: fc.option(fc.constantFrom('2026-05-21T01:00:00.000Z', '2026-05-20T01:00:00.000Z')),
    sites: fc.nat(2),
  })
  fc.assert(
    fc.property(fc.uniqueArray(cell, { selector: (c) => c.code }), fc.boolean(), (cells, waiting) => {
      const cases = cells.map((c, i) => ({ code: c.code, open: i % 3, overdue: i % 3 === 2 ? 1 : 0 }))
      const listed = unseenOf(cells, cases, waiting)
      expect(listed.every((c) => c.by === 'none' && (!waiting || c.open + c.sites > 0))).toBe(true)
      if (!waiting) expect(listed).toHaveLength(cells.filter((c) => c.by === 'none').length)
      listed.slice(1).forEach((c, i) => {
        const before = listed[i]
        expect((before?.lastAt ?? '') <= (c.lastAt ?? '')).toBe(true)
        if (before && before.lastAt === c.lastAt) expect(before.overdue).toBeGreaterThanOrEqual(c.overdue)
      })
    }),
  )
})
