/** The database that a command works on: the embedded engine in the data folder, or the one of DATABASE_URL. */
import { mkdirSync } from 'node:fs'
import { type Database, openDatabase } from '@pentad/platform/db'
import { type Engine, startEngine } from '@pentad/platform/db/embedded'
import { migrate } from '@pentad/platform/db/migrate'
import { migrateJobs } from '@pentad/platform/jobs'
import type { Settings } from '@pentad/platform/settings'
import { migrationSources } from '../server/modules.ts'

export interface WorkingDatabase extends Database {
  url: string
  /** Undefined when the database is not ours. */
  engine: Engine | undefined
  /** Closes the connection, and stops the engine if this command started it. */
  leave: () => Promise<void>
}

export async function workingDatabase(settings: Settings): Promise<WorkingDatabase> {
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o750 })
  const engine = settings.databaseUrl ? undefined : await startEngine({ folder: settings.dataFolder })
  const url = settings.databaseUrl ?? engine?.url ?? ''
  const database = openDatabase(url, { connections: 4, name: 'pentad command' })
  return {
    ...database,
    url,
    engine,
    leave: async () => {
      await database.close()
      if (engine && !engine.adopted) await engine.stop()
    },
  }
}

/** Brings the tables up to date. */
export async function bringUpToDate(
  { pool }: Database,
  onStep: (name: string) => void = () => undefined,
): Promise<number> {
  const { rows } = await pool.query<{ encoding: string; version: number }>(
    `select current_setting('server_encoding') as encoding, current_setting('server_version_num')::int as version`,
  )
  const [server] = rows
  if (server && server.version < 150_000)
    throw new Error(`PostgreSQL 15 or later is needed; this one is ${server.version}`)
  if (server && server.encoding !== 'UTF8') throw new Error(`the database must be UTF8; this one is ${server.encoding}`)
  await migrateJobs(pool)
  return (await migrate(pool, migrationSources, onStep)).length
}
