import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashToken } from '@pentad/platform/crypto'
import { openDatabase, sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { actorWith, testDatabase } from '@pentad/platform/testing'
import { loadDevices } from '@pentad/sensing'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { cellA, laySensingCity, pointOf } from '../../../modules/sensing/testing.ts'
import { startGateway } from '../gateway.ts'
import { cuttableWire } from '../testing.ts'
import { thingsTopics } from './things.ts'

const { db, url } = await testDatabase()
await laySensingCity(db)
const names = ['rain-1', 'rain-2', 'flood', 'phone-1'] as const
await loadDevices(db, [
  ...(['rain-1', 'rain-2', 'flood'] as const).map((address) => ({
    kind: 'weather' as const,
    address,
    nameZh: address,
    nameEn: address,
    unitId: 'a-street',
    ...pointOf(cellA),
  })),
  { kind: 'phone', protocol: 'osmand', address: 'phone-1', nameZh: '手机', nameEn: 'Phone', unitId: 'a-street' },
])
for (const login of names)
  await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
    select id, ${login}, ${hashToken(`${login}-token`)}, 'test', now() from sensing.device where address = ${login}`.execute(
    db,
  )

const folder = mkdtempSync(join(tmpdir(), 'pentad-mqtt-'))
const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
const certified =
  spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
  ]).status === 0

const wire = await cuttableWire(url)
const overWire = openDatabase(wire.url, { connections: 4 })
const gateway = await startGateway({
  settings: {
    bind: '127.0.0.1',
    hj212Port: 0,
    jt808Port: 0,
    mqttPort: 0,
    osmandPort: 0,
    ...(certified ? { mqttTlsPort: 0, mqttCertFile: cert, mqttKeyFile: key } : {}),
  },
  db: overWire.db,
  log: logger('test', 'silent'),
  mostWaiting: 50,
  mqtt: {
    limits: { connectionsPerAddress: 12, payloadBytes: 2000 },
    things: thingsTopics(overWire.db, 'http://city/sta/v1.1', logger('test', 'silent')),
    staff: async (login, password) => {
      if (login === 'reader' && password === 'right') return actorWith({ areas: ['110101'], may: ['sensing.read'] })
      // Strangers are let in here; the broker asks with neither name nor password.
      if (login === '' && password === '')
        return actorWith({ areas: [''], may: ['sensing.read', 'sensing.manage-devices'] })
      return undefined
    },
  },
})
afterAll(async () => {
  wire.mend()
  await gateway.stop()
  await overWire.close()
})

async function deviceAt(
  login: string,
  { token = `${login}-token`, clientId = login, port = gateway.ports.mqtt, ...more } = {},
) {
  const client = mqtt.connect({
    host: '127.0.0.1',
    port,
    protocolVersion: 4,
    username: login,
    password: token,
    clientId,
    reconnectPeriod: 0,
    ...more,
  })
  afterAll(() => client.endAsync(true))
  client.on('error', () => undefined)
  await new Promise<void>((done, failed) => {
    client.once('connect', () => done())
    client.once('error', failed)
    client.once('close', () => failed(new Error('hung up')))
  })
  return client
}
const publish = (client: MqttClient, login: string, said: unknown) =>
  client.publishAsync(`devices/${login}/data`, typeof said === 'string' ? said : JSON.stringify(said), { qos: 1 })
const values = async (login: string, factor: string): Promise<number[]> =>
  (
    await sql<{ value: number }>`select o.value from sensing.observation o join sensing.device d on d.id = o.device_id
      where d.address = ${login} and o.factor = ${factor} order by o.value`.execute(db)
  ).rows.map((r) => r.value)
const rejected = async (code: string): Promise<number> =>
  (
    await sql<{ n: number }>`select coalesce(sum(count), 0)::int as n from sensing.reject where code = ${code}`.execute(
      db,
    )
  ).rows[0]?.n ?? 0
const seconds = Math.floor(Date.now() / 1000) - 3600

test('a sensor publishes in JSON, and when PUBACK is there its values are stored [SEN-22] [SEN-31]', async () => {
  const client = await deviceAt('rain-1')
  await publish(client, 'rain-1', { t: seconds, rain: 1.5, a01007: { value: 3, max: 8, min: 1 } })
  expect(await values('rain-1', 'rain')).toEqual([1.5])
  expect(await values('rain-1', 'a01007')).toEqual([3])
  // The same again is the same.
  await publish(client, 'rain-1', { t: seconds, rain: 1.5 })
  expect(await values('rain-1', 'rain')).toEqual([1.5])
})

test('while the database is away there is no PUBACK; when it is back all is stored once, then acknowledged [SEN-29]', async () => {
  const client = await deviceAt('rain-2')
  wire.cut()
  const acknowledged: number[] = []
  const sent = Array.from({ length: 80 }, (_, i) =>
    publish(client, 'rain-2', { t: seconds + i, rain: i }).then(() => acknowledged.push(i)),
  )
  await expect.poll(gateway.waiting, { timeout: 10_000 }).toBeGreaterThan(0)
  await new Promise((go) => setTimeout(go, 500))
  expect(acknowledged).toEqual([])
  expect(await values('rain-2', 'rain')).toEqual([])
  wire.mend()
  await Promise.all(sent)
  expect(acknowledged.length).toBe(80)
  expect(await values('rain-2', 'rain')).toEqual(Array.from({ length: 80 }, (_, i) => i))
})

test('a device that publishes below another’s topic is hung up on, and harms nobody [SEN-29]', async () => {
  const other = await deviceAt('rain-1')
  const bad = await deviceAt('flood')
  const closed = new Promise<void>((done) => bad.once('close', () => done()))
  bad.publish('devices/rain-1/data', JSON.stringify({ rain: 99 }), { qos: 1 })
  await closed
  await publish(other, 'rain-1', { t: seconds + 1, rain: 2 })
  expect(await values('rain-1', 'rain')).toEqual([1.5, 2])
  await expect.poll(() => rejected('mqtt/topic'), { timeout: 10_000 }).toBe(1)
})

test('it may listen to its own topic only [SEN-29]', async () => {
  const client = await deviceAt('flood')
  const granted = await client
    .subscribeAsync(['devices/flood/#', 'devices/rain-1/#', '#', '$SYS/#'], { qos: 0 })
    .catch(() => [])
  const ok = granted.filter((g) => g.qos < 128).map((g) => g.topic)
  expect(ok.filter((t) => t !== 'devices/flood/#')).toEqual([])
})

test('a wrong token, another’s client id and a stranger are refused; the stranger goes on the list [SEN-31]', async () => {
  await expect(deviceAt('rain-1', { token: 'guessed' })).rejects.toThrow(/Bad username|refused/i)
  await expect(deviceAt('rain-1', { clientId: 'rain-2' })).rejects.toThrow(/Identifier rejected|refused/i)
  await expect(deviceAt('who-am-i')).rejects.toThrow()
  const listed = async () =>
    (await sql`select address from sensing.unknown_device where protocol = 'mqtt'`.execute(db)).rows
  await expect.poll(listed, { timeout: 10_000 }).toEqual([{ address: 'who-am-i' }])
  await sql`update sensing.unknown_device set barred_at = now(), barred_by = 'test'`.execute(db)
  await gateway.refresh()
  await expect(deviceAt('who-am-i')).rejects.toThrow()
  await expect.poll(() => rejected('mqtt/barred'), { timeout: 10_000 }).toBe(1)
})

test('what cannot be read is counted by its reason and acknowledged, so that it does not come for ever [SEN-29]', async () => {
  const client = await deviceAt('flood')
  await publish(client, 'flood', 'not json')
  await publish(client, 'flood', { t: 'yesterday', rain: 1 })
  await publish(client, 'flood', { t: seconds, rain: 'much' })
  await publish(client, 'flood', { t: seconds, rain: 7 })
  expect(await values('flood', 'rain')).toEqual([7])
  for (const code of ['mqtt/not-json', 'mqtt/time', 'mqtt/value'])
    await expect.poll(() => rejected(code), { timeout: 10_000 }).toBe(1)
})

test('a packet that says it is huge is cut off at its first bytes [SEN-29]', async () => {
  const socket = createConnection({ port: gateway.ports.mqtt, host: '127.0.0.1' })
  const closed = new Promise<void>((done) => socket.once('close', () => done()))
  socket.on('error', () => undefined)
  // PUBLISH with a remaining length of 200 MB.
  socket.write(Buffer.from([0x30, 0x80, 0x90, 0xaf, 0x5f, 0x00]))
  socket.write(Buffer.alloc(10_000))
  await closed
  await expect.poll(() => rejected('mqtt/too-large'), { timeout: 10_000 }).toBe(1)
})

test('connections of one address are limited, and those that are there go on [SEN-29]', async () => {
  const client = await deviceAt('flood')
  const others = Array.from({ length: 15 }, () => {
    const s = createConnection({ port: gateway.ports.mqtt, host: '127.0.0.1' })
    s.on('error', () => undefined)
    afterAll(() => s.destroy())
    return { s, closed: new Promise<void>((done) => s.once('close', () => done())) }
  })
  await Promise.race(others.map((o) => o.closed))
  await publish(client, 'flood', { t: seconds + 5, rain: 8 })
  expect(await values('flood', 'rain')).toEqual([7, 8])
  for (const { s } of others) s.destroy()
  // Their places are free once the broker has seen them go.
  const comes = async () => (await deviceAt('rain-1').catch(() => undefined))?.connected ?? false
  await expect.poll(comes, { timeout: 10_000 }).toBe(true)
})

test('an account that is taken away is hung up on within seconds [SEN-31]', async () => {
  const client = await deviceAt('rain-2')
  const closed = new Promise<void>((done) => client.once('close', () => done()))
  await sql`with gone as (delete from sensing.account where login = 'rain-2' returning device_id)
    update sensing.device set xid = pg_current_xact_id() where id = (select device_id from gone)`.execute(db)
  await closed
  await expect(deviceAt('rain-2')).rejects.toThrow()
}, 20_000)

test.runIf(certified)('over TLS it is the same [SEN-29]', async () => {
  const client = await deviceAt('rain-1', {
    port: gateway.ports.mqttTls,
    protocol: 'mqtts',
    rejectUnauthorized: false,
  } as object)
  await publish(client, 'rain-1', { t: seconds + 2, rain: 3 })
  expect(await values('rain-1', 'rain')).toEqual([1.5, 2, 3])
})

const osmand = (query: string, path = '/osmand') => fetch(`http://127.0.0.1:${gateway.ports.osmand}${path}?${query}`)
/** What is stored is shown a moment later: the map follows a few times a second. */
const shown = () => new Promise((done) => setTimeout(done, 1500))
const fixes = async () =>
  (
    await sql<{ lon: number; speed: number }>`select p.lon, p.speed_kmh as speed from sensing.position p
      join sensing.device d on d.id = p.device_id where d.address = 'phone-1'`.execute(db)
  ).rows

test('a phone with the Traccar client is on the map once it is answered 200; speed comes in knots [SEN-11] [SEN-17]', async () => {
  const { lon, lat } = pointOf(cellA)
  const words = `id=phone-1&lat=${lat}&lon=${lon}&timestamp=${seconds}&speed=10&bearing=90&altitude=40&accuracy=5&batt=77`
  expect((await osmand(words)).status).toBe(401)
  expect((await osmand(`${words}&token=wrong`)).status).toBe(401)
  expect((await osmand(words, '/osmand/phone-1-token')).status).toBe(200)
  await shown()
  const [fix] = await fixes()
  expect(fix?.lon).toBeCloseTo(lon, 5)
  expect(fix?.speed).toBeCloseTo(18.5, 2)
  expect(await values('phone-1', 'battery')).toEqual([77])
  expect((await osmand('id=nobody&lat=1&lon=2')).status).toBe(403)
  expect((await osmand('id=phone-1&token=phone-1-token&lat=x&lon=2')).status).toBe(400)
  expect((await osmand('', '/elsewhere')).status).toBe(404)
})

test('the JSON of newer clients is read too [SEN-11]', async () => {
  const { lon, lat } = pointOf(cellA, 60, 60)
  const body = {
    device_id: 'phone-1',
    location: {
      timestamp: new Date((seconds + 60) * 1000).toISOString(),
      coords: { latitude: lat, longitude: lon, speed: 5, heading: -1 },
    },
  }
  const response = await fetch(`http://127.0.0.1:${gateway.ports.osmand}/osmand/phone-1-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  await shown()
  const [fix] = await fixes()
  expect(fix?.lon).toBeCloseTo(lon, 5)
  expect(fix?.speed).toBeCloseTo(18, 2)
})

test('while the database is away a phone gets no answer, and it is stored when it is back [SEN-29]', async () => {
  wire.cut()
  let status = 0
  const { lon, lat } = pointOf(cellA, 10, 10)
  const asked = osmand(`id=phone-1&token=phone-1-token&lat=${lat}&lon=${lon}&timestamp=${seconds + 120}`).then((r) => {
    status = r.status
  })
  await new Promise((go) => setTimeout(go, 700))
  expect(status).toBe(0)
  wire.mend()
  await asked
  expect(status).toBe(200)
  await shown()
  expect((await fixes())[0]?.lon).toBeCloseTo(lon, 5)
})

test('an outside broker is read instead of ours; what is not stored is not acknowledged to it [SEN-29]', async () => {
  // Ours plays the outside one: it refuses MQTT 5, and the gateway falls back to 3.1.1.
  const { Aedes } = await import('aedes')
  const { createServer } = await import('node:net')
  const outside = await Aedes.createBroker()
  const server = createServer(outside.handle)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const acks: number[] = []
  outside.on('ack', (_, client) => {
    if (client.id.startsWith('pentad-')) acks.push(Date.now())
  })
  const reader = await startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttUrl: `mqtt://127.0.0.1:${port}` },
    db: overWire.db,
    log: logger('test', 'silent'),
  })
  wire.cut()
  for (let i = 0; i < 20; i++)
    outside.publish(
      {
        cmd: 'publish',
        topic: 'devices/flood/data',
        payload: JSON.stringify({ t: seconds + 100 + i, snow: i }),
        qos: 1,
        retain: false,
        dup: false,
      },
      () => undefined,
    )
  await expect.poll(reader.waiting, { timeout: 10_000 }).toBe(20)
  expect(acks.length).toBe(0)
  wire.mend()
  await expect.poll(() => acks.length, { timeout: 20_000 }).toBe(20)
  expect((await values('flood', 'snow')).length).toBe(20)
  await reader.stop()
  outside.close()
  server.close()
}, 40_000)

