import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import type { Accuracy, ComponentEventKind, ComponentFacts, ComponentState, DutyRole, Flaw, Party } from './model.ts'
import { flawWhere } from './quality-queries.ts'
import { seenComponents } from './seen.ts'

export interface ComponentRow {
  id: string
  classCode: string
  name: string
  cell: string
  lon: number
  lat: number
  state: ComponentState
  competentCode: string | null
  competentName: string | null
  ownerCode: string | null
  ownerName: string | null
  maintainerCode: string | null
  maintainerName: string | null
  accuracy: Accuracy | null
  source: string | null
  initialOn: string | null
  changedOn: string | null
  note: string | null
  origin: { crs: string; x: number; y: number } | null
  version: number
}
const columns = sql`c.id, c.class_code as "classCode", c.name, c.cell_code as cell, c.lon, c.lat, c.state,
  c.competent_code as "competentCode", c.competent_name as "competentName", c.owner_code as "ownerCode", c.owner_name as "ownerName",
  c.maintainer_code as "maintainerCode", c.maintainer_name as "maintainerName", c.accuracy, c.source,
  c.initial_on as "initialOn", c.changed_on as "changedOn", c.note, c.origin, c.version`

/** A component; with `lock` to the end of the transaction. */
export const componentById = async (db: Db, id: string, lock = false): Promise<ComponentRow | undefined> =>
  (
    await sql<ComponentRow>`select ${columns} from geography.component c where c.id = ${id} ${lock ? sql`for update` : sql``}`.execute(
      db,
    )
  ).rows[0]

export interface ComponentsWanted {
  within?: string | undefined
  classCode?: string | undefined
  state?: ComponentState | undefined
  flaw?: Flaw | undefined
  words?: string | undefined
}
function wanted(actor: Actor, { within, classCode, state, flaw, words }: ComponentsWanted): RawSql {
  return sql.join(
    [
      seenComponents(actor),
      // What is gone is shown to those who ask for it.
      state ? sql`c.state = ${state}` : sql`c.state not in ('abolished', 'removed')`,
      ...(within ? [sql`c.cell_code like ${`${within}%`}`] : []),
      ...(classCode
        ? [classCode.length === 4 ? sql`c.class_code = ${classCode}` : sql`starts_with(c.class_code, ${classCode})`]
        : []),
      ...(words ? [sql`(c.id like ${`${words}%`} or c.name like ${`%${words}%`})`] : []),
      ...(flaw ? [flawWhere(flaw)] : []),
    ],
    sql` and `,
  )
}

/** A page in the order of the ids. */
export const componentsAfter = async (
  db: Db,
  actor: Actor,
  want: ComponentsWanted,
  { after, most }: { after: string; most: number },
): Promise<ComponentRow[]> =>
  (
    await sql<ComponentRow>`select ${columns} from geography.component c
      where ${wanted(actor, want)} and c.id > ${after} order by c.id limit ${most}`.execute(db)
  ).rows

export interface Box {
  west: number
  south: number
  east: number
  north: number
}
/** Those in a box, thinned evenly beyond `most`; `all` counts them. */
export async function componentsInBox(
  db: Db,
  actor: Actor,
  { west, south, east, north }: Box,
  want: ComponentsWanted,
  most: number,
): Promise<{ rows: ComponentRow[]; all: number }> {
  const [low, high] = [toMetres([west, south]), toMetres([east, north])]
  const where = sql`c.xy <@ box(point(${low.xM}, ${low.yM}), point(${high.xM}, ${high.yM})) and ${wanted(actor, want)}`
  const counted = await sql<{ n: number }>`select count(*)::int as n from geography.component c where ${where}`.execute(
    db,
  )
  const all = counted.rows[0]?.n ?? 0
  const every = Math.max(1, Math.ceil(all / most))
  // By the serial, so that the same ones are shown wherever the map is moved.
  const { rows } = await sql<ComponentRow>`select ${columns} from geography.component c
    where ${where} and right(c.id, 6)::int % ${every} = 0 limit ${most}`.execute(db)
  return { rows, all }
}

export interface NearRow extends ComponentRow {
  distanceM: number
}
export interface NearWanted {
  lon: number
  lat: number
  classCode?: string | undefined
  radiusM: number
  most: number
}
/** Those around a point that are still looked after, nearest first; `seen` limits them to what someone may see. */
export async function componentsNear(
  db: Db,
  { lon, lat, classCode, radiusM, most }: NearWanted,
  seen: RawSql = sql`true`,
): Promise<NearRow[]> {
  const { xM, yM } = toMetres([lon, lat])
  return (
    await sql<NearRow>`select ${columns}, c.xy <-> point(${xM}, ${yM}) as "distanceM" from geography.component c
      where c.xy <@ circle(point(${xM}, ${yM}), ${radiusM}) and c.state not in ('abolished', 'removed')
        and (${classCode ?? null}::text is null or c.class_code = ${classCode ?? null}) and ${seen}
      order by c.xy <-> point(${xM}, ${yM}), c.id limit ${most}`.execute(db)
  ).rows
}

