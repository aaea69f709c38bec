import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { Verdict } from '../model.ts'
import { type DeviceRow, deviceColumns, seen } from './devices.ts'

export interface AlarmRow {
  id: string
  rule: string
  level: 'warn' | 'alarm'
  raisedAt: Date
  clearedAt: Date | null
  peak: number
  limit: number
  unit: string
  standard: string
  verdict: Verdict | null
  caseId: string | null
  device: DeviceRow
}
type Flat = Omit<AlarmRow, 'device' | 'id'> & DeviceRow & { alarmId: string }

const columns = sql`a.id as "alarmId", a.rule, a.level, a.raised_at as "raisedAt", a.cleared_at as "clearedAt", a.peak,
  a.limit_value as "limit", a.unit, a.standard, a.verdict, a.case_id as "caseId", ${deviceColumns}, s.last_heard as "lastHeard"`
const tables = sql`sensing.alarm a join sensing.device d on d.id = a.device_id left join sensing.device_state s on s.device_id = d.id`

const nested = ({
  alarmId,
  rule,
  level,
  raisedAt,
  clearedAt,
  peak,
  limit,
  unit,
  standard,
  verdict,
  caseId,
  ...device
}: Flat): AlarmRow => ({
  id: alarmId,
  rule,
  level,
  raisedAt,
  clearedAt,
  peak,
  limit,
  unit,
  standard,
  verdict,
  caseId,
  device,
})

/** Newest first; `open`: not cleared yet. */
export const alarmsSeen = async (db: Db, actor: Actor, open: boolean | null, most: number): Promise<AlarmRow[]> =>
  (
    await sql<Flat>`select ${columns} from ${tables}
      where ${seen(actor)} and (${open}::boolean is null or ${open} = (a.cleared_at is null))
      order by a.raised_at desc, a.id desc limit ${most}`.execute(db)
  ).rows.map(nested)

export const alarmsToday = async (db: Db, actor: Actor, since: Date): Promise<{ raised: number; judged: number }> =>
  (
    await sql<{ raised: number; judged: number }>`
      select count(*)::int as raised, count(a.verdict)::int as judged from sensing.alarm a join sensing.device d on d.id = a.device_id
      where a.raised_at >= ${since} and ${seen(actor)}`.execute(db)
  ).rows[0] ?? { raised: 0, judged: 0 }

export const alarmById = async (db: Db, id: string, lock = false): Promise<AlarmRow | undefined> =>
  (
    await sql<Flat>`select ${columns} from ${tables} where a.id = ${id} ${lock ? sql`for update of a` : sql``}`.execute(
      db,
    )
  ).rows.map(nested)[0]

export async function saveVerdict(db: Db, id: string, verdict: Verdict, by: string, at: Date): Promise<void> {
  await sql`update sensing.alarm set verdict = ${verdict}, verdict_by = ${by}, verdict_at = ${at} where id = ${id}`.execute(
    db,
  )
}

export async function linkAlarm(db: Db, id: string, caseId: string): Promise<void> {
  await sql`update sensing.alarm set case_id = ${caseId} where id = ${id}`.execute(db)
}

/** Cases that grew from alarms of a device, newest first. */
export const casesOfDevice = async (db: Db, deviceId: string): Promise<string[]> =>
  (
    await sql<{
      caseId: string
    }>`select case_id as "caseId" from sensing.alarm where device_id = ${deviceId} and case_id is not null
      group by 1 order by max(raised_at) desc limit 20`.execute(db)
  ).rows.map((r) => r.caseId)

export interface StandingRow {
  deviceId: string
  rule: string
  id: string
  raisedAt: Date
  clearedAt: Date | null
  peak: number
}
/** The last alarm of each rule at these devices. */
export const lastAlarms = async (db: Db, ids: readonly string[]): Promise<StandingRow[]> =>
  (
    await sql<StandingRow>`select distinct on (device_id, rule) device_id as "deviceId", rule, id, raised_at as "raisedAt",
        cleared_at as "clearedAt", peak
      from sensing.alarm where device_id = any(${ids}::uuid[])
      order by device_id, rule, cleared_at is null desc, raised_at desc`.execute(db)
  ).rows

export interface NewAlarm {
  id: string
  rule: string
  deviceId: string
  raisedAt: Date
  peak: number
  limit: number
  unit: string
  standard: string
}
export async function addAlarm(db: Db, a: NewAlarm): Promise<void> {
  await sql`insert into sensing.alarm (id, rule, level, device_id, raised_at, peak, limit_value, unit, standard)
    values (${a.id}, ${a.rule}, 'alarm', ${a.deviceId}, ${a.raisedAt}, ${a.peak}, ${a.limit}, ${a.unit}, ${a.standard})`.execute(
    db,
  )
}
export async function setPeak(db: Db, id: string, peak: number): Promise<void> {
  await sql`update sensing.alarm set peak = greatest(peak, ${peak}) where id = ${id}`.execute(db)
}
export async function clearAlarm(db: Db, id: string, at: Date): Promise<void> {
  await sql`update sensing.alarm set cleared_at = ${at} where id = ${id}`.execute(db)
}
