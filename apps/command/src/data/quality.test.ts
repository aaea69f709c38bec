import { expect, test } from 'vitest'
import { aspectShare, honest, linePoints, shareOf, toneOf } from './quality.ts'

test('a share weighs every record alike, and says nothing of nothing [ONE-09]', () => {
  expect(
    shareOf([
      { total: 90, bad: 0 },
      { total: 10, bad: 5 },
    ]),
  ).toBe(0.95)
  expect(shareOf([{ total: 0, bad: 0 }])).toBeNull()
  const checks = [{ id: 'a', aspect: 'unique', total: 4, bad: 1 }] as never
  expect(aspectShare({ checks }, 'unique')).toBe(0.75)
  expect(aspectShare({ checks }, 'placed')).toBeNull()
})

test('nothing is said to hold wholly while one record does not', () => {
  expect(honest(0.99999)).toBe(0.999)
  expect(honest(1)).toBe(1)
  expect([toneOf(1), toneOf(0.95), toneOf(0.5), toneOf(null)]).toEqual(['ok', 'warn', 'bad', 'idle'])
})

test('a trend is drawn from two runs on, best at the top', () => {
  expect(linePoints([1], 60, 20)).toBe('')
  expect(linePoints([0.5, null, 1], 60, 20)).toBe('0.0,20.0 60.0,0.0')
})
