import { type Db, sql } from '@pentad/platform/db'
import type { Flow } from '../model/index.ts'
import { type CaseRow, caseFields, openOnly } from '../queries/index.ts'

export interface FlowRow {
  version: number
  note: string
  by: string | null
  at: Date
  definition: Omit<Flow, 'version'>
}
export const savedFlows = async (db: Db): Promise<FlowRow[]> =>
  (
    await sql<FlowRow>`select f.version, f.note, p.name_zh as by, f.created_at as at, f.definition
      from cases.flow f left join identity.api_person p on p.id::text = f.created_by order by f.version desc`.execute(
      db,
    )
  ).rows

export const openByFlow = async (db: Db): Promise<Map<number, number>> =>
  new Map(
    (
      await sql<{
        version: number
        n: number
      }>`select flow_version as version, count(*)::int as n from cases.case_file c
        where ${openOnly} group by 1`.execute(db)
    ).rows.map((r) => [r.version, r.n]),
  )

/** Open cases by status and by what they ask for, with how many there are and a few of each. */
export interface Standing {
  status: CaseRow['status']
  asked: NonNullable<CaseRow['asked']>['kind'] | null
  count: number
  some: { id: string; no: string }[]
}
export const standing = async (db: Db): Promise<Standing[]> =>
  (
    await sql<Standing>`select status, asked->>'kind' as asked, count(*)::int as count,
        (array_agg(json_build_object('id', id, 'no', no) order by no))[1:5] as some
      from cases.case_file c where ${openOnly} group by 1, 2`.execute(db)
  ).rows

/** Puts a new version in force; the number it got. */
export async function addFlow(
  db: Db,
  f: { definition: Omit<Flow, 'version'>; note: string; by: string; at: Date },
): Promise<number> {
  // Two who publish at once: the second waits and gets the next number.
  await sql`lock table cases.flow in exclusive mode`.execute(db)
  await sql`update cases.flow set in_force = false where in_force`.execute(db)
  const { rows } = await sql<{
    version: number
  }>`insert into cases.flow (version, definition, note, created_by, created_at, in_force)
    select coalesce(max(version), 0) + 1, ${JSON.stringify(f.definition)}::jsonb, ${f.note}, ${f.by}, ${f.at}, true from cases.flow
    returning version`.execute(db)
  return rows[0]?.version ?? 0
}

/** Open cases of other versions, locked; so many at a time. */
export const openOfOthers = async (db: Db, version: number, after: string | null, most: number): Promise<CaseRow[]> =>
  (
    await sql<CaseRow>`select ${caseFields} from cases.case_file c where ${openOnly} and c.flow_version <> ${version}
      and (${after}::uuid is null or c.id > ${after}::uuid) order by c.id limit ${most} for update`.execute(db)
  ).rows
