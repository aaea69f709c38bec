import { addPhoto } from '@pentad/evidence/contract'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { race, testServer } from '@pentad/platform/testing'
import { DAY, HOUR } from '@pentad/platform/time'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { answerClosing, followReport, publicRates, sendReport } from '../../public-service/contract.ts'
import {
  auditCase,
  closingRates,
  listCases,
  listSelfHandled,
  readCase,
  reopenCase,
  reportCase,
  takeStep,
} from '../contract.ts'
import { countersOf, defaultFlow, type StepName } from '../model/index.ts'
import { trailOf } from '../queries/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'
import { brokenAt } from '../trail.ts'
import { type Lot, lotStands } from './lot.ts'

const { db, as, stranger } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
/** Somebody who holds the post also in the tables, as those who are drawn must. */
async function posted(role: Parameters<typeof personOf>[1], unit: string, units: string[] = [unit]) {
  const who = await personOf(db, role, unit, unit === 'a-street' ? [] : a, units)
  const areas = unit === 'a-street' ? [] : a
  await sql`insert into identity.membership (id, person_id, unit_id, role, area_codes, valid_from)
    values (${newId()}, ${who.id}, ${unit}, ${role}, ${areas}, '2020-01-01')`.execute(db)
  return who
}
const inspectors = [
  await posted('inspector', 'a-sup'),
  await posted('inspector', 'a-sup'),
  await posted('inspector', 'a-sup'),
]
const [inspector] = inspectors as [(typeof inspectors)[number]]
const seat = await posted('acceptor', 'a-sup')
const shift = await posted('shift_leader', 'a-sup')
const dispatcher = await posted('dispatcher', 'a-cmd')
const handler = await posted('unit_handler', 'a-street')
const byId = (id: string | undefined) => inspectors.find((i) => i.id === id) ?? inspector

/** A picture with outlines of its own: eight grey bars of random lightness, in two rows. */
async function picture(seed: number, quality = 90): Promise<Buffer> {
  let x = (seed * 2654435761) % 4294967296
  const grey = () => {
    x = (x * 1664525 + 1013904223) % 4294967296
    return Math.floor((x / 4294967296) * 255)
  }
  const pixels = Buffer.from(Array.from({ length: 72 }, grey))
  return sharp(pixels, { raw: { width: 9, height: 8, channels: 1 } })
    .resize(360, 320, { kernel: 'nearest' })
    .jpeg({ quality })
    .toBuffer()
}
let seeds = 1
const kept = async (file: Buffer, who = handler) =>
  (await as(who)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
const photo = async (who = handler) => kept(await picture(seeds++), who)

const here = pointIn(insideCell)
const take = async (who: typeof seat, id: string, step: StepName, extra: Record<string, unknown> = {}) =>
  as(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })
const whole = (id: string) => as(shift)(readCase, { params: { id } })
const acts = async (id: string) => (await trailOf(db, id)).map((e) => e.act)
/** As if it lay so long back. */
const age = (id: string, ms: number) =>
  sql`update cases.case_file set closed_at = closed_at - make_interval(secs => ${ms / 1000}) where id = ${id}`.execute(
    db,
  )

async function reported(text = `渣土 ${newId()}`): Promise<{ id: string; code: string }> {
  const { code } = await stranger(sendReport, {
    body: { ...rubble, point: here, pointBy: 'gps', text, photoIds: [await kept(await picture(seeds++))] },
  })
  const { rows } = await sql<{ id: string }>`select case_id as id from cases.report where code = ${code}`.execute(db)
  return { id: rows[0]?.id ?? '', code }
}
async function disposing(id: string): Promise<void> {
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
  await take(handler, id, 'sign')
}
/** Reported by a citizen and closed by everybody whose post it is. */
async function closed(checker = inspector): Promise<{ id: string; code: string }> {
  const { id, code } = await reported()
  await disposing(id)
  await take(handler, id, 'report_done', { photoIds: [await photo()], point: here })
  await take(dispatcher, id, 'send_check')
  await take(checker, id, 'pass_check', { photoIds: [await photo(checker)], point: here })
  await take(shift, id, 'close')
  return { id, code }
}
const answer = (code: string, fixed: boolean, extra: object = {}) =>
  stranger(answerClosing, { params: { code }, body: { fixed, ...(fixed ? {} : { reason: '还在' }), ...extra } })
