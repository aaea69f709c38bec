import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { metrics } from '@pentad/platform/metrics'
import { newsAfter } from '@pentad/platform/news'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import {
  addDevice,
  countDevices,
  deviceCurve,
  deviceTrack,
  judgeAlarm,
  listAlarms,
  listDevices,
  positionsIn,
  readAlarm,
} from './contract.ts'
import {
  devicesOf,
  devicesSince,
  type FixIn,
  judgeFresh,
  recordObservations,
  recordPositions,
  recordRejects,
  recordUnknown,
  registerMetrics,
  sensing,
  sharedSecret,
} from './index.ts'
import { deviceStates } from './model.ts'
import { ensurePartitions } from './queries/index.ts'
import { cellA, cellB, laySensingCity, minuteRecords, monitorMn, pointOf, vehiclePhone } from './testing.ts'
import { fixesBetween } from './tracks/index.ts'
import { qualityNames } from './tracks/model/index.ts'

/** 23:00 in Beijing. */
const night = new Date('2026-05-21T15:00:00Z')
let clock = night
const { db, as } = await testServer(modules, { clock: () => clock })
await laySensingCity(db)
const may = ['sensing.read', 'sensing.judge', 'sensing.manage-devices']
const a = actorWith({ areas: ['110101'], may })
const b = actorWith({ areas: ['110102'], may })
const [monitor] = await devicesOf(db, 'noise_monitor')
const [vehicle] = await devicesOf(db, 'vehicle')
const monitorId = monitor?.id ?? ''
const vehicleId = vehicle?.id ?? ''

