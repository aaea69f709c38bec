/** Forward-only SQL. A migration that was shipped is never edited; each runs once, in a transaction. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'

export interface MigrationSource {
  /** The module's name, which is also its schema's. */
  module: string
  folder: URL
}

interface Migration {
  module: string
  name: string
  text: string
  hash: string
}

export const platformMigrations: MigrationSource = {
  module: 'platform',
  folder: new URL('../migrations/', import.meta.url),
}

/** All migrations in the order in which they run: by the date and number in their names, then by the order of modules. */
export async function migrationsOf(sources: readonly MigrationSource[]): Promise<Migration[]> {
  const found: (Migration & { order: number })[] = []
  for (const [order, { module, folder }] of sources.entries()) {
    const names = (await readdir(fileURLToPath(folder))).filter((name) => name.endsWith('.sql'))
    for (const name of names) {
      if (!/^\d{4}-\d\d-\d\d-\d+-[a-z0-9-]+\.sql$/.test(name))
        throw new Error(`${module}: migration ${name} is misnamed`)
      const text = await readFile(new URL(name, folder), 'utf8')
      found.push({ module, name, text, order, hash: createHash('sha256').update(text).digest('hex') })
    }
  }
  const rank = (name: string) => name.split('-').slice(0, 3).join('-')
  const number = (name: string) => Number(name.split('-')[3])
  return found.sort(
    (a, b) => rank(a.name).localeCompare(rank(b.name)) || number(a.name) - number(b.name) || a.order - b.order,
  )
}

/** Brings the database up to date and returns the names of what ran. Two processes at once: the second waits. */
export async function migrate(
  pool: pg.Pool,
  sources: readonly MigrationSource[],
  onStep: (name: string) => void = () => undefined,
): Promise<string[]> {
  const migrations = await migrationsOf([platformMigrations, ...sources])
  const client = await pool.connect()
  const ran: string[] = []
  try {
    await client.query(`select pg_advisory_lock(hashtext('pentad migrate'))`)
    await client.query(`create schema if not exists platform;
      create table if not exists platform.migration (
        module text, name text, hash text not null, at timestamptz not null default now(), primary key (module, name))`)
    const done = await client.query<{ id: string; hash: string }>(
      `select module || '/' || name as id, hash from platform.migration`,
    )
    const hashes = new Map(done.rows.map((row) => [row.id, row.hash]))
    for (const { module, name, text, hash } of migrations) {
      const id = `${module}/${name}`
      const known = hashes.get(id)
      if (known === hash) continue
      if (known) throw new Error(`migration ${id} was changed after it ran; write a new one instead`)
      try {
        await client.query('begin')
        await client.query(text)
        await client.query('insert into platform.migration (module, name, hash) values ($1, $2, $3)', [
          module,
          name,
          hash,
        ])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw new Error(`migration ${id} failed: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
      ran.push(id)
      onStep(id)
    }
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('pentad migrate'))`).catch(() => undefined)
    client.release()
  }
  return ran
}
