import { type Db, sql } from '@pentad/platform/db'

export interface CoWorkRow {
  unitId: string
  text: string
  photoIds: string[]
  doneAt: Date
  doneBy: string | null
}
/** What the co-units have done in this round of the work. */
export const coWorkOf = async (db: Db, caseId: string, round: number): Promise<CoWorkRow[]> =>
  (
    await sql<CoWorkRow>`select w.unit_id as "unitId", w.text, w.photo_ids as "photoIds", w.done_at as "doneAt", p.name_zh as "doneBy"
      from cases.co_work w left join identity.api_person p on p.id::text = w.done_by
      where w.case_id = ${caseId} and w.round = ${round} order by w.done_at`.execute(db)
  ).rows

export async function addCoWork(
  db: Db,
  w: { caseId: string; unitId: string; round: number; text: string; photoIds: readonly string[]; by: string },
  now: Date,
): Promise<void> {
  await sql`insert into cases.co_work (case_id, unit_id, round, text, photo_ids, done_by, done_at)
    values (${w.caseId}, ${w.unitId}, ${w.round}, ${w.text}, ${w.photoIds}::uuid[], ${w.by}, ${now})`.execute(db)
}
