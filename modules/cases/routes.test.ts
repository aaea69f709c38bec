import { addPhoto } from '@pentad/evidence/contract'
import { permissionsOf } from '@pentad/identity/model'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { actorWith, race, testServer } from '@pentad/platform/testing'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { listCases, proposeUnits, pullCases, readCase, reportCase, takeStep, unmaskReporters } from './contract.ts'
import type { StepName } from './model/index.ts'
import { trailOf } from './queries/index.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble, rubbleStandard } from './testing.ts'
import { brokenAt } from './trail.ts'

const { db, as, base, stranger } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
const handler = await personOf(db, 'unit_handler', 'a-street', [], ['a-street'])
const elsewhere = await personOf(db, 'dispatcher', 'b', ['110102'])

const photo = async (shade: number): Promise<string> => {
  const file = await sharp({ create: { width: 40, height: 30, channels: 3, background: { r: shade, g: 90, b: 10 } } })
    .jpeg()
    .toBuffer()
  return (await as(handler)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
}
const report = async (cell: string = insideCell) =>
  as(inspector)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(cell),
      description: '一堆渣土',
      source: 'inspector',
      at: new Date().toISOString(),
      reporter: { name: '王小明', phone: '19900001234' },
    },
  })
type Extra = Partial<Parameters<ReturnType<typeof as>>[1]> & Record<string, unknown>
const take = (who: typeof seat, id: string, step: StepName, extra: Extra = {}) =>
  as(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })

/** Up to and with the given step, by the right people. */
async function advance(id: string, until: StepName): Promise<void> {
  const path: [typeof seat, StepName, Extra?][] = [
    [seat, 'accept'],
    [shift, 'file', { standardId: rubbleStandard }],
    [dispatcher, 'dispatch', { unitId: 'a-street' }],
    [handler, 'sign'],
    [handler, 'report_done', { photoIds: [await photo(1)] }],
    [dispatcher, 'send_check'],
    [inspector, 'pass_check', { photoIds: [await photo(2)] }],
    [shift, 'close'],
  ]
  for (const [who, step, extra] of path) {
    await take(who, id, step, extra)
    if (step === until) return
  }
}

test('a case goes from report to closing through five posts, and its trail holds together [CMD-19] [CMD-20]', async () => {
  const { id } = await report()
  await advance(id, 'close')
  const whole = await as(shift)(readCase, { params: { id } })
  expect(whole.status).toBe('closed')
  expect(whole.trail.map((e) => e.act)).toEqual([
    'report',
    'accept',
    'file',
    'dispatch',
    'sign',
    'report_done',
    'send_check',
    'pass_check',
    'close',
  ])
  expect(brokenAt(await trailOf(db, id))).toBeUndefined()
  expect(whole.reportsMade[0]?.reporter).toEqual({ name: '王**', phone: '199****1234' })
})

test('a changed entry of a trail is found', async () => {
  const { id } = await report()
  await advance(id, 'dispatch')
  const trail = await trailOf(db, id)
  expect(brokenAt(trail.map((e) => (e.seq === 2 ? { ...e, reason: 'other' } : e)))).toBe(2)
  await expect(sql`update cases.event set reason = 'x' where case_id = ${id}`.execute(db)).rejects.toThrow(
    /append-only/,
  )
})

test('two people take the same step at once: one wins, the other is told why, and nothing is half done', async () => {
  const other = await personOf(db, 'acceptor', 'a-sup', a)
  const { id } = await report()
  const results = await race(db, sql`select from cases.case_file where id = ${id} for update`, [
    () => take(seat, id, 'accept'),
    () => take(other, id, 'accept'),
  ])
  expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(results.find((r) => r.status === 'rejected')).toMatchObject({
    reason: { refusal: { refused: 'cases/wrong-status' }, status: 409 },
  })
  expect((await trailOf(db, id)).map((e) => e.act)).toEqual(['report', 'accept'])
})

test('the same command sent twice at once is carried out once and answered twice', async () => {
  const { id } = await report()
  const key = newId()
  const at = new Date().toISOString()
  const send = () => as(seat)(takeStep, { params: { id }, body: { step: 'accept', at } }, { key })
  // Both callers are the same person with the same key.
  const [first, second] = await Promise.all([send(), send()])
  expect(second).toEqual(first)
  expect(await trailOf(db, id)).toHaveLength(2)
  await expect(
    as(seat)(takeStep, { params: { id }, body: { step: 'refuse', at, reason: 'x' } }, { key }),
  ).rejects.toMatchObject({ refusal: { refused: 'platform/key-reused' } })
})

test('nobody sees or moves a case outside their area and unit', async () => {
  const { id } = await report()
  await expect(as(elsewhere)(readCase, { params: { id } })).rejects.toMatchObject({ status: 404 })
  await expect(take(elsewhere, id, 'dispatch', { unitId: 'b-street' })).rejects.toMatchObject({ status: 404 })
  expect((await as(elsewhere)(listCases, { query: { queue: 'open' } })).cases.map((c) => c.id)).not.toContain(id)
  await expect(stranger(readCase, { params: { id } })).rejects.toMatchObject({ status: 401 })
})

