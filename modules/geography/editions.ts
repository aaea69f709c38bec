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
  if (moved) await renewCity(db)
}

/** Tells every process, from the commit on, that what it holds in memory is old; the transaction itself, at once. */
export async function renewCity(db: Db): Promise<void> {
  await sql`update geography.city set version = ${newId()}`.execute(db)
}

/** The city's names, its label and its box; its first pack makes it. */
export async function putCity(
  db: Db,
  c: { nameZh: string; nameEn: string; labelZh: string; labelEn: string; bounds: readonly number[] },
): Promise<void> {
  await sql`insert into geography.city (version, name_zh, name_en, label_zh, label_en, bounds)
    values (${newId()}, ${c.nameZh}, ${c.nameEn}, ${c.labelZh}, ${c.labelEn}, ${c.bounds})
    on conflict (one) do update set name_zh = excluded.name_zh, name_en = excluded.name_en, label_zh = excluded.label_zh,
      label_en = excluded.label_en, bounds = excluded.bounds`.execute(db)
}
