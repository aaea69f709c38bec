import { expect, test } from 'vitest'
import { stepSeconds, stopAt } from './rotation.ts'

test('INF-07 the wall goes round by itself: every urgent case comes up, and the city in between', () => {
  const seen = Array.from({ length: 12 }, (_, i) => stopAt(new Date(i * stepSeconds * 1000), 3))
  expect(seen).toEqual([0, 1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 3])
})

test('a calm night shows the city', () => {
  expect(stopAt(new Date(), 0)).toBe(0)
})
