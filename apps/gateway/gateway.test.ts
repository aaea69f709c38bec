import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encodeFrame, encodeReport, formatQn, type ReportValue } from '@pentad/hj212'
import { createJt808Stream, encodeMessage, type Jt808Message, type OutgoingMessage } from '@pentad/jt808'
import { openDatabase, sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { actorWith, testDatabase, testServer } from '@pentad/platform/testing'
import { judgeFresh, loadDevices } from '@pentad/sensing'
import { listAlarms, positionsIn } from '@pentad/sensing/contract'
import { afterAll, expect, test } from 'vitest'
import { cellA, laySensingCity, monitorMn, pointOf, vehiclePhone } from '../../modules/sensing/testing.ts'
import { modules } from '../server/modules.ts'
import { startGateway } from './gateway.ts'
import { cuttableWire, monitorAt, type Peer, readingsOf, terminalAt } from './testing.ts'

const database = await testDatabase()
const { db, as } = await testServer(modules, { database })
await laySensingCity(db)
const wire = await cuttableWire(database.url)
const overWire = openDatabase(wire.url, { connections: 4 })
// What they send is an hour old on purpose: nobody sets their clocks.
await sql`update sensing.device set profile = profile || '{"talk": {"clockBoundSeconds": 0}}' where protocol = 'hj212'`.execute(
  db,
)
const gateway = await startGateway({
  settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
  db: overWire.db,
  log: logger('test', 'silent'),
  limits: { sessionsPerAddress: 30 },
  mostWaiting: 40,
})
afterAll(async () => {
  wire.mend()
  await gateway.stop()
  await overWire.close()
})
const { ports } = gateway

/** An hour and a half ago, so that nothing lies in the future and nothing is too late. */
const begin = Date.now() - 90 * 60_000
let sent = 0
const report = (at: number, values: readonly ReportValue[], mn = monitorMn, cn: '2011' | '2051' = '2011') =>
  encodeReport({
    qn: formatQn(new Date(begin + ++sent)),
    st: '23',
    cn,
    pw: '123456',
    mn,
    dataTime: new Date(Math.floor(at / 1000) * 1000),
    values,
  })
const level = (at: number, dB: number, mn = monitorMn) => report(at, [{ factor: 'LA', rtd: dB, flag: 'N' }], mn)
const storedValues = async () =>
  (
    await sql<{ value: number }>`select value from sensing.observation where factor = 'LA' order by value`.execute(db)
  ).rows.map((r) => r.value)
const rejected = async (code: string): Promise<number> =>
  (
    await sql<{ n: number }>`select coalesce(sum(count), 0)::int as n from sensing.reject where code = ${code}`.execute(
      db,
    )
  ).rows[0]?.n ?? 0

let serial = 0
const frames = (message: OutgoingMessage, phone = vehiclePhone) =>
  encodeMessage({ phone, revision: 2013 }, serial++ & 0xffff, message)
const position = (at: number, where = pointOf(cellA)): OutgoingMessage => ({
  kind: 'position',
  position: {
    latitudeDeg: where.lat,
    longitudeDeg: where.lon,
    fixed: true,
    accOn: true,
    speedKmh: 31.5,
    courseDeg: 45,
    time: new Date(Math.floor(at / 1000) * 1000),
  },
})
const registration: OutgoingMessage = {
  kind: 'register',
  layout: 2013,
  province: 11,
  city: 101,
  maker: 'TEST',
  model: 'T',
  terminalId: 'T1',
  plateColour: 1,
  plate: '京A·T001',
}
async function signIn(terminal: Peer<Jt808Message>): Promise<string> {
  terminal.send(...frames(registration))
  const answer = await terminal.heard()
  if (answer.kind !== 'register-answer' || !answer.token) throw new Error('no token')
  terminal.send(...frames({ kind: 'auth', token: answer.token }))
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', ackedId: 0x0102, result: 0 })
  return answer.token
}

test('a monitor is answered by 9014 with its own QN once its value is stored, and again when it sends again [SEN-09]', async () => {
  const monitor = await monitorAt(ports.hj212)
  const frame = level(begin, 51)
  monitor.send(...frame)
  const answer = await monitor.heard()
  expect(answer).toMatchObject({ cn: '9014', mn: monitorMn, qn: formatQn(new Date(begin + sent)) })
  expect(await storedValues()).toEqual([51])
  monitor.send(...frame)
  expect((await monitor.heard()).qn).toBe(answer.qn)
  expect(await storedValues()).toEqual([51])
})

test('a wrong check is counted by its reason, and the good frame behind it is taken [SEN-29]', async () => {
  const monitor = await monitorAt(ports.hj212)
  const [bad = new Uint8Array()] = level(begin + 1000, 52)
  bad[bad.length - 4] = bad[bad.length - 4] === 0x30 ? 0x31 : 0x30
  monitor.send(bad, Buffer.from('noise on the line'), encodeFrame('ST=23;CN=2011;CP=&&&&'), ...level(begin + 2000, 53))
  await monitor.heard()
  expect(await storedValues()).toEqual([51, 53])
  await expect.poll(() => rejected('hj212/crc'), { timeout: 20_000 }).toBe(1)
  await expect.poll(() => rejected('hj212/segment'), { timeout: 20_000 }).toBe(1)
})

test('a message split into packets is whole in the database, each packet answered [SEN-09]', async () => {
  const monitor = await monitorAt(ports.hj212)
  const values = Array.from({ length: 30 }, (_, i): ReportValue => ({ factor: `x${i}`, avg: i, max: i + 1, flag: 'N' }))
  const packets = encodeReport(
    {
      qn: formatQn(new Date(begin + ++sent)),
      st: '39',
      cn: '2051',
      pw: '1',
      mn: monitorMn,
      dataTime: new Date(begin),
      values,
    },
    400,
  )
  expect(packets.length).toBeGreaterThan(2)
  monitor.send(...packets)
  for (const _ of packets) expect((await monitor.heard()).cn).toBe('9014')
  const { rows } =
    await sql`select count(*)::int as n from sensing.observation where factor like 'x%' and period = 'minute'`.execute(
      db,
    )
  expect(rows).toEqual([{ n: 30 }])
})

test('nobody is answered while the database is away; when it is back, all that was sent is there once and answered [SEN-29]', async () => {
  const monitor = await monitorAt(ports.hj212)
  const terminal = await terminalAt(ports.jt808)
  await signIn(terminal)
  wire.cut()
  const levels = Array.from({ length: 60 }, (_, i) => 60 + i / 10)
  // More than may wait: the gateway stops reading instead of growing.
  for (const [i, dB] of levels.entries()) monitor.send(...level(begin + 10_000 + i * 1000, dB))
  terminal.send(...frames(position(begin)))
  await expect.poll(gateway.waiting).toBeGreaterThan(40)
  expect(monitor.unread).toEqual([])
  expect(terminal.unread).toEqual([])
  wire.mend()
  for (const _ of levels) expect((await monitor.heard()).cn).toBe('9014')
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', ackedId: 0x0200, result: 0 })
  expect((await storedValues()).filter((v) => v >= 60)).toEqual(levels)
  expect(gateway.waiting()).toBe(0)
})

test('an unknown device gets no answer and is put on the list; registered, it is taken [SEN-31]', async () => {
  const monitor = await monitorAt(ports.hj212)
  const mn = 'NOBODY00000000000000001'
  monitor.send(...level(begin, 41, mn), ...level(begin + 3000, 54))
  expect((await monitor.heard()).mn).toBe(monitorMn)
  expect(await storedValues()).not.toContain(41)
  const listed = async () =>
    (await sql`select frames from sensing.unknown_device where protocol = 'hj212' and address = ${mn}`.execute(db)).rows
  await expect.poll(listed, { timeout: 20_000 }).toEqual([{ frames: 1 }])
  await loadDevices(db, [
    { kind: 'noise_monitor', address: mn, nameZh: '新工地', nameEn: 'New', ...pointOf(cellA, 20, 20) },
  ])
  // Older transactions of the engine may hold the mark back for a moment.
  await gateway.refresh()
  monitor.send(...level(begin, 41, mn))
  expect((await monitor.heard()).mn).toBe(mn)
})

test('a terminal registers, authenticates, its position is stored once it is answered, and soon on the map [SEN-02]', async () => {
  const terminal = await terminalAt(ports.jt808)
  const before = frames(position(begin + 60_000))
  terminal.send(...before)
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', ackedId: 0x0200, result: 1 })
  terminal.send(...frames({ kind: 'auth', token: 'guessed' }))
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', ackedId: 0x0102, result: 1 })
  await signIn(terminal)
  const where = pointOf(cellA, 70, 20)
  terminal.send(...frames(position(begin + 120_000, where)))
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', ackedId: 0x0200, result: 0 })
  const desk = actorWith({ areas: ['110101'], may: ['sensing.read'] })
  const box = { west: 116, south: 39, east: 118, north: 41 }
  const there = async () => (await as(desk)(positionsIn, { query: box })).positions
  await expect.poll(async () => (await there())[0]?.lon, { timeout: 20_000 }).toBeCloseTo(where.lon, 5)
  const [seen] = await there()
  expect(seen).toMatchObject({ label: '京A·T001', speedKmh: 31.5, headingDeg: 45 })
  terminal.send(...frames({ kind: 'heartbeat' }), ...frames({ kind: 'log-off' }))
  expect(await terminal.heard()).toMatchObject({ ackedId: 0x0002, result: 0 })
  expect(await terminal.heard()).toMatchObject({ ackedId: 0x0003, result: 0 })
  await expect.poll(() => rejected('jt808/not-authenticated'), { timeout: 20_000 }).toBe(1)
  await expect.poll(() => rejected('jt808/token'), { timeout: 20_000 }).toBe(1)
})

test('a batch of a blind area, longer than a frame, is stored whole and each part answered [SEN-02]', async () => {
  const terminal = await terminalAt(ports.jt808)
  await signIn(terminal)
  const count = async () =>
    (await sql<{ n: number }>`select count(*)::int as n from sensing.fix_hot`.execute(db)).rows[0]?.n ?? 0
  const before = await count()
  const positions = Array.from({ length: 60 }, (_, i) => {
    const p = position(begin + 600_000 + i * 1000)
    if (p.kind !== 'position') throw new Error('a position')
    return p.position
  })
  const parts = encodeMessage({ phone: vehiclePhone, revision: 2019 }, 500, { kind: 'batch', batchType: 1, positions })
  expect(parts.length).toBeGreaterThan(1)
  terminal.send(...parts)
  for (const [i] of parts.entries()) {
    expect(await terminal.heard()).toMatchObject({ ackedId: 0x0704, ackedSerial: 500 + i, result: 0 })
  }
  expect((await count()) - before).toBe(60)
})

test('a wrong checksum, an unknown terminal and an unknown message are refused by their own codes [SEN-02]', async () => {
  const terminal = await terminalAt(ports.jt808)
  await signIn(terminal)
  const [bad = new Uint8Array()] = frames({ kind: 'heartbeat' })
  bad[5] = (bad[5] ?? 0) ^ 0x11
  terminal.send(bad)
  terminal.send(...frames(registration, '199999999999'))
  expect(await terminal.heard()).toMatchObject({ kind: 'register-answer', result: 4 })
  terminal.send(...frames({ kind: 'heartbeat' }, '199999999999'))
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', result: 1 })
  terminal.send(
    ...frames({ kind: 'media', mediaId: 1, mediaKind: 0, format: 0, event: 0, channel: 1, data: new Uint8Array(9) }),
  )
  expect(await terminal.heard()).toMatchObject({ kind: 'platform-ack', ackedId: 0x0801, result: 3 })
  await expect.poll(() => rejected('jt808/checksum'), { timeout: 20_000 }).toBe(1)
  await expect.poll(() => rejected('jt808/unknown-device'), { timeout: 20_000 }).toBe(2)
  await expect.poll(() => rejected('jt808/not-supported'), { timeout: 20_000 }).toBe(1)
})

test('over UDP it is the same talk, and the token is the same as before [SEN-02]', async () => {
  const socket = createSocket('udp4')
  afterAll(() => socket.close())
  const said = async (message: OutgoingMessage): Promise<Jt808Message | undefined> => {
    const answer = once(socket, 'message')
    for (const frame of frames(message)) socket.send(frame, ports.jt808Udp, '127.0.0.1')
    const [datagram] = (await answer) as [Buffer]
    return createJt808Stream().push(datagram).flatMap(readingsOf)[0]
  }
  const terminal = await terminalAt(ports.jt808)
  const token = await signIn(terminal)
  expect(await said(registration)).toMatchObject({ kind: 'register-answer', result: 0, token })
  expect(await said({ kind: 'auth', token })).toMatchObject({ ackedId: 0x0102, result: 0 })
  expect(await said(position(begin + 900_000))).toMatchObject({ ackedId: 0x0200, result: 0 })
})

test('a loud night or day at a site is one alarm, from frames alone [SEN-10]', async () => {
  const monitor = await monitorAt(ports.hj212)
  // Above both limits, and long enough for a whole window on one side of 22:00 or 06:00, whatever the hour of this test.
  const minute = Math.floor(begin / 60_000) * 60_000 + 60_000
  const all = Array.from({ length: 45 }, (_, i) =>
    report(minute + i * 60_000, [{ factor: 'Leq', avg: 80, max: 82, flag: 'N' }], 'NOBODY00000000000000001', '2051'),
  )
  monitor.send(...all.flat(), ...all.flat())
  for (let i = 0; i < all.length * 2; i++) await monitor.heard()
  await judgeFresh(db, new Date())
  const desk = actorWith({ areas: ['110101'], may: ['sensing.read'] })
  const { alarms } = await as(desk)(listAlarms, { query: { open: 'true' } })
  const leq = alarms.filter((a) => a.rule === 'noise-leq')
  expect(leq).toMatchObject([{ peak: 80, device: { address: 'NOBODY00000000000000001', state: 'online' } }])
})

test('sessions of one address are limited, and those that are there go on [SEN-29]', async () => {
  const first = await monitorAt(ports.hj212)
  const others = await Promise.all(Array.from({ length: 30 }, () => monitorAt(ports.hj212)))
  await Promise.any(others.map((o) => o.closed))
  first.send(...level(begin + 4000, 55))
  expect((await first.heard()).cn).toBe('9014')
  for (const o of others) o.socket.destroy()
})

test('a gateway that ends stores and answers what it has [SEN-29]', async () => {
  const last = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db,
    log: logger('test', 'silent'),
  })
  const monitor = await monitorAt(last.ports.hj212)
  monitor.send(...level(begin + 5000, 56))
  await expect.poll(last.waiting, { interval: 1 }).toBe(1)
  await last.stop()
  expect((await monitor.heard()).cn).toBe('9014')
  await monitor.closed
  expect(await storedValues()).toContain(56)
})
