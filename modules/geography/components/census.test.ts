/** 普查: a census is read, every fault named with its line, and laid as a difference. */

import { type Crs, degreesTo } from '@pentad/platform/crs'
import { sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { testDatabase } from '@pentad/platform/testing'
import { zipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { beginEdition, endEdition } from '../editions.ts'
import { cellsPart, componentsPart as packPart } from '../index.ts'
import { locatorOf } from '../locator.ts'
import { componentsPart } from './pack.ts'
import { componentById, eventsOf, saveChange } from './queries.ts'
import { cellAt, layGrid, pointAt, readingOf, sourceOf } from './testing.ts'

const { db, pool } = await testDatabase()
beforeAll(() => layGrid(db))

const part = componentsPart(() => locatorOf(db))
const read = async (files: Readonly<Record<string, string | Uint8Array>>, settings = {}) => {
  const { reading, faults } = readingOf(sourceOf(files), settings)
  return { rows: await part.read(reading), faults }
}
const load = async (files: Readonly<Record<string, string | Uint8Array>>, settings = {}) => {
  const { rows, faults } = await read(files, settings)
  expect(faults).toEqual([])
  return bulkTransaction(pool, async ({ db: tx, client }) => {
    const now = new Date()
    const editionId = await beginEdition(tx, { kind: 'census', byPerson: null, note: '', now })
    const laying = {
      db: tx,
      client,
      editionId,
      covers: [''],
      now,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }
    const changes = await part.lay(laying, rows)
    await endEdition(tx, editionId, { components: changes })
    return changes
  })
}
const idOf = (n: number, prefix = '1101010137') => `${prefix}${String(n).padStart(6, '0')}`
const head = 'id,name,lon,lat,state,owner,maintainer,accuracy,changed_on'
const line = (n: number, { state = '完好', at = pointAt(n * 10 + 5, 50), maintainer = '甲公司' } = {}) =>
  `${idOf(n)},路灯${n},${at.lon},${at.lat},${state},,dc-lighting|${maintainer},A,2024-01-02`
const table = (...lines: string[]) => [head, ...lines].join('\n')

describe('what is wrong with a census is said with file and line [ONE-06, DUM-08]', () => {
  const good = pointAt(5, 50)
  const at = `${good.lon},${good.lat}`
  test.each([
    ['an id that is not 16 digits', `110101013700001,灯,${at},,,,,`, 'pack/component-id'],
    ['a class that is not two and two digits', `1101010100000001,灯,${at},,,,,`, 'pack/component-class'],
    ['an id of another district', `1101020137000001,灯,${at},,,,,`, 'pack/component-district'],
    ['a point outside the city', `1101010137000001,灯,116.0,39.0,,,,,`, 'pack/component-outside'],
    ['an unknown state', `1101010137000001,灯,${at},坏了,,,,`, 'pack/component-state'],
    ['an unknown accuracy', `1101010137000001,灯,${at},,,,D,`, 'pack/component-accuracy'],
    ['a day that is none', `1101010137000001,灯,${at},,,,,2024-02-30`, 'pack/not-a-day'],
    ['no place', `1101010137000001,灯,,,,,,,`, 'pack/component-no-place'],
    ['no name', `1101010137000001,,${at},,,,,`, 'pack/missing'],
  ])('%s', async (_, bad, code) => {
    const { faults } = await read({ 'components/lamps.csv': table(line(2), bad, line(3)) })
    expect(faults.map((f) => [f.file, f.line, f.code])).toEqual([['components/lamps.csv', 3, code]])
  })

  test('an id that comes twice is named with where it came first, also in another file', async () => {
    const { faults } = await read({
      'components/a.csv': table(line(1), line(2)),
      'components/b.csv': table(line(3), line(2)),
    })
    expect(faults).toEqual([
      {
        file: 'components/b.csv',
        line: 3,
        code: 'pack/component-twice',
        details: { id: idOf(2), file: 'components/a.csv', first: 3 },
      },
    ])
  })

  test('a cell that contradicts the place, in the names of the data exchange', async () => {
    const rows = [
      'ObjID,ObjName,BGID,ObjState,X,Y',
      `${idOf(1)},路灯,${cellAt(5, 50)},完好,450005,4420050`,
      `${idOf(2)},路灯,${cellAt(105, 50)},完好,4420050,450005`,
    ]
    const { faults } = await read({ 'components/all.csv': rows.join('\n') }, { epsg: 4548 })
    expect(faults.map((f) => [f.line, f.code])).toEqual([[3, 'pack/component-cell']])
    const { faults: unknown } = await read({ 'components/all.csv': rows.slice(0, 2).join('\n') })
    expect(unknown.map((f) => f.code)).toEqual(['pack/component-crs-needed'])
  })

  test('bytes that are GBK, and a column nobody knows', async () => {
    const gbk = Uint8Array.from([...Buffer.from('id,name,lon,lat\n1101010137000001,'), 0xc2, 0xb7, 0xb5, 0xc6, 10])
    expect((await read({ 'components/a.csv': gbk })).faults.map((f) => [f.line, f.code])).toEqual([[2, 'pack/gbk']])
    const { faults } = await read({ 'components/a.csv': 'id,name,lon,lat,sate\n' })
    expect(faults.map((f) => [f.line, f.code])).toEqual([[1, 'pack/unknown-column']])
  })
})

describe('a census is laid as a difference [ONE-06, INF-22]', () => {
  test('the first load writes no events; the same again changes nothing', async () => {
    const files = { 'components/lamps.csv': table(line(1), line(2), line(3)) }
    expect(await load(files)).toEqual({ added: 3, changed: 0, retired: 0, same: 0 })
    expect(await load(files)).toEqual({ added: 0, changed: 0, retired: 0, same: 3 })
    expect(await componentById(db, idOf(1))).toMatchObject({
      classCode: '0137',
      cell: cellAt(15, 50),
      state: 'intact',
      maintainerCode: 'dc-lighting',
      maintainerName: '甲公司',
      changedOn: '2024-01-02',
      version: 1,
    })
    expect(await eventsOf(db, idOf(1))).toEqual([])
  })

  test('what a later census says otherwise is an event with before and after; what it has no more is removed, and may come back', async () => {
    expect(await load({ 'components/lamps.csv': table(line(1, { maintainer: '乙公司' }), line(3)) })).toEqual({
      added: 0,
      changed: 1,
      retired: 1,
      same: 1,
    })
    const [changed] = await eventsOf(db, idOf(1))
    expect(changed).toMatchObject({
      kind: 'census',
      version: 2,
      before: { maintainer: { name: '甲公司' } },
      after: { maintainer: { name: '乙公司' } },
    })
    expect((await eventsOf(db, idOf(2)))[0]).toMatchObject({
      kind: 'missing',
      before: { state: 'intact' },
      after: { state: 'removed' },
    })
    expect(await load({ 'components/lamps.csv': table(line(1, { maintainer: '乙公司' }), line(2), line(3)) })).toEqual({
      added: 0,
      changed: 1,
      retired: 0,
      same: 2,
    })
    expect(await componentById(db, idOf(2))).toMatchObject({ state: 'intact', version: 3 })
  })

  test('a file of changes leaves what it does not name, and goes before the census beside it', async () => {
    expect(await load({ 'components/lamps-changes.csv': table(line(3, { state: '破损' })) })).toEqual({
      added: 0,
      changed: 1,
      retired: 0,
      same: 0,
    })
    const both = {
      'components/lamps.csv': table(line(1, { maintainer: '乙公司' }), line(2), line(3)),
      'components/lamps-changes.csv': table(line(3, { state: '破损' })),
    }
    expect(await load(both)).toEqual({ added: 0, changed: 0, retired: 0, same: 3 })
  })

  test('a census that says the same as last time does not undo what was reported since', async () => {
    const now = new Date()
    const change = { kind: 'state', at: now, now, byPerson: null, reason: '被撞', changedOn: '2026-01-01' } as const
    await saveChange(db, { id: idOf(1), state: 'lost', ...change })
    const files = {
      'components/lamps.csv': table(line(1, { maintainer: '乙公司' }), line(2), line(3, { state: '破损' })),
    }
    expect((await load(files)).same).toBe(3)
    expect((await componentById(db, idOf(1)))?.state).toBe('lost')
    expect((await eventsOf(db, idOf(1))).map((e) => e.kind)).toEqual(['state', 'census'])
  })

  test('the history of a component cannot be rewritten', async () => {
    await expect(sql`update geography.component_event set reason = ''`.execute(db)).rejects.toThrow(/append-only/)
    await expect(sql`delete from geography.component_event`.execute(db)).rejects.toThrow(/append-only/)
  })
})

describe('a census comes as it is made [ONE-06, DUM-08]', () => {
  const there = pointAt(805, 850)
  const shifted = (crs: Crs) => degreesTo(crs, [there.lon, there.lat])
  const distanceOf = async (id: string) => {
    const c = await componentById(db, id)
    return c && { off: Math.hypot((c.lon - there.lon) * 85_000, (c.lat - there.lat) * 111_000), origin: c.origin }
  }

  test('GCJ-02, BD-09 and metres are placed within 1 m, and stay as they were delivered beside', async () => {
    const systems = ['gcj02', 'bd09', 'EPSG:4548'] as const
    const rows = systems.map((crs, i) => {
      const [x, y] = shifted(crs.toLowerCase() as Crs)
      return `${idOf(i + 1, '1101010305')},果皮箱,${x},${y},${crs}`
    })
    await load({ 'components/bins-changes.csv': ['id,name,x,y,crs', ...rows].join('\n') })
    for (const [i, crs] of systems.entries()) {
      const found = await distanceOf(idOf(i + 1, '1101010305'))
      expect(found?.off).toBeLessThan(0.01)
      const [x, y] = shifted(crs.toLowerCase() as Crs)
      expect(found?.origin).toEqual({ crs: crs.toLowerCase(), x, y })
    }
  })

  test('GeoJSON, each feature with its line', async () => {
    const feature = (id: string, geometry: object) => ({
      type: 'Feature',
      properties: { ObjID: id, ObjName: '座椅' },
      geometry,
    })
    const [lon, lat] = [there.lon, there.lat]
    const file = (features: object[]) =>
      `{"type":"FeatureCollection","features":[\n${features.map((f) => JSON.stringify(f)).join(',\n')}]}`
    const point = feature(idOf(1, '1101010407'), { type: 'Point', coordinates: [lon, lat] })
    const drawn = feature(idOf(2, '1101010407'), { type: 'LineString', coordinates: [[lon, lat]] })
    expect((await load({ 'components/seats-changes.geojson': file([point]) })).added).toBe(1)
    const { faults } = await read({ 'components/seats-changes.geojson': file([point, drawn]) })
    expect(faults.map((f) => [f.line, f.code])).toEqual([
      [3, 'pack/component-geometry'],
      [3, 'pack/component-no-place'],
    ])
  })

  test('a zip with a shapefile: GBK names, the frame of its .prj, records named by number', async () => {
    const shape = shapefileOf([
      { id: idOf(1, '1101010402'), name: Uint8Array.from([0xca, 0xf7]), x: 450_805, y: 4_420_850 },
      { id: '12', name: Uint8Array.from([0xca, 0xf7]), x: 450_805, y: 4_420_850 },
    ])
    const { faults } = await read({ 'components/trees-changes.zip': zipSync(shape) })
    expect(faults.map((f) => [f.file, f.line, f.code])).toEqual([
      ['components/trees-changes.zip', 2, 'pack/component-id'],
    ])
    const one = shapefileOf([
      { id: idOf(1, '1101010402'), name: Uint8Array.from([0xca, 0xf7]), x: 450_805, y: 4_420_850 },
    ])
    expect((await load({ 'components/trees-changes.zip': zipSync(one) })).added).toBe(1)
    expect((await componentById(db, idOf(1, '1101010402')))?.name).toBe('树')
    expect((await distanceOf(idOf(1, '1101010402')))?.off).toBeLessThan(0.01)
    const { 'trees.dbf': _, ...halved } = one
    expect((await read({ 'components/trees-changes.zip': zipSync(halved) })).faults.map((f) => f.code)).toEqual([
      'pack/shapefile',
    ])
    expect((await read({ 'components/trees-changes.zip': new Uint8Array(40) })).faults.map((f) => f.code)).toEqual([
      'pack/shapefile',
    ])
  })
})

test('a pack that brings grid and census together is checked by its own cells [ONE-06]', async () => {
  const [west, south] = [pointAt(5000, 5000), pointAt(5100, 5100)]
  const ring = [
    [west.lon, west.lat],
    [south.lon, west.lat],
    [south.lon, south.lat],
    [west.lon, south.lat],
    [west.lon, west.lat],
  ] as const
  const { reading, faults } = readingOf(
    sourceOf({ 'components/a.csv': table(line(1, { at: pointAt(5050, 5050) }), line(2, { at: pointAt(5250, 5050) })) }),
  )
  const brought = { cells: [{ code: '110101001001001', ring }], made: false }
  await packPart.read({ ...reading, of: (p) => (p === (cellsPart as unknown) ? brought : undefined) as never })
  expect(faults.map((f) => [f.line, f.code])).toEqual([[3, 'pack/component-outside']])
})

/** The three files of a shapefile of points with ObjID and ObjName, byte by byte (ESRI white paper, 1998). */
function shapefileOf(
  rows: readonly { id: string; name: Uint8Array; x: number; y: number }[],
): Record<string, Uint8Array> {
  const shp = new DataView(new ArrayBuffer(100 + rows.length * 28))
  shp.setInt32(0, 9994)
  shp.setInt32(24, shp.byteLength / 2)
  shp.setInt32(28, 1000, true)
  shp.setInt32(32, 1, true)
  for (const [i, { x, y }] of rows.entries()) {
    const at = 100 + i * 28
    shp.setInt32(at, i + 1)
    shp.setInt32(at + 4, 10)
    shp.setInt32(at + 8, 1, true)
    shp.setFloat64(at + 12, x, true)
    shp.setFloat64(at + 20, y, true)
  }
  const fields = [
    { name: 'OBJID', length: 16 },
    { name: 'OBJNAME', length: 20 },
  ]
  const recordLength = 1 + 16 + 20
  const headLength = 32 + fields.length * 32 + 1
  const dbf = new Uint8Array(headLength + rows.length * recordLength + 1).fill(0x20)
  const head = new DataView(dbf.buffer)
  dbf.fill(0, 0, headLength)
  head.setUint8(0, 3)
  head.setUint32(4, rows.length, true)
  head.setUint16(8, headLength, true)
  head.setUint16(10, recordLength, true)
  for (const [i, { name, length }] of fields.entries()) {
    dbf.set(Buffer.from(name), 32 + i * 32)
    head.setUint8(32 + i * 32 + 11, 'C'.charCodeAt(0))
    head.setUint8(32 + i * 32 + 16, length)
  }
  dbf[headLength - 1] = 0x0d
  for (const [i, { id, name }] of rows.entries()) {
    const at = headLength + i * recordLength
    dbf.set(Buffer.from(id), at + 1)
    dbf.set(name, at + 17)
  }
  dbf[dbf.length - 1] = 0x1a
  const prj = `PROJCS["CGCS2000_3_Degree_GK_CM_117E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",
    SPHEROID["CGCS2000",6378137.0,298.257222101]]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],
    PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],UNIT["Meter",1.0]]`
  return { 'trees.shp': new Uint8Array(shp.buffer), 'trees.dbf': dbf, 'trees.prj': new TextEncoder().encode(prj) }
}
