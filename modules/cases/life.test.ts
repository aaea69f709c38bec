import { addPhoto } from '@pentad/evidence/contract'
import { openDatabase, sql } from '@pentad/platform/db'
import { race, testServer } from '@pentad/platform/testing'
import { DAY, HOUR } from '@pentad/platform/time'
import { calendarBy } from '@pentad/rulebook'
import type { LimitUnit } from '@pentad/rulebook/model'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { followReport } from '../public-service/contract.ts'
import { listCases, proposeUnits, readCase, reportCase, takeStep } from './contract.ts'
import { unlikeTrail } from './lived.ts'
import { defaultFlow, type StepName } from './model/index.ts'
import { caseById, trailOf } from './queries/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from './testing.ts'
import { brokenAt } from './trail.ts'
import { wakeCases } from './wake.ts'

const { db, as, stranger, url } = await testServer(modules)
/** A second server process on the same city: what one has gathered the other knows nothing of. */
const again = openDatabase(url)
afterAll(() => again.close())
const second = await testServer(modules, { database: { ...again, url } })
await layTestCity(db)
const a = ['110101']
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const other = await personOf(db, 'inspector', 'a-sup', a)
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
const handler = await personOf(db, 'unit_handler', 'a-street', [], ['a-street'])
const manager = await personOf(db, 'unit_manager', 'a-street', [], ['a-street'])

let shade = 1
const photo = async (): Promise<string> => {
  const file = await sharp({ create: { width: 40, height: 30, channels: 3, background: { r: shade++, g: 90, b: 10 } } })
    .jpeg()
    .toBuffer()
  return (await as(handler)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
}
const report = (extra: Record<string, unknown> = {}) =>
  as(inspector)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(insideCell),
      description: '一堆渣土',
      source: 'inspector',
      at: new Date().toISOString(),
      ...extra,
    },
  })
const take = (who: typeof seat, id: string, step: StepName, extra: Record<string, unknown> = {}, at = as) =>
  at(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })
const whole = (id: string, who = shift) => as(who)(readCase, { params: { id } })
const acts = async (id: string) => (await trailOf(db, id)).map((e) => e.act)

/** Cases of which a test has changed the file beside the trail. */
const movedByHand = new Set<string>()

type At = 'filed' | 'dispatched' | 'disposing' | 'feedback' | 'checking'
/** A case that has come so far. */
async function caseAt(at: At): Promise<string> {
  const { id } = await report()
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  if (at === 'filed') return id
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
  if (at === 'dispatched') return id
  await take(handler, id, 'sign')
  if (at === 'disposing') return id
  await take(handler, id, 'report_done', { photoIds: [await photo()] })
  if (at === 'feedback') return id
  await take(dispatcher, id, 'send_check')
  return id
}

test('a report is verified on the spot before it is accepted: true goes on, false is refused [DUM-02] [DUM-22]', async () => {
  const { id } = await report()
  await take(seat, id, 'send_verify', { personId: other.id })
  await expect(take(inspector, id, 'verify_true', { photoIds: [await photo()] })).rejects.toMatchObject({
    refusal: { refused: 'cases/another-checker' },
  })
  expect((await as(other)(listCases, { query: { queue: 'mine' } })).cases.map((c) => c.id)).toContain(id)
  await take(other, id, 'verify_false', { photoIds: [await photo()], reason: '现场没有' })
  expect(await whole(id)).toMatchObject({ status: 'reported', verified: false })
  await take(seat, id, 'refuse', { reason: '核实不属实' })
  expect(await acts(id)).toEqual(['report', 'send_verify', 'verify_false', 'refuse'])
})

test('a return that is approved costs the unit no time and the next unit gets it; one that is refused stops no clock [DUM-22] [CMD-20]', async () => {
  const id = await caseAt('disposing')
  const before = await whole(id)
  await expect(take(handler, id, 'ask_return', { reason: '不归我们' })).rejects.toMatchObject({
    refusal: { refused: 'cases/not-your-step' },
  })
  await take(manager, id, 'ask_return', { reason: '不归我们', unitId: 'b-street' })
  expect(await whole(id)).toMatchObject({ status: 'return_pending', asked: { kind: 'return', unitId: 'b-street' } })
  await take(dispatcher, id, 'refuse_return', { reason: '归你们' })
  expect(await whole(id)).toMatchObject({ status: 'disposing', due: before.due, returns: 0, asked: null })
  await take(manager, id, 'ask_return', { reason: '真的不归我们' })
  await take(dispatcher, id, 'approve_return')
  // The question was asked as soon as the clock began.
  await sql`update cases.case_file set paused_at = clock_start where id = ${id}`.execute(db)
  movedByHand.add((await whole(id)).no)
  await take(dispatcher, id, 'dispatch', { unitId: 'b-street' })
  const after = await whole(id)
  expect(after).toMatchObject({ status: 'pending_sign', returns: 1, leadUnit: { id: 'b-street' } })
  expect(after.trail.at(-1)?.usedSeconds).toBe(0)
})

