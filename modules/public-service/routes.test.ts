import { takeStep } from '@pentad/cases/contract'
import { addPhoto } from '@pentad/evidence/contract'
import { sql } from '@pentad/platform/db'
import { testServer } from '@pentad/platform/testing'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble } from '../cases/testing.ts'
import { followReport, propose, sendReport } from './contract.ts'

const { db, as, base, stranger } = await testServer(modules)
await layTestCity(db)
const seat = await personOf(db, 'acceptor', 'a-sup', ['110101'])
const point = pointIn(insideCell)
const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'grey' } })
  .jpeg()
  .toBuffer()
const photoId = async () => (await stranger(addPhoto, undefined, { file: picture, fileType: 'image/jpeg' })).id
const send = async (extra: object = {}) =>
  stranger(sendReport, {
    body: { ...rubble, point, pointBy: 'gps', text: '有渣土', photoIds: [await photoId()], ...extra },
  })
const lastCase = async () =>
  (await sql<{ id: string }>`select id from cases.case_file order by created_at desc limit 1`.execute(db)).rows[0]
    ?.id ?? ''

test('the page knows the place and the class before anything is sent, and says why [PUB-26] [PUB-07]', async () => {
  const { place, classes, handling } = await stranger(propose, { body: { point, text: '楼下一堆建筑垃圾没人管' } })
  expect(place.cell).toBe(insideCell)
  expect(classes[0]).toMatchObject({ code: '0111', why: { words: ['建筑垃圾'] } })
  expect(handling).toMatchObject({ unit: { 'zh-CN': 'a-street' }, limitValue: 2, limitUnit: 'WORK_HOUR' })
})

test('a reporter follows each stage by the code alone [PUB-16]', async () => {
  const { code } = await send()
  expect((await stranger(followReport, { params: { code } })).stage).toBe('received')
  const id = await lastCase()
  await as(seat)(takeStep, { params: { id }, body: { step: 'accept', at: new Date().toISOString() } })
  const seen = await stranger(followReport, { params: { code: code.toLowerCase().replace(/(.{4})/, '$1 ') } })
  expect(seen.stages.map((s) => s.stage)).toEqual(['received', 'accepted'])
  await expect(stranger(followReport, { params: { code: 'ZZZZZZZZZZ' } })).rejects.toMatchObject({
    refusal: { refused: 'public-service/no-such-code' },
  })
})

test('a neighbour joins an open case, keeps a code of their own and does not see the other’s photo [CMD-27]', async () => {
  const first = await send()
  const { nearby } = await stranger(propose, { body: { point, text: '渣土' } })
  const caseId = nearby[0]?.caseId ?? ''
  const second = await send({ joins: caseId, photoIds: [] })
  expect(second).toMatchObject({ joined: true })
  expect(second.code).not.toBe(first.code)
  const seen = await stranger(followReport, { params: { code: second.code } })
  expect(seen.others).toBeGreaterThan(0)
  expect(seen.photos).toEqual([])
})

test('a neighbour is shown the likeliest case first, and none that is long past for its class [CMD-27]', async () => {
  await sql`update cases.case_file set status = 'rejected'`.execute(db)
  const near = (metres: number) => ({ ...point, lat: point.lat + metres / 111_000 })
  const shown = async () => (await stranger(propose, { body: { point, text: '渣土' } })).nearby.map((n) => n.caseId)
  await send({ point: near(40) })
  const far = await lastCase()
  await send({ point: near(5) })
  const close = await lastCase()
  expect(await shown()).toEqual([close, far])
  await sql`update cases.case_file set reported_at = now() - interval '70 days' where id = ${far}`.execute(db)
  expect(await shown()).toEqual([close])
})

test('a file that is not a photo is refused, whatever it calls itself', async () => {
  const fake = stranger(addPhoto, undefined, { file: Buffer.from('<?php echo 1;'), fileType: 'image/jpeg' })
  await expect(fake).rejects.toMatchObject({ refusal: { refused: 'evidence/not-a-photo' }, status: 422 })
  const cut = stranger(addPhoto, undefined, { file: picture.subarray(0, picture.length / 2), fileType: 'image/jpeg' })
  await expect(cut).rejects.toMatchObject({ refusal: { refused: 'evidence/not-a-photo' } })
  const type = stranger(addPhoto, undefined, { file: Buffer.from('hello'), fileType: 'text/plain' })
  await expect(type).rejects.toMatchObject({ refusal: { refused: 'platform/wrong-type' }, status: 415 })
})

test('the same picture from the same sender is kept once [INF-13]', async () => {
  expect(await photoId()).toBe(await photoId())
})

test('a report with neither photo nor words is refused', async () => {
  await expect(send({ text: ' ', photoIds: [] })).rejects.toMatchObject({
    refusal: { refused: 'public-service/nothing-said' },
  })
})

test('a machine reports over Open311, in JSON and as a form, and reads it back in JSON and XML [PUB-11] [DUM-09]', async () => {
  const services = (await (await fetch(`${base}/open311/v2/services.json`)).json()) as { service_code: string }[]
  expect(services.map((s) => s.service_code)).toContain('event-0111')
  const body = {
    service_code: 'event-0111',
    lat: point.lat,
    long: point.lon,
    description: 'rubble <here> & there',
    external_id: 'x-1',
  }
  const post = (init: RequestInit) => fetch(`${base}/open311/v2/requests.json`, { method: 'POST', ...init })
  const json = await post({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  expect(json.status).toBe(201)
  const [made] = (await json.json()) as { service_request_id: string }[]
  const form = await post({
    body: new URLSearchParams(Object.entries(body).map(([k, v]): [string, string] => [k, String(v)])),
  })
  expect(await form.json()).toEqual([expect.objectContaining({ service_request_id: made?.service_request_id })])
  const read = await fetch(`${base}/open311/v2/requests/${made?.service_request_id}.xml`)
  expect(await read.text()).toContain('<description>rubble &lt;here&gt; &amp; there</description>')
  const listed = (await (await fetch(`${base}/open311/v2/requests.json?status=open`)).json()) as unknown[]
  expect(listed).toHaveLength(1)
  const far = await post({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, external_id: 'x-2', long: 121 }),
  })
  expect(await far.json()).toMatchObject({ code: 'geography/outside-city' })
})
