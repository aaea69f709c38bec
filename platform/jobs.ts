/** Work for later, kept in the database (graphile-worker): a job commits or vanishes with the case that asked for it. */
import { makeWorkerUtils, parseCronItems, type Runner, run, type TaskList } from 'graphile-worker'
import type pg from 'pg'
import type { Blobs } from './blobs.ts'
import { type Db, inTransaction, sql, type Transaction } from './db/index.ts'
import type { Logger } from './log.ts'

export interface Job<T = unknown> {
  /** `module.what`. */
  name: string
  /** May run twice after a crash, so it looks before it leaps. */
  run: (payload: T, tools: JobTools) => Promise<void>
  /** Five fields, UTC. */
  cron?: string
}
export interface JobTools {
  db: Db
  /** For work that needs COPY. */
  pool: pg.Pool
  blobs: Blobs
  log: Logger
  /** The work as one transaction. */
  transaction: <R>(work: (db: Transaction) => Promise<R>) => Promise<R>
}

/** States a job; the payload's type is kept for `later`. */
export const job = <T>(j: Job<T>): Job => j as Job

export interface Later {
  payload?: unknown
  runAt?: Date
  /** A later call with the same key replaces this one while it waits. */
  key?: string
}

/** Puts jobs of one kind down in the transaction at hand, in one round trip. */
export async function laterAll(db: Db, name: string, jobs: readonly Later[]): Promise<void> {
  const rows = jobs.map(({ payload = {}, runAt, key }) => ({
    payload,
    run_at: runAt?.toISOString() ?? null,
    key: key ?? null,
  }))
  await sql`select graphile_worker.add_job(${name}, payload => payload, run_at => run_at, job_key => key, max_attempts => 12)
    from json_to_recordset(${JSON.stringify(rows)}::json) as j (payload json, run_at timestamptz, key text)`.execute(db)
}

/** Puts a job down in the transaction at hand. */
export const later = (db: Db, name: string, job: Later = {}): Promise<void> => laterAll(db, name, [job])

/** Takes jobs back that have not started. */
export async function takeBack(db: Db, keys: readonly string[]): Promise<void> {
  await sql`select graphile_worker.remove_job(key) from unnest(${keys}::text[]) as key`.execute(db)
}

/** Makes the tables of the queue. */
export async function migrateJobs(pool: pg.Pool): Promise<void> {
  const tools = await makeWorkerUtils({ pgPool: pool })
  try {
    await tools.migrate()
  } finally {
    await tools.release()
  }
}

export async function startJobs(
  jobs: readonly Job[],
  { db, pool, blobs, log, concurrency = 4 }: { db: Db; pool: pg.Pool; blobs: Blobs; log: Logger; concurrency?: number },
): Promise<Runner> {
  const taskList: TaskList = {}
  for (const { name, run: work } of jobs) {
    taskList[name] = (payload, helpers) =>
      work(payload, {
        db,
        pool,
        blobs,
        log: log.child({ job: name, jobId: helpers.job.id }),
        transaction: (inside) => inTransaction(db, inside),
      })
  }
  const parsedCronItems = parseCronItems(jobs.flatMap(({ name, cron }) => (cron ? [{ task: name, match: cron }] : [])))
  return run({ pgPool: pool, taskList, parsedCronItems, concurrency, noHandleSignals: true, pollInterval: 1000 })
}
