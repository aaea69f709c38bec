import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'
import type { Finding, Values } from '../model/index.ts'

export interface EntryRow {
  id: string
  ledgerId: string
  version: number
  no: string
  code: string | null
  title: string
  values: Values
  state: string
  lon: number | null
  lat: number | null
  areaCode: string | null
  placeZh: string
  placeEn: string
  keeperUnit: string | null
  keeperZh: string | null
  keeperEn: string | null
  createdBy: string | null
  createdAt: Date
  changedAt: Date
  verifiedAt: Date | null
  finding: Finding | null
  dueOn: string | null
  retiredAt: Date | null
  packDigest: string | null
  rev: number
}

const columns = sql`e.id, e.ledger_id as "ledgerId", e.version, e.no, e.code, e.title, e.values, e.state, e.lon, e.lat,
  e.area_code as "areaCode", e.place_zh as "placeZh", e.place_en as "placeEn", e.keeper_unit as "keeperUnit", u.name_zh as "keeperZh",
  u.name_en as "keeperEn", e.created_by as "createdBy", e.created_at as "createdAt", e.changed_at as "changedAt",
  e.verified_at as "verifiedAt", e.finding, e.due_on as "dueOn", e.retired_at as "retiredAt", e.pack_digest as "packDigest", e.rev`
const from = sql`from inspection.entry e left join identity.api_unit u on u.id = e.keeper_unit`

export const entryById = async (db: Db, id: string, lock: boolean): Promise<EntryRow | undefined> =>
  (await sql<EntryRow>`select ${columns} ${from} where e.id = ${id} ${lock ? sql`for update of e` : sql``}`.execute(db))
    .rows[0]

export const entriesByNo = async (db: Db, ledgerId: string, nos: readonly string[]): Promise<EntryRow[]> =>
  (
    await sql<EntryRow>`select ${columns} ${from} where e.ledger_id = ${ledgerId} and e.no = any(${nos}::text[])
      order by e.id for update of e`.execute(db)
  ).rows

export const entriesOfPack = async (db: Db, ledgerIds: readonly string[]): Promise<EntryRow[]> =>
  (
    await sql<EntryRow>`select ${columns} ${from} where e.ledger_id = any(${ledgerIds}::text[]) and e.code is not null
      order by e.id for update of e`.execute(db)
  ).rows

/** What the actor may see: by place, by the unit that keeps it, or because they added it. */
export function seen(actor: Actor, permission = 'inspection.read'): RawSql {
  const { areas, units, actorId } = sightOf(actor, permission)
  if (areas.includes('')) return sql`true`
  return sql`(e.area_code like any(${areas.map((a) => `${a}%`)}::text[]) or e.keeper_unit = any(${units}::text[]) or e.created_by = ${actorId})`
}

export interface Filter {
  q?: string | undefined
  state?: string | undefined
  street?: string | undefined
  overdue?: boolean | undefined
  finding?: Finding | 'none' | undefined
  retired?: boolean | undefined
  /** The keys that the field has had, newest first, and the value as text. */
  field?: { keys: readonly string[]; is: string } | undefined
}

const like = (words: string): string => `%${words.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`

export function where(actor: Actor, ledgerId: string, f: Filter, today: string, permission?: string): RawSql {
  const parts = [
    sql`e.ledger_id = ${ledgerId}`,
    seen(actor, permission),
    f.retired ? sql`e.retired_at is not null` : sql`e.retired_at is null`,
    ...(f.q ? [sql`(e.words like ${like(f.q)} or lower(e.no) like ${like(f.q)} or e.place_zh like ${like(f.q)})`] : []),
    ...(f.state ? [sql`e.state = ${f.state}`] : []),
    ...(f.street ? [sql`starts_with(e.area_code, ${f.street})`] : []),
    ...(f.overdue ? [sql`e.due_on < ${today}::date`] : []),
    ...(f.finding === 'none' ? [sql`e.finding is null`] : f.finding ? [sql`e.finding = ${f.finding}`] : []),
    ...(f.field
      ? [
          sql`coalesce(${sql.join(f.field.keys.map((k) => sql`e.values->${k}`))}) @> ${JSON.stringify(f.field.is)}::jsonb`,
        ]
      : []),
  ]
  return sql`${sql.join(parts, sql` and `)}`
}

export type Sort = 'changed' | 'no' | 'title' | 'due'
/** Each ends with the id, so that no two are equal and a page continues exactly where the last ended. */
const orders: Record<Sort, { by: RawSql; type: RawSql; down: boolean }> = {
  changed: { by: sql`e.changed_at`, type: sql`timestamptz`, down: true },
  no: { by: sql`e.no`, type: sql`text`, down: false },
  title: { by: sql`e.title`, type: sql`text`, down: false },
  due: { by: sql`coalesce(e.due_on, 'infinity'::date)`, type: sql`date`, down: false },
}

