import { type Db, markNow, sql } from '@pentad/platform/db'
import type { Protocol } from '../model.ts'
import type { CommandCause, CommandKind, CommandState, Gap } from './model/index.ts'

export interface CommandRow {
  id: string
  kind: CommandKind
  parameters: Record<string, unknown>
  state: CommandState
  cause: CommandCause
  reason: string
  askedBy: string
  askedName: string | null
  askedAt: Date
  expiresAt: Date
  tries: number
  sentAt: Date | null
  acceptedAt: Date | null
  endedAt: Date | null
  answer: Record<string, unknown> | null
}

export const commandsOfDevice = async (db: Db, deviceId: string, most: number): Promise<CommandRow[]> =>
  (
    await sql<CommandRow>`select c.id, c.kind, c.parameters, c.state, c.cause, c.reason, c.asked_by as "askedBy", p.name_zh as "askedName",
        c.asked_at as "askedAt", c.expires_at as "expiresAt", c.tries, c.sent_at as "sentAt", c.accepted_at as "acceptedAt",
        c.ended_at as "endedAt", c.answer
      from sensing.command c left join identity.api_person p on p.id::text = c.asked_by
      where c.device_id = ${deviceId} order by c.asked_at desc, c.id desc limit ${most}`.execute(db)
  ).rows

export interface NewCommandRow {
  id: string
  deviceId: string
  kind: CommandKind
  parameters: Record<string, unknown>
  cause: CommandCause
  reason: string
  by: string
  at: Date
  expiresAt: Date
}
export async function addCommand(db: Db, c: NewCommandRow): Promise<void> {
  await sql`insert into sensing.command (id, device_id, kind, parameters, state, cause, reason, asked_by, asked_at, expires_at)
    values (${c.id}, ${c.deviceId}, ${c.kind}, ${JSON.stringify(c.parameters)}, 'queued', ${c.cause}, ${c.reason}, ${c.by}, ${c.at}, ${c.expiresAt})`.execute(
    db,
  )
}

