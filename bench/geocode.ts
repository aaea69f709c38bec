/**
 * Said addresses to places and back on the demo city: accuracy and time on the test set, beside what one gets from the bare engine
 * with the same names (LIKE, then word similarity of pg_trgm) in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoCity, type TestSentence, testSentences } from '@pentad/geography/testing'
import { openDatabase, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { startEngine } from '@pentad/platform/db/embedded'
import { distanceM } from '@pentad/platform/geo'
import { machine } from './harness.ts'

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
  sentences: readonly TestSentence[],
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

function tell(name: string, sentences: readonly TestSentence[], { ms, answers, cpuMs }: Measured): void {
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
async function bareEngine(city: ReturnType<typeof demoCity>): Promise<{
  find: (words: string) => Promise<Answer | undefined>
  stop: () => Promise<void>
}> {
  const folder = mkdtempSync(join(tmpdir(), 'pentad-bench-'))
  const engine = await startEngine({ folder, volatile: true })
  const { db, close } = openDatabase(engine.url, { connections: 1 })
  await sql`create extension pg_trgm`.execute(db)
  await sql`create table name (name text, lon float8, lat float8)`.execute(db)
  const plates = city.city.addresses
  const byRoad = Map.groupBy(plates, (a) => a.road)
  const rows = [
    ...plates.map((a) => ({
      name: a.building ? `${a.estate}${a.building}` : a.road + a.number,
      lon: a.lon,
      lat: a.lat,
    })),
    ...[...byRoad].flatMap(([name, list]) => {
      const middle = list[list.length >> 1]
      return middle ? [{ name, lon: middle.lon, lat: middle.lat }] : []
    }),
    ...city.city.places.flatMap((p) =>
      [p.name, p.nameEn ?? p.name, ...p.aliases].map((name) => ({ name, lon: p.lon, lat: p.lat })),
    ),
    ...city.city.areas.flatMap((a) => {
      const inside = city.city.cells.filter((c) => c.code.startsWith(a.code))
      const at = inside[inside.length >> 1]?.at
      return at && a.code.length > 6 ? [{ name: a.name, lon: at[0], lat: at[1] }] : []
    }),
  ]
  await insertRows(db, 'name', { name: 'text', lon: 'float8', lat: 'float8' }, rows)
  await sql`create index on name using gin (name gin_trgm_ops)`.execute(db)
  await sql`analyze name`.execute(db)
  const answer = (row: { lon: number; lat: number } | undefined): Answer | undefined =>
    row && { ...row, street: city.cellOf(row)?.slice(0, 9) ?? '' }
  return {
    find: async (words) => {
      const held = await sql<{
        lon: number
        lat: number
      }>`select lon, lat from name where ${words} like '%' || name || '%'
        order by length(name) desc limit 1`.execute(db)
      if (held.rows[0]) return answer(held.rows[0])
      const alike = await sql<{ lon: number; lat: number }>`select lon, lat from name where name <% ${words}
        order by word_similarity(name, ${words}) desc limit 1`.execute(db)
      return answer(alike.rows[0])
    },
    stop: async () => {
      await close()
      await engine.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

console.log(`bench geocode · ${machine()}`)
globalThis.gc?.()
const before = process.memoryUsage().heapUsed
const city = demoCity()
const sentences = testSentences()
console.log(
  `index of ${city.city.addresses.length} plates, ${city.city.places.length} places, ${city.city.drawn.length} map features: ${city.buildMs.toFixed(0)} ms; heap with the pack read ${((process.memoryUsage().heapUsed - before) / 2 ** 20).toFixed(0)} MiB`,
)
tell(
  'forward',
  sentences,
  await measure(sentences, (words) => {
    const [best] = city.locate(words)
    return best && { street: best.cell.slice(0, 9), lon: best.lon, lat: best.lat }
  }),
)
const reverseMs: number[] = []
for (const { code, at } of city.city.cells) {
  const began = performance.now()
  city.teller.say(at, { street: city.nameOf(code.slice(0, 9)), community: city.nameOf(code.slice(0, 12)) })
  reverseMs.push(performance.now() - began)
}
console.log(
  `reverse, the middle of each of ${reverseMs.length} cells: median ${percentile(reverseMs, 0.5)} ms, p95 ${percentile(reverseMs, 0.95)} ms`,
)
const bare = await bareEngine(city)
try {
  tell('bare engine, LIKE then pg_trgm', sentences, await measure(sentences, bare.find, 1))
} finally {
  await bare.stop()
}
