/** How cases ended and what is known of it: kept as sums of days by a tick, counted case by case where a day has changed since. */
import { type Db, inTransaction, markNow, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'
import type { Tick } from '@pentad/platform/tick'
import type { LegalDay } from '@pentad/platform/time'
import { publicSources } from './model/counters.ts'
import { type Cut, cutIntoDays } from './model/days.ts'

export const endedOnly = sql`c.status in ('closed', 'rejected', 'merged', 'voided', 'transferred')`
const dayOf = (at: RawSql): RawSql => sql`(${at} at time zone 'Asia/Shanghai')::date`
/** Sums know streets; what asks for less than a street is counted case by case. */
export const streetDigits = 9

/** One row for each case that ended, with what the rates ask of it; `c` is the case. */
export const endings = (columns: RawSql, where: RawSql): RawSql => sql`
  select ${columns}, cases.outcome(c.status, c.close_kind) as outcome,
    c.close_kind = 'normal' and c.checked_by is not null and c.doubts = '{}' and again.id is null as verified,
    c.status = 'closed' and (said.fixed is not null or c.origin = 'live' and (c.source = any(${[...publicSources]}::text[]) or (c.reports > 1
      and exists (select from cases.report r where r.case_id = c.id and r.source = any(${[...publicSources]}::text[]))))) as asked, said.fixed
  from cases.case_file c
  left join cases.case_file again on again.reopened_from = c.id and again.rework_count > 0
  left join lateral (select bool_and(a.fixed) as fixed from cases.answer a where a.case_id = c.id) said on true
  where ${endedOnly} and ${where}`

/** Counts over `endings`, by its first columns. */
export const counted = sql`count(*)::int as n, (count(*) filter (where verified))::int as verified, (count(*) filter (where asked))::int as asked,
  count(fixed)::int as answered, (count(*) filter (where fixed))::int as confirmed`

/** What lies in the actor's areas or with their units; `null` is the public, who is told of the whole city. */
export function within(actor: Actor | null, area: RawSql, unit: RawSql): RawSql {
  const { areas, units } = actor ? sightOf(actor, 'cases.read') : { areas: [''], units: [] }
  if (areas.includes('')) return sql`true`
  return sql`(${area} like any(${areas.map((a) => `${a}%`)}::text[]) or ${unit} = any(${units}::text[]))`
}

/** Days whose sums no longer hold: a case that ended then was changed, taken up again or answered for, or is no longer merged. */
const touchedSince = async (db: Db, mark: string): Promise<LegalDay[]> =>
  (
    await sql<{ day: LegalDay }>`
      with changed as materialized (select c.id, c.status, c.closed_at, c.reopened_from from cases.case_file c where c.xid >= ${mark}::xid8)
      select distinct ${dayOf(sql`at`)}::text as day from (
        select closed_at as at from changed
        union all select o.closed_at from changed join cases.case_file o on o.id = changed.reopened_from
        union all select e.recorded from changed join cases.event e on e.case_id = changed.id and e.act = 'merge' where changed.closed_at is null) t
      where at is not null order by 1`.execute(db)
  ).rows.map((r) => r.day)

const markOf = async (db: Db): Promise<string | undefined> =>
  (await sql<{ mark: string }>`select mark::text as mark from cases.ended_mark`.execute(db)).rows[0]?.mark

/** More touched days than this are not worth picking out. */
const mostTouched = 62

/** The period as days whose sums hold and as what is left; all of it is left before the first tick. */
export async function cutOf(db: Db, from: Date, to: Date): Promise<Cut> {
  const mark = await markOf(db)
  const all: Cut = { days: null, rest: [{ from, to }] }
  if (!mark) return all
  const touched = await touchedSince(db, mark)
  const cut = cutIntoDays(from, to, touched)
  return cut.rest.length > mostTouched ? all : cut
}
export const inRest = ({ rest }: Cut): RawSql =>
  rest.length
    ? sql`(${sql.join(
        rest.map((r) => sql`(c.closed_at >= ${r.from} and c.closed_at < ${r.to})`),
        sql` or `,
      )})`
    : sql`false`
/** Sums of the whole days, but for those that the rest counts. */
export function inDays({ days, rest }: Cut): RawSql {
  if (!days) return sql`false`
  const left = rest.map(
    (r) => sql`not (s.day >= ${dayOf(sql`${r.from}::timestamptz`)} and s.day < ${dayOf(sql`${r.to}::timestamptz`)})`,
  )
  return sql.join([sql`s.day >= ${days.first}::date`, sql`s.day < ${days.end}::date`, ...left], sql` and `)
}

const sumsOf = (where: RawSql): RawSql => sql`
  insert into cases.ended_day (day, area_code, unit_id, outcome, n, verified, asked, answered, confirmed)
  select day, area_code, unit_id, outcome, ${counted} from (${endings(
    sql`${dayOf(sql`c.closed_at`)} as day, coalesce(left(c.area_code, ${streetDigits}), '') as area_code, coalesce(c.lead_unit_id, '') as unit_id`,
    where,
  )}) e group by 1, 2, 3, 4`

/** Counts anew the days that something touched since the last time; the first time, all of them. How many there were. */
export const sumDays = (db: Db): Promise<number> =>
  inTransaction(db, async (tx) => {
    // One at a time, and whoever comes second has nothing to add.
    const { rows } = await sql<{
      got: boolean
    }>`select pg_try_advisory_xact_lock(hashtext('cases.ended-days')) as got`.execute(tx)
    if (!rows[0]?.got) return 0
    const mark = await markOf(tx)
    const next = await markNow(tx)
    if (!mark) {
      await sql`delete from cases.ended_day`.execute(tx)
      await sumsOf(sql`c.closed_at is not null`).execute(tx)
      await sql`insert into cases.ended_mark (mark) values (${next}::xid8)`.execute(tx)
      return 1
    }
    const days = await touchedSince(tx, mark)
    const [first, last] = [days[0], days.at(-1)]
    if (first !== undefined && last !== undefined) {
      await sql`delete from cases.ended_day where day = any(${days}::date[])`.execute(tx)
      await sumsOf(
        sql`c.closed_at >= (${first}::date::timestamp at time zone 'Asia/Shanghai') and c.closed_at < ((${last}::date + 1)::timestamp at time zone 'Asia/Shanghai')
          and ${dayOf(sql`c.closed_at`)} = any(${days}::date[])`,
      ).execute(tx)
    }
    await sql`update cases.ended_mark set mark = ${next}::xid8`.execute(tx)
    return days.length
  })

export const endedTicks: readonly Tick[] = [
  {
    name: 'cases.ended-days',
    everyMs: 60_000,
    // Today changes all the time: once a minute is often enough, whatever was found.
    run: async ({ db }) => {
      await sumDays(db)
      return 0
    },
  },
]
