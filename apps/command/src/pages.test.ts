import { permissionsOf } from '@pentad/identity/model'
import { expect, test } from 'vitest'
import { firstPage, openPages, pageAt, railOf, siblingsOf } from './pages.ts'

test('administrators are shown devices, people and the city as data, never cases', () => {
  const shown = openPages(permissionsOf.sys_admin).map((p) => p.name)
  expect(shown).toEqual(expect.arrayContaining(['devices', 'people', 'packs', 'grid']))
  expect(shown).not.toEqual(expect.arrayContaining(['cases']))
  expect(shown).not.toEqual(expect.arrayContaining(['situation']))
  const auditor = openPages(permissionsOf.auditor).map((p) => p.name)
  expect(auditor.slice(0, 2)).toEqual(['people', 'audit'])
  expect(auditor).not.toContain('packs')
})

test('everyone begins at the first page that their posts open', () => {
  expect(firstPage(permissionsOf.dispatcher)).toBe('/command/')
  expect(firstPage(permissionsOf.sec_admin)).toBe('/command/people')
  expect(firstPage([])).toBe('/command/none')
})

test('pages of a group share one place in the rail and show one another above the page', () => {
  const may = ['operations.load-pack', 'identity.read-people']
  expect(railOf(may).map((p) => p.label)).toEqual(['people', 'base'])
  expect(siblingsOf(pageAt('/command/packs'), may).map((p) => p.name)).toContain('packs')
  expect(siblingsOf(pageAt('/command/people'), may)).toEqual([])
})
