import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { Status } from '../../model/index.ts'
import { type LineRow, line, openOnly, seen } from '../../queries/index.ts'
import { seenThings } from '../sight.ts'
import type { Member } from './model.ts'

export interface PackageRow {
  id: string
  no: string
  title: string
  leadUnitId: string
  unitZh: string
  unitEn: string
  due: Date
  note: string
  areaCode: string
  createdBy: string
  creatorName: string | null
  createdAt: Date
  dispatchedAt: Date | null
  closedAt: Date | null
  closing: string | null
}

const packageRow = sql`select p.id, p.no, p.title, p.lead_unit_id as "leadUnitId", u.name_zh as "unitZh", u.name_en as "unitEn", p.due, p.note,
    p.area_code as "areaCode", p.created_by as "createdBy",
    (select name_zh from identity.api_person where id::text = p.created_by) as "creatorName", p.created_at as "createdAt",
    p.dispatched_at as "dispatchedAt", p.closed_at as "closedAt", p.closing
  from cases.package p join identity.api_unit u on u.id = p.lead_unit_id`

export async function packageById(db: Db, id: string, lock: boolean): Promise<PackageRow | undefined> {
  const { rows } =
    await sql<PackageRow>`${packageRow} where p.id = ${id} ${lock ? sql`for update of p` : sql``}`.execute(db)
  return rows[0]
}

const mostListed = 200
/** Nearest day first; closed ones newest first. The unit sees a package from its dispatch on. */
export async function packagesSeen(db: Db, actor: Actor, closed: boolean): Promise<PackageRow[]> {
  const own = sql`case when p.dispatched_at is not null then p.lead_unit_id end`
  const { rows } = await sql<PackageRow>`${packageRow}
    where (p.closed_at is not null) = ${closed} and ${seenThings(actor, 'p', own)}
    order by ${closed ? sql`p.closed_at desc` : sql`p.due, p.no`} limit ${mostListed}`.execute(db)
  return rows
}

export interface MemberRow extends Member {
  packageId: string
  caseId: string
  no: string
  status: Status
}
/** The members of packages, each as its case is now. */
export const membersOf = async (db: Db, packageIds: readonly string[], now: Date): Promise<MemberRow[]> =>
  (
    await sql<MemberRow>`select m.package_id as "packageId", m.case_id as "caseId", c.no, c.status,
        coalesce(coalesce(c.clock_stopped, c.closed_at, c.paused_at, ${now}) > c.due, false) as overdue,
        c.lead_unit_id as unit, left(c.area_code, 9) as street
      from cases.package_member m join cases.case_file c on c.id = m.case_id
      where m.package_id = any(${packageIds}::uuid[]) and m.removed_at is null order by m.package_id, c.no`.execute(db)
  ).rows

export interface Wanted {
  kind?: string | undefined
  classCode?: string | undefined
  words?: string | undefined
  area?: string | undefined
  unitId?: string | undefined
  late: boolean
  stage: 'dispatch' | 'open'
}
/** Open cases in no package, nearest deadline first; `all` counts those beyond the page too. */
export async function packable(
  db: Db,
  actor: Actor,
  w: Wanted,
  now: Date,
  most: number,
): Promise<{ rows: LineRow[]; all: number }> {
  const stage =
    w.stage === 'dispatch'
      ? sql`c.status = 'pending_dispatch'`
      : sql`c.status in ('reported', 'verifying', 'pending_file', 'pending_dispatch', 'return_pending', 'pending_sign', 'disposing', 'suspended', 'rework')`
  const filters = [
    openOnly,
    stage,
    seen(actor),
    sql`not exists (select from cases.package_member m where m.case_id = c.id and m.removed_at is null)`,
    ...(w.kind ? [sql`c.kind = ${w.kind}`] : []),
    ...(w.classCode ? [sql`starts_with(c.class_code, ${w.classCode})`] : []),
    ...(w.words
      ? [sql`position(lower(${w.words}) in lower(c.description || ' ' || c.place_zh || ' ' || c.no)) > 0`]
      : []),
    ...(w.area ? [sql`c.area_code like ${`${w.area}%`}`] : []),
    ...(w.unitId ? [sql`c.lead_unit_id = ${w.unitId}`] : []),
    ...(w.late ? [sql`coalesce(c.stage_due, c.due) < ${now}`] : []),
  ]
  const where = sql.join(filters, sql` and `)
  const { rows } =
    await sql<LineRow>`${line} where ${where} order by coalesce(c.stage_due, c.due), c.id limit ${most}`.execute(db)
  if (rows.length < most) return { rows, all: rows.length }
  const counted = await sql<{ n: number }>`select count(*)::int as n from cases.case_file c where ${where}`.execute(db)
  return { rows, all: counted.rows[0]?.n ?? rows.length }
}

