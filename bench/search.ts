/**
 * Search over 5,000,000 cases of a generated city (words, places and units of the demo's past, spread over three years), by an
 * actor of the whole city, of one street and of one unit. Beside it in the same run: LIKE, and a trigram index (pg_trgm).
 * `--cases N`; `--folder DIR` keeps the city for the next run; `--bare` also measures what stands beside.
 *
 * Half a million cases are made one by one; beyond them each is laid again on other days under other numbers by the engine itself,
 * which is several times as fast. So a rare word is as rare as it is in half a million.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { permissionsOf, type Role } from '@pentad/identity/model'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { type CopyValue, copyInto } from '@pentad/platform/db/copy'
import { startEngine } from '@pentad/platform/db/embedded'
import { migrate } from '@pentad/platform/db/migrate'
import { newId } from '@pentad/platform/id'
import { migrateJobs } from '@pentad/platform/jobs'
import { logger } from '@pentad/platform/log'
import type { Actor } from '@pentad/platform/rights'
import { DAY, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import type pg from 'pg'
import { loadDemo } from '../apps/cli/load-demo.ts'
import { migrationSources } from '../apps/server/modules.ts'
import { type DocColumn, docColumns, docRow, follow, made, search, sources } from '../modules/analysis/index.ts'
import { docOf, numberEnd, numberKey, sliceKeys, type Told } from '../modules/analysis/model/index.ts'
import { forget, machine, memoryMiB } from './harness.ts'

const { values: wanted } = parseArgs({
  options: { cases: { type: 'string' }, folder: { type: 'string' }, bare: { type: 'boolean' } },
})
const count = Number(wanted.cases ?? 5_000_000)
const times = Math.max(1, Math.round(count / 500_000))
const single = Math.ceil(count / times)
const folder = wanted.folder ?? mkdtempSync(join(tmpdir(), 'pentad-search-'))
const kept = existsSync(join(folder, 'pg'))
const years = 3
const now = new Date()
const began = now.getTime() - years * 365 * DAY
const log = logger('bench', 'silent')
const seconds = (from: number): number => (performance.now() - from) / 1000

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

/** Given names that stand in few texts each: rare words. */
const givenNames = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文红梅春雷辉鹏宇浩凯晨曦雨桐梓涵子轩'
const surnames = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜'
const one = (letters: string): string => letters[below(letters.length)] ?? ''

/** A case of the years, from two of the demo's: the class and place of one, the words of another, and details of its own. */
function* pastFrom(base: readonly Told[]): Generator<Told> {
  const serials = new Map<string, number>()
  for (let i = 0; i < single; i++) {
    const at = new Date(began + ((i + random()) / single) * years * 365 * DAY)
    const where = base[below(base.length)]
    const what = base[below(base.length)]
    if (!where || !what) throw new Error('no demo to draw from')
    const day = legalDayOf(at)
    const district = where.areaCode?.slice(0, 6) ?? '110101'
    const key = `${district}-${day.replaceAll('-', '')}`
    const serial = (serials.get(key) ?? 0) + 1
    serials.set(key, serial)
    let note = what.noteZh
    if (random() < 0.3) note += `位于${below(300) + 1}号院${below(30) + 1}号楼。`
    if (random() < 0.02) note += `涉事车辆京${one('ABCEFGHJKLMNPQ')}·${String(below(100_000)).padStart(5, '0')}。`
    if (random() < 0.05) note += `联系人${one(surnames)}${one(givenNames)}${one(givenNames)}。`
    // A word of winters past that nobody has said since.
    if (/-(12|01|02)-/.test(day) && random() < 0.2) note += '积雪未清扫。'
    const [classZh] = what.titleZh.split(' · ')
    const [classEn] = what.titleEn.split(' · ')
    yield {
      ...where,
      id: newId(at.getTime()),
      at,
      number: `${key}-H-${String(serial).padStart(5, '0')}`,
      titleZh: `${classZh} · ${where.titleZh.split(' · ')[1]}`,
      titleEn: `${classEn} · ${where.titleEn.split(' · ')[1]}`,
      noteZh: note,
      noteEn: note,
      tags: what.tags,
    }
  }
}

