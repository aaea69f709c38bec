import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantOf, localOf } from './local.ts'

test('what a field of date and time holds is the city’s clock, to the minute, wherever the browser stands', () => {
  expect(localOf(new Date('2026-05-20T23:30:00Z'))).toBe('2026-05-21T07:30')
  expect([instantOf(''), instantOf('morning')]).toEqual([null, null])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000_000 }), (minute) => {
      const at = new Date(minute * 60_000)
      expect(instantOf(localOf(at))).toEqual(at)
    }),
  )
})
