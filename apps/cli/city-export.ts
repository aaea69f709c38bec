/** All tables of a city at one instant, a compressed file each, as any PostgreSQL from 15 on can read them back. */
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { citySequences, cityTables, full, readingOf, sameText } from './city-tables.ts'
import type { MigrationEntry, SequenceEntry, Store, TableEntry } from './manifest.ts'
import { migrationsIn, serverVersion } from './migrations-in.ts'

interface TablesWritten {
  postgres: string
  migrations: MigrationEntry[]
  tables: TableEntry[]
  sequences: SequenceEntry[]
}

export async function writeTables(
  client: pg.ClientBase,
  store: Store,
  onTable: (name: string, rows: number) => void,
): Promise<TablesWritten> {
  // One snapshot: everything is of the same instant, while the city works on.
  await client.query('begin isolation level repeatable read read only')
  await client.query(sameText)
  try {
    const tables: TableEntry[] = []
    let all = 0
    for (const table of await cityTables(client)) {
      const { schema, name } = table
      const { columns, query } = readingOf(table)
      const file = `tables/${schema}.${name}.copy.gz`
      const source = client.query(copyTo(`copy (${query}) to stdout`))
      // Speed before size: the text shrinks to a fifth even so.
      const gzip = createGzip({ level: 3 })
      source.once('error', (error) => gzip.destroy(error))
      await store.stream(file, source.pipe(gzip))
      tables.push({ schema, name, columns, rows: source.rowCount, file })
      all += source.rowCount
      onTable(`${schema}.${name}`, all)
    }
    const sequences: SequenceEntry[] = []
    for (const sequence of await citySequences(client)) {
      const { rows } = await client.query<{ last: string; called: boolean }>(
        `select last_value::text as last, is_called as called from ${full(sequence)}`,
      )
      if (rows[0]) sequences.push({ ...sequence, ...rows[0] })
    }
    return { postgres: await serverVersion(client), migrations: await migrationsIn(client), tables, sequences }
  } finally {
    await client.query('rollback')
  }
}
