import { addPhoto } from '@pentad/evidence/contract'
import { testServer } from '@pentad/platform/testing'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { casePeople, handOver, readFlow, readHandovers, reportCase, takeOver, takeStep } from '../contract.ts'
import { defaultFlow, type StepName } from '../model/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const other = await personOf(db, 'inspector', 'a-sup', a)
const farAway = await personOf(db, 'inspector', 'b', ['110102'])
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const night = await personOf(db, 'shift_leader', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
const handler = await personOf(db, 'unit_handler', 'a-street', [], ['a-street'])
const manager = await personOf(db, 'unit_manager', 'a-street', [], ['a-street'])

const take = (who: typeof seat, id: string, step: StepName, extra: Record<string, unknown> = {}) =>
  as(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })
const photo = async () => {
  const file = await sharp({ create: { width: 40, height: 30, channels: 3, background: { r: 1, g: 90, b: 10 } } })
    .jpeg()
    .toBuffer()
  return (await as(handler)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
}
async function dispatched(): Promise<string> {
  const { id } = await as(inspector)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(insideCell),
      description: '渣土',
      source: 'inspector',
      at: new Date().toISOString(),
    },
  })
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
  return id
}
const namesFor = async (who: typeof seat, id: string, what: 'assign' | 'verify' | 'check') =>
  (await as(who)(casePeople, { params: { id }, query: { for: what } })).people.map((p) => p.id).sort()

test('a manager is offered the people of the unit, a dispatcher the inspectors of the place, and nobody else is taken [DUM-02] [DUM-22] [ONE-20]', async () => {
  const id = await dispatched()
  expect(await namesFor(manager, id, 'assign')).toEqual([handler.id, manager.id].sort())
  await expect(namesFor(handler, id, 'assign')).rejects.toMatchObject({ refusal: { refused: 'cases/not-your-step' } })
  await expect(take(manager, id, 'assign', { personId: inspector.id })).rejects.toMatchObject({
    refusal: { refused: 'cases/person-unfit' },
  })
  // Whoever is named is in the answer by name, also when another was named before.
  const assigned = async (personId: string) => (await take(manager, id, 'assign', { personId })).case.assignee
  const names = (await as(manager)(casePeople, { params: { id }, query: { for: 'assign' } })).people
  const nameOf = (who: { id: string }) => names.find((p) => p.id === who.id)?.name['zh-CN']
  expect(await assigned(manager.id)).toEqual({ id: manager.id, name: nameOf(manager) })
  expect(await assigned(handler.id)).toEqual({ id: handler.id, name: nameOf(handler) })
  await take(handler, id, 'sign')
  await take(handler, id, 'report_done', { photoIds: [await photo()] })
  expect(await namesFor(dispatcher, id, 'check')).toEqual([inspector.id, other.id].sort())
  await expect(take(dispatcher, id, 'send_check', { personId: farAway.id })).rejects.toMatchObject({
    refusal: { refused: 'cases/person-unfit' },
  })
  const { case: sent } = await take(dispatcher, id, 'send_check', { personId: other.id })
  expect(sent.checker?.id).toBe(other.id)
})

test('forms are told the flow that a case goes by', async () => {
  const flow = await as(seat)(readFlow, { params: { version: 0 } })
  expect(flow.reasons.ask_void?.map((r) => r.code)).toEqual(defaultFlow.reasons.ask_void?.map((r) => r.code))
  await expect(as(seat)(readFlow, { params: { version: 99 } })).rejects.toMatchObject({ status: 404 })
})

test('a shift leaves what it got, did and leaves with a note; only the next one signs that it was read [DUM-02]', async () => {
  const before = await as(shift)(readHandovers)
  await dispatched()
  const id = '0192f0c0-0000-7000-8000-0000000000aa'
  const left = await as(shift)(handOver, { body: { id, note: '渣土一件未签收，请催办' } })
  expect(left.figures.got).toBe(before.now.figures.got + 1)
  expect(left.figures.did.dispatch).toBe((before.now.figures.did.dispatch ?? 0) + 1)
  expect(left.figures.leaves.unit).toBe(before.now.figures.leaves.unit + 1)
  await expect(as(shift)(takeOver, { params: { id }, body: {} })).rejects.toMatchObject({
    refusal: { refused: 'cases/own-handover' },
  })
  expect((await as(night)(takeOver, { params: { id }, body: {} })).readBy?.id).toBe(night.id)
  const after = await as(night)(readHandovers)
  expect(after.handovers[0]).toMatchObject({ id, note: '渣土一件未签收，请催办' })
  expect(after.now.figures.did).toEqual({})
  await expect(as(seat)(readHandovers)).rejects.toMatchObject({ status: 403 })
})
