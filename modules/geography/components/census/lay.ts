/** The second pass: rows go by COPY into a table of the transaction, and the difference is made by sets, not row by row. */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type CopyValue, copyInto } from '@pentad/platform/db/copy'
import { toMetres } from '@pentad/platform/geo'
import type { Changes } from '@pentad/platform/pack'
import type pg from 'pg'
import type { Covers } from '../model.ts'
import { type CensusOrder, checkedRows, isChangesFile, type PlacedRow } from './check.ts'

export interface Laying {
  db: Db
  /** The same connection: COPY needs it. */
  client: pg.ClientBase
  order: CensusOrder & { placing: NonNullable<CensusOrder['placing']> }
  covers: Covers
}

/** Stages the rows and says what they would change; the transaction's end forgets them. */
export async function previewCensus(laying: Laying): Promise<Changes> {
  await stage(laying)
  return countDifference(laying.db)
}

export interface Edition {
  editionId: string
  byPerson: string | null
  now: Date
}

/** Stages the rows and lays what differs. Rows of the census itself are no events; whatever it changes later is one each. */
export async function layCensus(laying: Laying, edition: Edition): Promise<Changes> {
  await stage(laying)
  const changes = await countDifference(laying.db)
  await applyDifference(laying.db, edition)
  return changes
}

const columns = {
  id: 'text',
  name: 'text',
  cell_code: 'text',
  lon: 'float8',
  lat: 'float8',
  xy: 'point',
  state: 'text',
  competent_code: 'text',
  competent_name: 'text',
  owner_code: 'text',
  owner_name: 'text',
  maintainer_code: 'text',
  maintainer_name: 'text',
  accuracy: 'text',
  source: 'text',
  initial_on: 'date',
  changed_on: 'date',
  note: 'text',
  origin: 'jsonb',
} as const
const names = Object.keys(columns)
/** What is compared: all that a census says but the coordinates as delivered, which may come in another system. */
const facts = names.filter((n) => n !== 'id' && n !== 'origin' && n !== 'xy')

function copied(row: PlacedRow, changes: boolean): CopyValue[] {
  const { xM, yM } = toMetres([row.lon, row.lat])
  return [
    row.id,
    row.name,
    row.cell,
    row.lon,
    row.lat,
    `(${xM},${yM})`,
    row.state,
    row.competent?.code ?? null,
    row.competent?.name ?? null,
    row.owner?.code ?? null,
    row.owner?.name ?? null,
    row.maintainer?.code ?? null,
    row.maintainer?.name ?? null,
    row.accuracy,
    row.source,
    row.initialOn,
    row.changedOn,
    row.note,
    row.origin,
    changes,
  ]
}

async function stage({ db, client, order, covers }: Laying): Promise<void> {
  const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  await client.query(`drop table if exists pg_temp.incoming, pg_temp.difference`)
  await client.query(`create temp table incoming (${typed.join(', ')}, changes boolean not null) on commit drop`)
  for (const file of order.files) {
    const changes = covers === 'changes' || isChangesFile(file)
    const rows = async function* () {
      for await (const { row } of checkedRows(order, file)) yield copied(row, changes)
    }
    await copyInto(client, 'pg_temp.incoming', [...names, 'changes'], rows())
  }
  // What is said in a file of changes goes before the census that it follows.
  await sql`delete from pg_temp.incoming i where not i.changes
    and exists (select from pg_temp.incoming c where c.changes and c.id = i.id)`.execute(db)
  await sql`analyze pg_temp.incoming`.execute(db)
  await makeDifference(db, covers, order.within)
}

const list = (prefix: string, of: readonly string[] = facts): RawSql =>
  sql.raw(of.map((n) => `${prefix}.${n}`).join(', '))
/** A digest of what the delivery says. */
const given = sql`md5((${list('i')})::text)::uuid`

/** Which of the components that are not in the delivery are gone by that. */
function missingWhere(covers: Covers, within: readonly string[]): RawSql {
  if (covers === 'changes') return sql`false`
  const inAreas = sql`c.cell_code like any(${within.map((a) => `${a}%`)}::text[])`
  if (covers === 'city') return inAreas
  return sql`${inAreas} and left(c.id, 10) in (select left(id, 10) from pg_temp.incoming where not changes)`
}

