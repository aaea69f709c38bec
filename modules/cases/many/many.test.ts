import { addPhoto } from '@pentad/evidence/contract'
import { sql } from '@pentad/platform/db'
import { toDegrees, toMetres } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { testServer } from '@pentad/platform/testing'
import { DAY } from '@pentad/platform/time'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { readCase, reportCase, takeStep } from '../contract.ts'
import type { StepName } from '../model/index.ts'
import { trailOf } from '../queries/index.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'
import { brokenAt } from '../trail.ts'
import {
  callMeeting,
  caseTies,
  changeMembers,
  checkHung,
  closePackage,
  decideCase,
  dispatchPackage,
  followUp,
  hangItem,
  hardCases,
  listHung,
  listPackages,
  makePackage,
  packageCandidates,
  readHung,
  readMeeting,
  readPackage,
  reportCoWork,
  splitCase,
} from './contract/index.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
const overseer = await personOf(db, 'overseer', 'a-cmd', a)
const manager = await personOf(db, 'unit_manager', 'a-street', [], ['a-street'])
const helper = await personOf(db, 'unit_manager', 'b-street', [], ['b-street'])
const elsewhere = await personOf(db, 'dispatcher', 'b', ['110102'])

const later = (days: number) => new Date(Date.now() + days * DAY).toISOString()
const report = async (point = pointIn(insideCell), description = '一堆渣土') =>
  (
    await as(seat)(reportCase, {
      body: {
        ...rubble,
        point,
        description,
        source: 'hotline',
        at: new Date().toISOString(),
        reporter: { name: '王小明' },
      },
    })
  ).id
const take = (who: typeof seat, id: string, step: StepName, extra: Record<string, unknown> = {}) =>
  as(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })
const filed = async (description?: string) => {
  const id = await report(undefined, description)
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  return id
}
const bundle = (caseIds: string[], who = dispatcher) =>
  as(who)(makePackage, { body: { title: '建筑垃圾专项', leadUnitId: 'a-street', due: later(3), caseIds } })

test('fifty cases become one assignment; those that wait are sent, each by a step of its own, and whoever may not go says why [FRM-25]', async () => {
  const ids = await Promise.all(Array.from({ length: 48 }, (_, i) => filed(`专项${i}`)))
  const early = [await report(), await report()]
  const { id, no, results } = await bundle([...ids, ...early])
  expect(no).toMatch(/^DB\d{4}-\d{4}$/)
  expect(results.filter((r) => r.done)).toHaveLength(50)

  const params = { id }
  expect((await as(manager)(listPackages, { query: {} })).packages).toEqual([])
  const sent = await as(dispatcher)(dispatchPackage, { params, body: {} })
  expect(sent.results.filter((r) => r.done)).toHaveLength(48)
  const refused = sent.results.filter((r) => !r.done)
  expect(refused.map((r) => r.caseId).sort()).toEqual(early.sort())
  for (const r of refused)
    expect(r.why).toMatchObject({ code: 'cases/wrong-status', sentence: expect.stringContaining('待受理') })

  // The unit sees it as one work item, with all that lies with it.
  const [item] = (await as(manager)(listPackages, { query: {} })).packages
  expect(item).toMatchObject({ no, progress: { all: 50, waiting: 2, working: 48 } })
  const board = await as(dispatcher)(readPackage, { params })
  expect(board.byUnit.map((g) => [g.unit?.id ?? null, g.progress.all])).toEqual([
    ['a-street', 48],
    [null, 2],
  ])
  expect(board.cases).toHaveLength(50)
  const trail = await trailOf(db, ids[0] ?? '')
  expect(trail.map((e) => e.act)).toEqual(['report', 'accept', 'file', 'packed', 'dispatch'])
  expect(brokenAt(trail)).toBeUndefined()

  // What was late to be filed goes with the next dispatch; what was sent is not sent twice.
  await take(seat, early[0] ?? '', 'accept')
  await take(shift, early[0] ?? '', 'file', { standardId: rubbleStandard })
  const again = await as(dispatcher)(dispatchPackage, { params, body: {} })
  expect(Object.fromEntries(again.results.map((r) => [r.caseId, r.done]))).toEqual({
    [early[0] ?? '']: true,
    [early[1] ?? '']: false,
  })
  await expect(as(dispatcher)(closePackage, { params, body: { closing: '完成' } })).rejects.toMatchObject({
    refusal: { refused: 'cases/package-unfinished', detail: { n: 50 } },
  })
})

