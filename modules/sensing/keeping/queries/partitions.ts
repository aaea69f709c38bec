import { type Db, sql } from '@pentad/platform/db'
import type { LegalDay } from '@pentad/platform/time'

export interface Emptied {
  name: string
  day: LegalDay
}
/** Partitions of days before one that hold nothing, the oldest first. */
export async function emptied(db: Db, parent: string, before: LegalDay, most: number): Promise<Emptied[]> {
  const { rows } = await sql<Emptied>`select c.relname as name, to_date(right(c.relname, 8), 'YYYYMMDD') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${`sensing.${parent}`}::regclass and c.relname ~ '_[0-9]{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < ${before} order by 2`.execute(db)
  const found: Emptied[] = []
  for (const part of rows) {
    if (found.length >= most) break
    const { rows: some } = await sql`select from ${sql.table(`sensing.${part.name}`)} limit 1`.execute(db)
    if (some.length === 0) found.push(part)
  }
  return found
}
/** It takes no room, so nothing is in it, not even what was deleted. */
export async function isEmpty(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ size: number }>`select pg_relation_size(${`sensing.${name}`}::regclass) as size`.execute(
    db,
  )
  return Number(rows[0]?.size) === 0
}
