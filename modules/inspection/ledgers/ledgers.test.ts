import type { Refused } from '@pentad/platform/client'
import { sql } from '@pentad/platform/db'
import { race, testServer } from '@pentad/platform/testing'
import { fetchTile } from '@pentad/platform/testing/tiles'
import { worldX, worldY } from '@pentad/platform/tiles'
import { describe, expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn } from '../../cases/testing.ts'
import {
  addEntry,
  changeEntry,
  entriesOnMap,
  entryHistory,
  exportEntries,
  exportUnmasked,
  guessSchema,
  importEntries,
  listEntries,
  listLedgers,
  moveEntry,
  publishSchema,
  readEntry,
  readLedger,
  retireEntry,
  unmaskEntry,
  verifyEntry,
} from './contract.ts'
import type { LedgerSchema } from './model/index.ts'
import { shops } from './testing.ts'

let clock = new Date('2026-03-02T02:00:00Z')
const { db, as, base, cookieOf } = await testServer(modules, { clock: () => clock })
await layTestCity(db)
const desk = await personOf(db, 'sys_admin', 'a', ['110101'])
const handler = await personOf(db, 'unit_handler', 'a-street', ['110101001'])
const manager = await personOf(db, 'unit_manager', 'a-street', ['110101001'])
const inspector = await personOf(db, 'inspector', 'a-sup', ['110101'])
const neighbour = await personOf(db, 'unit_handler', 'b-street', ['110102001'])

const code = (error: unknown): string => (error as Refused).refusal.refused
const refusal = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', code)
const publish = (schema: LedgerSchema, from: number | null) =>
  as(desk)(publishSchema, { body: { schema: schema as never, from } })
await publish(shops, null)
const ledger = { ledger: 'shops' }
const here = pointIn(insideCell)
const add = async (values: Record<string, unknown>): Promise<string> =>
  (await as(handler)(addEntry, { params: ledger, body: { values } })).id
const list = async (query: Record<string, unknown> = {}, who = handler) =>
  await as(who)(listEntries, { params: ledger, query: query as never })

const shop = await add({
  name: '甲店',
  owner: '张三丰',
  phone: '13800001234',
  kind: 'food',
  rent: 120_000,
  place: here,
})
const read = (id = shop, who = handler) => as(who)(readEntry, { params: { id } })

