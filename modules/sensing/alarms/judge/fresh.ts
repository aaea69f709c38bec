/**
 * Judges what gateways stored, apart from storing it: batches wait in a queue and are taken in the transaction that writes
 * down what was found, so a crash repeats a judgement and never loses one. One judge works at a time.
 */
import { type Db, inTransaction } from '@pentad/platform/db'
import { DAY, HOUR, MINUTE, startOfLegalDay } from '@pentad/platform/time'
import type { Nights } from '../../noise/model/standard.ts'
import {
  byMinutes,
  inScope,
  judgeMinutes,
  lookBackMinutes,
  type MinuteRule,
  minuteFloor,
  minutesFrom,
  reconcile,
  standingAt,
} from '../model/index.ts'
import {
  devicesById,
  type FactorMinute,
  type FreshSpan,
  factorsOf,
  isOnlyJudge,
  type JudgedDevice,
  minutesIn,
  mutesInForce,
  nightsOf,
  putMinutes,
  type Range,
  type RecordedAlarm,
  type RuleRow,
  rawIn,
  recordedSince,
  rulesInForce,
  takeFresh,
  unrolledDays,
} from '../queries/index.ts'
import { rolled } from '../roll.ts'
import { carryOut, pairKey, type Told } from './carry-out.ts'

/** Batches taken in one transaction. */
const mostBatches = 2000

/** How many batches were judged. */
export const judgeFresh = (db: Db, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    if (!(await isOnlyJudge(tx, 'judge'))) return 0
    const { batches, factors, spans } = await takeFresh(tx, mostBatches)
    if (spans.length === 0) return batches
    await rollUp(tx, spans, factors)
    await judgeDevices(tx, judgedFrom(spans), now)
    return batches
  })

type MinuteRuleRow = RuleRow & { rule: MinuteRule }

/** Where the judgement of each device begins; devices of which only history came are not among them. */
function judgedFrom(spans: readonly FreshSpan[]): Map<string, number> {
  const from = new Map<string, number>()
  for (const s of spans) {
    if (s.judgeFrom > s.until) continue
    const at = minuteFloor(s.judgeFrom.getTime())
    from.set(s.deviceId, Math.min(from.get(s.deviceId) ?? at, at))
  }
  return from
}

/** Ranges of one device that lie near to one another are read as one. */
function merged(spans: readonly { deviceId: string; from: Date; until: Date }[]): Range[] {
  return [...Map.groupBy(spans, (s) => s.deviceId)].flatMap(([deviceId, all]) => {
    const ranges: { from: number; until: number }[] = []
    for (const s of [...all].sort((a, b) => a.from.getTime() - b.from.getTime())) {
      const [from, until] = [minuteFloor(s.from.getTime()), minuteFloor(s.until.getTime()) + MINUTE]
      const last = ranges.at(-1)
      if (last && from <= last.until) last.until = Math.max(last.until, until)
      else ranges.push({ from, until })
    }
    return ranges.map((r) => ({ deviceId, from: new Date(r.from), until: new Date(r.until) }))
  })
}

/** Makes the minutes anew in which something came. */
async function rollUp(db: Db, spans: readonly FreshSpan[], factors: readonly string[]): Promise<void> {
  const ranges = merged(spans)
  // What lies in the minute before confirms what lies in the first.
  const read = ranges.map((r) => ({ ...r, from: new Date(r.from.getTime() - MINUTE) }))
  const readings = Map.groupBy(await rawIn(db, read, factors), (r) => r.deviceId)
  const minutes = ranges.flatMap(({ deviceId, from, until }) => {
    const mine = (readings.get(deviceId) ?? []).filter(
      (r) => r.at.getTime() >= from.getTime() - MINUTE && r.at.getTime() < until.getTime(),
    )
    return rolled(mine, from.getTime()).map((m) => ({ ...m, deviceId }))
  })
  // In the order of the key: whoever else writes minutes never waits for us while we wait for them.
  minutes.sort((a, b) => (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.at - b.at))
  await putMinutes(db, minutes)
}

/** Makes the minutes of a device for days from before minutes were kept. */
export async function rollOldDays(db: Db, range: Range): Promise<void> {
  for (const day of await unrolledDays(db, range)) {
    const from = startOfLegalDay(day)
    const until = new Date(from.getTime() + DAY)
    const { deviceId } = range
    await rollUp(
      db,
      [{ deviceId, from, until: new Date(until.getTime() - MINUTE), judgeFrom: until }],
      await factorsOf(db, deviceId, from, until),
    )
  }
}

export const factorsNeeded = (rules: readonly MinuteRule[]): string[] => [
  ...new Set(rules.flatMap((r) => [r.condition.factor, ...r.doubtful.map((d) => d.factor)])),
]

async function judgeDevices(db: Db, from: ReadonlyMap<string, number>, now: Date): Promise<void> {
  const ids = [...from.keys()].sort()
  const rules = (await rulesInForce(db)).filter(
    (r): r is MinuteRuleRow => byMinutes(r.rule) && r.rule.condition.kind !== 'missing',
  )
  if (ids.length === 0 || rules.length === 0) return
  const back = Math.max(...rules.map((r) => lookBackMinutes(r.rule))) * MINUTE
  const rest = Math.max(...rules.map((r) => r.rule.coolDownMinutes)) * MINUTE
  const until = new Date(now.getTime() + HOUR)
  const ranges = ids.map((deviceId) => ({ deviceId, from: new Date((from.get(deviceId) ?? 0) - back), until }))
  const minutes = Map.groupBy(await minutesIn(db, ranges, factorsNeeded(rules.map((r) => r.rule))), (m) => m.deviceId)
  const since = ids.map((id) => new Date((from.get(id) ?? 0) - rest))
  const recorded = Map.groupBy(await recordedSince(db, ids, since), (a) => pairKey(a.rule, a.deviceId))
  const world = { rules, recorded, nights: await nightsOf(db), now, muted: await mutedPairs(db) }
  for (const device of await devicesById(db, ids))
    await judgeDevice(db, device, minutes.get(device.id) ?? [], from.get(device.id) ?? 0, world)
}

export async function mutedPairs(db: Db): Promise<ReadonlySet<string>> {
  return new Set((await mutesInForce(db)).map((m) => pairKey(m.rule, m.deviceId)))
}

interface World extends Omit<Told, 'known'> {
  rules: readonly MinuteRuleRow[]
  recorded: ReadonlyMap<string, readonly RecordedAlarm[]>
  nights: Nights
}

async function judgeDevice(
  db: Db,
  device: JudgedDevice,
  rows: readonly FactorMinute[],
  after: number,
  { rules, recorded, nights, now, muted }: World,
): Promise<void> {
  const begin = rows.reduce((low, r) => Math.min(low, r.at), after)
  const end = rows.reduce((high, r) => Math.max(high, r.at + MINUTE), after)
  const byFactor = Map.groupBy(rows, (r) => r.factor)
  const series = new Map([...byFactor].map(([factor, all]) => [factor, minutesFrom(all, begin, end)]))
  for (const row of rules) {
    const { factor } = row.rule.condition
    if (!inScope(row.rule.scope, device) || !byFactor.has(factor)) continue
    const mine = recorded.get(pairKey(row.id, device.id)) ?? []
    const spans = judgeMinutes(row.rule, series, standingAt(mine, after), { after, nights })
    const touched = mine.filter((r) => r.from > after || r.until === null || r.until > after)
    const known = (byFactor.get(factor) ?? []).reduce((high, r) => Math.max(high, r.untilAt), after)
    await carryOut(db, row, device, reconcile(touched, spans), { now, muted, known })
  }
}
