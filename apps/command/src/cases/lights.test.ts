import { isOpen, statuses } from '@pentad/cases/model'
import { expect, test } from 'vitest'
import { lightOf, passes, toneOf } from './lights.ts'

const now = new Date('2026-05-21T00:00:00Z')
const clock = { urgeAt: '2026-05-20T23:50:00Z', due: '2026-05-21T00:10:00Z' }

test('a case is yellow from its urge on, red after its deadline, and at rest without a clock', () => {
  expect(lightOf({ clock: null }, now)).toBe('rest')
  expect(lightOf({ clock }, new Date('2026-05-20T23:49:59Z'))).toBe('green')
  expect(lightOf({ clock }, now)).toBe('yellow')
  expect(lightOf({ clock }, new Date('2026-05-21T00:10:01Z'))).toBe('red')
})

test('the late are those whose disposal is late and still runs, as the figure counts them', () => {
  const disposing = { clock, status: 'disposing' as const }
  expect(passes('red', { ...disposing, overdue: true }, now)).toBe(true)
  expect(passes('red', { ...disposing, status: 'checking', overdue: true }, now)).toBe(false)
  expect(passes('yellow', { ...disposing, overdue: false }, now)).toBe(true)
  expect(passes('yellow', { ...disposing, overdue: true }, now)).toBe(false)
})

test('an open case never looks finished', () => {
  for (const status of statuses) if (isOpen(status)) expect(['ok', 'idle']).not.toContain(toneOf(status))
})
