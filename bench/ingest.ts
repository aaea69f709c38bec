/**
 * Devices at city scale over their own protocols: terminals of JT/T 808 whose fixes are durable before they are answered, with the
 * latest and the fences kept up; how soon a browser sees them; what a fix takes in history; frames of HJ 212. Beside it in the same run:
 * COPY of the same rows from Node. Load and system share the machine.
 * `--parts fleet,browser,monitors`; `--connections N` (10,000); `--rate N` (20,000 fixes/s); `--seconds N` (180); `--batch N` (1: 0x0200; more: 0x0704).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Db, openDatabase, poolOf, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { readFrame } from '@pentad/platform/picture'
import { fixesBetween, packBays } from '@pentad/sensing'
import pgCopy from 'pg-copy-streams'
import { WebSocket } from 'ws'
import {
  cpuMs,
  type Demo,
  forget,
  machine,
  memoryMiB,
  settled,
  signedInCookie,
  spread,
  startDemo,
  told,
} from './harness.ts'
import type { FleetOrder, FleetWord } from './load/fleet.ts'

const { values: wanted } = parseArgs({
  options: {
    connections: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
    batch: { type: 'string' },
    monitors: { type: 'string' },
    parts: { type: 'string' },
  },
})
const connections = Number(wanted.connections ?? 10_000)
const rate = Number(wanted.rate ?? 20_000)
const seconds = Number(wanted.seconds ?? 180)
const batch = Number(wanted.batch ?? 1)
const monitors = Number(wanted.monitors ?? 2000)
const frameRate = 10_000
const parts = (wanted.parts ?? 'fleet,browser,monitors').split(',')

const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0

interface Load {
  send: (order: FleetOrder) => void
  /** The next word of a kind. */
  word: (act: FleetWord['act']) => Promise<FleetWord>
  onSecond: (hear: (word: FleetWord) => void) => void
  process: ChildProcess
}
function load(program: string): Load {
  const child = fork(join(import.meta.dirname, 'load', program), { serialization: 'advanced' })
  return {
    process: child,
    send: (order) => void (child.connected && child.send(order)),
    word: (act) =>
      new Promise((done, fail) => {
        const hear = (word: FleetWord) => {
          if (word.act !== act) return
          child.off('message', hear)
          child.off('exit', gone)
          done(word)
        }
        const gone = () => fail(new Error(`${program} ended before it said ${act}`))
        child.on('message', hear)
        child.once('exit', gone)
      }),
    onSecond: (hear) => child.on('message', (word: FleetWord) => word.act === 'second' && hear(word)),
  }
}

const cpuOf = (demo: Demo, of: Load) => ({
  load: cpuMs(of.process.pid ?? 0),
  ...Object.fromEntries(
    Object.entries(demo.pids)
      .filter(([name]) => name !== 'launcher')
      .map(([name, pid]) => [name, cpuMs(pid)]),
  ),
})

