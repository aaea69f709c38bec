/** Writes new cases: number, file, first entry of the trail, report, photos, news and the reply to the command, many at once, in one statement. */
import { type Db, prepared, sql } from '@pentad/platform/db'
import { nextWake } from '../model/index.ts'
import type { TrailRow } from '../trail.ts'
import { eventColumns, eventRow } from './change.ts'
import { type CaseRow, columns, fixed } from './write.ts'

/** A case that is about to be; its number is given as it is written. */
export interface Birth {
  file: Omit<CaseRow, 'no'> & {
    xM: number
    yM: number
    placeZh: string
    placeEn: string
    description: string
    reportedAt: Date
    alarmId: string | null
    photoId: string | null
  }
  /** `<district>-<yyyymmdd>-<letter>-`, and the district's legal day by which it is counted. */
  number: { before: string; district: string; day: string }
  report: Omit<ReportRow, 'caseId'>
  entry: TrailRow
  /** The command that it is; its reply is the id and the number. */
  command?: { actorId: string; key: string; route: string; digest: string } | undefined
}

export interface ReportRow {
  id: string
  caseId: string
  source: CaseRow['source']
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

const reportColumns = sql.raw(
  'id, case_id, source, source_no, code, text, lon, lat, reporter_name, reporter_phone, language, photo_ids, original, created_by, at, recorded',
)
const reportJson = (r: ReportRow) => ({
  id: r.id,
  case_id: r.caseId,
  source: r.source,
  source_no: r.sourceNo,
  code: r.code,
  text: r.text,
  lon: r.lon,
  lat: r.lat,
  reporter_name: r.reporterName,
  reporter_phone: r.reporterPhone,
  language: r.language,
  photo_ids: r.photoIds,
  original: r.original,
  created_by: r.createdBy,
  at: r.at,
  recorded: r.recorded,
})

/** One more report of a case that is there. */
export async function addReport(db: Db, r: ReportRow): Promise<void> {
  await sql`insert into cases.report (${reportColumns})
    select ${reportColumns} from jsonb_populate_record(null::cases.report, ${JSON.stringify(reportJson(r))}::jsonb)`.execute(
    db,
  )
}

const own = Object.entries({ ...fixed, ...columns }).filter(([field]) => field !== 'no')
const ownColumns = sql.join(own.map(([, column]) => sql.ref(column)))
const more = sql.raw('xy, place_zh, place_en, description, reported_at, alarm_id, photo_id, wake_at')

const fileJson = ({ file, entry }: Birth) => {
  const row: Record<string, unknown> = Object.fromEntries(
    own.map(([field, column]) => [column, file[field as keyof Birth['file']]]),
  )
  return {
    ...row,
    version: entry.seq,
    last_hash: entry.hash,
    xy: `(${file.xM},${file.yM})`,
    place_zh: file.placeZh,
    place_en: file.placeEn,
    description: file.description,
    reported_at: file.reportedAt,
    alarm_id: file.alarmId,
    photo_id: file.photoId,
    wake_at: nextWake(file)?.at ?? null,
  }
}

/** The numbers of the new cases, in the order given. */
export async function writeBirths(db: Db, births: readonly Birth[]): Promise<string[]> {
  // Sorted, so that two statements count up the same districts in the same order.
  const wanted = births
    .map((b, n) => ({
      n,
      id: b.file.id,
      ...b.number,
      status: b.file.status,
      area_code: b.file.areaCode,
      code: b.report.code,
      version: b.entry.seq,
    }))
    .sort((a, b) => (a.district < b.district ? -1 : 1))
  const keys = births.flatMap(({ command: c, file }) =>
    c ? [{ id: file.id, actor: c.actorId, key: c.key, route: c.route, digest: c.digest }] : [],
  )
  const { rows } = await sql<{ n: number; no: string }>`${prepared}
    with wanted as materialized (
      select *, row_number() over (partition by district, day order by n) as rank, count(*) over (partition by district, day) as count
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
        as w (n int, id uuid, before text, district text, day date, status text, area_code text, code text, version int)),
    counted as (
      insert into cases.serial as s (district, day, last)
      select district, day, max(count) from wanted group by district, day order by district, day
      on conflict (district, day) do update set last = s.last + excluded.last returning district, day, last),
    numbered as materialized (
      select w.*, w.before || lpad((c.last - w.count + w.rank)::text, 5, '0') as no from wanted w join counted c using (district, day)),
    files as (
      insert into cases.case_file (no, ${ownColumns}, ${more})
      select k.no, ${sql.join(own.map(([, column]) => sql`f.${sql.ref(column)}`))}, f.xy, f.place_zh, f.place_en, f.description, f.reported_at, f.alarm_id, f.photo_id, f.wake_at
      from jsonb_populate_recordset(null::cases.case_file, ${JSON.stringify(births.map(fileJson))}::jsonb) f join numbered k on k.id = f.id),
    grown as (
      insert into cases.event (${eventColumns})
      select ${eventColumns} from jsonb_populate_recordset(null::cases.event, ${JSON.stringify(births.map((b) => eventRow(b.entry)))}::jsonb)
      returning case_id, act, at, photo_ids),
    photos as (
      insert into cases.photo (case_id, photo_id, act, at) select case_id, unnest(photo_ids), act, at from grown on conflict do nothing),
    reports as (
      insert into cases.report (${reportColumns})
      select ${reportColumns} from jsonb_populate_recordset(null::cases.report, ${JSON.stringify(births.map((b) => reportJson({ ...b.report, caseId: b.file.id })))}::jsonb)),
    told as (
      insert into platform.news (topic, about, may, area_code, units, public_topic)
      select 'case', jsonb_build_object('id', id, 'no', no, 'status', status, 'version', version, 'act', 'report'), 'cases.read', area_code, '{}'::text[], null from numbered
      union all select 'report', jsonb_build_object('code', code), null, null, '{}'::text[], 'report/' || code from numbered),
    keyed as (
      insert into platform.command (actor, key, route, digest, reply)
      select k.actor, k.key, k.route, k.digest, jsonb_build_object('id', b.id, 'no', b.no)
      from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k (id uuid, actor text, key text, route text, digest text) join numbered b on b.id = k.id)
    select n, no from numbered`.execute(db)
  const numbers = new Map(rows.map((r) => [r.n, r.no]))
  return births.map((_, n) => numbers.get(n) ?? '')
}

/** What a command, or a report of this source and number, brought about earlier. */
export async function earlierReport(
  db: Db,
  { actorId, key }: { actorId: string; key: string },
): Promise<{ digest: string; reply: unknown } | undefined> {
  const { rows } = await sql<{
    digest: string
    reply: unknown
  }>`select digest, reply from platform.command where actor = ${actorId} and key = ${key}`.execute(db)
  return rows[0]
}
