import { addPersonRow, identity, putUnit } from '@pentad/identity'
import { permissionsOf } from '@pentad/identity/model'
import { Refused } from '@pentad/platform/client'
import { sql } from '@pentad/platform/db'
import { toDegrees } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import type { Actor } from '@pentad/platform/rights'
import { actorWith, testServer } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { geography } from '../index.ts'
import { locatorOf } from '../locator.ts'
import {
  assignDuty,
  cellsWithout,
  changeCell,
  checkedGrid,
  endDuty,
  gridAreas,
  gridCell,
  gridCells,
  listDutyGrids,
  mergeCells,
  reassignCells,
  splitCell,
  undoEdit,
} from './contract.ts'
import { cellAt, cellEndOf } from './queries.ts'
import { loadParts, smallCity, wordsSource } from './testing.ts'

let now = new Date('2026-11-20T00:00:00Z')
const server = await testServer([identity, geography], { clock: () => now })
const { db, pool } = server
const files = {
  ...smallCity,
  'areas/areas.csv': `${smallCity['areas/areas.csv']}110101002002,community,西二社区,110101002\n`,
  'grids/special-grids.csv': `scheme,code,name_zh,cells
公安警务网格,P1,一片区,110101001
公安警务网格,P2,二片区,110101002
社会服务网格,S1,服务一,110101001001001
`,
}
await loadParts(pool, wordsSource(files), now)

const adminId = newId()
const person = { id: adminId, login: 'admin', nameZh: '龙启明', nameEn: 'Long', phone: null, password: 'none' }
await addPersonRow(db, person as never)
await putUnit(db, {
  id: 'east',
  parentId: null,
  nameZh: '东街',
  nameEn: 'East',
  kind: 'street_office',
  axis: 'disposal',
  areaCode: '110101001',
})
const adminActor: Actor = {
  id: adminId,
  name: '龙启明',
  grants: [{ role: 'sys_admin', unitId: 'east', areas: ['110101'], units: ['east'], may: permissionsOf.sys_admin }],
}
const admin = server.as(adminActor)
const seat = server.as(actorWith({ may: permissionsOf.acceptor, areas: ['110101001'] }))

const at = (x: number, y: number): [number, number] => {
  const [lon, lat] = toDegrees(450_000 + x, 4_420_000 + y)
  return [lon, lat]
}
const place = async (x: number, y: number) => {
  const [lon, lat] = at(x, y)
  const found = (await locatorOf(db)).placeOf({ lon, lat })
  return 'cell' in found ? found.cell : found.refused
}
const refusal = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
  } catch (error) {
    if (error instanceof Refused) return error.refusal.refused
    throw error
  }
  return 'granted'
}
const [first, second, west] = ['110101001001001', '110101001001002', '110101002001001']
const later = (day: string): void => {
  now = new Date(`${day}T00:00:00Z`)
}
const versionOf = async (): Promise<string> =>
  (await sql<{ v: string }>`select version as v from geography.city`.execute(db)).rows[0]?.v ?? ''

