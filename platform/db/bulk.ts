/** Loading much at once: typed queries and COPY in one transaction. */
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { type Db, sql } from './index.ts'

/** One connection, as both the builder and COPY see it; all or nothing. */
export async function bulkTransaction<T>(
  pool: pg.Pool,
  work: (bulk: { db: Db; client: pg.PoolClient }) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  // The builder asks a pool for connections; this one always hands out the same and never takes it back.
  const release = client.release.bind(client)
  client.release = () => undefined
  const db: Db = new Kysely({
    dialect: new PostgresDialect({ pool: { options: {}, connect: async () => client, end: async () => undefined } }),
  })
  try {
    await client.query('begin')
    await client.query('set local statement_timeout = 0')
    const result = await work({ db, client })
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    release()
  }
}

/** Inserts rows by one statement; `columns` gives each column's SQL type, keys are the columns' names. */
export async function insertRows(
  db: Db,
  table: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly Readonly<Record<string, unknown>>[],
  onConflict = '',
): Promise<void> {
  const names = Object.keys(columns).join(', ')
  const types = Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')
  for (let i = 0; i < rows.length; i += 5000) {
    const part = JSON.stringify(rows.slice(i, i + 5000))
    await sql`insert into ${sql.raw(table)} (${sql.raw(names)})
      select ${sql.raw(names)} from jsonb_to_recordset(${part}::jsonb) as r (${sql.raw(types)}) ${sql.raw(onConflict)}`.execute(
      db,
    )
  }
}