interface Ran {
  rates: number[]
  latenciesMs: number[]
  heldBack: number
  acked: number
}
/** Runs a load and says what came of it; the first fifth of the seconds warms up. */
async function run(name: string, demo: Demo, of: Load, order: FleetOrder, wordsASecond = 1): Promise<Ran> {
  const words: FleetWord[] = []
  of.onSecond((word) => words.push(word))
  const before = cpuOf(demo, of)
  const memoryBefore = Object.entries(demo.pids).map(([n, pid]) => [n, memoryMiB(pid)] as const)
  of.send(order)
  await of.word('done')
  const after = cpuOf(demo, of) as Record<string, number>
  const counted = words.slice(Math.floor(words.length / 5), (order.seconds ?? 1) * wordsASecond)
  const rates = Array.from({ length: Math.floor(counted.length / wordsASecond) }, (_, n) =>
    counted.slice(n * wordsASecond, (n + 1) * wordsASecond).reduce((sum, w) => sum + (w.acked ?? 0), 0),
  )
  const latenciesMs = counted.flatMap((w) => w.latenciesMs ?? [])
  const acked = words.reduce((sum, w) => sum + (w.acked ?? 0), 0)
  const heldBack = counted.reduce((sum, w) => sum + (w.heldBack ?? 0), 0)
  console.log(
    `${name}: ${told(rates)} acknowledged/s; held back by waiting ${((100 * heldBack) / (heldBack + counted.reduce((s, w) => s + (w.sent ?? 0), 0) || 1)).toFixed(1)} %`,
  )
  if (latenciesMs.length)
    console.log(
      `  sent to acknowledged: p50 ${percentile(latenciesMs, 0.5).toFixed(0)} ms, p95 ${percentile(latenciesMs, 0.95).toFixed(0)} ms, p99 ${percentile(latenciesMs, 0.99).toFixed(0)} ms`,
    )
  const share = Object.entries(after)
    .map(([n, ms]) => `${n} ${((ms - (before[n as keyof typeof before] ?? 0)) / (order.seconds ?? 1) / 10).toFixed(0)}`)
    .join(', ')
  console.log(`  of a core, %: ${share}`)
  console.log(
    `  memory MiB: ${memoryBefore.map(([n, mib]) => `${n} ${mib.toFixed(0)} → ${memoryMiB(demo.pids[n] ?? 0).toFixed(0)}`).join(', ')}`,
  )
  return { rates, latenciesMs, heldBack, acked }
}

async function register(db: Db, kind: string, protocol: string, addresses: readonly string[]): Promise<void> {
  await sql`insert into sensing.device (id, kind, protocol, address, name_zh, name_en, area_code, lon, lat)
    select u.id, ${kind}, ${protocol}, u.address, 'bench', 'bench', '110101', case when ${kind} = 'vehicle' then null else 116.4 end,
      case when ${kind} = 'vehicle' then null else 39.92 end
    from unnest(${addresses.map(() => newId())}::uuid[], ${addresses}::text[]) u (id, address)`.execute(db)
}

/** A browser that watches the whole city, and how old what it is shown is, by the fleet's own marks. */
async function watching(
  demo: Demo,
): Promise<{ agesMs: () => number[]; marks: Map<number, { lonE6: number; at: number }>; close: () => void }> {
  const socket = new WebSocket(`${demo.base.replace('http', 'ws')}/api/live`, {
    headers: { cookie: await signedInCookie(demo.base, 'city-leader'), origin: demo.base },
  })
  await new Promise((open, fail) => socket.once('open', open).once('error', fail))
  const ages: number[] = []
  const marks = new Map<number, { lonE6: number; at: number }>()
  socket.binaryType = 'arraybuffer'
  socket.on('message', (data, binary) => {
    if (!binary) return
    const now = performance.now()
    readFrame(data as ArrayBuffer, {
      begin: () => undefined,
      here: (key, lonE6) => {
        const mark = marks.get(Number(key))
        if (!mark || lonE6 < mark.lonE6) return
        ages.push(now - mark.at)
        marks.delete(Number(key))
      },
    })
  })
  socket.send(JSON.stringify({ type: 'watch', box: [116, 39, 118, 41] }))
  return { agesMs: () => ages, marks, close: () => socket.close() }
}

/** COPY of rows like those, from Node, into a table like that. */
async function bareCopy(db: Db): Promise<number[]> {
  await sql`create table public.bench_fix (like sensing.fix_hot including all)`.execute(db)
  const rows = 5000
  const text = Array.from(
    { length: rows },
    (_, n) => `${Date.now() + n}\t${n}\t116400000\t39900000\t0\t262147\t0\t300\t90\t0\n`,
  ).join('')
  const rates: number[] = []
  const client = await poolOf(db).connect()
  for (let round = 0; round < 5; round++) {
    const began = performance.now()
    let done = 0
    while (performance.now() - began < 3000) {
      const stream = client.query(pgCopy.from('copy public.bench_fix from stdin'))
      await new Promise<void>((ok, fail) => stream.once('finish', ok).once('error', fail).end(text))
      done += rows
    }
    rates.push((done / (performance.now() - began)) * 1000)
  }
  client.release()
  return rates
}

