import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderBlobs } from '@pentad/platform/blobs'
import { openDatabase, sql } from '@pentad/platform/db'
import { startEngine } from '@pentad/platform/db/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backUp } from './backup.ts'
import { segmentsBetween } from './cluster-copy.ts'
import { bringUpToDate } from './database.ts'
import { faultsOf, readManifest } from './manifest.ts'
import { restoreFrom } from './restore.ts'
import { laySmallCity, overheard, report, testFolder } from './testing.ts'

overheard()
const folder = await testFolder()
const data = join(folder, 'data')
const backup = join(folder, 'backup')

beforeAll(async () => {
  const engine = await startEngine({ folder: data, volatile: true })
  const database = openDatabase(engine.url)
  afterAll(async () => {
    await database.close().catch(() => undefined)
    await engine.stop()
  })
  await bringUpToDate(database)
  await laySmallCity(database.db, 3)
  await folderBlobs(join(data, 'blobs')).put(Buffer.from('a photo'))
  // The city works on while it is copied.
  let working = true
  const work = (async () => {
    for (let i = 0; working; i++) await report(database.db, `while copied ${i}`)
  })()
  await backUp(database, { dataFolder: data }, backup)
  working = false
  await work
}, 120_000)

test('a backup taken while the city works is whole', async () => {
  expect(await faultsOf(backup, await readManifest(backup))).toEqual([])
})

test('a city starts on a restored backup with every case and trail up to the end of the copy', async () => {
  const restored = join(folder, 'restored')
  expect(await restoreFrom(backup, restored)).toEqual([])
  expect((await stat(join(restored, 'engine.json'))).mode & 0o777).toBe(0o600)
  const engine = await startEngine({ folder: restored, volatile: true })
  const database = openDatabase(engine.url)
  try {
    const { rows } = await sql<{ first: number; cases: number; broken: number }>`
      select count(*) filter (where description like '积存%')::int as first, count(*)::int as cases,
        count(*) filter (where not exists (select from cases.event e where e.case_id = c.id and e.hash = c.last_hash))::int as broken
      from cases.case_file c`.execute(database.db)
    expect(rows[0]).toMatchObject({ first: 3, broken: 0 })
    await report(database.db, 'after')
  } finally {
    await database.close()
    await engine.stop()
  }
  const blob = (await readManifest(backup)).files.find((f) => f.path.startsWith('blobs/'))
  expect(await readFile(join(restored, blob?.path ?? ''), 'utf8')).toBe('a photo')
}, 60_000)

test('a backup is laid only into an empty folder', async () => {
  const target = join(folder, 'inhabited')
  await mkdir(target)
  await writeFile(join(target, 'something'), '')
  expect(await restoreFrom(backup, target)).toEqual([expect.stringContaining('not empty')])
})

test('a backup is never written into a folder that holds something', async () => {
  await expect(backUp({ pool: openDatabase('postgres://nobody').pool }, { dataFolder: data }, backup)).rejects.toThrow(
    'not empty',
  )
})

test('a changed, a missing and a foreign file in a backup are named, and it is not restored', async () => {
  const control = join(backup, 'pg', 'global', 'pg_control')
  const before = await readFile(control)
  await writeFile(control, Buffer.from(before).fill(0, 0, 1))
  await appendFile(join(backup, 'pg', 'PG_VERSION'), '\n')
  await writeFile(join(backup, 'pg', 'foreign'), '')
  await rm(join(backup, 'engine.json'))
  const faults = await faultsOf(backup, await readManifest(backup))
  expect(faults.toSorted()).toEqual([
    'engine.json: missing',
    'pg/PG_VERSION: 4 bytes instead of 3',
    'pg/foreign: not in the manifest',
    'pg/global/pg_control: its content was changed',
  ])
  expect(await restoreFrom(backup, join(folder, 'never'))).toHaveLength(4)
  await expect(stat(join(folder, 'never'))).rejects.toThrow()
})

test('log segments are counted on from one log to the next', () => {
  expect(segmentsBetween('0000000100000000000000FE', '000000010000000100000001', 16 * 1024 * 1024)).toEqual([
    '0000000100000000000000FE',
    '0000000100000000000000FF',
    '000000010000000100000000',
    '000000010000000100000001',
  ])
})
