/**
 * Said addresses to places and back on the demo city: accuracy and time on the test set, beside what one gets from the bare engine
 * with the same names (LIKE, then word similarity of pg_trgm) in the same run.
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { locatorOf } from '@pentad/geography'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { startEngine } from '@pentad/platform/db/embedded'
import { migrate } from '@pentad/platform/db/migrate'
import { distanceM } from '@pentad/platform/geo'
import { migrateJobs } from '@pentad/platform/jobs'
import { isRefusal } from '@pentad/platform/refusal'
import { parse } from 'csv-parse/sync'
import { loadDemo } from '../apps/cli/load-demo.ts'
import { migrationSources } from '../apps/server/modules.ts'
import { forget, machine } from './harness.ts'

interface TestSentence {
  sentence: string
  form: string
  part: string
  streets: string[]
  at: { lon: number; lat: number; toleranceM: number } | null
}
const file = join(import.meta.dirname, '../modules/geography/geocode/sentences.csv')
const sentences: TestSentence[] = (
  parse(readFileSync(file, 'utf8'), { columns: true }) as Record<string, string>[]
).map((r) => ({
  sentence: r.sentence ?? '',
  form: r.form ?? '',
  part: r.part ?? '',
  streets: (r.street ?? '').split('|'),
  at: r.lon ? { lon: Number(r.lon), lat: Number(r.lat), toleranceM: Number(r.tolerance_m) } : null,
}))

interface Answer {
  street: string
  lon: number
  lat: number
}
interface Measured {
  ms: number[]
  answers: (Answer | undefined)[]
  /** Of our process, load of others apart. */
  cpuMs: number
}

const rounds = 3
const percentile = (ms: readonly number[], p: number): string =>
  (ms.toSorted((a, b) => a - b)[Math.min(ms.length - 1, Math.floor(ms.length * p))] ?? 0).toFixed(3)

async function measure(
  find: (words: string) => Promise<Answer | undefined> | Answer | undefined,
  times = rounds,
): Promise<Measured> {
  const ms: number[] = []
  let answers: Measured['answers'] = []
  let cpu = process.cpuUsage()
  for (let round = 0; round <= times; round++) {
    if (round === 1) cpu = process.cpuUsage()
    answers = []
    for (const { sentence } of sentences) {
      const began = performance.now()
      answers.push(await find(sentence))
      // The first round warms up.
      if (round > 0) ms.push(performance.now() - began)
    }
  }
  const { user, system } = process.cpuUsage(cpu)
  return { ms, answers, cpuMs: (user + system) / 1000 / ms.length }
}

function tell(name: string, { ms, answers, cpuMs }: Measured): void {
  const share = (of: (s: TestSentence) => boolean, good: (s: TestSentence, a: Answer) => boolean): string => {
    const chosen = sentences.flatMap((s, i) => (of(s) ? [{ s, a: answers[i] }] : []))
    const right = chosen.filter(({ s, a }) => a && good(s, a)).length
    return `${((right / chosen.length) * 100).toFixed(1)} % of ${chosen.length}`
  }
  const street = (s: TestSentence, a: Answer) => s.streets.includes(a.street)
  console.log(`${name}:`)
  console.log(
    `  right street: all ${share(() => true, street)}; by hand, held out ${share((s) => s.part === 'held', street)}; by hand, developed on ${share((s) => s.form === 'spoken' && s.part === 'develop', street)}; by forms ${share((s) => s.form !== 'spoken', street)}`,
  )
  console.log(
    `  near enough where the place is exact: ${share(
      (s) => s.at !== null,
      (s, a) => s.at !== null && distanceM([a.lon, a.lat], [s.at.lon, s.at.lat]) <= s.at.toleranceM,
    )}`,
  )
  console.log(`  CPU ms a sentence, mean: ${cpuMs.toFixed(2)}`)
  console.log(
    `  ms a sentence: median ${percentile(ms, 0.5)}, p95 ${percentile(ms, 0.95)}, longest ${percentile(ms, 1)}`,
  )
}

/** All names of the city in one table with a trigram index; the longest that the words hold, else the most alike. */
async function layNames(db: Db): Promise<void> {
  await sql`create extension pg_trgm`.execute(db)
  await sql`create table public.bench_name as
    select name, lon, lat from geography.place
    union all select name_en, lon, lat from geography.place where name_en is not null
    union all select alias, lon, lat from geography.place, unnest(aliases) alias
    union all select case building when '' then road || number else estate || building end, lon, lat from geography.address
    union all select road, (array_agg(lon order by id))[count(*) / 2 + 1], (array_agg(lat order by id))[count(*) / 2 + 1]
      from geography.address group by road
    union all select a.name, (array_agg(c.lon order by c.code))[count(*) / 2 + 1], (array_agg(c.lat order by c.code))[count(*) / 2 + 1]
      from geography.area a join geography.cell c on starts_with(c.code, a.code) where length(a.code) > 6 group by a.name`.execute(
    db,
  )
  await sql`create index on bench_name using gin (name gin_trgm_ops)`.execute(db)
  await sql`analyze bench_name`.execute(db)
}
async function findName(db: Db, words: string): Promise<{ lon: number; lat: number } | undefined> {
  const held = await sql<{
    lon: number
    lat: number
  }>`select lon, lat from bench_name where ${words} like '%' || name || '%'
    order by length(name) desc limit 1`.execute(db)
  if (held.rows[0]) return held.rows[0]
  const alike = await sql<{ lon: number; lat: number }>`select lon, lat from bench_name where name <% ${words}
    order by word_similarity(name, ${words}) desc limit 1`.execute(db)
  return alike.rows[0]
}

console.log(`bench geocode · ${machine()}`)
const folder = mkdtempSync(join(tmpdir(), 'pentad-bench-'))
const engine = await startEngine({ folder, volatile: true })
const { db, pool, close } = openDatabase(engine.url, { connections: 2 })
try {
  await migrate(pool, migrationSources)
  await migrateJobs(pool)
  await loadDemo(pool, { password: 'bench bench bench', now: new Date(), count: 200, onStep: () => undefined })
  const heapBefore = process.memoryUsage().heapUsed
  const locator = await locatorOf(db)
  const began = performance.now()
  locator.locate('东四北大街36号')
  const buildMs = performance.now() - began
  const heapMiB = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20
  console.log(`index of names, plates and crossings: ${buildMs.toFixed(0)} ms, about ${heapMiB.toFixed(0)} MiB`)
  const answer = (point: { lon: number; lat: number } | undefined): Answer | undefined => {
    const place = point && locator.placeOf(point)
    return point && place && !isRefusal(place) ? { lon: point.lon, lat: point.lat, street: place.street } : undefined
  }
  tell('forward', await measure((words) => answer(locator.locate(words)[0])))
  const { rows: points } = await sql<{ lon: number; lat: number }>`select lon, lat from geography.cell`.execute(db)
  const reverseMs = points.map((point) => {
    const place = locator.placeOf(point)
    const from = performance.now()
    if (!isRefusal(place)) locator.wordsFor(point, place)
    return performance.now() - from
  })
  console.log(
    `reverse, the middle of each of ${points.length} cells: median ${percentile(reverseMs, 0.5)} ms, p95 ${percentile(reverseMs, 0.95)} ms`,
  )
  await layNames(db)
  tell('bare engine, LIKE then pg_trgm', await measure(async (words) => answer(await findName(db, words)), 1))
} finally {
  await close()
  await engine.stop()
  forget(folder)
}
