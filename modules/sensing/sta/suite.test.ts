/** SensorThings as a conformance suite walks through it: an empty service, no name, and every rule of the book. */
import { addMembershipRow, addPersonRow } from '@pentad/identity'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { testServer } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { laySensingCity } from '../testing.ts'
import { createByTopic } from './topics.ts'

const { db, base } = await testServer(modules, { settings: { staGuest: 'suite' } })
await laySensingCity(db)
// Devices of ours that are out of use, as if there had never been any.
await sql`update sensing.device set retired = now()`.execute(db)
const suite = newId()
await addPersonRow(db, { id: suite, login: 'suite', nameZh: '测', nameEn: 'Suite', phone: null, password: 'none' })
await addMembershipRow(db, {
  id: newId(),
  personId: suite,
  unitId: 'a-street',
  role: 'sys_admin',
  areas: [''],
  validFrom: '2020-01-01',
  validTo: null,
})
const root = `${base}/sta/v1.1`

type Json = Record<string, unknown> & { '@iot.id': number; value: Json[] }
async function call(method: string, path: string, body?: unknown, type = 'application/json') {
  const response = await fetch(`${root}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const read: unknown = /^[[{]/.test(text) ? JSON.parse(text) : {}
  return { status: response.status, body: read as Json, text }
}
const get = (path: string) => call('GET', path)
async function post(path: string, body: unknown): Promise<number> {
  const answer = await call('POST', path, body)
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`)
  return answer.body['@iot.id']
}
const sets = [
  'Things',
  'Locations',
  'HistoricalLocations',
  'Datastreams',
  'Sensors',
  'ObservedProperties',
  'Observations',
  'FeaturesOfInterest',
]
const place = (name: string, location: unknown) => ({
  name,
  description: name,
  encodingType: 'application/vnd.geo+json',
  location,
})
const stream = {
  name: 'S',
  description: 's',
  observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement',
  unitOfMeasurement: { name: 'degree', symbol: '°C', definition: 'ucum:Cel' },
  ObservedProperty: { name: 'T', definition: 'http://example.org/T', description: 't' },
  Sensor: { name: 'I', description: 'i', encodingType: 'application/pdf', metadata: 'i' },
}

describe('a service that strangers may try [SEN-31]', () => {
  test('where nothing is measured yet every list is empty, and whoever has no name is the guest', async () => {
    for (const set of sets) expect([set, (await get(`/${set}`)).body.value]).toEqual([set, []])
    // A name that is wrong is not a guest's.
    const wrong = await fetch(`${root}/Things`, { headers: { authorization: `Basic ${btoa('suite:guess')}` } })
    expect(wrong.status).toBe(401)
    // The guest is the account, with what it may do with devices and nothing else.
    expect((await fetch(`${base}/api/sensing/devices`)).status).toBe(401)
    await sql`update identity.person set disabled = true where login = 'suite'`.execute(db)
    expect((await get('/Things')).status).toBe(401)
    await sql`update identity.person set disabled = false where login = 'suite'`.execute(db)
  })

  test('what is not measured yet may be linked to, and stands on the list from then on', async () => {
    const { rows } = await sql<{ factor: number; instrument: number }>`select f.id as factor, i.id as instrument
      from sensing.factor f, sensing.instrument i where f.code = 'Leq' and i.kind = 'noise_monitor'`.execute(db)
    const [ours] = rows
    const thing = await post('/Things', {
      name: 'Own',
      description: 'o',
      Datastreams: [
        { ...stream, ObservedProperty: { '@iot.id': ours?.factor }, Sensor: { '@iot.id': ours?.instrument } },
      ],
    })
    expect((await get('/ObservedProperties')).body.value).toMatchObject([{ '@iot.id': ours?.factor }])
    expect((await get('/Sensors')).body.value).toMatchObject([{ '@iot.id': ours?.instrument }])
    expect((await call('DELETE', `/Things(${thing})`)).status).toBe(200)
    for (const set of ['ObservedProperties', 'Sensors', 'Datastreams'])
      expect((await get(`/${set}`)).body.value).toEqual([])
  })

  test('what is said to be served is served: a batch, steps of a JSON Patch, topics where they are heard', async () => {
    const settings = (await get('')).body.serverSettings as Record<string, unknown> & { conformance: string[] }
    const named = (end: string) => settings.conformance.find((c) => c.endsWith(end)) ?? 'none'
    expect(settings[named('batch-request/batch-request')]).toEqual({ endpoints: [`${root}/$batch`] })
    expect(settings[named('receive-updates-via-mqtt/receive-updates')]).toEqual({
      endpoints: ['mqtt://127.0.0.1:1883'],
    })
    expect(settings.conformance.some((c) => /multi-datastream/.test(c))).toBe(false)
    expect((await get('/MultiDatastreams')).status).toBe(404)
  })
})

