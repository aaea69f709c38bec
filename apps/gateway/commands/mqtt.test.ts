import { hashToken } from '@pentad/platform/crypto'
import { sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { actorWith, testDatabase, testServer } from '@pentad/platform/testing'
import { loadDevices } from '@pentad/sensing'
import { askCommand, listCommands } from '@pentad/sensing/contract'
import fc from 'fast-check'
import mqtt from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { cellA, laySensingCity, pointOf } from '../../../modules/sensing/testing.ts'
import { modules } from '../../server/modules.ts'
import { startGateway } from '../gateway.ts'
import { hearsCommands, mqttHeard } from './mqtt.ts'

const database = await testDatabase()
const { db, as } = await testServer(modules, { database })
await laySensingCity(db)
await loadDevices(
  db,
  ['gate-1', 'gate-2'].map((address) => ({
    ...{ kind: 'counter' as const, address, nameZh: address, nameEn: address, unitId: 'a-street', ...pointOf(cellA) },
  })),
)
for (const login of ['gate-1', 'gate-2'])
  await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
    select id, ${login}, ${hashToken(login)}, 'test', now() from sensing.device where address = ${login}`.execute(db)
const gateway = await startGateway({
  settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttPort: 0 },
  db,
  log: logger('test', 'silent'),
  commands: { everyMs: 50 },
})
afterAll(() => gateway.stop())
const desk = as(actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.command', 'sensing.manage-devices'] }))
const idOf = async (address: string) =>
  (await sql<{ id: string }>`select id from sensing.device where address = ${address}`.execute(db)).rows[0]?.id ?? ''
const command = async (id: string) => (await desk(listCommands, { params: { id }, query: {} })).commands[0]

async function clientOf(login: string) {
  const client = mqtt.connect({
    ...{ host: '127.0.0.1', port: gateway.ports.mqtt, protocolVersion: 4, reconnectPeriod: 0 },
    ...{ username: login, password: login, clientId: login },
  })
  afterAll(() => client.endAsync(true))
  const heard: { topic: string; said: Record<string, unknown> }[] = []
  client.on('message', (topic, payload) => heard.push({ topic, said: JSON.parse(payload.toString()) }))
  await new Promise((done) => client.once('connect', done))
  return { client, heard }
}

test('a device that listens is told on its own topic and answers there; one that does not listen waits [SEN-31]', async () => {
  const device = await idOf('gate-1')
  const { client, heard } = await clientOf('gate-1')
  await desk(askCommand, { params: { id: device }, body: { kind: 'set-interval', seconds: 60 } })
  await gateway.refresh()
  expect(await command(device)).toMatchObject({ state: 'queued', tries: 0 })
  await client.subscribeAsync('devices/gate-1/commands', { qos: 1 })
  await expect.poll(() => heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ topic: 'devices/gate-1/commands', said: { command: 'set-interval', seconds: 60 } })
  const answer = { id: heard[0]?.said.id, result: 'done', seconds: 60 }
  await client.publishAsync('devices/gate-1/answers', JSON.stringify(answer), { qos: 1 })
  await expect.poll(() => command(device)).toMatchObject({ state: 'answered', answer: { seconds: 60 } })
  // Another's answer is no answer, and nothing of it is a measurement.
  const other = await clientOf('gate-2')
  await desk(askCommand, { params: { id: device }, body: { kind: 'set-time' } })
  await expect.poll(() => heard).toHaveLength(2)
  expect(Date.parse(String(heard[1]?.said.time))).toBeGreaterThan(Date.now() - 5000)
  await other.client.publishAsync('devices/gate-2/answers', JSON.stringify({ id: heard[1]?.said.id, result: 'done' }), {
    qos: 1,
  })
  await client.publishAsync('devices/gate-1/answers', 'no json', { qos: 1 })
  expect(await command(device)).toMatchObject({ kind: 'set-time', state: 'sent' })
  await client.publishAsync(
    'devices/gate-1/answers',
    JSON.stringify({ id: heard[1]?.said.id, result: 'refused', why: '由网络校时' }),
    { qos: 1 },
  )
  await expect.poll(() => command(device)).toMatchObject({ state: 'refused', answer: { why: '由网络校时' } })
  const { rows } = await sql`select 1 from sensing.observation where device_id = ${device}`.execute(db)
  expect(rows).toEqual([])
  // Gone, it is away again.
  await client.endAsync()
  await desk(askCommand, { params: { id: device }, body: { kind: 'ask-position' } })
  await new Promise((go) => setTimeout(go, 400))
  expect(await command(device)).toMatchObject({ state: 'queued', tries: 0 })
})

test('over an outside broker it is said once by one of two gateways, and the answer counts whichever of them reads it [SEN-31]', async () => {
  // Ours plays the outside one.
  const { Aedes } = await import('aedes')
  const { createServer } = await import('node:net')
  const outside = await Aedes.createBroker()
  const server = createServer(outside.handle)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const start = (name: string) => {
    process.env.PENTAD_GATEWAY = name
    return startGateway({
      settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttUrl: `mqtt://127.0.0.1:${port}` },
      db,
      log: logger('test', 'silent'),
      commands: { everyMs: 50, patience: { mqtt: { tries: 3, waitMs: () => 700, workMs: 20_000 } } },
    })
  }
  const readers = [await start('a'), await start('b')]
  const said: Record<string, unknown>[] = []
  outside.subscribe(
    'devices/gate-2/commands',
    (packet, done) => {
      said.push(JSON.parse(packet.payload.toString()))
      done()
    },
    () => undefined,
  )
  const device = await idOf('gate-2')
  await desk(askCommand, { params: { id: device }, body: { kind: 'ask-position' } })
  await expect.poll(() => said).toHaveLength(1)
  const answer = (result: string, more = {}) =>
    outside.publish(
      {
        ...{ cmd: 'publish' as const, qos: 1 as const, retain: false, dup: false, topic: 'devices/gate-2/answers' },
        payload: JSON.stringify({ id: said[0]?.id, result, ...more }),
      },
      () => undefined,
    )
  answer('accepted')
  // Longer than an answer is waited for: it was taken up, so it is not said again.
  await new Promise((go) => setTimeout(go, 1500))
  expect(said).toHaveLength(1)
  expect(await command(device)).toMatchObject({ state: 'sent', tries: 1, acceptedAt: expect.any(String) })
  answer('done', { lon: 116.4, lat: 39.9 })
  await expect.poll(() => command(device)).toMatchObject({ state: 'answered', answer: { lon: 116.4 } })
  await Promise.all(readers.map((r) => r.stop()))
  outside.close()
  server.close()
}, 40_000)