test('whoever gave a case back is proposed last, with the reason beside it, and whom they named comes first [CMD-20] [DUM-22]', async () => {
  const id = await caseAt('disposing')
  const proposals = async () => (await as(dispatcher)(proposeUnits, { params: { id } })).units
  await take(manager, id, 'ask_return', { reason: '道路归北街', unitId: 'b-street' })
  await take(dispatcher, id, 'approve_return')
  const after = await proposals()
  expect(after[0]).toMatchObject({ id: 'b-street', why: { named: true, returned: null } })
  expect(after.at(-1)).toMatchObject({
    id: 'a-street',
    why: { rule: 'event 01… → street', named: false, returned: { reason: '道路归北街' } },
  })
  // Had it been refused, the unit would still be the one to have it.
  const kept = await caseAt('disposing')
  await take(manager, kept, 'ask_return', { reason: '不归我们' })
  await take(dispatcher, kept, 'refuse_return', { reason: '归你们' })
  const still = (await as(dispatcher)(proposeUnits, { params: { id: kept } })).units
  expect(still[0]).toMatchObject({ id: 'a-street', why: { returned: null } })
})

test('more time is asked for, given by the dispatcher, and moves the deadline by as much of the working clock [DUM-22]', async () => {
  const id = await caseAt('disposing')
  const before = await whole(id)
  await expect(take(manager, id, 'ask_extension', { value: 3, reason: '备料' })).rejects.toMatchObject({
    refusal: { refused: 'cases/wrong-extension' },
  })
  await take(manager, id, 'ask_extension', { value: 2, reason: '备料' })
  expect((await as(dispatcher)(listCases, { query: { queue: 'mine' } })).cases.map((c) => c.id)).toContain(id)
  await take(dispatcher, id, 'approve_extension')
  const after = await whole(id)
  expect(after).toMatchObject({ extended: 2, extensions: 1, asked: null, status: 'disposing' })
  expect(Date.parse(after.due ?? '')).toBeGreaterThan(Date.parse(before.due ?? ''))
})

test('a suspended case rests, resumes by itself on its day, and its clock goes on where it stood [DUM-22] [FRM-30]', async () => {
  const id = await caseAt('disposing')
  const until = new Date(Date.now() + 30 * DAY)
  await take(manager, id, 'ask_suspension', { until: until.toISOString(), reason: '开春再种', reasonCode: 'season' })
  await take(dispatcher, id, 'approve_suspension')
  const suspended = await whole(id)
  expect(suspended).toMatchObject({ status: 'suspended', clock: null, overdue: false })
  await expect(take(handler, id, 'report_done', { photoIds: [await photo()] })).rejects.toMatchObject({
    refusal: { refused: 'cases/wrong-status' },
  })
  await wakeCases(db, new Date(until.getTime() - 1000))
  expect(await acts(id)).not.toContain('resume')
  // A day of downtime later it is done once, at once.
  const late = new Date(until.getTime() + DAY)
  await wakeCases(db, late)
  await wakeCases(db, late)
  const resumed = await whole(id)
  expect(resumed).toMatchObject({ status: 'disposing', suspendedUntil: null })
  expect((await acts(id)).filter((x) => x === 'resume')).toHaveLength(1)
  expect(Date.parse(resumed.due ?? '')).toBeGreaterThan(until.getTime())
  expect(brokenAt(await trailOf(db, id))).toBeUndefined()
})

