import { permissionsOf } from '@pentad/identity/model'
import { expect, test } from 'vitest'
import { firstPage, openPages } from './pages.ts'

test('administrators are shown devices and people, never cases', () => {
  expect(openPages(permissionsOf.sys_admin).map((p) => p.name)).toEqual(['alarms', 'devices', 'grid', 'people'])
  expect(openPages(permissionsOf.auditor).map((p) => p.name)).toEqual(['people', 'audit'])
})

test('everyone begins at the first page that their posts open', () => {
  expect(firstPage(permissionsOf.dispatcher)).toBe('/command/')
  expect(firstPage(permissionsOf.sec_admin)).toBe('/command/people')
  expect(firstPage([])).toBe('/command/none')
})