test('by SensorThings topics a device makes its own observations, and who listens hears what is stored, whoever stored it [SEN-31]', async () => {
  const { rows } = await sql<{ id: number; login: string }>`select s.id, d.address as login from sensing.datastream s
    join sensing.device d on d.id = s.device_id where s.factor = 'rain' and d.address in ('rain-1', 'flood')`.execute(
    db,
  )
  const [mine, other] = [rows.find((r) => r.login === 'rain-1')?.id, rows.find((r) => r.login === 'flood')?.id]
  const topic = `v1.1/Datastreams(${mine})/Observations`
  const reader = await deviceAt('reader', { token: 'right', clientId: 'any' })
  const heard: { result: number; '@iot.id': number }[] = []
  reader.on('message', (_, payload) => heard.push(JSON.parse(payload.toString())))
  expect((await reader.subscribeAsync(topic, { qos: 0 })).map((g) => g.qos)).toEqual([0])
  // A set of everything is for those who see everything.
  const all = await reader.subscribeAsync('v1.1/Observations', { qos: 0 }).catch(() => [])
  expect(all.filter((g) => g.qos < 128)).toEqual([])
  await new Promise((done) => setTimeout(done, 1200))
  const device = await deviceAt('rain-1')
  await device.publishAsync(topic, JSON.stringify({ result: 42.5, phenomenonTime: '2026-03-02T02:00:00Z' }), { qos: 1 })
  expect(await values('rain-1', 'rain')).toContain(42.5)
  await publish(device, 'rain-1', { t: seconds + 500, rain: 43 })
  await expect.poll(() => heard.map((o) => o.result).toSorted((a, b) => a - b), { timeout: 10_000 }).toEqual([42.5, 43])
  expect(heard.every((o) => o['@iot.id'] > 0)).toBe(true)
  // Another's datastream: hung up on, nothing stored.
  const closed = new Promise<void>((done) => device.once('close', () => done()))
  device.publish(`v1.1/Datastreams(${other})/Observations`, JSON.stringify({ result: 1000 }), { qos: 1 })
  await closed
  expect(await values('flood', 'rain')).not.toContain(1000)
}, 30_000)