describe('editing the grid', () => {
  test('who only reads base data cannot edit it, and nobody edits outside their area [DUM-08]', async () => {
    const body = { code: first, line: [at(50, -10), at(50, 110)] }
    expect(await refusal(seat(splitCell, { body }))).toBe('platform/not-allowed')
    const elsewhere = server.as(actorWith({ may: permissionsOf.sys_admin, areas: ['110102'] }, adminId))
    expect(await refusal(elsewhere(splitCell, { body }))).toBe('platform/not-allowed')
  })

  test('a line that does not cross the cell, or cuts off a sliver, is refused with a sentence [DUM-08]', async () => {
    const split = (line: [number, number][], code: string = first) =>
      refusal(admin(splitCell, { body: { code, line } }))
    expect(await split([at(50, -10), at(50, 60)])).toBe('geography/line-misses-cell')
    expect(await split([at(150, -10), at(150, 110)])).toBe('geography/line-misses-cell')
    expect(await split([at(0.5, -10), at(0.5, 110)])).toBe('geography/part-too-small')
    expect(await split([at(50, -10), at(50, 110)], '110101001001777')).toBe('geography/no-such-cell')
    const { rows } = await sql`select from geography.edition where kind = 'edit'`.execute(db)
    expect(rows).toEqual([])
  })

  test('a split cell ends under its code, its parts get numbers never given, and a point finds the part it lies in [DUM-08]', async () => {
    later('2026-11-22')
    const before = await versionOf()
    const { made, ended } = await admin(splitCell, {
      body: { code: first, line: [at(40, -10), at(40, 110)], note: '新路' },
    })
    expect([made, ended]).toEqual([['110101001001003', '110101001001004'], [first]])
    expect([await place(20, 50), await place(70, 50)]).toEqual(made)
    expect(await place(40, 50)).toMatch(/^11010100100100[34]$/)
    expect(await versionOf()).not.toBe(before)
    expect(await cellEndOf(db, first)).toEqual({ at: now, ending: 'split', replacedBy: made })
    // What lay there yesterday still lies in the old cell.
    expect(await cellAt(db, first, new Date('2026-11-21T12:00:00Z'))).toMatchObject({ code: first, validTo: now })
    const whole = await admin(gridCell, { params: { code: first }, query: {} })
    expect(whole.current).toBe(false)
    expect(whole.versions[0]).toMatchObject({ ending: 'split', replacedBy: made, to: now.toISOString() })
    const part = await admin(gridCell, { params: { code: made[0] ?? '' }, query: {} })
    expect(part.versions[0]?.edition).toMatchObject({ note: '新路', by: { 'zh-CN': '龙启明' }, kind: 'edit' })
    expect(part.areaM2).toBeCloseTo(4000, -1)
    expect((await admin(checkedGrid, { query: { within: '110101001' } })).faults).toEqual([])
  })

  test('the edit stands in the audit trail and in the news [DUM-08]', async () => {
    const { rows } = await sql<{
      act: string
      about: string
    }>`select act, about from identity.audit order by seq desc limit 1`.execute(db)
    expect(rows).toEqual([{ act: 'split-cell', about: first }])
    const news = await sql<{ about: { made: string[]; ended: string[] } }>`select about from platform.news
      where topic = 'geography.cells-changed' order by seq desc limit 1`.execute(db)
    expect(news.rows[0]?.about).toMatchObject({ ended: [first], made: ['110101001001003', '110101001001004'] })
  })

  test('the parts stand in the special grids of the cell they were [FRM-08]', async () => {
    const part = await admin(gridCell, { params: { code: '110101001001003' }, query: {} })
    expect(part.special.map((g) => g.code).sort()).toEqual(['P1', 'S1'])
    const old = await admin(gridCell, { params: { code: first }, query: { at: '2026-11-21T00:00:00Z' } })
    expect(old.special.map((g) => g.code).sort()).toEqual(['P1', 'S1'])
    const { schemes } = await seat(gridAreas, { query: {} })
    expect(schemes).toEqual([
      { scheme: '公安警务网格', grids: 2, without: 0 },
      { scheme: '社会服务网格', grids: 1, without: 2 },
    ])
    expect((await seat(cellsWithout, { query: { scheme: '社会服务网格' } })).cells).toEqual([second, west])
  })

  test('the grid of an earlier day is shown as it was [DUM-08]', async () => {
    const codes = async (day: string) =>
      (await seat(gridCells, { query: { within: '110101001', at: `${day}T00:00:00Z` } })).features.map(
        (f) => f.properties.code,
      )
    expect(await codes('2026-11-21')).toEqual([first, second])
    expect(await codes('2026-11-23')).toEqual([second, '110101001001003', '110101001001004'])
    const count = async (at: string) =>
      (await seat(gridAreas, { query: { at } })).areas.find((a) => a.code === '110101001')?.cells
    expect([await count('2026-11-21T00:00:00Z'), await count('2026-11-23T00:00:00Z')]).toEqual([2, 3])
  })

  test('only adjacent cells of one community and of the same special grids are merged [DUM-08] [FRM-08]', async () => {
    const merge = (codes: string[]) => refusal(admin(mergeCells, { body: { codes } }))
    expect(await merge([second])).toBe('geography/merge-needs-two')
    expect(await merge([second, west])).toBe('geography/merge-across-communities')
    expect(await merge(['110101001001003', second])).toBe('geography/not-adjacent')
    expect(await merge(['110101001001004', second])).toBe('geography/merge-across-grids')
    expect(await merge([first, second])).toBe('geography/no-such-cell')
    later('2026-11-23')
    const { made } = await admin(mergeCells, { body: { codes: ['110101001001003', '110101001001004'] } })
    expect(made).toEqual(['110101001001005'])
    expect(await place(40, 50)).toBe('110101001001005')
    expect((await cellEndOf(db, '110101001001003'))?.replacedBy).toEqual(made)
  })

  test('an edit is undone while nothing newer touched its cells; the old code is the same ground again [DUM-08]', async () => {
    const undoOf = async (code: string) => (await admin(gridCell, { params: { code }, query: {} })).undo
    const merged = await undoOf('110101001001005')
    const { rows } = await sql<{
      id: string
    }>`select edition as id from geography.cell_version where code = '110101001001003'`.execute(db)
    const splitting = rows[0]?.id ?? ''
    expect(await refusal(admin(undoEdit, { body: { edition: splitting } }))).toBe('geography/touched-since')
    later('2026-11-24')
    expect((await admin(undoEdit, { body: { edition: merged ?? '' } })).made).toEqual([
      '110101001001003',
      '110101001001004',
    ])
    expect(await place(20, 50)).toBe('110101001001003')
    // What the split made has versions of its own since; the way back goes by the undoing of the undoing.
    expect(await refusal(admin(undoEdit, { body: { edition: splitting } }))).toBe('geography/touched-since')
    const undone = await undoOf('110101001001003')
    expect((await admin(undoEdit, { body: { edition: undone ?? '' } })).made).toEqual(['110101001001005'])
    expect(
      (await admin(gridCell, { params: { code: '110101001001005' }, query: {} })).special.map((g) => g.code).sort(),
    ).toEqual(['P1', 'S1'])
  })

  test('cells go over only to a community that they lie beside, and get its numbers [DUM-08]', async () => {
    const give = (codes: string[], communityCode: string) => admin(reassignCells, { body: { codes, communityCode } })
    expect(await refusal(give(['110101001001005'], '110101002001'))).toBe('geography/not-beside-community')
    expect(await refusal(give([west], '110101002001'))).toBe('geography/already-there')
    expect(await refusal(give([west], '110101009009'))).toBe('geography/no-such-community')
    later('2026-11-25')
    const { made } = await give([second], '110101002001')
    expect(made).toEqual(['110101002001002'])
    expect(await place(150, 50)).toBe('110101002001002')
    // A community without cells takes its first from anywhere.
    expect((await give([west], '110101002002')).made).toEqual(['110101002002001'])
  })

  test('what is said of a cell has versions too, and saying the same again makes none [ONE-06]', async () => {
    const attributes = { grade: '一级', responsible: '东街街道办事处' }
    await admin(changeCell, { body: { code: '110101001001005', attributes } })
    expect(await refusal(admin(changeCell, { body: { code: '110101001001005', attributes } }))).toBe(
      'geography/nothing-changed',
    )
    const cell = await seat(gridCell, { params: { code: '110101001001005' }, query: {} })
    expect(cell).toMatchObject({ ...attributes, landUse: null, current: true })
    expect(cell.versions.at(-2)?.ending).toBe('change')
  })

  test('two who split the same cell at once: one does, the other is told that it is gone [DUM-08]', async () => {
    const code = '110101002002001'
    const line = (x: number) => [at(x, -10), at(x, 110)]
    const both = await Promise.all([240, 260].map((x) => refusal(admin(splitCell, { body: { code, line: line(x) } }))))
    expect(both.sort()).toEqual(['geography/no-such-cell', 'granted'])
  })
})