async function makeDifference(db: Db, covers: Covers, within: readonly string[]): Promise<void> {
  // The digest is reckoned once for each row: `offset 0` keeps it from being copied into every place that names it.
  await sql`create temp table difference on commit drop as
    select i.id, i.given,
      case when c.id is null then 'added'
        -- The same words as last time: what was reported since stands.
        when c.given = i.given then 'same'
        when (${list('i')}) is distinct from (${list('c')}) then 'changed'
        else 'repeated' end as kind
    from (select i.*, ${given} as given from pg_temp.incoming i offset 0) i left join geography.component c on c.id = i.id
    union all
    select c.id, null, 'missing' from geography.component c
    where c.state not in ('removed', 'abolished') and ${missingWhere(covers, within)}
      and not exists (select from pg_temp.incoming i where i.id = c.id)`.execute(db)
  await sql`analyze pg_temp.difference`.execute(db)
}

async function countDifference(db: Db): Promise<Changes> {
  const { rows } = await sql<{
    kind: string
    n: number
  }>`select kind, count(*)::int as n from pg_temp.difference group by 1`.execute(db)
  const of = (kind: string) => rows.find((r) => r.kind === kind)?.n ?? 0
  return { added: of('added'), changed: of('changed'), retired: of('missing'), same: of('same') + of('repeated') }
}

async function applyDifference(db: Db, { editionId, byPerson, now }: Edition): Promise<void> {
  await sql`update geography.component c set given = d.given from pg_temp.difference d where d.id = c.id and d.kind = 'repeated'`.execute(
    db,
  )
  const event = (kind: 'census' | 'missing', change: RawSql) => sql`
    with before as materialized (
      select c.id, geography.component_facts(c) as facts from geography.component c
      join pg_temp.difference d on d.id = c.id and d.kind = ${kind === 'census' ? 'changed' : 'missing'}),
    after as (${change} returning c.id, c.version, geography.component_facts(c) as facts)
    insert into geography.component_event (component_id, version, kind, at, recorded, before, after, by_person, edition)
    select a.id, a.version, ${kind}, ${now}::timestamptz, ${now}::timestamptz, b.facts, a.facts, ${byPerson}::uuid, ${editionId}::uuid
    from after a join before b on b.id = a.id`
  const set = sql.raw([...facts, 'xy', 'origin'].map((n) => `${n} = i.${n}`).join(', '))
  await event(
    'census',
    sql`update geography.component c set ${set}, given = d.given, edition = ${editionId}, version = c.version + 1
      from pg_temp.difference d join pg_temp.incoming i on i.id = d.id where d.id = c.id and d.kind = 'changed'`,
  ).execute(db)
  await event(
    'missing',
    sql`update geography.component c set state = 'removed', given = null, edition = ${editionId}, version = c.version + 1
      from pg_temp.difference d where d.id = c.id and d.kind = 'missing'`,
  ).execute(db)
  await withoutIndexesIfEmpty(db, () =>
    sql`insert into geography.component (${sql.raw(names.join(', '))}, given, first_edition, edition)
      select ${list('i', names)}, d.given, ${editionId}, ${editionId}
      from pg_temp.difference d join pg_temp.incoming i on i.id = d.id where d.kind = 'added'`.execute(db),
  )
}

/**
 * A first census is laid several times faster before the table's indexes and references than through them; nobody reads an
 * empty table meanwhile.
 */
async function withoutIndexesIfEmpty(db: Db, work: () => Promise<unknown>): Promise<void> {
  const { rows } = await sql<{ empty: boolean }>`select not exists (select from geography.component) as empty`.execute(
    db,
  )
  if (!rows[0]?.empty) return void (await work())
  const { rows: parts } = await sql<{ leave: string; come: string }>`
    select format('drop index %s', indexrelid::regclass) as leave, pg_get_indexdef(indexrelid) as come from pg_index
    where indrelid = 'geography.component'::regclass and not indisprimary
    union all
    select format('alter table geography.component drop constraint %I', conname),
      format('alter table geography.component add constraint %I %s', conname, pg_get_constraintdef(oid)) from pg_constraint
    where conrelid = 'geography.component'::regclass and contype = 'f'`.execute(db)
  for (const { leave } of parts) await sql.raw(leave).execute(db)
  await work()
  for (const { come } of parts) await sql.raw(come).execute(db)
}
