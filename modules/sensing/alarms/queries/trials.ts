/** Replays of rules over past data. */
import { type Db, sql } from '@pentad/platform/db'
import type { AlarmRule, Span } from '../model/index.ts'

export interface TrialRow {
  id: string
  rule: string
  version: number
  definition: AlarmRule
  from: Date
  until: Date
  state: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'
  askedBy: string
  askedAt: Date
  endedAt: Date | null
  devices: number
  done: number
  failure: string | null
}
const trial = sql`select id, rule, version, definition, from_at as "from", until_at as "until", state, asked_by as "askedBy",
  asked_at as "askedAt", ended_at as "endedAt", devices, done, failure from sensing.alarm_trial`

export const trialById = async (db: Db, id: string, lock = false): Promise<TrialRow | undefined> =>
  (await sql<TrialRow>`${trial} where id = ${id} ${lock ? sql`for update` : sql``}`.execute(db)).rows[0]

export async function addTrial(
  db: Db,
  t: Pick<TrialRow, 'id' | 'rule' | 'version' | 'definition' | 'from' | 'until' | 'askedBy' | 'askedAt' | 'devices'>,
): Promise<void> {
  await sql`insert into sensing.alarm_trial (id, rule, version, definition, from_at, until_at, state, asked_by, asked_at, devices)
    values (${t.id}, ${t.rule}, ${t.version}, ${JSON.stringify(t.definition)}::jsonb, ${t.from}, ${t.until}, 'waiting', ${t.askedBy},
      ${t.askedAt}, ${t.devices})`.execute(db)
}

/** Devices that the replay has been over; after a crash it goes on from there. */
export const trialDone = async (db: Db, id: string): Promise<string[]> =>
  (
    await sql<{ id: string }>`select device_id as id from sensing.alarm_trial_done where trial_id = ${id}`.execute(db)
  ).rows.map((r) => r.id)

export async function keepFindings(db: Db, id: string, deviceId: string, spans: readonly Span[]): Promise<void> {
  const { rows } = await sql`insert into sensing.alarm_trial_done (trial_id, device_id) values (${id}, ${deviceId})
    on conflict do nothing returning 1 as fresh`.execute(db)
  if (rows.length === 0) return
  await sql`insert into sensing.alarm_trial_finding (trial_id, device_id, raised_at, cleared_at, peak, limit_value, doubtful)
    select ${id}::uuid, ${deviceId}::uuid, * from unnest(${spans.map((s) => new Date(s.from))}::timestamptz[],
      ${spans.map((s) => (s.until === null ? null : new Date(s.until)))}::timestamptz[], ${spans.map((s) => s.peak)}::float8[],
      ${spans.map((s) => s.limit)}::float8[], ${spans.map((s) => s.doubtful)}::boolean[])`.execute(db)
  await sql`update sensing.alarm_trial set done = done + 1 where id = ${id}`.execute(db)
}

export async function endTrial(
  db: Db,
  id: string,
  state: 'running' | 'done' | 'cancelled' | 'failed',
  at: Date | null,
  failure: string | null = null,
): Promise<void> {
  await sql`update sensing.alarm_trial set state = ${state}, ended_at = ${at}, failure = ${failure}
    where id = ${id} and state in ('waiting', 'running')`.execute(db)
}

interface TrialFinding {
  deviceId: string
  nameZh: string
  nameEn: string
  label: string | null
  areaCode: string | null
  unitId: string | null
  raisedAt: Date
  clearedAt: Date | null
  peak: number
  limit: number
  doubtful: boolean
  /** Of the alarm of the rule in force that lies over it. */
  verdict: 'true' | 'false' | 'known' | null
  recorded: boolean
}
const most = 500

/** Newest first, each beside the alarm that was really raised then. */
export const findingsOf = async (db: Db, t: TrialRow): Promise<TrialFinding[]> =>
  (
    await sql<TrialFinding>`select f.device_id as "deviceId", d.name_zh as "nameZh", d.name_en as "nameEn", d.label,
        d.area_code as "areaCode", d.unit_id as "unitId", f.raised_at as "raisedAt", f.cleared_at as "clearedAt", f.peak,
        f.limit_value as "limit", f.doubtful, a.verdict, a.id is not null as recorded
      from sensing.alarm_trial_finding f join sensing.device d on d.id = f.device_id
      left join lateral (select a.id, a.verdict from sensing.alarm a
        where a.rule = ${t.rule} and a.device_id = f.device_id and not a.withdrawn
          and a.raised_at <= coalesce(f.cleared_at, 'infinity') and coalesce(a.cleared_at, 'infinity') >= f.raised_at
        order by a.raised_at limit 1) a on true
      where f.trial_id = ${t.id} order by f.raised_at desc, f.device_id limit ${most}`.execute(db)
  ).rows

interface Sum {
  alarms: number
  sites: number
}
export const trialSum = async (db: Db, id: string): Promise<Sum> =>
  (
    await sql<Sum>`select count(*)::int as alarms, count(distinct device_id)::int as sites
      from sensing.alarm_trial_finding where trial_id = ${id}`.execute(db)
  ).rows[0] ?? { alarms: 0, sites: 0 }

interface RecordedSum extends Sum {
  true: number
  false: number
  known: number
  /** Alarms that were raised then and that the text that was tried would not raise. */
  lost: number
  lostTrue: number
  lostFalse: number
}
/** What the rule in force raised in the same time, how it was judged, and what of it the trial would leave out. */
export async function recordedSum(db: Db, t: TrialRow): Promise<RecordedSum> {
  const { rows } = await sql<RecordedSum>`select count(*)::int as alarms, count(distinct device_id)::int as sites,
      count(*) filter (where verdict = 'true')::int as "true", count(*) filter (where verdict = 'false')::int as "false",
      count(*) filter (where verdict = 'known')::int as known, count(*) filter (where not found)::int as lost,
      count(*) filter (where not found and verdict = 'true')::int as "lostTrue",
      count(*) filter (where not found and verdict = 'false')::int as "lostFalse"
    from (select a.device_id, a.verdict, exists (select from sensing.alarm_trial_finding f where f.trial_id = ${t.id}
          and f.device_id = a.device_id and f.raised_at <= coalesce(a.cleared_at, 'infinity')
          and coalesce(f.cleared_at, 'infinity') >= a.raised_at) as found
      from sensing.alarm a where a.rule = ${t.rule} and not a.withdrawn and a.raised_at >= ${t.from} and a.raised_at < ${t.until}) x`.execute(
    db,
  )
  return rows[0] ?? { alarms: 0, sites: 0, true: 0, false: 0, known: 0, lost: 0, lostTrue: 0, lostFalse: 0 }
}

/** Signs of life of a device: the minutes that have anything. */
export const heardMinutes = async (db: Db, deviceId: string, from: Date, until: Date): Promise<number[]> =>
  (
    await sql<{ at: Date }>`select distinct until_at as at from sensing.minute
      where device_id = ${deviceId} and at >= ${from} and at < ${until} order by 1`.execute(db)
  ).rows.map((r) => r.at.getTime())