test('a suspended case that is to be voided comes back to its suspension when that is refused, and can be handed on [DUM-22] [FRM-30]', async () => {
  const id = await caseAt('disposing')
  const until = new Date(Date.now() + 30 * DAY).toISOString()
  await take(manager, id, 'ask_suspension', { until, reason: '开春再种', reasonCode: 'season' })
  await take(dispatcher, id, 'approve_suspension')
  await take(dispatcher, id, 'ask_void', { reason: '重复', reasonCode: 'twice' })
  // Its day may come while nobody has decided: then it waits for the decision.
  await wakeCases(db, new Date(Date.parse(until) + DAY))
  expect(await whole(id)).toMatchObject({ status: 'void_pending', suspendedUntil: null })
  await take(shift, id, 'refuse_void', { reason: '并不重复' })
  expect(await whole(id)).toMatchObject({ status: 'suspended', suspendedUntil: until })
  await take(dispatcher, id, 'transfer', { target: '区综合执法局', reason: '须立案处罚' })
  expect(await whole(id)).toMatchObject({ status: 'transferred', suspendedUntil: null })
})

test('limits say so once when they come, in their order, also after a day of downtime [CMD-20] [INS-25]', async () => {
  const id = await caseAt('disposing')
  const { due } = await whole(id)
  const after = new Date(Date.parse(due ?? '') + DAY)
  const woken = await Promise.all([wakeCases(db, after), wakeCases(db, after), wakeCases(db, after)])
  expect(woken.reduce((x, y) => x + y)).toBeGreaterThan(0)
  await wakeCases(db, after)
  expect((await acts(id)).slice(-2)).toEqual(['urge', 'overdue'])
  expect((await acts(id)).filter((x) => x === 'urge')).toHaveLength(1)
  // Signing for it in time was another limit; a case that nobody signs for says that first.
  const unsigned = await caseAt('dispatched')
  await wakeCases(db, new Date(Date.now() + HOUR))
  expect((await acts(unsigned)).at(-1)).toBe('stage_late')
  await take(handler, unsigned, 'sign')
  expect(brokenAt(await trailOf(db, unsigned))).toBeUndefined()
})

test('voiding is asked for with a reason and decided by the shift leader; refused, the case is where it was [DUM-22]', async () => {
  const id = await caseAt('dispatched')
  const ask = () => take(dispatcher, id, 'ask_void', { reason: '重复', reasonCode: 'twice' })
  await ask()
  await take(shift, id, 'refuse_void', { reason: '并不重复' })
  expect(await whole(id)).toMatchObject({ status: 'pending_sign' })
  await ask()
  await take(shift, id, 'approve_void')
  expect(await whole(id)).toMatchObject({ status: 'voided', mySteps: [] })
  await expect(sql`delete from cases.case_file where id = ${id}`.execute(db)).rejects.toThrow()
})

test('a merged case keeps its reporters, who follow the master; undone, both are as they were [DUM-02] [CMD-27]', async () => {
  const master = await caseAt('disposing')
  const before = await whole(master)
  const twin = await report({ description: '同一堆渣土', reporter: { name: '李四', phone: '19900005678' } })
  await take(seat, twin.id, 'merge', { intoId: master })
  expect(await whole(twin.id)).toMatchObject({ status: 'merged', kin: [{ how: 'into', id: master }] })
  expect(await whole(master)).toMatchObject({ reports: 2, kin: [{ how: 'holds', id: twin.id }] })
  const { rows } = await sql<{ code: string }>`select code from cases.report where case_id = ${twin.id}`.execute(db)
  const follow = await stranger(followReport, { params: { code: rows[0]?.code ?? '' } })
  expect(follow).toMatchObject({ stage: 'working' })
  await take(seat, twin.id, 'unmerge', { reason: '不是同一堆' })
  expect(await whole(twin.id)).toMatchObject({ status: 'reported', kin: [] })
  const after = await whole(master)
  expect({ ...after, version: 0, trail: [] }).toEqual({ ...before, version: 0, trail: [], nearby: after.nearby })
  expect(brokenAt(await trailOf(db, master))).toBeUndefined()
  expect(brokenAt(await trailOf(db, twin.id))).toBeUndefined()
})

test('a small matter is handled on the spot with photos before and after, and counted as such [DUM-01] [FRM-28]', async () => {
  const { id } = await report({ draft: true, photoIds: [await photo()] })
  await expect(whole(id)).resolves.toMatchObject({ status: 'draft' })
  expect((await as(seat)(listCases, { query: { queue: 'open' } })).cases.map((c) => c.id)).not.toContain(id)
  await take(inspector, id, 'self_handle', { photoIds: [await photo()] })
  expect(await whole(id)).toMatchObject({ status: 'closed', closeKind: 'self_handled' })
})