/** Waiting ones of a device: nobody may pile them up without end. */
export async function countWaiting(db: Db, deviceId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from sensing.command
    where device_id = ${deviceId} and state in ('queued', 'sent')`.execute(db)
  return rows[0]?.n ?? 0
}

export interface EndedRow {
  id: string
  deviceId: string
  state: CommandState
  areaCode: string | null
  unitId: string | null
}
const ended = sql`c.id, c.device_id as "deviceId", c.state, d.area_code as "areaCode", d.unit_id as "unitId"`

/** Only what no gateway has said yet can be taken back. */
export async function cancelQueued(db: Db, deviceId: string, id: string, at: Date): Promise<EndedRow | undefined> {
  const { rows } =
    await sql<EndedRow>`update sensing.command c set state = 'cancelled', ended_at = ${at} from sensing.device d
    where c.id = ${id} and c.device_id = ${deviceId} and c.state = 'queued' and d.id = c.device_id returning ${ended}`.execute(
      db,
    )
  return rows[0]
}

/** A command as a gateway needs it. */
export interface Order {
  id: string
  deviceId: string
  kind: CommandKind
  parameters: Record<string, unknown>
  state: CommandState
  askedAt: Date
  expiresAt: Date
  /** Until when the device, which has taken it up, may go on with it; null as long as it has not. */
  worksUntil: Date | null
}
/** Commands that wait or changed since the mark, in the order in which they were asked. */
export async function ordersSince(db: Db, mark: string | null): Promise<{ mark: string; orders: Order[] }> {
  const next = await markNow(db)
  const columns = sql`select id, device_id as "deviceId", kind, parameters, state, asked_at as "askedAt", expires_at as "expiresAt",
      case when accepted_at is not null then due_at end as "worksUntil"
    from sensing.command`
  const { rows } = await (mark === null
    ? sql<Order>`${columns} where state = 'queued' order by asked_at, id`
    : sql<Order>`${columns} where xid >= ${mark}::xid8 order by asked_at, id`
  ).execute(db)
  return { mark: next, orders: rows }
}

export interface Claim {
  id: string
  ref: string
  dueAt: Date
}
/**
 * Those of the orders that are this gateway's from now on: still queued, and their device has nothing else in hand. Of two gateways
 * that ask at the same moment one runs against `one_command_in_hand`.
 */
export async function claimOrders(db: Db, gateway: string, claims: readonly Claim[], now: Date): Promise<string[]> {
  const { rows } = await sql<{
    id: string
  }>`update sensing.command c set state = 'sent', gateway = ${gateway}, ref = u.ref,
      tries = tries + 1, sent_at = coalesce(sent_at, ${now}), due_at = u.due_at
    from unnest(${claims.map((c) => c.id)}::uuid[], ${claims.map((c) => c.ref)}::text[], ${claims.map((c) => c.dueAt)}::timestamptz[])
      as u (id, ref, due_at)
    where c.id = u.id and c.state = 'queued' and c.expires_at > ${now}
      and not exists (select from sensing.command o where o.device_id = c.device_id and o.state = 'sent')
    returning c.id`.execute(db)
  return rows.map((r) => r.id)
}
/** It is said once more by the gateway that has it in hand; false when somebody else ended it. */
export async function claimAgain(db: Db, id: string, gateway: string, dueAt: Date): Promise<boolean> {
  const { rows } = await sql`update sensing.command set tries = tries + 1, due_at = ${dueAt}
    where id = ${id} and state = 'sent' and gateway = ${gateway} returning id`.execute(db)
  return rows.length > 0
}
export async function noteAccepted(db: Db, id: string, at: Date, dueAt: Date): Promise<void> {
  await sql`update sensing.command set accepted_at = coalesce(accepted_at, ${at}), due_at = ${dueAt}
    where id = ${id} and state = 'sent'`.execute(db)
}

export interface Ending {
  state: 'answered' | 'refused' | 'failed'
  answer: Record<string, unknown>
}
export async function endOrder(db: Db, id: string, { state, answer }: Ending, at: Date): Promise<EndedRow | undefined> {
  const { rows } =
    await sql<EndedRow>`update sensing.command c set state = ${state}, answer = ${JSON.stringify(answer)}::jsonb,
      ended_at = ${at} from sensing.device d
    where c.id = ${id} and c.state = 'sent' and d.id = c.device_id returning ${ended}`.execute(db)
  return rows[0]
}
/** The command that was said to a device under this number and is not over: its answer may reach another gateway. */
export async function saidAs(db: Db, deviceId: string, ref: string): Promise<{ id: string } | undefined> {
  const { rows } = await sql<{ id: string }>`select id from sensing.command
    where device_id = ${deviceId} and ref = ${ref} and state = 'sent'`.execute(db)
  return rows[0]
}

export interface LeftRow {
  id: string
  protocol: Protocol
  kind: CommandKind
  state: CommandState
  expiresAt: Date
  dueAt: Date | null
  tries: number
  accepted: boolean
}
/** What may have been left alone: expired in the queue, or said and past its due. Locked, so that two workers do not settle one. */
export const leftOrders = async (db: Db, now: Date, dueBefore: Date, most: number): Promise<LeftRow[]> =>
  (
    await sql<LeftRow>`select c.id, d.protocol, c.kind, c.state, c.expires_at as "expiresAt", c.due_at as "dueAt", c.tries,
        c.accepted_at is not null as accepted
      from sensing.command c join sensing.device d on d.id = c.device_id
      where (c.state = 'queued' and c.expires_at <= ${now}) or (c.state = 'sent' and c.due_at <= ${dueBefore})
      order by c.asked_at, c.id limit ${most} for update of c skip locked`.execute(db)
  ).rows
export async function queueAgain(db: Db, id: string): Promise<void> {
  await sql`update sensing.command set state = 'queued', gateway = null where id = ${id}`.execute(db)
}
export async function endLeft(
  db: Db,
  id: string,
  state: 'failed' | 'expired',
  answer: Record<string, unknown> | null,
  at: Date,
): Promise<EndedRow | undefined> {
  const { rows } = await sql<EndedRow>`update sensing.command c set state = ${state},
      answer = ${answer ? JSON.stringify(answer) : null}::jsonb, ended_at = ${at} from sensing.device d
    where c.id = ${id} and d.id = c.device_id returning ${ended}`.execute(db)
  return rows[0]
}

/** Whether the platform has said this by itself since then; whoever asks holds the device's row, so that two gateways agree. */
export async function saidByItself(
  db: Db,
  deviceId: string,
  kind: CommandKind,
  cause: CommandCause,
  since: Date,
): Promise<boolean> {
  await sql`select 1 from sensing.device where id = ${deviceId} for no key update`.execute(db)
  const { rows } = await sql`select 1 from sensing.command
    where device_id = ${deviceId} and kind = ${kind} and cause = ${cause} and asked_at > ${since} limit 1`.execute(db)
  return rows.length > 0
}

/** When minute records of devices are there, each moment once or more. */
export const minuteTimes = async (
  db: Db,
  ids: readonly string[],
  from: Date,
  until: Date,
): Promise<{ deviceId: string; at: Date }[]> =>
  (
    await sql<{
      deviceId: string
      at: Date
    }>`select distinct device_id as "deviceId", observed_at as at from sensing.observation
      where device_id = any(${ids}::uuid[]) and period = 'minute' and observed_at >= ${from} and observed_at < ${until}`.execute(
      db,
    )
  ).rows
/** What was asked for because it was missing, since an instant. */
export const gapsAsked = async (db: Db, deviceId: string, since: Date): Promise<Gap[]> =>
  (
    await sql<{ from: string; until: string }>`select parameters ->> 'from' as from, parameters ->> 'until' as until
      from sensing.command where device_id = ${deviceId} and kind = 'ask-history' and cause = 'gap' and asked_at > ${since}`.execute(
      db,
    )
  ).rows.map((r) => ({ from: Date.parse(r.from), until: Date.parse(r.until) }))

export async function profileAt(db: Db, id: string): Promise<Record<string, unknown>> {
  const { rows } = await sql<{
    profile: Record<string, unknown>
  }>`select profile from sensing.device where id = ${id}`.execute(db)
  return rows[0]?.profile ?? {}
}
/** Gateways learn of it as they learn of any change of a device. */
export async function saveTalk(db: Db, id: string, talk: Record<string, unknown>): Promise<void> {
  await sql`update sensing.device set profile = profile || jsonb_build_object('talk', ${JSON.stringify(talk)}::jsonb),
    xid = pg_current_xact_id() where id = ${id}`.execute(db)
}
