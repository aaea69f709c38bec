import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, entrySorts, filterFrom, findingFilters } from './filter.ts'

test('a filter in an address comes back as it was sent [ONE-07]', () => {
  const filter = fc.record({
    q: fc.string({ maxLength: 80 }),
    state: fc.stringMatching(/^[a-z]{0,10}$/),
    street: fc.constantFrom('', '110101001'),
    overdue: fc.boolean(),
    finding: fc.constantFrom('' as const, ...findingFilters),
    retired: fc.boolean(),
    sort: fc.constantFrom(...entrySorts),
  })
  fc.assert(
    fc.property(filter, (f) => {
      expect(filterFrom(addressOf(f, null))).toEqual(f)
    }),
  )
})

test('nonsense in an address shows the whole ledger instead', () => {
  expect(addressOf(filterFrom({ street: 'x', finding: 'y', sort: ['z'], overdue: 'yes' }), null)).toEqual({})
})