test('the same dispatch sent twice does nothing twice [FRM-25]', async () => {
  const { id } = await bundle([await filed(), await filed()])
  const key = newId()
  const send = () => as(dispatcher)(dispatchPackage, { params: { id }, body: {} }, { key })
  const [one, two] = [await send(), await send()]
  expect(two).toEqual(one)
  const board = await as(dispatcher)(readPackage, { params: { id } })
  for (const c of board.cases) expect((await trailOf(db, c.id)).filter((e) => e.act === 'dispatch')).toHaveLength(1)
})

test('a case is in one package at a time, leaves it by hand, and nobody bundles what they may not dispatch [FRM-25]', async () => {
  const [mine, other] = [await filed('同一题目甲'), await filed('同一题目乙')]
  const first = await bundle([mine])
  const query = { words: '同一题目' }
  expect((await as(dispatcher)(packageCandidates, { query })).cases.map((c) => c.id)).toEqual([other])
  const { results } = await bundle([mine, other])
  expect(results.find((r) => r.caseId === mine)?.why?.code).toBe('cases/in-another-package')
  await as(dispatcher)(changeMembers, { params: { id: first.id }, body: { remove: [mine] } })
  expect((await as(dispatcher)(packageCandidates, { query })).cases.map((c) => c.id)).toEqual([mine])
  await expect(bundle([mine], elsewhere)).rejects.toMatchObject({ refusal: { refused: 'cases/package-empty' } })
  await expect(as(elsewhere)(readPackage, { params: { id: first.id } })).rejects.toMatchObject({ status: 404 })
  await expect(as(elsewhere)(dispatchPackage, { params: { id: first.id }, body: {} })).rejects.toMatchObject({
    status: 404,
  })
  // Emptied, it is still its maker's colleagues' to fill again.
  const colleague = await personOf(db, 'dispatcher', 'a-cmd', a)
  expect(await as(colleague)(readPackage, { params: { id: first.id } })).toMatchObject({ progress: { all: 0 } })
})

test('a part is split off as a case of its own, and both say so [DUM-02]', async () => {
  const parent = await filed()
  const part = await as(dispatcher)(splitCase, {
    params: { id: parent },
    body: {
      kind: 'event',
      classCode: '0301',
      point: pointIn(insideCell),
      text: '夜间施工扰民',
      remains: '渣土仍由街道清运',
    },
  })
  const child = await as(dispatcher)(readCase, { params: { id: part.id } })
  expect(child).toMatchObject({ status: 'reported', classCode: '0301', kin: [{ how: 'parent', id: parent }] })
  expect(child.reportsMade[0]?.reporter?.name).toBe('王**')
  const whole = await as(dispatcher)(readCase, { params: { id: parent } })
  expect(whole).toMatchObject({ status: 'pending_dispatch', kin: [{ how: 'part', id: part.id }] })
  expect(whole.trail.at(-1)).toMatchObject({ act: 'part', reason: '渣土仍由街道清运', detail: { no: part.no } })
})

