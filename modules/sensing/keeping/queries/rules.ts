import { type Db, sql } from '@pentad/platform/db'
import type { LegalDay } from '@pentad/platform/time'
import { type Version, versionsIn } from '../../versions.ts'
import { evidenceDaysAtFirst, type Keeping, type KeepingStore } from '../model.ts'
import type { Went } from './parts.ts'

export type KeepingRow = Version<Keeping>
const { all, add } = versionsIn<Keeping>('keeping_rule')
/** Newest first; those of before there were holds say no days for them. */
export const keepingRules = async (db: Db, most?: number): Promise<KeepingRow[]> =>
  (await all(db, most)).map((r) => ({
    ...r,
    definition: Object.assign({ evidenceDays: evidenceDaysAtFirst }, r.definition),
  }))
export const addRule = add

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