const again = async (id: string) =>
  (await sql<{ id: string }>`select id from cases.case_file where reopened_from = ${id}`.execute(db)).rows[0]?.id ?? ''

test('an after-photo that was seen before is doubted, whoever sends it and however it was squeezed; a new one is not [INS-29] [DUM-22]', async () => {
  const old = await picture(9001)
  const first = await reported()
  await disposing(first.id)
  await take(handler, first.id, 'report_done', { photoIds: [await kept(old)], point: here })
  expect(await whole(first.id)).toMatchObject({ doubts: [] })

  const same = await reported()
  await disposing(same.id)
  await take(handler, same.id, 'report_done', { photoIds: [await kept(old)], point: here })
  const seen = await whole(same.id)
  expect(seen.doubts).toEqual(['seen-before'])
  expect(seen.trail.at(-1)?.detail).toEqual({ doubts: ['seen-before'] })

  const squeezed = await reported()
  await disposing(squeezed.id)
  const smaller = await sharp(old).resize(200).jpeg({ quality: 40 }).toBuffer()
  await take(handler, squeezed.id, 'report_done', { photoIds: [await kept(smaller, inspector)], point: here })
  expect(await whole(squeezed.id)).toMatchObject({ doubts: ['seen-before'] })

  const honest = await reported()
  await disposing(honest.id)
  await take(handler, honest.id, 'report_done', { photoIds: [await photo()], point: here })
  expect(await whole(honest.id)).toMatchObject({ doubts: [] })
})

test('the photo from before the work is no photo of after it, and two dark nights are not the same picture [INS-29]', async () => {
  const before = await picture(9002)
  const { code: _, ...report } = { code: '', ...rubble, point: here, source: 'inspector' as const, description: '渣土' }
  const at = new Date().toISOString()
  const { id } = await as(inspector)(reportCase, { body: { ...report, at, photoIds: [await kept(before, inspector)] } })
  await disposing(id)
  await take(handler, id, 'report_done', { photoIds: [await kept(before)], point: here })
  expect(await whole(id)).toMatchObject({ doubts: ['seen-before'] })

  const night = (shade: number) =>
    sharp({ create: { width: 60, height: 40, channels: 3, background: { r: shade, g: 2, b: 9 } } })
      .jpeg()
      .toBuffer()
  for (const shade of [3, 9]) {
    const dark = await reported()
    await disposing(dark.id)
    await take(handler, dark.id, 'report_done', { photoIds: [await kept(await night(shade))], point: here })
    expect(await whole(dark.id)).toMatchObject({ doubts: [] })
  }
})

