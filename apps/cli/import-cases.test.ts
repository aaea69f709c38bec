import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { gbkBytes } from '@pentad/jt808'
import { sql } from '@pentad/platform/db'
import { type TestDatabase, testDatabase } from '@pentad/platform/testing'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { insideCell, layTestCity, pointIn } from '../../modules/cases/testing.ts'
import { checkCity } from './check-city.ts'
import { overheard, testFolder } from './city.test-help.ts'
import { importCases } from './import-cases.ts'

const { said } = overheard()
const folder = await testFolder()
const settings = { dataFolder: folder }
const { lon, lat } = pointIn(insideCell)
let city: TestDatabase
let files = 0
beforeAll(async () => {
  city = await testDatabase()
  await layTestCity(city.db)
})
beforeEach(() => {
  files++
})

const fileWith = async (content: string | Uint8Array, ending = 'csv') => {
  await mkdir(join(folder, `f${files}`), { recursive: true })
  const path = join(folder, `f${files}`, `requests.${ending}`)
  await writeFile(path, content)
  return path
}
const head = 'Request ID,Type,Status,Source,Opened,Closed,Latitude,Longitude,Address'
const row = (id: string, more: Record<string, string> = {}) => {
  const r: Record<string, string> = {
    type: '积存垃圾渣土',
    status: 'Closed',
    source: 'Phone',
    opened: '03/25/2021 08:15:00 AM',
    closed: '03/26/2021 09:00:00 AM',
    ...more,
  }
  return [
    id,
    r.type,
    r.status,
    r.source,
    r.opened,
    r.closed,
    r.lat ?? lat,
    r.lon ?? lon,
    r.address ?? '1 Main St',
  ].join(',')
}
const take = (file: string, more: { map?: string; propose?: boolean; batchSize?: number } = {}, at = city) =>
  importCases(at, settings, {
    file,
    map: more.map,
    propose: more.propose ?? false,
    ...(more.batchSize ? { batchSize: more.batchSize } : {}),
  })
const leftIn = async (file: string) =>
  (await readFile(`${file}.left.csv`, 'utf8'))
    .trim()
    .split('\n')
    .slice(1)
    .map((l) => l.split(',').slice(0, 2).join(' '))

const casesLike = async (prefix: string, at = city) =>
  (
    await sql<
      Record<string, unknown>
    >`select r.source_no as "sourceNo", c.no, c.status, c.source, c.kind, c.class_code as code,
      c.reported_at as reported, c.closed_at as closed, c.area_code as area, c.origin,
      (select array_agg(e.act order by e.seq) from cases.event e where e.case_id = c.id) as trail
      from cases.report r join cases.case_file c on c.id = r.case_id where r.source_no like ${`${prefix}%`} order by r.source_no`.execute(
      at.db,
    )
  ).rows

test('records of another system become cases of the past, each row taken or named with its line and reason [ANA-32]', async () => {
  const file = await fileWith(
    `\uFEFF${[
      head,
      row('A1'),
      row('A2', { status: 'Open', closed: '', source: 'Mobile App' }),
      row('A3', { status: 'Closed - Duplicate' }),
      row('A1'),
      row(''),
      row('A4', { opened: 'soon' }),
      row('A5', { lat: '', lon: '' }),
      row('A6', { lon: '100.5' }),
      row('A7', { type: 'Lost umbrella' }),
      row('A8', { closed: '03/24/2021 08:00:00 AM' }),
      `${row('A9')},one too many`,
      row('B1', { closed: '' }),
      row('B2', { opened: '03/25/2041 08:15:00 AM' }),
      row('B3', { address: '"12 Main St\nrear ""yard"""' }),
    ].join('\r\n')}`,
  )
  expect(await take(file)).toBe(0)
  expect(await casesLike('')).toMatchObject([
    {
      sourceNo: 'A1',
      no: '110101-20210325-H-00001',
      status: 'closed',
      source: 'hotline',
      kind: 'event',
      code: '0111',
      origin: 'import',
      area: insideCell,
      trail: ['report', 'close'],
      reported: new Date('2021-03-25T00:15:00Z'),
      closed: new Date('2021-03-26T01:00:00Z'),
    },
    {
      sourceNo: 'A2',
      no: '110101-20210325-C-00002',
      status: 'reported',
      source: 'citizen',
      trail: ['report'],
      closed: null,
    },
    { sourceNo: 'A3', status: 'rejected', trail: ['report', 'refuse'] },
    { sourceNo: 'B3', no: '110101-20210325-H-00004' },
  ])
  expect(await leftIn(file)).toEqual([
    '5 repeated-id',
    '6 no-id',
    '7 no-created-time',
    '8 no-point',
    '9 outside-city',
    '10 class-left',
    '11 closed-before-reported',
    '12 ragged',
    '13 closed-without-time',
    '14 out-of-time',
  ])
  const client = await city.pool.connect()
  expect((await checkCity(client, () => undefined)).faults).toEqual([])
  client.release()
})

test('the same file again takes nothing twice, and another file names what is here already [ANA-32]', async () => {
  const file = await fileWith([head, row('C1'), row('C2')].join('\n'))
  await take(file)
  await take(file)
  expect(await casesLike('C')).toHaveLength(2)
  const more = await fileWith([head, row('C2'), row('C3')].join('\n'), 'more.csv')
  await take(more)
  expect(await casesLike('C')).toHaveLength(3)
  expect(await leftIn(more)).toEqual(['2 already-here'])
})

