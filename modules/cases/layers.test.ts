/** Cases on tiles: who sees which, how soon, and which light. */
import { sql } from '@pentad/platform/db'
import { testServer } from '@pentad/platform/testing'
import { fetchTile } from '@pentad/platform/testing/tiles'
import { worldX, worldY } from '@pentad/platform/tiles'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { checkHung, hangItem, reportCase } from './contract.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble } from './testing.ts'

let now = new Date('2026-05-20T02:00:00Z')
const { db, as, base, cookieOf } = await testServer(modules, { clock: () => now })
await layTestCity(db)
const inspector = await personOf(db, 'inspector', 'a-sup', ['110101'])
const other = await personOf(db, 'inspector', 'b', ['110102'])
const neighbour = await personOf(db, 'auxiliary', 'a-street', ['110101002'], [])
/** A department that answers for a matter, wherever it is. */
const department = await personOf(db, 'unit_handler', 'b-street', [], ['b-street'])

const report = async (cell: string, who = inspector): Promise<string> =>
  (
    await as(who)(reportCase, {
      body: { ...rubble, point: pointIn(cell), description: '渣土', source: 'inspector', at: now.toISOString() },
    })
  ).id
/** The tile of a zoom around a cell. */
const tileAt = (z: number, cell = insideCell): string => {
  const { lon, lat } = pointIn(cell)
  return `${z}/${worldX(lon) >> (30 - z)}/${worldY(lat) >> (30 - z)}.mvt`
}
const idsIn = async (who: typeof inspector, path: string): Promise<unknown[]> =>
  (await fetchTile(base, path, cookieOf(who))).map((f) => f.properties.id)

test('a case is in the next tile after it was filed, for those whose area or unit it is, and for no one else [ONE-12]', async () => {
  expect(await idsIn(inspector, `cases/${tileAt(14)}`)).toEqual([])
  const id = await report(insideCell)
  for (const z of [10, 13, 14, 17]) expect(await idsIn(inspector, `cases/${tileAt(z)}`)).toEqual([id])
  for (const z of [10, 14]) {
    expect(await idsIn(other, `cases/${tileAt(z)}`)).toEqual([])
    expect(await idsIn(neighbour, `cases/${tileAt(z)}`)).toEqual([])
    expect(await idsIn(department, `cases/${tileAt(z)}`)).toEqual([])
  }
  await sql`update cases.case_file set lead_unit_id = 'b-street', xid = pg_current_xact_id() where id = ${id}`.execute(
    db,
  )
  for (const z of [10, 14]) expect(await idsIn(department, `cases/${tileAt(z)}`)).toEqual([id])
  expect(await idsIn(neighbour, `cases/${tileAt(14)}`)).toEqual([])
  await sql`update cases.case_file set status = 'rejected', xid = pg_current_xact_id() where id = ${id}`.execute(db)
  expect(await idsIn(inspector, `cases/${tileAt(14)}`)).toEqual([])
})

test('strangers and posts without the right get no tile of cases; the tile names no person [ONE-12]', async () => {
  const id = await report(insideCell)
  const admin = await personOf(db, 'sys_admin', 'city', [''])
  expect((await fetch(`${base}/tiles/cases/${tileAt(14)}`)).status).toBe(401)
  expect((await fetch(`${base}/tiles/cases/${tileAt(14)}`, { headers: { cookie: cookieOf(admin) } })).status).toBe(403)
  expect((await fetch(`${base}/tiles/cells/${tileAt(14)}?count=cases`)).status).toBe(401)
  const [feature] = await fetchTile(base, `cases/${tileAt(14)}`, cookieOf(inspector))
  expect(feature?.properties).toMatchObject({ id, classCode: '0111', className: '积存垃圾渣土' })
  expect(JSON.stringify(feature)).not.toMatch(/王小明|19900001234|张/)
})

test('the light turns by the clock, without anybody touching the case [ONE-12]', async () => {
  const id = await report(insideCell)
  await sql`update cases.case_file set status = 'disposing', clock_start = ${now}, urge_at = '2026-05-20T03:00:00Z', due = '2026-05-20T04:00:00Z',
    standard_id = (select id from rulebook.standard limit 1), lead_unit_id = 'a-street', xid = pg_current_xact_id() where id = ${id}`.execute(
    db,
  )
  const light = async (z: number): Promise<unknown> =>
    (await fetchTile(base, `cases/${tileAt(z)}`, cookieOf(inspector))).find((f) => f.properties.id === id)?.properties
      .state
  expect(await light(14)).toBe('green')
  now = new Date('2026-05-20T03:00:30Z')
  expect(await light(14)).toBe('yellow')
  now = new Date('2026-05-20T04:00:30Z')
  expect(await light(14)).toBe('red')
  expect(await light(11)).toBe('red')
  expect((await idsIn(inspector, `cases/${tileAt(14)}?only=yellow`)).includes(id)).toBe(false)
  expect((await idsIn(inspector, `cases/${tileAt(14)}?only=yellow,red`)).includes(id)).toBe(true)
})

test('cells are coloured by the cases in them that the caller may see [ONE-12]', async () => {
  const countIn = async (who: typeof inspector): Promise<unknown> =>
    (await fetchTile(base, `cells/${tileAt(15)}?count=cases`, cookieOf(who))).find(
      (f) => f.properties.id === insideCell,
    )?.properties.count
  const before = Number(await countIn(inspector))
  await report(insideCell)
  expect(await countIn(inspector)).toBe(before + 1)
  expect(await countIn(other)).toBe(0)
})

test('a black spot is on the map while it is hung, turns red when its day is past, and goes when it is cleared [FRM-30] [ONE-12]', async () => {
  const overseer = await personOf(db, 'overseer', 'a-cmd', ['110101'])
  now = new Date('2026-05-20T02:00:00Z')
  const { id } = await as(overseer)(hangItem, {
    body: {
      level: 'street',
      point: pointIn(insideCell),
      problem: '反复堆放建筑垃圾',
      unitId: 'a-street',
      due: '2026-05-21T00:00:00Z',
      passesNeeded: 1,
      daysNeeded: 0,
    },
  })
  const spot = async (who = inspector) =>
    (await fetchTile(base, `hung-items/${tileAt(14)}`, cookieOf(who))).find((f) => f.properties.id === id)?.properties
  expect(await spot()).toMatchObject({ state: 'hung', level: 'street', unit: 'a-street' })
  expect(await spot(other)).toBeUndefined()
  now = new Date('2026-05-21T00:00:30Z')
  expect(await spot()).toMatchObject({ state: 'late' })
  await as(inspector)(checkHung, { params: { id }, body: { passed: true, note: '干净', at: now.toISOString() } })
  expect(await spot()).toBeUndefined()
})

test('a tile that is the same is answered in no bytes, another caller never gets it from a cache [ONE-12]', async () => {
  await report(outsideCell, other)
  const ask = (who: typeof inspector, etag?: string) =>
    fetch(`${base}/tiles/cases/${tileAt(14)}`, {
      headers: { cookie: cookieOf(who), ...(etag ? { 'if-none-match': etag } : {}) },
    })
  const first = await ask(inspector)
  const etag = first.headers.get('etag') ?? ''
  expect(first.headers.get('cache-control')).toBe('private, no-cache')
  expect((await ask(inspector, etag)).status).toBe(304)
  expect((await ask(other, etag)).status).toBe(200)
  await report(insideCell)
  expect((await ask(inspector, etag)).status).toBe(200)
})
