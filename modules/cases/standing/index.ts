/**
 * Open cases as every work list counts them: a few numbers each, in this process's memory, read once and then followed. A list of work says
 * with each page how many stand in every queue; to count them anew costs the engine a look at every open case.
 */
import { type Db, sql } from '@pentad/platform/db'
import { joined } from '@pentad/platform/joined'
import { type Actor, sightOf } from '@pentad/platform/rights'
import { awaitedOf, type Status, stageQueues, statuses, statusesOfQueue } from '../model/index.ts'
import { openOnly } from '../queries/index.ts'
import { Columns, type StandingRow } from './columns.ts'

class Standing {
  readonly columns = new Columns()
  readonly fresh = joined(() => this.read())
  private readonly db: Db
  private mark: string | undefined

  constructor(db: Db) {
    this.db = db
  }

  private async read(): Promise<void> {
    const since = this.mark
    // The mark is of the same look: what commits afterwards has it or a higher one, and comes with the next.
    const { rows } = await sql<StandingRow & { mark: string; id: string | null; open: boolean }>`
      select m.mark, c.id, ${openOnly} as open, c.status, c.area_code as area, c.lead_unit_id as unit, c.co_unit_ids as "coUnits",
        c.created_by as by, c.checker_id as checker, c.asked->>'kind' as asked, c.difficult
      from (select pg_snapshot_xmin(pg_current_snapshot())::text as mark) m
      left join cases.case_file c on ${since === undefined ? openOnly : sql`c.xid >= ${since}::xid8`}`.execute(this.db)
    for (const { id, open, ...row } of rows) {
      if (id === null) continue
      if (open) this.columns.put(id, row)
      else this.columns.remove(id)
    }
    this.mark = rows[0]?.mark ?? since
  }
}

const standings = new WeakMap<Db, Standing>()

/** How many open cases stand in each queue for an actor: as `queueCounts`, of everything committed before the call. */
export async function standingCounts(db: Db, actor: Actor): Promise<Record<string, number>> {
  const standing = standings.get(db) ?? new Standing(db)
  standings.set(db, standing)
  await standing.fresh()
  return countsFor(standing.columns, actor)
}

const stageOf = new Map<Status, string>(stageQueues.flatMap((queue) => statusesOfQueue[queue].map((s) => [s, queue])))
const draft = statuses.indexOf('draft')
/** No word's number. */
const anything = -1

export function countsFor(columns: Columns, actor: Actor): Record<string, number> {
  const sight = sightOf(actor, 'cases.read')
  const me = columns.people.find(actor.id)
  const inSight = columns.areas.within(sight.areas)
  const ofUnit = columns.units.among(sight.units)
  const coUnit = columns.coUnits.anyAmong(sight.units)
  const everything = sight.areas.includes('')
  const waits = awaitedOf(actor).map(({ statuses: of, within, areas, units, asked, checks }) => ({
    status: Uint8Array.from(statuses.map((s) => (of.has(s) ? 1 : 0))),
    area: within === 'area' ? columns.areas.within(areas) : null,
    unit: within === 'unit' || within === 'either' ? columns.units.among(units) : null,
    own: within === 'own',
    asked: asked ? columns.asked.find(asked) : anything,
    checks,
  }))
  const byStatus = new Int32Array(statuses.length)
  let [open, mine, asked, difficult] = [0, 0, 0, 0]
  const { of } = columns
  for (let slot = 0; slot < columns.used; slot++) {
    const status = (of.status[slot] ?? 0) - 1
    if (status < 0) continue
    const isMine = of.by[slot] === me
    if (status === draft && !isMine) continue
    const area = of.area[slot] ?? 0
    const unit = of.unit[slot] ?? 0
    if (!(everything || inSight[area] || ofUnit[unit] || coUnit[of.coUnits[slot] ?? 0] || isMine)) continue
    open++
    byStatus[status] = (byStatus[status] ?? 0) + 1
    if (of.asked[slot]) asked++
    if (of.difficult[slot]) difficult++
    for (const w of waits) {
      if (!w.status[status]) continue
      if (w.area && !w.area[area]) continue
      if (w.unit && !w.unit[unit]) continue
      if (w.own && !isMine) continue
      if (w.asked !== anything && of.asked[slot] !== w.asked) continue
      if (w.checks && of.checker[slot] !== 0 && of.checker[slot] !== me) continue
      mine++
      break
    }
  }
  const counts: Record<string, number> = { open, mine, asked, difficult }
  for (const queue of stageQueues) counts[queue] = 0
  statuses.forEach((status, n) => {
    const queue = stageOf.get(status)
    if (queue) counts[queue] = (counts[queue] ?? 0) + (byStatus[n] ?? 0)
  })
  return counts
}