test('the checker is drawn among those on duty, never who worked or checked before, and anybody can draw again [INS-29] [DUM-22]', async () => {
  const { version: _, ...byLot } = { ...defaultFlow, checkerByLot: true }
  await sql`insert into cases.flow (version, definition, note, created_by, created_at, in_force)
    values (1, ${JSON.stringify(byLot)}, 'lot', 'x', now(), true)`.execute(db)
  const { id } = await reported()
  await disposing(id)
  await take(handler, id, 'report_done', { photoIds: [await photo()], point: here })
  await take(dispatcher, id, 'send_check')
  const first = await whole(id)
  const lot = first.trail.at(-1)?.detail?.lot as Lot
  // Nobody is on duty: it is drawn among all, and says so.
  expect(lot).toMatchObject({ among: 'all', candidates: inspectors.map((i) => i.id).sort() })
  expect(first.checker?.id).toBe(lot.drawn)
  expect(lotStands(lot)).toBe(true)
  expect(lot.of).toBe(first.trail.at(-2)?.hash)
  expect(lotStands({ ...lot, drawn: lot.candidates.find((c) => c !== lot.drawn) ?? '' })).toBe(false)

  const drawn = byId(first.checker?.id)
  const other = inspectors.find((i) => i !== drawn) ?? inspector
  await expect(take(other, id, 'pass_check', { photoIds: [await photo(other)] })).rejects.toMatchObject({
    refusal: { refused: 'cases/another-checker' },
  })
  await take(drawn, id, 'fail_check', { photoIds: [await photo(drawn)], reason: '还在', point: here })
  // One of the two others has signed in lately; the former checker too, in vain.
  for (const who of [drawn, other])
    await sql`insert into identity.session (token_hash, person_id, created, last_used, ends)
      values (${newId()}, ${who.id}, now(), now() - interval '1 hour', now() + interval '1 hour')`.execute(db)
  await take(dispatcher, id, 'dispatch_again')
  await take(handler, id, 'sign')
  await take(handler, id, 'report_done', { photoIds: [await photo()], point: here })
  await take(dispatcher, id, 'send_check')
  const second = await whole(id)
  expect(second.checker?.id).toBe(other.id)
  expect(second.trail.at(-1)?.detail?.lot).toMatchObject({ among: 'on-duty', candidates: [other.id] })
  expect(brokenAt(await trailOf(db, id))).toBeUndefined()
  await sql`update cases.flow set in_force = false`.execute(db)
  await sql`delete from identity.session`.execute(db)
})

test('the reporter sees before and after and says that it is fixed: the closed case stays as it is, the rate counts it [PUB-16]', async () => {
  const { id, code } = await closed()
  const seen = await stranger(followReport, { params: { code } })
  expect(seen.photos.map((p) => p.when)).toEqual(['before', 'after', 'after'])
  expect(seen.word).toMatchObject({ until: expect.any(String), mayObject: true, said: null })
  const said = await answer(code, true)
  expect(said.word.said).toMatchObject({ fixed: true })
  await answer(code, true)
  expect((await acts(id)).slice(-2)).toEqual(['close', 'confirm'])
  expect(await whole(id)).toMatchObject({ status: 'closed' })
})

