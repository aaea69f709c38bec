import { type Db, sql } from '@pentad/platform/db'
import { type Box, toMetres } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import { seen } from '../queries/index.ts'

export interface ActRow {
  caseId: string
  no: string
  act: string
  at: Date
  lon: number
  lat: number
}
/** What was done in a time on cases of a place that lived then. */
export async function actsIn(
  db: Db,
  actor: Actor,
  [west, south, east, north]: Box,
  from: Date,
  until: Date,
): Promise<ActRow[]> {
  const [low, high] = [toMetres([west, south]), toMetres([east, north])]
  return (
    await sql<ActRow>`select c.id as "caseId", c.no, e.act, e.at, coalesce(e.lon, c.lon) as lon, coalesce(e.lat, c.lat) as lat
      from cases.case_file c join cases.event e on e.case_id = c.id
      where c.xy <@ box(point(${low.xM}, ${low.yM}), point(${high.xM}, ${high.yM}))
        and c.reported_at <= ${until} and coalesce(c.closed_at, 'infinity') >= ${from}
        and e.at between ${from} and ${until} and ${seen(actor)}
      order by e.at limit 5000`.execute(db)
  ).rows
}
