/** Counts over many cases: habits of places, records of units, the figures of the hour. */
import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { Kind } from '@pentad/rulebook/model'
import { actionable, openOnly, seen } from './read.ts'

/** How often each class was found within reach of a point since then; the key is `kind:code`. */
export async function habitAround(
  db: Db,
  at: { xM: number; yM: number },
  radiusM: number,
  since: Date,
): Promise<Record<string, number>> {
  const { rows } = await sql<{
    key: string
    n: number
  }>`select kind || ':' || class_code as key, count(*)::int as n from cases.case_file
    where xy <@ circle(point(${at.xM}, ${at.yM}), ${radiusM}) and reported_at > ${since} group by 1`.execute(db)
  return Object.fromEntries(rows.map((r) => [r.key, r.n]))
}

export interface UnitRecord {
  id: string
  nameZh: string
  nameEn: string
  sameClass: number
  inTime: number
  load: number
}
/** What units did with a class lately, and how much lies with them now. */
export const unitRecords = async (
  db: Db,
  unitIds: readonly string[],
  kind: Kind,
  classCode: string,
  since: Date,
): Promise<UnitRecord[]> =>
  (
    await sql<UnitRecord>`select u.id, u.name_zh as "nameZh", u.name_en as "nameEn",
        count(*) filter (where c.status = 'closed' and c.kind = ${kind} and c.class_code = ${classCode} and c.closed_at > ${since})::int as "sameClass",
        count(*) filter (where c.status = 'closed' and c.kind = ${kind} and c.class_code = ${classCode} and c.closed_at > ${since} and c.clock_stopped <= c.due)::int as "inTime",
        count(*) filter (where ${openOnly})::int as load
      from identity.api_unit u left join cases.case_file c on c.lead_unit_id = u.id and (c.closed_at is null or c.closed_at > ${since})
      where u.id = any(${unitIds}::text[]) group by u.id, u.name_zh, u.name_en`.execute(db)
  ).rows

/** Units that did this class in this street lately, most often first. */
export const unitsByHabit = async (
  db: Db,
  kind: Kind,
  classCode: string,
  street: string,
  since: Date,
): Promise<string[]> =>
  (
    await sql<{ id: string }>`select lead_unit_id as id from cases.case_file
      where kind = ${kind} and class_code = ${classCode} and starts_with(area_code, ${street}) and lead_unit_id is not null and reported_at > ${since}
      group by 1 order by count(*) desc, 1 limit 3`.execute(db)
  ).rows.map((r) => r.id)

export interface Figures {
  open: number
  waiting: number
  overdue: number
  dueSoon: number
  reportedToday: number
  closedToday: number
}
export async function figuresOf(db: Db, actor: Actor, now: Date, today: Date): Promise<Figures> {
  const { rows } = await sql<Figures>`select
      count(*) filter (where ${openOnly})::int as open,
      count(*) filter (where ${openOnly} and ${actionable(actor)})::int as waiting,
      count(*) filter (where ${openOnly} and c.clock_stopped is null and c.paused_at is null and c.due < ${now})::int as overdue,
      count(*) filter (where ${openOnly} and c.clock_stopped is null and c.paused_at is null and c.urge_at <= ${now} and c.due >= ${now})::int as "dueSoon",
      count(*) filter (where c.reported_at >= ${today})::int as "reportedToday",
      count(*) filter (where c.status = 'closed' and c.closed_at >= ${today})::int as "closedToday"
    from cases.case_file c where (${openOnly} or c.reported_at >= ${today} or c.closed_at >= ${today}) and ${seen(actor)}`.execute(
    db,
  )
  return rows[0] ?? { open: 0, waiting: 0, overdue: 0, dueSoon: 0, reportedToday: 0, closedToday: 0 }
}

export const hourly = async (
  db: Db,
  actor: Actor,
  since: Date,
): Promise<{ from: Date; reported: number; closed: number }[]> =>
  (
    await sql<{ from: Date; reported: number; closed: number }>`
      select h as "from",
        (select count(*)::int from cases.case_file c where c.reported_at >= h and c.reported_at < h + interval '1 hour' and ${seen(actor)}) as reported,
        (select count(*)::int from cases.case_file c where c.closed_at >= h and c.closed_at < h + interval '1 hour' and c.status = 'closed' and ${seen(actor)}) as closed
      from generate_series(${since}::timestamptz, ${since}::timestamptz + interval '23 hours', interval '1 hour') as h order by h`.execute(
      db,
    )
  ).rows

export const openByCell = async (
  db: Db,
  actor: Actor,
  within: string,
  now: Date,
): Promise<{ code: string; open: number; overdue: number }[]> =>
  (
    await sql<{ code: string; open: number; overdue: number }>`select c.area_code as code, count(*)::int as open,
        count(*) filter (where c.clock_stopped is null and c.paused_at is null and c.due < ${now})::int as overdue
      from cases.case_file c where ${openOnly} and starts_with(c.area_code, ${within}) and ${seen(actor)} group by 1 order by 1`.execute(
      db,
    )
  ).rows

export const openByStreet = async (
  db: Db,
  actor: Actor,
  now: Date,
): Promise<{ code: string; open: number; overdue: number }[]> =>
  (
    await sql<{
      code: string
      open: number
      overdue: number
    }>`select left(c.area_code, 9) as code, count(*)::int as open,
        count(*) filter (where c.clock_stopped is null and c.paused_at is null and c.due < ${now})::int as overdue
      from cases.case_file c where ${openOnly} and c.area_code is not null and ${seen(actor)} group by 1 order by 2 desc`.execute(
      db,
    )
  ).rows
