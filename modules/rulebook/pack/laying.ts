/** Laying rows that are never overwritten: what differs gets an end, and a new row beside it. */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import type { Changes } from '@pentad/platform/pack'

export interface Laying {
  db: Db
  now: Date
  /** Null where rows are laid outside any edition (a test's city). */
  editionId: string | null
}
type Cells = Readonly<Record<string, unknown>>

export interface RevisedTable {
  /** With columns `since`, `until`, `edition`. */
  table: string
  key: readonly string[]
  /** SQL types, the key's included. */
  columns: Readonly<Record<string, string>>
  /** Columns that a new row gets beyond those that are compared. */
  extra?: { columns: Readonly<Record<string, string>>; of: (row: Cells) => Cells }
  /** The part of the table that the rows speak of; else all of it. */
  scope?: RawSql
}

/** Brings the standing rows (`until` is null) to those wanted. The same rows again change nothing. */
export async function layRows(
  { db, now, editionId }: Laying,
  { table, key, columns, extra, scope = sql`true` }: RevisedTable,
  rows: readonly Cells[],
): Promise<Changes> {
  const names = Object.keys(columns)
  const list = sql.raw(names.join(', '))
  const keys = sql.raw(key.join(', '))
  const typed = (of: readonly string[]) => sql.raw(of.map((name) => `${name} ${columns[name]}`).join(', '))
  const { rows: compared } = await sql<{ k: Cells; state: 'added' | 'changed' | 'retired' | 'same' }>`
    with wanted as (select ${list} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${typed(names)})),
      standing as (select ${list} from ${sql.raw(table)} where until is null and ${scope}),
      w as (select ${keys}, to_jsonb(wanted) as w from wanted), s as (select ${keys}, to_jsonb(standing) as s from standing)
    select jsonb_build_object(${sql.raw(key.map((k) => `'${k}', ${k}`).join(', '))}) as k,
      case when s is null then 'added' when w is null then 'retired' when s = w then 'same' else 'changed' end as state
    from w full join s using (${keys})`.execute(db)
  const by = Map.groupBy(compared, (c) => c.state)
  const count = (state: 'added' | 'changed' | 'retired' | 'same'): number => by.get(state)?.length ?? 0
  const ended = [...(by.get('changed') ?? []), ...(by.get('retired') ?? [])].map((c) => c.k)
  if (ended.length > 0)
    await sql`update ${sql.raw(table)} set until = ${now} where until is null and ${scope} and (${keys}) in (
      select ${keys} from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as r (${typed(key)}))`.execute(db)
  const keyOf = (c: Cells): string => JSON.stringify(key.map((k) => String(c[k])))
  const fresh = new Set([...(by.get('added') ?? []), ...(by.get('changed') ?? [])].map((c) => keyOf(c.k)))
  await insertRows(
    db,
    table,
    { ...columns, ...extra?.columns, since: 'timestamptz', edition: 'uuid' },
    rows
      .filter((row) => fresh.has(keyOf(row)))
      .map((row) => ({ ...row, ...extra?.of(row), since: now.toISOString(), edition: editionId })),
  )
  return { added: count('added'), changed: count('changed'), retired: count('retired'), same: count('same') }
}
