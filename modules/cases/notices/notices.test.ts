import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Actor } from '@pentad/platform/rights'
import { hearAll, testServer } from '@pentad/platform/testing'
import { DAY, HOUR } from '@pentad/platform/time'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { exposures } from '../../public-service/contract.ts'
import {
  answerPaper,
  exposeCase,
  instructCase,
  issueCircular,
  listCirculars,
  listPapers,
  myMessages,
  papersOfCase,
  proposedOrders,
  readCase,
  readMessages,
  readNoticeRules,
  reportCase,
  setNoticeRules,
  superviseCase,
  takeStep,
  urgeCase,
  withdrawPaper,
} from '../contract.ts'
import { caseById, trailOf } from '../queries/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'
import { brokenAt } from '../trail.ts'
import { tells } from './index.ts'
import { defaultNoticeRules, eventOf, isLate, paperNo, wrongRule } from './model.ts'
import { orderSupervision, sayLateOrders } from './orders.ts'

const { db, as, stranger } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
const overseer = await personOf(db, 'overseer', 'a-cmd', a)
const leader = await personOf(db, 'leader', 'a', a)
const handler = await personOf(db, 'unit_handler', 'a-street', [], ['a-street'])
const manager = await personOf(db, 'unit_manager', 'a-street', [], ['a-street'])
const otherManager = await personOf(db, 'unit_manager', 'b-street', [], ['b-street'])
const elsewhere = await personOf(db, 'overseer', 'b', ['110102'])
const admin = await personOf(db, 'sys_admin', 'city', [''])
for (const [who, areas] of [
  [dispatcher, a],
  [overseer, a],
  [leader, ['110101001']],
  [handler, []],
  [manager, []],
  [otherManager, []],
  [elsewhere, ['110102']],
] as const) {
  const [grant] = who.grants
  await sql`insert into identity.membership (id, person_id, unit_id, role, area_codes, valid_from)
    values (${newId()}, ${who.id}, ${grant?.unitId}, ${grant?.role}, ${areas}, '2020-01-01')`.execute(db)
}
const heard = () => hearAll(db, tells)
const take = (who: Actor, id: string, step: string, extra: object = {}) =>
  as(who)(takeStep, { params: { id }, body: { step: step as 'accept', at: new Date().toISOString(), ...extra } })
const reported = async (extra: object = {}) =>
  (
    await as(seat)(reportCase, {
      body: {
        ...rubble,
        point: pointIn(insideCell),
        description: '一堆渣土',
        source: 'hotline',
        at: new Date().toISOString(),
        ...extra,
      },
    })
  ).id
async function disposing(extra: object = {}): Promise<string> {
  const id = await reported(extra)
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
  await take(handler, id, 'sign')
  return id
}
const acts = async (id: string) => (await trailOf(db, id)).map((e) => e.act)
const papers = async (who: Actor, id: string) => (await as(who)(papersOfCase, { params: { id } })).papers
const told = async (who: Actor) => {
  await heard()
  return (await as(who)(myMessages, { query: {} })).messages.map((m) => `${m.event} ${m.said.text ?? ''}`.trim())
}
const forget = () => sql`delete from cases.message`.execute(db)

test('a paper is numbered by kind, district and year, and late when its answer comes after its time or not at all [INS-25]', () => {
  expect(paperNo('supervision', '110101', 2026, 12)).toBe('DB-110101-2026-00012')
  const due = new Date('2026-05-21T10:00:00Z')
  const before = new Date(due.getTime() - 1)
  const after = new Date(due.getTime() + 1)
  expect(isLate({ replyDue: due, repliedAt: null, state: 'open' }, after)).toBe(true)
  expect(isLate({ replyDue: due, repliedAt: before, state: 'answered' }, after)).toBe(false)
  expect(isLate({ replyDue: due, repliedAt: after, state: 'answered' }, after)).toBe(true)
  expect(isLate({ replyDue: due, repliedAt: null, state: 'withdrawn' }, after)).toBe(false)
})

