import { type Db, prepared, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'
import type { Kind } from '@pentad/rulebook/model'
import { type Awaited, awaitedOf, mostCounted, type Status, stageQueues, statusesOfQueue } from '../model/index.ts'
import type { TrailRow } from '../trail.ts'
import { type CaseRow, caseFields } from './write.ts'

/** A case with what a work list says of it. */
export interface LineRow extends CaseRow {
  classZh: string
  classEn: string
  placeZh: string
  placeEn: string
  description: string
  reportedAt: Date
  unitZh: string | null
  unitEn: string | null
  assigneeName: string | null
  checkerName: string | null
  alarmId: string | null
  photoId: string | null
  componentName: string | null
  componentMaintainer: string | null
}

export const line = sql`select ${caseFields}, k.name_zh as "classZh", k.name_en as "classEn", c.place_zh as "placeZh", c.place_en as "placeEn", c.description,
    c.reported_at as "reportedAt", u.name_zh as "unitZh", u.name_en as "unitEn", c.alarm_id as "alarmId", c.photo_id as "photoId",
    o.name as "componentName", o.maintainer_name as "componentMaintainer",
    (select name_zh from identity.api_person where id::text = c.assignee_id) as "assigneeName",
    (select name_zh from identity.api_person where id::text = c.checker_id) as "checkerName"
  from cases.case_file c
  join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
  left join identity.api_unit u on u.id = c.lead_unit_id
  left join geography.api_component o on o.id = c.component_id`

/** Codes are digits and need no escape; one area can be a range of the index. */
const inAreas = (areas: readonly string[]): RawSql =>
  areas.includes('')
    ? sql`c.area_code is not null`
    : areas.length === 1
      ? sql`c.area_code like ${`${areas[0]}%`}`
      : sql`c.area_code like any(${areas.map((a) => `${a}%`)}::text[])`

/** What the actor may see: by place, by unit, or because they reported it. */
export function seen(actor: Actor): RawSql {
  const { areas, units, actorId } = sightOf(actor, 'cases.read')
  // A draft is its writer's alone.
  const shown = sql`(c.status <> 'draft' or c.created_by = ${actorId})`
  if (areas.includes('')) return shown
  return sql`(${shown} and (${inAreas(areas)} or c.lead_unit_id = any(${units}::text[])
    or (c.co_unit_ids <> '{}' and c.co_unit_ids && ${units}::text[]) or c.created_by = ${actorId}))`
}

/** The cases that wait for a step of this actor's (except what `blocked` says of their own work). */
export function actionable(actor: Actor): RawSql {
  const each = awaitedOf(actor).map(({ statuses, within, areas, units, asked, checks }) => {
    const whose =
      within === 'area'
        ? inAreas(areas)
        : within === 'own'
          ? sql`c.created_by = ${actor.id}`
          : sql`c.lead_unit_id = any(${units}::text[])`
    return sql`(c.status = any(${[...statuses]}::text[]) and ${whose}${further({ asked, checks }, actor)})`
  })
  return each.length > 0 ? sql`(${sql.join(each, sql` or `)})` : sql`false`
}

const further = ({ asked, checks }: Pick<Awaited, 'asked' | 'checks'>, actor: Actor): RawSql => {
  const answers = asked ? sql` and c.asked->>'kind' = ${asked}` : sql``
  const drawn = checks ? sql` and (c.checker_id is null or c.checker_id = ${actor.id})` : sql``
  return sql`${answers}${drawn}`
}

/** In these words, so that the partial indexes hold. */
export const openOnly = sql`c.status not in ('closed', 'rejected', 'merged', 'voided', 'transferred')`
const endedOnly = sql`c.status in ('closed', 'rejected', 'merged', 'voided', 'transferred')`

export function inQueue(queue: string, actor: Actor): RawSql {
  if (queue === 'mine') return sql`${openOnly} and ${actionable(actor)}`
  if (queue === 'open') return openOnly
  if (queue === 'closed') return endedOnly
  if (queue === 'asked') return sql`${openOnly} and c.asked is not null`
  if (queue === 'difficult') return sql`${openOnly} and c.difficult`
  const stage = stageQueues.find((name) => name === queue)
  return sql`c.status = any(${stage ? statusesOfQueue[stage] : []}::text[])`
}

export interface LinesWanted {
  queue: string
  q?: string | undefined
  street?: string | undefined
  classCode?: string | undefined
  componentId?: string | undefined
  after?: { due: Date; id: string } | undefined
  most: number
}
/** A page of a work list: nearest deadline first; of closed cases, newest first. */
export async function linesOf(db: Db, actor: Actor, wanted: LinesWanted): Promise<LineRow[]> {
  const { queue, q, street, classCode, componentId, after, most } = wanted
  const closed = queue === 'closed'
  const due = closed ? sql`c.closed_at` : sql`coalesce(c.stage_due, c.due)`
  const filters = sql.join(
    [
      seen(actor),
      ...(q
        ? [
            sql`(c.no like ${`%${q}%`} or c.description like ${`%${q}%`} or c.place_zh like ${`%${q}%`} or k.name_zh like ${`%${q}%`} or k.name_en ilike ${`%${q}%`})`,
          ]
        : []),
      ...(street ? [sql`starts_with(c.area_code, ${street})`] : []),
      ...(classCode ? [sql`c.class_code = ${classCode}`] : []),
      ...(componentId ? [sql`c.component_id = ${componentId}`] : []),
      ...(after
        ? [
            closed
              ? sql`(${due}, c.id) < (${after.due}, ${after.id})`
              : sql`(${due}, c.id) > (${after.due}, ${after.id})`,
          ]
        : []),
    ],
    sql` and `,
  )
  const order = closed ? sql`c.closed_at desc, c.id desc` : sql`coalesce(c.stage_due, c.due), c.id`
  // Chosen by what stands in the case alone, so that only those shown are joined with names.
  const from = sql`from cases.case_file c ${
    q
      ? sql`join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code`
      : sql``
  }`
  const parts = queue === 'mine' ? awaitedOf(actor) : []
  const chosen =
    parts.length > 0 && parts.every(({ within }) => within === 'unit')
      ? sql`select id from (${sql.join(
          parts.map((part) => waitsForUnits(part, actor, { from, filters, most })),
          sql` union `,
        )}) each_stage order by due, id limit ${most}`
      : sql`select c.id ${from} where ${inQueue(queue, actor)} and ${filters} order by ${order} limit ${most}`
  return (await sql<LineRow>`${line} where c.id in (${chosen}) order by ${order}`.execute(db)).rows
}

/** A page of each stage of each unit, by one index: the engine would rather read all that a unit has, and sort it. */
const waitsForUnits = (
  { statuses, units, asked, checks }: Awaited,
  actor: Actor,
  { from, filters, most }: { from: RawSql; filters: RawSql; most: number },
): RawSql => sql`select found.* from unnest(${units}::text[]) unit, unnest(${[...statuses]}::text[]) stage, lateral (
  select c.id, coalesce(c.stage_due, c.due) as due ${from} where ${openOnly} and c.lead_unit_id = unit and c.status = stage
    ${further({ asked, checks }, actor)} and ${filters} order by coalesce(c.stage_due, c.due), c.id limit ${most}) found`

/** How many stand in each queue, counted anew: what `standing/` keeps must be this. */
export async function queueCounts(db: Db, actor: Actor): Promise<Record<string, number>> {
  const open = [...stageQueues, 'asked', 'difficult']
  const counts = open.map((queue) => sql`count(*) filter (where ${inQueue(queue, actor)})::int as ${sql.ref(queue)}`)
  const { rows } = await sql<Record<string, number>>`
    select count(*)::int as open, count(*) filter (where ${actionable(actor)})::int as mine, ${sql.join(counts)}
    from cases.case_file c where ${openOnly} and ${seen(actor)}`.execute(db)
  return rows[0] ?? {}
}

/** Sights for which there are more closed cases than are counted: what was closed stays so. */
const full = new WeakMap<Db, Set<string>>()
/** Of the closed ones, as many as are worth counting: an exact number of millions would cost more than it tells. */
export async function closedCount(db: Db, actor: Actor): Promise<number> {
  const sight = JSON.stringify(sightOf(actor, 'cases.read'))
  const known = full.get(db) ?? new Set()
  full.set(db, known)
  if (known.has(sight)) return mostCounted
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (
    select from cases.case_file c where ${endedOnly} and ${seen(actor)} limit ${mostCounted}) few`.execute(db)
  const n = rows[0]?.n ?? 0
  if (n >= mostCounted) known.add(sight)
  return n
}

export async function linesInBox(
  db: Db,
  actor: Actor,
  low: { xM: number; yM: number },
  high: { xM: number; yM: number },
  most: number,
): Promise<{ rows: LineRow[]; all: number }> {
  const box = sql`c.xy <@ box(point(${low.xM}, ${low.yM}), point(${high.xM}, ${high.yM})) and ${openOnly} and ${seen(actor)}`
  const { rows } = await sql<LineRow>`${line} where ${box} order by coalesce(c.stage_due, c.due) limit ${most}`.execute(
    db,
  )
  if (rows.length < most) return { rows, all: rows.length }
  const counted = await sql<{ n: number }>`select count(*)::int as n from cases.case_file c where ${box}`.execute(db)
  return { rows, all: counted.rows[0]?.n ?? rows.length }
}

export interface ClassAsked {
  kind: Kind
  code: string
}
/** The minor classes of the scheme in force by these names, in the order asked. */
export async function classesNamed(
  db: Db,
  asked: readonly ClassAsked[],
): Promise<({ scheme: string; version: string } | undefined)[]> {
  const { rows } = await sql<ClassAsked & { scheme: string; version: string }>`
    select kind, code, scheme, version from rulebook.api_class where parent_code is not null
      and (kind, code) in (select * from unnest(${asked.map((a) => a.kind)}::text[], ${asked.map((a) => a.code)}::text[]))`.execute(
    db,
  )
  return asked.map((a) => rows.find((r) => r.kind === a.kind && r.code === a.code))
}

/** What commands need to begin: the case, and what the same command brought about earlier. In the order asked. */
export async function linesForCommands(
  db: Db,
  asked: readonly { id: string; actorId: string; key: string }[],
): Promise<{ line: LineRow | undefined; earlier: { digest: string; reply: unknown } | undefined }[]> {
  const wanted = JSON.stringify(asked.map((a, n) => ({ n, ...a })))
  const { rows } = await sql<LineRow & { n: number; digest: string | null; reply: unknown }>`${prepared}
    with wanted as (select * from jsonb_to_recordset(${wanted}::jsonb) as w (n int, id uuid, "actorId" text, key text))
    select w.n, d.digest, d.reply, l.* from wanted w
    left join platform.command d on d.actor = w."actorId" and d.key = w.key
    left join lateral (${line} where c.id = w.id) l on true`.execute(db)
  const found = new Map(rows.map((r) => [r.n, r]))
  return asked.map((_, n) => {
    const row = found.get(n)
    return {
      line: row?.id ? row : undefined,
      earlier: row?.digest ? { digest: row.digest, reply: row.reply } : undefined,
    }
  })
}

export const lineById = async (db: Db, id: string): Promise<LineRow | undefined> =>
  (await sql<LineRow>`${line} where c.id = ${id}`.execute(db)).rows[0]

/** In no order. */
export const linesById = async (db: Db, ids: readonly string[]): Promise<LineRow[]> =>
  ids.length ? (await sql<LineRow>`${line} where c.id = any(${ids}::uuid[])`.execute(db)).rows : []

export const trailOf = async (
  db: Db,
  caseId: string,
): Promise<(TrailRow & { actorName: string | null; unitZh: string | null; unitEn: string | null })[]> =>
  (
    await sql<TrailRow & { actorName: string | null; unitZh: string | null; unitEn: string | null }>`
      select e.case_id as "caseId", e.seq, e.act, e.actor_id as "actorId", e.actor_unit as "actorUnit", e.from_status as "from",
        e.to_status as "to", e.at, e.recorded, e.reason, e.standard_id as "standardId", e.unit_id as "unitId", e.photo_ids as "photoIds",
        e.lon, e.lat, e.used_seconds as "usedSeconds", e.detail, e.prev_hash as "prevHash", e.hash,
        p.name_zh as "actorName", u.name_zh as "unitZh", u.name_en as "unitEn"
      from cases.event e
      left join identity.api_person p on p.id::text = e.actor_id
      left join identity.api_unit u on u.id = e.actor_unit
      where e.case_id = ${caseId} order by e.seq`.execute(db)
  ).rows

export interface ReportMade {
  id: string
  source: CaseRow['source']
  sourceNo: string | null
  at: Date
  text: string
  reporterName: string | null
  reporterPhone: string | null
}
export const reportsOf = async (db: Db, caseId: string): Promise<ReportMade[]> =>
  (
    await sql<ReportMade>`select id, source, source_no as "sourceNo", at, text, reporter_name as "reporterName", reporter_phone as "reporterPhone"
      from cases.report where case_id = ${caseId} order by recorded`.execute(db)
  ).rows

export interface SaidAddress {
  said: string
  lon: number
  lat: number
}
/** What its reporters called the place of a case, as a seat wrote it down. */
export const addressesOf = async (db: Db, caseIds: readonly string[]): Promise<SaidAddress[]> =>
  (
    await sql<SaidAddress>`select original->'address'->>'said' as said, lon, lat from cases.report
      where case_id = any(${caseIds}::uuid[]) and original->'address'->>'said' <> ''`.execute(db)
  ).rows

export const photosOfCase = async (db: Db, caseId: string): Promise<{ id: string; act: string; at: Date }[]> =>
  (
    await sql<{
      id: string
      act: string
      at: Date
    }>`select photo_id as id, act, at from cases.photo where case_id = ${caseId} order by at, photo_id`.execute(db)
  ).rows

export const hasPhoto = async (db: Db, caseId: string, photoId: string): Promise<boolean> =>
  (await sql`select 1 from cases.photo where case_id = ${caseId} and photo_id = ${photoId}`.execute(db)).rows.length > 0

export interface NearbyRow extends LineRow {
  distanceM: number
}
export interface Near {
  xM: number
  yM: number
  radiusM: number
  kind: Kind
  classCode: string
  since: Date
  openOnly: boolean
  except?: string | undefined
}
export interface KinRow {
  how: 'into' | 'holds' | 'from' | 'again' | 'parent' | 'part'
  id: string
  no: string
  status: Status
}
/** Cases that this one was merged into or holds, took up again, or is a part of. */
export const kinOf = async (
  db: Db,
  c: Pick<CaseRow, 'id' | 'mergedInto' | 'reopenedFrom' | 'parentId'>,
): Promise<KinRow[]> =>
  (
    await sql<KinRow>`
      select case when k.id = ${c.mergedInto} then 'into' when k.merged_into = ${c.id} then 'holds' when k.id = ${c.reopenedFrom} then 'from'
        when k.reopened_from = ${c.id} then 'again' when k.id = ${c.parentId} then 'parent' else 'part' end as how, k.id, k.no, k.status
      from cases.case_file k where k.id in (${c.mergedInto}::uuid, ${c.reopenedFrom}::uuid, ${c.parentId}::uuid)
        or k.merged_into = ${c.id} or k.reopened_from = ${c.id} or k.parent_id = ${c.id} order by k.no`.execute(db)
  ).rows

export const dueToWake = async (db: Db, now: Date, most: number): Promise<CaseRow[]> =>
  (
    await sql<CaseRow>`select ${caseFields} from cases.case_file c where c.wake_at <= ${now} order by c.wake_at limit ${most} for update skip locked`.execute(
      db,
    )
  ).rows

/** Cases of a class around a point, nearest first. */
export const casesNear = async (db: Db, n: Near): Promise<NearbyRow[]> =>
  (
    await sql<NearbyRow>`select l.*, d as "distanceM" from (${line}
        where c.xy <@ circle(point(${n.xM}, ${n.yM}), ${n.radiusM}) and c.kind = ${n.kind} and c.class_code = ${n.classCode}
          and c.reported_at > ${n.since} and c.id is distinct from ${n.except ?? null}::uuid ${n.openOnly ? sql`and ${openOnly}` : sql``}) l
      join lateral (select x.xy <-> point(${n.xM}, ${n.yM}) as d from cases.case_file x where x.id = l.id) m on true
      order by d limit 10`.execute(db)
  ).rows

/** What a phone should hold: cases on which its holder can take a step, changed since the mark. */
export const actionableSince = async (db: Db, actor: Actor, mark: string | null, most: number): Promise<LineRow[]> =>
  (
    await sql<LineRow>`${line} where ${openOnly} and ${actionable(actor)} ${mark ? sql`and c.xid >= ${mark}::xid8` : sql``}
      order by coalesce(c.stage_due, c.due) limit ${most}`.execute(db)
  ).rows

/** What a phone may hold and should not any more: changed since the mark, once with the holder's units or in their area. */
export const goneSince = async (db: Db, actor: Actor, mark: string): Promise<string[]> => {
  const { units } = sightOf(actor, 'cases.read')
  return (
    await sql<{
      id: string
    }>`select c.id from cases.case_file c where c.xid >= ${mark}::xid8 and not (${openOnly} and ${actionable(actor)})
      and (${seen(actor)} or exists (select from cases.event e where e.case_id = c.id and e.unit_id = any(${units}::text[])))`.execute(
      db,
    )
  ).rows.map((r) => r.id)
}

export interface FollowRow extends LineRow {
  code: string
  text: string
  at: Date
  reportId: string
  reportPhotos: string[]
  /** The case and those that it takes up again, newest first. */
  lineIds: string[]
}
export const reportByCode = async (db: Db, code: string): Promise<FollowRow | undefined> =>
  // Whoever reported what was merged into another case, or was taken up again, follows that one.
  (
    await sql<FollowRow>`select l.*, r.code, r.text, r.at, r.id as "reportId", r.photo_ids as "reportPhotos", cases.line_of(l.id) as "lineIds"
      from cases.report r join cases.case_file m on m.id = r.case_id
      join lateral (${line} where c.id = cases.newest(m.id)) l on true where r.code = ${code}`.execute(db)
  ).rows[0]
