/** An export into an empty database of the same migrations: all of it or nothing. Needs no more rights than the tables' owner has. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type CityTable, cityTables, full, sameText } from './city-tables.ts'
import type { ExportManifest, TableEntry } from './manifest.ts'
import { differences, migrationsIn } from './migrations-in.ts'

interface TablesRead {
  onTable: (name: string, rows: number, of: number) => void
}

/** Returns why it was not done; empty when it was. */
export async function readTables(
  client: pg.ClientBase,
  folder: string,
  manifest: ExportManifest,
  { onTable }: TablesRead,
): Promise<string[]> {
  const unlike = differences(manifest.migrations, await migrationsIn(client))
  if (unlike.length > 0)
    return [
      `the export was made by Pentad ${manifest.pentad} with other tables; import it with that Pentad, then update`,
      ...unlike,
    ]
  const tables = await cityTables(client)
  const entries = new Map(manifest.tables.map((t) => [`${t.schema}.${t.name}`, t]))
  const missing = tables.filter((t) => !entries.has(`${t.schema}.${t.name}`))
  const unknown = manifest.tables.filter((e) => !tables.some((t) => t.schema === e.schema && t.name === e.name))
  if (missing.length + unknown.length > 0)
    return [...missing, ...unknown].map((t) => `table ${t.schema}.${t.name} is not on both sides`)
  await client.query('begin')
  try {
    await client.query(sameText)
    // Keeps a second import, and a city that is just starting, out until this one has ended.
    await client.query(`select pg_advisory_xact_lock(hashtext('pentad import'))`)
    const inhabited = await inhabitants(client)
    if (inhabited.length > 0) {
      await client.query('rollback')
      return [`the database is not empty (${inhabited.join(', ')}); nothing was touched`]
    }
    await client.query(`truncate ${tables.map(full).join(', ')}`)
    const all = manifest.tables.reduce((sum, t) => sum + t.rows, 0)
    let done = 0
    for (const table of tables) {
      const entry = entries.get(`${table.schema}.${table.name}`)
      if (!entry) continue
      done += await readTable(client, folder, { table, entry })
      onTable(`${table.schema}.${table.name}`, done, all)
    }
    for (const sequence of manifest.sequences) {
      await client.query('select setval($1::regclass, $2::bigint, $3)', [
        full(sequence),
        sequence.last,
        sequence.called,
      ])
    }
    await client.query('commit')
    return []
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** What shows that a city lives here already. */
async function inhabitants(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ accounts: number; cases: number; installed: number }>(
    `select (select count(*)::int from identity.person) as accounts, (select count(*)::int from cases.case_file) as cases,
      (select count(*)::int from operations.installation) as installed`,
  )
  return Object.entries(rows[0] ?? {}).flatMap(([what, count]) => (count ? [`${what}: ${count}`] : []))
}

async function readTable(
  client: pg.ClientBase,
  folder: string,
  { table, entry }: { table: CityTable; entry: TableEntry },
): Promise<number> {
  const name = full(table)
  const unlike = entry.columns.filter((c) => !table.columns.includes(c))
  if (unlike.length > 0) throw new Error(`${name} has no column ${unlike.join(', ')} here`)
  // Rules against later change, and calls to listeners, are not for rows that were lived through elsewhere.
  await client.query(`alter table ${name} disable trigger user`)
  const defaults = await withoutDefault(client, table)
  for (const column of defaults)
    await client.query(`alter table ${name} alter ${column} set default pg_current_xact_id()`)
  const target = client.query(copyFrom(`copy ${name} (${entry.columns.join(', ')}) from stdin`))
  await pipeline(createReadStream(join(folder, entry.file)), createGunzip(), target)
  for (const column of defaults) await client.query(`alter table ${name} alter ${column} drop default`)
  await client.query(`alter table ${name} enable trigger user`)
  const { rows } = await client.query<{ n: string }>(`select count(*)::text as n from ${name}`)
  const there = Number(rows[0]?.n)
  if (there !== entry.rows) throw new Error(`${name}: ${there} rows arrived of ${entry.rows}; nothing was kept`)
  return there
}

/** Transaction numbers that a row must bring along elsewhere become those of this import. */
async function withoutDefault(client: pg.ClientBase, { schema, name, xidColumns }: CityTable): Promise<string[]> {
  if (xidColumns.length === 0) return []
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(attname) as name from pg_attribute
    where attrelid = $1::regclass and quote_ident(attname) = any($2) and not atthasdef`,
    [full({ schema, name }), xidColumns],
  )
  return rows.map((r) => r.name)
}
