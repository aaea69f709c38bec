/** Vehicles and phones against the fences that rules name: where they are and since when (the fence's stays) comes in, alarms go out. */
import { type Db, inTransaction, markNow, sql } from '@pentad/platform/db'
import { fencesInForce, lastStays } from '../../tracks/fences/queries.ts'
import { concerns } from '../../tracks/model/index.ts'
import {
  type AlarmRule,
  type Fence,
  type FenceStanding,
  type Fix,
  followFence,
  inScope,
  reconcile,
} from '../model/index.ts'
import {
  devicesById,
  isOnlyJudge,
  keepProgress,
  nightsOf,
  progressOf,
  type RecordedAlarm,
  type RuleRow,
  recordedOfRules,
  rulesInForce,
} from '../queries/index.ts'
import { carryOut, pairKey } from './carry-out.ts'
import { mutedPairs } from './fresh.ts'
import { holdsAt } from './timed.ts'

type FenceRow = RuleRow & { rule: AlarmRule & { condition: Fence } }
const fencesIn = (rules: readonly RuleRow[]): FenceRow[] =>
  rules.filter((r): r is FenceRow => r.rule.condition.kind === 'fence')

/** Follows what moved since it looked last; how many fixes there were. Without a fence in force nothing is read. */
export const judgeMoves = (db: Db, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    if (!(await isOnlyJudge(tx, 'judge-moves'))) return 0
    const rules = fencesIn(await rulesInForce(tx))
    if (rules.length === 0) return 0
    const { mark } = await progressOf(tx, 'moves')
    const next = await markNow(tx)
    const kinds = rules.some((r) => r.rule.scope.kinds.length === 0)
      ? null
      : [...new Set(rules.flatMap((r) => r.rule.scope.kinds))]
    const { rows } = await sql<
      Omit<Fix, 'at'> & { at: Date }
    >`select p.device_id as "deviceId", p.at, p.lon, p.lat, p.speed_kmh as "speedKmh"
      from sensing.position p join sensing.device d on d.id = p.device_id
      where p.xid >= ${mark ?? '0'}::xid8 and (${kinds}::text[] is null or d.kind = any(${kinds}::text[]))`.execute(tx)
    await keepProgress(tx, 'moves', { mark: next })
    await followAll(
      tx,
      rules,
      rows.map((r) => ({ ...r, at: r.at.getTime() })),
      now,
    )
    return rows.length
  })

async function followAll(db: Db, rules: readonly FenceRow[], fixes: readonly Fix[], now: Date): Promise<void> {
  if (rules.length === 0 || fixes.length === 0) return
  const byDevice = Map.groupBy(fixes, (f) => f.deviceId)
  const devices = await devicesById(db, [...byDevice.keys()].sort())
  const places = new Map((await fencesInForce(db)).map((f) => [f.id, f]))
  const stays = await lastStays(
    db,
    [...places.keys()],
    devices.map((d) => d.handle),
  )
  const open = (
    await recordedOfRules(
      db,
      rules.map((r) => r.id),
      now,
    )
  ).filter((r) => r.until === null)
  const alarms = new Map(open.map((r) => [pairKey(r.rule, r.deviceId), r]))
  const standings = await standingsOf(
    db,
    rules.map((r) => r.id),
    [...byDevice.keys()],
  )
  const world = { now, muted: await mutedPairs(db), nights: await nightsOf(db) }
  const changed = new Map<string, { rule: string; deviceId: string; standing: FenceStanding }>()
  for (const device of devices) {
    const mine = [...(byDevice.get(device.id) ?? [])].sort((a, b) => a.at - b.at)
    for (const row of rules) {
      const place = places.get(row.rule.condition.fenceId)
      if (!place || !inScope(row.rule.scope, device) || !concerns(place, device)) continue
      const stay = stays.get(`${place.id} ${device.handle}`)
      const key = pairKey(row.id, device.id)
      let standing = standings.get(key)
      let alarm: RecordedAlarm | undefined = alarms.get(key)
      for (const fix of mine) {
        const seen = followFence(row.rule.condition, place, row.rule.clear.minutes, standing, fix, stay)
        if (!seen) continue
        standing = seen.standing
        const told = { now: world.now, muted: world.muted, known: fix.at }
        const wrong = seen.wrong && holdsAt(row.rule, fix.at, world.nights)
        if (!alarm && wrong) {
          const { dwellMinutes, overKmh } = row.rule.condition
          const limit = overKmh ?? dwellMinutes
          const span = { from: fix.at, until: null, peak: seen.level, limit, standard: row.rule.basis, doubtful: false }
          await carryOut(db, row, device, [{ act: 'raise', span }], told)
          alarm = (await recordedOfRules(db, [row.id], now)).find((r) => r.deviceId === device.id && r.until === null)
        } else if (alarm && (wrong ? seen.level > alarm.peak : seen.quiet && fix.at > alarm.from)) {
          const span = {
            ...alarm,
            peak: Math.max(alarm.peak, wrong ? seen.level : alarm.peak),
            until: wrong ? null : fix.at,
          }
          await carryOut(db, row, device, reconcile([alarm], [span]), told)
          alarm = wrong ? { ...alarm, peak: span.peak } : undefined
        }
      }
      if (standing) changed.set(key, { rule: row.id, deviceId: device.id, standing })
    }
  }
  await keepStandings(db, [...changed.values()])
}

async function standingsOf(
  db: Db,
  rules: readonly string[],
  ids: readonly string[],
): Promise<Map<string, FenceStanding>> {
  const { rows } = await sql<{
    rule: string
    deviceId: string
    inside: boolean
    since: Date
    quietSince: Date | null
    at: Date
  }>`select rule, device_id as "deviceId", inside, since, quiet_since as "quietSince", at from sensing.fence_standing
    where rule = any(${rules}::text[]) and device_id = any(${ids}::uuid[]) order by rule, device_id for update`.execute(
    db,
  )
  return new Map(
    rows.map(({ rule, deviceId, inside, since, quietSince, at }) => [
      pairKey(rule, deviceId),
      { inside, since: since.getTime(), quietSince: quietSince?.getTime() ?? null, at: at.getTime() },
    ]),
  )
}

async function keepStandings(
  db: Db,
  all: readonly { rule: string; deviceId: string; standing: FenceStanding }[],
): Promise<void> {
  if (all.length === 0) return
  const of = (t: number | null) => (t === null ? null : new Date(t))
  await sql`insert into sensing.fence_standing (rule, device_id, inside, since, quiet_since, at)
    select * from unnest(${all.map((a) => a.rule)}::text[], ${all.map((a) => a.deviceId)}::uuid[],
      ${all.map((a) => a.standing.inside)}::boolean[], ${all.map((a) => of(a.standing.since))}::timestamptz[],
      ${all.map((a) => of(a.standing.quietSince))}::timestamptz[], ${all.map((a) => of(a.standing.at))}::timestamptz[])
    on conflict (rule, device_id) do update set inside = excluded.inside, since = excluded.since, quiet_since = excluded.quiet_since,
      at = excluded.at`.execute(db)
}
