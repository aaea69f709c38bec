import { request } from 'node:http'
import { encodeReport, formatQn } from '@pentad/hj212'
import { encodeMessage, type OutgoingMessage } from '@pentad/jt808'
import { hashToken } from '@pentad/platform/crypto'
import { openDatabase, sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { testDatabase } from '@pentad/platform/testing'
import { loadDevices } from '@pentad/sensing'
import mqtt from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { cellA, laySensingCity, monitorMn, pointOf, vehiclePhone } from '../../modules/sensing/testing.ts'
import { createBatches } from './batches.ts'
import { startGateway } from './gateway.ts'
import { sessionsWithin } from './links.ts'
import { monitorAt, terminalAt } from './testing.ts'

const { db, url } = await testDatabase()
await laySensingCity(db)
await loadDevices(db, [
  { kind: 'weather', address: 'rain', nameZh: '雨', nameEn: 'Rain', unitId: 'a-street', ...pointOf(cellA) },
  { kind: 'phone', protocol: 'osmand', address: 'phone', nameZh: '手机', nameEn: 'Phone', unitId: 'a-street' },
])
for (const login of ['rain', 'phone'])
  await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
    select id, ${login}, ${hashToken(`${login}-token`)}, 'test', now() from sensing.device where address = ${login}`.execute(
    db,
  )
// What it sends is an hour old on purpose: nobody sets its clock.
await sql`update sensing.device set profile = profile || '{"talk": {"clockBoundSeconds": 0}}' where address = ${monitorMn}`.execute(
  db,
)
const own = openDatabase(url, { connections: 6 })
const mostWaiting = 40
const gateway = await startGateway({
  settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttPort: 0, osmandPort: 0 },
  db: own.db,
  log: logger('test', 'silent'),
  mostWaiting,
})
afterAll(async () => {
  await gateway.stop()
  await own.close()
})
const begin = Math.floor(Date.now() / 1000) * 1000 - 85 * 60_000
let sent = 0
const level = (): Uint8Array[] => {
  sent++
  const at = begin + sent * 1000
  return encodeReport({
    qn: formatQn(new Date(at)),
    st: '23',
    cn: '2011',
    pw: '1',
    mn: monitorMn,
    dataTime: new Date(at),
    values: [{ factor: 'LA', rtd: 50 + (sent % 20), flag: 'N' }],
  })
}
/** Nobody writes to these tables until it goes on. */
async function standStill(tables: string): Promise<() => Promise<void>> {
  const locker = openDatabase(url, { connections: 1 })
  const held = await locker.pool.connect()
  await held.query('begin')
  await held.query(`lock table ${tables} in access exclusive mode`)
  return async () => {
    await held.query('commit')
    held.release()
    await locker.close()
  }
}
const countOf = async (query: ReturnType<typeof sql<{ n: number }>>) => (await query.execute(db)).rows[0]?.n
let serial = 0
const frames = (message: OutgoingMessage) => encodeMessage({ phone: vehiclePhone, revision: 2013 }, serial++, message)

test('a store that stands still: nobody is answered, what waits is bounded, and all of it is there afterwards [SEN-29]', {
  timeout: 90_000,
}, async () => {
  const monitors = await Promise.all(Array.from({ length: 20 }, () => monitorAt(gateway.ports.hj212)))
  // Each says who it is before the store stops, or it would be a stranger.
  for (const monitor of monitors) monitor.send(...level())
  for (const monitor of monitors) await monitor.heard()
  const terminal = await terminalAt(gateway.ports.jt808)
  terminal.send(
    ...frames({
      kind: 'register',
      layout: 2013,
      province: 11,
      city: 1,
      maker: 'T',
      model: 'T',
      terminalId: 'T',
      plateColour: 1,
      plate: 'T',
    }),
  )
  const answer = await terminal.heard()
  if (answer.kind !== 'register-answer' || !answer.token) throw new Error('no token')
  terminal.send(...frames({ kind: 'auth', token: answer.token }))
  await terminal.heard()
  const rain = await mqtt.connectAsync({
    host: '127.0.0.1',
    port: gateway.ports.mqtt,
    protocolVersion: 4,
    clientId: 'rain',
    username: 'rain',
    password: 'rain-token',
  })
  afterAll(() => rain.endAsync(true))

  const goOn = await standStill('sensing.observation, sensing.fix_hot')

  const each = 200
  for (const monitor of monitors) monitor.send(Buffer.concat(Array.from({ length: each }, level).flat()))
  const fixes = 500
  for (let i = 0; i < fixes; i++) {
    const { lat, lon } = pointOf(cellA)
    const time = new Date(begin + i * 1000)
    terminal.send(...frames({ kind: 'position', position: { latitudeDeg: lat, longitudeDeg: lon, fixed: true, time } }))
  }
  let answered = 0
  const messages = Array.from({ length: 80 }, (_, i) =>
    rain
      .publishAsync('devices/rain/data', JSON.stringify({ t: begin + i * 1000, rain: i }), { qos: 1 })
      .then(() => answered++),
  )
  const { lat, lon } = pointOf(cellA)
  const path = `/osmand/phone-token?id=phone&lat=${lat}&lon=${lon}&timestamp=${begin / 1000}`
  const position = new Promise((done) => {
    request({ host: '127.0.0.1', port: gateway.ports.osmand, path }, (r) => done(r.resume().statusCode)).end()
  }).then((status) => {
    answered++
    return status
  })
  await new Promise((go) => setTimeout(go, 3000))
  expect(answered).toBe(0)
  expect(monitors.flatMap((m) => m.unread)).toEqual([])
  expect(terminal.unread).toEqual([])
  // One reading of one socket may come on top of each of the two queues, and what few clients each hold in hand.
  expect(gateway.waiting()).toBeGreaterThanOrEqual(mostWaiting)
  expect(gateway.waiting()).toBeLessThanOrEqual(mostWaiting + each + 10 * mostWaiting + fixes)

  await goOn()
  await Promise.all(messages)
  expect(await position).toBe(200)
  for (const monitor of monitors) for (let i = 0; i < each; i++) expect((await monitor.heard()).cn).toBe('9014')
  for (let i = 0; i < fixes; i++) expect(await terminal.heard()).toMatchObject({ ackedId: 0x0200, result: 0 })
  expect(gateway.waiting()).toBe(0)
  expect(await countOf(sql`select count(*)::int as n from sensing.observation where factor = 'LA'`)).toBe(sent)
  expect(await countOf(sql`select count(*)::int as n from sensing.observation where factor = 'rain'`)).toBe(80)
  expect(await countOf(sql`select count(distinct (handle, at_ms))::int as n from sensing.fix_hot`)).toBe(fixes + 1)
})

test('who waits for our answer is not hung up on, however long the store stands still and however little waits [SEN-29]', async () => {
  const hasty = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db: own.db,
    log: logger('test', 'silent'),
    limits: { idleMs: 2500 },
  })
  afterAll(() => hasty.stop())
  const monitor = await monitorAt(hasty.ports.hj212)
  monitor.send(...level())
  await monitor.heard()
  const goOn = await standStill('sensing.observation')
  monitor.send(...level())
  await new Promise((go) => setTimeout(go, 5000))
  expect(monitor.socket.destroyed).toBe(false)
  await goOn()
  expect((await monitor.heard()).cn).toBe('9014')
  // Nothing is waited for any more: now its silence is its own.
  await monitor.closed
}, 30_000)

test('one byte now and then is no sign of life: who says nothing good is hung up on [SEN-29]', async () => {
  const hasty = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db: own.db,
    log: logger('test', 'silent'),
    limits: { strangerIdleMs: 700 },
  })
  afterAll(() => hasty.stop())
  const slow = await monitorAt(hasty.ports.hj212)
  const began = Date.now()
  const dripping = setInterval(() => slow.send(Uint8Array.of(0x23)), 100)
  await slow.closed
  clearInterval(dripping)
  expect(Date.now() - began).toBeLessThan(10_000)
})

test('when all places are taken, a stranger makes room for who comes; a device that has spoken keeps its place [SEN-29]', async () => {
  const small = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db: own.db,
    log: logger('test', 'silent'),
    limits: { sessions: 5 },
  })
  afterAll(() => small.stop())
  const known = await monitorAt(small.ports.hj212)
  known.send(...level())
  expect((await known.heard()).cn).toBe('9014')
  const strangers = []
  for (let i = 0; i < 4; i++) strangers.push(await monitorAt(small.ports.hj212))
  const late = await monitorAt(small.ports.hj212)
  await strangers[0]?.closed
  late.send(...level())
  expect((await late.heard()).cn).toBe('9014')
  known.send(...level())
  expect((await known.heard()).cn).toBe('9014')
})

test('who brings more than one device can have to say is held up, and nobody else [SEN-29]', async () => {
  const strict = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db: own.db,
    log: logger('test', 'silent'),
    limits: { bytesPerSecond: 80_000, bytesAtOnce: 40_000 },
  })
  afterAll(() => strict.stop())
  const [flood, other] = [await monitorAt(strict.ports.hj212), await monitorAt(strict.ports.hj212)]
  const all = Array.from({ length: 1600 }, level).flat()
  const bytes = all.reduce((sum, frame) => sum + frame.length, 0)
  const began = Date.now()
  flood.send(Buffer.concat(all))
  other.send(...level())
  expect((await other.heard()).cn).toBe('9014')
  expect(flood.unread.length).toBeLessThan(all.length)
  for (const _ of all) expect((await flood.heard()).cn).toBe('9014')
  // One reading of the socket, of 64 KB, may come on top of what is allowed at once.
  expect(Date.now() - began).toBeGreaterThan(((bytes - 40_000 - 65_536) / 80_000) * 1000 - 200)
})

test('a device that brings a whole day at once is answered for all of it, though its answers leave together [SEN-29]', async () => {
  const patient = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db: own.db,
    log: logger('test', 'silent'),
    limits: { unreadBytes: 4096 },
  })
  afterAll(() => patient.stop())
  const late = await monitorAt(patient.ports.hj212)
  const day = Array.from({ length: 400 }, level).flat()
  late.send(Buffer.concat(day))
  for (const _ of day) expect((await late.heard()).cn).toBe('9014')
})

test('a commit that neither ends nor fails is made anew, and its letters are answered once [SEN-29]', async () => {
  let tries = 0
  let hung = 0
  const stored: number[][] = []
  const batches = createBatches<number>({
    name: 'test',
    everyMs: 1,
    most: 10,
    mostWaiting: 100,
    longestTryMs: 50,
    onHang: () => hung++,
    log: logger('test', 'silent'),
    async store(rows) {
      if (++tries === 1) await new Promise(() => undefined)
      stored.push([...rows])
    },
  })
  const done: boolean[] = []
  batches.post({ rows: [1, 2], deviceIds: [], done: (ok) => done.push(ok) })
  await expect.poll(() => done).toEqual([true])
  expect({ hung, stored }).toEqual({ hung: 1, stored: [[1, 2]] })
  await batches.stop(100)
})

test('sessions stay below what the machine lets a process hold, each protocol within its share', () => {
  expect(sessionsWithin(20_000, 0.5, 20_500)).toBe(10_000)
  expect(sessionsWithin(20_000, 0.5, 1_048_576)).toBe(20_000)
  expect(sessionsWithin(20_000, 0.2, Number.POSITIVE_INFINITY)).toBe(20_000)
})