test('a transferred case has ended here, and its result flows back into its trail [DUM-22]', async () => {
  const id = await caseAt('disposing')
  await take(dispatcher, id, 'transfer', { target: '区综合执法局', reason: '须立案处罚' })
  expect(await whole(id)).toMatchObject({ status: 'transferred' })
  await take(dispatcher, id, 'note_result', { reason: '已立案查处' })
  expect((await acts(id)).slice(-2)).toEqual(['transfer', 'note_result'])
})

test('evidence that speaks against itself is marked, and such a case is not closed from afar [INS-29]', async () => {
  const id = await caseAt('disposing')
  const far = { lon: pointIn(insideCell).lon + 0.01, lat: pointIn(insideCell).lat }
  await take(handler, id, 'report_done', { photoIds: [await photo()], point: far })
  expect(await whole(id)).toMatchObject({ doubts: ['far'] })
})

test('of two people on one case one wins, the other is told why, and nothing is half done [CMD-20]', async () => {
  const pairs: [At, () => Promise<[typeof seat, StepName, Record<string, unknown>][]>][] = [
    [
      'disposing',
      async () => [
        [handler, 'report_done', { photoIds: [await photo()] }],
        [manager, 'ask_return', { reason: 'x' }],
      ],
    ],
    [
      'disposing',
      async () => [
        [manager, 'ask_extension', { value: 1, reason: 'x' }],
        [manager, 'ask_extension', { value: 2, reason: 'y' }],
      ],
    ],
    [
      'feedback',
      async () => [
        [dispatcher, 'send_check', {}],
        [dispatcher, 'send_again', { reason: 'x' }],
      ],
    ],
    [
      'checking',
      async () => [
        [inspector, 'pass_check', { photoIds: [await photo()] }],
        [other, 'fail_check', { photoIds: [await photo()], reason: 'x' }],
      ],
    ],
    [
      'filed',
      async () => [
        [dispatcher, 'dispatch', { unitId: 'a-street' }],
        [dispatcher, 'return_to_file', { reason: 'x' }],
      ],
    ],
  ]
  for (const [at, both] of pairs) {
    const id = await caseAt(at)
    const length = (await acts(id)).length
    const calls = (await both()).map(
      ([who, step, extra], n) =>
        () =>
          take(who, id, step, extra, n ? second.as : as),
    )
    const results = await race(db, sql`select 1 from cases.case_file where id = ${id} for update`, calls)
    expect([at, results.map((r) => r.status).sort()]).toEqual([at, ['fulfilled', 'rejected']])
    const loser = results.find((r) => r.status === 'rejected')
    expect((loser as PromiseRejectedResult).reason.refusal.refused).toMatch(/^cases\/(wrong-status|asked-already)$/)
    expect(await acts(id)).toHaveLength(length + 1)
    expect(brokenAt(await trailOf(db, id))).toBeUndefined()
  }
})

test('every case of this city can be lived again from its trail, and what was changed beside it is found [CMD-20]', async () => {
  const standards = await sql<{
    id: string
    value: number
    unit: LimitUnit
  }>`select id, limit_value as value, limit_unit as unit
    from rulebook.api_standard`.execute(db)
  const calendar = await calendarBy(db, null)
  const world = {
    limitOf: (id: string) => standards.rows.find((s) => s.id === id),
    calendarOf: (version: string | null) => (version === null ? undefined : calendar),
    flowOf: () => defaultFlow,
  }
  const unlike = async (): Promise<Record<string, string[]>> => {
    const { rows } = await sql<{ id: string }>`select id from cases.case_file`.execute(db)
    const found: Record<string, string[]> = {}
    for (const { id } of rows) {
      const file = await caseById(db, id, false)
      const wrong = file ? unlikeTrail(file, await trailOf(db, id), world) : ['gone']
      if (file && wrong.length && !movedByHand.has(file.no)) found[file.no] = wrong
    }
    return found
  }
  expect(await unlike()).toEqual({})
  const id = await caseAt('disposing')
  await sql`update cases.case_file set lead_unit_id = 'b-street', due = due + interval '1 hour' where id = ${id}`.execute(
    db,
  )
  expect(await unlike()).toEqual({ [(await whole(id)).no]: ['leadUnitId', 'due'] })
})