test('an objection opens a linked case at a check by somebody else, with the clock of the old one, and the code follows it [PUB-16] [INS-29]', async () => {
  const { id, code } = await closed()
  const before = await whole(id)
  await expect(answer(code, false, { reason: ' ' })).rejects.toMatchObject({ refusal: { refused: 'cases/no-reason' } })
  const proof = await kept(await picture(seeds++))
  const seen = await answer(code, false, { photoIds: [proof] })
  expect(seen).toMatchObject({
    stage: 'checking',
    again: 1,
    word: { until: null, said: { fixed: false, reason: '还在' } },
  })

  const next = await whole(await again(id))
  expect(next).toMatchObject({
    status: 'checking',
    due: before.due,
    clockStart: before.clockStart,
    leadUnit: { id: 'a-street' },
    kin: [{ how: 'from', id }],
  })
  expect(next.photos.map((p) => p.id)).toEqual([proof])
  expect(next.checker?.id).not.toBe(inspector.id)
  const detail = next.trail[0]?.detail as { lot: Lot; fromId: string }
  expect(detail).toMatchObject({ fromId: id, why: 'objection' })
  expect(lotStands(detail.lot)).toBe(true)
  expect(detail.lot.of).toBe(before.trail.at(-1)?.hash)
  expect(await whole(id)).toMatchObject({ status: 'closed', closeKind: 'normal', kin: [{ how: 'again', id: next.id }] })
  expect((await acts(id)).at(-1)).toBe('object')
  for (const one of [id, next.id]) expect(brokenAt(await trailOf(db, one))).toBeUndefined()

  // The check fails; the work is done again on the old clock, by the same unit.
  const checker = byId(next.checker?.id)
  await take(checker, next.id, 'fail_check', { photoIds: [await photo(checker)], reason: '确实还在', point: here })
  await take(dispatcher, next.id, 'dispatch_again')
  expect(await whole(next.id)).toMatchObject({ status: 'pending_sign', due: before.due, reworkCount: 1 })
  await take(handler, next.id, 'sign')
  await take(handler, next.id, 'report_done', { photoIds: [await photo()], point: here })
  await take(dispatcher, next.id, 'send_check')
  const third = inspectors.find((i) => i !== checker && i !== inspector) ?? inspector
  await take(third, next.id, 'pass_check', { photoIds: [await photo(third)], point: here })
  await take(shift, next.id, 'close')
  const done = await stranger(followReport, { params: { code } })
  expect(done).toMatchObject({ stage: 'done', word: { mayObject: true, said: null } })

  // A second objection on the same matter comes under supervision; a third is not heard here.
  await answer(code, false, { reason: '又没了' })
  const supervised = await whole(await again(next.id))
  expect(supervised).toMatchObject({ status: 'checking', difficult: true })
  expect(await acts(supervised.id)).toEqual(['reopen', 'supervise'])
  // All three have checked by now: nobody is left to draw, the trail says so, and who said that it was fixed is kept out.
  const last = supervised.trail[0]?.detail as { lot: Lot }
  expect(last.lot).toMatchObject({ among: 'nobody', candidates: [], drawn: null })
  for (const who of [inspector, third])
    await expect(take(who, supervised.id, 'pass_check', { photoIds: [await photo(who)] })).rejects.toMatchObject({
      refusal: { refused: 'cases/checked-before' },
    })
  await take(checker, supervised.id, 'fail_check', { photoIds: [await photo(checker)], reason: '又没了', point: here })
})