export const countsByClass = async (
  db: Db,
  actor: Actor,
  within: string,
): Promise<{ classCode: string; count: number; damaged: number; lost: number; gone: number }[]> =>
  (
    await sql<{ classCode: string; count: number; damaged: number; lost: number; gone: number }>`
      select class_code as "classCode", count(*) filter (where state not in ('abolished', 'removed'))::int as count,
        count(*) filter (where state = 'damaged')::int as damaged, count(*) filter (where state = 'lost')::int as lost,
        count(*) filter (where state in ('abolished', 'removed'))::int as gone
      from geography.component c where c.cell_code like ${`${within}%`} and ${seenComponents(actor)} group by 1 order by 1`.execute(
      db,
    )
  ).rows

export interface EventRow {
  version: number
  kind: ComponentEventKind
  at: Date
  recorded: Date
  before: ComponentFacts
  after: ComponentFacts
  by: string | null
  reason: string | null
  edition: number | null
}
/** What happened to it since its census, newest first. */
export const eventsOf = async (db: Db, id: string): Promise<EventRow[]> =>
  (
    await sql<EventRow>`select e.version, e.kind, e.at, e.recorded, e.before, e.after, p.name_zh as by, e.reason, d.number as edition
      from geography.component_event e left join identity.api_person p on p.id = e.by_person left join geography.edition d on d.id = e.edition
      where e.component_id = ${id} order by e.version desc`.execute(db)
  ).rows

/** The census that brought it. */
export const broughtBy = async (db: Db, id: string): Promise<{ number: number; at: Date; note: string } | undefined> =>
  (
    await sql<{ number: number; at: Date; note: string }>`select d.number, d.at, d.note from geography.component c
      join geography.edition d on d.id = c.first_edition where c.id = ${id}`.execute(db)
  ).rows[0]

export interface ComponentChange {
  id: string
  kind: 'state' | 'moved' | 'duty'
  at: Date
  now: Date
  byPerson: string | null
  reason: string
  changedOn: string
  state?: ComponentState
  place?: { lon: number; lat: number; cell: string }
  duties?: Partial<Record<DutyRole, Party | null>>
}
/** The component after a change, with its event, in one round trip. */
export async function saveChange(db: Db, c: ComponentChange): Promise<void> {
  const sets: RawSql[] = [sql`version = c.version + 1`, sql`changed_on = ${c.changedOn}::date`]
  if (c.state) sets.push(sql`state = ${c.state}`)
  if (c.place) {
    const { xM, yM } = toMetres([c.place.lon, c.place.lat])
    sets.push(
      sql`lon = ${c.place.lon}::float8, lat = ${c.place.lat}::float8, xy = point(${xM}, ${yM}), cell_code = ${c.place.cell},
        origin = ${JSON.stringify({ crs: 'cgcs2000', x: c.place.lon, y: c.place.lat })}::jsonb`,
    )
  }
  for (const [role, party] of Object.entries(c.duties ?? {}))
    sets.push(
      sql`${sql.ref(`${role}_code`)} = ${party?.code ?? null}, ${sql.ref(`${role}_name`)} = ${party?.name ?? null}`,
    )
  await sql`with before as materialized (select geography.component_facts(c) as facts from geography.component c where c.id = ${c.id}),
    after as (update geography.component c set ${sql.join(sets)} where c.id = ${c.id}
      returning c.id, c.version, geography.component_facts(c) as facts)
    insert into geography.component_event (component_id, version, kind, at, recorded, before, after, by_person, reason)
    select a.id, a.version, ${c.kind}, ${c.at}::timestamptz, ${c.now}::timestamptz, b.facts, a.facts, ${c.byPerson}::uuid, ${c.reason}
    from after a, before b`.execute(db)
}

/** Cells of components that lie in these cells, where the grid was redrawn; no event, since nothing was moved. */
export async function settleInCells(
  db: Db,
  cells: readonly string[],
  cellOf: (point: { lon: number; lat: number }) => string | undefined,
): Promise<number> {
  const { rows } = await sql<{ id: string; lon: number; lat: number; cell: string }>`
    select id, lon, lat, cell_code as cell from geography.component where cell_code = any(${cells}::text[]) for update`.execute(
    db,
  )
  const moved = rows.flatMap((r) => {
    const cell = cellOf(r)
    // A district that took a cell from its neighbour must give its components new numbers first.
    return cell && cell !== r.cell && cell.startsWith(r.id.slice(0, 6)) ? [{ id: r.id, cell }] : []
  })
  await sql`update geography.component c set cell_code = m.cell from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as m (id text, cell text)
    where c.id = m.id`.execute(db)
  return moved.length
}

/** Cells of components that are in the grid no more. */
export const lostCells = async (db: Db): Promise<string[]> =>
  (
    await sql<{ cell: string }>`select distinct c.cell_code as cell from geography.component c
      where not exists (select from geography.api_cell g where g.code = c.cell_code)`.execute(db)
  ).rows.map((r) => r.cell)
