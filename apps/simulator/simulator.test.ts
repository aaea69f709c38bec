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
import { levelAt, measured, minuteAt, worksAtNight } from './noise-shape.ts'
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

const minuteOf = (from: number, m: number) => new Date(from + m * MINUTE)
const meanOf = (levels: readonly number[]) =>
  10 * Math.log10(levels.reduce((sum, l) => sum + 10 ** (l / 10), 0) / levels.length)
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

test('a quiet site stays below every limit at any hour, the loud one is above them for a while each night [SEN-09]', () => {
  // From noon to noon: a night is not cut in two.
  const day = Date.parse('2026-05-21T12:00:00+08:00')
  for (const mn of ['MN1', 'MN2', 'MN3']) {
    const minutes = Array.from({ length: 1440 }, (_, m) => minuteAt({ seed: 1, mn }, minuteOf(day, m)))
    for (let m = 20; m <= 1440; m++) {
      const night = m > 600 && m <= 1080
      // The limits are for the mean of twenty minutes, and for the loudest moment of the night.
      expect(meanOf(minutes.slice(m - 20, m).map((l) => l.leq))).toBeLessThan(night ? 55 : 70)
      if (night) expect(minutes[m - 1]?.max).toBeLessThan(70)
    }
  }
  let loud = 0
  for (let m = 0; m < 1440; m++) {
    if (!worksAtNight(site, minuteOf(day, m))) continue
    loud++
    expect(m).toBeGreaterThanOrEqual(600)
    expect(m).toBeLessThan(1080)
    expect(minuteAt({ ...site, loudAtNight: true }, minuteOf(day, m)).max).toBeGreaterThan(70)
  }
  expect(loud).toBe(40)
  expect(levelAt(site, new Date(day))).toBe(levelAt({ ...site }, new Date(day)))
  expect(levelAt(site, new Date(day))).not.toBe(levelAt({ ...site, seed: 2 }, new Date(day)))
})

test('the nights of sites have the shape that was measured: hours, floor, drift and bursts [SEN-09]', () => {
  const from = Date.parse('2026-05-01T00:00:00+08:00')
  const sites = Array.from({ length: 6 }, (_, n) => ({ seed: 3, mn: `MN${n}` }))
  const byHour = Array.from({ length: 24 }, (): number[] => [])
  const steps: number[] = []
  let bursts = 0
  let minutes = 0
  for (const of of sites) {
    let before: number | undefined
    let above = false
    for (let m = 0; m < 14 * 1440; m++) {
      const hour = Math.floor(m / 60) % 24
      // By day there is work, which is ours and not measured.
      if (hour >= 6 && hour < 20) {
        before = undefined
        continue
      }
      const { leq, max, min } = minuteAt(of, minuteOf(from, m))
      expect(leq).toBeGreaterThanOrEqual(measured.floorDb - 0.1)
      expect(max).toBeGreaterThanOrEqual(leq)
      expect(min).toBeLessThanOrEqual(leq)
      byHour[hour]?.push(leq)
      if (before !== undefined) steps.push(Math.abs(leq - before))
      before = leq
      minutes++
      const now = leq > (measured.hourlyMedianDb[hour] ?? 0) - 3 + measured.burstOverDb
      if (now && !above) bursts++
      above = now
    }
  }
  for (const hour of [0, 2, 4, 21, 23]) {
    const expected = (measured.hourlyMedianDb[hour] ?? 0) - 3
    expect(Math.abs(median(byHour[hour] ?? []) - expected)).toBeLessThan(1.5)
  }
  // Neighbouring minutes are alike, and bursts come some thirty times a day.
  expect(median(steps)).toBeLessThan(2)
  expect((bursts / minutes) * 1440).toBeGreaterThan(15)
  expect((bursts / minutes) * 1440).toBeLessThan(60)
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
