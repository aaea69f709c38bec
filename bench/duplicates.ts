/**
 * Suggestions of duplicates. First how right they are, on the demo's past pressed into 30 days, open for four on average, with second reports
 * made by rule (labelled by the rule that made them, so they say how the parts work together, not how a city's callers speak). Then how
 * fast, over HTTP, at 1,000,000 open cases in the same streets; beside it the bare engine: the twenty nearest.
 * `--cases N`; `--folder DIR` keeps the city for the next run; `--right` asks only how right they are.
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { suggestDuplicates } from '@pentad/cases'
import { duplicatesWhileTyping } from '@pentad/cases/contract'
import { permissionsOf, type Role } from '@pentad/identity/model'
import { folderBlobs } from '@pentad/platform/blobs'
import { client } from '@pentad/platform/client'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { startEngine } from '@pentad/platform/db/embedded'
import { migrate } from '@pentad/platform/db/migrate'
import { distanceM, toDegrees, toMetres } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { migrateJobs } from '@pentad/platform/jobs'
import { logger } from '@pentad/platform/log'
import type { Actor } from '@pentad/platform/rights'
import { buildServer } from '@pentad/platform/serve'
import { settingsFrom } from '@pentad/platform/settings'
import { HOUR } from '@pentad/platform/time'
import type { Kind } from '@pentad/rulebook/model'
import { parse } from 'csv-parse/sync'
import type pg from 'pg'
import { loadDemo } from '../apps/cli/load-demo.ts'
import { migrationSources, modules } from '../apps/server/modules.ts'
import { sessionCookie } from '../platform/serve/server.ts'
import { forget, machine } from './harness.ts'

const { values: wanted } = parseArgs({
  options: { cases: { type: 'string' }, folder: { type: 'string' }, right: { type: 'boolean' } },
})
const count = Number(wanted.cases ?? 1_000_000)
const folder = wanted.folder ?? mkdtempSync(join(tmpdir(), 'pentad-duplicates-'))
const kept = existsSync(join(folder, 'pg'))
const labelledCases = 50_000
const daysKept = 30
const daysToClose = 4
const now = new Date()
const seconds = (from: number): string => ((performance.now() - from) / 1000).toFixed(0)

/** Numbers that look random and are the same every time (mulberry32). */
function randomFrom(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
const random = randomFrom(20_260_521)
const below = (n: number): number => Math.floor(random() * n)
const pick = <T>(list: readonly T[]): T => list[below(list.length)] ?? failed()
const failed = (): never => {
  throw new Error('nothing to draw from')
}
const bell = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const someHash = (): string => Array.from({ length: 16 }, () => '0123456789abcdef'[below(16)]).join('')
/** The same picture sent again: a few bits turn over. */
function nearlyHash(hash: string): string {
  let value = BigInt(`0x${hash}`)
  for (let i = below(7); i > 0; i--) value ^= 1n << BigInt(below(64))
  return value.toString(16).padStart(16, '0')
}

const role: Role = 'acceptor'
const actorOf = (name: string, areas: string[]): { name: string; actor: Actor } => ({
  name,
  actor: { id: newId(), name, grants: [{ role, unitId: 'x', areas, units: [], may: permissionsOf[role] }] },
})
const city = actorOf('whole city', [''])

interface Open {
  id: string
  scheme: string
  schemeVersion: string
  kind: Kind
  classCode: string
  lon: number
  lat: number
  cell: string
  at: Date
  text: string
  hash: string | null
}
const openCases = async (db: Db, where = sql`true`, most = 1_000_000): Promise<Open[]> =>
  (
    await sql<Open>`select c.id, c.scheme, c.scheme_version as "schemeVersion", c.kind, c.class_code as "classCode", c.lon, c.lat,
        c.area_code as cell, c.reported_at as at, c.description as text, e.dhash as hash
      from cases.case_file c left join evidence.photo e on e.id = c.photo_id where ${where} order by c.reported_at, c.id limit ${most}`.execute(
      db,
    )
  ).rows

/** The demo's cases as those of the last 30 days, each open for some days, a third of them with a picture. */
async function layOpenCity(db: Db, pool: pg.Pool): Promise<void> {
  const start = performance.now()
  await loadDemo(pool, { password: 'bench bench bench', now, count: labelledCases, onStep: () => undefined })
  await sql`update cases.case_file c set status = case when p.ended > ${now} then 'pending_file' else 'closed' end,
      closed_at = case when p.ended > ${now} then null else p.ended end, reported_at = p.at
    from (select id, at, at - ln(1 - (abs(hashtext(id::text)) % 10000) / 10000.0) * make_interval(days => ${daysToClose}) as ended
      from (select id, ${now}::timestamptz - (1 - percent_rank() over (order by reported_at, id)) * make_interval(days => ${daysKept}) as at
        from cases.case_file) a) p where p.id = c.id`.execute(db)
  await givePictures(db, sql`true`)
  await sql`vacuum analyze cases.case_file`.execute(db)
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from cases.case_file where status <> 'closed'`.execute(db)
  console.log(
    `demo city, ${labelledCases.toLocaleString('en')} cases of ${daysKept} days, ${rows[0]?.n} of them open: ${seconds(start)} s`,
  )
}

async function givePictures(db: Db, where: ReturnType<typeof sql>): Promise<void> {
  await sql`with shown as (
      select c.id as case_id, gen_random_uuid() as photo_id, c.reported_at from cases.case_file c
      where c.photo_id is null and abs(hashtext(c.id::text)) % 3 = 0 and ${where}),
    photo as (insert into evidence.photo (id, sha256, media_type, bytes, width_px, height_px, dhash, uploaded_by, uploaded_at)
      select photo_id, encode(sha256(photo_id::text::bytea), 'hex'), 'image/jpeg', 1, 1, 1,
        left(encode(sha256(photo_id::text::bytea), 'hex'), 16), 'bench', reported_at from shown),
    held as (insert into cases.photo (case_id, photo_id, act, at) select case_id, photo_id, 'report', reported_at from shown)
    update cases.case_file c set photo_id = s.photo_id from shown s where s.case_id = c.id`.execute(db)
}

interface Trial {
  of: Open
  /** The open case that it is; null for a matter of its own. */
  same: string | null
}

const notes = new Map(
  (
    parse(readFileSync(join(import.meta.dirname, '../packs/beijing-demo/history/class-notes.csv'), 'utf8'), {
      columns: true,
    }) as Record<string, string>[]
  ).map((r) => [`${r.kind}:${r.code}`, (r.phrases_zh ?? '').split('|').filter(Boolean)]),
)
const openings = ['', '', '来电反映，', '市民来电称', '巡查发现', '网上有人反映']
const pleas = ['', '', '，希望尽快处理', '，已经两天了', '，请派人看看']
const besides = ['附近', '旁边', '门前', '对面', '东侧', '西侧', '中段', '路口']

/** The same matter at the same place in other words: another phrase of its class, another opening, another "beside". */
function inOtherWords({ kind, classCode, text }: Open): string {
  if (random() < 0.2) return ''
  const phrases = notes.get(`${kind}:${classCode}`) ?? []
  const said = phrases.find((p) => text.includes(p))
  const where = said ? text.slice(0, text.indexOf(said)) : text.slice(0, text.length >> 1)
  const what = said ? (random() < 0.3 ? said : pick(phrases)) : text.slice(text.length >> 1)
  const place = where.replace(/^[^，：]{2,6}[，：]|^来电反映，|^市民来电称|^巡查发现|^网上有人反映/, '')
  const beside = besides.find((b) => place.endsWith(b))
  const again = beside && random() < 0.6 ? place.slice(0, -beside.length) + pick(besides) : place
  return `${pick(openings)}${again}${what.replace(/。$/, '')}${pick(pleas)}。`
}

/** Second reports of the last hours, and matters of their own held back from the open ones. */
async function trialsFrom(db: Db, each: number): Promise<Trial[]> {
  const recent = new Date(now.getTime() - 12 * HOUR)
  await sql`update cases.case_file set status = 'pending_file' where status = 'rejected'`.execute(db)
  const last = await openCases(db, sql`c.reported_at > ${recent} and c.status = 'pending_file'`)
  const own = last.filter(() => random() < each / last.length)
  await sql`update cases.case_file set status = 'rejected' where id = any(${own.map((c) => c.id)}::uuid[])`.execute(db)
  const open = await openCases(db, sql`c.status = 'pending_file'`)
  const classes = [...new Set(open.map((c) => `${c.kind}:${c.classCode}`))]
  const second = Array.from({ length: each }, (): Trial => {
    const at = new Date(now.getTime() - random() * 6 * HOUR)
    const earlier = at.getTime() + Math.log(1 - random()) * 18 * HOUR
    const found = open.findIndex((c) => c.at.getTime() >= earlier)
    const first = open[found < 0 ? open.length - 1 : Math.max(0, found - 1)] ?? failed()
    const offM = random() < 0.6 ? 10 : random() < 0.75 ? 30 : 100
    const { xM, yM } = toMetres([first.lon, first.lat])
    const [lon, lat] = toDegrees(xM + bell() * offM, yM + bell() * offM)
    const chance = random()
    const siblings = classes.filter((c) => c.startsWith(`${first.kind}:${first.classCode.slice(0, 2)}`))
    const cls = chance < 0.88 ? `${first.kind}:${first.classCode}` : chance < 0.97 ? pick(siblings) : pick(classes)
    const [kind, classCode] = cls.split(':') as [Kind, string]
    const hash = first.hash && random() < 0.3 ? nearlyHash(first.hash) : random() < 0.4 ? someHash() : null
    return { of: { ...first, kind, classCode, lon, lat, at, text: inOtherWords(first), hash }, same: first.id }
  })
  return [...second, ...own.map((of) => ({ of, same: null }))]
}

interface Answer {
  id: string
  strong: boolean
}
type Way = (trial: Trial) => Promise<Answer[]>

/** The habit of the trade: same class, 50 m, 24 hours, the nearest first. */
const byHabit =
  (db: Db): Way =>
  async ({ of: { kind, classCode, lon, lat, at } }) => {
    const { xM, yM } = toMetres([lon, lat])
    const { rows } = await sql<{ id: string }>`select c.id from cases.case_file c
      where c.xy <@ circle(point(${xM}, ${yM}), 50) and c.kind = ${kind} and c.class_code = ${classCode} and c.status not in ('closed', 'rejected')
        and c.reported_at between ${new Date(at.getTime() - 24 * HOUR)} and ${new Date(at.getTime() + 24 * HOUR)}
      order by c.xy <-> point(${xM}, ${yM}) limit 5`.execute(db)
    return rows.map(({ id }) => ({ id, strong: true }))
  }
const byScore =
  (db: Db): Way =>
  async ({ of }) => {
    const photos = of.hash ? [of.hash] : []
    const statement = { ...of, point: of, photos, cell: of.cell }
    const found = await suggestDuplicates(db, city.actor, statement)
    return found.map((f) => ({ id: f.caseId, strong: f.band === 'same' }))
  }

async function howRight(name: string, trials: readonly Trial[], way: Way): Promise<void> {
  const second = trials.filter((t) => t.same).length
  const tally = { shown: 0, first: 0, strong: 0, strongRight: 0, shownAll: 0, quiet: 0, falseStrong: 0 }
  for (const trial of trials) {
    const answers = await way(trial)
    const strong = answers.filter((a) => a.strong)
    tally.shownAll += answers.length
    tally.strong += strong.length
    if (trial.same) {
      if (answers.some((a) => a.id === trial.same)) tally.shown++
      if (answers[0]?.id === trial.same) tally.first++
      if (strong.some((a) => a.id === trial.same)) tally.strongRight++
    } else {
      if (answers.length === 0) tally.quiet++
      if (strong.length) tally.falseStrong++
    }
  }
  const own = trials.length - second
  const percent = (n: number, of: number) => `${((100 * n) / of).toFixed(1)} %`
  console.log(`${name}: of ${second} second reports the case is shown for ${percent(tally.shown, second)}, first for ${percent(tally.first, second)},
  as "same" for ${percent(tally.strongRight, second)}; of all "same" ${percent(tally.strongRight, tally.strong)} are; of ${own} matters of their own
  ${percent(tally.falseStrong, own)} are told "same", ${percent(tally.quiet, own)} are told nothing; ${(tally.shownAll / trials.length).toFixed(1)} shown on average`)
}

/** So many open cases: the class and words of one, the place and time of another, each some metres aside. */
async function fill(db: Db, pool: pg.Pool): Promise<void> {
  const start = performance.now()
  const connection = await pool.connect()
  await connection.query('set statement_timeout = 0')
  for (let from = 0; from < count; from += 100_000) {
    const upTo = Math.min(from + 100_000, count)
    await connection.query(
      `with base as materialized (select c.*, (row_number() over (order by id) - 1)::int as n from cases.case_file c where c.no not like 'D-%')
       insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code, place_zh, place_en,
         description, reported_at, created_by, stage_since, origin)
       select gen_random_uuid(), 'D-' || i, 'pending_file', w.source, w.scheme, w.scheme_version, w.kind, w.class_code, p.lon, p.lat,
         point(p.xy[0] + (hashtext('x' || i) % 60), p.xy[1] + (hashtext('y' || i) % 60)), p.area_code, p.place_zh, p.place_en,
         w.description, p.reported_at, w.created_by, p.stage_since, 'demo'
       from generate_series($1::int, $2::int - 1) i
       join base w on w.n = ((i::bigint * 7919) % $3)::int join base p on p.n = ((i::bigint * 104729 + i / 50000 * 31) % $3)::int`,
      [from, upTo, labelledCases],
    )
  }
  connection.release(true)
  console.log(
    `${count.toLocaleString('en')} open cases: ${seconds(start)} s, ${(count / Number(seconds(start))).toFixed(0)} rows/s with every index`,
  )
  await givePictures(db, sql`c.no like 'D-%' and c.id::text < '8'`)
  const vacuum = await pool.connect()
  await vacuum.query('set statement_timeout = 0')
  await vacuum.query('vacuum analyze cases.case_file')
  await vacuum.query('vacuum analyze cases.photo')
  await vacuum.query('vacuum analyze evidence.photo')
  vacuum.release(true)
}

const at = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0
function told(name: string, times: readonly number[], more = ''): void {
  const sorted = [...times].sort((a, b) => a - b)
  const ms = (p: number) => at(sorted, p).toFixed(1).padStart(7)
  console.log(`${name.padEnd(44)}p50 ${ms(0.5)}   p95 ${ms(0.95)}   worst ${ms(1)} ms   ${more}`)
}

async function howFast(db: Db): Promise<void> {
  const asked = await openCases(db, sql`abs(hashtext(c.id::text)) % ${Math.ceil(count / 400)} = 0`, 400)
  const street = asked[0]?.cell.slice(0, 9) ?? ''
  const actors = [city, actorOf('one street', [street])]
  const sessions = new Map(actors.map(({ actor }) => [newId(), actor]))
  const server = await buildServer({
    modules,
    db,
    blobs: folderBlobs(join(folder, 'blobs')),
    settings: settingsFrom({ PENTAD_LOG: 'silent', PENTAD_RATE_FACTOR: '1000000' }),
    log: logger('bench', 'silent'),
    authenticate: async (_, token) => sessions.get(token),
  })
  const base = await server.listen({ host: '127.0.0.1', port: 0 })
  console.log(`\nwhile typing, over HTTP, one caller, ${asked.length} reports:`)
  for (const [token, { name }] of [...sessions]) {
    const call = client(base, { headers: { cookie: `${sessionCookie}=${token}` } })
    const times: number[] = []
    let shown = 0
    for (const [i, c] of asked.entries()) {
      const { xM, yM } = toMetres([c.lon, c.lat])
      const [lon, lat] = toDegrees(xM + bell() * 15, yM + bell() * 15)
      const body = { kind: c.kind, classCode: c.classCode, point: { lon, lat }, text: c.text, at: now.toISOString() }
      const start = performance.now()
      // A point aside may fall out of the city; such a one is refused and not counted.
      const answer = await call(duplicatesWhileTyping, { body }).catch(() => undefined)
      const ms = performance.now() - start
      if (answer && i >= 20) times.push(ms)
      shown += answer?.candidates.length ?? 0
    }
    told(name, times, `${(shown / asked.length).toFixed(1)} shown`)
  }
  await server.close()
  const hashed = asked.filter((c) => c.hash)
  const withPicture: number[] = []
  for (const c of hashed) {
    const start = performance.now()
    await suggestDuplicates(db, city.actor, {
      ...c,
      point: c,
      photos: [nearlyHash(c.hash ?? '')],
      at: now,
      caseId: c.id,
    })
    withPicture.push(performance.now() - start)
  }
  told('a case with a picture, by function', withPicture)
  for (const [name, filter] of [
    ['bare SQL: the 20 nearest', sql`true`],
    ['bare SQL: the 20 nearest open of the class', sql``],
  ] as const) {
    const times: number[] = []
    for (const [i, c] of asked.entries()) {
      const { xM, yM } = toMetres([c.lon, c.lat])
      const where = name.endsWith('class')
        ? sql`c.status not in ('closed', 'rejected') and c.class_code = ${c.classCode}`
        : filter
      const start = performance.now()
      await sql`select c.id from cases.case_file c where ${where} order by c.xy <-> point(${xM}, ${yM}) limit 20`.execute(
        db,
      )
      if (i >= 20) times.push(performance.now() - start)
    }
    told(name, times)
  }
  const { rows } = await sql<{
    size: string
    table: string
  }>`select pg_size_pretty(pg_relation_size('cases.case_open_class_square')) as size,
    pg_size_pretty(pg_relation_size('cases.case_file')) as table`.execute(db)
  console.log(`index of squares ${rows[0]?.size}, table ${rows[0]?.table}`)
  // Places are as in a real inner city, cases are not: how thick they lie says how hard the question was.
  const c = asked[7] ?? failed()
  const { xM, yM } = toMetres([c.lon, c.lat])
  const thick = await sql<{
    n: number
  }>`select count(*)::int as n from cases.case_file c where c.xy <@ circle(point(${xM}, ${yM}), 100)`.execute(db)
  console.log(
    `open cases within 100 m of one of them: ${thick.rows[0]?.n}; ${distanceM([116.3, 39.9], [116.45, 39.9]).toFixed(0)} m from west to east`,
  )
}

console.log(`bench duplicates · ${count.toLocaleString('en')} open cases · ${machine()}`)
const engine = await startEngine({ folder })
const { db, pool, close } = openDatabase(engine.url, { connections: 8, name: 'bench' })
try {
  if (!kept) {
    await migrateJobs(pool)
    await migrate(pool, migrationSources)
    await layOpenCity(db, pool)
  }
  if (!kept || wanted.right) {
    const { rows } = await sql`select 1 from cases.case_file where no like 'D-%' limit 1`.execute(db)
    if (rows.length) throw new Error('this city is filled already: --right wants one of its own')
    const trials = await trialsFrom(db, 400)
    await howRight('habit (same class, 50 m, 24 h)', trials, byHabit(db))
    await howRight('ours', trials, byScore(db))
  }
  if (!wanted.right) {
    const laid = await sql<{
      n: number
    }>`select count(*)::int as n from cases.case_file where status = 'pending_file'`.execute(db)
    if ((laid.rows[0]?.n ?? 0) < count * 0.9) await fill(db, pool)
    await howFast(db)
  }
} finally {
  await close()
  await engine.stop()
  if (!wanted.folder) forget(folder)
}
