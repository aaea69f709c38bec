import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { doubleWithinM, type Flaw, oldYears, seriesGap } from './model.ts'
import { seenComponents } from './seen.ts'

const live = sql`c.state not in ('abolished', 'removed')`
const conditions: Record<Flaw, RawSql> = {
  'no-owner': sql`c.owner_name is null`,
  'no-maintainer': sql`c.maintainer_name is null`,
  'no-accuracy': sql`c.accuracy is null`,
  double: sql`exists (select from geography.component o where o.xy <@ circle(c.xy, ${sql.raw(String(doubleWithinM))})
    and o.class_code = c.class_code and o.id <> c.id and o.state not in ('abolished', 'removed'))`,
  'out-of-series': sql`right(c.id, 6)::int > ${sql.raw(String(seriesGap))} and not exists (select from geography.component o
    where o.id < c.id and o.id >= greatest(left(c.id, 10) || '000000', left(c.id, 10) || lpad((right(c.id, 6)::int - ${sql.raw(String(seriesGap))})::text, 6, '0')))`,
  old: sql`coalesce(c.changed_on, c.initial_on) < current_date - interval '${sql.raw(String(oldYears))} years'`,
}
/** Components with a flaw; of those that are still looked after. */
export const flawWhere = (flaw: Flaw): RawSql => sql`${live} and ${conditions[flaw]}`

export interface QualityRow extends Record<Flaw, number> {
  street: string
  classCode: string
  count: number
  accuracyA: number
  accuracyB: number
  accuracyC: number
  lastChange: string | null
}
/** A line for each street and class: how many, and how many of them with each flaw. */
export const qualityLines = async (db: Db, actor: Actor, within: string): Promise<QualityRow[]> =>
  (
    await sql<QualityRow>`select left(c.cell_code, 9) as street, c.class_code as "classCode", count(*)::int as count,
        ${sql.join(Object.entries(conditions).map(([flaw, where]) => sql`count(*) filter (where ${where})::int as ${sql.ref(flaw)}`))},
        count(*) filter (where c.accuracy = 'A')::int as "accuracyA", count(*) filter (where c.accuracy = 'B')::int as "accuracyB",
        count(*) filter (where c.accuracy = 'C')::int as "accuracyC", max(coalesce(c.changed_on, c.initial_on)) as "lastChange"
      from geography.component c where ${live} and c.cell_code like ${`${within}%`} and ${seenComponents(actor)}
      group by 1, 2 order by 1, 2`.execute(db)
  ).rows

/** Which classes each cell has. */
export const classesByCell = async (db: Db, within: string): Promise<{ classCode: string; cell: string }[]> =>
  (
    await sql<{ classCode: string; cell: string }>`select distinct c.class_code as "classCode", c.cell_code as cell
      from geography.component c where ${live} and c.cell_code like ${`${within}%`}`.execute(db)
  ).rows

export const cellsWithin = async (db: Db, within: string): Promise<{ code: string; lon: number; lat: number }[]> =>
  (
    await sql<{
      code: string
      lon: number
      lat: number
    }>`select code, lon, lat from geography.api_cell where code like ${`${within}%`}`.execute(db)
  ).rows
