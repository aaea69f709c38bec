import { queues } from '@pentad/cases/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listFrom, listQuery, situationFrom, situationQuery } from './address.ts'
import { lightFilters } from './cases/lights.ts'

const selected = fc.option(fc.record({ kind: fc.constantFrom('case' as const, 'alarm' as const), id: fc.uuid() }), {
  nil: null,
})

test('a colleague who opens the address sees the same queue, the same case and the same piece of map', () => {
  fc.assert(
    fc.property(fc.constantFrom(...queues), selected, fc.constantFrom(...lightFilters), (queue, chosen, light) => {
      const situation = { queue, selected: chosen, view: { lon: 116.4, lat: 39.93, zoom: 13.2 }, light }
      expect(situationFrom(situationQuery(situation))).toEqual(situation)
    }),
  )
})

test('the usual situation needs no words in the address', () => {
  expect(situationQuery(situationFrom({}))).toEqual({})
  expect(listQuery(listFrom({}))).toEqual({})
})

test('an address that was mistyped opens the usual situation', () => {
  expect(situationFrom({ queue: 'nowhere', case: 'drop table', map: 'x' })).toEqual(situationFrom({}))
})