test('an import that was cut off in the middle goes on and ends like one that was not [ANA-32]', async () => {
  const rows = Array.from({ length: 11 }, (_, i) =>
    row(i === 9 ? 'D3' : `D${i}`, { opened: `03/2${i % 5}/2021 08:15:00 AM`, ...(i === 4 ? { lat: '' } : {}) }),
  )
  const file = await fileWith([head, ...rows].join('\n'))
  const [whole, cut] = [await testDatabase(), await testDatabase()]
  for (const c of [whole, cut]) await layTestCity(c.db)
  await take(file, { batchSize: 4 }, whole)
  const wholeLeft = await leftIn(file)

  await sql`create function cases.test_fail() returns trigger language plpgsql as $$ begin raise 'power cut'; end $$`.execute(
    cut.db,
  )
  await sql`create trigger test_fail before insert on cases.report for each row when (new.source_no = 'D6') execute function cases.test_fail()`.execute(
    cut.db,
  )
  await expect(take(file, { batchSize: 4 }, cut)).rejects.toThrow('power cut')
  expect(await casesLike('D', cut)).toHaveLength(4)
  await sql`drop trigger test_fail on cases.report`.execute(cut.db)
  expect(await take(file, { batchSize: 4 }, cut)).toBe(0)

  expect(await casesLike('D', cut)).toEqual(await casesLike('D', whole))
  expect(await leftIn(file)).toEqual(wholeLeft)
  expect(wholeLeft).toEqual(['6 no-point', '11 repeated-id'])
}, 60_000)

test('a packed table in GB 18030 with Chinese names and times is understood without a mapping [ANA-32]', async () => {
  const lines = [
    '案卷编号;小类名称;状态;来源;上报时间;结案时间;经度;纬度;地址',
    `E1;积存垃圾渣土;已结案;12345热线;2021年3月4日 17时06分;2021年3月5日 9时;${lon};${lat};东直门`,
    `E2;施工扰民;处置中;市民随手拍;2021/3/4 17:06;;${lon};${lat};东直门`,
    `E3;施工扰民;重复;微信;2021/3/4 17:06;2021/3/4 18:00;${lon};${lat};东直门`,
  ]
  const file = await fileWith(gzipSync(gbkBytes(lines.join('\n'))), 'csv.gz')
  expect(await take(file)).toBe(0)
  expect(await casesLike('E')).toMatchObject([
    { sourceNo: 'E1', status: 'closed', source: 'hotline', code: '0111', reported: new Date('2021-03-04T09:06:00Z') },
    { sourceNo: 'E2', status: 'reported', source: 'citizen', code: '0301' },
    { sourceNo: 'E3', status: 'rejected', source: 'citizen' },
  ])
})

test('a history of another city is kept without an area, and the proposal says why [ANA-32]', async () => {
  const file = await fileWith(
    [head, row('F1', { lat: '41.8', lon: '-87.6' }), row('F2', { lat: '41.9', lon: '-87.7' })].join('\n'),
  )
  expect(await take(file)).toBe(0)
  expect(await readFile(`${file}.mapping.yaml`, 'utf8')).toMatch(
    /keep, because 100 % of the points lie outside[\s\S]*outside: keep/,
  )
  expect(await casesLike('F')).toMatchObject([
    { area: null, no: '110000-20210325-H-00001', reported: new Date('2021-03-25T13:15:00Z') },
    { area: null, no: '110000-20210325-H-00002' },
  ])
})

test('a proposal that is not sure is written down and nothing is imported [ANA-32]', async () => {
  const file = await fileWith(
    [head, row('G1', { opened: '03/04/2021', closed: '05/06/2021', type: 'Lost umbrella' })].join('\n'),
  )
  expect(await take(file)).toBe(1)
  expect(await casesLike('G')).toEqual([])
  const proposed = `${file}.mapping.yaml`
  const text = await readFile(proposed, 'utf8')
  expect(text).toContain('LOOK: only 0 % of the rows')
  expect(text).toContain('LOOK: Opened: no value shows whether day or month comes first')
  // A person changes it, and it is taken.
  const map = join(folder, 'mapping.yaml')
  await writeFile(map, text.replace('Lost umbrella: leave', 'Lost umbrella: event 0111'))
  expect(await take(file, { map })).toBe(0)
  expect(await casesLike('G')).toMatchObject([{ sourceNo: 'G1', code: '0111' }])
})

test('a mapping that names a column which is not there, or says what does not exist, is refused', async () => {
  const file = await fileWith([head, row('H1')].join('\n'))
  const map = join(folder, 'wrong.yaml')
  const right =
    'id: {column: Request ID}\ntype: {columns: [Type]}\ncreated: {column: Opened, formats: [mdy]}\nplace: {lon: Longitude, lat: Latitude}\n'
  await writeFile(map, right.replace('Request ID', 'Number'))
  await expect(take(file, { map })).rejects.toThrow('columns that the file has not: Number')
  await writeFile(map, `${right}zone: Mars/Olympus\n`)
  await expect(take(file, { map })).rejects.toThrow('not a time zone')
  expect(await casesLike('H')).toEqual([])
})

test('what cannot be a table is said in words', async () => {
  const json = await fileWith('[{"id": 1}]', 'json')
  await expect(take(json)).rejects.toThrow('looks like JSON')
  const excel = await fileWith(Buffer.from('PK\x03\x04rest'), 'xlsx')
  await expect(take(excel)).rejects.toThrow('save the table as CSV')
  const bare = await fileWith(['a,b', '1,2'].join('\n'))
  expect(await take(bare)).toBe(1)
  expect(said()).toContain('no column tells when a case was reported')
})
