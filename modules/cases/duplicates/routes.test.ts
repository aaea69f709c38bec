import { addPhoto } from '@pentad/evidence/contract'
import { sql } from '@pentad/platform/db'
import { distanceM } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import { testServer } from '@pentad/platform/testing'
import { DAY, HOUR } from '@pentad/platform/time'
import sharp, { type Sharp } from 'sharp'
import { beforeEach, expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { duplicatesOfCase, duplicatesWhileTyping, readCase, reportCase, takeStep } from '../contract.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble } from '../testing.ts'
import { type Said, wordsOf } from './model/index.ts'
import { candidates } from './queries.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const elsewhere = await personOf(db, 'acceptor', 'b', ['110102'])
const here = pointIn(insideCell)
/** Degrees of latitude for so many metres. */
const north = (metres: number) => ({ ...here, lat: here.lat + metres / 111_000 })

beforeEach(async () => {
  await sql`update cases.case_file set status = 'rejected'`.execute(db)
})

const report = async (who: Actor, text: string, extra: object = {}) =>
  as(who)(reportCase, {
    body: { ...rubble, point: here, description: text, source: 'hotline', at: new Date().toISOString(), ...extra },
  })
const asked = async (who: Actor, text: string, extra: object = {}) =>
  (
    await as(who)(duplicatesWhileTyping, {
      body: { ...rubble, point: here, text, at: new Date().toISOString(), ...extra },
    })
  ).candidates

/** A picture with outlines: a few large squares of other shades, drawn by the seed. */
async function picture(seed: number, change: (image: Sharp) => Sharp = (image) => image): Promise<string> {
  const shades = Buffer.from(Array.from({ length: 72 }, (_, i) => ((i + 1) * (seed * 37 + 11) * 7919) % 251))
  const image = sharp(shades, { raw: { width: 9, height: 8, channels: 1 } }).resize(900, 800, { kernel: 'nearest' })
  const file = await change(sharp(await image.png().toBuffer()))
    .jpeg({ quality: 80 })
    .toBuffer()
  return (await as(seat)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
}

test('a second caller is told of the case while the first words are typed, with reasons as data [CMD-27] [DUM-02]', async () => {
  const { id, no } = await report(inspector, '东直门内大街三十八号院门口一堆渣土', { point: north(18) })
  await sql`update cases.case_file set reported_at = reported_at - interval '2 hours' where id = ${id}`.execute(db)
  const [first, ...others] = await asked(seat, '市民来电反映，东直门内大街38号院有渣土没人清，希望尽快处理')
  expect(others).toEqual([])
  expect(first).toMatchObject({
    case: { id, no, status: 'reported', reports: 1, description: '东直门内大街三十八号院门口一堆渣土' },
    band: 'same',
    photoId: null,
    reasons: { class: 'minor', sameCell: true, photoBits: null },
  })
  expect(first?.reasons.distanceM).toBeCloseTo(distanceM([here.lon, here.lat], [here.lon, north(18).lat]), 0)
  expect(first?.reasons.hours).toBeCloseTo(2, 1)
  expect(first?.reasons.likeness).toBeGreaterThan(0.3)
  expect(first?.reasons.places).toEqual(['东直门内大街38号院'])
})

test('what lies elsewhere, is over, or is another matter long ago is not shown [CMD-27]', async () => {
  const { id } = await report(inspector, '一堆渣土')
  expect(await asked(seat, '一堆渣土')).toHaveLength(1)
  expect(await asked(seat, '一堆渣土', { point: north(-49), classCode: '0301' })).toEqual([])
  expect(await asked(seat, '门口装修', { at: new Date(Date.now() + 60 * DAY).toISOString() })).toEqual([])
  await sql`update cases.case_file set status = 'rejected', closed_at = now() where id = ${id}`.execute(db)
  expect(await asked(seat, '一堆渣土')).toEqual([])
})

test('a shared house number finds the case beyond the reach of its point [CMD-27]', async () => {
  const far = { point: pointIn('110101002001001') }
  const { id } = await report(inspector, '安德里北街21号院装修渣土', far)
  await report(inspector, '装修渣土', far)
  const found = await asked(seat, '安德里北街二十一号院装修渣土', { point: here })
  expect(found.map((f) => f.case.id)).toEqual([id])
  expect(found[0]?.reasons).toMatchObject({ places: ['安德里北街21号院'], sameCell: false })
})

test('the same picture, smaller and in bad quality, makes the suggestion strong and stands beside it [CMD-27]', async () => {
  const own = [await picture(5), await picture(1)]
  const { id } = await report(inspector, '', { photoIds: own, point: north(30) })
  const plain = await asked(seat, '')
  expect(plain).toMatchObject([{ case: { id }, band: 'maybe', photoId: own[0], reasons: { photoBits: null } }])
  const again = await picture(1, (image) => image.resize(300).modulate({ brightness: 1.1 }))
  const [found] = await asked(seat, '', { photoIds: [again] })
  expect(found).toMatchObject({ case: { id }, band: 'same', photoId: own[1] })
  expect(found?.reasons.photoBits).toBeLessThanOrEqual(8)
  expect((await asked(seat, '', { photoIds: [await picture(9)] }))[0]?.reasons.photoBits).toBeNull()
})

test('nobody is told of cases that they may not see [CMD-27]', async () => {
  const over = { point: pointIn(outsideCell) }
  const { id } = await report(elsewhere, '路边一堆渣土', over)
  expect((await asked(elsewhere, '路边一堆渣土', over)).map((f) => f.case.id)).toEqual([id])
  expect(await asked(seat, '路边一堆渣土', over)).toEqual([])
  const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
  await expect(asked(dispatcher, '渣土')).rejects.toMatchObject({ status: 403 })
  await expect(as(seat)(duplicatesOfCase, { params: { id } })).rejects.toMatchObject({ status: 404 })
})

test('at acceptance a case is shown the others, never itself, and not what has ended [CMD-27] [DUM-02]', async () => {
  const one = await report(inspector, '胡同口一堆渣土')
  const two = await report(seat, '胡同口堆着渣土')
  const of = async (id: string) =>
    (await as(seat)(duplicatesOfCase, { params: { id } })).candidates.map((f) => f.case.id)
  expect(await of(two.id)).toEqual([one.id])
  expect(await of(one.id)).toEqual([two.id])
  await as(seat)(takeStep, {
    params: { id: one.id },
    body: { step: 'refuse', at: new Date().toISOString(), reason: '重复' },
  })
  expect(await of(two.id)).toEqual([])
})

test('a report that is the same joins the case: one more reporter, no second case [CMD-27] [DUM-02]', async () => {
  const { id, no } = await report(inspector, '一堆渣土')
  const taken = await report(seat, '又有人说一堆渣土', { joins: id, reporter: { name: '李四', phone: '19900004321' } })
  expect(taken).toEqual({ id, no })
  const whole = await as(seat)(readCase, { params: { id } })
  expect(whole.reports).toBe(2)
  expect(whole.reportsMade.map((r) => r.text)).toEqual(['一堆渣土', '又有人说一堆渣土'])
  expect(await asked(seat, '一堆渣土')).toHaveLength(1)
  // Nobody joins what they may not see, or another class.
  const hidden = await report(elsewhere, '渣土', { point: pointIn(outsideCell) })
  const refused = (code: string) => ({ refusal: { refused: code } })
  await expect(report(seat, '渣土', { joins: hidden.id })).rejects.toMatchObject(refused('cases/not-open'))
  await expect(report(seat, '吵', { joins: id, classCode: '0301' })).rejects.toMatchObject(refused('cases/other-class'))
})

test('an unknown class, a point outside the city and an unknown picture are refused with their codes [CMD-27]', async () => {
  const refused = (code: string) => ({ refusal: { refused: code } })
  await expect(asked(seat, '', { classCode: '9999' })).rejects.toMatchObject(refused('rulebook/unknown-class'))
  await expect(asked(seat, '', { point: { lon: 100, lat: 30 } })).rejects.toMatchObject(
    refused('geography/outside-city'),
  )
  await expect(asked(seat, '', { photoIds: [crypto.randomUUID()] })).rejects.toMatchObject(
    refused('evidence/no-such-photo'),
  )
})

test('at most five are shown, the likeliest first [CMD-27]', async () => {
  for (let i = 0; i < 7; i++)
    await report(inspector, i === 3 ? '电线杆旁一堆渣土' : '一堆渣土', { point: north(i * 6) })
  const found = await asked(seat, '电线杆旁一堆渣土', { point: north(18) })
  expect(found).toHaveLength(5)
  expect(found[0]?.case.description).toBe('电线杆旁一堆渣土')
  const scores = found.map((f) => f.score)
  expect(scores).toEqual([...scores].sort((x, y) => y - x))
})

test('candidates are found by the index of squares, not by reading every open case [CMD-27]', async () => {
  await report(inspector, '一堆渣土')
  await sql`insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code, place_zh, place_en,
      description, reported_at, created_by, stage_since, origin)
    select gen_random_uuid(), 'D' || n, 'reported', source, scheme, scheme_version, kind, class_code, lon, lat,
      point(xy[0] + (n % 173) * 200, xy[1] + (n / 173) * 200), area_code, '', '', '', now(), created_by, now(), 'demo'
    from cases.case_file, generate_series(1, 20000) n where status = 'reported'`.execute(db)
  await sql`analyze cases.case_file`.execute(db)
  const said: Said = {
    class: { scheme: 'GBT30428.2', version: '2013', kind: 'event', code: '0111', parentCode: '01', mapped: new Set() },
    xM: 450_050,
    yM: 4_420_050,
    cell: insideCell,
    at: new Date(Date.now() - HOUR),
    words: wordsOf('东直门内大街38号院渣土'),
    photos: [],
  }
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${candidates(seat, said, ['0111'], undefined)}`.execute(
    db,
  )
  const plan = rows.map((r) => r['QUERY PLAN']).join('\n')
  expect(plan.match(/case_open_class_square/g)).toHaveLength(2)
  expect(plan).not.toMatch(/Seq Scan on case_file/)
})

test('a report that joins a case and is sent twice under one key joins once [CMD-27]', async () => {
  const { id } = await report(inspector, '一堆渣土')
  const at = new Date().toISOString()
  const body = { ...rubble, point: here, description: '又一次', source: 'hotline' as const, at, joins: id }
  const key = crypto.randomUUID()
  const send = () => as(seat)(reportCase, { body }, { key })
  const [first, again] = await Promise.all([send(), send()])
  expect(again).toEqual(first)
  expect((await as(seat)(readCase, { params: { id } })).reports).toBe(2)
})
