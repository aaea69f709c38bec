import { type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'

/** What of the things with an area, a unit and a maker the actor may see with `cases.read`; `t` is their table's name in the statement. */
export function seenThings(actor: Actor, t: string, unit: RawSql): RawSql {
  const { areas, units, actorId } = sightOf(actor, 'cases.read')
  const like = areas.map((a) => `${a}%`)
  return sql`(${sql.ref(`${t}.area_code`)} like any(${like}::text[]) or ${unit} = any(${units}::text[]) or ${sql.ref(`${t}.created_by`)} = ${actorId})`
}
