import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { sightOf } from '@pentad/platform/rights'
import type { Kind } from '@pentad/rulebook/model'
import { type LineRow, line, openOnly } from '../queries/index.ts'
import { counted, cutOf, endedOnly, endings, inDays, inRest, streetDigits, within } from './endings.ts'
import { closedAs } from './model/outcome.ts'
import type { ClosingCounts, RatesBy } from './model/rates.ts'

/** The photos among these that belong to a case. */
export const photosShown = async (db: Db, ids: readonly string[]): Promise<string[]> =>
  ids.length === 0
    ? []
    : (
        await sql<{
          id: string
        }>`select id from unnest(${ids}::uuid[]) u (id) where exists (select from cases.photo p where p.photo_id = u.id)`.execute(
          db,
        )
      ).rows.map((r) => r.id)

/** Who did what to a case and to those that it takes up again. */
export interface PastAct {
  act: string
  actorId: string
  unitId: string | null
  personId: string | null
  drawn: string | null
}
export const actsOfLine = async (db: Db, caseId: string): Promise<PastAct[]> =>
  (
    await sql<PastAct>`select act, actor_id as "actorId", unit_id as "unitId", detail->>'personId' as "personId", detail->'lot'->>'drawn' as drawn
      from cases.event where case_id = any(cases.line_of(${caseId})) order by recorded, seq`.execute(db)
  ).rows

export const newestOf = async (db: Db, caseId: string): Promise<string> =>
  (await sql<{ id: string }>`select cases.newest(${caseId}) as id`.execute(db)).rows[0]?.id ?? caseId

export const reportById = async (
  db: Db,
  id: string,
): Promise<{ id: string; caseId: string; source: LineRow['source']; language: string } | undefined> =>
  (
    await sql<{
      id: string
      caseId: string
      source: LineRow['source']
      language: string
    }>`select id, case_id as "caseId", source, language from cases.report where id = ${id}`.execute(db)
  ).rows[0]

export interface AnswerRow {
  reportId: string
  caseId: string
  fixed: boolean
  reason: string | null
  at: Date
}
/** What was said of the closings of a case and of those that it takes up again. */
export const answersOfLine = async (db: Db, caseId: string): Promise<AnswerRow[]> =>
  (
    await sql<AnswerRow>`select report_id as "reportId", case_id as "caseId", fixed, reason, at from cases.answer
      where case_id = any(cases.line_of(${caseId})) order by at`.execute(db)
  ).rows

/** A later word takes the place of an earlier one; the trail keeps both. */
export async function putAnswer(db: Db, a: AnswerRow): Promise<void> {
  await sql`insert into cases.answer (report_id, case_id, fixed, reason, at) values (${a.reportId}, ${a.caseId}, ${a.fixed}, ${a.reason}, ${a.at})
    on conflict (report_id, case_id) do update set fixed = excluded.fixed, reason = excluded.reason, at = excluded.at`.execute(
    db,
  )
}

/** Tells the pages of all who reported a matter that something has happened to it. */
export async function tellReporters(db: Db, caseId: string): Promise<void> {
  await sql`insert into platform.news (topic, about, may, area_code, units, public_topic)
    select 'report', jsonb_build_object('code', r.code), null, null, '{}', 'report/' || r.code
    from unnest(cases.line_of(${caseId})) as o (id) join cases.case_file m on m.id = o.id or m.merged_into = o.id
    join cases.report r on r.case_id = m.id`.execute(db)
}

/** Cases handled on the spot that nobody has looked at yet, oldest first. */
export const unaudited = async (db: Db, actor: Actor, most: number): Promise<LineRow[]> => {
  const { areas } = sightOf(actor, 'cases.accept')
  return (
    await sql<LineRow>`${line} where c.close_kind = 'self_handled' and c.area_code like any(${areas.map((a) => `${a}%`)}::text[])
      and not exists (select from cases.event e where e.case_id = c.id and e.act = 'audit') order by c.closed_at limit ${most}`.execute(
      db,
    )
  ).rows
}

export const isAudited = async (db: Db, caseId: string): Promise<boolean> =>
  (await sql`select 1 from cases.event where case_id = ${caseId} and act = 'audit' limit 1`.execute(db)).rows.length > 0

export interface RatesWanted {
  from: Date
  to: Date
  by: RatesBy
  /** Prefix of area codes; areas are those one level below it. */
  area?: string | undefined
  kind?: Kind | undefined
  classCode?: string | undefined
  unitId?: string | undefined
}
/** One level below a prefix: districts of the city, streets of a district, communities of a street. */
const below = (area: string | undefined): number => (!area || area.length < 6 ? 6 : area.length < 9 ? 9 : 12)

export type CountsRow = ClosingCounts & { key: string }
/**
 * Counts behind the three rates, of what lies in the actor's areas or with their units; `actor` null: of the whole city, for the
 * public. By area, unit or all of it, down to streets, whole days come from their sums; by class everything is counted case by case.
 */