async function loadCity(db: Db, pool: pg.Pool): Promise<void> {
  let start = performance.now()
  await loadDemo(pool, { password: 'bench bench bench', now, count: 50_000, onStep: () => undefined })
  console.log(`demo city with 50,000 cases: ${seconds(start).toFixed(0)} s`)
  for (const source of sources) {
    start = performance.now()
    const did = await follow({ db, pool, log }, source)
    if (did && did.read > 1000)
      console.log(
        `  laid by the worker, into the standing index: ${source.kind} ${did.read}, ${(did.read / seconds(start)).toFixed(0)} docs/s`,
      )
  }
  start = performance.now()
  await follow({ db, pool, log }, sources.find((s) => s.kind === 'case') ?? failed())
  console.log(`  again, nothing changed: ${(seconds(start) * 1000).toFixed(0)} ms`)
}

async function layPast(db: Db, pool: pg.Pool): Promise<void> {
  const source = sources.find((s) => s.kind === 'case') ?? failed()
  const base = (await sql<Told>`select ${source.columns} from ${source.from}`.execute(db)).rows
  await sql`truncate analysis.doc_timed`.execute(db)
  await sql`drop index if exists analysis.doc_keys`.execute(db)
  let start = performance.now()
  await bulkTransaction(pool, async ({ client, db: tx }) => {
    function* rows(): Generator<CopyValue[]> {
      for (const told of pastFrom(base)) {
        const row = docRow(docOf('case', told, () => ''))
        yield docColumns.map((c) => {
          const value = row[c]
          return Array.isArray(value) && c === 'keys' ? `{${value.join(',')}}` : (value as CopyValue)
        })
      }
    }
    await copyInto(client, 'analysis.doc', docColumns, rows())
    console.log(`${single.toLocaleString('en')} docs made and copied: ${seconds(start).toFixed(0)} s`)
    if (times > 1) await layAgain(tx)
  })
  console.log(
    `${count.toLocaleString('en')} docs laid: ${seconds(start).toFixed(0)} s, ${(count / seconds(start)).toFixed(0)} docs/s`,
  )
  start = performance.now()
  const client = await pool.connect()
  await client.query(
    "set statement_timeout = 0; set maintenance_work_mem = '1GB'; set max_parallel_maintenance_workers = 2",
  )
  await client.query(
    'create index doc_keys on analysis.doc using gin (keys) with (fastupdate = on, gin_pending_list_limit = 262144)',
  )
  console.log(`index made: ${seconds(start).toFixed(0)} s`)
  await client.query('vacuum analyze analysis.doc')
  client.release(true)
  await sql`update analysis.source set made = ${made}, earliest = ${new Date(began)}, latest = ${now} where kind = 'case'`.execute(
    db,
  )
}

/** Every doc on `times - 1` other days, each with the keys of that day and of a number of its own. */
async function layAgain(db: Db): Promise<void> {
  const days = Array.from({ length: years * 365 + 1 }, (_, i) => legalDayOf(new Date(began + i * DAY)))
  const slices = days.map((day) => `{${sliceKeys('case', startOfLegalDay(day)).join(',')}}`)
  const ends = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(numberEnd, '0'))
  await sql`create temporary table day on commit drop as select n::int, day, slices::int[] from unnest(${days}::text[], ${slices}::text[])
    with ordinality as t (day, slices, n)`.execute(db)
  const months = Array.from({ length: 31 }, (_, i) => String(i + 1).padStart(2, '0'))
  await sql`create temporary table serial (day text, n int, keys int[]) on commit drop`.execute(db)
  for (const day of months)
    await sql`insert into serial select ${day}, n::int, array[a, b] from unnest(${ends.map(numberKey)}::int[],
      ${ends.map((end) => numberKey(`${day}h5${end}`))}::int[]) with ordinality as t (a, b, n)`.execute(db)
  await sql`analyze day, serial`.execute(db)
  const expressions: Partial<Record<DocColumn, string>> = {
    id: 'gen_random_uuid()::text',
    at: "c.at + (t.n - f.n) * interval '1 day'",
    number: "left(c.number, 6) || '-' || replace(t.day, '-', '') || '-H-' || (49999 + s.n)::text",
    number_word: "left(c.number, 6) || replace(t.day, '-', '') || 'h' || (49999 + s.n)::text",
    // The keys of its first day and number stay out; the order of keys means nothing.
    keys: 'array(select unnest(c.keys) except (select unnest(f.slices))) || t.slices || s.keys',
  }
  const columns = docColumns.map((name) => expressions[name] ?? `c.${name}`).join(', ')
  await sql`insert into analysis.doc (${sql.raw(docColumns.join(', '))})
    select ${sql.raw(columns)}
    from (select *, row_number() over () as i from analysis.doc_timed where kind = 'case') c
    join day f on f.day = to_char(c.at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')
    cross join generate_series(1, ${times - 1}::int) k
    join day t on t.n = 1 + (f.n + k * ${Math.floor((years * 365) / times)}::int) % ${years * 365}::int
    join serial s on s.day = right(t.day, 2) and s.n = 1 + (c.i * 7 + k * 1103) % 9999`.execute(db)
}
const failed = (): never => {
  throw new Error('no cases')
}

