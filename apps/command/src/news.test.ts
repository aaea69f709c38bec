import { expect, test } from 'vitest'
import { toAsk } from './news.ts'

test('news of a case ask again for its lists, its figures and itself, and for nothing else', () => {
  expect(toAsk({ topic: 'case', about: { id: 'c1', version: 4 } })).toEqual([
    ['cases', 'list'],
    ['cases', 'map'],
    ['cases', 'figures'],
    ['cases', 'one', 'c1'],
    ['cases', 'units', 'c1'],
    ['cases', 'duplicates', 'c1'],
    ['cases', 'ties', 'c1'],
  ])
})

test('news that this desk does not know are passed over', () => {
  expect(toAsk({ topic: 'weather', about: {} })).toEqual([])
})
