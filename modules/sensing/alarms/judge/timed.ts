/** What is found by looking at the clock: silence, minutes that are missing, and alarms that belong together. */
import { type Db, inTransaction } from '@pentad/platform/db'
import { distanceM } from '@pentad/platform/geo'
import { DAY, HOUR, MINUTE } from '@pentad/platform/time'
import { isNight, type Nights } from '../../noise/model/standard.ts'
import {
  type AlarmRule,
  byMinutes,
  type Combination,
  combined,
  type Interval,
  inScope,
  judgeMinutes,
  lookBackMinutes,
  type MinuteRule,
  minuteFloor,
  minutesFrom,
  reconcile,
  type Silence,
  type Span,
  silences,
  standingAt,
} from '../model/index.ts'
import {
  devicesHeard,
  devicesInService,
  isOnlyJudge,
  type JudgedDevice,
  keepProgress,
  minutesIn,
  nightsOf,
  progressOf,
  type RecordedAlarm,
  type RuleRow,
  recordedOfRules,
  rulesInForce,
  spokeBefore,
} from '../queries/index.ts'
import { carryOut } from './carry-out.ts'
import { mutedPairs } from './fresh.ts'

type Of<C> = RuleRow & { rule: AlarmRule & { condition: C } }

/** How many rules were looked at. */
export const judgeClock = (db: Db, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    if (!(await isOnlyJudge(tx, 'judge-clock'))) return 0
    const rules = await rulesInForce(tx)
    const told = { now, muted: await mutedPairs(tx), known: now.getTime() }
    const nights = await nightsOf(tx)
    const of = <C>(kind: string) => rules.filter((r): r is Of<C> => r.rule.condition.kind === kind)
    await judgeSilence(tx, of<Silence>('silence'), nights, told)
    await judgeMissing(tx, rules, nights, told)
    await judgeTogether(tx, of<Combination>('combination'), told)
    return rules.length
  })

interface Told {
  now: Date
  muted: ReadonlySet<string>
  known: number
}
const plain = (rule: AlarmRule, i: Interval, peak: number, limit: number): Span => ({
  ...i,
  peak,
  limit,
  standard: rule.basis,
  doubtful: false,
})
/** An alarm that was raised lately but is over by now was written down then; only what is open can still change. */
const openOf = (recorded: readonly RecordedAlarm[], rule: string, deviceId: string): RecordedAlarm[] =>
  recorded.filter((r) => r.rule === rule && r.deviceId === deviceId && r.until === null)

export const holdsAt = ({ hours }: AlarmRule, at: number, nights: Nights): boolean =>
  hours === 'any' || (hours === 'night') === isNight(new Date(at), nights)

async function judgeSilence(db: Db, rules: readonly Of<Silence>[], nights: Nights, told: Told): Promise<void> {
  if (rules.length === 0) return
  const { now } = told
  const recorded = await recordedOfRules(
    db,
    rules.map((r) => r.id),
    now,
  )
  for (const device of await devicesHeard(db)) {
    for (const row of rules) {
      const { rule } = row
      if (!inScope(rule.scope, device)) continue
      const { minutes } = rule.condition
      const [silence] = silences([device.lastHeard.getTime()], minutes, now.getTime())
      const [open] = openOf(recorded, row.id, device.id)
      if (open) {
        const lasted = Math.floor((now.getTime() - open.from) / MINUTE) + minutes
        // It was heard since: over.
        const span = silence
          ? { ...open, peak: Math.max(open.peak, lasted) }
          : { ...open, until: Math.max(open.from, device.lastHeard.getTime()) }
        // Its length in minutes is told again with each hour, not with each look.
        const worth = span.until !== null || span.peak - open.peak >= 60
        if (worth) await carryOut(db, row, device, reconcile([open], [span]), told)
      } else if (silence && holdsAt(rule, now.getTime(), nights)) {
        await carryOut(db, row, device, [{ act: 'raise', span: plain(rule, silence, minutes, minutes) }], told)
      }
    }
  }
}

/** A minute is waited for so long before it counts as missing. */
const graceMinutes = 2
/** After a longer standstill of the judge only so much of it is looked at. */
const mostMinutes = 120

