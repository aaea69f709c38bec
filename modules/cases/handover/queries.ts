import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { inDisposal, statuses, stepNames } from '../model/index.ts'
import { openOnly, queueCounts, seen } from '../queries/index.ts'

export interface HandoverRow {
  id: string
  unitId: string
  from: Date
  to: Date
  figures: Figures
  note: string
  leftBy: string
  leftName: string
  readBy: string | null
  readName: string | null
  readAt: Date | null
}
export interface Figures {
  got: number
  did: Record<string, number>
  leaves: Record<string, number>
  late: number
}

const columns = sql`h.id, h.unit_id as "unitId", h.from_at as "from", h.to_at as "to", h.figures, h.note, h.left_by as "leftBy", l.name_zh as "leftName",
    h.read_by as "readBy", r.name_zh as "readName", h.read_at as "readAt"
  from cases.handover h join identity.api_person l on l.id = h.left_by left join identity.api_person r on r.id = h.read_by`

export const handoversOf = async (db: Db, unitId: string, most: number): Promise<HandoverRow[]> =>
  (
    await sql<HandoverRow>`select ${columns} where h.unit_id = ${unitId} order by h.to_at desc limit ${most}`.execute(
      db,
    )
  ).rows

/** Locked: two may want to sign it at once. */
export const handoverById = async (db: Db, id: string): Promise<HandoverRow | undefined> => {
  await sql`select from cases.handover where id = ${id} for update`.execute(db)
  return (await sql<HandoverRow>`select ${columns} where h.id = ${id}`.execute(db)).rows[0]
}

export async function addHandover(
  db: Db,
  h: Pick<HandoverRow, 'id' | 'unitId' | 'from' | 'to' | 'figures' | 'note' | 'leftBy'>,
): Promise<void> {
  await sql`insert into cases.handover (id, unit_id, from_at, to_at, figures, note, left_by)
    values (${h.id}, ${h.unitId}, ${h.from}, ${h.to}, ${JSON.stringify(h.figures)}::jsonb, ${h.note}, ${h.leftBy})`.execute(
    db,
  )
}

export async function signRead(db: Db, id: string, personId: string, now: Date): Promise<void> {
  await sql`update cases.handover set read_by = ${personId}, read_at = ${now} where id = ${id}`.execute(db)
}

const disposalStatuses = statuses.filter(inDisposal)

/** What happened between two instants to the cases that the actor sees, and what is open at the second. */
export async function shiftFigures(
  db: Db,
  actor: Actor,
  from: Date,
  to: Date,
  queues: readonly string[],
): Promise<Figures> {
  const got = await sql<{ n: number }>`select count(*)::int as n from cases.case_file c
    where c.reported_at > ${from} and c.reported_at <= ${to} and ${seen(actor)}`.execute(db)
  const did = await sql<{
    act: string
    n: number
  }>`select e.act, count(*)::int as n from cases.event e join cases.case_file c on c.id = e.case_id
    where e.recorded > ${from} and e.recorded <= ${to} and e.act = any(${[...stepNames]}::text[]) and ${seen(actor)} group by e.act`.execute(
    db,
  )
  const late = await sql<{ n: number }>`select count(*)::int as n from cases.case_file c
    where ${openOnly} and c.status = any(${disposalStatuses}::text[]) and c.clock_stopped is null and c.due < ${to} and ${seen(actor)}`.execute(
    db,
  )
  const counts = await queueCounts(db, actor)
  return {
    got: got.rows[0]?.n ?? 0,
    did: Object.fromEntries(did.rows.map((r) => [r.act, r.n])),
    leaves: Object.fromEntries(queues.map((q) => [q, counts[q] ?? 0])),
    late: late.rows[0]?.n ?? 0,
  }
}
