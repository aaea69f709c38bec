import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { later } from '@pentad/platform/jobs'
import { logger } from '@pentad/platform/log'
import { announce, hearOnce, type News } from '@pentad/platform/news'
import { testDatabase } from '@pentad/platform/testing'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { checkCity } from './check-city.ts'
import { laySmallCity, overheard, testFolder } from './city.test-help.ts'
import { cityTables, full, inOrder } from './city-tables.ts'
import { bringUpToDate, type WorkingDatabase } from './database.ts'
import { exportTo } from './export.ts'
import { importCity } from './import.ts'

overheard()
const home = await testDatabase()
const folder = await testFolder()
const exported = join(folder, 'export')
const log = logger('test', 'silent')
const listening = (heard: string[]) => ({
  name: 'test-listener',
  topics: ['test'],
  hear: async (_: unknown, news: readonly News[]) => void heard.push(...news.map((n) => String(n.about.n))),
})

/** News show once no older transaction runs anywhere on the engine; other tests share it. */
const hears = (db: Db, heard: string[], wanted: string[]) =>
  vi.waitFor(
    async () => {
      await hearOnce(db, listening(heard), log)
      expect(heard).toEqual(wanted)
    },
    { timeout: 30_000, interval: 50 },
  )

/** A database whose owner may do nothing beyond it, as a city's own server gives one. */
async function ownServer(): Promise<WorkingDatabase> {
  const name = `mover_${newId().replaceAll('-', '')}`
  const admin = openDatabase(inject('engineUrl'), { connections: 1 })
  await sql`create role ${sql.ref(name)} login password 'test'`.execute(admin.db)
  await sql`create database ${sql.ref(name)} owner ${sql.ref(name)} encoding 'UTF8' template template0`.execute(
    admin.db,
  )
  const url = Object.assign(new URL(inject('engineUrl')), {
    pathname: `/${name}`,
    username: name,
    password: 'test',
  }).href
  const database = openDatabase(url)
  afterAll(async () => {
    await database.close()
    await sql`drop database ${sql.ref(name)} with (force)`.execute(admin.db)
    await sql`drop role ${sql.ref(name)}`.execute(admin.db)
    await admin.close()
  })
  return { ...database, url, engine: undefined, leave: database.close }
}

const countsOf = async ({ pool }: Pick<WorkingDatabase, 'pool'>) => {
  const client = await pool.connect()
  try {
    const counts: Record<string, number> = {}
    for (const t of await cityTables(client)) {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${full(t)}`)
      counts[full(t)] = rows[0]?.n ?? -1
    }
    return counts
  } finally {
    client.release()
  }
}

beforeAll(async () => {
  await laySmallCity(home.db)
  await later(home.db, 'cases.timer', {
    payload: { caseId: newId(), act: 'urge' },
    runAt: new Date('2030-01-01'),
    key: 'k',
  })
  await sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'gone'`.execute(home.db)
  for (const n of [1, 2]) await announce(home.db, { topic: 'test', about: { n } })
  const heard: string[] = []
  await hears(home.db, heard, ['1', '2'])
  for (const n of [3, 4]) await announce(home.db, { topic: 'test', about: { n } })
  // A day's part that the other server has not.
  await sql`select sensing.ensure_partition('observation', '2026-01-01')`.execute(home.db)
  await sql`insert into sensing.observation (device_id, factor, period, observed_at, received_at)
    values (${newId()}, 'f', 'rtd', '2026-01-01T12:00+08:00', now())`.execute(home.db)
  await exportTo(home, { dataFolder: join(folder, 'data') }, exported)
}, 60_000)

test('a city moves to a server of its own with every row, as an owner without further rights', async () => {
  const server = await ownServer()
  expect(await importCity(server, { dataFolder: join(folder, 'moved') }, exported)).toEqual([])
  expect(await countsOf(server)).toEqual(await countsOf(home))
  expect(await countsOf(server)).toMatchObject({ '"sensing"."observation"': 1 })
  const client = await server.pool.connect()
  const check = await checkCity(client, () => undefined)
  client.release()
  expect(check).toMatchObject({ faults: [], cases: 5 })

  const jobs = await sql`select run_at, locked_by from graphile_worker.jobs where key = 'k'`.execute(server.db)
  expect(jobs.rows).toEqual([{ run_at: new Date('2030-01-01'), locked_by: null }])
  const heard: string[] = []
  await hears(server.db, heard, ['3', '4'])
  // New rows get new numbers, and the trail still refuses to be changed.
  await announce(server.db, { topic: 'test', about: { n: 5 } })
  await hears(server.db, heard, ['3', '4', '5'])
  await expect(sql`update cases.event set reason = ''`.execute(server.db)).rejects.toThrow('append-only')
}, 60_000)

test('a city is never laid over another one', async () => {
  const other = await testDatabase()
  await laySmallCity(other.db, 1)
  const before = await countsOf(other)
  const target = { ...other, engine: undefined, close: async () => undefined, leave: async () => undefined }
  expect(await importCity(target, { dataFolder: join(folder, 'other') }, exported)).toEqual([
    expect.stringContaining('not empty'),
  ])
  expect(await countsOf(other)).toEqual(before)
})

test('an export with a fault is named and leaves nothing behind', async () => {
  const broken = join(folder, 'broken')
  await exportTo(home, { dataFolder: join(folder, 'data') }, broken)
  await rm(join(broken, 'tables', 'cases.event.copy.gz'))
  await writeFile(join(broken, 'tables', 'cases.report.copy.gz'), 'x')
  const target = await testDatabase()
  const before = await countsOf(target)
  const no = await importCity(
    { ...target, engine: undefined, close: async () => undefined, leave: async () => undefined },
    { dataFolder: join(folder, 'none') },
    broken,
  )
  expect(no).toHaveLength(2)
  expect(await countsOf(target)).toEqual(before)
})

test('parents come before children, and a circle is said', () => {
  const t = (name: string) => ({ schema: 's', name })
  const of = (names: string[]) => names.map(t)
  expect(inOrder(of(['a', 'b', 'c']), [{ child: 's.a', parent: 's.c' }]).map((x) => x.name)).toEqual(['b', 'c', 'a'])
  expect(() =>
    inOrder(of(['a', 'b']), [
      { child: 's.a', parent: 's.b' },
      { child: 's.b', parent: 's.a' },
    ]),
  ).toThrow('circle')
})

test('a trail that was changed behind our back, cut short, or lost is found', async () => {
  const city = await testDatabase()
  await bringUpToDate({ ...city, close: async () => undefined })
  await laySmallCity(city.db, 4)
  const ids = (await sql<{ id: string; no: string }>`select id, no from cases.case_file order by no`.execute(city.db))
    .rows
  await sql`alter table cases.event disable trigger user`.execute(city.db)
  await sql`update cases.event set reason = 'nothing' where case_id = ${ids[0]?.id}`.execute(city.db)
  await sql`delete from cases.event where case_id = ${ids[1]?.id}`.execute(city.db)
  await sql`update cases.case_file set version = 2 where id = ${ids[2]?.id}`.execute(city.db)
  await sql`update cases.case_file set reports = 3 where id = ${ids[3]?.id}`.execute(city.db)
  const client = await city.pool.connect()
  const { faults } = await checkCity(client, () => undefined)
  client.release()
  expect(faults).toEqual([
    `case ${ids[0]?.id}: its trail is broken at entry 1`,
    expect.stringContaining(`case ${ids[2]?.no}: its trail has 1 entries, its file says 2`),
    `case ${ids[1]?.no}: it has no trail`,
    `case ${ids[3]?.no}: 1 reports, its file says 3`,
  ])
})
