import { openDatabase, sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { testDatabase } from '@pentad/platform/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway } from '../apps/gateway/gateway.ts'
import { laySensingCity } from '../modules/sensing/testing.ts'
import { attack, attacks } from './attacks.ts'
import { addressesOf, registerFleet, tokenOf } from './fleet.ts'
import { percentile, startProbe } from './probe.ts'

const sizes = { monitors: 3, vehicles: 3, phones: 2, sensors: 3 }
const { db, url } = await testDatabase()
await laySensingCity(db)
await registerFleet(db, { ...sizes, sensors: sizes.sensors + 1 })
const own = openDatabase(url, { connections: 6 })
const triedPasswords: string[] = []
let atOnce = 0
let mostAtOnce = 0
const gateway = await startGateway({
  settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttPort: 0, osmandPort: 0 },
  db: own.db,
  log: logger('test', 'silent'),
  limits: { sessions: 60, sessionsPerAddress: 40, strangerIdleMs: 1500, idleMs: 20_000 },
  mqtt: {
    limits: { connections: 80, connectionsPerAddress: 50, strangerMs: 1500 },
    staff: async (login) => {
      triedPasswords.push(login)
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      await new Promise((go) => setTimeout(go, 100))
      atOnce--
      return undefined
    },
  },
})
const all = addressesOf({ ...sizes, sensors: sizes.sensors + 1 })
const evil = all.sensors.at(-1) ?? ''
const target = {
  ports: gateway.ports,
  addresses: 3,
  logins: all.sensors.slice(0, -1),
  phones: all.vehicles,
  evil: { login: evil, token: tokenOf(evil) },
}
const probe = startProbe({ ports: gateway.ports, sizes, everyMs: 200 })
afterAll(async () => {
  await probe.stop()
  await gateway.stop()
  await own.close()
})
const rejected = async (code: string): Promise<number> =>
  (
    await sql<{ n: number }>`select coalesce(sum(count), 0)::int as n from sensing.reject where code = ${code}`.execute(
      db,
    )
  ).rows[0]?.n ?? 0
beforeAll(async () => {
  while (!probe.ready()) await new Promise((go) => setTimeout(go, 100))
})

const expected = {
  endless: ['hj212/length', 'jt808/nothing-good', 'mqtt/too-large'],
  drip: ['hj212/nothing-good', 'jt808/nothing-good'],
  crowd: ['hj212/too-many-sessions', 'jt808/too-many-sessions', 'mqtt/too-many-sessions'],
  guess: ['mqtt/password', 'mqtt/too-many-tries', 'jt808/token', 'osmand/token', 'hj212/unknown-device'],
  trespass: ['mqtt/topic', 'mqtt/subscription'],
} as const

test.each(attacks)(
  '%s: who belongs here is answered all the while, and the attack is counted [SEN-29]',
  { timeout: 60_000 },
  async (name) => {
    const hungUpOn = probe.hungUpOn()
    const memoryBefore = process.memoryUsage().rss
    const attacking = attack(name, target, {
      ...(name === 'crowd' ? { many: 400 } : name === 'drip' ? { many: 60 } : {}),
      ...(name === 'endless' ? { many: 40 } : {}),
    })
    probe.take()
    await new Promise((go) => setTimeout(go, 4000))
    const answers = probe.take()
    attacking.stop()
    for (const latencies of Object.values(answers)) {
      expect(latencies.length).toBeGreaterThan(10)
      expect(percentile(latencies, 0.5)).toBeLessThan(1000)
    }
    expect(probe.hungUpOn()).toBe(hungUpOn)
    const missing = async () => {
      const counts = await Promise.all(expected[name].map(rejected))
      return expected[name].filter((_, n) => counts[n] === 0)
    }
    await expect.poll(missing, { timeout: 10_000 }).toEqual([])
    // The codecs of all sessions together hold less than that.
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(150 * 2 ** 20)
  },
)

test('passwords of staff are compared a few times a minute for one address, one after the other, and nothing forged is stored [SEN-29]', async () => {
  expect(triedPasswords.length).toBeGreaterThan(0)
  expect(triedPasswords.length).toBeLessThanOrEqual(10 * (target.addresses + 1) * 2)
  expect(mostAtOnce).toBe(1)
  const { rows } = await sql`select from sensing.observation where value = 99`.execute(db)
  expect(rows).toEqual([])
})
