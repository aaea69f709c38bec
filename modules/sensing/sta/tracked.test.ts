import { sql } from '@pentad/platform/db'
import { actorWith, testServer } from '@pentad/platform/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { cellA, laySensingCity, pointOf } from '../testing.ts'
import { packBays, recordPositions } from '../tracks/index.ts'
import { slotId, slotOfId } from './tracked.ts'

test('ten minutes of a device and their number are the same thing, and no number that was given by hand is one [SEN-31]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), fc.integer({ min: 0, max: 2 ** 21 - 1 }), (handle, n) => {
      const slot = { handle, at: new Date(Date.UTC(2020, 0, 1) + n * 600_000) }
      expect(slotOfId(slotId(slot))).toEqual(slot)
      expect(slotId(slot)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
    }),
  )
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (id) => slotOfId(id) === undefined))
})

const { db, base, cookieOf } = await testServer(modules)
await laySensingCity(db)
const { rows: found } = await sql<{ id: string; handle: number }>`select id, handle from sensing.device
  where kind = 'vehicle'`.execute(db)
const vehicle = found[0] ?? { id: '', handle: 0 }
const cookie = cookieOf(actorWith({ areas: [''], may: ['sensing.read', 'sensing.manage-devices'] }))
type Json = Record<string, unknown> & { '@iot.id': number; value: Json[] }
async function call(path: string, method = 'GET', body?: unknown) {
  const response = await fetch(path.startsWith('http') ? path : `${base}/sta/v1.1${path}`, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Json, text }
}

test('where a vehicle was is its past, ten minutes by ten minutes, with the way it drove [SEN-31] [SEN-02]', async () => {
  const t0 = Date.UTC(2026, 4, 21, 8)
  const fixes = [0, 300, 599, 600, 1500].map((second, i) => ({
    deviceId: vehicle.id,
    at: new Date(t0 + second * 1000),
    ...pointOf(cellA, 10 + i * 10, 20),
    headingDeg: 90,
    speedKmh: 20,
    alarmBits: 0,
    statusBits: 0,
  }))
  await recordPositions(db, fixes, { now: new Date(t0 + 1_500_000) })
  await packBays(db, new Date(t0 + 4 * 600_000))
  const past = (await call(`/Things(${vehicle.handle})/HistoricalLocations?$orderby=time&$count=true`)).body
  expect(past.value.map((h) => h.time)).toEqual([0, 1, 2].map((n) => new Date(t0 + n * 600_000).toISOString()))
  expect(past['@iot.count']).toBe(3)
  const [first] = past.value
  // Each has an address of its own, and its ways lead on and back.
  const own = await call(String(first?.['@iot.selfLink']))
  expect(own.body).toEqual(first)
  expect((await call(`${first?.['@iot.selfLink']}/Thing`)).body['@iot.id']).toBe(vehicle.handle)
  const [place] = (await call(`${first?.['@iot.selfLink']}/Locations`)).body.value
  const way = place?.location as { type: string; coordinates: number[][] }
  expect(way.type).toBe('LineString')
  expect(way.coordinates).toHaveLength(3)
  for (const [i, [lon, lat]] of way.coordinates.entries()) {
    expect(lon).toBeCloseTo(fixes[i]?.lon ?? 0, 5)
    expect(lat).toBeCloseTo(fixes[i]?.lat ?? 0, 5)
  }
  expect((await call(String(place?.['@iot.selfLink']))).body.location).toEqual(way)
  expect((await call(`${place?.['@iot.selfLink']}/HistoricalLocations`)).body.value).toEqual([first])
  expect((await call(`${place?.['@iot.selfLink']}/Things`)).body.value).toEqual([])
  expect((await call(`${first?.['@iot.selfLink']}/Locations(${place?.['@iot.id']})/location/type`)).body).toEqual({
    type: 'LineString',
  })

  // What was written stands among them, and both are told in one answer.
  const [at] = (await call(`/Things(${vehicle.handle})/Locations`)).body.value
  const written = await call('/HistoricalLocations', 'POST', {
    time: '2026-05-21T07:00:00.000Z',
    Thing: { '@iot.id': vehicle.handle },
    Locations: at ? [{ '@iot.id': at['@iot.id'] }] : [],
  })
  expect(written.status).toBe(201)
  const whole = await call(
    `/Things(${vehicle.handle})?$expand=HistoricalLocations($orderby=time;$top=2;$expand=Locations($select=location),Thing($select=name))`,
  )
  const told = whole.body.HistoricalLocations as Json[]
  expect(told.map((h) => h.time)).toEqual(['2026-05-21T07:00:00.000Z', new Date(t0).toISOString()])
  expect(told[1]).toMatchObject({ Locations: [{ location: way }], Thing: { name: '执法车1' } })
  expect(whole.body).toHaveProperty('HistoricalLocations@iot.nextLink')
  const later = `/Things(${vehicle.handle})/HistoricalLocations?$filter=time%20gt%202026-05-21T08:00:00Z`
  expect((await call(later)).body.value).toHaveLength(2)

  // The lists of all hold what was written; a track is not to be written over.
  expect((await call('/HistoricalLocations')).body.value.map((h) => h['@iot.id'])).toEqual([written.body['@iot.id']])
  expect((await call(`/HistoricalLocations(${first?.['@iot.id']})`, 'DELETE')).status).toBe(403)
  expect((await call(`/Locations(${first?.['@iot.id']})`, 'PATCH', { name: 'x' })).status).toBe(403)
  expect((await call(`/HistoricalLocations(${slotId({ handle: vehicle.handle, at: new Date(0) })})`)).status).toBe(404)
  expect((await call('/HistoricalLocations(9007199254740991)')).status).toBe(404)
  // Who does not see the vehicle sees nothing of where it was.
  const other = cookieOf(actorWith({ areas: ['110102'], may: ['sensing.read'] }))
  const hidden = await fetch(String(first?.['@iot.selfLink']), { headers: { cookie: other } })
  expect(hidden.status).toBe(404)
})
