import { type Db, sql } from '@pentad/platform/db'
import type { Box } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import type { AlarmLevel, Verdict } from '../model.ts'
import { type DeviceRow, deviceColumns, seen } from './devices.ts'

export interface AlarmRow {
  id: string
  rule: string
  ruleName: { 'zh-CN': string; en: string }
  /** What the rule looks at; null where it is no value. */
  factor: string | null
  level: AlarmLevel
  raisedAt: Date
  clearedAt: Date | null
  peak: number
  limit: number
  unit: string
  standard: string
  verdict: Verdict | null
  verdictNote: string | null
  caseId: string | null
  /** Recorded, and nobody was told. */
  muted: boolean
  doubtful: boolean
  device: DeviceRow
}
type Flat = Omit<AlarmRow, 'device' | 'id'> & DeviceRow & { alarmId: string }

const columns = sql`a.id as "alarmId", a.rule, coalesce(r.definition -> 'name', jsonb_build_object('zh-CN', a.rule, 'en', a.rule)) as "ruleName",
  r.definition -> 'condition' ->> 'factor' as factor, a.muted, a.doubtful, a.verdict_note as "verdictNote", a.level, a.raised_at as "raisedAt", a.cleared_at as "clearedAt", a.peak,
  a.limit_value as "limit", a.unit, a.standard, a.verdict, a.case_id as "caseId", ${deviceColumns}, s.last_heard as "lastHeard"`
const tables = sql`sensing.alarm a join sensing.device d on d.id = a.device_id left join sensing.device_state s on s.device_id = d.id
  left join sensing.alarm_rule r on r.id = a.rule and r.version = coalesce(a.rule_version, 1)`

const nested = (flat: Flat): AlarmRow => {
  const { alarmId, rule, ruleName, factor, level, raisedAt, clearedAt, peak, limit, unit, standard, ...more } = flat
  const { verdict, verdictNote, caseId, muted, doubtful, ...device } = more
  return {
    ...{ id: alarmId, rule, ruleName, factor, level, raisedAt, clearedAt, peak, limit, unit, standard },
    ...{ verdict, verdictNote, caseId, muted, doubtful, device },
  }
}

/** Newest first; `open`: not cleared yet. */
export interface AlarmsWanted {
  open?: boolean | undefined
  muted?: boolean | undefined
  rule?: string | undefined
  deviceId?: string | undefined
  most: number
}
export const alarmsSeen = async (db: Db, actor: Actor, w: AlarmsWanted): Promise<AlarmRow[]> =>
  (
    await sql<Flat>`select ${columns} from ${tables}
      where ${seen(actor)} and not a.withdrawn and (${w.open ?? null}::boolean is null or ${w.open ?? null} = (a.cleared_at is null))
        and (${w.muted ?? null}::boolean is null or a.muted = ${w.muted ?? null})
        and (${w.rule ?? null}::text is null or a.rule = ${w.rule ?? null})
        and (${w.deviceId ?? null}::uuid is null or a.device_id = ${w.deviceId ?? null}::uuid)
      order by a.raised_at desc, a.id desc limit ${w.most}`.execute(db)
  ).rows.map(nested)

export const alarmsToday = async (db: Db, actor: Actor, since: Date): Promise<{ raised: number; judged: number }> =>
  (
    await sql<{ raised: number; judged: number }>`
      select count(*)::int as raised, count(a.verdict)::int as judged from sensing.alarm a join sensing.device d on d.id = a.device_id
      where a.raised_at >= ${since} and not a.withdrawn and ${seen(actor)}`.execute(db)
  ).rows[0] ?? { raised: 0, judged: 0 }

export const alarmById = async (db: Db, id: string, lock = false): Promise<AlarmRow | undefined> =>
  (
    await sql<Flat>`select ${columns} from ${tables} where a.id = ${id} ${lock ? sql`for update of a` : sql``}`.execute(
      db,
    )
  ).rows.map(nested)[0]

export async function saveVerdict(
  db: Db,
  id: string,
  { verdict, note, by, at }: { verdict: Verdict; note: string | null; by: string; at: Date },
): Promise<void> {
  await sql`update sensing.alarm set verdict = ${verdict}, verdict_note = ${note}, verdict_by = ${by}, verdict_at = ${at} where id = ${id}`.execute(
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

/** Alarms of devices that were open at some time between two instants, newest first. */
export const alarmsNear = async (db: Db, ids: readonly string[], from: Date, until: Date): Promise<AlarmRow[]> =>
  (
    await sql<Flat>`select ${columns} from ${tables}
      where a.device_id = any(${ids}::uuid[]) and not a.withdrawn and a.raised_at <= ${until}
        and (a.cleared_at is null or a.cleared_at >= ${from})
      order by a.raised_at desc limit 50`.execute(db)
  ).rows.map(nested)

const device = sql`select ${deviceColumns}, s.last_heard as "lastHeard"
  from sensing.device d left join sensing.device_state s on s.device_id = d.id`

/** Devices that stand still inside a box. */
export const sensorsIn = async (db: Db, [west, south, east, north]: Box): Promise<DeviceRow[]> =>
  (
    await sql<DeviceRow>`${device} where d.retired is null and d.kind not in ('vehicle', 'phone', 'radio')
      and d.lon between ${west} and ${east} and d.lat between ${south} and ${north}`.execute(db)
  ).rows

export async function vehiclesByHandle(db: Db, handles: readonly number[]): Promise<Map<number, DeviceRow>> {
  const { rows } =
    await sql<DeviceRow>`${device} where d.kind = 'vehicle' and d.handle = any(${handles}::int[])`.execute(db)
  return new Map(rows.map((d) => [d.handle, d]))
}

/** A rule that is no longer in force has no open alarms; nor has a device that is retired. */
export const endOpenAlarms = async (db: Db, rule: string, at: Date): Promise<{ id: string; deviceId: string }[]> =>
  (
    await sql<{ id: string; deviceId: string }>`update sensing.alarm set cleared_at = greatest(raised_at, ${at})
      where rule = ${rule} and cleared_at is null and not withdrawn returning id, device_id as "deviceId"`.execute(db)
  ).rows
