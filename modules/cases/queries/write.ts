import { type Db, sql } from '@pentad/platform/db'
import type { Kind } from '@pentad/rulebook/model'
import type { CaseState, Source } from '../model/index.ts'

/** The case as commands need it. */
export interface CaseRow extends CaseState {
  no: string
  source: Source
  /** The list that its class is of; a later list in force does not touch it. */
  scheme: string
  schemeVersion: string
  kind: Kind
  flowVersion: number
  areaCode: string | null
  lon: number
  lat: number
  stageSince: Date
  stageDue: Date | null
  closedAt: Date | null
  told: readonly string[]
  reports: number
  priority: number
  componentId: string | null
  componentChosen: boolean
  reopenedFrom: string | null
  parentId: string | null
  version: number
  lastHash: string
}

/** What commands read and write of a case: the column of each field. */
export const columns = {
  status: 'status',
  scheme: 'scheme',
  schemeVersion: 'scheme_version',
  kind: 'kind',
  classCode: 'class_code',
  flowVersion: 'flow_version',
  standardId: 'standard_id',
  leadUnitId: 'lead_unit_id',
  coUnitIds: 'co_unit_ids',
  assigneeId: 'assignee_id',
  checkerId: 'checker_id',
  workedBy: 'worked_by',
  checkedBy: 'checked_by',
  verified: 'verified',
  reworkCount: 'rework_count',
  unitReturns: 'unit_returns',
  returns: 'returns',
  extensions: 'extensions',
  asked: 'asked',
  backTo: 'back_to',
  difficult: 'difficult',
  suspendedUntil: 'suspended_until',
  mergedInto: 'merged_into',
  closeKind: 'close_kind',
  transferredTo: 'transferred_to',
  doubts: 'doubts',
  limitValue: 'limit_value',
  limitUnit: 'limit_unit',
  calendarVersion: 'calendar_version',
  clockStart: 'clock_start',
  clockStopped: 'clock_stopped',
  extendedValue: 'extended_value',
  pausedSeconds: 'paused_seconds',
  pausedAt: 'paused_at',
  urgeAt: 'urge_at',
  due: 'due',
  stageSince: 'stage_since',
  stageDue: 'stage_due',
  closedAt: 'closed_at',
  told: 'told',
  reports: 'reports',
  priority: 'priority',
  componentId: 'component_id',
  componentChosen: 'component_chosen',
  version: 'version',
  lastHash: 'last_hash',
} as const satisfies Partial<Record<keyof CaseRow, string>>
/** Fields that never change once given. */
export const fixed = {
  id: 'id',
  no: 'no',
  source: 'source',
  areaCode: 'area_code',
  lon: 'lon',
  lat: 'lat',
  createdBy: 'created_by',
  reopenedFrom: 'reopened_from',
  parentId: 'parent_id',
} as const satisfies Partial<Record<keyof CaseRow, string>>

/** The column of each field, for those who read files in their own way. */
export const caseColumns: readonly (readonly [field: string, column: string])[] = Object.entries({
  ...fixed,
  ...columns,
})

/** `c.status as "status", …` for a case file called c. */
export const caseFields = sql.join(
  Object.entries({ ...fixed, ...columns }).map(([field, column]) => sql`c.${sql.ref(column)} as ${sql.ref(field)}`),
)

/** The case; with `lock` to the end of the transaction, so that two steps cannot both be the next. */
export async function caseById(db: Db, id: string, lock: boolean): Promise<CaseRow | undefined> {
  const { rows } =
    await sql<CaseRow>`select ${caseFields} from cases.case_file c where c.id = ${id} ${lock ? sql`for update` : sql``}`.execute(
      db,
    )
  return rows[0]
}

/** The first of `count` numbers in a row for each district and day. */
export async function nextSerials(
  db: Db,
  wanted: readonly { district: string; day: string; count: number }[],
): Promise<{ district: string; day: string; first: number }[]> {
  const { rows } = await sql<{ district: string; day: string; first: number }>`
    with wanted as (select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (district text, day date, count int)),
    given as (
      insert into cases.serial as s (district, day, last) select district, day, count from wanted order by district, day
      on conflict (district, day) do update set last = s.last + excluded.last returning district, day, last)
    select g.district, g.day::text as day, g.last - w.count + 1 as first from given g join wanted w using (district, day)`.execute(
    db,
  )
  return rows
}

export const reportBySource = async (db: Db, source: Source, sourceNo: string) =>
  (
    await sql<{
      id: string
      caseId: string
      code: string
      no: string
      joined: boolean
    }>`select r.id, r.case_id as "caseId", r.code, c.no,
        exists (select from cases.report e where e.case_id = r.case_id and e.id < r.id) as joined
      from cases.report r join cases.case_file c on c.id = r.case_id where r.source = ${source} and r.source_no = ${sourceNo}`.execute(
      db,
    )
  ).rows[0]

/** Which of these reports are here already, as `source:number`. */
export async function knownReports(
  db: Db,
  reports: readonly { source: Source; sourceNo: string }[],
): Promise<Set<string>> {
  const { rows } = await sql<{ source: Source; no: string }>`select source, source_no as no from cases.report
    where (source, source_no) in (select * from unnest(${reports.map((r) => r.source)}::text[], ${reports.map((r) => r.sourceNo)}::text[]))`.execute(
    db,
  )
  return new Set(rows.map((r) => `${r.source}:${r.no}`))
}

/** The units that a case lies with: the lead unit and those that help it. */
export const unitsWith = (c: Pick<CaseRow, 'leadUnitId' | 'coUnitIds'>): string[] => [
  ...(c.leadUnitId ? [c.leadUnitId] : []),
  ...c.coUnitIds,
]
