import { permissionsOf } from '@pentad/identity/model'
import { expect, test } from 'vitest'
import { firstPage, openPages, pageAt, railOf, siblingsOf } from './pages.ts'

test('administrators are shown devices and people, never cases', () => {
  expect(openPages(permissionsOf.sys_admin).map((p) => p.name)).toEqual([
    'alarms',
    'devices',
    'ledgers',
    'data',
    'packs',
    'people',
  ])
  expect(openPages(permissionsOf.auditor).map((p) => p.name)).toEqual(['people', 'audit'])
})

test('everyone begins at the first page that their posts open', () => {
  expect(firstPage(permissionsOf.dispatcher)).toBe('/command/')
  expect(firstPage(permissionsOf.sec_admin)).toBe('/command/people')
  expect(firstPage([])).toBe('/command/none')
})

test('pages of a group share one place in the rail and show one another above the page', () => {
  const may = ['operations.load-pack', 'identity.read-people']
  expect(railOf(may).map((p) => p.label)).toEqual(['base', 'people'])
  expect(siblingsOf(pageAt('/command/packs'), may).map((p) => p.name)).toContain('packs')
  expect(siblingsOf(pageAt('/command/people'), may)).toEqual([])
})