describe('duty grids', () => {
  const assign = (body: object) =>
    admin(assignDuty, { body: { name: '东街一号', validFrom: '2026-11-01', ...body } as never })

  test('adjacent cells are given to people or a unit for a period, under the next number of the street [DUM-08]', async () => {
    const east = ['110101001001005']
    expect(await refusal(assign({ cells: ['110101001001005', '110101002002002'], unitId: 'east' }))).toBe(
      'geography/duty-not-adjacent',
    )
    expect(await refusal(assign({ cells: east }))).toBe('geography/duty-needs-holder')
    expect(await refusal(assign({ cells: east, logins: ['nobody'] }))).toBe('geography/no-such-login')
    const { code } = await assign({ cells: east, logins: ['admin'], validTo: '2026-11-30' })
    expect(code).toBe('110101001G001')
    expect(await refusal(assign({ code, cells: east, unitId: 'east' }))).toBe('geography/duty-held')
    await assign({ code, cells: east, unitId: 'east', validFrom: '2026-12-01' })
    const on = async (day: string) =>
      (await seat(listDutyGrids, { query: { day } })).grids.map((g) => [g.code, g.unit, g.people.map((p) => p.login)])
    expect(await on('2026-11-15')).toEqual([[code, null, ['admin']]])
    expect(await on('2026-12-15')).toEqual([[code, 'east', []]])
    expect(await on('2026-10-01')).toEqual([])
  })

  test('when a cell of a duty grid is split its parts take its place [DUM-08]', async () => {
    const { made } = await admin(splitCell, { body: { code: '110101001001005', line: [at(-10, 50), at(110, 50)] } })
    const { grids } = await seat(listDutyGrids, { query: { cell: made[0] ?? '' } })
    expect(grids.map((g) => g.cells)).toEqual([made, made])
  })

  test('a duty grid ends on a day and is still in the list of that day [DUM-08]', async () => {
    const [grid] = (await seat(listDutyGrids, { query: { day: '2026-12-15' } })).grids
    await admin(endDuty, { body: { id: grid?.id ?? '', lastDay: '2026-12-20' } })
    const on = async (day: string) => (await seat(listDutyGrids, { query: { day } })).grids.length
    expect([await on('2026-12-20'), await on('2026-12-21')]).toEqual([1, 0])
  })
})
