import { type Db, sql } from '@pentad/platform/db'
import type { LegalDay } from '@pentad/platform/time'
import { evidenceDaysAtFirst, type Keeping, type KeepingStore } from '../model.ts'
import type { Went } from './parts.ts'

export interface KeepingRow {
  version: number
  definition: Keeping
  note: string
  setBy: string
  setByName: string | null
  setAt: Date
}
export const keepingRules = async (db: Db, most = 20): Promise<KeepingRow[]> =>
  (
    await sql<KeepingRow>`select r.version, r.definition, r.note, r.set_by as "setBy", p.name_zh as "setByName", r.set_at as "setAt"
      from sensing.keeping_rule r left join identity.api_person p on p.id::text = r.set_by order by r.version desc limit ${most}`.execute(
      db,
    )
  ).rows.map((r) => ({ ...r, definition: Object.assign({ evidenceDays: evidenceDaysAtFirst }, r.definition) }))

/** False when somebody else has set a version since. */
export async function addRule(db: Db, r: Omit<KeepingRow, 'setByName'>): Promise<boolean> {
  const { rows } = await sql`insert into sensing.keeping_rule (version, definition, note, set_by, set_at)
    values (${r.version}, ${JSON.stringify(r.definition)}, ${r.note}, ${r.setBy}, ${r.setAt}) on conflict do nothing returning version`.execute(
    db,
  )
  return rows.length > 0
}

export interface Progress {
  version: number
  day: LegalDay
  after: string
  /** On which day this round through all of them began. */
  began: LegalDay
}
export async function progressAt(db: Db, store: KeepingStore): Promise<Progress | undefined> {
  const { rows } =
    await sql<Progress>`select version, day, after, began from sensing.keeping_progress where store = ${store}`.execute(
      db,
    )
  return rows[0]
}
export async function saveProgress(
  db: Db,
  store: KeepingStore,
  { version, day, after, began }: Progress,
): Promise<void> {
  await sql`insert into sensing.keeping_progress (store, version, day, after, began) values (${store}, ${version}, ${day}, ${after}, ${began})
    on conflict (store) do update set version = excluded.version, day = excluded.day, after = excluded.after, began = excluded.began`.execute(
    db,
  )
}
export async function noteWent(
  db: Db,
  { day, store, version, rows, bytes }: Went & { day: LegalDay; store: KeepingStore; version: number },
): Promise<void> {
  if (rows === 0) return
  await sql`insert into sensing.keeping_done (day, store, version, rows, bytes) values (${day}, ${store}, ${version}, ${rows}, ${bytes})
    on conflict (day, store, version) do update set rows = keeping_done.rows + excluded.rows,
      bytes = keeping_done.bytes + excluded.bytes`.execute(db)
}
export const wentSince = async (db: Db, since: LegalDay): Promise<(Went & { day: LegalDay; store: KeepingStore })[]> =>
  (
    await sql<
      Went & { day: LegalDay; store: KeepingStore }
    >`select day, store, sum(rows)::bigint as rows, sum(bytes)::bigint as bytes
      from sensing.keeping_done where day >= ${since} group by 1, 2 order by 1 desc, 2`.execute(db)
  ).rows