describe('entries', () => {
  test('get a number, a title by the template, and their place from the geography [ONE-07] [ONE-33]', async () => {
    expect(await read()).toMatchObject({
      no: 'SHOPS-00001',
      title: '甲店（餐饮）',
      state: 'open',
      cell: insideCell,
      street: { code: '110101001' },
      keeper: { id: 'a-street' },
      dueOn: '2026-04-01',
    })
  })

  test('that are not what the schema asks for are refused with every fault; a point outside the city, too [ONE-07]', async () => {
    const bad = as(handler)(addEntry, { params: ledger, body: { values: { phone: '12', rent: -1 } } })
    expect(await bad.catch((e: Refused) => e.refusal)).toMatchObject({
      refused: 'inspection/bad-values',
      detail: { faults: [{ field: 'name' }, { field: 'phone' }, { field: 'rent' }] },
    })
    expect(await refusal(add({ name: '远', place: { lon: 1, lat: 1 } }))).toBe('geography/outside-city')
    expect(await refusal(add({ name: '别区', place: pointIn(outsideCell) }))).toBe('inspection/not-your-area')
    expect(await refusal(add({ name: '连', next_to: shop.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }))).toBe(
      'inspection/bad-values',
    )
  })

  test('are kept by the posts that the schema names, read by others, and not found from outside [ONE-07]', async () => {
    expect(await refusal(as(inspector)(addEntry, { params: ledger, body: { values: { name: '乙' } } }))).toBe(
      'inspection/not-your-ledger',
    )
    expect((await read(shop, inspector)).mayWrite).toBe(false)
    expect(await refusal(read(shop, neighbour))).toBe('platform/not-found')
    expect((await list({}, neighbour)).entries).toEqual([])
  })

  test('are changed by whoever saw the newest; every change is an event with before and after that stands [ONE-07]', async () => {
    const { rev } = await read()
    await as(handler)(changeEntry, { params: { id: shop }, body: { rev, values: { rent: 150_000 }, note: '续租' } })
    expect(await refusal(as(handler)(changeEntry, { params: { id: shop }, body: { rev, values: { rent: 1 } } }))).toBe(
      'inspection/entry-moved',
    )
    const { events } = await as(handler)(entryHistory, { params: { id: shop } })
    expect(events[0]).toMatchObject({
      act: 'change',
      actor: '张unit_handler',
      note: '续租',
      changes: [{ key: 'rent', before: 120_000, after: 150_000 }],
    })
    await expect(sql`delete from inspection.entry_event`.execute(db)).rejects.toThrow('append-only')
  })

  test('two who change the same entry at once: one is told to look again', async () => {
    const { rev } = await read()
    const change = (rent: number) => () =>
      as(handler)(changeEntry, { params: { id: shop }, body: { rev, values: { rent } } })
    const results = await race(db, sql`select from inspection.entry where id = ${shop} for update`, [
      change(200_000),
      change(300_000),
    ])
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('move along the transitions of their schema, and end and come back with a reason [ONE-07]', async () => {
    const id = await add({ name: '丙店' })
    const move = (who: typeof handler, to: string) => refusal(as(who)(moveEntry, { params: { id }, body: { to } }))
    expect(await move(handler, 'closed')).toBe('inspection/not-your-transition')
    expect(await move(manager, 'closed')).toBe('inspection/fields-owed')
    const { rev } = await read(id)
    await as(handler)(changeEntry, { params: { id }, body: { rev, values: { kind: 'goods' } } })
    expect(await move(manager, 'closed')).toBe('done')
    expect(await read(id)).toMatchObject({ state: 'closed', dueOn: null })
    expect(await refusal(as(handler)(retireEntry, { params: { id }, body: { retired: true, note: ' ' } }))).toBe(
      'inspection/no-reason',
    )
    await as(handler)(retireEntry, { params: { id }, body: { retired: true, note: '重复' } })
    expect((await list()).entries.map((e) => e.id)).not.toContain(id)
    expect((await list({ retired: 'true' })).entries.map((e) => e.id)).toContain(id)
    await as(handler)(retireEntry, { params: { id }, body: { retired: false, note: '误销' } })
    expect((await read(id)).retired).toBe(false)
  })
})

describe('personal fields', () => {
  test('are masked everywhere, and shown to posts with the right and a purpose; each look is logged [ONE-07] [ONE-09]', async () => {
    for (const who of [handler, manager, inspector])
      expect((await read(shop, who)).values).toMatchObject({ owner: '张**', phone: '138****1234' })
    const { events } = await as(handler)(entryHistory, { params: { id: shop } })
    expect(JSON.stringify(events)).not.toMatch(/张三丰|13800001234/)
    expect(await refusal(as(handler)(unmaskEntry, { params: { id: shop }, body: { purpose: 'contact' } }))).toBe(
      'platform/not-allowed',
    )
    const { values } = await as(manager)(unmaskEntry, { params: { id: shop }, body: { purpose: 'contact' } })
    expect(values).toMatchObject({ owner: '张三丰', phone: '13800001234' })
    const { rows } = await sql<{ detail: object }>`select detail from identity.audit
      where act = 'unmask-entry' and about = ${shop} and actor_id = ${manager.id}`.execute(db)
    expect(rows).toMatchObject([{ detail: { purpose: 'contact', no: 'SHOPS-00001' } }])
  })

  test('can neither be searched for nor filtered by, so that nobody guesses them [ONE-09]', async () => {
    expect((await list({ q: '张三丰' })).entries).toEqual([])
    expect(await refusal(list({ field: 'phone', is: '13800001234' }))).toBe('inspection/masked-field')
  })
})

describe('checks against reality', () => {
  test('an inspector confirms, says what differs, or finds nothing; the ledger shows its verified share [ONE-08]', async () => {
    const id = await add({ name: '丁店', kind: 'food' })
    const verify = (body: object) =>
      as(inspector)(verifyEntry, { params: { id }, body: { at: clock.toISOString(), ...body } as never })
    expect(await refusal(verify({ finding: 'differs' }))).toBe('inspection/no-difference')
    await verify({ finding: 'differs', differences: { kind: 'goods' }, note: '已改零售' })
    expect(await read(id)).toMatchObject({ finding: 'differs', values: { kind: 'goods' }, title: '丁店（零售）' })
    const { events } = await as(handler)(entryHistory, { params: { id } })
    expect(events[0]).toMatchObject({
      act: 'verify',
      actor: '张inspector',
      changes: expect.arrayContaining([
        expect.objectContaining({ key: 'kind', before: 'food', after: 'goods' }),
        expect.objectContaining({ key: 'finding', after: 'differs' }),
      ]),
    })
    const { counts, byStreet } = await as(handler)(readLedger, { params: ledger })
    expect(counts).toMatchObject({ verified: 1, differing: 1 })
    expect(byStreet[0]).toMatchObject({ street: '110101001', verified: 1 })
    expect((await list({ finding: 'none' })).entries.map((e) => e.id)).not.toContain(id)
  })

  test('what nobody has looked at within the interval is overdue; a check begins it anew [ONE-08]', async () => {
    const id = await add({ name: '戊店' })
    const began = clock
    clock = new Date('2026-04-02T02:00:00Z')
    expect((await list({ overdue: 'true' })).entries.map((e) => e.id)).toContain(id)
    await as(inspector)(verifyEntry, { params: { id }, body: { finding: 'confirmed', at: clock.toISOString() } })
    expect((await list({ overdue: 'true' })).entries.map((e) => e.id)).not.toContain(id)
    expect(await read(id)).toMatchObject({ dueOn: '2026-05-02', verifiedAt: clock.toISOString() })
    clock = began
  })
})

describe('lists and maps', () => {
  test('pages hold every entry once, in each order [ONE-07]', async () => {
    for (let i = 0; i < 7; i++) await add({ name: `页${i % 2}` })
    const all = (await list({ most: 200 })).entries.map((e) => e.id).sort()
    for (const sort of ['changed', 'no', 'title', 'due']) {
      const found: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof list>> = await list({ sort, most: 3, ...(cursor ? { cursor } : {}) })
        found.push(...page.entries.map((e) => e.id))
        cursor = page.next
      } while (cursor)
      expect(found.length).toBe(all.length)
      expect(found.sort()).toEqual(all)
    }
  })

  test('entries with a place are points of the map, by the same filters [ONE-07]', async () => {
    const box = { west: here.lon - 0.01, south: here.lat - 0.01, east: here.lon + 0.01, north: here.lat + 0.01 }
    const points = async (query: object) =>
      (await as(handler)(entriesOnMap, { params: ledger, query: { ...box, ...query } })).points.map((p) => p.id)
    expect(await points({})).toEqual([shop])
    expect(await points({ field: 'kind', is: 'goods' })).toEqual([])
    expect(await points({ west: here.lon + 0.001 })).toEqual([])
  })
})

test('a ledger with a place is a layer of the map, by each caller’s area; without one, or for some posts only, it is none [ONE-07] [ONE-33]', async () => {
  const z = 15
  const at = `${z}/${worldX(here.lon) >> (30 - z)}/${worldY(here.lat) >> (30 - z)}.mvt`
  const drawn = async (who: typeof handler) =>
    (await fetchTile(base, `ledger-shops/${at}`, cookieOf(who))).map((f) => [f.properties.id, f.properties.state])
  expect(await drawn(handler)).toEqual([[shop, 'open']])
  expect(await drawn(neighbour)).toEqual([])
  await publish({ ...shops, id: 'closed-shops', read: ['leader'], write: ['leader'] }, null)
  await expect(fetchTile(base, `ledger-closed-shops/${at}`, cookieOf(handler))).rejects.toThrow('404')
})

describe('versions of a schema', () => {
  test('old entries open in the new form, keep what it has no place for in their history, and are found by the new name [ONE-07]', async () => {
    const v2: LedgerSchema = {
      ...shops,
      fields: [
        ...shops.fields.filter((f) => f.key !== 'rent' && f.key !== 'kind'),
        { ...(shops.fields.find((f) => f.key === 'kind') ?? shops.fields[0]), key: 'trade', was: 'kind' } as never,
        {
          key: 'area_m2',
          title: { 'zh-CN': '面积', en: 'Area' },
          type: 'number',
          required: false,
          dataClass: 'public',
          unit: 'm²',
        },
      ],
      titleTemplate: '{name}（{trade}）',
      transitions: shops.transitions.map((t) => ({ ...t, required: [] })),
    }
    expect(await refusal(publish(v2, null))).toBe('inspection/schema-moved')
    expect((await publish(v2, 1)).version).toBe(2)
    const entry = await read()
    expect(entry).toMatchObject({ version: 1, newest: 2, values: { trade: 'food' }, owed: [] })
    expect(entry.values).not.toHaveProperty('rent')
    expect((await list({ field: 'trade', is: 'food' })).entries.map((e) => e.id)).toContain(shop)
    await as(handler)(changeEntry, { params: { id: shop }, body: { rev: entry.rev, values: { area_m2: 20.5 } } })
    expect(await read()).toMatchObject({ version: 2, values: { trade: 'food', area_m2: 20.5 } })
    const { events } = await as(handler)(entryHistory, { params: { id: shop } })
    expect(events[0]?.changes).toContainEqual(
      expect.objectContaining({ key: 'rent', title: { 'zh-CN': '租金', en: 'Rent' } }),
    )
  })

  test('only who may define ledgers publishes one; a schema that does not hold is refused with every fault [INF-16]', async () => {
    expect(await refusal(as(manager)(publishSchema, { body: { schema: shops as never, from: 2 } }))).toBe(
      'platform/not-allowed',
    )
    const bad = publish({ ...shops, id: 'bad', titleTemplate: '{nobody}', transitions: [] }, null)
    expect(await bad.catch((e: Refused) => e.refusal)).toMatchObject({
      refused: 'inspection/bad-schema',
      detail: { faults: [{ code: 'pack/ledger-no-field' }] },
    })
  })
})

describe('tables', () => {
  const table = (lines: string[]) => new TextEncoder().encode(lines.join('\n'))
  const bring = (file: Uint8Array, mode: 'check' | 'clean' | 'good') =>
    as(handler)(importEntries, { params: ledger, query: { mode } }, { file, fileType: 'text/csv' })

  test('of GBK are recognised, columns by their titles [ONE-07]', async () => {
    // “名称,业态 / 春店,餐饮” as Excel on a Chinese Windows writes it.
    const file = Uint8Array.from([
      0xc3, 0xfb, 0xb3, 0xc6, 0x2c, 0xd2, 0xb5, 0xcc, 0xac, 0x0d, 0x0a, 0xb4, 0xba, 0xb5, 0xea, 0x2c, 0xb2, 0xcd, 0xd2,
      0xfb, 0x0d, 0x0a,
    ])
    expect(await bring(file, 'clean')).toMatchObject({
      encoding: 'gbk',
      columns: [
        { head: '名称', field: 'name' },
        { head: '业态', field: 'trade' },
      ],
      added: 1,
      written: true,
    })
    expect((await list({ q: '春店' })).entries).toHaveLength(1)
  })

  test('with faults load nothing unless the good lines are chosen; each fault has its line [ONE-07]', async () => {
    const file = table(['名称,电话,业态', '秋店,13800001234,餐饮', ',1,餐饮', '冬店,,卖艺', '"未完'])
    const before = (await list()).count
    const checked = await bring(file, 'clean')
    expect(checked).toMatchObject({ rows: 4, faulty: 3, written: false })
    expect(checked.faults.map((f) => [f.line, f.field, f.code])).toEqual([
      [3, 'name', 'pack/ledger-value-missing'],
      [3, 'phone', 'pack/ledger-value-phone'],
      [4, 'trade', 'pack/ledger-value-choice'],
      [5, null, 'pack/ledger-row-broken'],
    ])
    expect((await list()).count).toBe(before)
    expect(await bring(file, 'good')).toMatchObject({ added: 1, written: true })
    expect((await list()).count).toBe(before + 1)
  })

  test('a line with the number of an entry changes that entry, and what is the same changes nothing [ONE-07]', async () => {
    const { no, rev } = await read()
    const file = table(['编号,名称,面积', `${no},甲店,33`])
    expect(await bring(file, 'clean')).toMatchObject({ added: 0, changed: 1 })
    expect(await bring(file, 'clean')).toMatchObject({ changed: 0, same: 1 })
    expect(await read()).toMatchObject({ rev: rev + 1, values: { area_m2: 33, trade: 'food' } })
    expect(await bring(table(['编号,名称', 'SHOPS-99999,谁']), 'good')).toMatchObject({
      added: 0,
      faults: [{ code: 'pack/ledger-no-unknown' }],
    })
  })

  test('going out are UTF-8 with its mark and masked; with the personal fields only by right and purpose, and logged [ONE-09]', async () => {
    const reply = await fetch(`${base}/api/inspection/ledgers/shops/export?q=甲店`, {
      headers: { cookie: cookieOf(handler) },
    })
    const bytes = new Uint8Array(await reply.arrayBuffer())
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const csv = new TextDecoder().decode(bytes)
    expect(csv).toContain('138****1234')
    expect(csv).not.toContain('张三丰')
    expect(reply.headers.get('content-disposition')).toContain('shops-2026-03-02.csv')
    const whole = await as(manager)(exportUnmasked, {
      params: ledger,
      query: { q: '甲店' },
      body: { purpose: 'enforce' },
    })
    expect(whole.csv).toContain('张三丰')
    const { rows } =
      await sql`select from identity.audit where act = 'export-unmasked' and actor_id = ${manager.id}`.execute(db)
    expect(rows).toHaveLength(1)
    expect(exportEntries.replyType).toBe('text/csv')
  })

  test('48 spreadsheets of 48 habits become 48 ledgers without programming, rows and all [INF-16]', async () => {
    for (let i = 1; i <= 48; i++) {
      const file = table([
        `名称,登记日期,数量${i},经度,纬度`,
        `第${i}册甲,2024/1/${(i % 28) + 1},${i},${here.lon},${here.lat}`,
      ])
      const { fields } = await as(desk)(guessSchema, undefined, { file, fileType: 'text/csv' })
      const id = `book-${i}`
      await publish({ ...shops, id, fields, titleTemplate: '{f1}', transitions: [], write: [] } as never, null)
      const done = await as(desk)(
        importEntries,
        { params: { ledger: id }, query: { mode: 'clean' } },
        { file, fileType: 'text/csv' },
      )
      expect(done).toMatchObject({ added: 1, faulty: 0 })
    }
    const { ledgers } = await as(desk)(listLedgers)
    const books = ledgers.filter((l) => l.id.startsWith('book-'))
    expect(books).toHaveLength(48)
    expect(books.every((l) => l.counts.entries === 1 && l.counts.placed === 1)).toBe(true)
  })
})