describe('questions of the suite [SEN-31]', () => {
  test('shapes: nine letters, distances, lengths, and each relation as the suite has it', async () => {
    const ring = (...coordinates: number[][]) => ({ type: 'Polygon', coordinates: [coordinates] })
    const line = (...coordinates: number[][]) => ({ type: 'LineString', coordinates })
    const shapes = [
      ...[51, 52, 53, 54].map((y) => ({ type: 'Point', coordinates: [8, y] })),
      ring([8, 53], [7, 52], [7, 53], [8, 53]),
      line([5, 52], [5, 53]),
      line([5, 52], [6, 53]),
      line([4, 52], [8, 52]),
    ]
    for (const [i, shape] of shapes.entries()) await post('/Locations', place(String(i), shape))
    const box = "geography'POLYGON((7.5 51.5, 7.5 53.5, 8.5 53.5, 8.5 51.5, 7.5 51.5))'"
    for (const [filter, wanted] of [
      [`st_relate(${box}, location, 'T********')`, '1247'],
      [`st_relate(location, ${box}, 'T*F**F***')`, '12'],
      [`st_contains(${box}, location)`, '12'],
      [`st_overlaps(${box}, location)`, '4'],
      [`st_disjoint(${box}, location)`, '0356'],
      ["st_crosses(geography'LINESTRING(7.5 51.5, 7.5 53.5)', location)", '47'],
      ["st_intersects(location, geography'LINESTRING(7.5 51, 7.5 54)')", '47'],
      ["st_touches(geography'POLYGON((8 53, 7.5 54.5, 8.5 54.5, 8 53))', location)", '24'],
      ["st_within(geography'POINT(7.5 52.75)', location)", '4'],
      ["geo.distance(location, geography'POINT(8 54.1)') lt 1", '3'],
      ['geo.length(location) ge 1', '567'],
      ['geo.length(location) ne 1', '0123467'],
    ] as const) {
      const { status, body, text } = await get(`/Locations?$orderby=id&$filter=${encodeURIComponent(filter)}`)
      expect([filter, status === 200 ? body.value.map((l) => l.name).join('') : text]).toEqual([filter, wanted])
    }
    for (const wrong of [
      `st_relate(location, ${box})`,
      `st_relate(location, ${box}, 'T')`,
      `st_relate(location, ${box}, 1)`,
    ])
      expect((await get(`/Locations?$filter=${encodeURIComponent(wrong)}`)).status).toBe(400)
    for (const { '@iot.id': id } of (await get('/Locations')).body.value) await call('DELETE', `/Locations(${id})`)
  })

  test('words are sorted by their code points, and stretches of time lie as they are said to', async () => {
    const thing = await post('/Things', { name: 'b', description: 'x', Datastreams: [stream] })
    for (const name of ['a', 'B', 'C 1', 'C1', 'é']) await post('/Things', { name, description: 'x' })
    const names = (await get('/Things?$orderby=name')).body.value.map((t) => t.name)
    expect(names).toEqual(['B', 'C 1', 'C1', 'a', 'b', 'é'])
    expect((await get('/Things?$orderby=name%20desc')).body.value.map((t) => t.name)).toEqual(names.toReversed())
    const [d] = (await get(`/Things(${thing})/Datastreams`)).body.value
    const at = (hour: number) => `2016-01-01T0${hour}:00:00.000Z`
    for (const [from, to] of [
      [1, 2],
      [2, 4],
      [3, 5],
      [2, 3],
    ] as const)
      await post(`/Datastreams(${d?.['@iot.id']})/Observations`, {
        result: from * 10 + to,
        phenomenonTime: at(from),
        validTime: `${at(from)}/${at(to)}`,
        FeatureOfInterest: {
          name: 'F',
          description: 'f',
          encodingType: 'application/geo+json',
          feature: { type: 'Point', coordinates: [1, 2] },
        },
      })
    for (const [filter, wanted] of [
      [`meets(validTime, ${at(2)}/${at(3)})`, [12, 35]],
      [`overlaps(validTime, ${at(2)}/${at(3)})`, [23, 24]],
      [`starts(validTime, ${at(2)}/${at(3)})`, [23, 24]],
      [`finishes(validTime, ${at(1)}/${at(4)})`, [24]],
    ] as const) {
      const { body } = await get(`/Observations?$orderby=result&$filter=${encodeURIComponent(filter)}`)
      expect([filter, body.value?.map((o) => o.result)]).toEqual([filter, wanted])
    }
  })

  test('what stands inside another has its number, its properties and its address; its ways on only where they are selected', async () => {
    const { body } = await get("/Things?$filter=name%20eq%20'b'&$expand=Datastreams($expand=Sensor)")
    const [thing] = body.value
    const [inner] = (thing?.Datastreams ?? []) as Json[]
    expect(thing).toHaveProperty('Datastreams@iot.navigationLink')
    expect(inner).toMatchObject({ '@iot.id': expect.any(Number), '@iot.selfLink': expect.any(String), name: 'S' })
    expect(Object.keys({ ...inner, ...(inner?.Sensor as Json) }).filter((k) => k.endsWith('navigationLink'))).toEqual(
      [],
    )
    const selected = await get("/Things?$filter=name%20eq%20'b'&$expand=Datastreams($select=name,Thing)")
    expect(selected.body.value[0]?.Datastreams).toEqual([
      { name: 'S', 'Thing@iot.navigationLink': `${inner?.['@iot.selfLink']}/Thing` },
    ])
  })
})

