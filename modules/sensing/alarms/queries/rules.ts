import { type Db, sql } from '@pentad/platform/db'
import type { Nights } from '../../noise/model/standard.ts'
import type { AlarmRule, ScopedDevice } from '../model/index.ts'

export interface RuleRow {
  id: string
  version: number
  state: 'draft' | 'in_force' | 'old'
  rule: AlarmRule
  note: string
  writtenBy: string
  writtenAt: Date
  trialId: string | null
  enforcedBy: string | null
  enforcedAt: Date | null
  endedBy: string | null
  endedAt: Date | null
}
const columns = sql`id, version, state, definition as rule, note, written_by as "writtenBy", written_at as "writtenAt",
  trial_id as "trialId", enforced_by as "enforcedBy", enforced_at as "enforcedAt", ended_by as "endedBy", ended_at as "endedAt"`

export const rulesInForce = async (db: Db): Promise<RuleRow[]> =>
  (await sql<RuleRow>`select ${columns} from sensing.alarm_rule where state = 'in_force' order by id`.execute(db)).rows

/** In force and drafts; of a rule that is off, its last version. */
export const currentRules = async (db: Db): Promise<RuleRow[]> =>
  (
    await sql<RuleRow>`select ${columns} from sensing.alarm_rule r where state <> 'old'
        or (not exists (select from sensing.alarm_rule o where o.id = r.id and (o.state <> 'old' or o.version > r.version)))
      order by id, version`.execute(db)
  ).rows

export const versionsOf = async (db: Db, id: string, lock = false): Promise<RuleRow[]> =>
  (
    await sql<RuleRow>`select ${columns} from sensing.alarm_rule where id = ${id} order by version desc ${lock ? sql`for update` : sql``}`.execute(
      db,
    )
  ).rows

/** Writes the draft of a rule, or begins one. What was tried was another text. */
export async function putDraft(
  db: Db,
  { id, rule, note, by, at }: { id: string; rule: AlarmRule; note: string; by: string; at: Date },
): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sensing.rule ${id}`}, 0))`.execute(db)
  const { rows } = await sql<{ version: number }>`with changed as (
      update sensing.alarm_rule set definition = ${JSON.stringify(rule)}::jsonb, note = ${note}, written_by = ${by}, written_at = ${at},
        trial_id = null where id = ${id} and state = 'draft' returning version),
    begun as (
      insert into sensing.alarm_rule (id, version, state, definition, note, written_by, written_at)
      select ${id}, coalesce((select max(version) from sensing.alarm_rule where id = ${id}), 0) + 1, 'draft', ${JSON.stringify(rule)}::jsonb,
        ${note}, ${by}, ${at} where not exists (select from changed) returning version)
    select version from changed union all select version from begun`.execute(db)
  const [row] = rows
  if (!row) throw new Error(`the draft of rule ${id} was not written`)
  return row.version
}

export const dropDraft = (db: Db, id: string) =>
  sql`delete from sensing.alarm_rule where id = ${id} and state = 'draft'`.execute(db)

export const keepTrialOf = (db: Db, id: string, version: number, trialId: string) =>
  sql`update sensing.alarm_rule set trial_id = ${trialId} where id = ${id} and version = ${version} and state = 'draft'`.execute(
    db,
  )

export async function endRule(db: Db, id: string, by: string, at: Date): Promise<void> {
  await sql`update sensing.alarm_rule set state = 'old', ended_by = ${by}, ended_at = ${at} where id = ${id} and state = 'in_force'`.execute(
    db,
  )
}
export async function putInForce(db: Db, id: string, version: number, by: string, at: Date): Promise<void> {
  await endRule(db, id, by, at)
  await sql`update sensing.alarm_rule set state = 'in_force', enforced_by = ${by}, enforced_at = ${at}
    where id = ${id} and version = ${version}`.execute(db)
}

/** Nights as they were set, oldest first. */
export const nightsOf = async (db: Db): Promise<Nights> =>
  (
    await sql<{
      since: Date
      fromMinute: number
    }>`select since, from_minute as "fromMinute" from sensing.night_window order by since`.execute(db)
  ).rows

export const setNight = (db: Db, fromMinute: number, by: string, at: Date) =>
  sql`insert into sensing.night_window (since, from_minute, set_by) values (${at}, ${fromMinute}, ${by})`.execute(db)

export interface JudgedDevice extends ScopedDevice {
  handle: number
  unitId: string | null
  nameZh: string
  nameEn: string
  label: string | null
  lon: number | null
  lat: number | null
}
const device = sql`select d.id, d.handle, d.kind, d.area_code as "areaCode", d.unit_id as "unitId", d.name_zh as "nameZh", d.name_en as "nameEn",
  d.label, d.lon, d.lat, d.profile ->> 'siteClass' as "siteClass" from sensing.device d`

export const devicesById = async (db: Db, ids: readonly string[]): Promise<JudgedDevice[]> =>
  (await sql<JudgedDevice>`${device} where d.id = any(${ids}::uuid[]) order by d.id`.execute(db)).rows

export const devicesInService = async (db: Db): Promise<JudgedDevice[]> =>
  (await sql<JudgedDevice>`${device} where d.retired is null order by d.id`.execute(db)).rows

/** Devices that were heard at least once, with their last word. */
export const devicesHeard = async (db: Db): Promise<(JudgedDevice & { lastHeard: Date })[]> =>
  (
    await sql<
      JudgedDevice & { lastHeard: Date }
    >`select d.*, s.last_heard as "lastHeard" from (${device} where d.retired is null) d
      join sensing.device_state s on s.device_id = d.id order by d.id`.execute(db)
  ).rows

/** What the city has measured lately: the factors that a rule may speak of. */
export const knownFactors = async (db: Db): Promise<string[]> =>
  (
    await sql<{ factor: string }>`with recursive f as (
        (select min(factor) as factor from sensing.minute)
        union all select (select min(m.factor) from sensing.minute m where m.factor > f.factor) from f where f.factor is not null)
      select factor from f where factor is not null`.execute(db)
  ).rows.map((r) => r.factor)