test('the rules that come with the program are sound and tell no reporter and no leader of anything [INS-25]', () => {
  expect(wrongRule(defaultNoticeRules.rules)).toBeUndefined()
  expect(defaultNoticeRules.rules.filter((r) => r.channel !== 'in_app' || r.whom === 'leader')).toEqual([])
  expect(eventOf('urge_by_hand')).toBe('urge')
  expect(eventOf('toString')).toBeUndefined()
})

test('a case is urged by hand any number of times, each in its trail; the unit’s people are told, the one who urges is not [INS-25] [CMD-24]', async () => {
  const id = await disposing()
  await forget()
  await heard()
  await forget()
  await as(dispatcher)(urgeCase, { params: { id }, body: { text: '请尽快' } })
  await as(leader)(urgeCase, { params: { id }, body: { text: '再催' } })
  expect((await acts(id)).filter((x) => x === 'urge_by_hand')).toHaveLength(2)
  expect(await told(handler)).toEqual(['urge 再催', 'urge 请尽快'])
  expect(await told(dispatcher)).toEqual([])
  expect(await told(otherManager)).toEqual([])
  await expect(as(handler)(urgeCase, { params: { id }, body: { text: 'x' } })).rejects.toMatchObject({ status: 403 })
  await expect(as(elsewhere)(urgeCase, { params: { id }, body: { text: 'x' } })).rejects.toMatchObject({ status: 404 })
  expect(brokenAt(await trailOf(db, id))).toBeUndefined()
})

test('a supervision order has a number and a due time, its unit’s manager answers it, and nobody else [INS-25] [INS-24]', async () => {
  const id = await disposing()
  await heard()
  await forget()
  const due = new Date(Date.now() + DAY).toISOString()
  const one = await as(overseer)(superviseCase, { params: { id }, body: { text: '三日未动', replyDue: due } })
  const two = await as(shift)(superviseCase, { params: { id }, body: { text: '再督' } })
  expect(one.no).toMatch(/^DB-110101-\d{4}-\d{5}$/)
  expect(Number(two.no.slice(-5))).toBe(Number(one.no.slice(-5)) + 1)
  expect((await told(manager)).sort()).toEqual(['order 三日未动', 'order 再督'].sort())
  expect(await told(handler)).toEqual([])
  const answer = (who: Actor) => as(who)(answerPaper, { params: { id: one.id }, body: { text: '已清运' } })
  await expect(answer(handler)).rejects.toMatchObject({ status: 403 })
  await expect(answer(otherManager)).rejects.toMatchObject({ status: 404 })
  await expect(answer(dispatcher)).rejects.toMatchObject({ refusal: { refused: 'cases/not-your-order' } })
  await answer(manager)
  await expect(answer(manager)).rejects.toMatchObject({ refusal: { refused: 'cases/order-not-open' } })
  expect((await papers(overseer, id)).find((p) => p.id === one.id)).toMatchObject({
    state: 'answered',
    reply: '已清运',
    late: false,
    replyDue: due,
    unit: { id: 'a-street' },
  })
  expect(await told(overseer)).toContain('order_answered 已清运')
  await as(overseer)(withdrawPaper, { params: { id: two.id }, body: { reason: '重复' } })
  expect((await acts(id)).slice(-4)).toEqual(['supervise', 'supervise', 'answer', 'withdraw_order'])
  const list = await as(manager)(listPapers, { query: { state: 'answered' } })
  expect(list.papers.map((p) => p.no)).toContain(one.no)
  expect((await as(elsewhere)(listPapers, { query: { state: 'answered' } })).papers).toEqual([])
})

test('an order needs a unit that does the work and a due time to come [INS-25]', async () => {
  const id = await reported()
  const order = (body: { text: string; unitId?: string; replyDue?: string }) =>
    as(overseer)(superviseCase, { params: { id }, body })
  await expect(order({ text: '督' })).rejects.toMatchObject({ refusal: { refused: 'cases/order-without-unit' } })
  await expect(order({ text: '督', unitId: 'a-cmd' })).rejects.toMatchObject({
    refusal: { refused: 'cases/not-a-disposal-unit' },
  })
  const past = { text: '督', unitId: 'a-street', replyDue: new Date(Date.now() - HOUR).toISOString() }
  await expect(order(past)).rejects.toMatchObject({ refusal: { refused: 'cases/wrong-reply-due' } })
  expect(await papers(overseer, id)).toEqual([])
})

