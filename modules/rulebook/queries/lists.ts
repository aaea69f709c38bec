/** Powers, causes, discretion, checklists: what stands now. */
import { type Db, sql } from '@pentad/platform/db'
import type { Measure, PowerKind, Precondition, Severity } from '../model/index.ts'

export interface PowerRow {
  id: string
  nameZh: string
  nameEn: string
  kind: PowerKind
  subjectUnit: string
  basis: string[]
}
export const powersListed = async (db: Db): Promise<PowerRow[]> =>
  (
    await sql<PowerRow>`select id, name_zh as "nameZh", name_en as "nameEn", kind, subject_unit as "subjectUnit", basis
      from rulebook.power where until is null order by id`.execute(db)
  ).rows

export interface CauseRow {
  id: string
  powerId: string
  nameZh: string
  nameEn: string
  violates: string[]
  punishes: string[]
  classes: string[]
  measures: Measure[]
  fineFromFen: number | null
  fineToFen: number | null
  precondition: Precondition
  noteZh: string
  noteEn: string
}
export const causesListed = async (db: Db): Promise<CauseRow[]> =>
  (
    await sql<CauseRow>`select id, power_id as "powerId", name_zh as "nameZh", name_en as "nameEn", violates, punishes, classes, measures,
        fine_from_fen as "fineFromFen", fine_to_fen as "fineToFen", precondition, note_zh as "noteZh", note_en as "noteEn"
      from rulebook.cause where until is null order by id`.execute(db)
  ).rows

export interface StepRow {
  causeId: string
  step: string
  circumstancesZh: string
  circumstancesEn: string
  fineFromFen: number | null
  fineToFen: number | null
  otherZh: string
  otherEn: string
}
/** The steps that stood at an instant; now, where none is named. */
export const discretionAt = async (db: Db, at: Date | null): Promise<StepRow[]> =>
  (
    await sql<StepRow>`select cause_id as "causeId", step, circumstances_zh as "circumstancesZh", circumstances_en as "circumstancesEn",
        fine_from_fen as "fineFromFen", fine_to_fen as "fineToFen", other_zh as "otherZh", other_en as "otherEn"
      from rulebook.discretion
      where case when ${at}::timestamptz is null then until is null else since <= ${at} and (until is null or until > ${at}) end
      order by cause_id, translate(left(step, 1), 'CBA', '123'), step`.execute(db)
  ).rows

export interface ChecklistItemRow {
  checklist: string
  titleZh: string
  titleEn: string
  seq: number
  itemZh: string
  itemEn: string
  basis: string[]
  causeId: string
  photo: boolean
  severity: Severity
}
export const checklistItems = async (db: Db): Promise<ChecklistItemRow[]> =>
  (
    await sql<ChecklistItemRow>`select checklist, title_zh as "titleZh", title_en as "titleEn", seq, item_zh as "itemZh", item_en as "itemEn",
        basis, cause_id as "causeId", photo, severity
      from rulebook.checklist_item where until is null order by checklist, seq`.execute(db)
  ).rows
