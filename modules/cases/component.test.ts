/** A case about a 部件 says which one: chosen by the reporter, or proposed. */
import { sql } from '@pentad/platform/db'
import { toDegrees, toMetres } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { refuse } from '@pentad/platform/refusal'
import { testServer } from '@pentad/platform/testing'
import { beforeAll, expect, test } from 'vitest'
import { listCases, readCase, reportCase, takeStep } from './contract.ts'
import { cases } from './index.ts'
import { insideCell, layTestCity, personOf, pointIn } from './testing.ts'

const server = await testServer([cases])
const { db, as } = server
const here = pointIn(insideCell)
const off = (eastM: number) => {
  const { xM, yM } = toMetres([here.lon, here.lat])
  const [lon, lat] = toDegrees(xM + eastM, yM)
  return { lon, lat }
}
beforeAll(async () => {
  await layTestCity(db)
  await sql`insert into rulebook.class (scheme, version, kind, code, parent_code, name_zh, name_en) values
    ('GBT30428.2', '2013', 'component', '01', null, '公用设施', 'Utilities'),
    ('GBT30428.2', '2013', 'component', '0137', '01', '路灯', 'Street light'),
    ('GBT30428.2', '2013', 'component', '0305', '01', '垃圾箱', 'Litter bin')`.execute(db)
  const edition = newId()
  await sql`insert into geography.edition (id, at, kind) values (${edition}, now(), 'census')`.execute(db)
  const lay = async (id: string, eastM: number, maintainer: string | null) => {
    const { lon, lat } = off(eastM)
    const { xM, yM } = toMetres([lon, lat])
    await sql`insert into geography.component (id, name, cell_code, lon, lat, xy, state, maintainer_name, first_edition, edition)
      values (${id}, ${`灯${id.slice(-1)}`}, ${insideCell}, ${lon}, ${lat}, point(${xM}, ${yM}), 'intact', ${maintainer}, ${edition}, ${edition})`.execute(
      db,
    )
  }
  await lay('1101010137000001', 12, '路灯公司')
  await lay('1101010137000002', 25, null)
})

const report = async (more: object = {}) => {
  const who = await personOf(db, 'inspector', 'a-sup', ['110101'])
  const body = {
    kind: 'component',
    classCode: '0137',
    point: here,
    description: '灯不亮',
    source: 'inspector',
    at: new Date().toISOString(),
  } as const
  const { id } = await as(who)(reportCase, { body: { ...body, ...more } })
  return as(who)(readCase, { params: { id } })
}

test('the nearest of the class within 30 m is proposed, and says so [ONE-06]', async () => {
  expect((await report()).component).toEqual({
    id: '1101010137000001',
    name: '灯1',
    maintainer: '路灯公司',
    chosen: false,
  })
  expect((await report({ point: off(-40) })).component).toBeNull()
  expect((await report({ classCode: '0305' })).component).toBeNull()
})

test('the chosen one is kept, and its cases are found by it [ONE-06]', async () => {
  const chosen = await report({ componentId: '1101010137000002' })
  expect(chosen.component).toEqual({ id: '1101010137000002', name: '灯2', maintainer: null, chosen: true })
  const who = await personOf(db, 'acceptor', 'a-sup', ['110101'])
  const query = { queue: 'open', componentId: '1101010137000002' } as const
  expect((await as(who)(listCases, { query })).cases.map((c) => c.id)).toEqual([chosen.id])
})

test('an unknown component, or one of another class, is refused', async () => {
  const refused = (code: string) => ({ refusal: refuse(code, expect.anything() as never) })
  await expect(report({ componentId: '1101010137999999' })).rejects.toMatchObject(refused('cases/no-such-component'))
  await expect(report({ classCode: '0305', componentId: '1101010137000001' })).rejects.toMatchObject(
    refused('cases/component-other-class'),
  )
})

test('a case that is accepted as another class is no longer about that component', async () => {
  const { id } = await report()
  const who = await personOf(db, 'acceptor', 'a-sup', ['110101'])
  const at = new Date().toISOString()
  const { case: accepted } = await as(who)(takeStep, {
    params: { id },
    body: { step: 'accept', at, kind: 'component', classCode: '0305' },
  })
  expect(accepted.component).toBeNull()
})
