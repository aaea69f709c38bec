/**
 * Full loops a second: report, accept, file, dispatch, sign, done, check sent, check passed, closed, each by its own post
 * over HTTP with every guard, trail, timer and news on. Beside it: pgbench on the same engine. Load and system share the machine.
 */
import { spawnSync } from 'node:child_process'
import { reportCase, takeStep } from '@pentad/cases/contract'
import type { StepName } from '@pentad/cases/model'
import { addPhoto } from '@pentad/evidence/contract'
import type { Client } from '@pentad/platform/client'
import { openDatabase, sql } from '@pentad/platform/db'
import { listStandards } from '@pentad/rulebook/contract'
import sharp from 'sharp'
import { type Demo, forget, machine, memoryMiB, signedIn, startDemo, told } from './harness.ts'

const callers = 8
const windows = 6
const windowSeconds = 5
const writesPerLoop = 9

interface Post {
  seat: Client
  shift: Client
  dispatcher: Client
  handler: Client
  inspector: Client
}

async function oneLoop(post: Post, photoIds: [string, string], standardId: string, n: number): Promise<void> {
  const at = () => new Date().toISOString()
  // Spread over a few hundred metres, so that no two share a row by accident of place.
  const point = { lon: 116.4335 + (n % 40) * 1e-4, lat: 39.9405 + (n % 17) * 1e-4 }
  const { id } = await post.inspector(reportCase, {
    body: {
      kind: 'event',
      classCode: '0111',
      point,
      description: `bench ${n}`,
      source: 'inspector',
      at: at(),
      photoIds: [photoIds[0]],
    },
  })
  const take = (who: Client, step: StepName, extra: object = {}) =>
    who(takeStep, { params: { id }, body: { step, at: at(), ...extra } })
  await take(post.seat, 'accept')
  await take(post.shift, 'file', { standardId })
  await take(post.dispatcher, 'dispatch', { unitId: 'dc-dongzhimen' })
  await take(post.handler, 'sign')
  await take(post.handler, 'report_done', { photoIds: [photoIds[1]] })
  await take(post.dispatcher, 'send_check')
  await take(post.inspector, 'pass_check', { photoIds: [photoIds[1]] })
  await take(post.shift, 'close')
}

async function loopsPerSecond({ base }: Demo): Promise<{ rates: number[]; latenciesMs: number[] }> {
  const [seat, shift, dispatcher, handler, inspector] = await Promise.all(
    ['seat6', 'shift', 'dispatch', 'dzm-handler', 'inspector1'].map((login) => signedIn(base, login)),
  )
  if (!seat || !shift || !dispatcher || !handler || !inspector) throw new Error('not everybody could sign in')
  const photo = async (who: Client, shade: number) =>
    (
      await who(addPhoto, undefined, {
        file: await sharp({ create: { width: 64, height: 48, channels: 3, background: { r: shade, g: 80, b: 80 } } })
          .jpeg()
          .toBuffer(),
        fileType: 'image/jpeg',
      })
    ).id
  const photoIds: [string, string] = [await photo(inspector, 10), await photo(handler, 200)]
  const { standards } = await seat(listStandards, { query: { kind: 'event', code: '0111' } })
  const standardId = standards[0]?.id ?? ''
  const ends: number[] = []
  const latenciesMs: number[] = []
  let n = 0
  const began = performance.now()
  const until = began + (windows + 1) * windowSeconds * 1000
  const caller = async () => {
    while (performance.now() < until) {
      const start = performance.now()
      await oneLoop({ seat, shift, dispatcher, handler, inspector }, photoIds, standardId, n++)
      ends.push(performance.now())
      latenciesMs.push((performance.now() - start) / writesPerLoop)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  // The first window warms up.
  const rates = Array.from({ length: windows }, (_, w) => {
    const from = began + (w + 1) * windowSeconds * 1000
    return ends.filter((e) => e >= from && e < from + windowSeconds * 1000).length / windowSeconds
  })
  return { rates, latenciesMs }
}

/** TPC-B by pgbench in a database of its own on the same engine, with the same number of callers. */
async function pgbench({ engineUrl }: Demo): Promise<number[] | undefined> {
  if (spawnSync('pgbench', ['--version']).status !== 0) return undefined
  const admin = openDatabase(engineUrl, { connections: 1 })
  await sql`create database pgbench`.execute(admin.db)
  const url = Object.assign(new URL(engineUrl), { pathname: '/pgbench' }).href
  spawnSync('pgbench', ['-i', '-q', '-s', '10', url], { stdio: 'ignore' })
  const rates: number[] = []
  for (let round = 0; round < 3; round++) {
    const { stdout } = spawnSync('pgbench', ['-c', String(callers), '-j', '2', '-T', '8', '-n', url], {
      encoding: 'utf8',
    })
    rates.push(Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? 0))
  }
  await sql`drop database pgbench`.execute(admin.db)
  await admin.close()
  return rates
}

console.log(`bench loop · ${machine()}`)
const cold = await startDemo()
console.log(
  `first start, from nothing to ready (packages installed, pages as they are): ${cold.readySeconds.toFixed(1)} s`,
)
await cold.stop()
const demo = await startDemo(cold.folder)
console.log(`start again: ${demo.readySeconds.toFixed(1)} s`)
try {
  const { rates, latenciesMs } = await loopsPerSecond(demo)
  const sorted = latenciesMs.sort((a, b) => a - b)
  const percentile = (p: number) => (sorted[Math.floor(sorted.length * p)] ?? 0).toFixed(1)
  console.log(
    `full loops/s, ${callers} callers, median of ${windows} windows of ${windowSeconds} s (lowest–highest): ${told(rates, 1)}`,
  )
  console.log(
    `  = ${told(rates.map((r) => r * writesPerLoop))} commands/s; a command, mean over its loop: p50 ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms`,
  )
  const tps = await pgbench(demo)
  if (tps) {
    const ratio = told(rates.map((r) => r * writesPerLoop)).split(' ')[0] ?? '0'
    console.log(
      `pgbench TPC-B on the same engine, ${callers} callers: ${told(tps)} tps; commands to pgbench transactions: ${(Number(ratio) / Number(told(tps).split(' ')[0])).toFixed(2)}`,
    )
  } else console.log('pgbench is not installed (Debian: postgresql-15); no ratio')
  console.log('memory, proportional, MiB:')
  for (const [name, pid] of Object.entries(demo.pids)) console.log(`  ${name.padEnd(10)} ${memoryMiB(pid).toFixed(0)}`)
} finally {
  await demo.stop()
  forget(demo.folder)
}
