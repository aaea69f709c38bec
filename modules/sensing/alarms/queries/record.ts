/** Alarms as they are written down by the judge. */
import { type Db, sql } from '@pentad/platform/db'
import type { Recorded } from '../model/index.ts'

export interface RecordedAlarm extends Recorded {
  deviceId: string
  rule: string
}
interface Flat extends Omit<RecordedAlarm, 'from' | 'until'> {
  raisedAt: Date
  clearedAt: Date | null
}
const columns = sql`id, device_id as "deviceId", rule, raised_at as "raisedAt", cleared_at as "clearedAt", peak, limit_value as "limit",
  standard, doubtful`
const timed = ({ raisedAt, clearedAt, ...rest }: Flat): RecordedAlarm => ({
  ...rest,
  from: raisedAt.getTime(),
  until: clearedAt?.getTime() ?? null,
})

/** Alarms at devices that are open, or were cleared after an instant of each device. */
export async function recordedSince(db: Db, ids: readonly string[], since: readonly Date[]): Promise<RecordedAlarm[]> {
  const { rows } = await sql<Flat>`select ${columns} from sensing.alarm a
    join unnest(${ids}::uuid[], ${since}::timestamptz[]) as u (device, since) on a.device_id = u.device
    where not a.withdrawn and (a.cleared_at is null or a.cleared_at >= u.since) order by a.device_id, a.raised_at`.execute(
    db,
  )
  return rows.map(timed)
}

/** Alarms of rules anywhere that are open or were cleared since. */
export async function recordedOfRules(db: Db, rules: readonly string[], since: Date): Promise<RecordedAlarm[]> {
  const { rows } = await sql<Flat>`select ${columns} from sensing.alarm
    where rule = any(${rules}::text[]) and not withdrawn and (cleared_at is null or cleared_at >= ${since})
    order by device_id, raised_at`.execute(db)
  return rows.map(timed)
}

export interface NewAlarm {
  id: string
  rule: string
  ruleVersion: number
  level: string
  deviceId: string
  raisedAt: Date
  clearedAt: Date | null
  peak: number
  limit: number
  unit: string
  standard: string
  doubtful: boolean
  muted: boolean
}
export async function addAlarm(db: Db, a: NewAlarm): Promise<void> {
  await sql`insert into sensing.alarm (id, rule, rule_version, level, device_id, raised_at, cleared_at, peak, limit_value, unit, standard,
      doubtful, muted)
    values (${a.id}, ${a.rule}, ${a.ruleVersion}, ${a.level}, ${a.deviceId}, ${a.raisedAt}, ${a.clearedAt}, ${a.peak}, ${a.limit}, ${a.unit},
      ${a.standard}, ${a.doubtful}, ${a.muted})`.execute(db)
}
export async function changeAlarm(
  db: Db,
  id: string,
  { from, until, peak }: Pick<Recorded, 'from' | 'until' | 'peak'>,
): Promise<void> {
  await sql`update sensing.alarm set raised_at = ${new Date(from)}, cleared_at = ${until === null ? null : new Date(until)}, peak = ${peak}
    where id = ${id}`.execute(db)
}
/** What a person judged, or what became a case, stays as it was said; it only ends. */
export async function withdrawAlarm(db: Db, id: string): Promise<void> {
  await sql`update sensing.alarm set cleared_at = raised_at, withdrawn = verdict is null and case_id is null where id = ${id}`.execute(
    db,
  )
}

export interface Mute {
  id: string
  rule: string
  deviceId: string
  since: Date
  judged: number
  right: number
  liftedAt: Date | null
  liftedBy: string | null
}
const mute = sql`select id, rule, device_id as "deviceId", since, judged, right_count as "right", lifted_at as "liftedAt",
  lifted_by as "liftedBy" from sensing.alarm_mute`
export const mutesInForce = async (db: Db): Promise<Mute[]> =>
  (await sql<Mute>`${mute} where lifted_at is null`.execute(db)).rows

export const muteOf = async (db: Db, rule: string, deviceId: string): Promise<Mute | undefined> =>
  (
    await sql<Mute>`${mute} where rule = ${rule} and device_id = ${deviceId} and lifted_at is null for update`.execute(
      db,
    )
  ).rows[0]

export async function addMute(db: Db, m: Omit<Mute, 'liftedAt' | 'liftedBy'>): Promise<void> {
  await sql`insert into sensing.alarm_mute (id, rule, device_id, since, judged, right_count)
    values (${m.id}, ${m.rule}, ${m.deviceId}, ${m.since}, ${m.judged}, ${m.right}) on conflict do nothing`.execute(db)
}
export async function liftMute(db: Db, id: string, by: string, at: Date): Promise<void> {
  await sql`update sensing.alarm_mute set lifted_at = ${at}, lifted_by = ${by} where id = ${id} and lifted_at is null`.execute(
    db,
  )
}

/** Verdicts of a pair since a time, or since a person lifted its mute, whichever is later. */
export const judgedOf = async (
  db: Db,
  rule: string,
  deviceId: string,
  since: Date,
): Promise<{ right: number; judged: number }> =>
  (
    await sql<{
      right: number
      judged: number
    }>`select count(*) filter (where verdict <> 'false')::int as "right", count(*)::int as judged
      from sensing.alarm where rule = ${rule} and device_id = ${deviceId} and verdict is not null and not withdrawn
        and verdict_at >= ${since} and verdict_at > coalesce((select max(lifted_at) from sensing.alarm_mute
          where rule = ${rule} and device_id = ${deviceId}), '-infinity')`.execute(db)
  ).rows[0] ?? { right: 0, judged: 0 }

export interface Precision {
  rule: string
  deviceId: string | null
  raised: number
  judged: number
  right: number
}
/** Precision of each rule over all its devices (`deviceId` null), and of each pair. */
export const precisions = async (db: Db, since: Date): Promise<Precision[]> =>
  (
    await sql<Precision>`select rule, device_id as "deviceId", count(*)::int as raised, count(verdict)::int as judged,
        count(*) filter (where verdict <> 'false')::int as "right"
      from sensing.alarm where raised_at >= ${since} and not withdrawn group by grouping sets ((rule), (rule, device_id))
      order by rule`.execute(db)
  ).rows

export interface Evidence {
  moment: 'raised' | 'cleared'
  takenAt: Date
  from: Date
  until: Date
  curves: string
  sha256: string
}
export async function addEvidence(db: Db, alarmId: string, e: Evidence): Promise<void> {
  await sql`insert into sensing.alarm_evidence (alarm_id, moment, taken_at, from_at, until_at, curves, sha256)
    values (${alarmId}, ${e.moment}, ${e.takenAt}, ${e.from}, ${e.until}, ${e.curves}, ${e.sha256}) on conflict do nothing`.execute(
    db,
  )
}
/** The fullest first. */
export const evidenceOf = async (db: Db, alarmId: string): Promise<Evidence[]> =>
  (
    await sql<Evidence>`select moment, taken_at as "takenAt", from_at as "from", until_at as "until", curves, sha256
      from sensing.alarm_evidence where alarm_id = ${alarmId} order by until_at desc`.execute(db)
  ).rows