interface Asked {
  name: string
  /** Another question each time, so that nothing is remembered. */
  q: (i: number) => string
}
async function questions(db: Db): Promise<Asked[]> {
  const drawn = (
    await sql<{
      number: string
      note: string
    }>`select number, note_zh as note from analysis.doc_timed tablesample system (0.02) limit 400`.execute(db)
  ).rows
  const numberOf = (i: number): string => drawn[(i * 7) % drawn.length]?.number ?? ''
  const plates = drawn.flatMap(({ note }) => /京.·\d{5}/.exec(note)?.[0] ?? [])
  const pick = (list: readonly string[]) => (i: number) => list[i % list.length] ?? ''
  const name = (i: number): string =>
    `${surnames[i % surnames.length]}${givenNames[(i * 5) % givenNames.length]}${givenNames[(i * 11) % givenNames.length]}`
  return [
    { name: 'common word', q: pick(['垃圾', '占道', '附近', '街道', '路面', '希望尽快处理', '居民', '胡同']) },
    { name: 'class name', q: pick(['占道经营', '积存垃圾渣土', '道路破损', '无照经营游商', '施工扰民', '暴露垃圾']) },
    { name: 'rare word', q: name },
    { name: 'word of last winter', q: pick(['积雪', '积雪未清扫']) },
    { name: 'two words', q: pick(['东直门 垃圾', '北新桥 占道', '雍和宫 附近', '井盖 希望', '东四 路面']) },
    { name: 'word and rare word', q: (i) => `垃圾 ${name(i)}` },
    { name: 'full number', q: numberOf },
    { name: 'last five digits', q: (i) => numberOf(i).slice(-5) },
    { name: 'pinyin initials', q: pick(['dzm', 'zdjy', 'bxq', 'yhg', 'ds', 'jg']) },
    { name: 'plate', q: (i) => plates[i % plates.length] ?? '京A·12345' },
    { name: 'plate of nobody', q: (i) => `京A${String(10_007 * (i + 1)).slice(0, 5)}Z` },
    { name: 'no hit', q: pick(['龘龖', '恐龙化石', '量子纠缠', '蓬莱仙岛']) },
    { name: 'one letter', q: pick(['王', '东', '井', '道']) },
    { name: 'while typing', q: pick(['东', '东直', '东直门', '东直门内', '东直门内大', '东直门内大街']) },
  ]
}

const leader: Role = 'leader'
const actorOf = (name: string, areas: string[], units: string[]): { name: string; actor: Actor } => ({
  name,
  actor: { id: newId(), name, grants: [{ role: leader, unitId: 'x', areas, units, may: permissionsOf[leader] }] },
})

const at = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0
const told = (times: readonly number[]): string => {
  const sorted = [...times].sort((a, b) => a - b)
  return `${at(sorted, 0.5).toFixed(1).padStart(7)} ${at(sorted, 0.95).toFixed(1).padStart(7)}`
}