test('a case that went back and forth is proposed as hard; a meeting decides, the case carries the decision and goes to the unit [FRM-11] [FRM-12] [INS-27]', async () => {
  const id = await filed()
  for (let n = 0; n < 2; n++) {
    await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
    await take(manager, id, 'ask_return', { reason: '不属于本单位职责' })
    await take(dispatcher, id, 'approve_return')
  }
  const found = await as(overseer)(hardCases, { query: {} })
  expect(found.candidates.find((c) => c.id === id)?.reasons).toMatchObject({ returns: 2, overdueDays: null })
  await take(overseer, id, 'enter_difficult', { reason: '多次退回，职责不清' })
  expect((await as(overseer)(hardCases, { query: {} })).hard.find((c) => c.id === id)).toMatchObject({
    why: '多次退回，职责不清',
    meeting: null,
  })

  const plain = await filed()
  const meeting = await as(dispatcher)(callMeeting, {
    body: { kind: 'coordination', title: '渣土权属协调会', heldAt: later(0), caseIds: [id, plain] },
  })
  expect(meeting.results.find((r) => r.caseId === plain)?.why?.code).toBe('cases/not-difficult')
  const params = { id: meeting.id }
  const decision = {
    caseId: id,
    outcome: 'resolved',
    decision: '由街道清运',
    leadUnitId: 'a-street',
    due: later(-1),
  } as const
  await as(dispatcher)(decideCase, { params, body: { ...decision, dispatch: true } })
  const c = await as(dispatcher)(readCase, { params: { id } })
  expect(c).toMatchObject({ difficult: false, status: 'pending_sign', leadUnit: { id: 'a-street' } })
  expect(c.trail.slice(-2).map((e) => [e.act, e.reason])).toEqual([
    ['leave_difficult', `${meeting.no} 由街道清运`],
    ['dispatch', `${meeting.no} 由街道清运`],
  ])
  await expect(as(dispatcher)(decideCase, { params, body: decision })).rejects.toMatchObject({
    refusal: { refused: 'cases/decided-already' },
  })
  expect(await as(overseer)(readMeeting, { params })).toMatchObject({ cases: 1, decided: 1, toFollow: 1 })
  await as(overseer)(followUp, { params, body: { caseId: id, text: '已清运' } })
  expect(await as(overseer)(readMeeting, { params })).toMatchObject({
    toFollow: 0,
    agenda: [{ decided: { followUp: { text: '已清运' } } }],
  })
})

test('a decision to send it to a unit that the overseer may not give is kept, and says why it was not sent [FRM-12]', async () => {
  const id = await filed()
  await take(overseer, id, 'enter_difficult', { reason: '权属不清' })
  const meeting = await as(overseer)(callMeeting, {
    body: { kind: 'joint', title: '联席会', heldAt: later(0), caseIds: [id] },
  })
  const { dispatched } = await as(overseer)(decideCase, {
    params: { id: meeting.id },
    body: { caseId: id, outcome: 'continued', decision: '先行清运', leadUnitId: 'a-street', dispatch: true },
  })
  expect(dispatched?.why?.code).toBe('cases/not-your-step')
  const c = await as(overseer)(readCase, { params: { id } })
  expect(c).toMatchObject({ difficult: true, status: 'pending_dispatch' })
  expect(c.trail.at(-1)?.act).toBe('decided')
})

