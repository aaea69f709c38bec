import { expect, test } from 'vitest'
import { isCapped, tabs } from './queues.ts'

test('empty queues take no room, but the open one stays in sight', () => {
  expect(tabs({ dispatch: 3, filing: 0 }, 'mine')).toEqual(['mine', 'dispatch', 'open'])
  expect(tabs({}, 'checking')).toEqual(['mine', 'checking', 'open'])
  expect(tabs({}, 'closed')).toEqual(['mine', 'open', 'closed'])
})

test('a count that was cut off says so', () => {
  expect(isCapped('closed', 1000)).toBe(true)
  expect(isCapped('closed', 999)).toBe(false)
  expect(isCapped('open', 5000)).toBe(false)
})