test('who listens to a set hears at once what is made in it and what is changed of it, by whatever way [SEN-31]', async () => {
  const { rows } = await sql<{ id: number }>`select handle as id from sensing.device where address = 'flood'`.execute(
    db,
  )
  const thing = rows[0]?.id
  const guest = await deviceAt('', { token: '', clientId: 'suite' })
  const heard: { topic: string; said: Record<string, unknown> }[] = []
  guest.on('message', (topic, payload) => heard.push({ topic, said: JSON.parse(payload.toString()) }))
  const granted = await guest.subscribeAsync(
    ['v1.1/Things', 'v1.0/Things?$select=name', `v1.1/Things(${thing})/name`],
    {
      qos: 2,
    },
  )
  expect(granted.filter((g) => g.qos < 128)).toHaveLength(3)
  // The very next moment is news.
  await sql`update sensing.device set name_zh = '立交桥' where handle = ${thing}`.execute(db)
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(3)
  const said = (topic: string) => heard.find((h) => h.topic === topic)?.said
  expect(said('v1.1/Things')).toMatchObject({ '@iot.id': thing, name: '立交桥', '@iot.selfLink': expect.any(String) })
  expect(said('v1.0/Things?$select=name')).toEqual({ name: '立交桥' })
  expect(said(`v1.1/Things(${thing})/name`)).toEqual({ name: '立交桥' })
  await new Promise((done) => setTimeout(done, 1200))
  expect(heard).toHaveLength(3)
}, 30_000)

test('an observation that comes with QoS 2 is stored when its handshake ends, with all digits of its number [SEN-31]', async () => {
  const { rows } = await sql<{
    id: number
  }>`select s.id from sensing.datastream s join sensing.device d on d.id = s.device_id
    where d.address = 'rain-1' and s.factor = 'rain'`.execute(db)
  const guest = await deviceAt('', { token: '', clientId: 'suite' })
  await guest.publishAsync(
    'v1.0/Observations',
    `{"result": 9007199254740993, "Datastream": {"@iot.id": ${rows[0]?.id}}}`,
    {
      qos: 2,
    },
  )
  const kept = await sql<{
    said: string
  }>`select result::text as said from sensing.observation where result is not null`.execute(db)
  expect(kept.rows).toEqual([{ said: '9007199254740993' }])
}, 30_000)