const east = (cell: string, metres: number) => {
  const { lon, lat } = pointIn(cell)
  const { xM, yM } = toMetres([lon, lat])
  const [x, y] = toDegrees(xM + metres, yM)
  return { lon: x, lat: y }
}
test('a black spot knows the cases within 50 m of it, is cleared by checks over days, and a relapse hangs it again [FRM-24] [FRM-29] [FRM-30] [GOV-20]', async () => {
  const point = east(insideCell, -20)
  const { id, no } = await as(overseer)(hangItem, {
    body: {
      level: 'district',
      point,
      problem: '长期乱倒',
      unitId: 'a-street',
      due: later(60),
      passesNeeded: 2,
      daysNeeded: 7,
    },
  })
  expect(no).toMatch(/^GZ/)
  const [near, far] = [await report(east(insideCell, 25)), await report(east(insideCell, 45))]
  const ties = await as(dispatcher)(caseTies, { params: { id: near } })
  expect(ties.hung).toMatchObject([{ no, distanceM: 45, state: 'hung' }])
  expect((await as(dispatcher)(caseTies, { params: { id: far } })).hung).toEqual([])
  const params = { id }
  const read = await as(inspector)(readHung, { params })
  expect(read.near.map((c) => c.id)).toContain(near)
  expect(read.near.map((c) => c.id)).not.toContain(far)
  expect((await as(overseer)(listHung, { query: {} })).comparison).toMatchObject({ points: 1, pointsHit: 1 })

  const check = (days: number, passed: boolean) =>
    as(inspector)(checkHung, { params, body: { at: later(days), passed } })
  expect(await check(-9, true)).toMatchObject({ state: 'hung' })
  expect(await check(-5, true)).toMatchObject({ state: 'hung' })
  expect(await check(-1, true)).toMatchObject({ state: 'cleared', relapses: 0 })
  expect(await check(0, false)).toMatchObject({ state: 'hung', relapses: 1 })
  await expect(as(overseer)(checkHung, { params, body: { at: later(0), passed: true } })).rejects.toMatchObject({
    status: 403,
  })
  await expect(as(inspector)(checkHung, { params, body: { at: later(1), passed: true } })).rejects.toMatchObject({
    refusal: { refused: 'cases/clock-ahead' },
  })
  await expect(as(elsewhere)(readHung, { params })).rejects.toMatchObject({ status: 404 })
  await expect(
    as(overseer)(hangItem, {
      body: { level: 'district', point: pointIn(outsideCell), problem: '外区', unitId: 'b-street', due: later(9) },
    }),
  ).rejects.toMatchObject({ status: 403 })
})

test('a unit that helps sees the case, reports its part once, and the lead unit sees who is done [DUM-03]', async () => {
  const id = await filed()
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street', coUnitIds: ['b-street'] })
  const params = { id }
  expect((await as(helper)(caseTies, { params })).coWork).toMatchObject([
    { unit: { id: 'b-street' }, done: null, mine: true },
  ])
  await expect(as(manager)(reportCoWork, { params, body: { unitId: 'b-street', text: '完成' } })).rejects.toMatchObject(
    {
      refusal: { refused: 'cases/not-a-co-unit' },
    },
  )
  const file = await sharp({ create: { width: 40, height: 30, channels: 3, background: { r: 77, g: 90, b: 10 } } })
    .jpeg()
    .toBuffer()
  const photo = (await as(helper)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
  const body = { unitId: 'b-street', text: '路面已冲洗', photoIds: [photo] }
  expect(await as(helper)(reportCoWork, { params, body })).toEqual({ left: 0 })
  await expect(as(helper)(reportCoWork, { params, body })).rejects.toMatchObject({
    refusal: { refused: 'cases/co-done-already' },
  })
  expect((await as(manager)(caseTies, { params })).coWork).toMatchObject([
    { done: { text: '路面已冲洗', photoIds: [photo] }, mine: false },
  ])
  const c = await as(manager)(readCase, { params })
  expect(c.trail.at(-1)).toMatchObject({ act: 'co_done', reason: '路面已冲洗', photoIds: [photo] })
  expect(c.photos.map((p) => p.id)).toContain(photo)
})

test('a case that was handed to enforcement shows whom it went to and what came back [DUM-03]', async () => {
  const id = await filed()
  await take(dispatcher, id, 'transfer', { target: '区综合执法局', reason: '须立案处罚' })
  await take(dispatcher, id, 'note_result', { reason: '已立案查处' })
  expect((await as(dispatcher)(caseTies, { params: { id } })).transfer).toMatchObject({
    target: '区综合执法局',
    reason: '须立案处罚',
    results: [{ text: '已立案查处' }],
  })
})

test('the database itself keeps a case out of two packages [FRM-25]', async () => {
  const c = await filed()
  const [one, two] = [await bundle([await filed()]), await bundle([await filed()])]
  const put = (id: string) =>
    sql`insert into cases.package_member (package_id, case_id, added_by, added_at) values (${id}, ${c}, 'x', now())`.execute(
      db,
    )
  await put(one.id)
  await expect(put(two.id)).rejects.toThrow(/package_member_once/)
})