test('whatever is published as an answer, it is read or it is not, and nothing is thrown [SEN-29]', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.jsonValue().map((v) => new TextEncoder().encode(JSON.stringify(v))),
      ),
      (bytes) => {
        const said = mqttHeard(bytes)
        if (said) expect(typeof said.ref).toBe('string')
      },
    ),
  )
  const of = (said: object) => mqttHeard(new TextEncoder().encode(JSON.stringify(said)))
  expect(of({ id: 'x', result: 'done', a: 1 })?.heard).toEqual({ kind: 'ended', state: 'answered', answer: { a: 1 } })
  expect(of({ id: 'x', result: 'accepted' })?.heard).toEqual({ kind: 'accepted' })
  expect(of({ id: 'x', result: 'toString' })).toBeUndefined()
  expect(of({ id: 'x', result: 'done', a: 'a'.repeat(9000) })).toBeUndefined()
})

test('commands are heard on the topic itself or on all below the account, and nowhere else', () => {
  expect(hearsCommands('a', 'devices/a/commands')).toBe(true)
  expect(hearsCommands('a', 'devices/a/#')).toBe(true)
  expect(hearsCommands('a', 'devices/a/+')).toBe(true)
  expect(hearsCommands('a', 'devices/a/answers')).toBe(false)
  expect(hearsCommands('a', 'devices/ab/commands')).toBe(false)
})
