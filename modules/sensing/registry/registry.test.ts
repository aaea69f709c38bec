import { degreesTo } from '@pentad/platform/crs'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { RefusalError } from '@pentad/platform/refusal'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import {
  addCalibration,
  addDevice,
  admitStranger,
  barStranger,
  bindDevice,
  changeDevice,
  deviceHealth,
  importDevices,
  issueAccount,
  listDevices,
  listStrangers,
  peopleReached,
  readDevice,
  retireDevice,
  unbindDevice,
} from '../contract.ts'
import { devicesSince, recordObservations, recordUnknown } from '../index.ts'
import { cellA, cellB, laySensingCity, minuteRecords, pointOf } from '../testing.ts'
import { addBinding } from './queries.ts'

const { db, as } = await testServer(modules)
await laySensingCity(db)
const keeper = actorWith({ areas: [''], may: ['sensing.read', 'sensing.manage-devices'] })
const inA = actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.manage-devices'] })
const desk = as(keeper)
const monitor = (await desk(listDevices, { query: { kind: 'noise_monitor' } })).devices[0]?.id ?? ''
const codeOf = (error: unknown): string => (error instanceof RefusalError ? error.refusal.refused : String(error))
const refusedAs = async (call: Promise<unknown>): Promise<string> => call.then(() => 'done', codeOf)

async function person(name: string): Promise<string> {
  const id = newId()
  await sql`insert into identity.person (id, login, name_zh, name_en, password) values (${id}, ${id}, ${name}, ${name}, 'none')`.execute(
    db,
  )
  return id
}
async function phone(address: string): Promise<string> {
  return (await desk(addDevice, { body: { kind: 'phone', address, name: address, unitId: 'a-street' } })).id
}

test('a device of a new kind has what it measures, in both languages, and its place as it was delivered [SEN-18] [SEN-31]', async () => {
  const where = pointOf(cellA)
  const [lon, lat] = degreesTo('gcj02', [where.lon, where.lat])
  const { id } = await desk(addDevice, {
    body: { kind: 'weather', address: 'rain-1', name: '雨量站', nameEn: 'Rain gauge', lon, lat, crs: 'gcj02' },
  })
  const device = await desk(readDevice, { params: { id } })
  expect(device).toMatchObject({ protocol: 'mqtt', areaCode: cellA, delivered: { crs: 'gcj02', x: lon, y: lat } })
  expect(device.lon).toBeCloseTo(where.lon, 6)
  expect(device.measures.find((m) => m.factor === 'rain')).toMatchObject({
    name: { 'zh-CN': '降雨量', en: 'Rainfall' },
    unit: 'mm',
  })
})