console.log(`bench ingest · ${machine()} · ${connections} connections, ${rate} fixes/s wanted, ${batch} a message`)
const demo = await startDemo(undefined, { PENTAD_LOG: 'error' })
const { db, close } = openDatabase(demo.engineUrl, { connections: 4 })
const fleet = load('fleet.ts')
const sites = load('monitors.ts')

/** Terminals of JT/T 808: acknowledged a second, nothing lost, history, replay, bare COPY. */
async function fleetOf(phones: string[]): Promise<void> {
  fleet.send({ act: 'connect', port: demo.jt808Port, phones })
  const { connections: open } = await fleet.word('connected')
  console.log(`${open} terminals registered and authenticated`)
  const main = await run(`JT/T 808 at ${rate}/s`, demo, fleet, { act: 'run', rate, seconds, batch })
  if (batch === 1)
    await run(`JT/T 808 at ${rate * 2}/s, five fixes a message`, demo, fleet, {
      act: 'run',
      rate: rate * 2,
      seconds: Math.min(60, seconds),
      batch: 5,
    })

  fleet.send({ act: 'ledger' })
  const { ledger = [] } = await fleet.word('ledger')
  const acked = ledger.reduce((sum, l) => sum + l.acked, 0)
  const { rows: handles } = await sql<{
    handle: number
    address: string
  }>`select handle, address from sensing.device where protocol = 'jt808' and address = any(${phones}::text[])`.execute(
    db,
  )
  const first = Math.min(...ledger.map((l) => l.firstMs))
  let stored = 0
  const handleOf = new Map(handles.map((h) => [h.address, h.handle]))
  for (const l of ledger.slice(0, 1000))
    stored += (
      await fixesBetween(db, handleOf.get(l.phone) ?? 0, new Date(first - 1), new Date(Date.now() + 86_400_000))
    ).length
  const ackedOfThose = ledger.slice(0, 1000).reduce((sum, l) => sum + l.acked, 0)
  console.log(`acknowledged ${acked}; of 1,000 terminals ${ackedOfThose} acknowledged, ${stored} in the store`)
  const { rows: stays } = await sql<{ n: number }>`select count(*)::int as n from sensing.fence_stay`.execute(db)
  console.log(`fences: ${stays[0]?.n} stays`)

  const began = performance.now()
  const now = new Date()
  // Every bay but the one that is written into; then that one as well.
  const packed = (await packBays(db, now)) + (await packBays(db, new Date(now.getTime() + 600_000)))
  const took = (performance.now() - began) / 1000
  const { rows: size } = await sql<{ bytes: number; fixes: number }>`select
    (select sum(pg_total_relation_size(inhrelid))::bigint from pg_inherits where inhparent = 'sensing.track'::regclass) as bytes,
    (select sum(fixes)::bigint from sensing.track) as fixes`.execute(db)
  console.log(
    `packed ${packed} fixes in ${took.toFixed(1)} s (${Math.round(packed / took)}/s); history: ${((size[0]?.bytes ?? 0) / (size[0]?.fixes ?? 1)).toFixed(1)} bytes a fix, index and all, ${size[0]?.fixes} fixes`,
  )
  const replays: number[] = []
  for (const l of ledger.slice(0, 60)) {
    const at = performance.now()
    const fixes = await fixesBetween(db, handleOf.get(l.phone) ?? 0, new Date(first - 1), new Date(first + 86_400_000))
    if (fixes.length === 0) throw new Error('nothing to replay')
    replays.push(performance.now() - at)
  }
  console.log(`replay of one vehicle: ${told(replays.slice(10), 2)} ms`)
  const bare = await bareCopy(db)
  console.log(
    `COPY from Node, 5000 rows a commit, text: ${told(bare)} rows/s; ours to that: ${(spread(main.rates).median / spread(bare).median).toFixed(2)}`,
  )
}

