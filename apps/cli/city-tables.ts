/** The tables that make up a city: those of our modules and the waiting jobs, parents before children. */
import { platformMigrations } from '@pentad/platform/db/migrate'
import type pg from 'pg'
import { migrationSources } from '../server/modules.ts'

type Asks = Pick<pg.ClientBase, 'query'>

export interface CityTable {
  schema: string
  name: string
  columns: string[]
  /** Transaction numbers: they belong to one cluster and mean nothing in another. */
  xidColumns: string[]
}
export interface CitySequence {
  schema: string
  name: string
}

const queue = 'graphile_worker'
const schemas = [platformMigrations.module, ...migrationSources.map((s) => s.module), queue]
/** Made anew where the city goes: what ran, what lives, what is found, what is summed up. */
const stays = new Set([
  'platform.migration',
  'operations.process',
  'analysis.doc',
  'analysis.source',
  'cases.ended_day',
  'cases.ended_mark',
  `${queue}.migrations`,
])

export const full = ({ schema, name }: { schema: string; name: string }): string => `"${schema}"."${name}"`

/** A table in parts is one table: the parts of another server may be cut at other days. */
export async function cityTables(client: Asks): Promise<CityTable[]> {
  const { rows } = await client.query<CityTable>(
    `select n.nspname as schema, c.relname as name,
      array_agg(quote_ident(a.attname) order by a.attnum) filter (where a.atttypid <> 'xid8'::regtype) as columns,
      coalesce(array_agg(quote_ident(a.attname)) filter (where a.atttypid = 'xid8'::regtype), '{}') as "xidColumns"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition group by 1, 2 order by 1, 2`,
    [schemas],
  )
  const tables = rows.filter((t) => !stays.has(`${t.schema}.${t.name}`))
  const parents = await client.query<{ child: string; parent: string }>(
    `select (select nspname from pg_namespace where oid = c.relnamespace) || '.' || c.relname as child,
      (select nspname from pg_namespace where oid = p.relnamespace) || '.' || p.relname as parent
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
    where k.contype = 'f' and k.conrelid <> k.confrelid`,
  )
  return inOrder(tables, parents.rows)
}

/** A row that names its own table is checked when its whole table is there; any other parent must come first. */
export function inOrder<T extends { schema: string; name: string }>(
  tables: readonly T[],
  parents: readonly { child: string; parent: string }[],
): T[] {
  const left = new Map(tables.map((t) => [`${t.schema}.${t.name}`, t]))
  const ordered: T[] = []
  while (left.size > 0) {
    const free = [...left].filter(
      ([id]) => !parents.some((p) => p.child === id && p.parent !== id && left.has(p.parent)),
    )
    if (free.length === 0) throw new Error(`these tables name each other in a circle: ${[...left.keys()].join(', ')}`)
    for (const [id, table] of free) {
      left.delete(id)
      ordered.push(table)
    }
  }
  return ordered
}

export async function citySequences(client: Asks): Promise<CitySequence[]> {
  const { rows } = await client.query<CitySequence>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any($1) and c.relkind = 'S' order by 1, 2`,
    [schemas],
  )
  return rows
}

/** Text that both ends read alike, whatever the server was set to. */
export const sameText = `set local datestyle to iso; set local intervalstyle to postgres; set local timezone to 'UTC';
  set local client_encoding to utf8; set local bytea_output to hex; set local extra_float_digits to 1;
  set local statement_timeout to 0; set local lock_timeout to 0; set local idle_in_transaction_session_timeout to 0`

/**
 * How a table is read for an export. Places in the news are (transaction, number); another cluster counts its transactions
 * from elsewhere, so the news are numbered anew in their order, and each listener's place is told as the number it has heard.
 */
export function readingOf({ schema, name, columns }: CityTable): { columns: string[]; query: string } {
  const id = `${schema}.${name}`
  const numbered = `select n.xid, n.seq, row_number() over (order by n.xid, n.seq) as place from platform.news n`
  const own: Record<string, Record<string, string>> = {
    'platform.news': { seq: 'row_number() over (order by t.xid, t.seq)' },
    'platform.listener': {
      seq: '(select count(*) from platform.news n where (n.xid, n.seq) <= (t.xid, t.seq))',
    },
    'platform.parked_news': {
      seq: `coalesce((select m.place from (${numbered}) m where (m.xid, m.seq) = (t.xid, t.seq)), -t.seq)`,
    },
    // Whoever held a job is not there any more: it waits for the next worker.
    [`${queue}._private_jobs`]: { locked_at: 'null', locked_by: 'null' },
    [`${queue}._private_job_queues`]: { locked_at: 'null', locked_by: 'null' },
  }
  const told = columns.map((c) => own[id]?.[c] ?? `t.${c}`)
  return { columns, query: `select ${told.join(', ')} from ${full({ schema, name })} t` }
}