test('an answer that does not come in time is said once, after whatever downtime [INS-25]', async () => {
  const id = await disposing()
  const { id: order } = await as(overseer)(superviseCase, { params: { id }, body: { text: '督' } })
  await heard()
  await forget()
  const later = new Date(Date.now() + 20 * DAY)
  expect(await sayLateOrders(db, new Date())).toBe(0)
  expect(await sayLateOrders(db, later)).toBeGreaterThan(0)
  expect(await sayLateOrders(db, later)).toBe(0)
  expect((await acts(id)).filter((x) => x === 'order_late')).toHaveLength(1)
  expect(await told(manager)).toContain('order_late')
  expect(await told(overseer)).toContain('order_late')
  await as(manager)(answerPaper, { params: { id: order }, body: { text: '迟复' } })
})

test('a leader’s instruction raises the priority for good and asks for an answer [CMD-24]', async () => {
  const id = await disposing()
  await as(leader)(instructCase, { params: { id }, body: { text: '今日办结', priority: 2 } })
  await as(leader)(instructCase, { params: { id }, body: { text: '盯住', priority: 1 } })
  expect(await as(shift)(readCase, { params: { id } })).toMatchObject({ priority: 2 })
  const [paper] = await papers(manager, id)
  expect(paper).toMatchObject({ kind: 'instruction', state: 'open', mayAnswer: true })
  expect(paper?.no).toMatch(/^PS-110101-/)
  await expect(
    as(overseer)(withdrawPaper, { params: { id: paper?.id ?? '' }, body: { reason: 'x' } }),
  ).rejects.toMatchObject({ refusal: { refused: 'cases/not-your-order' } })
  await expect(as(overseer)(instructCase, { params: { id }, body: { text: 'x' } })).rejects.toMatchObject({
    status: 403,
  })
})

test('the machine orders by rule, in the transaction of whoever asks for it [INS-25]', async () => {
  const id = await disposing()
  const ordered = await db.transaction().execute(async (tx) => {
    const row = await caseById(tx, id, true)
    if (!row) throw new Error('no case')
    return orderSupervision(tx, row, { text: '二次异议', now: new Date() })
  })
  expect(ordered).toMatchObject({
    no: expect.stringMatching(/^DB-/),
    version: (await caseById(db, id, false))?.version,
  })
  const last = (await trailOf(db, id)).at(-1)
  expect(last).toMatchObject({ act: 'supervise', actorId: 'machine', reason: '二次异议' })
})

test('cases long past their limit are proposed until an order waits for an answer [INS-25]', async () => {
  const id = await disposing()
  const proposed = async () => (await as(overseer)(proposedOrders, undefined)).cases.map((c) => c.id)
  expect(await proposed()).not.toContain(id)
  await sql`update cases.case_file set due = now() - interval '4 days' where id = ${id}`.execute(db)
  expect(await proposed()).toContain(id)
  expect((await as(elsewhere)(proposedOrders, undefined)).cases).toEqual([])
  await as(overseer)(superviseCase, { params: { id }, body: { text: '督' } })
  expect(await proposed()).not.toContain(id)
})

test('a circular lists the late cases of a unit as they stood, and stays so when they are done [INS-27]', async () => {
  const id = await disposing()
  await sql`update cases.case_file set due = now() - interval '30 hours' where id = ${id}`.execute(db)
  await expect(as(elsewhere)(issueCircular, { body: { text: '通报', unitId: 'a-street' } })).rejects.toMatchObject({
    refusal: { refused: 'cases/circular-elsewhere' },
  })
  const { no, late } = await as(shift)(issueCircular, { body: { text: '通报', unitId: 'a-street' } })
  expect(no).toMatch(/^TB-110101-/)
  await sql`update cases.case_file set due = now() + interval '9 days' where id = ${id}`.execute(db)
  const [circular] = (await as(manager)(listCirculars, { query: {} })).circulars
  expect(circular).toMatchObject({ no, figures: { late } })
  const entry = circular?.cases.find((c) => c.id === id)
  expect(entry?.lateHours).toBeCloseTo(30, 0)
  expect((await as(elsewhere)(listCirculars, { query: {} })).circulars).toEqual([])
})