test('two reporters who object at the same moment open one case, and both are heard [PUB-16]', async () => {
  const { id, code } = await closed()
  const { rows } = await sql<{
    code: string
  }>`insert into cases.report (id, case_id, source, code, text, lon, lat, original, created_by, at, recorded)
    values (${newId()}, ${id}, 'citizen', ${`N${newId().slice(-9).toUpperCase()}`}, '我也看到', 116, 39, '{}', 'public', now(), now()) returning code`.execute(
    db,
  )
  const both = await race(db, sql`select from cases.case_file where id = ${id} for update`, [
    () => answer(code, false),
    () => answer(rows[0]?.code ?? '', false, { reason: '没清' }),
  ])
  expect(both.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled'])
  const next = await again(id)
  expect(await acts(next)).toEqual(['reopen', 'object'])
  const { rows: said } = await sql`select 1 from cases.answer where case_id = ${id} and not fixed`.execute(db)
  expect(said).toHaveLength(2)
})

test('an objection comes too late after the days that the city allows, and before closing there is nothing to answer [DUM-22]', async () => {
  const { id, code } = await closed()
  await age(id, (defaultFlow.reopenDays + 1) * DAY)
  expect((await stranger(followReport, { params: { code } })).word).toMatchObject({ until: null, mayObject: false })
  await expect(answer(code, false)).rejects.toMatchObject({ refusal: { refused: 'cases/too-late-to-reopen' } })
  const open = await reported()
  await expect(answer(open.code, true)).rejects.toMatchObject({ refusal: { refused: 'cases/not-closed' } })
  await expect(answer('ZZZZZZZZZZ', true)).rejects.toMatchObject({
    refusal: { refused: 'public-service/no-such-code' },
  })
})

test('a shift leader takes a closed case up again as a new one to be filed; it is done once, and only by them [DUM-22]', async () => {
  const { id } = await closed()
  const reopen = (who: typeof seat) => as(who)(reopenCase, { params: { id }, body: { reason: '图片不符' } })
  await expect(reopen(dispatcher)).rejects.toMatchObject({ status: 403 })
  const { id: next } = await reopen(shift)
  expect(await whole(next)).toMatchObject({ status: 'pending_file', clockStart: null, kin: [{ how: 'from', id }] })
  expect((await acts(id)).at(-1)).toBe('reopened')
  await expect(reopen(shift)).rejects.toMatchObject({ status: 409 })
  await take(shift, next, 'file', { standardId: rubbleStandard })
  await take(dispatcher, next, 'dispatch', { unitId: 'a-street' })
  expect(await whole(next)).toMatchObject({ status: 'pending_sign' })
})

test('a case handled on the spot is looked at later by an acceptor, once, and not by whoever handled it [DUM-01] [INS-29]', async () => {
  const at = new Date().toISOString()
  const { id } = await as(inspector)(reportCase, {
    body: {
      ...rubble,
      point: here,
      description: '小堆',
      source: 'inspector',
      at,
      draft: true,
      photoIds: [await photo(inspector)],
    },
  })
  await take(inspector, id, 'self_handle', { photoIds: [await photo(inspector)] })
  const { cases } = await as(seat)(listSelfHandled, { query: {} })
  expect(cases.find((c) => c.id === id)).toMatchObject({
    by: inspector.name,
    photos: [{ when: 'before' }, { when: 'after' }],
  })
  const audit = (right: boolean, reason?: string) =>
    as(seat)(auditCase, { params: { id }, body: { right, ...(reason ? { reason } : {}) } })
  await expect(audit(false)).rejects.toMatchObject({ refusal: { refused: 'cases/no-reason' } })
  await audit(false, '照片不是同一处')
  await expect(audit(true)).rejects.toMatchObject({ refusal: { refused: 'cases/audited-already' } })
  expect((await as(seat)(listSelfHandled, { query: {} })).cases.map((c) => c.id)).not.toContain(id)
  const entry = (await whole(id)).trail.at(-1)
  expect(entry).toMatchObject({ act: 'audit', detail: { right: false }, reason: '照片不是同一处' })
  const ordinary = await closed()
  await expect(as(seat)(auditCase, { params: { id: ordinary.id }, body: { right: true } })).rejects.toMatchObject({
    refusal: { refused: 'cases/not-self-handled' },
  })
})

test('the three rates say what they are a share of; nobody asked is no rate; the public sees no small numbers [INS-29] [PUB-16]', async () => {
  // A street of its own, so that the other tests do not count.
  const there = pointIn('110101002001001')
  const from = new Date(Date.now() - HOUR).toISOString()
  const street = { query: { from, area: '110101002' } }
  const lone = async (far: boolean) => {
    const { code } = await stranger(sendReport, {
      body: { ...rubble, point: there, pointBy: 'gps', text: newId(), photoIds: [] },
    })
    const { rows } = await sql<{ id: string }>`select case_id as id from cases.report where code = ${code}`.execute(db)
    const id = rows[0]?.id ?? ''
    await disposing(id)
    await take(handler, id, 'report_done', { photoIds: [await photo()], point: far ? here : there })
    await take(dispatcher, id, 'send_check')
    const point = far ? { lon: there.lon + 0.01, lat: there.lat } : there
    await take(inspector, id, 'pass_check', { photoIds: [await photo(inspector)], point })
    await take(shift, id, 'close')
    return { id, code }
  }
  const one = await lone(false)
  const empty = await as(shift)(closingRates, street)
  expect(empty.rows[0]).toMatchObject({
    closed: { n: 1, of: 1, rate: 1 },
    verified: { n: 1, of: 1 },
    confirmed: { n: 0, of: 0, rate: null, asked: 1 },
  })
  const doubted = await lone(true)
  expect(await whole(doubted.id)).toMatchObject({ doubts: expect.arrayContaining(['far']) })
  await answer(one.code, true)
  await answer(doubted.code, false)
  const after = await as(shift)(closingRates, street)
  expect(after.rows[0]).toMatchObject({
    closed: { n: 2, of: 2 },
    verified: { n: 1, of: 2, rate: 0.5 },
    confirmed: { n: 1, of: 2, rate: 0.5, asked: 2 },
  })
  expect(after.outcomes).toEqual([{ outcome: 'fixed', n: 2 }])
  const byUnit = await as(shift)(closingRates, { query: { ...street.query, by: 'unit' } })
  expect(byUnit.rows).toMatchObject([{ key: 'a-street', verified: { n: 1, of: 2 } }])
  const byClass = await as(shift)(closingRates, { query: { ...street.query, by: 'class' } })
  expect(byClass.rows).toMatchObject([{ key: 'event:0111', name: { 'zh-CN': '积存垃圾渣土' } }])
  const nobody = await as(shift)(closingRates, { query: { from, area: '110102' } })
  expect(nobody.rows).toEqual([])

  const shown = await stranger(publicRates)
  const { city, districts } = shown
  expect(city.closed.of).toBeGreaterThanOrEqual(5)
  expect(districts.map((d) => d.code)).toEqual(['110101'])
  // Shares of fewer than five are left out.
  const parts = [city, ...districts].flatMap((r) => [r.closed.of, r.verified.of, r.confirmed.of])
  expect(parts.filter((of) => of !== null && of < 5)).toEqual([])
})

test('counters that a trail feeds are the same in the view and in the model [DUM-04] [DUM-22]', async () => {
  const { id } = await closed()
  await answerAndFail(id)
  const ids = [id, await again(id)]
  for (const one of ids) {
    const { rows } = await sql<{ counter: string; inTime: boolean | null }>`
      select counter, in_time as "inTime" from cases.api_counter where case_id = ${one}`.execute(db)
    const file = (
      await sql<
        Parameters<typeof countersOf>[0]
      >`select source, clock_start as "clockStart", clock_stopped as "clockStopped", due, told
        from cases.case_file where id = ${one}`.execute(db)
    ).rows[0]
    const said = file ? countersOf(file, await trailOf(db, one)) : []
    const inOrder = (list: readonly object[]) => list.map((x) => JSON.stringify(x)).sort()
    expect(inOrder(rows)).toEqual(inOrder(said))
    expect(said.length).toBeGreaterThan(2)
  }
})
async function answerAndFail(id: string): Promise<void> {
  const { rows } = await sql<{ code: string }>`select code from cases.report where case_id = ${id}`.execute(db)
  await answer(rows[0]?.code ?? '', false)
  const next = await whole(await again(id))
  const checker = byId(next.checker?.id)
  await take(checker, next.id, 'fail_check', { photoIds: [await photo(checker)], reason: 'x', point: here })
  await take(dispatcher, next.id, 'dispatch_again')
}

test('the outcome in the tables is the outcome of the model, for every state and kind of closing [DUM-22]', async () => {
  const { closeKinds, outcomeOf, statuses } = await import('../model/index.ts')
  for (const status of statuses)
    for (const closeKind of [...closeKinds, null]) {
      const { rows } = await sql<{ o: string | null }>`select cases.outcome(${status}, ${closeKind}) as o`.execute(db)
      expect([status, closeKind, rows[0]?.o]).toEqual([status, closeKind, outcomeOf({ status, closeKind })])
    }
})

test('the drawn checker finds the case in their own list, the former one does not [INS-29]', async () => {
  const { id, code } = await closed()
  await answer(code, false)
  const next = await whole(await again(id))
  const lists = async (who: typeof seat) =>
    (await as(who)(listCases, { query: { queue: 'mine', most: 200 } })).cases.map((c) => c.id)
  expect(await lists(byId(next.checker?.id))).toContain(next.id)
  expect(await lists(inspector)).not.toContain(next.id)
})
