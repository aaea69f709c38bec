import { expect, test } from 'vitest'
import { addressFrom, queryOf } from './address.ts'

test('an address that was sent to a colleague shows the same components [DUM-08]', () => {
  const query = {
    class: '0137',
    within: '110101009',
    state: 'damaged',
    flaw: 'old',
    q: '灯',
    component: '1101010137000001',
    tab: 'quality',
  }
  expect(queryOf(addressFrom(query))).toEqual(query)
  expect(queryOf(addressFrom({}))).toEqual({})
})

test('an address with nonsense shows everything instead of nothing', () => {
  expect(addressFrom({ class: 'x', within: '1', state: 'bent', component: '12', flaw: ['old'] })).toEqual({
    filter: {},
    chosen: null,
    tab: 'list',
  })
})
