/** A census that staff bring: kept as it came, checked in the background, loaded when they have seen what it changes. */
import type { Blobs } from '@pentad/platform/blobs'
import { type Db, sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { type Job, type JobTools, job } from '@pentad/platform/jobs'
import type { Changes, Fault, PackSource } from '@pentad/platform/pack'
import { beginEdition, endEdition } from '../editions.ts'
import { locatorOf } from '../locator.ts'
import { type CensusOrder, checkCensus } from './census/check.ts'
import { layCensus, previewCensus } from './census/lay.ts'
import { crsGiven } from './census/rows.ts'
import type { CensusState, Covers } from './model.ts'

export interface CensusUpload {
  id: string
  file: string
  sha256: string
  bytes: number
  covers: Covers
  crs: string | null
  areas: string[]
  byPerson: string
  by: string
  arrived: Date
  state: CensusState
  done: number
  started: Date | null
  ended: Date | null
  rowsRead: number
  faults: Fault[]
  faultCount: number
  changes: Changes | null
  edition: number | null
}
const columns = sql`u.id, u.file, u.sha256, u.bytes, u.covers, u.crs, u.areas, u.by_person as "byPerson", p.name_zh as by, u.arrived, u.state,
  u.done, u.started, u.ended, u.rows_read as "rowsRead", u.faults, u.fault_count as "faultCount", u.changes, e.number as edition
  from geography.census u join identity.api_person p on p.id = u.by_person left join geography.edition e on e.id = u.edition`

export type NewUpload = Pick<
  CensusUpload,
  'id' | 'file' | 'sha256' | 'bytes' | 'covers' | 'crs' | 'areas' | 'byPerson' | 'arrived'
>
export async function addUpload(db: Db, u: NewUpload): Promise<void> {
  await sql`insert into geography.census (id, file, sha256, bytes, covers, crs, areas, by_person, arrived)
    values (${u.id}, ${u.file}, ${u.sha256}, ${u.bytes}, ${u.covers}, ${u.crs}, ${u.areas}, ${u.byPerson}, ${u.arrived})`.execute(
    db,
  )
}
export const uploadById = async (db: Db, id: string, lock = false): Promise<CensusUpload | undefined> =>
  (await sql<CensusUpload>`select ${columns} where u.id = ${id} ${lock ? sql`for update of u` : sql``}`.execute(db))
    .rows[0]

/** The newest, without their faults. */
export const uploadsOf = async (db: Db, areas: readonly string[], byPerson: string): Promise<CensusUpload[]> =>
  (
    await sql<CensusUpload>`select ${columns} where u.by_person::text = ${byPerson}
      or exists (select from unnest(u.areas) a, unnest(${areas}::text[]) mine where starts_with(a, mine)) order by u.arrived desc limit 50`.execute(
      db,
    )
  ).rows

export async function setState(db: Db, id: string, state: CensusState): Promise<void> {
  await sql`update geography.census set state = ${state}, done = 0, started = now(), ended = null where id = ${id}`.execute(
    db,
  )
}

/** Faults beyond these are counted, not kept: nobody reads more before mending the first. */
const faultsKept = 2000

interface Noted {
  faults: Fault[]
  count: number
}

function orderOf(
  upload: CensusUpload,
  placing: NonNullable<CensusOrder['placing']>,
  { blobs, onRow }: { blobs: Blobs; onRow: () => void },
): { order: CensusOrder & { placing: NonNullable<CensusOrder['placing']> }; noted: Noted } {
  const noted: Noted = { faults: [], count: 0 }
  const counted = {
    placeOf: (point: { lon: number; lat: number }) => {
      onRow()
      return placing.placeOf(point)
    },
  }
  const order = {
    reading: {
      source: sourceOf(upload, blobs),
      fault: (file: string, line: number | null, code: string, details: Fault['details'] = {}) => {
        noted.count++
        if (noted.faults.length < faultsKept) noted.faults.push({ file, line, code, details })
      },
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
    files: [upload.file],
    crs: crsGiven(upload.crs),
    placing: counted,
    within: upload.areas,
  }
  return { order, noted }
}

const sourceOf = ({ file, sha256, bytes }: CensusUpload, blobs: Blobs): PackSource => ({
  paths: [file],
  sizeOf: () => bytes,
  bytes: async () => {
    const found = await blobs.read(sha256)
    if (!found) throw new Error(`blob ${sha256} is missing`)
    return found
  },
  stream: () => blobs.stream(sha256),
})

/** Tells the screens how far it is, on a connection of its own, not more often than they ask. */
function telling(db: Db, id: string): { onRow: () => void; settled: () => Promise<void> } {
  let done = 0
  let told = Date.now()
  let telling: Promise<unknown> = Promise.resolve()
  return {
    onRow: () => {
      done++
      if (done % 1000 !== 0 || Date.now() - told < 1000) return
      told = Date.now()
      telling = sql`update geography.census set done = ${done} where id = ${id}`.execute(db).catch(() => undefined)
    },
    settled: async () => void (await telling),
  }
}

async function finish(
  db: Db,
  id: string,
  state: CensusState,
  told: { rows?: number; noted?: Noted; changes?: Changes | null; edition?: string },
) {
  await sql`update geography.census set state = ${state}, ended = now(), done = coalesce(${told.rows ?? null}, done),
    rows_read = coalesce(${told.rows ?? null}, rows_read), faults = coalesce(${told.noted ? JSON.stringify(told.noted.faults) : null}::jsonb, faults),
    fault_count = coalesce(${told.noted?.count ?? null}, fault_count), changes = coalesce(${told.changes ? JSON.stringify(told.changes) : null}::jsonb, changes),
    edition = coalesce(${told.edition ?? null}::uuid, edition) where id = ${id}`.execute(db)
}

/** Looks at every row, and where all are good says what they would change. */
export async function checkUpload(
  { db, pool, blobs }: Pick<JobTools, 'db' | 'pool' | 'blobs'>,
  id: string,
): Promise<void> {
  const upload = await uploadById(db, id)
  if (upload?.state !== 'checking') return
  const tell = telling(db, id)
  const { order, noted } = orderOf(upload, await locatorOf(db), { blobs, onRow: tell.onRow })
  const { rows } = await checkCensus(order)
  await tell.settled()
  if (noted.count > 0) return finish(db, id, 'faulty', { rows, noted, changes: null })
  const changes = await bulkTransaction(pool, ({ db: tx, client }) =>
    previewCensus({ db: tx, client, order, covers: upload.covers }),
  )
  await tell.settled()
  await finish(db, id, 'ready', { rows, noted, changes })
}

/** Checks once more, since the city may have changed, and lays the difference as an edition. */
export async function loadUpload(
  { db, pool, blobs }: Pick<JobTools, 'db' | 'pool' | 'blobs'>,
  id: string,
): Promise<void> {
  const upload = await uploadById(db, id)
  if (upload?.state !== 'loading') return
  const tell = telling(db, id)
  const { order, noted } = orderOf(upload, await locatorOf(db), { blobs, onRow: tell.onRow })
  const { rows } = await checkCensus(order)
  if (noted.count > 0) {
    await tell.settled()
    return finish(db, id, 'faulty', { rows, noted, changes: null })
  }
  await bulkTransaction(pool, async ({ db: tx, client }) => {
    const now = new Date()
    const by = { byPerson: upload.byPerson, now }
    const edition = await beginEdition(tx, { kind: 'census', note: upload.file, ...by })
    const changes = await layCensus({ db: tx, client, order, covers: upload.covers }, { editionId: edition, ...by })
    await endEdition(tx, edition, { components: changes })
    await tell.settled()
    await finish(tx, id, 'loaded', { rows, noted, changes, edition })
  })
}

/** Tries of a job, after which a census says that it failed instead of waiting for ever. */
async function orFailed(tools: JobTools, id: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    tools.log.error({ err: error, census: id }, 'a census could not be read or loaded')
    await finish(tools.db, id, 'failed', {})
  }
}

export const jobs: readonly Job[] = [
  job<{ id: string }>({
    name: 'geography.check-census',
    run: ({ id }, tools) => orFailed(tools, id, () => checkUpload(tools, id)),
  }),
  job<{ id: string }>({
    name: 'geography.load-census',
    run: ({ id }, tools) => orFailed(tools, id, () => loadUpload(tools, id)),
  }),
]