async function seenInBrowser(): Promise<void> {
  // At 5,000/s: how old a fix is when a browser that watches the whole city has it.
  // Those of the first fleet would be too many together to be told one by one.
  await sql`update sensing.device set retired = now(), xid = pg_current_xact_id() where protocol = 'jt808' and name_zh = 'bench'`.execute(
    db,
  )
  const browser = await watching(demo)
  const seenBefore = performance.now()
  const live = load('fleet.ts')
  const livePhones = Array.from({ length: 5000 }, (_, n) => String(18_100_000_000 + n))
  await register(db, 'vehicle', 'jt808', livePhones)
  await new Promise((go) => setTimeout(go, 6000))
  live.send({ act: 'connect', port: demo.jt808Port, phones: livePhones, live: true })
  await live.word('connected')
  const { rows: liveHandles } = await sql<{
    handle: number
    address: string
  }>`select handle, address from sensing.device where address = any(${livePhones}::text[])`.execute(db)
  const handleOfLive = new Map(liveHandles.map((h) => [h.address, h.handle]))
  live.process.on('message', (word: FleetWord) => {
    for (const m of word.marks ?? [])
      browser.marks.set(handleOfLive.get(m.phone) ?? 0, {
        lonE6: m.lonE6,
        at: performance.now() - (Date.now() - m.atMs),
      })
  })
  await run('JT/T 808 at 5000/s', demo, live, { act: 'run', rate: 5000, seconds: 30, batch: 1 }, 20)
  const ages = browser.agesMs()
  console.log(
    `socket to browser at 5,000/s, ${ages.length} marks in ${((performance.now() - seenBefore) / 1000).toFixed(0)} s: p50 ${percentile(ages, 0.5).toFixed(0)} ms, p95 ${percentile(ages, 0.95).toFixed(0)} ms, p99 ${percentile(ages, 0.99).toFixed(0)} ms`,
  )
  browser.close()
  live.send({ act: 'end' })
}

async function monitorsOf(mns: string[]): Promise<void> {
  sites.send({ act: 'connect', port: demo.hj212Port, phones: mns })
  await sites.word('connected')
  const frames = await run(`HJ 212 at ${frameRate} frames/s`, demo, sites, {
    act: 'run',
    rate: frameRate,
    seconds: Math.min(60, seconds),
  })
  const { rows: kept } = await sql<{
    n: number
  }>`select count(*)::int as n from sensing.observation o join sensing.device d on d.id = o.device_id where d.address like 'BENCH%'`.execute(
    db,
  )
  console.log(`frames acknowledged ${frames.acked}, observations in the store ${kept[0]?.n}`)
}

try {
  const phones = Array.from({ length: connections }, (_, n) => String(18_000_000_000 + n))
  const mns = Array.from({ length: monitors }, (_, n) => `BENCH${String(n).padStart(19, '0')}`)
  await register(db, 'vehicle', 'jt808', phones)
  await register(db, 'noise_monitor', 'hj212', mns)
  for (let n = 0; n < 20; n++) {
    const [x, y] = [116.38 + (n % 5) * 0.01, 39.9 + Math.floor(n / 5) * 0.01]
    const ring = [
      [x, y],
      [x + 0.004, y],
      [x + 0.004, y + 0.004],
      [x, y + 0.004],
      [x, y],
    ]
    await sql`insert into sensing.fence (id, name_zh, name_en, area_code, polygon, made_by) values
      (${newId()}, 'bench', 'bench', '110101', ${JSON.stringify({ type: 'Polygon', coordinates: [ring] })}, 'bench')`.execute(
      db,
    )
  }
  await settled(demo)
  // Gateways learn of new devices within five seconds.
  await new Promise((go) => setTimeout(go, 6000))

  if (parts.includes('fleet')) await fleetOf(phones)
  // Its ten thousand sessions would leave no place for those of the next part.
  fleet.send({ act: 'end' })
  if (parts.includes('browser')) await seenInBrowser()
  if (parts.includes('monitors')) await monitorsOf(mns)
} finally {
  fleet.send({ act: 'end' })
  sites.send({ act: 'end' })
  await close()
  await demo.stop()
  forget(demo.folder)
}
