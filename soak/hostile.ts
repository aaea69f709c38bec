/** `./pentad soak hostile [--seconds 15] [--connections 50000]`: strangers attack every device port; how long do the others wait. */
import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDatabase, sql } from '@pentad/platform/db'
import { freePort } from '@pentad/platform/db/embedded'
import { cpuMs, forget, machine, memoryMiB, startDemo } from '../bench/harness.ts'
import { type AttackName, attacks, type Force } from './attacks.ts'
import { addressesOf, registerFleet, tokenOf } from './fleet.ts'
import type { AttackOrder, AttackWord } from './load/attacker.ts'
import { type Probe, percentile, type Spoken, startProbe } from './probe.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '50000' },
    only: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const connections = Number(values.connections)
/** A process holds 20,000 sockets here. */
const perAttacker = 16_000
const sizes = { monitors: 20, vehicles: 20, phones: 10, sensors: 20 }
/** What one attacker of each kind does; a crowd is spread over several. */
const forces: Record<AttackName, Force> = {
  endless: { many: 200, bytesPerSecond: 4_000_000 },
  drip: { many: 2000 },
  crowd: { many: perAttacker },
  guess: { perSecond: 400 },
  trespass: { perSecond: 100 },
}

const [mqtt, osmand] = [await freePort(), await freePort()]
const demo = await startDemo(undefined, {
  PENTAD_DEMO_CASES: '1000',
  PENTAD_MQTT_PORT: String(mqtt),
  PENTAD_OSMAND_PORT: String(osmand),
  PENTAD_SIMULATOR: '--monitors 0 --vehicles 0 --phones 0 --sensors 0',
})
const { db, close } = openDatabase(demo.engineUrl, { connections: 1 })
const gatewayPid = () => demo.pidsNow().gateway ?? 0
const openFiles = () => readdirSync(`/proc/${gatewayPid()}/fd`).length

async function rejects(): Promise<Map<string, number>> {
  const { rows } = await sql<{
    code: string
    n: number
  }>`select code, sum(count)::int as n from sensing.reject group by 1`.execute(db)
  return new Map(rows.map((r) => [r.code, r.n]))
}
const protocols: readonly Spoken[] = ['hj212', 'jt808', 'mqtt', 'osmand']
function tell(name: string, probe: Probe): number {
  const taken = probe.take()
  for (const protocol of protocols) {
    const all = taken[protocol]
    console.log(
      `  ${name.padEnd(9)} ${protocol.padEnd(7)} ${String(all.length).padStart(5)} answers  p50 ${percentile(all, 0.5).toFixed(0).padStart(5)} ms  p99 ${percentile(all, 0.99).toFixed(0).padStart(5)} ms  longest ${all
        .reduce((a, b) => Math.max(a, b), 0)
        .toFixed(0)
        .padStart(5)} ms`,
    )
  }
  return Math.max(...protocols.map((p) => percentile(taken[p], 0.99)))
}

let right = true
try {
  console.log(machine())
  await registerFleet(db, { ...sizes, sensors: sizes.sensors + 1 })
  const all = addressesOf({ ...sizes, sensors: sizes.sensors + 1 })
  const evil = all.sensors.at(-1) ?? ''
  const ports = { hj212: demo.hj212Port, jt808: demo.jt808Port, mqtt, osmand }
  const target = {
    ports,
    addresses: 8,
    logins: all.sensors.slice(0, -1),
    phones: all.vehicles,
    evil: { login: evil, token: tokenOf(evil) },
  }
  // The gateway learns of them within seconds.
  await sleep(4000)
  const probe = startProbe({ ports, sizes })
  for (let i = 0; i < 60 && !probe.ready(); i++) await sleep(500)
  probe.take()
  await sleep(seconds * 1000)
  tell('at peace', probe)
  console.log(`  gateway ${memoryMiB(gatewayPid()).toFixed(0)} MiB, ${openFiles()} files open`)
  const pid = gatewayPid()
  for (const name of attacks) {
    if (values.only && values.only !== name) continue
    const before = await rejects()
    const processes = name === 'crowd' ? Math.ceil(connections / perAttacker) : 1
    const words = new Map<ChildProcess, AttackWord>()
    const attackers = Array.from({ length: processes }, () => {
      const child = fork(join(import.meta.dirname, 'load', 'attacker.ts'))
      child.on('message', (word: AttackWord) => words.set(child, word))
      child.send({ name, target, force: forces[name] } satisfies AttackOrder)
      return child
    })
    probe.take()
    const cpu = cpuMs(gatewayPid())
    let [most, files] = [0, 0]
    for (let second = 0; second < seconds; second++) {
      await sleep(1000)
      most = Math.max(most, memoryMiB(gatewayPid()))
      files = Math.max(files, openFiles())
    }
    console.log(`\n${name}: ${[...words.values()].map((w) => `${JSON.stringify(w.done)}, open ${w.open}`).join('; ')}`)
    tell(name, probe)
    console.log(
      `  gateway up to ${most.toFixed(0)} MiB and ${files} files, ${((cpuMs(gatewayPid()) - cpu) / seconds / 10).toFixed(0)} % of a core`,
    )
    for (const child of attackers) child.send('stop')
    await sleep(2000)
    const after = await rejects()
    const counted = [...after].flatMap(([code, n]) =>
      n > (before.get(code) ?? 0) ? [`${code} ${n - (before.get(code) ?? 0)}`] : [],
    )
    console.log(`  refused: ${counted.join(', ') || 'nothing'}`)
    probe.take()
    await sleep(3000)
    const healed = probe.take()
    const silent = protocols.filter((p) => healed[p].length === 0)
    if (silent.length > 0) {
      right = false
      console.log(`  NOT right: no answers over ${silent.join(', ')} afterwards`)
    }
  }
  if (gatewayPid() !== pid) {
    right = false
    console.log('NOT right: the gateway died and was started again')
  }
  console.log(
    `\ndevices were hung up on ${probe.hungUpOn()} times; ${probe.unanswered()} of their messages are without an answer`,
  )
  const stored = await sql<{
    n: number
  }>`select count(*)::int as n from sensing.observation o join sensing.device d on d.id = o.device_id
    where d.address like 'soak-sensor-%' and o.value = 99`.execute(db)
  console.log(`values forged under another's name: ${stored.rows[0]?.n}`)
  if (stored.rows[0]?.n) right = false
  await probe.stop()
} finally {
  await close()
  await demo.stop()
  forget(demo.folder)
}
console.log(right ? 'the limits held' : 'NOT right')
process.exit(right ? 0 : 1)
