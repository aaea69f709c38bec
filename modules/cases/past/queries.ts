import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { defaultFlow } from '../model/index.ts'
import { seen } from '../queries/index.ts'

export interface AtWanted {
  instant: Date
  area?: string | undefined
  box?: { low: { xM: number; yM: number }; high: { xM: number; yM: number } } | undefined
}
export interface LightCounts {
  rest: number
  green: number
  yellow: number
  red: number
}
export interface CaseThen {
  id: string
  lon: number
  lat: number
  light: keyof LightCounts
  status: string
  classCode: string
  no: string
}
export interface GroupThen extends LightCounts {
  code: string
  lon: number
  lat: number
  count: number
}

const openAt = (actor: Actor, { instant, area, box }: AtWanted): RawSql =>
  sql.join(
    [
      sql`cases.life(c.reported_at, c.closed_at) @> ${instant}::timestamptz`,
      seen(actor),
      ...(area ? [sql`starts_with(c.area_code, ${area})`] : []),
      ...(box ? [sql`c.xy <@ box(point(${box.low.xM}, ${box.low.yM}), point(${box.high.xM}, ${box.high.yM}))`] : []),
    ],
    sql` and `,
  )

const stageMinutes = sql.join(
  Object.entries(defaultFlow.minutes).map(([status, minutes]) => sql`when ${sql.lit(status)} then ${sql.lit(minutes)}`),
  sql` `,
)
/**
 * Cases of then with their light of then. The disposal's clock starts once and is not set back, so its two turning points are the
 * case's own; the centre's clock ran from when the trail says that the status was entered.
 */
const then = (actor: Actor, wanted: AtWanted): RawSql => sql`
  select c.id, c.no, c.lon, c.lat, c.area_code, c.class_code, e.to_status as status,
    case when e.to_status in ('pending_sign', 'disposing', 'rework') and c.due is not null
      then case when ${wanted.instant}::timestamptz > c.due then 'red' when ${wanted.instant}::timestamptz >= c.urge_at then 'yellow' else 'green' end
      when s.minutes is null then 'rest'
      when ${wanted.instant}::timestamptz > e.recorded + s.minutes * interval '1 minute' then 'red'
      when ${wanted.instant}::timestamptz >= e.recorded + s.minutes * 0.8 * interval '1 minute' then 'yellow'
      else 'green' end as light
  from cases.case_file c
  cross join lateral (select to_status, recorded from cases.event e where e.case_id = c.id and e.recorded <= ${wanted.instant}
    and e.from_status is distinct from e.to_status order by seq desc limit 1) e
  cross join lateral (select case e.to_status ${stageMinutes} end as minutes) s
  where ${openAt(actor, wanted)}`

const counts = sql`count(*)::int as count, count(*) filter (where light = 'rest')::int as rest, count(*) filter (where light = 'green')::int as green,
  count(*) filter (where light = 'yellow')::int as yellow, count(*) filter (where light = 'red')::int as red`

export const countsAt = async (db: Db, actor: Actor, wanted: AtWanted): Promise<LightCounts & { count: number }> =>
  (await sql<LightCounts & { count: number }>`select ${counts} from (${then(actor, wanted)}) t`.execute(db))
    .rows[0] ?? { count: 0, rest: 0, green: 0, yellow: 0, red: 0 }

export const thingsAt = async (db: Db, actor: Actor, wanted: AtWanted): Promise<CaseThen[]> =>
  (
    await sql<CaseThen>`select id, no, lon, lat, light, status, class_code as "classCode" from (${then(actor, wanted)}) t order by id`.execute(
      db,
    )
  ).rows

/** Counts of areas by the length of their codes: 15 cells, 9 streets; at most so many. */
export const groupsAt = async (
  db: Db,
  actor: Actor,
  wanted: AtWanted,
  digits: 9 | 15,
  most: number,
): Promise<GroupThen[]> =>
  (
    await sql<GroupThen>`select coalesce(left(area_code, ${digits}), '') as code, avg(lon)::float8 as lon, avg(lat)::float8 as lat, ${counts}
      from (${then(actor, wanted)}) t group by 1 order by 4 desc, 1 limit ${most}`.execute(db)
  ).rows

/** Reports and closings in each bucket of `from` to `to`; the key is the bucket's place in the row. */
export async function flow(
  db: Db,
  actor: Actor,
  { from, to, widthMs, area }: { from: Date; to: Date; widthMs: number; area?: string | undefined },
): Promise<{ bucket: number; reported: number; closed: number }[]> {
  const where = sql`${seen(actor)} ${area ? sql`and starts_with(c.area_code, ${area})` : sql``}`
  const bucket = (column: RawSql): RawSql =>
    sql`floor(extract(epoch from ${column} - ${from}::timestamptz) * 1000 / ${widthMs})::int`
  const { rows } = await sql<{ bucket: number; reported: number; closed: number }>`
    select bucket, sum(reported)::int as reported, sum(closed)::int as closed from (
      select ${bucket(sql`c.reported_at`)} as bucket, count(*) as reported, 0 as closed from cases.case_file c
        where c.reported_at >= ${from} and c.reported_at < ${to} and ${where} group by 1
      union all
      select ${bucket(sql`c.closed_at`)}, 0, count(*) from cases.case_file c
        where c.status = 'closed' and c.closed_at >= ${from} and c.closed_at < ${to} and ${where} group by 1) b
    group by 1`.execute(db)
  return rows
}
