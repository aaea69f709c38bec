import { type Db, sql } from '@pentad/platform/db'
import type { Period } from '../model.ts'
import { noiseFactors, type Reading } from '../noise/series.ts'

export interface ObservationRow {
  deviceId: string
  factor: string
  period: Period
  observedAt: Date
  value: number | null
  max: number | null
  min: number | null
  flag: string | null
  quality: string[]
  /** The command that it answers: it did not come by itself. */
  commandId?: string | null
}

/** What was stored already stays as it is: the first word of a device stands. */
export async function saveObservations(db: Db, rows: readonly ObservationRow[], receivedAt: Date): Promise<void> {
  const words = rows.map((r) => r.quality.join(' '))
  await sql`insert into sensing.observation (device_id, factor, period, observed_at, value, max, min, flag, quality, received_at, command_id)
    select device_id, factor, period, observed_at, value, max, min, flag,
      coalesce(string_to_array(nullif(quality, ''), ' '), '{}'), ${receivedAt}, command_id
    from unnest(${rows.map((r) => r.deviceId)}::uuid[], ${rows.map((r) => r.factor)}::text[], ${rows.map((r) => r.period)}::text[],
      ${rows.map((r) => r.observedAt)}::timestamptz[], ${rows.map((r) => r.value)}::float8[], ${rows.map((r) => r.max)}::float8[],
      ${rows.map((r) => r.min)}::float8[], ${rows.map((r) => r.flag)}::text[], ${words}::text[],
      ${rows.map((r) => r.commandId ?? null)}::uuid[])
      as u (device_id, factor, period, observed_at, value, max, min, flag, quality, command_id)
    on conflict do nothing`.execute(db)
}

const valid = sql`coalesce(flag, 'N') = 'N' and quality = '{}'`

/** Valid noise readings of devices between two instants, the second excluded. */
export const noiseReadings = async (
  db: Db,
  ids: readonly string[],
  from: Date,
  until: Date,
): Promise<(Reading & { deviceId: string })[]> =>
  (
    await sql<Reading & { deviceId: string }>`
      select device_id as "deviceId", observed_at as at, period, factor, value, max from sensing.observation
      where device_id = any(${ids}::uuid[]) and factor = any(${noiseFactors}::text[]) and period in ('rtd', 'minute')
        and observed_at >= ${from} and observed_at < ${until} and ${valid}
      order by device_id, observed_at`.execute(db)
  ).rows

export interface FactorMinute {
  factor: string
  at: Date
  value: number
  max: number | null
}
/** Minutes of everything else that a device measures: its own records, else the mean of its samples. */
export const otherMinutes = async (db: Db, id: string, from: Date, until: Date): Promise<FactorMinute[]> =>
  (
    await sql<FactorMinute>`
      select factor, date_trunc('minute', observed_at) as at,
        coalesce(avg(value) filter (where period = 'minute'), avg(value)) as value,
        coalesce(max(max), max(value) filter (where period = 'rtd')) as max
      from sensing.observation
      where device_id = ${id} and factor <> all(${['Leq', 'LA', 'LMx', 'LMn']}::text[]) and period in ('rtd', 'minute')
        and observed_at >= ${from} and observed_at < ${until} and ${valid} and value is not null
      group by 1, 2 order by 1, 2`.execute(db)
  ).rows