test('the unit sees a case only once it has been dispatched to it, and its phone is told when it is gone [CMD-23]', async () => {
  const { id } = await report()
  await advance(id, 'file')
  const before = await as(handler)(pullCases, { query: {} })
  expect(before.cases.map((c) => c.id)).not.toContain(id)
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
  const next = await as(handler)(pullCases, { query: { since: before.next } })
  expect(next.cases.map((c) => c.id)).toContain(id)
  await take(handler, id, 'sign')
  await take(handler, id, 'report_done', { photoIds: [await photo(3)] })
  const last = await as(handler)(pullCases, { query: { since: next.next } })
  expect(last.gone).toContain(id)
})

test('a case filed on Friday evening is due by the working clock, and rework does not reset it', async () => {
  const { id } = await report()
  await advance(id, 'send_check')
  const { due } = await as(shift)(readCase, { params: { id } })
  await take(inspector, id, 'fail_check', { photoIds: [await photo(4)], reason: '还在' })
  await take(dispatcher, id, 'dispatch_again')
  const again = await as(shift)(readCase, { params: { id } })
  expect(again).toMatchObject({ status: 'pending_sign', due, reworkCount: 1 })
  // It wakes for whatever comes first: here the limit of signing for it.
  const { rows } = await sql<{
    wakeAt: Date
    stageDue: Date
  }>`select wake_at as "wakeAt", stage_due as "stageDue" from cases.case_file where id = ${id}`.execute(db)
  expect(rows).toMatchObject([{ wakeAt: expect.any(Date) }])
  expect(rows[0]).toEqual({ wakeAt: rows[0]?.stageDue, stageDue: rows[0]?.stageDue })
})

test('whoever did the work does not check it, whoever checked it does not close it [INS-29]', async () => {
  const doItAll = actorWith(
    {
      may: permissionsOf.shift_leader.concat(permissionsOf.inspector, permissionsOf.unit_handler),
      areas: a,
      units: ['a-street'],
    },
    shift.id,
  )
  const { id } = await report()
  await advance(id, 'sign')
  await take(doItAll, id, 'report_done', { photoIds: [await photo(5)] })
  await take(dispatcher, id, 'send_check')
  await expect(take(doItAll, id, 'pass_check', { photoIds: [await photo(6)] })).rejects.toMatchObject({
    refusal: { refused: 'cases/own-work' },
  })
})

test('a case goes to a disposal unit only: supervision must not do what it supervises', async () => {
  const { id } = await report()
  await advance(id, 'file')
  await expect(take(dispatcher, id, 'dispatch', { unitId: 'a-sup' })).rejects.toMatchObject({
    refusal: { refused: 'cases/not-a-disposal-unit' },
  })
  const { units } = await as(dispatcher)(proposeUnits, { params: { id } })
  expect(units[0]).toMatchObject({ id: 'a-street', why: { rule: 'event 01… → street' } })
})

test('what cannot be taken is refused with a code and a sentence in the language of the caller', async () => {
  const at = new Date().toISOString()
  const post = async (body: object, language = 'zh-CN') => {
    const token = newId()
    const response = await fetch(`${base}/api/reports-do-not-exist/${token}`, {
      method: 'POST',
      headers: { 'accept-language': language, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await response.json()) as { code: string; title: string }
  }
  expect((await post({}, 'en')).title).toBe('Not found, or outside your area.')
  const wrong = { ...rubble, description: '', source: 'inspector' as const, at }
  const far = as(inspector)(reportCase, { body: { ...wrong, point: { lon: 121, lat: 31 } } })
  await expect(far).rejects.toMatchObject({ refusal: { refused: 'geography/outside-city' }, status: 422 })
  const unknown = as(inspector)(reportCase, { body: { ...wrong, classCode: '9999', point: pointIn(insideCell) } })
  await expect(unknown).rejects.toMatchObject({ refusal: { refused: 'rulebook/unknown-class' } })
  const ahead = as(inspector)(reportCase, {
    body: { ...wrong, point: pointIn(insideCell), at: new Date(Date.now() + 600_000).toISOString() },
  })
  await expect(ahead).rejects.toMatchObject({ refusal: { refused: 'cases/clock-ahead' } })
  const noPhoto = as(inspector)(reportCase, { body: { ...wrong, point: pointIn(insideCell), photoIds: [newId()] } })
  await expect(noPhoto).rejects.toMatchObject({ refusal: { refused: 'evidence/no-such-photo' } })
  const { rows } = await sql`select from cases.case_file where description = ''`.execute(db)
  expect(rows).toHaveLength(0)
})

test('a report may come twice from a phone that lost the answer, and is one case', async () => {
  const id = newId()
  const body = {
    id,
    ...rubble,
    point: pointIn(outsideCell),
    description: '重发',
    source: 'inspector' as const,
    at: new Date().toISOString(),
  }
  const first = await as(inspector)(reportCase, { body })
  const second = await as(inspector)(reportCase, { body })
  expect(second).toEqual(first)
})

test('seeing the reporter is an act of its own that leaves its mark', async () => {
  const { id } = await report()
  await expect(
    as(dispatcher)(unmaskReporters, { params: { id }, body: { purpose: 'call_back' } }),
  ).rejects.toMatchObject({ status: 403 })
  const { reporters } = await as(seat)(unmaskReporters, { params: { id }, body: { purpose: 'call_back' } })
  expect(reporters[0]).toMatchObject({ name: '王小明', phone: '19900001234' })
  const { rows } =
    await sql`select actor_id, detail from identity.audit where about = ${id} and act = 'unmask-reporters'`.execute(db)
  expect(rows).toEqual([{ actor_id: seat.id, detail: { purpose: 'call_back' } }])
})
