import { expect, test } from 'vitest'
import { bulkOffers } from './bulk.ts'

test('a step is offered for exactly those of the chosen cases that allow it', () => {
  const chosen = [
    { id: 'a', mySteps: ['accept', 'refuse'] as never[] },
    { id: 'b', mySteps: ['close'] as never[] },
    { id: 'c', mySteps: ['accept'] as never[] },
    { id: 'd', mySteps: [] },
  ]
  expect(bulkOffers(chosen).map(({ step, lines }) => [step, lines.map((l) => l.id)])).toEqual([
    ['accept', ['a', 'c']],
    ['close', ['b']],
  ])
})

test('what needs a look at each case is not done in bulk', () => {
  expect(bulkOffers([{ id: 'a', mySteps: ['refuse', 'merge', 'fail_check', 'ask_void'] }])).toEqual([])
})
