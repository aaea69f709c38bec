/** SensorThings as a foreign client walks through it. */
import { hashToken } from '@pentad/platform/crypto'
import { sql } from '@pentad/platform/db'
import { actorWith, testServer } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { listDevices } from '../contract.ts'
import { loadDevices } from '../devices.ts'
import { recordObservations } from '../index.ts'
import { cellB, laySensingCity, minuteRecords, monitorMn, pointOf } from '../testing.ts'

const { db, base, as, cookieOf } = await testServer(modules)
await laySensingCity(db)
await loadDevices(db, [
  {
    kind: 'noise_monitor',
    address: 'TEST110102001NZ000000009',
    nameZh: '乙区工地',
    nameEn: 'Site in B',
    ...pointOf(cellB),
  },
])
const keeper = actorWith({ areas: [''], may: ['sensing.read', 'sensing.manage-devices'] })
const cookie = cookieOf(keeper)
const root = `${base}/sta/v1.1`

type Json = Record<string, unknown> & { '@iot.id': number; value: Json[] }
interface Answer {
  status: number
  headers: Headers
  body: Json
  text: string
}
async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { cookie },
): Promise<Answer> {
  const response = await fetch(path.startsWith('http') ? path : `${root}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    read = {}
  }
  return { status: response.status, headers: response.headers, body: read as Json, text }
}
const get = (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers)
const post = async (path: string, body: unknown): Promise<number> => {
  const answer = await call('POST', path, body)
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
  expect(answer.headers.get('location')).toBe(answer.body['@iot.selfLink'])
  return answer.body['@iot.id']
}
const items = (x: unknown): Json[] => x as Json[]
/** Asked for with a filter, by `$filter` as it stands. */
const where = async (set: string, filter: string, more = ''): Promise<Json[]> => {
  const answer = await get(`/${set}?$filter=${encodeURIComponent(filter)}${more}`)
  if (answer.status !== 200) throw new Error(`${filter}: ${answer.status} ${answer.text}`)
  return answer.body.value
}
const idsOf = (found: readonly Json[]): number[] => found.map((f) => f['@iot.id']).sort((a, b) => a - b)

const sensor = {
  name: 'Sensor',
  description: 'd',
  encodingType: 'application/pdf',
  metadata: 'http://example.org/s.pdf',
}
const property = { name: 'Temperature', definition: 'http://example.org/t', description: 'of air' }
const point = (x: number, y: number) => ({ type: 'Point', coordinates: [x, y] })
const place = (name: string, x: number, y: number) => ({
  name,
  description: name,
  encodingType: 'application/geo+json',
  location: point(x, y),
})
const stream = (name: string) => ({
  name,
  description: name,
  observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement',
  unitOfMeasurement: { name: 'Celsius', symbol: '°C', definition: 'http://unitsofmeasure.org/ucum#Cel' },
})
/** A thing with a place, a row of values and what they are values of, in one call. */
const thing = await post('/Things', {
  name: 'Thing 1',
  description: 'first',
  properties: { colour: 'red', size: 3 },
  Locations: [place('Calgary', -114.133, 51.08)],
  Datastreams: [
    {
      ...stream('Stream 1'),
      Sensor: sensor,
      ObservedProperty: property,
      Observations: Array.from({ length: 12 }, (_, i) => ({
        phenomenonTime: new Date(
          Date.UTC(2015, 2, 1) + (i < 10 ? i * 300_000 : 3600_000 + (i - 10) * 600_000),
        ).toISOString(),
        result: i,
      })),
    },
  ],
})
const streamId = (await get(`/Things(${thing})/Datastreams`)).body.value[0]?.['@iot.id'] ?? 0

describe('what is served [SEN-31]', () => {
  test('the root names the eight sets; each answers, and strangers are asked who they are', async () => {
    const { body } = await get('')
    expect(body.value.map((v) => v.name)).toEqual([
      'Things',
      'Locations',
      'HistoricalLocations',
      'Datastreams',
      'Sensors',
      'ObservedProperties',
      'Observations',
      'FeaturesOfInterest',
    ])
    for (const { url } of body.value) expect((await get(String(url))).status).toBe(200)
    const stranger = await get('/Things', {})
    expect(stranger.status).toBe(401)
    expect(stranger.headers.get('www-authenticate')).toMatch(/^Basic/)
  })

  test('an entity has its control information, its properties and the way to what belongs to it', async () => {
    const { body } = await get(`/Things(${thing})`)
    expect(body).toEqual({
      '@iot.id': thing,
      '@iot.selfLink': `${root}/Things(${thing})`,
      name: 'Thing 1',
      description: 'first',
      properties: { colour: 'red', size: 3 },
      'Datastreams@iot.navigationLink': `${root}/Things(${thing})/Datastreams`,
      'Locations@iot.navigationLink': `${root}/Things(${thing})/Locations`,
      'HistoricalLocations@iot.navigationLink': `${root}/Things(${thing})/HistoricalLocations`,
    })
    for (const [k, v] of Object.entries(body))
      if (k.endsWith('navigationLink')) expect((await get(String(v))).status).toBe(200)
  })

  test('paths lead from one entity to the next, to properties, values and references', async () => {
    expect((await get(`/Datastreams(${streamId})/Thing`)).body['@iot.id']).toBe(thing)
    expect((await get(`/Things(${thing})/Datastreams(${streamId})/Sensor/name`)).body).toEqual({ name: 'Sensor' })
    expect((await get(`/Things(${thing})/name/$value`)).text).toBe('Thing 1')
    expect((await get(`/Things(${thing})/properties`)).body).toEqual({ properties: { colour: 'red', size: 3 } })
    expect((await get(`/Things(${thing})/Datastreams/$ref`)).body.value).toEqual([
      { '@iot.selfLink': `${root}/Datastreams(${streamId})` },
    ])
    expect((await get(`/Datastreams(${streamId})/Observations/$count`)).text).toBe('12')
    for (const path of [
      '/Thing',
      '/Things(99999999)',
      '/Things(99999999999999)',
      "/Things('x')",
      `/Things(${thing})/nothing`,
      `/Datastreams(${streamId})/Things`,
      '/Things(1)/Datastreams(999999)/Sensor',
      '/*',
    ])
      expect(`${path} ${(await get(path)).status}`).toBe(`${path} 404`)
  })

  test('a datastream says from when to when its observations are', async () => {
    const { body } = await get(`/Datastreams(${streamId})`)
    expect(body).toMatchObject({
      unitOfMeasurement: { symbol: '°C' },
      phenomenonTime: '2015-03-01T00:00:00.000Z/2015-03-01T01:10:00.000Z',
    })
    expect(body).not.toHaveProperty('resultTime')
  })
})

describe('questions [SEN-31]', () => {
  const results = async (filter: string): Promise<unknown[]> =>
    (await where(`Datastreams(${streamId})/Observations`, filter, '&$orderby=result')).map((o) => o.result)

  test.each([
    ['result eq 3', [3]],
    ['result ne 3 and result lt 5', [0, 1, 2, 4]],
    ['result ge 10', [10, 11]],
    ['result gt 9 or result le 0', [0, 10, 11]],
    ['not (result gt 0)', [0]],
    ['not result gt 0', [0]],
    ['result add 2 eq 5', [3]],
    ['result sub 2 mul 2 eq -1', [3]],
    ['result div 2 eq 2.5', [5]],
    ['result mod 4 eq 3', [3, 7, 11]],
    ['(result add 1) mul 2 gt 22', [11]],
    ['round(result div 4) eq 1', [2, 3, 4, 5]],
    ['floor(result div 4) eq 2', [8, 9, 10, 11]],
    ['ceiling(result div 4) eq 1', [1, 2, 3, 4]],
    ['result in (1, 5, 99)', [1, 5]],
    ['phenomenonTime lt 2015-03-01T00:10:00Z', [0, 1]],
    ['phenomenonTime ge 2015-03-01T01:00:00.000Z', [10, 11]],
    ['phenomenonTime eq 2015-03-01T08:05:00+08:00', [1]],
    ["phenomenonTime gt 2015-03-01T00:10:00Z add duration'PT1H40M'", []],
    [
      'year(phenomenonTime) eq 2015 and month(phenomenonTime) eq 3 and day(phenomenonTime) eq 1 and hour(phenomenonTime) eq 1',
      [10, 11],
    ],
    ['minute(phenomenonTime) eq 15 and second(phenomenonTime) eq 0', [3]],
    ['date(phenomenonTime) eq 2015-03-01 and result lt 2', [0, 1]],
    ['phenomenonTime lt now() and result eq 1', [1]],
    ['resultTime eq null and result lt 1', [0]],
    ["Datastream/Thing/name eq 'Thing 1' and result eq 4", [4]],
    ["Datastream/ObservedProperty/name eq 'Other'", []],
    ["Datastream/Thing/properties/colour eq 'red' and Datastream/Thing/properties/size gt 2 and result eq 5", [5]],
    ['during(phenomenonTime,2015-03-01T00:05:00Z/2015-03-01T00:15:00Z)', [1, 2, 3]],
  ])('%s', async (filter, wanted) => {
    expect(await results(filter)).toEqual(wanted)
  })

  test.each([
    "name eq 'Thing 1'",
    "substringof('ing 1', name)",
    "startswith(name, 'Thi') and endswith(name, '1')",
    "length(name) eq 7 and indexof(name, 'i') eq 2",
    "substring(name, 1) eq 'hing 1' and substring(name, 1, 3) eq 'hin'",
    "tolower(name) eq 'thing 1' and toupper(name) eq 'THING 1'",
    "trim(concat(name, '  ')) eq 'Thing 1'",
    "Datastreams/Observations/result eq 11 and name eq 'Thing 1'",
    "Datastreams/ObservedProperty/name eq 'Temperature'",
    "properties/size eq 3 and properties/colour ne 'blue'",
    "st_within(Locations/location, geography'POLYGON ((-115 50, -113 50, -113 52, -115 52, -115 50))')",
  ])('things: %s', async (filter) => {
    expect(idsOf(await where('Things', filter))).toEqual([thing])
  })

  test('shapes: within, near, crossing', async () => {
    const ids = async (filter: string) => (await where('Locations', filter)).map((l) => l.name)
    expect(
      await ids("st_within(location, geography'POLYGON ((-115 50, -113 50, -113 52, -115 52, -115 50))')"),
    ).toEqual(['Calgary'])
    expect(await ids("geo.distance(location, geography'POINT(-114 51)') lt 0.5")).toEqual(['Calgary'])
    expect(await ids("geo.intersects(location, geography'LINESTRING (-114.133 50, -114.133 52)')")).toEqual(['Calgary'])
    expect((await where('FeaturesOfInterest', "st_equals(feature, geography'POINT(-114.133 51.08)')")).length).toBe(1)
    expect((await get("/Locations?$filter=st_within(location, geography'CIRCLE(1)')")).status).toBe(400)
  })

  test('wrong questions are 400 with the reason, and never 500', async () => {
    for (const q of [
      '$filter=nothing eq 1',
      '$filter=name',
      '$filter=name eq',
      '$filter=name gt 5',
      '$select=nothing',
      '$orderby=nothing',
      '$expand=Nothing',
      '$top=-1',
      '$skip=x',
      '$count=maybe',
      '$unknown=1',
      "$filter=length(name, 'x') eq 1",
      '$filter=now(1) eq 1',
      "$filter=duration'x' eq 1",
    ]) {
      const answer = await get(`/Things?${q.replaceAll(' ', '%20')}`)
      expect(`${q} ${answer.status}`).toBe(`${q} 400`)
      expect(answer.body).toMatchObject({ code: 400, type: 'error', message: expect.any(String) })
    }
  })

  test('pages follow one another by nextLink without a gap, and count says how many there are', async () => {
    const seen: unknown[] = []
    for (
      let next: string | undefined =
        `${root}/Datastreams(${streamId})/Observations?$top=5&$count=true&$orderby=result%20desc&$filter=result%20lt%2011`;
      next;
    ) {
      const { body } = await get(next)
      expect(body['@iot.count']).toBe(11)
      expect(body.value.length).toBeLessThanOrEqual(5)
      seen.push(...body.value.map((o) => o.result))
      next = body['@iot.nextLink'] as string | undefined
    }
    expect(seen).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    expect((await get('/Things?$top=0')).body.value).toEqual([])
    expect((await get('/Things?$count=false')).body).not.toHaveProperty('@iot.count')
  })

  test('only what was selected is said; expansions have questions of their own', async () => {
    expect((await get(`/Things(${thing})?$select=name,id`)).body).toEqual({ '@iot.id': thing, name: 'Thing 1' })
    expect((await get(`/Things(${thing})?$select=properties/size`)).body).toEqual({ properties: { size: 3 } })
    const { body } = await get(
      `/Things(${thing})?$select=id&$expand=Locations($select=name),Datastreams($select=name;$count=true;$expand=Observations($top=2;$orderby=result%20desc;$select=result;$count=true),Sensor($select=name),ObservedProperty)`,
    )
    expect(body).toMatchObject({
      Locations: [{ name: 'Calgary' }],
      'Datastreams@iot.count': 1,
      Datastreams: [
        {
          name: 'Stream 1',
          Sensor: { name: 'Sensor' },
          ObservedProperty: { name: 'Temperature' },
          'Observations@iot.count': 12,
          Observations: [{ result: 11 }, { result: 10 }],
        },
      ],
    })
    const [one] = body.Datastreams as Json[]
    const next = await get(String(one?.['Observations@iot.nextLink']))
    expect(next.body.value.map((o) => o.result)).toEqual([9, 8])
    const path = await get(`/Observations?$top=1&$expand=Datastream/Thing/Locations,FeatureOfInterest`)
    expect(path.body.value[0]).toMatchObject({
      Datastream: { Thing: { Locations: [{ name: expect.any(String) }] } },
      FeatureOfInterest: { encodingType: 'application/geo+json' },
    })
  })

  test('observations come as rows of numbers when asked so', async () => {
    const { body } = await get(
      `/Datastreams(${streamId})/Observations?$resultFormat=dataArray&$select=id,result&$top=3`,
    )
    expect(body.value).toMatchObject([
      {
        components: ['id', 'result'],
        'dataArray@iot.count': 3,
        'Datastream@iot.navigationLink': `${root}/Datastreams(${streamId})`,
      },
    ])
    expect((items(body.value[0]?.dataArray) as unknown as unknown[][]).map((r) => r[1])).toEqual([0, 1, 2])
  })
})

describe('making, changing, ending [SEN-31]', () => {
  test('each entity is made alone and linked; what is missing or not there is 400', async () => {
    const s = await post('/Sensors', sensor)
    const p = await post('/ObservedProperties', property)
    const t = await post('/Things', { name: 'Alone', description: 'a' })
    const l = await post(`/Things(${t})/Locations`, place('Somewhere', 10, 20))
    const f = await post('/FeaturesOfInterest', {
      name: 'F',
      description: 'f',
      encodingType: 'application/geo+json',
      feature: point(1, 2),
    })
    const d = await post('/Datastreams', {
      ...stream('D'),
      Thing: { '@iot.id': t },
      Sensor: { '@iot.id': s },
      ObservedProperty: { '@iot.id': p },
    })
    const o = await post(`/Datastreams(${d})/Observations`, {
      phenomenonTime: '2015-03-01T00:40:00.000Z',
      resultTime: '2015-03-01T00:41:00.000Z',
      validTime: '2016-01-01T02:01:01+01:00/2016-01-02T00:59:59+01:00',
      result: 8,
      parameters: { method: 'x' },
      FeatureOfInterest: { '@iot.id': f },
    })
    expect((await get(`/Observations(${o})`)).body).toMatchObject({
      phenomenonTime: '2015-03-01T00:40:00.000Z',
      resultTime: '2015-03-01T00:41:00.000Z',
      validTime: '2016-01-01T01:01:01.000Z/2016-01-01T23:59:59.000Z',
      result: 8,
      parameters: { method: 'x' },
    })
    expect((await get(`/Datastreams(${d})`)).body).toMatchObject({
      resultTime: '2015-03-01T00:41:00.000Z/2015-03-01T00:41:00.000Z',
    })
    expect((await get(`/Observations(${o})/FeatureOfInterest`)).body['@iot.id']).toBe(f)
    expect((await get(`/FeaturesOfInterest(${f})/Observations`)).body.value.map((x) => x['@iot.id'])).toEqual([o])
    expect((await get(`/Locations(${l})/Things`)).body.value.map((x) => x['@iot.id'])).toEqual([t])
    // Two values of one instant, and words as results.
    const twin = await post('/Observations', {
      phenomenonTime: '2015-03-01T00:40:00.000Z',
      result: 'cold',
      Datastream: { '@iot.id': d },
    })
    expect(twin).not.toBe(o)
    expect((await where(`Datastreams(${d})/Observations`, "result eq 'cold'")).map((x) => x['@iot.id'])).toEqual([twin])
    // Without a feature it is about where its thing is, and the same the next time.
    const again = await post('/Observations', { result: 1, Datastream: { '@iot.id': d } })
    const features = await Promise.all(
      [twin, again].map(async (x) => (await get(`/Observations(${x})/FeatureOfInterest`)).body),
    )
    expect(features[0]).toMatchObject({ feature: point(10, 20) })
    expect(features[1]).toEqual(features[0])

    const things = (await get('/Things/$count')).text
    for (const [path, body] of [
      ['/Things', { name: 'x' }],
      ['/Things', []],
      ['/Things', { name: 'x', description: 'y', Locations: [{ '@iot.id': 999999 }] }],
      ['/Things', { name: 'x', description: 'y', Datastreams: [{ ...stream('x'), Sensor: sensor }] }],
      ['/Locations', { name: 'x', description: 'y', encodingType: 'z' }],
      ['/Datastreams', { ...stream('x'), Sensor: { '@iot.id': s }, ObservedProperty: { '@iot.id': p } }],
      ['/Observations', { Datastream: { '@iot.id': d } }],
      ['/Observations', { result: 1 }],
      ['/Observations', { result: 1, phenomenonTime: 'soon', Datastream: { '@iot.id': d } }],
      ['/HistoricalLocations', { time: '2015-03-01', Locations: [] }],
    ] as const)
      expect(`${path} ${JSON.stringify(body)} ${(await call('POST', path, body)).status}`).toBe(
        `${path} ${JSON.stringify(body)} 400`,
      )
    // What failed left nothing behind.
    expect((await get('/Things/$count')).text).toBe(things)
    expect((await call('POST', '/Things(999999)/Datastreams', {})).status).toBe(404)
  })

  test('a new place of a thing is history, and the thing is there', async () => {
    const t = await post('/Things', { name: 'Mover', description: 'm', Locations: [place('A', 1, 1)] })
    const b = await post('/Locations', place('B', 2, 2))
    expect((await call('PATCH', `/Things(${t})`, { Locations: [{ '@iot.id': b }] })).status).toBe(200)
    expect((await get(`/Things(${t})/Locations`)).body.value.map((l) => l.name)).toEqual(['B'])
    const { body } = await get(`/Things(${t})/HistoricalLocations?$expand=Locations`)
    expect(body.value.map((h) => String(items(h.Locations)[0]?.name)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'A',
      'B',
    ])
    const h = await post('/HistoricalLocations', {
      time: '2015-07-01T00:00:00.000Z',
      Thing: { '@iot.id': t },
      Locations: [{ '@iot.id': b }],
    })
    expect((await get(`/HistoricalLocations(${h})`)).body.time).toBe('2015-07-01T00:00:00.000Z')
    const { rows } = await sql<{
      lon: number
      lat: number
    }>`select lon, lat from sensing.device where handle = ${t}`.execute(db)
    expect(rows).toEqual([{ lon: 2, lat: 2 }])
  })

  test('a change says only what is new; a replacement says all; what is made inside a change is 400', async () => {
    const t = await post('/Things', { name: 'Change', description: 'old', properties: { a: 1 } })
    expect((await call('PATCH', `/Things(${t})`, { description: 'new' })).body).toMatchObject({
      name: 'Change',
      description: 'new',
      properties: { a: 1 },
    })
    expect((await call('PUT', `/Things(${t})`, { name: 'Whole', description: 'all' })).body).toMatchObject({
      name: 'Whole',
      description: 'all',
    })
    expect((await get(`/Things(${t})`)).body).not.toHaveProperty('properties')
    expect((await call('PUT', `/Things(${t})`, { name: 'Half' })).body).toMatchObject({
      name: 'Half',
      description: 'all',
    })
    expect((await call('PATCH', `/Things(${t})`, { Locations: [place('x', 1, 1)] })).status).toBe(400)
    expect((await call('PATCH', '/Things(999999)', { name: 'x' })).status).toBe(404)
    const [o] = (await get(`/Datastreams(${streamId})/Observations?$filter=result%20eq%200`)).body.value
    const id = o?.['@iot.id'] ?? 0
    expect(
      (await call('PATCH', `/Observations(${id})`, { phenomenonTime: '2015-02-28T00:00:00.000Z', result: -1 })).body,
    ).toMatchObject({ '@iot.id': id, result: -1, phenomenonTime: '2015-02-28T00:00:00.000Z' })
    expect(
      (await call('PATCH', `/Observations(${id})`, { phenomenonTime: '2015-03-01T00:00:00.000Z', result: 0 })).status,
    ).toBe(200)
  })

  test('what is ended is gone with all that belongs to it, and what is ended twice is not found', async () => {
    const t = await post('/Things', {
      name: 'End',
      description: 'e',
      Locations: [place('E', 3, 3)],
      Datastreams: [{ ...stream('E'), Sensor: sensor, ObservedProperty: property, Observations: [{ result: 1 }] }],
    })
    const d = (await get(`/Things(${t})/Datastreams?$expand=Observations`)).body.value[0]
    const o = items(d?.Observations)[0]?.['@iot.id']
    const h = (await get(`/Things(${t})/HistoricalLocations`)).body.value[0]?.['@iot.id']
    expect((await call('DELETE', `/Things(${t})`)).status).toBe(200)
    for (const path of [
      `/Things(${t})`,
      `/Datastreams(${d?.['@iot.id']})`,
      `/Observations(${o})`,
      `/HistoricalLocations(${h})`,
    ])
      expect((await get(path)).status).toBe(404)
    expect((await call('DELETE', `/Things(${t})`)).status).toBe(404)
    expect((await call('DELETE', '/Things')).status).toBe(405)
    const s = await post('/Sensors', {
      ...sensor,
      Datastreams: [{ ...stream('S'), Thing: { '@iot.id': thing }, ObservedProperty: property }],
    })
    const [of] = (await get(`/Sensors(${s})/Datastreams`)).body.value
    await call('DELETE', `/Sensors(${s})`)
    expect((await get(`/Datastreams(${of?.['@iot.id']})`)).status).toBe(404)
  })

  test('rows of numbers are observations; a row that cannot be taken is named and harms no other', async () => {
    const d = await post(`/Things(${thing})/Datastreams`, {
      ...stream('Array'),
      Sensor: sensor,
      ObservedProperty: property,
    })
    const answer = await call('POST', '/CreateObservations', [
      {
        Datastream: { '@iot.id': d },
        components: ['phenomenonTime', 'result'],
        'dataArray@iot.count': 3,
        dataArray: [
          ['2010-12-23T10:20:00-0700', 20],
          ['not a time', 30],
          ['2010-12-23T10:21:00-0700', 40],
        ],
      },
    ])
    expect(answer.status).toBe(201)
    const made = answer.body as unknown as string[]
    expect(made[1]).toBe('error')
    expect((await get(made[2] ?? '')).body).toMatchObject({ result: 40, phenomenonTime: '2010-12-23T17:21:00.000Z' })
    expect((await get(`/Datastreams(${d})/Observations/$count`)).text).toBe('2')
  })
})

describe('it is the same data [SEN-31] [SEN-13]', () => {
  test('what a monitor sends is an observation here, and what is put here raises the monitor’s alarm', async () => {
    const { devices } = await as(keeper)(listDevices, { query: { kind: 'noise_monitor' } })
    const id = devices.find((d) => d.address === monitorMn)?.id ?? ''
    const at = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 3600_000)
    await recordObservations(db, minuteRecords(id, at, [61, 62]))
    const [t] = await where(
      'Things',
      `properties/address eq '${monitorMn}'`,
      '&$expand=Locations,Datastreams($expand=Observations,ObservedProperty,Sensor)',
    )
    expect(t).toMatchObject({ name: '试验工地', Locations: [{ location: { type: 'Point' } }] })
    const leq = items(t?.Datastreams).find((d) => (d.ObservedProperty as Json).name === '等效声级')
    expect(leq).toMatchObject({ unitOfMeasurement: { symbol: 'dB(A)' }, Sensor: { name: '噪声监测仪' } })
    expect(items(leq?.Observations).map((o) => o.result)).toEqual([61, 62])
    expect(items(leq?.Observations)[0]).toMatchObject({
      phenomenonTime: `${at.toISOString()}/${new Date(at.getTime() + 60_000).toISOString()}`,
      parameters: { max: 63, min: 56 },
    })
    const made = await post('/Observations', {
      result: 63,
      phenomenonTime: new Date(at.getTime() + 120_000).toISOString(),
      Datastream: { '@iot.id': leq?.['@iot.id'] },
    })
    const { rows } = await sql<{
      value: number
    }>`select value from sensing.observation where id = ${made} and device_id = ${id} and factor = 'Leq'`.execute(db)
    expect(rows).toEqual([{ value: 63 }])
  })

  test('who sees a district sees its things and what belongs to them, and nothing else', async () => {
    const some = { cookie: cookieOf(actorWith({ areas: ['110101'], may: ['sensing.read'] })) }
    const names = async (set: string) => (await get(`/${set}`, some)).body.value.map((x) => x.name)
    expect(await names('Things')).toEqual(['试验工地', '执法车1'])
    expect(await names('Locations')).toEqual(['试验工地'])
    expect((await names('Datastreams')).every((n) => String(n).startsWith('试验工地'))).toBe(true)
    expect((await get(`/Things(${thing})`, some)).status).toBe(404)
    expect((await get(`/Datastreams(${streamId})/Observations`, some)).status).toBe(404)
    expect(
      (await get(`/ObservedProperties?$filter=Datastreams/Thing/name%20eq%20'Thing%201'`, some)).body.value,
    ).toEqual([])
    expect((await call('POST', '/Things', { name: 'x', description: 'y' }, some)).status).toBe(403)
    // What belongs to nothing yet is seen by whoever could make it belong, and by nobody else.
    const manages = {
      cookie: cookieOf(actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.manage-devices'] })),
    }
    const free = (await call('POST', '/Locations', place('Free', 3, 4), manages)).body['@iot.id']
    expect((await get(`/Locations(${free})`, manages)).status).toBe(200)
    expect((await get(`/Locations(${free})`, some)).status).toBe(404)
    const [foreign] = (await get(`/Things(${thing})/Locations`)).body.value
    expect((await get(`/Locations(${foreign?.['@iot.id']})`, manages)).status).toBe(404)
  })

  test('a device writes its own observations by its own account, and no others', async () => {
    await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
      select id, 'monitor-a', ${hashToken('secret')}, 'test', now() from sensing.device where address = ${monitorMn}`.execute(
      db,
    )
    const basic = (word: string) => ({ authorization: `Basic ${Buffer.from(`monitor-a:${word}`).toString('base64')}` })
    expect((await get('/Things', basic('wrong'))).status).toBe(401)
    const mine = await get('/Datastreams', basic('secret'))
    expect((await get('/Things', basic('secret'))).body.value.length).toBe(1)
    const own = mine.body.value[0]?.['@iot.id']
    expect(
      (await call('POST', '/Observations', { result: 50, Datastream: { '@iot.id': own } }, basic('secret'))).status,
    ).toBe(201)
    expect(
      (await call('POST', '/Observations', { result: 50, Datastream: { '@iot.id': streamId } }, basic('secret')))
        .status,
    ).toBe(403)
    expect((await call('DELETE', `/Datastreams(${own})`, undefined, basic('secret'))).status).toBe(403)
  })
})