test('a typical case is shown to the public with its own words, and neither the report nor the place [INS-26]', async () => {
  const id = await disposing({ description: '张三家门口' })
  await as(overseer)(exposeCase, { params: { id }, body: { shown: true, text: '渣土久未清运' } })
  const shown = (await stranger(exposures, undefined)).cases
  expect(shown).toMatchObject([{ text: '渣土久未清运', done: false }])
  expect(JSON.stringify(shown)).not.toContain('张三')
  expect(JSON.stringify(shown)).not.toContain(id)
  await as(overseer)(exposeCase, { params: { id }, body: { shown: false } })
  expect((await stranger(exposures, undefined)).cases).toEqual([])
  expect((await acts(id)).slice(-2)).toEqual(['expose', 'end_exposure'])
})

test('who is told is a rule that staff edit: SMS waits for a gateway and says so, twice-heard news tells once [INS-25] [CMD-20]', async () => {
  const rules = await as(admin)(readNoticeRules, undefined)
  expect(rules).toMatchObject({ version: 0, gateways: { sms: false, email: false }, waiting: 0 })
  const set = (from: number, extra: object[]) =>
    as(admin)(setNoticeRules, {
      body: { from, rules: [...rules.rules, ...extra] as typeof rules.rules, superviseAfterDays: null, note: '短信' },
    })
  const sms = { event: 'urge', whom: 'reporter', channel: 'sms' }
  await expect(set(0, [sms, sms])).rejects.toMatchObject({ refusal: { refused: 'cases/wrong-notice-rule' } })
  await expect(set(0, [{ ...sms, channel: 'in_app' }])).rejects.toMatchObject({
    refusal: { refused: 'cases/wrong-notice-rule' },
  })
  expect(await set(0, [sms, { event: 'urge', whom: 'street_leader', channel: 'in_app' }])).toEqual({ version: 1 })
  await expect(set(0, [])).rejects.toMatchObject({ refusal: { refused: 'cases/rules-moved-on' } })
  const id = await disposing({ reporter: { name: '王五', phone: '13800001234' } })
  await heard()
  await forget()
  await as(dispatcher)(urgeCase, { params: { id }, body: { text: '内部意见' } })
  expect(await told(leader)).toEqual(['urge 内部意见'])
  await sql`update platform.listener set xid = '0'::xid8, seq = 0 where name = ${tells.name}`.execute(db)
  expect((await told(leader)).filter((m) => m === 'urge 内部意见')).toHaveLength(1)
  const { rows } = await sql<{ state: string; said: { text: string | null } }>`select state, said from cases.outbox
    where case_id = ${id}`.execute(db)
  expect(rows).toMatchObject([{ state: 'no_gateway', said: { text: null } }])
  expect((await as(admin)(readNoticeRules, undefined)).waiting).toBe(1)
  expect((await as(overseer)(proposedOrders, undefined)).afterDays).toBeNull()
})

test('messages are one’s own, unread until they are read [CMD-24]', async () => {
  const id = await disposing()
  await heard()
  await forget()
  await as(dispatcher)(urgeCase, { params: { id }, body: { text: '一' } })
  await as(dispatcher)(urgeCase, { params: { id }, body: { text: '二' } })
  await heard()
  const mine = await as(handler)(myMessages, { query: {} })
  expect(mine.unread).toBe(2)
  const ids = mine.messages.map((m) => m.id)
  expect(await as(manager)(readMessages, { body: { ids } })).toEqual({ unread: 0 })
  expect((await as(handler)(myMessages, { query: {} })).unread).toBe(2)
  expect(await as(handler)(readMessages, { body: { ids: ids.slice(0, 1) } })).toEqual({ unread: 1 })
  expect(await as(handler)(readMessages, { body: {} })).toEqual({ unread: 0 })
})
