/** Editions of the base data: each load, census or edit is one, and tells every process that what it holds in memory is old. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Changes } from '@pentad/platform/pack'

export interface EditionOrder {
  kind: 'first' | 'pack' | 'census' | 'edit'
  byPerson: string | null
  note: string
  now: Date
}

/** Begins an edition in the caller's transaction; the city is locked, so editions follow one another. */
export async function beginEdition(db: Db, { kind, byPerson, note, now }: EditionOrder): Promise<string> {
  const id = newId()
  await sql`select from geography.city for update`.execute(db)
  await sql`insert into geography.edition (id, at, kind, by_person, note) values (${id}, ${now}, ${kind}, ${byPerson}, ${note})`.execute(
    db,
  )
  return id
}

/** Ends it: writes what changed and gives the city a new version where anything did. */
export async function endEdition(db: Db, id: string, changes: Readonly<Record<string, Changes>>): Promise<void> {
  await sql`update geography.edition set changes = ${JSON.stringify(changes)}::jsonb where id = ${id}`.execute(db)
  const moved = Object.values(changes).some((c) => c.added + c.changed + c.retired > 0)
  if (moved) await sql`update geography.city set version = ${newId()}`.execute(db)
}
