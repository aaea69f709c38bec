import { sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { newId } from '@pentad/platform/id'
import { refuse } from '@pentad/platform/refusal'
import type { Actor } from '@pentad/platform/rights'
import { testServer } from '@pentad/platform/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { beginEdition, endEdition, renewCity } from '../editions.ts'
import { geography } from '../index.ts'
import { locatorOf } from '../locator.ts'
import { IdSet } from './census/id-set.ts'
import * as contract from './contract.ts'
import { listeners } from './on.ts'
import { componentsPart } from './pack.ts'
import { passedOver } from './quality.ts'
import { componentById } from './queries.ts'
import { cellAt, layGrid, pointAt, readingOf, sourceOf } from './testing.ts'
import { checkUpload, loadUpload } from './uploads.ts'

const server = await testServer([geography])
const { db, pool, as, blobs } = server

const personOf = async (may: string[], areas = ['110101']): Promise<Actor> => {
  const id = newId()
  await sql`insert into identity.person (id, login, name_zh, name_en, password) values (${id}, ${id}, '王五', 'Wang', 'none')`.execute(
    db,
  )
  return { id, name: '王五', grants: [{ role: 'tester', unitId: 'u', areas, units: [], may }] }
}
const desk = await personOf(['geography.read', 'geography.report-component', 'geography.manage'])
const inspector = await personOf(['geography.read', 'geography.report-component'])

const head = 'id,name,lon,lat,owner,maintainer,accuracy,changed_on'
const rowAt = (id: string, eastM: number, northM: number, rest = '甲,甲,A,2099-01-01') => {
  const { lon, lat } = pointAt(eastM, northM)
  return `${id},井盖,${lon},${lat},${rest}`
}
const lamp = '1101010137000001'
const far = '1101020137000001'
beforeAll(async () => {
  await layGrid(db)
  const rows = [
    rowAt(lamp, 50, 50),
    rowAt('1101010137000002', 50.3, 50),
    rowAt('1101010137000003', 75, 50, ',,,2001-01-01'),
    rowAt('1101010137009000', 500, 500),
    rowAt('1101010101000001', 52, 50),
    rowAt(far, 1050, 50),
  ]
  const part = componentsPart(() => locatorOf(db))
  const { reading, faults } = readingOf(sourceOf({ 'components/a.csv': [head, ...rows].join('\n') }))
  const read = await part.read(reading)
  expect(faults).toEqual([])
  await bulkTransaction(pool, async ({ db: tx, client }) => {
    const now = new Date()
    const editionId = await beginEdition(tx, { kind: 'census', byPerson: null, note: '首次普查', now })
    const changes = await part.lay(
      { db: tx, client, editionId, covers: [''], now, onProgress: () => undefined, signal: reading.signal },
      read,
    )
    await endEdition(tx, editionId, { components: changes })
  })
})
const [listener] = listeners
const now = () => new Date().toISOString()
const refused = (code: string) => ({ refusal: refuse(code, expect.anything() as never) })

describe('a change is an event, never an overwrite [ONE-06, INF-22]', () => {
  test('an inspector reports a damaged component; its history says who, when, why, before and after', async () => {
    const body = { state: 'damaged', reason: '灯罩破裂', at: now() } as const
    const whole = await as(inspector)(contract.reportComponentState, { params: { id: lamp }, body })
    expect(whole).toMatchObject({ state: 'damaged', version: 2, brought: { number: 1, note: '首次普查' } })
    expect(whole.events).toMatchObject([
      {
        kind: 'state',
        before: { state: 'intact' },
        after: { state: 'damaged' },
        by: '王五',
        reason: '灯罩破裂',
        edition: null,
      },
    ])
    const again = as(inspector)(contract.reportComponentState, { params: { id: lamp }, body })
    await expect(again).rejects.toMatchObject(refused('geography/component-same-state'))
  })

  test('abolishing is for the desk, and a clock that runs ahead is refused', async () => {
    const call = (actor: Actor, body: { state: 'abolished' | 'lost'; at: string }) =>
      as(actor)(contract.reportComponentState, { params: { id: lamp }, body: { reason: '拆除', ...body } })
    await expect(call(inspector, { state: 'abolished', at: now() })).rejects.toMatchObject(
      refused('geography/component-desk-only'),
    )
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    await expect(call(inspector, { state: 'lost', at: tomorrow })).rejects.toMatchObject(
      refused('geography/clock-ahead'),
    )
  })

  test('it moves within its district, and its cell is computed anew', async () => {
    const move = (point: { lon: number; lat: number }) =>
      as(desk)(contract.moveComponent, {
        params: { id: '1101010137009000' },
        body: { point, reason: '复测', at: now() },
      })
    expect(await move(pointAt(650, 550))).toMatchObject({ cell: cellAt(650, 550), events: [{ kind: 'moved' }] })
    await expect(move(pointAt(650, 550))).rejects.toMatchObject({ refusal: refuse('geography/component-same-place') })
    await expect(move(pointAt(1050, 550))).rejects.toMatchObject(refused('geography/component-other-district'))
    await expect(move({ lon: 100, lat: 30 })).rejects.toMatchObject(refused('geography/outside-city'))
    const may = as(inspector)(contract.moveComponent, {
      params: { id: lamp },
      body: { point: pointAt(10, 10), reason: '复测', at: now() },
    })
    await expect(may).rejects.toMatchObject({ status: 403 })
  })

  test('who answers for it changes; the same again is refused', async () => {
    const body = { maintainer: { code: 'b', name: '乙公司' }, reason: '移交', at: now() }
    const change = () => as(desk)(contract.changeComponentDuty, { params: { id: lamp }, body })
    expect(await change()).toMatchObject({ maintainer: { code: 'b', name: '乙公司' }, owner: { name: '甲' } })
    await expect(change()).rejects.toMatchObject({ refusal: refuse('geography/component-same-duty') })
  })

  test('a component of another district is not found', async () => {
    await expect(as(desk)(contract.readComponent, { params: { id: far } })).rejects.toMatchObject({ status: 404 })
  })

  test('where the grid is redrawn, components take the new cells without an event', async () => {
    const version = (await componentById(db, lamp))?.version
    const redraw = async (from: string, to: string, told: string[]) => {
      await sql`update geography.cell set code = ${to} where code = ${from}`.execute(db)
      await renewCity(db)
      const news = { topic: 'geography.cells-changed', about: { ended: told } }
      await db.transaction().execute((tx) => listener?.hear(tx, [news] as never) ?? Promise.resolve())
    }
    const [old, redrawn] = [cellAt(50, 50), '110101001001999']
    await redraw(old, redrawn, [old])
    expect(await componentById(db, lamp)).toMatchObject({ cell: redrawn, version })
    // After a change of many cells the news names none of them.
    await redraw(redrawn, old, [])
    expect(await componentById(db, lamp)).toMatchObject({ cell: old, version })
  })
})

describe('components are found by place, class and flaw [DUM-08]', () => {
  test('the nearest come first, of the class asked for, within the distance', async () => {
    const near = (more: object) => as(inspector)(contract.nearestComponents, { query: { ...pointAt(51, 50), ...more } })
    const { components } = await near({ classCode: '0137', radiusM: 30 })
    expect(components.map((c) => [c.id.slice(-1), c.distanceM])).toEqual([
      ['2', 0.7],
      ['1', 1],
      ['3', 24],
    ])
    expect((await near({ radiusM: 2 })).components).toHaveLength(3)
  })

  test('each figure of the quality report opens the list it counts', async () => {
    const { lines } = await as(desk)(contract.componentQuality, { query: {} })
    const lamps = lines.find((l) => l.classCode === '0137')
    expect(lamps).toMatchObject({ street: { code: '110101001' }, count: 4, accuracyA: 3 })
    expect(lamps?.flaws).toEqual({
      'no-owner': 1,
      'no-maintainer': 1,
      'no-accuracy': 1,
      double: 2,
      'out-of-series': 1,
      old: 1,
    })
    for (const [flaw, n] of Object.entries(lamps?.flaws ?? {})) {
      const { components } = await as(desk)(contract.listComponents, {
        query: { classCode: '0137', within: '110101001', flaw: flaw as 'old' },
      })
      expect([flaw, components.length]).toEqual([flaw, n])
    }
  })

  test('the map and the counts show what lies in the caller’s area only', async () => {
    const box = { west: 116, south: 39, east: 117, north: 40 }
    const { features, all } = await as(desk)(contract.componentsOnMap, { query: { ...box, classCode: '0137' } })
    expect([features.length, all]).toEqual([4, 4])
    const { classes } = await as(desk)(contract.componentCounts, { query: {} })
    expect(classes).toEqual([
      { classCode: '0101', count: 1, damaged: 0, lost: 0, gone: 0 },
      { classCode: '0137', count: 4, damaged: 1, lost: 0, gone: 0 },
    ])
    const first = await as(desk)(contract.listComponents, { query: { most: 2 } })
    const second = await as(desk)(contract.listComponents, { query: { most: 500, after: first.next ?? '' } })
    expect([...first.components, ...second.components]).toHaveLength(5)
    expect(second.next).toBeNull()
  })
})

describe('staff bring a census themselves [DUM-08, INF-22]', () => {
  const tools = { db, pool, blobs }
  const bring = async (text: string, covers: 'changes' | 'classes' | 'city' = 'classes') => {
    const file = new TextEncoder().encode(text)
    const census = await as(desk)(
      contract.addCensus,
      { query: { name: '井盖.csv', covers } },
      { file, fileType: 'application/octet-stream' },
    )
    expect(census.state).toBe('checking')
    await checkUpload(tools, census.id)
    return as(desk)(contract.readCensus, { params: { id: census.id } })
  }

  test('a good one says first what it would change, and is laid when that was seen', async () => {
    const census = await bring(
      [head, rowAt('1101010101000001', 52, 50, '乙,乙,A,2099-01-01'), rowAt('1101010101000002', 60, 60)].join('\n'),
    )
    expect(census).toMatchObject({
      state: 'ready',
      rowsRead: 2,
      changes: { added: 1, changed: 1, retired: 0, same: 0 },
    })
    expect(await componentById(db, '1101010101000002')).toBeUndefined()
    const loading = await as(desk)(contract.loadCensus, { params: { id: census.id } })
    expect(loading.state).toBe('loading')
    await loadUpload(tools, census.id)
    const loaded = await as(desk)(contract.readCensus, { params: { id: census.id } })
    expect(loaded).toMatchObject({ state: 'loaded', changes: { added: 1, changed: 1 }, edition: 2 })
    const whole = await as(desk)(contract.readComponent, { params: { id: '1101010101000001' } })
    expect(whole.events).toMatchObject([{ kind: 'census', edition: 2, by: '王五' }])
    const twice = as(desk)(contract.loadCensus, { params: { id: census.id } })
    await expect(twice).rejects.toMatchObject(refused('geography/census-not-ready'))
    // Of the class in the file all are counted; lamps are another class and stay.
    expect(
      (await bring([head, rowAt('1101010101000001', 52, 50, '乙,乙,A,2099-01-01')].join('\n'))).changes,
    ).toMatchObject({ retired: 1 })
  })

  test('a bad one names its faults in the reader’s language, as a list and as a table, and cannot be loaded', async () => {
    const census = await bring([head, rowAt('110101', 52, 50), rowAt('1101020137000009', 1052, 50)].join('\n'))
    expect(census).toMatchObject({ state: 'faulty', faultCount: 2, changes: null })
    expect(census.faults).toEqual([
      { file: '井盖.csv', line: 2, said: expect.stringContaining('不是 16 位数字') },
      { file: '井盖.csv', line: 3, said: expect.stringContaining('不在您的管辖范围内') },
    ])
    const response = await fetch(`${server.base}/api/geography/censuses/${census.id}/faults`, {
      headers: { cookie: server.cookieOf(desk) },
    })
    expect((await response.text()).split('\r\n')[1]).toMatch(/^井盖.csv,2,pack\/component-id,/)
    const load = as(desk)(contract.loadCensus, { params: { id: census.id } })
    await expect(load).rejects.toMatchObject(refused('geography/census-not-ready'))
  })
})

test('ids are told apart however many there are, and a second coming is named with the first [ONE-06]', () => {
  const id = fc.tuple(fc.integer({ min: 110_000, max: 829_999 }), fc.integer({ min: 0, max: 9_999_999_999 }))
  fc.assert(
    fc.property(fc.array(id, { maxLength: 3000 }), (ids) => {
      const set = new IdSet()
      const first = new Map<string, number>()
      for (const [i, [district, rest]] of ids.entries()) {
        const text = `${district}${String(rest).padStart(10, '0')}`
        expect(set.add(text, i + 1)).toBe(first.get(text))
        if (!first.has(text)) first.set(text, i + 1)
      }
      expect(set.size).toBe(first.size)
    }),
  )
})

test('a cell passed over by the survey is one without any of a class most of whose neighbours have some [DUM-08]', () => {
  const cells = Array.from({ length: 25 }, (_, i) => ({
    code: String(i),
    x: (i % 5) * 100,
    y: Math.floor(i / 5) * 100,
  }))
  const all = cells.map(({ code }) => ({ classCode: '0137', cell: code }))
  expect(passedOver(cells, all)).toEqual([])
  expect(
    passedOver(
      cells,
      all.filter((c) => c.cell !== '12'),
    ),
  ).toEqual([{ classCode: '0137', cells: ['12'] }])
  // At the edge of the city there are too few neighbours to say so.
  expect(
    passedOver(
      cells,
      all.filter((c) => c.cell !== '0'),
    ),
  ).toEqual([])
})
