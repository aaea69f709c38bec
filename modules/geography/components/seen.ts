import { type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'

/** What the actor may see, by place. */
export function seenComponents(actor: Actor): RawSql {
  const { areas } = sightOf(actor, 'geography.read')
  return areas.includes('') ? sql`true` : sql`c.cell_code like any(${areas.map((a) => `${a}%`)}::text[])`
}
