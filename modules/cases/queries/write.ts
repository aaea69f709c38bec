import { type Db, sql } from '@pentad/platform/db'
import type { Kind, LimitUnit } from '@pentad/rulebook/model'
import type { CaseState, Source, Status } from '../model.ts'
import type { TrailRow } from '../trail.ts'

/** The case as commands need it. */
export interface CaseRow extends CaseState {
  no: string
  source: Source
  /** The list that its class is of; a later list in force does not touch it. */
  scheme: string
  schemeVersion: string
  kind: Kind
  classCode: string
  areaCode: string | null
  createdBy: string
  limitValue: number | null
  limitUnit: LimitUnit | null
  calendarVersion: string | null
  urgeAt: Date | null
  due: Date | null
  stageDue: Date | null
  reports: number
  version: number
  lastHash: string
}

/** The case; with `lock` to the end of the transaction, so that two steps cannot both be the next. */
export async function caseById(db: Db, id: string, lock: boolean): Promise<CaseRow | undefined> {
  const { rows } = await sql<CaseRow>`
    select id, no, status, source, scheme, scheme_version as "schemeVersion", kind, class_code as "classCode", standard_id as "standardId", lead_unit_id as "leadUnitId",
      worked_by as "workedBy", checked_by as "checkedBy", clock_start as "clockStart", clock_stopped as "clockStopped",
      rework_count as "reworkCount", area_code as "areaCode", created_by as "createdBy", limit_value as "limitValue",
      limit_unit as "limitUnit", calendar_version as "calendarVersion", urge_at as "urgeAt", due, stage_due as "stageDue",
      reports, version, last_hash as "lastHash"
    from cases.case_file where id = ${id} ${lock ? sql`for update` : sql``}`.execute(db)
  return rows[0]
}

export interface NewCase {
  id: string
  no: string
  source: Source
  scheme: string
  schemeVersion: string
  kind: Kind
  classCode: string
  lon: number
  lat: number
  xM: number
  yM: number
  areaCode: string
  placeZh: string
  placeEn: string
  description: string
  reportedAt: Date
  createdBy: string
  stageSince: Date
  stageDue: Date
  alarmId: string | null
  photoId: string | null
  componentId: string | null
  componentChosen: boolean
}
export async function addCase(db: Db, c: NewCase): Promise<void> {
  await sql`insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code,
      place_zh, place_en, description, reported_at, created_by, stage_since, stage_due, alarm_id, photo_id,
      component_id, component_chosen)
    values (${c.id}, ${c.no}, 'reported', ${c.source}, ${c.scheme}, ${c.schemeVersion}, ${c.kind}, ${c.classCode}, ${c.lon}, ${c.lat},
      point(${c.xM}, ${c.yM}), ${c.areaCode}, ${c.placeZh}, ${c.placeEn}, ${c.description}, ${c.reportedAt}, ${c.createdBy},
      ${c.stageSince}, ${c.stageDue}, ${c.alarmId}, ${c.photoId}, ${c.componentId}, ${c.componentChosen})`.execute(db)
}

/** The next serial number of a district's day. Asked for last, because it holds the others up until the commit. */
export async function nextSerial(db: Db, district: string, day: string): Promise<number> {
  const { rows } = await sql<{
    last: number
  }>`insert into cases.serial (district, day, last) values (${district}, ${day}, 1)
    on conflict (district, day) do update set last = cases.serial.last + 1 returning last`.execute(db)
  return rows[0]?.last ?? 0
}

/** The same for many at once: the first of `count` numbers in a row for each district and day. */
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

export interface CaseChange {
  status: Status
  scheme: string
  schemeVersion: string
  kind: Kind
  classCode: string
  standardId: string | null
  limitValue: number | null
  limitUnit: LimitUnit | null
  calendarVersion: string | null
  clockStart: Date | null
  urgeAt: Date | null
  due: Date | null
  clockStopped: Date | null
  stageDue: Date | null
  leadUnitId: string | null
  workedBy: string | null
  checkedBy: string | null
  reworkCount: number
}

