/**
 * A census of 1,000,000 components as CSV: checked, then laid into an empty city, then the same again with 1 % changed; with
 * memory. Beside it: a bare COPY of the same rows into a table of the same shape, in the same run.
 */
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { loadPack } from '@pentad/beijing-demo'
import { beginEdition, checkCensus, endEdition, layCensus, loadCity, locatorOf } from '@pentad/geography'
import { openDatabase, sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { startEngine } from '@pentad/platform/db/embedded'
import { migrate } from '@pentad/platform/db/migrate'
import { toDegrees } from '@pentad/platform/geo'
import { migrateJobs } from '@pentad/platform/jobs'
import type { PackSource } from '@pentad/platform/pack'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { migrationSources } from '../apps/server/modules.ts'
import { machine } from './harness.ts'

/** The demo's areas and cells, without its past. */
async function layCity(): Promise<void> {
  const { manifest, areas, cells } = loadPack()
  const ringOf = (xM: number, yM: number) =>
    [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
      [0, 0],
    ].map(([dx = 0, dy = 0]) => toDegrees(xM + dx, yM + dy))
  await loadCity(db, {
    city: { ...manifest, bounds: [...manifest.bbox] as [number, number, number, number] },
    areas: areas.map((a) => ({ ...a, geometry: null })),
    cells: cells.map((c) => ({ ...c, ring: ringOf(c.xM, c.yM) })),
    features: [],
  })
}

const count = Number(process.argv[2] ?? 1_000_000)
const classes = ['0101', '0103', '0137', '0204', '0217', '0305', '0402', '0407'] as const

interface CellAt {
  code: string
  lon: number
  lat: number
}

/** Components spread over all cells, `changed` of them with another maintainer; the same every time. */
async function writeCensus(path: string, cells: readonly CellAt[], changedEvery: number): Promise<void> {
  const file = await open(path, 'w')
  let chunk = 'id,name,lon,lat,state,competent,owner,maintainer,accuracy,source,initial_on,changed_on,note\n'
  const serials = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const cell = cells[i % cells.length]
    const classCode = classes[Math.floor(i / cells.length) % classes.length]
    if (!cell || !classCode) throw new Error('no cells')
    const prefix = cell.code.slice(0, 6) + classCode
    const serial = (serials.get(prefix) ?? 0) + 1
    serials.set(prefix, serial)
    const spread = (n: number) => (((i * n) % 97) / 97 - 0.5) * 0.0009
    const maintainer = changedEvery && i % changedEvery === 0 ? 'other|另一养护单位' : 'unit|演示养护单位'
    chunk += `${prefix}${String(serial).padStart(6, '0')},部件${i},${(cell.lon + spread(31)).toFixed(7)},${(cell.lat + spread(53)).toFixed(7)},完好,mgr|演示主管部门,own|演示权属单位,${maintainer},A,实测,2021-05-01,2024-03-02,\n`
    if (chunk.length > 1_000_000) {
      await file.write(chunk)
      chunk = ''
    }
  }
  await file.write(chunk)
  await file.close()
}

const sourceOf = (path: string): PackSource => ({
  paths: ['components/all.csv'],
  sizeOf: () => statSync(path).size,
  bytes: () => Promise.reject(new Error('streamed only')),
  stream: () => createReadStream(path, { highWaterMark: 1 << 18 }),
})

let peakMiB = 0
const watch = setInterval(() => {
  peakMiB = Math.max(peakMiB, process.memoryUsage().rss / 2 ** 20)
}, 200)
const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const [began, before] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${what}: ${seconds} s, of which ${((user + system) / 1e6).toFixed(1)} s of this process's CPU`)
  return result
}

console.log(`bench census · ${count.toLocaleString('en')} components · ${machine()}`)
const folder = join(tmpdir(), `pentad-census-${process.pid}`)
mkdirSync(folder)
const engine = await startEngine({ folder: join(folder, 'engine') })
const { db, pool, close } = openDatabase(engine.url, { connections: 4, name: 'bench census' })
try {
  await migrateJobs(pool)
  await migrate(pool, migrationSources)
  await layCity()
  const cells = (await sql<CellAt>`select code, lon, lat from geography.api_cell order by code`.execute(db)).rows
  const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')]
  await writeCensus(first, cells, 0)
  await writeCensus(second, cells, 100)
  console.log(`file: ${(statSync(first).size / 2 ** 20).toFixed(0)} MiB`)
  const placing = await locatorOf(db)
  let faults = 0
  const orderOf = (path: string) => ({
    reading: {
      source: sourceOf(path),
      fault: (...said: unknown[]) => {
        if (faults++ < 5) console.log(said)
      },
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
    files: ['components/all.csv'],
    crs: undefined,
    placing,
    within: [''],
  })
  const load = (path: string) =>
    bulkTransaction(pool, async ({ db: tx, client }) => {
      const by = { byPerson: null, now: new Date() }
      const editionId = await beginEdition(tx, { kind: 'census', note: 'bench', ...by })
      const changes = await layCensus({ db: tx, client, order: orderOf(path), covers: 'city' }, { editionId, ...by })
      await endEdition(tx, editionId, { components: changes })
      return changes
    })
  const before = process.memoryUsage().rss / 2 ** 20
  peakMiB = 0
  await timed('check, every row', () => checkCensus(orderOf(first)))
  console.log(await timed('load into an empty table', () => load(first)))
  console.log(await timed('the same again', () => load(first)))
  console.log(await timed('again with 1 % changed', () => load(second)))
  console.log(
    `faults: ${faults}; memory of the loader: ${before.toFixed(0)} MiB before, ${peakMiB.toFixed(0)} MiB at most`,
  )

  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    await client.query('create table public.bare (like geography.component including all)')
    const columns = (
      await sql<{
        list: string
      }>`select string_agg(quote_ident(attname), ', ' order by attnum) as list from pg_attribute
        where attrelid = 'geography.component'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`.execute(
        db,
      )
    ).rows[0]?.list
    const path = join(folder, 'rows.copy')
    await pipeline(client.query(copyTo(`copy geography.component (${columns}) to stdout`)), createWriteStream(path))
    await timed('bare COPY of the same rows into a table with the same indexes', () =>
      pipeline(createReadStream(path), client.query(copyFrom(`copy public.bare (${columns}) from stdin`))),
    )
    await client.query('drop table public.bare')
  } finally {
    client.release()
  }
} finally {
  clearInterval(watch)
  await close()
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
}
