/** What the database is: its version, and the migrations that made its tables. */
import { migrationsOf, platformMigrations } from '@pentad/platform/db/migrate'
import type pg from 'pg'
import { migrationSources } from '../server/modules.ts'
import type { MigrationEntry } from './manifest.ts'

type Asks = Pick<pg.ClientBase, 'query'>

export async function serverVersion(client: Asks): Promise<string> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`)
  return rows[0]?.version ?? ''
}

export async function migrationsIn(client: Asks): Promise<MigrationEntry[]> {
  const { rows } = await client.query<MigrationEntry>(
    'select module, name, hash from platform.migration order by module, name',
  )
  return rows
}

const said = ({ module, name }: MigrationEntry) => `${module}/${name}`

/** How two lists differ, in words. */
export function differences(there: readonly MigrationEntry[], here: readonly MigrationEntry[]): string[] {
  const known = new Map(here.map((m) => [said(m), m.hash]))
  const names = new Set(there.map(said))
  return [
    ...there.filter((m) => !known.has(said(m))).map((m) => `${said(m)} is unknown here`),
    ...there.filter((m) => known.has(said(m)) && known.get(said(m)) !== m.hash).map((m) => `${said(m)} differs`),
    ...here.filter((m) => !names.has(said(m))).map((m) => `${said(m)} has not run there`),
  ]
}

export const migrationsOfThisPentad = async (): Promise<MigrationEntry[]> =>
  (await migrationsOf([platformMigrations, ...migrationSources])).map(({ module, name, hash }) => ({
    module,
    name,
    hash,
  }))
