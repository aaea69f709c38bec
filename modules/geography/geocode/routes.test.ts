import { degreesTo } from '@pentad/platform/crs'
import { sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { toDegrees } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { type Fault, zipSource } from '@pentad/platform/pack'
import { actorWith, testServer } from '@pentad/platform/testing'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { beginEdition, endEdition, loadCity } from '../index.ts'
import { geocodeBatch, geocodeFile, reversePlace, searchPlaces } from './contract.ts'
import { geocode, placesPart, rememberSaid } from './index.ts'

const { db, pool, as, base, cookieOf, stranger } = await testServer(modules)

/** Ten by ten cells of one street area, a road from west to east through their middle, another from south to north. */
const corner = { xM: 450_000, yM: 4_420_000 }
const at = (dx: number, dy: number) => toDegrees(corner.xM + dx, corner.yM + dy)
const lonLat = (dx: number, dy: number) =>
  at(dx, dy)
    .map((d) => d.toFixed(7))
    .join(',')
const area = (
  code: string,
  level: 'city' | 'district' | 'street' | 'community',
  name: string,
  parentCode: string | null,
) => ({ code, level, name, parentCode, geometry: null })
await loadCity(db, {
  city: { nameZh: '试验市', nameEn: 'Test City', labelZh: '模拟', labelEn: 'Simulated', bounds: [116, 39, 117, 40] },
  areas: [
    area('110000', 'city', '试验市', null),
    area('110101', 'district', '甲区', '110000'),
    area('110101001', 'street', '清河街道', '110101'),
    area('110101001001', 'community', '柳岸社区', '110101001'),
  ],
  cells: Array.from({ length: 100 }, (_, i) => {
    const [dx, dy] = [(i % 10) * 100, Math.floor(i / 10) * 100]
    const [lon, lat] = at(dx + 50, dy + 50)
    const ring = [at(dx, dy), at(dx + 100, dy), at(dx + 100, dy + 100), at(dx, dy + 100), at(dx, dy)]
    return { code: `110101001001${String(i + 1).padStart(3, '0')}`, communityCode: '110101001001', lon, lat, ring }
  }),
  features: [
    {
      layer: 'road',
      class: 'lane',
      name: '槐花胡同',
      geometry: { type: 'LineString', coordinates: [at(20, 500), at(980, 500)] },
    },
    {
      layer: 'road',
      class: 'lane',
      name: '石桥路',
      geometry: { type: 'LineString', coordinates: [at(500, 20), at(500, 980)] },
    },
  ],
})

const read = async (files: Record<string, string>) => {
  const faults: Fault[] = []
  const rows = await placesPart.read({
    source: zipSource(
      zipSync(
        Object.fromEntries(Object.entries({ 'pack.yaml': '', ...files }).map(([path, text]) => [path, strToU8(text)])),
      ),
    ),
    settings: {},
    db,
    fault: (file, line, code, details = {}) => faults.push({ file, line, code, details }),
    of: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  return { rows, faults }
}
const lay = async (files: Record<string, string>, covers = ['']) => {
  const { rows, faults } = await read(files)
  expect(faults).toEqual([])
  return bulkTransaction(pool, async (bulk) => {
    const now = new Date()
    const editionId = await beginEdition(bulk.db, { kind: 'pack', byPerson: null, note: 'test', now })
    const changes = await placesPart.lay(
      { ...bulk, editionId, covers, now, onProgress: () => undefined, signal: new AbortController().signal },
      rows,
    )
    await endEdition(bulk.db, editionId, { places: changes })
    return changes
  })
}
const gcj = degreesTo('gcj02', at(300, 800))
const places = (...lines: string[]) => ['id,name,name_en,aliases,kind,lon,lat,crs', ...lines].join('\n')
const addresses = (...lines: string[]) => ['road,number,lon,lat', ...lines].join('\n')
const pack = {
  'places/places.csv': places(
    `p1,钟鼓亭,Bell Pavilion,老亭子,landmark,${lonLat(700, 700)},`,
    `p2,望河楼,,,poi,${gcj[0]},${gcj[1]},GCJ-02`,
  ),
  'places/addresses.csv': addresses(
    `槐花胡同,1号,${lonLat(100, 508)}`,
    `槐花胡同,2号,${lonLat(100, 492)}`,
    `槐花胡同,11号,${lonLat(600, 508)}`,
  ),
}
const desk = actorWith({ areas: ['110101'], may: ['geography.read'] })

describe('places and addresses of a pack [DUM-04] [ONE-04]', () => {
  test('a fault is said with its file, its line and what is wrong', async () => {
    const { faults } = await read({
      'places/places.csv': places(
        'p1,甲亭,,,landmark,116.4,39.9,',
        'p1,乙亭,,,tower,116.4,95,',
        'p3,丙亭,,,poi,116.4,39.9,mars',
      ),
      'places/addresses.csv': addresses('槐花胡同,无号,116.4,39.9', ',3号,116.4,39.9'),
    })
    expect(faults.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'places/places.csv:3 pack/not-one-of',
      'places/places.csv:3 pack/out-of-range',
      'places/places.csv:3 pack/twice',
      'places/places.csv:4 pack/place-crs',
      'places/addresses.csv:2 pack/house-number',
      'places/addresses.csv:3 pack/missing',
    ])
  })
  test('laid once it is there; laid again nothing changes; what is left out ends and stays', async () => {
    expect(await lay(pack)).toEqual({ added: 5, changed: 0, retired: 0, same: 0 })
    expect(await lay(pack)).toEqual({ added: 0, changed: 0, retired: 0, same: 5 })
    const less = { 'places/places.csv': places(`p1,钟鼓楼亭,,老亭子,landmark,${lonLat(700, 700)},`) }
    expect(await lay(less, ['110102'])).toEqual({ added: 0, changed: 1, retired: 0, same: 0 })
    expect(await lay(less)).toEqual({ added: 0, changed: 0, retired: 1, same: 1 })
    const { rows } = await sql<{
      n: number
    }>`select count(*)::int as n from geography.place where valid_to is not null`.execute(db)
    expect(rows[0]?.n).toBe(1)
    expect(await lay(pack)).toMatchObject({ changed: 2 })
  })
  test('GCJ-02 is converted once, where it comes in, and the original is kept', async () => {
    const { rows } = await sql<{
      lon: number
      lat: number
      origin: { crs: string; lon: number }
      cell: string
    }>`select lon, lat, origin, cell from geography.place where id = 'p2'`.execute(db)
    const [lon, lat] = at(300, 800)
    expect(rows[0]?.lon).toBeCloseTo(lon, 6)
    expect(rows[0]?.lat).toBeCloseTo(lat, 6)
    expect(rows[0]?.origin).toMatchObject({ crs: 'gcj02', lon: gcj[0] })
    expect(rows[0]?.cell).toMatch(/^110101001001/)
  })
})

describe('finding and saying places over HTTP [DUM-04] [INF-14] [PUB-20]', () => {
  test('anybody finds a place by words, with confidence and reasons in both languages', async () => {
    const { places: found } = await stranger(searchPlaces, { query: { q: '槐花胡同六号' } })
    expect(found[0]).toMatchObject({
      name: '槐花胡同6号',
      kind: 'door-plate',
      within: '清河街道',
      street: { code: '110101001' },
    })
    expect(found[0]?.reasons.map((r) => r.text.en)).toEqual(['“槐花胡同”', expect.stringContaining('2号')])
    expect((await stranger(searchPlaces, { query: { q: '老亭子' } })).places[0]?.name).toBe('钟鼓亭')
    expect((await stranger(searchPlaces, { query: { q: '火星' } })).places).toEqual([])
  })
  test('pasted coordinates are read in the system that is said, in either order', async () => {
    const [lon, lat] = at(300, 800)
    const of = async (q: string, crs?: string) =>
      (await stranger(searchPlaces, { query: { q, ...(crs ? { crs } : {}) } })).places[0]
    for (const found of [
      await of(`${lat}, ${lon}`),
      await of(`${gcj[0]},${gcj[1]}`, 'gcj02'),
      await of(`(${lon},${lat})`),
    ]) {
      expect(found?.lon).toBeCloseTo(lon, 5)
      expect(found?.lat).toBeCloseTo(lat, 5)
      expect(found?.kind).toBe('coordinate')
    }
    expect(await of('10,20')).toBeUndefined()
  })
  test('a point is told by its surroundings', async () => {
    const [lon, lat] = at(500, 560)
    const said = await stranger(reversePlace, { query: { lon, lat } })
    expect(said.words['zh-CN']).toBe('石桥路与槐花胡同交叉口以北约 60 米(清河街道)')
    expect(said.crossing?.direction).toBe(0)
    expect(said.cell.slice(0, 9)).toBe('110101001')
    await expect(stranger(reversePlace, { query: { lon: 100, lat: 30 } })).rejects.toMatchObject({
      refusal: { refused: 'geography/outside-city' },
    })
  })
  test('staff find a thousand at once, each with its row; others may not', async () => {
    const sentences = Array.from({ length: 1000 }, (_, i) => (i % 10 === 9 ? '不知道在哪' : `槐花胡同${i + 1}号`))
    const { rows, found } = await as(desk)(geocodeBatch, { body: { sentences } })
    expect([rows.length, found]).toEqual([1000, 900])
    expect(rows.map((r) => r.sentence)).toEqual(sentences)
    expect(rows[9]?.place).toBeNull()
    await expect(stranger(geocodeBatch, { body: { sentences: ['槐花胡同'] } })).rejects.toMatchObject({ status: 401 })
    await expect(as(desk)(geocodeBatch, { body: { sentences: [...sentences, '一'] } })).rejects.toMatchObject({
      status: 400,
    })
  })
  test('a table comes back with its places beside it, and a formula in it stays text', async () => {
    const send = (body: string | Buffer) =>
      fetch(`${base}/api${geocodeFile.path}`, {
        method: 'POST',
        headers: { cookie: cookieOf(desk), 'content-type': 'text/csv', 'idempotency-key': newId() },
        body: new Uint8Array(Buffer.from(body)),
      })
    const reply = await send('编号,地址\r\n1,"槐花胡同1号,门口"\r\n2,=cmd\r\n')
    expect(reply.headers.get('content-type')).toContain('text/csv')
    const lines = (await reply.text()).split('\r\n')
    expect(lines[0]).toBe('编号,地址,place,street,cell,lon,lat,confidence,reasons')
    expect(lines[1]).toMatch(/^1,"槐花胡同1号,门口",槐花胡同1号,清河街道,110101001001\d{3},116\.\d+,39\.\d+,0\.\d+,/)
    expect(lines[2]).toMatch(/^2,'=cmd,,,,,,0,/)
    expect((await send(Buffer.from([0xb5, 0xd8, 0x0a, 0xb5]))).status).toBe(409)
  })
})

test('what a caller called a place is found by the same words once it was filed, without unit and room [DUM-04]', async () => {
  const [lon, lat] = at(150, 150)
  await rememberSaid(db, '老王家面馆后头3单元502室', { lon, lat }, new Date())
  const [found] = await geocode(db, { words: '老王家面馆后头' })
  expect(found).toMatchObject({ kind: 'said', lon, lat })
  const { rows } = await sql<{ key: string }>`select key from geography.said_place`.execute(db)
  expect(rows).toEqual([{ key: '老王家面馆后头' }])
})

test('a component is found by the number that stands on it, until it is removed [DUM-04]', async () => {
  const [lon, lat] = at(250, 250)
  const { xM, yM } = { xM: corner.xM + 250, yM: corner.yM + 250 }
  await sql`insert into geography.component (id, name, cell_code, lon, lat, xy, state, first_edition, edition)
    select '1101010101000001', '上水井盖', '110101001001023', ${lon}, ${lat}, point(${xM}, ${yM}), 'intact', id, id
    from geography.edition limit 1`.execute(db)
  const words = '路边编号1101010101000001的井盖松了'
  expect((await geocode(db, { words }))[0]).toMatchObject({
    kind: 'component',
    name: '上水井盖 1101010101000001',
    lon,
    lat,
  })
  await sql`update geography.component set state = 'removed'`.execute(db)
  expect(await geocode(db, { words })).toEqual([])
})
