import { inTransaction, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal } from '@pentad/platform/refusal'
import { testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { sendReport } from '../public-service/contract.ts'
import { reportCase } from './contract.ts'
import { intake } from './intake.ts'
import { type Source, sourceLetter, sources } from './model/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble } from './testing.ts'

const { db, as, base, stranger } = await testServer(modules)
await layTestCity(db)
const inspector = await personOf(db, 'inspector', 'a-sup', ['110101'])
const point = pointIn(insideCell)
const order = (source: Source, sourceNo: string) => {
  const now = new Date()
  return {
    ...rubble,
    source,
    sourceNo,
    point,
    text: `${source} 渣土`,
    at: now,
    now,
    actorId: 'x',
    original: { source, raw: [sourceNo, 1] },
  }
}
const take = (source: Source, sourceNo: string) => inTransaction(db, (tx) => intake(tx, order(source, sourceNo)))
const reports = async (source: Source, sourceNo: string) =>
  (
    await sql<{
      caseId: string
      original: unknown
    }>`select case_id as "caseId", original from cases.report where source = ${source} and source_no = ${sourceNo}`.execute(
      db,
    )
  ).rows

test('every source comes in by one door, keeps its own message, and its number again is the same case [CMD-26] [DUM-02] [FRM-13] [SEN-27]', async () => {
  for (const source of sources) {
    const no = `N-${source}`
    const first = await take(source, no)
    if (isRefusal(first)) throw new Error(first.refused)
    expect(first.no).toContain(`-${sourceLetter[source]}-`)
    expect(await take(source, no)).toEqual(first)
    expect(await reports(source, no)).toEqual([{ caseId: first.caseId, original: { source, raw: [no, 1] } }])
  }
  // The number is the source's own: two sources may give the same one.
  expect(await take('hotline', 'N-utility')).not.toEqual(await take('utility', 'N-utility'))
})

test('the same number that arrives many times at one moment is one case, and everybody is told it [CMD-26]', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => take('transfer', 'T-1')))
  expect(new Set(all.map((t) => JSON.stringify(t))).size).toBe(1)
  expect(await reports('transfer', 'T-1')).toHaveLength(1)
})

test('a replay of a report that joined a case says that it joined, and joins it once [CMD-26] [CMD-27]', async () => {
  const first = await take('hotline', 'J-0')
  if (isRefusal(first)) throw new Error(first.refused)
  const again = () => inTransaction(db, (tx) => intake(tx, { ...order('hotline', 'J-1'), joins: first.caseId }))
  expect(await again()).toMatchObject({ caseId: first.caseId, joined: true })
  expect(await again()).toMatchObject({ caseId: first.caseId, joined: true })
  const { rows } = await sql`select reports from cases.case_file where id = ${first.caseId}`.execute(db)
  expect(rows).toEqual([{ reports: 2 }])
})

test('a seat registers an order under its number; a colleague who registers it too gets the same case [CMD-26]', async () => {
  const seat = await personOf(db, 'acceptor', 'a-sup', ['110101'])
  const colleague = await personOf(db, 'acceptor', 'a-sup', ['110101'])
  for (const source of ['hotline', 'transfer', 'utility', 'opinion', 'uav', 'self_check', 'instruction'] as const) {
    const at = new Date().toISOString()
    const body = { ...rubble, point, description: '渣土', source, at, sourceNo: `12345-${source}` }
    const first = await as(seat)(reportCase, { body })
    expect(await as(colleague)(reportCase, { body: { ...body, description: '又一次' } })).toEqual(first)
    expect(await reports(source, body.sourceNo)).toMatchObject([
      { caseId: first.id, original: { description: '渣土' } },
    ])
  }
})

test('a phone that sends its report again in other words is told of the one case that there is [CMD-26]', async () => {
  const body = { id: newId(), ...rubble, point, description: '一', at: new Date().toISOString() }
  const first = await as(inspector)(reportCase, { body: { ...body, source: 'inspector' } })
  expect(await as(inspector)(reportCase, { body: { ...body, source: 'patrol' } })).toEqual(first)
})

test('a citizen’s page and an Open311 client are answered with the same report again [CMD-26] [PUB-11]', async () => {
  const key = newId()
  const body = { ...rubble, point, pointBy: 'gps' as const, text: '有渣土', photoIds: [] }
  const first = await stranger(sendReport, { body }, { key })
  // Long afterwards the platform has forgotten the command; the report has not.
  await sql`delete from platform.command where key = ${key}`.execute(db)
  expect(await stranger(sendReport, { body }, { key })).toEqual(first)
  const post = async () => {
    const form = new URLSearchParams({
      service_code: 'event-0111',
      lat: `${point.lat}`,
      long: `${point.lon}`,
      description: 'x',
      external_id: 'E-1',
    })
    const reply = await fetch(`${base}/open311/v2/requests.json`, { method: 'POST', body: form })
    return ((await reply.json()) as { service_request_id: string }[])[0]?.service_request_id
  }
  const ids = await Promise.all([post(), post(), post()])
  expect(new Set(ids).size).toBe(1)
})