export async function closingCounts(db: Db, actor: Actor | null, w: RatesWanted): Promise<CountsRow[]> {
  const cut = sumsSay(actor, w) ? await cutOf(db, w.from, w.to) : { days: null, rest: [{ from: w.from, to: w.to }] }
  const keyIn = (area: RawSql, unit: RawSql): Record<RatesBy, RawSql> => ({
    all: sql`''`,
    area: sql`coalesce(left(${area}, ${below(w.area)}), '')`,
    class: sql`c.kind || ':' || c.class_code`,
    unit: sql`coalesce(${unit}, '')`,
  })
  const filters = (area: RawSql, unit: RawSql): RawSql[] => [
    within(actor, area, unit),
    ...(w.area ? [sql`starts_with(${area}, ${w.area})`] : []),
    ...(w.unitId ? [sql`${unit} = ${w.unitId}`] : []),
  ]
  const [area, unit] = [sql`c.area_code`, sql`c.lead_unit_id`]
  const one = keyIn(area, unit)[w.by]
  const where = sql.join(
    [
      ...filters(area, unit),
      ...(w.kind ? [sql`c.kind = ${w.kind}`] : []),
      ...(w.classCode ? [sql`starts_with(c.class_code, ${w.classCode})`] : []),
    ],
    sql` and `,
  )
  const summed = sql.join([inDays(cut), ...filters(sql`s.area_code`, sql`s.unit_id`)], sql` and `)
  const sums = w.by === 'class' ? sql`''` : keyIn(sql`s.area_code`, sql`s.unit_id`)[w.by]
  const lateBy = sql`c.due < ${w.to} and c.paused_at is null and (c.clock_stopped is null or c.clock_stopped > c.due) and ${where}`
  const { rows } = await sql<CountsRow>`
    with closed as (
      select key, ${counted} from (${endings(sql`${one} as key`, sql`c.status = 'closed' and ${inRest(cut)} and ${where}`)}) e group by 1
      union all
      select ${sums}, n, verified, asked, answered, confirmed from cases.ended_day s where ${summed} and s.outcome = any(${[...closedAs]}::text[])),
    late as (
      select ${one} as key from cases.case_file c where ${openOnly} and ${lateBy}
      union all
      select ${one} as key from cases.case_file c where c.status = 'closed' and c.closed_at >= ${w.to} and ${lateBy})
    select coalesce(a.key, l.key) as key, coalesce(a.closed, 0) as closed, coalesce(l.overdue, 0) as overdue, coalesce(a.verified, 0) as verified,
      coalesce(a.asked, 0) as asked, coalesce(a.answered, 0) as answered, coalesce(a.confirmed, 0) as confirmed
    from (select key, sum(n)::int as closed, sum(verified)::int as verified, sum(asked)::int as asked, sum(answered)::int as answered,
        sum(confirmed)::int as confirmed
      from closed group by key) a
    full join (select key, count(*)::int as overdue from late group by key) l on l.key = a.key
    order by 1`.execute(db)
  return rows
}

/** Whether the sums of days know all that is asked: they know streets and units, and no classes. */
function sumsSay(actor: Actor | null, { by, area, kind, classCode }: RatesWanted): boolean {
  const areas = actor ? sightOf(actor, 'cases.read').areas : []
  const least = by === 'area' ? below(area) : (area?.length ?? 0)
  return by !== 'class' && !kind && !classCode && [least, ...areas.map((a) => a.length)].every((n) => n <= streetDigits)
}

export interface OutcomeRow {
  outcome: string
  n: number
}
/** How the cases that ended in a period ended. */
export async function outcomeCounts(
  db: Db,
  actor: Actor,
  w: Pick<RatesWanted, 'from' | 'to' | 'area'>,
): Promise<OutcomeRow[]> {
  const whole = { days: null, rest: [{ from: w.from, to: w.to }] }
  const cut = sumsSay(actor, { ...w, by: 'all' }) ? await cutOf(db, w.from, w.to) : whole
  const filters = (area: RawSql, unit: RawSql): RawSql =>
    sql.join([within(actor, area, unit), ...(w.area ? [sql`starts_with(${area}, ${w.area})`] : [])], sql` and `)
  const { rows } = await sql<OutcomeRow>`
    select outcome, sum(n)::int as n from (
      select cases.outcome(c.status, c.close_kind) as outcome, count(*)::int as n from cases.case_file c
      where ${endedOnly} and ${inRest(cut)} and ${filters(sql`c.area_code`, sql`c.lead_unit_id`)} group by 1
      union all
      select s.outcome, s.n from cases.ended_day s where ${inDays(cut)} and ${filters(sql`s.area_code`, sql`s.unit_id`)}) o
    group by 1 order by 1`.execute(db)
  return rows
}

export const personNames = async (db: Db, ids: readonly string[]): Promise<Map<string, string>> =>
  new Map(
    (
      await sql<{
        id: string
        name: string
      }>`select id::text as id, name_zh as name from identity.api_person where id::text = any(${ids}::text[])`.execute(
        db,
      )
    ).rows.map((p) => [p.id, p.name]),
  )