export async function addPackage(
  db: Db,
  p: Pick<PackageRow, 'id' | 'no' | 'title' | 'leadUnitId' | 'due' | 'note' | 'createdBy' | 'createdAt'> & {
    chosenBy: unknown
  },
): Promise<void> {
  await sql`insert into cases.package (id, no, title, lead_unit_id, due, note, chosen_by, area_code, created_by, created_at)
    values (${p.id}, ${p.no}, ${p.title}, ${p.leadUnitId}, ${p.due}, ${p.note}, ${p.chosenBy ? JSON.stringify(p.chosenBy) : null}::jsonb, '',
      ${p.createdBy}, ${p.createdAt})`.execute(db)
}

/** The number of the package that a case is in. */
export const packageHolding = async (db: Db, caseId: string) =>
  (
    await sql<{
      id: string
      no: string
      title: string
      due: Date
      unitZh: string
      unitEn: string
      dispatched: boolean
    }>`
      select p.id, p.no, p.title, p.due, u.name_zh as "unitZh", u.name_en as "unitEn", p.dispatched_at is not null as dispatched
      from cases.package_member m join cases.package p on p.id = m.package_id join identity.api_unit u on u.id = p.lead_unit_id
      where m.case_id = ${caseId} and m.removed_at is null`.execute(db)
  ).rows[0]

export async function addMember(db: Db, packageId: string, caseId: string, by: string, now: Date): Promise<void> {
  await sql`insert into cases.package_member (package_id, case_id, added_by, added_at) values (${packageId}, ${caseId}, ${by}, ${now})
    on conflict (package_id, case_id) do update set removed_at = null, added_by = excluded.added_by, added_at = excluded.added_at`.execute(
    db,
  )
}
/** Says whether it was one. */
export const removeMember = async (db: Db, packageId: string, caseId: string, now: Date): Promise<boolean> =>
  (
    await sql`update cases.package_member set removed_at = ${now}
      where package_id = ${packageId} and case_id = ${caseId} and removed_at is null returning 1 as gone`.execute(db)
  ).rows.length > 0

export const areasOfMembers = async (db: Db, packageId: string): Promise<string[]> =>
  (
    await sql<{ area: string }>`select distinct c.area_code as area from cases.package_member m
      join cases.case_file c on c.id = m.case_id where m.package_id = ${packageId} and m.removed_at is null and c.area_code is not null`.execute(
      db,
    )
  ).rows.map((r) => r.area)

export async function setPackage(
  db: Db,
  id: string,
  to: { areaCode?: string; dispatchedAt?: Date; closedAt?: Date; closing?: string },
): Promise<void> {
  await sql`update cases.package set area_code = coalesce(${to.areaCode ?? null}, area_code),
    dispatched_at = coalesce(dispatched_at, ${to.dispatchedAt ?? null}), closed_at = coalesce(closed_at, ${to.closedAt ?? null}),
    closing = coalesce(closing, ${to.closing ?? null}) where id = ${id}`.execute(db)
}
