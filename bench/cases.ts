/**
 * The life of cases under load, over HTTP with session, rights, key, trail, timers and news on: reports a second, steps a second; then
 * work lists and case pages with millions of cases in the database. Beside it in the same run: pgbench with the very statement that writes
 * a step, on the same engine, with as many callers. Load and system share the machine.
 * `--cases N` (5,000,000): how many there are when lists are read; `--callers N` (16).
 */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { listCases, readCase, reportCase, takeStep } from '@pentad/cases/contract'
import type { StepName } from '@pentad/cases/model'
import { addPhoto } from '@pentad/evidence/contract'
import type { Client } from '@pentad/platform/client'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { listStandards } from '@pentad/rulebook/contract'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import {
  cpuMs,
  type Demo,
  forget,
  machine,
  memoryMiB,
  settled,
  signedIn,
  signedInCookie,
  startDemo,
  told,
} from './harness.ts'

const { values: wanted } = parseArgs({ options: { cases: { type: 'string' }, callers: { type: 'string' } } })
const callers = Number(wanted.callers ?? 16)
const cases = Number(wanted.cases ?? 5_000_000)
const windows = 6
const windowSeconds = 5

/** Calls a second in windows, the first of which warms up, and how long each call took. */
async function rateOf(
  cpu: () => Record<string, number>,
  call: (n: number) => Promise<unknown>,
): Promise<{ rates: number[]; latenciesMs: number[]; cpuSaid: string }> {
  const ends: number[] = []
  const latenciesMs: number[] = []
  let n = 0
  const cpuBefore = cpu()
  const began = performance.now()
  const until = began + (windows + 1) * windowSeconds * 1000
  const caller = async () => {
    while (performance.now() < until) {
      const start = performance.now()
      await call(n++)
      ends.push(performance.now())
      latenciesMs.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const rates = Array.from({ length: windows }, (_, w) => {
    const from = began + (w + 1) * windowSeconds * 1000
    return ends.filter((e) => e >= from && e < from + windowSeconds * 1000).length / windowSeconds
  })
  const after = cpu()
  const cpuSaid = Object.entries(after)
    .map(([name, ms]) => `${name} ${((ms - (cpuBefore[name] ?? 0)) / ends.length).toFixed(2)}`)
    .join(', ')
  return { rates, latenciesMs, cpuSaid }
}
/** Somebody else who looks: how long after a report was sent their screen is told of it. */
async function witness(
  demo: Demo,
): Promise<{ sent: (id: string, at: number) => void; agesMs: number[]; close: () => void }> {
  const socket = new WebSocket(`${demo.base.replace('http', 'ws')}/api/live`, {
    headers: { cookie: await signedInCookie(demo.base, 'shift'), origin: demo.base },
  })
  await new Promise((open, fail) => socket.once('open', open).once('error', fail))
  const sentAt = new Map<string, number>()
  const toldAt = new Map<string, number>()
  const agesMs: number[] = []
  socket.on('message', (data, binary) => {
    if (binary) return
    const word = JSON.parse(String(data)) as { topic?: string; about?: { id?: string } }
    const id = word.topic === 'case' ? word.about?.id : undefined
    if (!id || toldAt.has(id)) return
    const now = performance.now()
    toldAt.set(id, now)
    const at = sentAt.get(id)
    if (at !== undefined) agesMs.push(now - at)
  })
  return {
    sent(id, at) {
      sentAt.set(id, at)
      const told = toldAt.get(id)
      if (told !== undefined) agesMs.push(told - at)
    },
    agesMs,
    close: () => socket.close(),
  }
}
const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0
const latencies = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5).toFixed(1)} ms, p95 ${percentile(values, 0.95).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`

interface Posts {
  seat: Client
  shift: Client
  dispatcher: Client
  handler: Client
  inspector: Client
}
async function posts({ base }: Demo): Promise<Posts> {
  const [seat, shift, dispatcher, handler, inspector] = await Promise.all(
    ['seat6', 'shift', 'dispatch', 'dzm-handler', 'inspector1'].map((login) => signedIn(base, login)),
  )
  if (!seat || !shift || !dispatcher || !handler || !inspector) throw new Error('not everybody could sign in')
  return { seat, shift, dispatcher, handler, inspector }
}

const point = (n: number) => ({ lon: 116.4335 + (n % 40) * 1e-4, lat: 39.9405 + (n % 17) * 1e-4 })
const reporting = (who: Client, n: number) =>
  who(reportCase, {
    body: {
      kind: 'event',
      classCode: '0111',
      point: point(n),
      description: `bench ${n}`,
      source: 'inspector',
      at: new Date().toISOString(),
    },
  })

/** Every step of one life, again and again: each call takes the next step of some case. */
function steppingThrough(by: Posts, photoIds: [string, string], standardId: string) {
  const path: [Client, StepName, object][] = [
    [by.seat, 'accept', {}],
    [by.shift, 'file', { standardId }],
    [by.dispatcher, 'dispatch', { unitId: 'dc-dongzhimen' }],
    [by.handler, 'sign', {}],
    [by.handler, 'report_done', { photoIds: [photoIds[0]] }],
    [by.dispatcher, 'send_check', {}],
    [by.inspector, 'fail_check', { photoIds: [photoIds[1]], reason: 'again' }],
    [by.dispatcher, 'dispatch_again', {}],
    [by.handler, 'sign', {}],
    [by.handler, 'report_done', { photoIds: [photoIds[0]] }],
    [by.dispatcher, 'send_check', {}],
    [by.inspector, 'pass_check', { photoIds: [photoIds[1]] }],
    [by.shift, 'close', {}],
  ]
  const ready: { id: string; at: number }[] = []
  return {
    add: (ids: readonly string[]) => ready.push(...ids.map((id) => ({ id, at: 0 }))),
    left: () => ready.length,
    async step() {
      const one = ready.shift()
      const [who, step, extra] = path[one?.at ?? 0] ?? []
      if (!one || !who || !step) throw new Error('no case is left to move')
      await who(takeStep, { params: { id: one.id }, body: { step, at: new Date().toISOString(), ...extra } })
      if (++one.at < path.length) ready.push(one)
    },
  }
}

/** The statement of a step as it was last sent, with its values, as a pgbench script over cases of its own. */
async function bare({ engineUrl, folder }: Demo, db: Db): Promise<number[] | undefined> {
  if (spawnSync('pgbench', ['--version']).status !== 0) return undefined
  const count = 20_000
  await sql`create table public.bench_case (n int primary key, id uuid not null)`.execute(db)
  await sql`insert into public.bench_case select row_number() over (), id from (select id from cases.case_file where origin = 'demo' limit ${count}) d`.execute(
    db,
  )
  const script = join(folder, 'step.sql')
  // Reads the case and the key as a command does, then locks, changes the file, grows the trail, tells and keeps key and reply.
  writeFileSync(
    script,
    `\\set n random(1, ${count})
\\set key random(1, 1000000000000)
select c.*, d.reply from public.bench_case b join cases.case_file c on c.id = b.id left join platform.command d on d.actor = 'bench' and d.key = 'bench-' || :key where b.n = :n;
with held as materialized (select c.id, c.version, c.status, c.last_hash from public.bench_case b join cases.case_file c on c.id = b.id where b.n = :n for update of c),
changed as (update cases.case_file c set stage_since = now(), version = h.version + 1, last_hash = md5(h.last_hash), told = '{}', doubts = '{}', asked = null,
  wake_at = now() + interval '1 day', xid = pg_current_xact_id() from held h where c.id = h.id),
grown as (insert into cases.event (case_id, seq, act, actor_id, from_status, to_status, at, recorded, photo_ids, prev_hash, hash)
  select id, 1000000 + (random() * 1000000000)::int, 'bench', 'bench', status, status, now(), now(), '{}', last_hash, md5(last_hash) from held),
told as (insert into platform.news (topic, about, may, area_code, units, public_topic) select 'case', jsonb_build_object('id', id), null, null, '{}', null from held),
keyed as (insert into platform.command (actor, key, route, digest, reply) select 'bench', 'bench-' || :key, 'r', 'd', jsonb_build_object('id', id) from held)
select id from held;
`,
  )
  const rates: number[] = []
  for (let round = 0; round < 3; round++) {
    const { stdout, stderr } = spawnSync(
      'pgbench',
      ['-c', String(callers), '-j', '2', '-T', '8', '-n', '-M', 'prepared', '-f', script, engineUrl],
      { encoding: 'utf8' },
    )
    const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? 0)
    if (!tps) throw new Error(stderr)
    rates.push(tps)
  }
  return rates
}

/** So many more closed cases, and one in forty of them open, copied from those that are there; long known to whoever follows changes. */
async function fill(db: Db): Promise<number> {
  await sql`set statement_timeout = 0`.execute(db)
  await sql`set session_replication_role = replica`.execute(db)
  const columns = (
    await sql<{
      name: string
    }>`select column_name as name from information_schema.columns where table_schema = 'cases' and table_name = 'case_file'
      and column_name not in ('id', 'no', 'reported_at', 'closed_at', 'wake_at', 'merged_into', 'reopened_from', 'parent_id', 'origin') order by ordinal_position`.execute(
      db,
    )
  ).rows.map((r) => sql.ref(r.name))
  const list = sql.join(columns)
  const there = (await sql<{ n: number }>`select count(*)::int as n from cases.case_file`.execute(db)).rows[0]?.n ?? 0
  // Made anew over all rows: an index that grows row by row takes ten times as long.
  const { rows: indexes } = await sql<{
    name: string
    made: string
  }>`select x.indexname as name, x.indexdef as made from pg_indexes x
    where x.schemaname = 'cases' and x.tablename = 'case_file'
      and not exists (select from pg_constraint k where k.conname = x.indexname and k.conrelid = 'cases.case_file'::regclass)`.execute(
    db,
  )
  for (const { name } of indexes) await sql`drop index cases.${sql.ref(name)}`.execute(db)
  const batch = 250_000
  for (let done = there; done < cases; ) {
    const laid = await sql`insert into cases.case_file (id, no, reported_at, closed_at, origin, ${list})
      select gen_random_uuid(), 'B' || ${done}::int || '-' || row_number() over (), reported_at - random() * interval '900 days',
        case when closed_at is not null then closed_at - random() * interval '900 days' end, 'demo', ${list}
      from (select * from cases.case_file where origin = 'demo' and (closed_at is not null or random() < 0.3) limit ${Math.min(batch, cases - done)}) c
      cross join generate_series(1, 1)`.execute(db)
    done += Number(laid.numAffectedRows)
  }
  for (const { made } of indexes) await sql.raw(made).execute(db)
  // What autovacuum does in a city that grows for years.
  await sql`vacuum analyze cases.case_file`.execute(db)
  return (await sql<{ n: number }>`select count(*)::int as n from cases.case_file`.execute(db)).rows[0]?.n ?? 0
}

const times = 25
async function timed(call: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < times + 3; i++) {
    const began = performance.now()
    await call()
    if (i >= 3) taken.push(performance.now() - began)
  }
  return taken
}

console.log(`bench cases · ${machine()} · ${callers} callers`)
const demo = await startDemo(undefined, { PENTAD_LOG: 'error' })
const { db, close } = openDatabase(demo.engineUrl, { connections: 1 })
try {
  const by = await posts(demo)
  const photo = async (who: Client, shade: number) =>
    (
      await who(addPhoto, undefined, {
        file: await sharp({ create: { width: 64, height: 48, channels: 3, background: { r: shade, g: 80, b: 80 } } })
          .jpeg()
          .toBuffer(),
        fileType: 'image/jpeg',
      })
    ).id
  const photoIds: [string, string] = [await photo(by.inspector, 10), await photo(by.handler, 200)]
  const { standards } = await by.seat(listStandards, { query: { kind: 'event', code: '0111' } })

  await settled(demo)
  const born: string[] = []
  const cpu = () => ({
    load: (process.cpuUsage().user + process.cpuUsage().system) / 1000,
    ...Object.fromEntries(
      Object.entries(demo.pids)
        .filter(([n]) => n !== 'launcher')
        .map(([name, pid]) => [name, cpuMs(pid)]),
    ),
  })
  const other = await witness(demo)
  const intake = await rateOf(cpu, async (n) => {
    const at = performance.now()
    const { id } = await reporting(by.inspector, n)
    other.sent(id, at)
    born.push(id)
  })
  console.log(`reports/s: ${told(intake.rates)}; ${latencies(intake.latenciesMs)}\n  CPU ms each: ${intake.cpuSaid}`)

  console.log(
    `sent to told on another's screen, under that load: ${latencies(other.agesMs)}; ${other.agesMs.length} reports`,
  )
  other.close()
  const lives = steppingThrough(by, photoIds, standards[0]?.id ?? '')
  lives.add(born)
  const steps = await rateOf(cpu, () => lives.step())
  console.log(
    `steps/s: ${told(steps.rates)}; ${latencies(steps.latenciesMs)}; ${lives.left()} cases under way\n  CPU ms each: ${steps.cpuSaid}`,
  )

  const tps = await bare(demo, db)
  if (tps) {
    const middle = (of: readonly number[]) => Number(told(of).split(' ')[0])
    console.log(
      `pgbench, the same reading and writing, ${callers} callers: ${told(tps)} tps; steps to pgbench: ${(middle(steps.rates) / middle(tps)).toFixed(2)}, reports to pgbench: ${(middle(intake.rates) / middle(tps)).toFixed(2)}`,
    )
  } else console.log('pgbench is not installed (Debian: postgresql-15); no ratio')

  const began = performance.now()
  const n = await fill(db)
  console.log(`${n.toLocaleString('en')} cases after ${((performance.now() - began) / 1000).toFixed(0)} s of laying`)
  const page = async (who: Client, name: string, query: object) =>
    console.log(`  ${name.padEnd(34)} ${latencies(await timed(() => who(listCases, { query })))}`)
  await page(by.seat, 'mine, seat', { queue: 'mine' })
  await page(by.dispatcher, 'mine, dispatcher', { queue: 'mine' })
  await page(by.handler, 'mine, handler', { queue: 'mine' })
  await page(by.inspector, 'mine, inspector', { queue: 'mine' })
  await page(by.shift, 'open', { queue: 'open' })
  await page(by.shift, 'closed', { queue: 'closed' })
  await page(by.handler, 'closed, handler', { queue: 'closed' })
  await page(by.shift, 'open, one street', { queue: 'open', street: '110101008' })
  const { cases: some } = await by.shift(listCases, { query: { queue: 'open', most: 50 } })
  let at = 0
  console.log(
    `  ${'a case page'.padEnd(34)} ${latencies(await timed(() => by.shift(readCase, { params: { id: some[at++ % some.length]?.id ?? randomUUID() } })))}`,
  )
  console.log('memory, proportional, MiB:')
  for (const [name, pid] of Object.entries(demo.pids)) console.log(`  ${name.padEnd(10)} ${memoryMiB(pid).toFixed(0)}`)
} finally {
  await close()
  await demo.stop()
  forget(demo.folder)
}
