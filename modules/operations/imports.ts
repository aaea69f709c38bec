/** Imports of what other systems recorded: how far each has come, and every row that was not taken. */
import { type Db, sql } from '@pentad/platform/db'
import { copyInto } from '@pentad/platform/db/copy'
import { newId } from '@pentad/platform/id'
import type pg from 'pg'

export interface ImportKey {
  kind: string
  file: string
  /** Of the file's bytes: the same file is the same import, whatever it is called. */
  sha256: string
  mapping: object
}
export interface ImportRow {
  id: string
  started: Date
  ended: Date | null
  rowsRead: number
  rowsTaken: number
  rowsLeft: number
}
const columns = sql`id, started, ended, rows_read as "rowsRead", rows_taken as "rowsTaken", rows_left as "rowsLeft"`

/** The import of this file by this mapping, begun now or earlier. */
export async function beginImport(db: Db, { kind, file, sha256, mapping }: ImportKey): Promise<ImportRow> {
  const told = JSON.stringify(mapping)
  await sql`insert into operations.import (id, kind, file, sha256, mapping) values (${newId()}, ${kind}, ${file}, ${sha256}, ${told}::jsonb)
    on conflict (kind, sha256, md5(mapping::text)) do nothing`.execute(db)
  const { rows } = await sql<ImportRow>`select ${columns} from operations.import
    where kind = ${kind} and sha256 = ${sha256} and mapping = ${told}::jsonb`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the import that was begun is not there')
  return row
}

/** How far it has come, held against another one that does the same. */
export async function lockImport(db: Db, id: string): Promise<ImportRow | undefined> {
  return (await sql<ImportRow>`select ${columns} from operations.import where id = ${id} for update`.execute(db))
    .rows[0]
}

export interface LeftRow {
  line: number
  reason: string
  detail: string
}
export async function importAdvanced(
  db: Db,
  client: pg.ClientBase,
  { id, read, taken, left }: { id: string; read: number; taken: number; left: readonly LeftRow[] },
): Promise<void> {
  await copyInto(
    client,
    'operations.import_left',
    ['import_id', 'line', 'reason', 'detail'],
    left.map((l) => [id, l.line, l.reason, l.detail]),
  )
  await sql`update operations.import set rows_read = rows_read + ${read}, rows_taken = rows_taken + ${taken},
    rows_left = rows_left + ${left.length} where id = ${id}`.execute(db)
}

export async function endImport(db: Db, id: string): Promise<void> {
  await sql`update operations.import set ended = now() where id = ${id} and ended is null`.execute(db)
}

export const leftByReason = async (db: Db, id: string): Promise<{ reason: string; count: number }[]> =>
  (
    await sql<{ reason: string; count: number }>`select reason, count(*)::int as count from operations.import_left
      where import_id = ${id} group by 1 order by 2 desc, 1`.execute(db)
  ).rows

/** The rows that were left, in the file's order, a page at a time. */
export const leftAfter = async (db: Db, id: string, line: number, most: number): Promise<LeftRow[]> =>
  (
    await sql<LeftRow>`select line, reason, detail from operations.import_left
      where import_id = ${id} and line > ${line} order by line limit ${most}`.execute(db)
  ).rows