/** The case after a step, with the entry of its trail, in one round trip. */
export async function saveStep(db: Db, c: CaseChange, entry: TrailRow): Promise<void> {
  await sql`with changed as (
      update cases.case_file set status = ${c.status}, scheme = ${c.scheme}, scheme_version = ${c.schemeVersion}, kind = ${c.kind}, class_code = ${c.classCode},
        standard_id = ${c.standardId}, limit_value = ${c.limitValue}, limit_unit = ${c.limitUnit},
        calendar_version = ${c.calendarVersion}, clock_start = ${c.clockStart}, urge_at = ${c.urgeAt}, due = ${c.due},
        clock_stopped = ${c.clockStopped}, stage_since = ${entry.recorded}, stage_due = ${c.stageDue}, lead_unit_id = ${c.leadUnitId},
        worked_by = ${c.workedBy}, checked_by = ${c.checkedBy}, rework_count = ${c.reworkCount},
        closed_at = case when ${c.status} in ('closed', 'rejected') then ${entry.recorded}::timestamptz end,
        -- A component of another class is not what it is about.
        component_id = case when kind = ${c.kind} and class_code = ${c.classCode} then component_id end,
        component_chosen = component_chosen and kind = ${c.kind} and class_code = ${c.classCode},
        version = ${entry.seq}, last_hash = ${entry.hash}, xid = pg_current_xact_id()
      where id = ${entry.caseId} returning id), ${trailGrows(entry)}`.execute(db)
}

/** An entry that changes nothing but the trail: one more report, an urge. */
export async function saveNote(db: Db, entry: TrailRow, moreReports = 0): Promise<void> {
  await sql`with changed as (
      update cases.case_file set reports = reports + ${moreReports}, version = ${entry.seq}, last_hash = ${entry.hash},
        xid = pg_current_xact_id() where id = ${entry.caseId} returning id), ${trailGrows(entry)}`.execute(db)
}

const trailGrows = (e: TrailRow) => sql`photos as (
    insert into cases.photo (case_id, photo_id, act, at) select id, p, ${e.act}, ${e.at}::timestamptz from changed, unnest(${e.photoIds}::uuid[]) as p
    on conflict do nothing)
  insert into cases.event (case_id, seq, act, actor_id, actor_unit, from_status, to_status, at, recorded, reason,
    standard_id, unit_id, photo_ids, lon, lat, used_seconds, prev_hash, hash)
  select id, ${e.seq}::int, ${e.act}, ${e.actorId}, ${e.actorUnit}, ${e.from}, ${e.to}, ${e.at}::timestamptz, ${e.recorded}::timestamptz, ${e.reason},
    ${e.standardId}, ${e.unitId}, ${e.photoIds}::uuid[], ${e.lon}::float8, ${e.lat}::float8, ${e.usedSeconds}::int, ${e.prevHash}, ${e.hash} from changed`

/** Tells screens of a case's change and, where their stage changed, each of its reporters; in one round trip. */
export async function addCaseNews(
  db: Db,
  c: { id: string; areaCode: string | null; leadUnitId: string | null },
  about: Record<string, unknown>,
  toReporters: boolean,
): Promise<void> {
  await sql`insert into platform.news (topic, about, may, area_code, units, public_topic)
    select 'case', ${JSON.stringify(about)}::jsonb, 'cases.read', ${c.areaCode}, ${c.leadUnitId ? [c.leadUnitId] : []}::text[], null::text
    union all
    select 'report', jsonb_build_object('code', code), null, null, '{}', 'report/' || code from cases.report
    where case_id = ${c.id} and ${toReporters}`.execute(db)
}

export interface ReportRow {
  id: string
  caseId: string
  source: Source
  sourceNo: string | null
  code: string
  text: string
  lon: number
  lat: number
  reporterName: string | null
  reporterPhone: string | null
  language: string
  photoIds: readonly string[]
  original: unknown
  createdBy: string
  at: Date
  recorded: Date
}
export async function addReport(db: Db, r: ReportRow): Promise<void> {
  await sql`insert into cases.report (id, case_id, source, source_no, code, text, lon, lat, reporter_name, reporter_phone, language,
      photo_ids, original, created_by, at, recorded)
    values (${r.id}, ${r.caseId}, ${r.source}, ${r.sourceNo}, ${r.code}, ${r.text}, ${r.lon}, ${r.lat}, ${r.reporterName},
      ${r.reporterPhone}, ${r.language}, ${r.photoIds}, ${JSON.stringify(r.original)}, ${r.createdBy}, ${r.at}, ${r.recorded})`.execute(
    db,
  )
}

export const reportBySource = async (db: Db, source: Source, sourceNo: string) =>
  (
    await sql<{ id: string; caseId: string; code: string; no: string }>`select r.id, r.case_id as "caseId", r.code, c.no
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
