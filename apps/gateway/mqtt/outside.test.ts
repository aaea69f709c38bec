/** A real outside broker: mosquitto, where this machine has it (`apt-get install mosquitto`); without it nothing is said. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { testDatabase } from '@pentad/platform/testing'
import { loadDevices } from '@pentad/sensing'
import mqtt, { type IClientOptions } from 'mqtt'
import { afterAll, describe, expect, test } from 'vitest'
import { cellA, laySensingCity, pointOf } from '../../../modules/sensing/testing.ts'
import { type Gateway, startGateway } from '../gateway.ts'
import { cuttableWire } from '../testing.ts'

const program = ['mosquitto', '/usr/sbin/mosquitto'].find((p) => spawnSync(p, ['-h']).status !== null)
const keyMaker = spawnSync('openssl', ['version']).status === 0
const secrets = spawnSync('mosquitto_passwd', []).status !== null

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

describe.runIf(program !== undefined && keyMaker && secrets)('mosquitto as the broker [SEN-29] [SEN-31]', async () => {
  const { db, url } = await testDatabase()
  await laySensingCity(db)
  await loadDevices(db, [
    {
      ...{ kind: 'weather' as const, address: 'rain-1', nameZh: '雨', nameEn: 'Rain', unitId: 'a-street' },
      ...pointOf(cellA),
    },
  ])
  const wire = await cuttableWire(url)
  const overWire = openDatabase(wire.url, { connections: 4 })
  const folder = mkdtempSync(join(tmpdir(), 'pentad-mosquitto-'))
  const at = (name: string) => join(folder, name)
  const made = (args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder })
    if (status !== 0) throw new Error(String(stderr))
  }
  made([
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  ])
  made([
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'broker.key',
    '-out',
    'broker.csr',
    '-subj',
    '/CN=localhost',
  ])
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1')
  made([
    'x509',
    '-req',
    '-in',
    'broker.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'broker.pem',
    '-days',
    '2',
    '-extfile',
    'names',
  ])
  for (const [i, [login, password]] of [
    ['pentad', 'p@ss:word'],
    ['rain-1', 'token'],
  ].entries())
    spawnSync('mosquitto_passwd', ['-b', ...(i === 0 ? ['-c'] : []), at('passwords'), login ?? '', password ?? ''])
  const [port, tlsPort] = [await freePort(), await freePort()]
  writeFileSync(at('acl'), 'user pentad\ntopic readwrite devices/#\nuser rain-1\npattern readwrite devices/%u/#\n')
  writeFileSync(
    at('mosquitto.conf'),
    `per_listener_settings false
allow_anonymous false
password_file ${at('passwords')}
acl_file ${at('acl')}
persistence true
persistence_location ${folder}/
user root
log_type none
listener ${port} 127.0.0.1
listener ${tlsPort} 127.0.0.1
certfile ${at('broker.pem')}
keyfile ${at('broker.key')}
`,
  )
  let broker: ChildProcess | undefined
  const start = async (): Promise<void> => {
    broker = spawn(program ?? '', ['-c', at('mosquitto.conf')], { stdio: 'ignore' })
    await expect
      .poll(
        () =>
          clientOf({ username: 'pentad', password: 'p@ss:word' })
            .then((c) => c.endAsync(true))
            .then(
              () => true,
              () => false,
            ),
        { timeout: 10_000 },
      )
      .toBe(true)
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const dying = broker
    broker = undefined
    if (!dying || dying.exitCode !== null) return
    const dead = new Promise((done) => dying.once('exit', done))
    dying.kill(signal)
    await dead
  }
  async function clientOf(options: IClientOptions) {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0, ...options })
    client.on('error', () => undefined)
    await new Promise<void>((done, failed) => {
      client.once('connect', () => done())
      client.once('close', () => failed(new Error('refused')))
    })
    return client
  }
  const device = () => clientOf({ username: 'rain-1', password: 'token', clientId: 'rain-1' })
  const gateways: Gateway[] = []
  const gatewayAt = async (name: string, mqttUrl: string, mqttCaFile?: string): Promise<Gateway> => {
    process.env.PENTAD_GATEWAY = name
    const gateway = await startGateway({
      settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttUrl, mqttCaFile },
      db: overWire.db,
      log: logger('test', 'silent'),
    })
    gateways.push(gateway)
    return gateway
  }
  const plain = `mqtt://pentad:${encodeURIComponent('p@ss:word')}@127.0.0.1:${port}`
  const seconds = Math.floor(Date.now() / 1000) - 3600
  const say = async (value: number, from?: Awaited<ReturnType<typeof device>>) => {
    const client = from ?? (await device())
    await client.publishAsync('devices/rain-1/data', JSON.stringify({ t: seconds + value, rain: value }), { qos: 1 })
    if (!from) await client.endAsync()
  }
  const stored = async (): Promise<number[]> =>
    (
      await sql<{ value: number }>`select value from sensing.observation where factor = 'rain' order by value`.execute(
        db,
      )
    ).rows.map((r) => r.value)
  afterAll(async () => {
    wire.mend()
    for (const gateway of gateways) await gateway.stop()
    await end('SIGKILL')
    await overWire.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a gateway whose broker is away begins all the same, and reads it when it is there', async () => {
    await gatewayAt('1', plain)
    await start()
    await expect
      .poll(
        async () => {
          await say(1)
          return stored()
        },
        { timeout: 20_000, interval: 500 },
      )
      .toEqual([1])
  }, 40_000)

  test('what a device sends with QoS 1 is stored once; two gateways share it', async () => {
    await gatewayAt('2', plain)
    const client = await device()
    for (let i = 2; i <= 60; i++) await say(i, client)
    await expect.poll(stored, { timeout: 10_000 }).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    await client.endAsync()
  }, 40_000)

  test('what was not stored when the broker went comes again from it, and is stored once', async () => {
    wire.cut()
    const client = await device()
    for (let i = 61; i <= 80; i++) await say(i, client)
    await client.endAsync()
    await expect.poll(() => gateways.reduce((n, g) => n + g.waiting(), 0), { timeout: 10_000 }).toBe(20)
    // It writes down what nobody acknowledged.
    await end('SIGTERM')
    wire.mend()
    await start()
    await expect.poll(stored, { timeout: 20_000 }).toEqual(Array.from({ length: 80 }, (_, i) => i + 1))
  }, 60_000)

  test('a broker that was killed and has forgotten all is read again by itself', async () => {
    await end('SIGKILL')
    rmSync(at('mosquitto.db'), { force: true })
    await start()
    await expect
      .poll(
        async () => {
          await say(81)
          return (await stored()).at(-1)
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(81)
  }, 60_000)

  test('over TLS it is read when its certificate is vouched for; a wrong password is tried again and stops nothing else', async () => {
    for (const gateway of gateways.splice(0)) await gateway.stop()
    const tls = `mqtts://pentad:${encodeURIComponent('p@ss:word')}@localhost:${tlsPort}`
    await gatewayAt('1', tls)
    await gatewayAt('3', plain.replace('word', 'guess'))
    await say(82)
    await new Promise((go) => setTimeout(go, 1000))
    expect((await stored()).at(-1)).toBe(81)
    // The broker keeps for each of the two that shared what is theirs until they are back.
    await gatewayAt('1', tls, at('ca.pem'))
    await gatewayAt('2', plain)
    await say(83)
    await expect.poll(async () => (await stored()).slice(-2), { timeout: 10_000 }).toEqual([82, 83])
  }, 60_000)
})
