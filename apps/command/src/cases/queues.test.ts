import { expect, test } from 'vitest'
import { tabs } from './queues.ts'

test('empty queues take no room, but the open one stays in sight', () => {
  expect(tabs({ dispatch: 3, filing: 0 }, 'mine')).toEqual(['mine', 'dispatch', 'open'])
  expect(tabs({}, 'checking')).toEqual(['mine', 'checking', 'open'])
  expect(tabs({}, 'closed')).toEqual(['mine', 'open', 'closed'])
})