const minutesLater = (n: number, from = night) => new Date(from.getTime() + n * 60_000)
async function store(from: Date, levels: readonly number[], over = 2): Promise<void> {
  const now = minutesLater(levels.length, from)
  await recordObservations(db, minuteRecords(monitorId, from, levels, over), { now })
  await judgeFresh(db, now)
}
const flat = (n: number, level: number): number[] => Array.from({ length: n }, () => level)
/** All news so far; those of a moment ago wait until every older transaction of the engine has ended. */
async function allNews() {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from platform.news`.execute(db)
  const read = () => newsAfter(db, { xid: '0', seq: 0 }, 10_000)
  await expect.poll(async () => (await read()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(rows[0]?.n ?? 0)
  return read()
}
const fix = (at: Date, where: { lon: number; lat: number }, more: Partial<FixIn> = {}): FixIn => ({
  deviceId: vehicleId,
  at,
  headingDeg: 90,
  speedKmh: 30,
  alarmBits: 0,
  statusBits: 3,
  ...where,
  ...more,
})
const around = { west: 116, south: 39, east: 117, north: 41 }

test('a terminal keeps its name whatever zeros stand in front, and lies where its unit does [SEN-31]', async () => {
  expect(vehicle).toMatchObject({ address: vehiclePhone, protocol: 'jt808', areaCode: '110101001', lon: null })
  expect(monitor).toMatchObject({ address: monitorMn, protocol: 'hj212', areaCode: cellA })
})

test('a device gets the area of its point; outside the city, twice, or without a place it is refused [SEN-31]', async () => {
  const add = (body: object, who = a) =>
    as(who)(addDevice, { body: { kind: 'noise_monitor', address: newId(), name: '工地', ...body } as never })
  const { id } = await add({ address: 'NEW1', ...pointOf(cellA) })
  const { devices } = await as(a)(listDevices, { query: { kind: 'noise_monitor' } })
  expect(devices.find((d) => d.id === id)).toMatchObject({ areaCode: cellA, state: 'never', lastHeard: null })
  await expect(add({ address: 'NEW1', ...pointOf(cellA) })).rejects.toMatchObject({
    refusal: { refused: 'sensing/known-device' },
  })
  await expect(add({ lon: 100, lat: 10 })).rejects.toMatchObject({ refusal: { refused: 'geography/outside-city' } })
  await expect(add({})).rejects.toMatchObject({ refusal: { refused: 'sensing/no-place' } })
  await expect(add({ unitId: 'nobody', ...pointOf(cellA) })).rejects.toMatchObject({
    refusal: { refused: 'sensing/unknown-unit' },
  })
  await expect(add({ ...pointOf(cellA) }, b)).rejects.toMatchObject({ refusal: { refused: 'platform/not-allowed' } })
})

test('who is responsible for another district sees neither device nor curve nor alarm [SEN-01]', async () => {
  expect((await as(b)(listDevices, { query: {} })).devices).toEqual([])
  await expect(as(b)(deviceCurve, { params: { id: monitorId }, query: {} })).rejects.toMatchObject({ status: 404 })
  const byUnit = actorWith({ units: ['a-street'], may })
  expect((await as(byUnit)(listDevices, { query: {} })).devices.map((d) => d.address)).toContain(monitorMn)
})

test('night noise raises one alarm, later minutes update it, quiet clears it, and a verdict stays [SEN-10]', async () => {
  clock = minutesLater(25)
  await store(minutesLater(-20), flat(20, 48))
  expect((await as(a)(listAlarms, { query: {} })).alarms).toEqual([])
  await store(night, [66, 68, 72], 6)
  await store(minutesLater(3), flat(10, 64), 5)
  const { alarms } = await as(a)(listAlarms, { query: { open: 'true' } })
  expect(new Set(alarms.map((x) => `${x.rule} ${x.limit} ${x.peak}`))).toEqual(
    new Set(['noise-warn 52 64.1', 'noise-leq 55 64.1', 'noise-night-max 70 78']),
  )
  // A warning is for the screens only.
  const raised = (await allNews()).filter((n) => n.topic === 'sensing.alarm-raised')
  expect(raised.map((n) => String(n.about.rule)).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'noise-leq',
    'noise-night-max',
  ])

  const loudest = alarms.find((x) => x.rule === 'noise-night-max')
  const id = loudest?.id ?? ''
  await store(minutesLater(13), flat(45, 42))
  clock = minutesLater(59)
  const whole = await as(a)(readAlarm, { params: { id } })
  expect(whole).toMatchObject({ raisedAt: minutesLater(1).toISOString(), clearedAt: expect.any(String), verdict: null })
  expect(whole.curves).toHaveLength(1)
  expect(whole.curves[0]).toMatchObject({ factor: 'Leq', unit: 'dB(A)', limit: 55, maxLimit: 70 })
  expect(whole.curves[0]?.points[0]).toEqual({ at: minutesLater(-20).toISOString(), value: 48, max: 50 })
  expect((await as(a)(listAlarms, { query: { open: 'true' } })).alarms).toEqual([])

  const judged = await as(a)(judgeAlarm, { params: { id }, body: { verdict: 'true' } })
  expect(judged).toMatchObject({ id, verdict: 'true' })
  await as(a)(judgeAlarm, { params: { id }, body: { verdict: 'known' } })
  expect((await as(a)(listAlarms, { query: {} })).today).toEqual({ raised: 3, judged: 1 })
  const { rows } = await sql`select detail from identity.audit where act = 'judge-alarm' order by seq`.execute(db)
  expect(rows).toEqual([
    { detail: { verdict: 'true', before: null } },
    { detail: { verdict: 'known', before: 'true' } },
  ])
  await expect(as(b)(judgeAlarm, { params: { id }, body: { verdict: 'true' } })).rejects.toMatchObject({ status: 404 })
})

test('what is sent again, even at once, is stored once and raises nothing twice [SEN-29]', async () => {
  const before = await sql`select count(*)::int as n from sensing.observation`.execute(db)
  const alarms = await sql`select count(*)::int as n from sensing.alarm`.execute(db)
  await Promise.all([1, 2, 3].map(() => store(night, [66, 68, 72], 6)))
  expect(await sql`select count(*)::int as n from sensing.observation`.execute(db)).toEqual(before)
  expect(await sql`select count(*)::int as n from sensing.alarm`.execute(db)).toEqual(alarms)
})

test('two gateways and three judges at once raise one alarm [SEN-10]', async () => {
  const [, other] = await devicesOf(db, 'noise_monitor')
  const id = other?.id ?? ''
  await Promise.all(
    flat(6, 80).map((level, i) =>
      recordObservations(db, minuteRecords(id, minutesLater(i), [level], 1), { now: minutesLater(i + 1) }),
    ),
  )
  await Promise.all([1, 2, 3].map(() => judgeFresh(db, minutesLater(7))))
  const { rows } = await sql`select rule, peak from sensing.alarm where device_id = ${id}`.execute(db)
  expect(rows).toEqual([{ rule: 'noise-night-max', peak: 81 }])
  expect((await sql`select from sensing.fresh`.execute(db)).rows).toEqual([])
})

test('what cannot be is kept with its flag, and neither alarms nor draws a curve [SEN-09]', async () => {
  const at = minutesLater(24 * 60)
  clock = minutesLater(5, at)
  const one = (over: object) => ({ ...minuteRecords(monitorId, at, [60])[0], ...over }) as never
  await recordObservations(
    db,
    [
      one({ value: 190, max: 200 }),
      one({ flag: 'D', observedAt: minutesLater(1, at), max: 99 }),
      one({ observedAt: minutesLater(60, at), max: 99 }),
      one({ factor: 'a34002', value: 81, max: null }),
    ],
    { now: minutesLater(2, at) },
  )
  await judgeFresh(db, minutesLater(2, at))
  const { rows } = await sql`select quality, flag from sensing.observation where device_id = ${monitorId}
    and factor = 'Leq' and observed_at >= ${at} order by observed_at`.execute(db)
  expect(rows).toEqual([
    { quality: ['out-of-range'], flag: 'N' },
    { quality: [], flag: 'D' },
    { quality: ['clock-ahead'], flag: 'N' },
  ])
  const { curves } = await as(a)(deviceCurve, { params: { id: monitorId }, query: { minutes: 10 } })
  expect(curves).toEqual([
    {
      factor: 'a34002',
      unit: 'µg/m³',
      points: [{ at: at.toISOString(), value: 81, max: null }],
      limit: null,
      maxLimit: null,
    },
  ])
  expect((await as(a)(listAlarms, { query: { open: 'true' } })).alarms.map((x) => x.device.id)).not.toContain(monitorId)
})

test('a minute without data is missing from the curve [SEN-09]', async () => {
  const at = minutesLater(48 * 60)
  clock = minutesLater(6, at)
  await recordObservations(
    db,
    [0, 1, 4].flatMap((m) => minuteRecords(monitorId, minutesLater(m, at), [50])),
    {
      now: clock,
    },
  )
  const { curves } = await as(a)(deviceCurve, { params: { id: monitorId }, query: { minutes: 6 } })
  expect(curves[0]?.points.map((p) => p.at)).toEqual([0, 1, 4].map((m) => minutesLater(m, at).toISOString()))
})

test('the newest fix stands in whatever order they come, and is seen by whom it drives among [SEN-02]', async () => {
  await recordPositions(db, [fix(minutesLater(1), pointOf(cellA, 20)), fix(minutesLater(2), pointOf(cellA, 60))], {
    now: minutesLater(2),
  })
  await recordPositions(db, [fix(night, pointOf(cellA, 10))], { now: minutesLater(3) })
  const seen = await as(a)(positionsIn, { query: around })
  expect(seen.positions).toMatchObject([{ deviceId: vehicleId, label: '京A·T001', at: minutesLater(2).toISOString() }])
  expect(seen.positions[0]?.lon).toBeCloseTo(pointOf(cellA, 60).lon, 6)
  expect((await as(a)(positionsIn, { query: { ...around, east: 116.1 } })).positions).toEqual([])
  expect((await as(b)(positionsIn, { query: around })).positions).toEqual([])

  await recordPositions(db, [fix(minutesLater(4), pointOf(cellB))], { now: minutesLater(4) })
  expect((await as(b)(positionsIn, { query: around })).positions).toHaveLength(1)
  expect((await as(a)(positionsIn, { query: around })).positions).toEqual([])
  const { rows } = await sql`select count(*)::int as n from sensing.fix_hot`.execute(db)
  expect(rows).toEqual([{ n: 4 }])
})

test('the track of a vehicle is what it drove in the span, thinned between its ends, and shown only to those it belongs to [ONE-17]', async () => {
  const until = minutesLater(5).toISOString()
  const whole = await as(a)(deviceTrack, { params: { id: vehicleId }, query: { hours: 1, until } })
  expect(whole.all).toBe(4)
  expect(whole.fixes.map((f) => f.at)).toEqual([0, 1, 2, 4].map((n) => minutesLater(n).toISOString()))
  const ends = await as(a)(deviceTrack, { params: { id: vehicleId }, query: { hours: 1, until, most: 2 } })
  expect(ends.fixes.map((f) => f.at)).toEqual([0, 4].map((n) => minutesLater(n).toISOString()))
  await expect(as(b)(deviceTrack, { params: { id: vehicleId }, query: {} })).rejects.toMatchObject({
    status: 404,
  })
})

test('a fix that is none, or from the future, is kept and moves nothing [SEN-02]', async () => {
  const wrong = [
    fix(minutesLater(10), { lon: 0, lat: 0 }, { quality: ['not-fixed'] }),
    fix(minutesLater(600), pointOf(cellA)),
    fix(minutesLater(11), { lon: 39.9, lat: 116.4 }, { quality: ['latitude-out-of-range'] }),
  ]
  await recordPositions(db, wrong, { now: minutesLater(12) })
  const [there] = (await as(b)(positionsIn, { query: around })).positions
  expect(there?.at).toBe(minutesLater(4).toISOString())
  const kept = await fixesBetween(db, vehicle?.handle ?? 0, minutesLater(9), minutesLater(700))
  expect(kept.map((f) => qualityNames(f.quality))).toEqual([['not-fixed'], ['latitude-out-of-range'], ['clock-ahead']])
})

test('a device that says nothing falls silent, and is back when it speaks; the screens hear both [SEN-31]', async () => {
  const told = async () => (await allNews()).filter((n) => n.topic === 'device' && n.about.id === vehicleId)
  const before = (await told()).length
  const silence = sensing.jobs?.find((j) => j.name === 'sensing.silence')
  const tools = { db, log: { info: () => undefined }, transaction: (work: never) => db.transaction().execute(work) }
  // Its last word lies months back by the clock of the machine.
  await silence?.run({}, tools as never)
  await silence?.run({}, tools as never)
  await recordPositions(db, [], { alsoHeard: [vehicleId], now: new Date() })
  const after = await told()
  expect(after.slice(before).map((n) => n.about.state)).toEqual(['silent', 'online'])
  clock = new Date()
  const { devices } = await as(a)(listDevices, { query: { kind: 'vehicle' } })
  expect(devices[0]?.state).toBe('online')
  const counted = async (who = a) => (await as(who)(countDevices)).states
  const listed = (await as(a)(listDevices, { query: {} })).devices
  for (const state of deviceStates)
    expect((await counted())[state]).toBe(listed.filter((d) => d.state === state).length)
  expect((await counted(b)).online).toBe(
    (await as(b)(listDevices, { query: {} })).devices.filter((d) => d.state === 'online').length,
  )
  clock = minutesLater(3, clock)
  expect((await as(a)(listDevices, { query: { kind: 'vehicle' } })).devices[0]?.state).toBe('silent')
})

test('rows that came before their partition was made move into it; nothing is lost [SEN-29]', async () => {
  const count = async () => {
    const { rows } = await sql`select count(*)::int as n from sensing.observation`.execute(db)
    return rows
  }
  const before = await count()
  const inDefault = () =>
    sql<{ n: number }>`select count(*)::int as n from sensing.observation_default
      where observed_at >= '2026-05-21 00:00+08' and observed_at < '2026-05-22 00:00+08'`.execute(db)
  expect((await inDefault()).rows[0]?.n).toBeGreaterThan(0)
  expect(await ensurePartitions(db, ['2026-05-21'])).toBe(3)
  expect(await ensurePartitions(db, ['2026-05-21'])).toBe(0)
  expect((await inDefault()).rows[0]?.n).toBe(0)
  expect(await count()).toEqual(before)
  await store(night, [66, 68, 72], 6)
  expect(await count()).toEqual(before)
})

test('rejects and strangers of all gateways are summed, and shown to Prometheus [SEN-29]', async () => {
  const at = { firstAt: night, lastAt: night }
  const row = { protocol: 'hj212', code: 'hj212/crc', address: '10.0.0.9', count: 2, ...at }
  await Promise.all([recordRejects(db, [row]), recordRejects(db, [{ ...row, count: 3 }])])
  await recordUnknown(db, [{ protocol: 'jt808', address: '1', frames: 4, ...at }])
  await recordUnknown(db, [{ protocol: 'jt808', address: '1', frames: 1, ...at }])
  registerMetrics(db)
  registerMetrics(db)
  const page = await metrics.metrics()
  expect(page).toContain('pentad_sensing_rejects{protocol="hj212",code="hj212/crc"} 5')
  expect(page).toContain('pentad_sensing_unknown_devices 1')
  expect((await sql`select frames from sensing.unknown_device`.execute(db)).rows).toEqual([{ frames: 5 }])
})

test('gateways learn of new devices by a mark, and share one secret whoever makes it [SEN-31]', async () => {
  let all = await devicesSince(db, null)
  expect(all.devices.length).toBeGreaterThanOrEqual(3)
  const next = async () => {
    all = await devicesSince(db, all.mark)
    return all.devices
  }
  await expect.poll(next, { timeout: 20_000 }).toEqual([])
  await as(a)(addDevice, { body: { kind: 'noise_monitor', address: 'NEW9', name: '工地', ...pointOf(cellA) } })
  expect((await devicesSince(db, all.mark)).devices.map((d) => d.address)).toEqual(['NEW9'])
  const [one, two] = await Promise.all([Buffer.from('one'), Buffer.from('two')].map((s) => sharedSecret(db, 'k', s)))
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true)
})
