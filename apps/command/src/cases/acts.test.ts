import { stepNames } from '@pentad/cases/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asks, keyedActs, keyOf, primaryStep } from './acts.ts'

test('CMD-12 a dispatcher sends the proposed unit with one digit', () => {
  expect(keyedActs(['dispatch', 'return_to_file'], ['u1', 'u2'])).toEqual([
    { kind: 'unit', unitId: 'u1' },
    { kind: 'unit', unitId: 'u2' },
    { kind: 'step', step: 'return_to_file' },
  ])
})

test('the step that moves the case on comes first', () => {
  expect(primaryStep(['send_back', 'decline', 'file'])).toBe('file')
  expect(keyOf(keyedActs(['refuse', 'accept'], []), 'accept')).toBe('1')
})

test('while proposals are still loading, 1 opens the dispatch and sends nothing', () => {
  expect(keyedActs(['dispatch'], [])[0]).toEqual({ kind: 'step', step: 'dispatch' })
})

test('accepting asks for the class, because a proposed one is not confirmed', () => {
  expect(asks('accept')).toEqual(['class'])
})

test('there are never more acts than digits, and no act twice', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...stepNames)), fc.uniqueArray(fc.string()), (mySteps, units) => {
      const acts = keyedActs(mySteps, units).map((a) => JSON.stringify(a))
      expect(acts.length).toBeLessThanOrEqual(9)
      expect(new Set(acts).size).toBe(acts.length)
    }),
  )
})
