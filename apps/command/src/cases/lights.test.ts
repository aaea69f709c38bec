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

test('what was late in its disposal stays among the late, though a new clock runs', () => {
  expect(passes('red', { clock, overdue: true }, now)).toBe(true)
  expect(passes('red', { clock, overdue: false }, now)).toBe(false)
})

test('an open case never looks finished', () => {
  for (const status of statuses) if (isOpen(status)) expect(['ok', 'idle']).not.toContain(toneOf(status))
})
