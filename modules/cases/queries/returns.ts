import { type Db, sql } from '@pentad/platform/db'

/** A unit that had a case and gave it back; who should have it by its word. */
export interface ReturnedBy {
  unitId: string
  at: Date
  reason: string | null
  reasonCode: string | null
  suggests: string | null
}
/** Returns that were approved, oldest first. */
export const returnsOf = async (db: Db, caseId: string): Promise<ReturnedBy[]> =>
  (
    await sql<ReturnedBy>`select had.unit_id as "unitId", asked.recorded as at, asked.reason, asked.detail->>'reasonCode' as "reasonCode",
        asked.detail->>'unitId' as suggests
      from cases.event gave
      cross join lateral (select e.recorded, e.reason, e.detail from cases.event e
        where e.case_id = gave.case_id and e.seq < gave.seq and e.act = 'ask_return' order by e.seq desc limit 1) asked
      cross join lateral (select e.unit_id from cases.event e
        where e.case_id = gave.case_id and e.seq < gave.seq and e.act = 'dispatch' and e.unit_id is not null order by e.seq desc limit 1) had
      where gave.case_id = ${caseId} and gave.act = 'approve_return' order by gave.seq`.execute(db)
  ).rows