test('a device is with one bearer at a time, and the database judges [SEN-03] [CMD-28]', async () => {
  const id = await phone('radio-like-1')
  const li = await person('李四')
  await desk(bindDevice, {
    params: { id },
    body: { kind: 'person', personId: li, from: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' },
  })
  // The end does not belong to it: the next may begin there.
  await desk(bindDevice, {
    params: { id },
    body: { kind: 'vehicle', name: '京A·12345', from: '2026-02-01T00:00:00.000Z' },
  })
  expect(
    await refusedAs(
      desk(bindDevice, { params: { id }, body: { kind: 'site', name: '岗亭', from: '2026-01-31T00:00:00.000Z' } }),
    ),
  ).toBe('sensing/bound-already')
  const { handle } = (await sql<{ handle: number }>`select handle from sensing.device where id = ${id}`.execute(db))
    .rows[0] ?? { handle: 0 }
  const both = addBinding(db, {
    id: newId(),
    deviceId: id,
    handle,
    kind: 'site',
    personId: null,
    target: 'x',
    from: new Date('2026-01-15'),
    until: null,
    by: 'test',
    now: new Date(),
  })
  await expect(both).rejects.toThrow(/one_bearer_at_a_time/)
  await desk(unbindDevice, { params: { id }, body: {} })
  expect((await desk(readDevice, { params: { id } })).bindings.map((b) => [b.kind, b.name, b.until !== null])).toEqual([
    ['vehicle', '京A·12345', true],
    ['person', '李四', true],
  ])
  expect(await refusedAs(desk(unbindDevice, { params: { id }, body: {} }))).toBe('sensing/not-bound')
})

test('what its newest values say against a device is its state, and good values take it back [SEN-31]', async () => {
  const state = async () => (await desk(readDevice, { params: { id: monitor } })).state
  const at = new Date(Date.now() - 10 * 60_000)
  await recordObservations(db, minuteRecords(monitor, at, [55]))
  expect(await state()).toBe('online')
  const [bad] = minuteRecords(monitor, new Date(at.getTime() + 60_000), [55])
  await recordObservations(db, bad ? [{ ...bad, flag: 'D' }] : [])
  expect(await state()).toBe('faulty')
  await recordObservations(db, minuteRecords(monitor, new Date(at.getTime() + 120_000), [300]))
  expect(await state()).toBe('out-of-range')
  await recordObservations(db, minuteRecords(monitor, new Date(Date.now() + 3 * 3600_000), [55]))
  expect(await state()).toBe('clock-off')
  await recordObservations(db, minuteRecords(monitor, new Date(at.getTime() + 180_000), [55]))
  expect(await state()).toBe('online')
})

test('a token is shown once and kept as a hash; it is in no table [SEN-29]', async () => {
  const { id } = await desk(addDevice, {
    body: { kind: 'counter', address: 'gate-7', name: '客流', unitId: 'a-street' },
  })
  const { login, token } = await desk(issueAccount, { params: { id }, body: {} })
  expect(login).toBe('gate-7')
  const { rows } = await sql<{
    hits: number
  }>`select (select count(*) from sensing.account a where a::text like ${`%${token}%`})
    + (select count(*) from platform.command c where c::text like ${`%${token}%`}) as hits`.execute(db)
  expect(rows[0]?.hits).toBe(0)
  expect(await refusedAs(desk(issueAccount, { params: { id: monitor }, body: {} }))).toBe('sensing/no-account')
})

test('a calibration has its certificate once, and one that has run out is counted [SEN-31]', async () => {
  const body = { on: '2025-01-01', until: '2026-01-01', certificate: 'JL-2025-001' }
  await desk(addCalibration, { params: { id: monitor }, body })
  expect(await refusedAs(desk(addCalibration, { params: { id: monitor }, body }))).toBe('sensing/known-certificate')
  expect((await desk(deviceHealth)).calibrationsOverdue).toBe(1)
})

const csv = (lines: readonly string[]): string =>
  ['kind,address,name_zh,name_en,unit_id,lon,lat,crs', ...lines].join('\r\n')
async function send(bytes: Uint8Array, trial: boolean, who = keeper) {
  return as(who)(
    importDevices,
    { query: { trial: String(trial) as 'true' } },
    { file: new Blob([bytes as Uint8Array<ArrayBuffer>]), fileType: 'text/csv' },
  )
}
const gbk = (text: string): Uint8Array => {
  // Node writes no GBK: the two words that are needed, by their codes.
  const codes: Record<string, number[]> = { 积: [0xbb, 0xfd], 水: [0xcb, 0xae] }
  return new Uint8Array([...text].flatMap((c) => codes[c] ?? [c.charCodeAt(0)]))
}

test('a table is tried first, says every fault by its line, and with one of them lays nothing [SEN-31]', async () => {
  const { lon, lat } = pointOf(cellA, 30, 30)
  const before = (await desk(listDevices, { query: {} })).devices.length
  const faulty = csv([
    `water,w-1,水位一,Gauge 1,,${lon},${lat},wgs84`,
    `water,w-1,水位二,Gauge 2,,${lon},${lat},wgs84`,
    'boat,b-1,船,Boat,,,,',
    `water,w-3,水位三,Gauge 3,,${lon},,`,
    'noise_monitor,NM-1,噪声,Noise,,,,',
    'water,w-5,水位五,Gauge 5,nobody,,,',
  ])
  const said = await send(new TextEncoder().encode(faulty), false)
  expect(said).toMatchObject({ trial: true, rows: 6 })
  expect(said.faults.map((f) => [f.line, f.code])).toEqual([
    [3, 'sensing/address-twice'],
    [4, 'pack/not-one-of'],
    [5, 'sensing/no-half-place'],
    [6, 'sensing/no-place'],
    [7, 'sensing/unknown-unit'],
  ])
  expect((await desk(listDevices, { query: {} })).devices.length).toBe(before)
})

test('a table in GBK is laid, and laid again changes nothing [SEN-31]', async () => {
  const { lon, lat } = pointOf(cellA, 30, 30)
  const bytes = gbk(csv([`water,w-9,积水,Flood,,${lon},${lat},wgs84`]))
  expect(await send(bytes, true)).toMatchObject({ trial: true, added: 1, faults: [] })
  expect(await send(bytes, false)).toMatchObject({ trial: false, added: 1, faults: [] })
  expect(await send(bytes, false)).toMatchObject({ added: 0, changed: 0, same: 1 })
  const { devices } = await desk(listDevices, { query: { kind: 'water' } })
  expect(devices.map((d) => d.name['zh-CN'])).toEqual(['积水'])
})

test('nobody brings devices to where they have no say, nor moves one there [SEN-31]', async () => {
  const b = pointOf(cellB)
  const bytes = new TextEncoder().encode(csv([`water,w-b,乙,B,,${b.lon},${b.lat},wgs84`]))
  expect((await send(bytes, false, inA)).faults.map((f) => f.code)).toEqual(['sensing/not-yours'])
  expect(await refusedAs(as(inA)(changeDevice, { params: { id: monitor }, body: { name: '移走', ...b } }))).toBe(
    'sensing/not-yours',
  )
})

test('a stranger that knocks is admitted with its address, or barred and stays off the list of those who wait [SEN-31]', async () => {
  const at = new Date()
  const knock = (address: string) => ({ protocol: 'mqtt', address, frames: 3, firstAt: at, lastAt: at })
  await recordUnknown(db, [knock('new-sensor'), knock('pest')])
  const { id } = await desk(admitStranger, {
    body: { protocol: 'mqtt', address: 'new-sensor', kind: 'sensor', name: '新', unitId: 'a-street' },
  })
  await desk(barStranger, { body: { protocol: 'mqtt', address: 'pest', barred: true } })
  const { strangers } = await desk(listStrangers)
  expect(strangers.map((s) => [s.address, s.barredAt !== null])).toEqual([['pest', true]])
  expect((await devicesSince(db, null)).devices.some((d) => d.id === id && d.address === 'new-sensor')).toBe(true)
  expect(await refusedAs(as(actorWith({ areas: [''], may: ['sensing.read'] }))(listStrangers))).toBe(
    'platform/not-allowed',
  )
})

test('health says what a silence costs, and who is reached by nothing any more [SEN-32] [INF-24]', async () => {
  const [one, other] = [await phone('p-1'), await phone('p-2')]
  const wang = await person('王五')
  for (const id of [one, other]) await desk(bindDevice, { params: { id }, body: { kind: 'person', personId: wang } })
  await recordObservations(db, [], { alsoHeard: [one] })
  expect((await desk(deviceHealth)).personsUnreached).toBe(0)
  expect(
    (await desk(peopleReached)).people
      .find((p) => p.personId === wang)
      ?.devices.map((d) => d.state)
      .sort(),
  ).toEqual(['never', 'online'])
  await sql`update sensing.device_state set last_heard = now() - interval '1 day' where device_id in (${one}, ${monitor})`.execute(
    db,
  )
  const health = await desk(deviceHealth)
  expect(health.personsUnreached).toBe(1)
  expect(health.silences.find((s) => s.id === monitor)).toMatchObject({
    state: 'silent',
    cellUnwatched: true,
    communityUnwatched: true,
    share: 1,
  })
})

test('a device out of use is on no list, and its gateway hears of it [SEN-31]', async () => {
  const id = await phone('old-phone')
  const { mark } = await devicesSince(db, null)
  await desk(retireDevice, { params: { id }, body: { retired: true } })
  expect((await desk(listDevices, { query: {} })).devices.some((d) => d.id === id)).toBe(false)
  expect((await desk(listDevices, { query: { retired: 'true' } })).devices.map((d) => d.id)).toEqual([id])
  expect((await devicesSince(db, mark)).devices.find((d) => d.id === id)?.retired).toBe(true)
  expect(await refusedAs(desk(bindDevice, { params: { id }, body: { kind: 'site', name: 'x' } }))).toBe(
    'sensing/retired',
  )
  await desk(retireDevice, { params: { id }, body: { retired: false } })
  expect((await desk(listDevices, { query: {} })).devices.some((d) => d.id === id)).toBe(true)
})