async function judgeMissing(db: Db, all: readonly RuleRow[], nights: Nights, told: Told): Promise<void> {
  const rules = all.filter(
    (r): r is RuleRow & { rule: MinuteRule } => byMinutes(r.rule) && r.rule.condition.kind === 'missing',
  )
  const until = minuteFloor(told.now.getTime()) - graceMinutes * MINUTE
  const before = (await progressOf(db, 'missing')).until?.getTime() ?? until - MINUTE
  const after = Math.max(before, until - mostMinutes * MINUTE)
  if (until <= before) return
  await keepProgress(db, 'missing', { until: new Date(until) })
  if (rules.length === 0) return
  const devices = await devicesInService(db)
  const recorded = await recordedOfRules(
    db,
    rules.map((r) => r.id),
    new Date(after - HOUR),
  )
  for (const row of rules) {
    const concerned = devices.filter((d) => inScope(row.rule.scope, d))
    const { factor } = row.rule.condition
    const from = after - lookBackMinutes(row.rule) * MINUTE
    const range = (d: JudgedDevice) => ({ deviceId: d.id, from: new Date(from), until: new Date(until) })
    const rows = Map.groupBy(await minutesIn(db, concerned.map(range), [factor]), (m) => m.deviceId)
    const spoke = await spokeBefore(
      db,
      concerned.map((d) => d.id),
      factor,
      new Date(from),
    )
    for (const device of concerned) {
      const mine = recorded.filter((r) => r.rule === row.id && r.deviceId === device.id)
      const minutes = rows.get(device.id) ?? []
      // A monitor that begins to speak has missed nothing.
      if (minutes.length === 0 || !spoke.has(device.id)) continue
      const series = new Map([[factor, minutesFrom(minutes, from, until)]])
      const spans = judgeMinutes(row.rule, series, standingAt(mine, after), { after, nights })
      const touched = mine.filter((r) => r.from > after || r.until === null || r.until > after)
      await carryOut(db, row, device, reconcile(touched, spans), told)
    }
  }
}

/** Parts that were over for longer than this are not looked at. */
const togetherMs = DAY

async function judgeTogether(db: Db, rules: readonly Of<Combination>[], told: Told): Promise<void> {
  if (rules.length === 0) return
  const since = new Date(told.now.getTime() - togetherMs)
  const parts = await recordedOfRules(db, [...new Set(rules.flatMap((r) => r.rule.condition.rules))], since)
  const recorded = await recordedOfRules(
    db,
    rules.map((r) => r.id),
    since,
  )
  const devices = new Map((await devicesInService(db)).map((d) => [d.id, d]))
  for (const row of rules) {
    for (const device of devices.values()) {
      if (!inScope(row.rule.scope, device)) continue
      const mine = recorded.filter((r) => r.rule === row.id && r.deviceId === device.id)
      const spans = togetherAt(row.rule, device, parts, devices, told.now.getTime())
      if (mine.length || spans.length) await carryOut(db, row, device, reconcile(mine, spans), told)
    }
  }
}

export function togetherAt(
  rule: AlarmRule & { condition: Combination },
  device: JudgedDevice,
  parts: readonly RecordedAlarm[],
  devices: ReadonlyMap<string, JudgedDevice>,
  now: number,
): Span[] {
  const { how, rules, withinMinutes, withinM } = rule.condition
  const leads = parts.some(
    (p) => p.deviceId === device.id && (how === 'any' ? rules.includes(p.rule) : p.rule === rules[0]),
  )
  if (!leads) return []
  const isNear = (id: string): boolean => {
    const other = devices.get(id)
    if (id === device.id) return true
    if (!other || other.lon === null || other.lat === null || device.lon === null || device.lat === null) return false
    return distanceM([other.lon, other.lat], [device.lon, device.lat]) <= withinM
  }
  const sets = rules.map((r, i) =>
    parts.filter((p) => p.rule === r && (how === 'any' || i === 0 ? p.deviceId === device.id : isNear(p.deviceId))),
  )
  return combined(how, sets, withinMinutes).flatMap((i) => {
    // A part that is over holds on for a while: that while may not be over yet.
    const open = i.until === null || i.until > now
    return i.from > now ? [] : [plain(rule, { from: i.from, until: open ? null : i.until }, rules.length, rules.length)]
  })
}