async function measure(db: Db): Promise<void> {
  const { rows: busy } = await sql<{ street: string; unit: string }>`
    select (select left(area_code, 9) from analysis.doc_timed tablesample system (0.1) group by 1 order by count(*) desc limit 1) as street,
      (select unit_ids[1] from analysis.doc_timed tablesample system (0.1) where unit_ids <> '{}' group by 1 order by count(*) limit 1) as unit`.execute(
    db,
  )
  const actors = [
    actorOf('whole city', [''], []),
    actorOf('one street', [busy[0]?.street ?? ''], []),
    actorOf('one unit', [], [busy[0]?.unit ?? '']),
  ]
  console.log(`\nms a search, everything in it (p50 p95), groups of 5:`)
  console.log(`${''.padEnd(22)}${actors.map((a) => a.name.padStart(18)).join('')}   hits for the city`)
  const all: number[] = []
  for (const { name, q } of await questions(db)) {
    const columns: string[] = []
    let hits = 0
    for (const { actor } of actors) {
      const times: number[] = []
      for (let i = 0; i < 40; i++) {
        const start = performance.now()
        const answer = await search(db, actor, {
          q: q(i),
          kinds: null,
          from: null,
          until: null,
          cursor: null,
          most: 5,
          now,
        })
        const ms = performance.now() - start
        // The first two warm what a running city has warm.
        if (i >= 2) times.push(ms)
        if (actor === actors[0]?.actor) hits += answer.groups.find((g) => g.kind === 'case')?.hits.length ?? 0
      }
      all.push(...times)
      columns.push(told(times).padStart(18))
    }
    console.log(`${name.padEnd(22)}${columns.join('')}   ${(hits / 40).toFixed(1)}`)
  }
  console.log(`${'all'.padEnd(22)}${told(all).padStart(18)}   worst ${Math.max(...all).toFixed(0)} ms`)
}

async function measureBare(db: Db, pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  const time = async (statement: string, values: unknown[]): Promise<number> => {
    const start = performance.now()
    await client.query(statement, values)
    return performance.now() - start
  }
  await client.query("set statement_timeout = 0; set maintenance_work_mem = '1GB'")
  if (!(await client.query("select to_regclass('public.bare') as bare")).rows[0].bare) {
    await client.query('create extension if not exists pg_trgm')
    await client.query(
      `create table bare as select id, at, area_code, number || ' ' || title_zh || ' ' || note_zh as words from analysis.doc_timed`,
    )
    const start = performance.now()
    await client.query('create index bare_trgm on bare using gin (words gin_trgm_ops)')
    console.log(
      `\npg_trgm index made: ${seconds(start).toFixed(0)} s, ${(await client.query("select pg_size_pretty(pg_relation_size('bare_trgm')) as s")).rows[0].s}`,
    )
    await client.query('vacuum analyze bare')
  }
  console.log('\nbeside it, cases only, whole city, newest five (p50 p95):')
  const statement = 'select id from bare where words like $1 order by at desc limit 5'
  for (const { name, q } of await questions(db)) {
    if (name === 'pinyin initials' || name === 'one letter') continue
    const columns: string[] = []
    for (const [way, set, runs] of [
      ['LIKE', 'set enable_bitmapscan = off', 3],
      ['pg_trgm', 'set enable_bitmapscan = on', 8],
    ] as const) {
      await client.query(set)
      const times: number[] = []
      for (let i = 0; i < runs; i++) times.push(await time(statement, [`%${q(i).replace(' ', '%')}%`]))
      columns.push(`${way} ${told(times)}`)
    }
    console.log(`${name.padEnd(22)}${columns.join('   ')}`)
  }
  client.release(true)
}

console.log(`bench search · ${count.toLocaleString('en')} cases · ${machine()}`)
const engine = await startEngine({ folder })
const { db, pool, close } = openDatabase(engine.url, { connections: 8, name: 'bench' })
try {
  if (!kept) {
    await migrateJobs(pool)
    await migrate(pool, migrationSources)
    await loadCity(db, pool)
  }
  const { rows: laid } = await sql<{
    keys: string | null
    made: number
  }>`select to_regclass('analysis.doc_keys')::text as keys, (select made from analysis.source where kind = 'case') as made`.execute(
    db,
  )
  // With other keys than these questions ask for, all is laid again.
  if (!kept || laid[0]?.keys == null || laid[0]?.made !== made) await layPast(db, pool)
  const { rows } = await sql<{ docs: string; keys: string; total: string }>`
    select pg_size_pretty(pg_relation_size('analysis.doc_timed')) as docs, pg_size_pretty(pg_total_relation_size('analysis.doc_timed')) as total,
      (select pg_size_pretty(pg_relation_size(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
        where i.indrelid = 'analysis.doc_timed'::regclass and m.amname = 'gin') as keys`.execute(db)
  console.log(`disk: docs ${rows[0]?.docs}, index of keys ${rows[0]?.keys}, in all ${rows[0]?.total}`)
  await measure(db)
  console.log(
    `memory of the engine: ${memoryMiB(engine.pid).toFixed(0)} MiB; of this process ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  )
  if (wanted.bare) await measureBare(db, pool)
} finally {
  await close()
  await engine.stop()
  if (!wanted.folder) forget(folder)
}
