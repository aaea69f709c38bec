import { sql } from '@pentad/platform/db'
import { distanceM } from '@pentad/platform/geo'
import { logger } from '@pentad/platform/log'
import { actorWith, testServer } from '@pentad/platform/testing'
import { MINUTE } from '@pentad/platform/time'
import { judgeFresh } from '@pentad/sensing'
import { listAlarms, positionsIn } from '@pentad/sensing/contract'
import { afterAll, expect, test } from 'vitest'
import { cellA, laySensingCity, monitorMn, pointOf, vehiclePhone } from '../../modules/sensing/testing.ts'
import { startGateway } from '../gateway/gateway.ts'
import { modules } from '../server/modules.ts'
import { createDrive, roadNet, roadsOf } from './drive.ts'
import { simulateMonitor } from './monitor.ts'
import { levelAt, minuteAt, worksAtNight } from './noise-shape.ts'
import { simulateVehicle } from './vehicle.ts'

const site = { seed: 1, mn: 'MN1' }
const [west, east] = [pointOf(cellA, 10), pointOf(cellA, 90)]
const net = roadNet(
  roadsOf([
    {
      properties: { layer: 'road', class: 'secondary' },
      geometry: {
        type: 'LineString',
        coordinates: [
          [west.lon, west.lat],
          [east.lon, east.lat],
        ],
      },
    },
    { properties: { layer: 'water' }, geometry: { type: 'Point', coordinates: [0, 0] } },
  ]),
)

test('a quiet site stays below every limit at any hour, the loud one is above them for a while each night [SEN-09]', () => {
  // From noon to noon: a night is not cut in two.
  const day = Date.parse('2026-05-21T12:00:00+08:00')
  let loud = 0
  for (let m = 0; m < 1440; m++) {
    const at = new Date(day + m * MINUTE)
    const { leq, max } = minuteAt(site, at)
    const night = m >= 600 && m < 1080
    expect(leq).toBeLessThan(night ? 55 : 70)
    if (night) expect(max).toBeLessThan(70)
    if (worksAtNight(site, at)) {
      loud++
      expect(night).toBe(true)
      expect(minuteAt({ ...site, loudAtNight: true }, at).max).toBeGreaterThan(70)
    }
  }
  expect(loud).toBe(40)
  expect(levelAt(site, new Date(day))).toBe(levelAt({ ...site }, new Date(day)))
  expect(levelAt(site, new Date(day))).not.toBe(levelAt({ ...site, seed: 2 }, new Date(day)))
})

test('a vehicle keeps to its road at a speed that one may believe, and the same way for the same seed [SEN-02]', () => {
  const [one, two] = [createDrive(net, 7), createDrive(net, 7)]
  let before = one(5)
  expect(two(5)).toEqual(before)
  for (let i = 0; i < 200; i++) {
    const next = one(5)
    expect(next.speedKmh).toBeLessThan(60)
    expect(next.lat).toBeGreaterThanOrEqual(Math.min(west.lat, east.lat) - 1e-9)
    expect(next.lat).toBeLessThanOrEqual(Math.max(west.lat, east.lat) + 1e-9)
    expect(distanceM([before.lon, before.lat], [next.lon, next.lat])).toBeLessThanOrEqual((60 / 3.6) * 5)
    before = next
  }
})

test('simulated devices speak to the gateway: the loud site is an alarm, the vehicle is on the map [SEN-09] [SEN-02]', async () => {
  const { db, as } = await testServer(modules)
  await laySensingCity(db)
  const gateway = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db,
    log: logger('test', 'silent'),
  })
  const far = { host: '127.0.0.1', seed: 5 }
  const monitor = simulateMonitor({
    ...far,
    port: gateway.ports.hj212,
    mn: monitorMn,
    rtdEveryMs: 200,
    exceed: { db: 80, from: new Date(Date.now() - 31 * MINUTE) },
    faults: { garbage: 0.1 },
  })
  const vehicle = simulateVehicle({
    ...far,
    port: gateway.ports.jt808,
    phone: vehiclePhone,
    plate: '京A·T001',
    drive: createDrive(net, 1),
    everyMs: 100,
  })
  afterAll(async () => {
    await Promise.all([monitor.stop(), vehicle.stop()])
    await gateway.stop()
  })
  const desk = actorWith({ areas: ['110101'], may: ['sensing.read'] })
  const rules = async () => {
    await judgeFresh(db, new Date())
    return (await as(desk)(listAlarms, { query: { open: 'true' } })).alarms.map((a) => a.rule)
  }
  await expect.poll(rules, { timeout: 20_000 }).toContain('noise-leq')
  const box = { west: 116, south: 39, east: 118, north: 41 }
  const seen = async () => (await as(desk)(positionsIn, { query: box })).positions
  await expect.poll(seen, { timeout: 20_000 }).toMatchObject([{ label: '京A·T001', kind: 'vehicle' }])
  await expect.poll(() => vehicle.counts.answered, { timeout: 20_000 }).toBeGreaterThan(2)
  const spoiled = async () =>
    (await sql`select code from sensing.reject where protocol = 'hj212'`.execute(db)).rows.length
  await expect.poll(spoiled, { timeout: 20_000 }).toBeGreaterThan(0)
})