export interface Page {
  sort: Sort
  after?: { mark: string; id: string } | undefined
  most: number
}
export const entriesWhere = async (
  db: Db,
  filter: RawSql,
  { sort, after, most }: Page,
): Promise<(EntryRow & { mark: string })[]> => {
  const { by, type, down } = orders[sort]
  const next = after
    ? down
      ? sql`and (${by}, e.id) < (${after.mark}::${type}, ${after.id}::uuid)`
      : sql`and (${by}, e.id) > (${after.mark}::${type}, ${after.id}::uuid)`
    : sql``
  const order = down ? sql`${by} desc, e.id desc` : sql`${by}, e.id`
  return (
    await sql<EntryRow & { mark: string }>`select ${columns}, ${by}::text as mark ${from} where ${filter} ${next}
      order by ${order} limit ${most}`.execute(db)
  ).rows
}

export const countWhere = async (db: Db, filter: RawSql): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n ${from} where ${filter}`.execute(db)).rows[0]?.n ?? 0

export interface PointRow {
  id: string
  lon: number
  lat: number
  state: string
  title: string
  dueOn: string | null
}
/** In a box of metres; those longest due first, so that what is left out is what matters least. */
export const pointsIn = async (
  db: Db,
  filter: RawSql,
  low: { xM: number; yM: number },
  high: { xM: number; yM: number },
  most: number,
): Promise<{ rows: PointRow[]; all: number }> => {
  const box = sql`${filter} and e.xy <@ box(point(${low.xM}, ${low.yM}), point(${high.xM}, ${high.yM}))`
  const { rows } = await sql<PointRow & { all: number }>`
    select e.id, e.lon, e.lat, e.state, e.title, e.due_on as "dueOn", count(*) over ()::int as all ${from} where ${box}
    order by e.due_on, e.id limit ${most}`.execute(db)
  return { rows, all: rows[0]?.all ?? 0 }
}

export interface Counts {
  ledgerId: string
  state: string
  entries: number
  overdue: number
  verified: number
  differing: number
  placed: number
}
export const countsByState = async (db: Db, actor: Actor, today: string): Promise<Counts[]> =>
  (
    await sql<Counts>`select e.ledger_id as "ledgerId", e.state, count(*)::int as entries,
        count(*) filter (where e.due_on < ${today}::date)::int as overdue,
        count(*) filter (where e.finding is not null)::int as verified,
        count(*) filter (where e.finding in ('differs', 'not_found'))::int as differing, count(e.lon)::int as placed
      from inspection.entry e where e.retired_at is null and ${seen(actor)} group by 1, 2`.execute(db)
  ).rows

export const countsByStreet = async (
  db: Db,
  actor: Actor,
  ledgerId: string,
  today: string,
): Promise<{ street: string; entries: number; overdue: number; verified: number }[]> =>
  (
    await sql<{ street: string; entries: number; overdue: number; verified: number }>`
      select left(e.area_code, 9) as street, count(*)::int as entries,
        count(*) filter (where e.due_on < ${today}::date)::int as overdue,
        count(*) filter (where e.finding is not null)::int as verified
      from inspection.entry e
      where e.ledger_id = ${ledgerId} and e.retired_at is null and length(e.area_code) >= 9 and ${seen(actor)}
      group by 1 order by 2 desc, 1`.execute(db)
  ).rows

export const titlesOf = async (
  db: Db,
  ids: readonly string[],
  actor: Actor,
): Promise<{ id: string; title: string; ledgerId: string }[]> =>
  ids.length
    ? (
        await sql<{ id: string; title: string; ledgerId: string }>`select e.id, e.title, e.ledger_id as "ledgerId"
          from inspection.entry e where e.id = any(${ids}::uuid[]) and ${seen(actor)}`.execute(db)
      ).rows
    : []

/** Entries of a ledger by id, number or code: what a link in a table may be written as. */
export const linkTargets = async (
  db: Db,
  ledgerId: string,
  words: readonly string[],
): Promise<{ id: string; no: string; code: string | null }[]> =>
  (
    await sql<{ id: string; no: string; code: string | null }>`select id, no, code from inspection.entry
      where ledger_id = ${ledgerId} and (id::text = any(${words}::text[]) or no = any(${words}::text[]) or code = any(${words}::text[]))`.execute(
      db,
    )
  ).rows

export const knownPhotos = async (db: Db, ids: readonly string[]): Promise<Set<string>> =>
  new Set(
    (await sql<{ id: string }>`select id from evidence.api_photo where id = any(${ids}::uuid[])`.execute(db)).rows.map(
      (r) => r.id,
    ),
  )