describe('changes of the suite [SEN-31]', () => {
  test('a replacement says what it says; what an entity cannot be without stays, what may be left out goes', async () => {
    const id = await post('/Things', { name: 'A', description: 'a', properties: { x: 1 } })
    expect((await call('PUT', `/Things(${id})`, { description: 'b' })).body).toMatchObject({
      name: 'A',
      description: 'b',
    })
    expect((await get(`/Things(${id})`)).body).not.toHaveProperty('properties')
    expect((await call('PUT', `/Things(${id})`, { name: null })).status).toBe(400)
  })

  test('a JSON Patch changes what its steps say and nothing else; a step that fails changes nothing', async () => {
    const id = await post('/Things', { name: 'A', description: 'a', properties: { sizes: [1, 2], colour: 'red' } })
    const patch = (steps: unknown, path = `/Things(${id})`) => call('PATCH', path, steps, 'application/json-patch+json')
    const done = await patch([
      { op: 'test', path: '/name', value: 'A' },
      { op: 'add', path: '/properties/sizes/-', value: 3 },
      { op: 'remove', path: '/properties/colour' },
      { op: 'replace', path: '/description', value: 'patched' },
    ])
    expect(done).toMatchObject({
      status: 200,
      body: { name: 'A', description: 'patched', properties: { sizes: [1, 2, 3] } },
    })
    expect((await get(`/Things(${id})`)).body.properties).toEqual({ sizes: [1, 2, 3] })
    for (const wrong of [
      [
        { op: 'replace', path: '/name', value: 'B' },
        { op: 'test', path: '/description', value: 'other' },
      ],
      [{ op: 'remove', path: '/name' }],
      [{ op: 'add', path: '/@iot.id', value: 1 }],
      { name: 'B' },
    ])
      expect((await patch(wrong)).status).toBe(400)
    expect((await get(`/Things(${id})/name/$value`)).text).toBe('A')
    const bare = await post('/Things', { name: 'bare', description: 'b' })
    expect(
      (await patch([{ op: 'add', path: '/properties/first', value: true }], `/Things(${bare})`)).body,
    ).toMatchObject({
      properties: { first: true },
    })
    expect((await patch([{ op: 'add', path: '/name', value: 'x' }], '/Things(99999999)')).status).toBe(404)
  })

  test('several requests come in one; what one made a later one names, and a group is done whole or not at all', async () => {
    const batch = (requests: unknown) => call('POST', '/$batch', { requests })
    const answers = async (requests: unknown) => {
      const { status, text, body } = await batch(requests)
      if (status !== 200) throw new Error(text)
      return body.responses as unknown as { id: string; status: number; location?: string; body?: Json }[]
    }
    const things = async () => Number((await get('/Things/$count')).text)
    const before = await things()
    const [made, under, unanswered, read, wrong] = await answers([
      { id: 't', method: 'post', url: 'Things', body: { name: 'Batch', description: 'b' } },
      { id: 'd', method: 'post', url: '$t/Datastreams', body: stream },
      { id: 'x', method: 'get', url: "Things?$filter=substring(name,%201e300)%20eq%20'x'" },
      { id: 'r', method: 'get', url: "Things?$filter=name%20eq%20'Batch'&$select=name" },
      { id: 'w', method: 'post', url: 'Things', body: { name: 'no description' } },
    ])
    expect(made).toMatchObject({ id: 't', status: 201, location: expect.stringContaining('/Things(') })
    expect((await get(`/Datastreams(${under?.body?.['@iot.id']})/Thing`)).body.name).toBe('Batch')
    expect(unanswered?.status).toBe(400)
    expect(read).toMatchObject({ id: 'r', status: 200, body: { value: [{ name: 'Batch' }] } })
    expect(wrong).toMatchObject({ id: 'w', status: 400 })
    expect(await things()).toBe(before + 1)
    const [first, second, third] = await answers([
      { id: '1', atomicityGroup: 'g', method: 'post', url: '/Things', body: { name: 'Gone', description: 'g' } },
      { id: '2', atomicityGroup: 'g', method: 'post', url: '/sta/v1.1/Locations', body: { name: 'half' } },
      {
        id: '3',
        method: 'patch',
        url: made?.location,
        headers: { 'Content-Type': 'application/json-patch+json' },
        body: [{ op: 'replace', path: '/name', value: 'Patched' }],
      },
    ])
    expect([first?.status, second?.status, third?.status]).toEqual([424, 400, 200])
    expect(await things()).toBe(before + 1)
    const linked = await answers([
      { id: 'a', atomicityGroup: 'h', method: 'post', url: 'Things', body: { name: 'T', description: 't' } },
      {
        id: 'b',
        atomicityGroup: 'h',
        method: 'post',
        url: 'Datastreams',
        body: { ...stream, Thing: { '@iot.id': '$a' } },
      },
      { id: 'c', method: 'delete', url: '$a' },
    ])
    expect(linked.map((a) => a.status)).toEqual([201, 201, 200])
    for (const bad of ['x', [{ method: 'get', url: 'Things' }], [{ id: 'a', method: 'trace', url: 'Things' }]])
      expect((await batch(bad)).status).toBe(400)
    expect((await answers([{ id: 'a', method: 'get', url: 'Nothing' }]))[0]?.status).toBe(404)
  })

  test('a result of 64 bits that came by a topic is told with all its digits', async () => {
    const [d] = (await get('/Datastreams')).body.value
    const actor = {
      id: suite,
      name: '',
      grants: [{ role: '', unitId: '', areas: [''], units: [], may: ['sensing.read', 'sensing.manage-devices'] }],
    }
    const feature = {
      name: 'F',
      description: 'f',
      encodingType: 'application/geo+json',
      feature: { type: 'Point', coordinates: [1, 2] },
    }
    const payload = `{"result": -4962768465676381897, "FeatureOfInterest": ${JSON.stringify(feature)}}`
    const topic = `v1.0/Datastreams(${d?.['@iot.id']})/Observations`
    expect(await createByTopic(db, topic, new TextEncoder().encode(payload), { kind: 'person', actor })).toBeUndefined()
    const newest = '/Observations?$orderby=id%20desc&$top=1&$select=id,result'
    expect((await get(newest)).text).toContain('"result":-4962768465676381897')
    const id = (await get(newest)).body.value[0]?.['@iot.id']
    expect((await get(`/Observations(${id})/result/$value`)).text).toBe('-4962768465676381897')
    expect((await get(`/Observations(${id})?$select=result`)).text).toBe('{"result":-4962768465676381897}')
    for (const result of [true, 1.25, 'forty-two', { a: [1, null] }, [1, 'x', false], null]) {
      const made = await post('/Observations', {
        result,
        Datastream: { '@iot.id': d?.['@iot.id'] },
        FeatureOfInterest: feature,
      })
      expect((await get(`/Observations(${made})`)).body.result).toEqual(result)
    }
  })

  test('a suite that ends everything leaves every list empty', async () => {
    for (const set of [
      'Observations',
      'FeaturesOfInterest',
      'Datastreams',
      'Sensors',
      'ObservedProperties',
      'HistoricalLocations',
      'Locations',
      'Things',
    ])
      for (let left = (await get(`/${set}`)).body.value; left.length > 0; left = (await get(`/${set}`)).body.value)
        for (const { '@iot.id': id } of left) expect((await call('DELETE', `/${set}(${id})`)).status).toBe(200)
    for (const set of sets) expect([set, (await get(`/${set}`)).body.value]).toEqual([set, []])
  })
})
