import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { Status } from '../../model/index.ts'
import { seen } from '../../queries/index.ts'
import { seenThings } from '../sight.ts'
import { type HungCheck, type HungLife, type HungState, matchedWithinM } from './model.ts'

export interface HungRow {
  id: string
  no: string
  level: 'city' | 'district' | 'street'
  lon: number
  lat: number
  areaCode: string
  place: string
  problem: string
  unitId: string
  unitZh: string
  unitEn: string
  due: Date
  passesNeeded: number
  daysNeeded: number
  state: HungState
  hungAt: Date
  clearedAt: Date | null
  relapses: number
  createdBy: string
  checks: number
  passes: number
  cases: number
}
const around = sql.raw(`c.xy <@ circle(h.xy, ${matchedWithinM})`)
const hung = sql`select h.id, h.no, h.level, h.lon, h.lat, h.area_code as "areaCode", h.place, h.problem, h.unit_id as "unitId",
    u.name_zh as "unitZh", u.name_en as "unitEn", h.due, h.passes_needed as "passesNeeded", h.days_needed as "daysNeeded", h.state,
    h.hung_at as "hungAt", h.cleared_at as "clearedAt", h.relapses, h.created_by as "createdBy",
    (select count(*)::int from cases.hung_check k where k.item_id = h.id) as checks,
    (select count(*)::int from cases.hung_check k where k.item_id = h.id and k.passed
      and k.at > coalesce((select max(f.at) from cases.hung_check f where f.item_id = h.id and not f.passed), '-infinity')) as passes,
    (select count(*)::int from cases.case_file c where ${around} and c.reported_at >= h.hung_at and c.status <> 'draft') as cases
  from cases.hung_item h join identity.api_unit u on u.id = h.unit_id`

export async function hungById(db: Db, id: string, lock: boolean): Promise<HungRow | undefined> {
  if (lock) await sql`select from cases.hung_item where id = ${id} for update`.execute(db)
  return (await sql<HungRow>`${hung} where h.id = ${id}`.execute(db)).rows[0]
}

const mostListed = 500
const shown = (actor: Actor): RawSql => seenThings(actor, 'h', sql`h.unit_id`)
export const hungSeen = async (
  db: Db,
  actor: Actor,
  w: { state?: HungState | undefined; level?: string | undefined },
): Promise<HungRow[]> =>
  (
    await sql<HungRow>`${hung} where ${shown(actor)} and ${w.state ? sql`h.state = ${w.state}` : sql`true`}
      and ${w.level ? sql`h.level = ${w.level}` : sql`true`} order by h.state desc, h.due, h.no limit ${mostListed}`.execute(
      db,
    )
  ).rows

/** Cases against points: how many of either meet within 50 m. */
export const compared = async (db: Db, actor: Actor, since: Date) =>
  (
    await sql<{ cases: number; atHung: number; points: number; pointsHit: number }>`
      with recent as materialized (select c.id, c.xy from cases.case_file c where c.reported_at >= ${since} and ${seen(actor)}),
      spots as materialized (select h.id, h.xy from cases.hung_item h where h.state = 'hung' and ${shown(actor)}),
      met as materialized (select c.id as case_id, h.id as item_id from spots h join cases.case_file c on ${around}
        where c.reported_at >= ${since} and c.id in (select id from recent))
      select (select count(*)::int from recent) as cases, (select count(distinct case_id)::int from met) as "atHung",
        (select count(*)::int from spots) as points, (select count(distinct item_id)::int from met) as "pointsHit"`.execute(
      db,
    )
  ).rows[0] ?? { cases: 0, atHung: 0, points: 0, pointsHit: 0 }

/** Items around a case, nearest first: what it may be one more sign of. */
export const hungAround = async (db: Db, actor: Actor, at: { xM: number; yM: number }) =>
  (
    await sql<
      HungRow & { distanceM: number }
    >`select i.*, (h.xy <-> point(${at.xM}, ${at.yM})) as "distanceM" from (${hung}
      where h.xy <@ circle(point(${at.xM}, ${at.yM}), ${matchedWithinM}) and ${shown(actor)}) i join cases.hung_item h on h.id = i.id
      order by "distanceM" limit 10`.execute(db)
  ).rows

export interface NearCase {
  id: string
  no: string
  status: Status
  classZh: string
  classEn: string
  reportedAt: Date
  distanceM: number
}
export const casesAt = async (db: Db, actor: Actor, id: string): Promise<NearCase[]> =>
  (
    await sql<NearCase>`select c.id, c.no, c.status, k.name_zh as "classZh", k.name_en as "classEn", c.reported_at as "reportedAt",
        c.xy <-> h.xy as "distanceM"
      from cases.hung_item h join cases.case_file c on ${around}
      join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
      where h.id = ${id} and ${seen(actor)} order by c.reported_at desc limit 50`.execute(db)
  ).rows

export async function addHung(
  db: Db,
  h: Pick<
    HungRow,
    | 'id'
    | 'no'
    | 'level'
    | 'lon'
    | 'lat'
    | 'areaCode'
    | 'place'
    | 'problem'
    | 'unitId'
    | 'due'
    | 'passesNeeded'
    | 'daysNeeded'
    | 'hungAt'
    | 'createdBy'
  > & { xM: number; yM: number },
): Promise<void> {
  await sql`insert into cases.hung_item (id, no, level, lon, lat, xy, area_code, place, problem, unit_id, due, passes_needed, days_needed, hung_at, created_by)
    values (${h.id}, ${h.no}, ${h.level}, ${h.lon}, ${h.lat}, point(${h.xM}, ${h.yM}), ${h.areaCode}, ${h.place}, ${h.problem}, ${h.unitId},
      ${h.due}, ${h.passesNeeded}, ${h.daysNeeded}, ${h.hungAt}, ${h.createdBy})`.execute(db)
}

export interface HungCheckRow extends HungCheck {
  id: string
  note: string
  by: string | null
  photos: number
}
export const checksOf = async (db: Db, itemId: string): Promise<HungCheckRow[]> =>
  (
    await sql<HungCheckRow>`select k.id, k.at, k.passed, k.note, p.name_zh as by, cardinality(k.photo_ids) as photos
      from cases.hung_check k left join identity.api_person p on p.id::text = k.checked_by
      where k.item_id = ${itemId} order by k.at desc, k.id`.execute(db)
  ).rows

export async function addCheck(
  db: Db,
  k: { id: string; itemId: string; at: Date; passed: boolean; note: string; photoIds: readonly string[]; by: string },
): Promise<void> {
  await sql`insert into cases.hung_check (id, item_id, at, passed, note, photo_ids, checked_by)
    values (${k.id}, ${k.itemId}, ${k.at}, ${k.passed}, ${k.note}, ${k.photoIds}::uuid[], ${k.by})`.execute(db)
}
export async function setLife(db: Db, id: string, life: HungLife): Promise<void> {
  await sql`update cases.hung_item set state = ${life.state}, cleared_at = ${life.clearedAt}, relapses = ${life.relapses}, xid = pg_current_xact_id() where id = ${id}`.execute(
    db,
  )
}
