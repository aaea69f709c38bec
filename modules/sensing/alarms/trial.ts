/** A replay: what a rule would have raised in the past. Long ones go device by device, each written down as it is done. */
import { type Db, inTransaction } from '@pentad/platform/db'
import { MINUTE } from '@pentad/platform/time'
import { fencesById } from '../tracks/fences/queries.ts'
import { fixesBetween } from '../tracks/index.ts'
import { concerns, latOf, lonOf, saysWhere } from '../tracks/model/index.ts'
import { factorsNeeded, rollOldDays } from './judge/fresh.ts'
import { togetherAt } from './judge/timed.ts'
import {
  type AlarmRule,
  byMinutes,
  type Combination,
  type FenceStanding,
  followFence,
  inScope,
  judgeMinutes,
  lookBackMinutes,
  minutesFrom,
  nothingBefore,
  type Span,
  silences,
} from './model/index.ts'
import {
  devicesInService,
  endTrial,
  heardMinutes,
  type JudgedDevice,
  keepFindings,
  minutesIn,
  nightsOf,
  type RecordedAlarm,
  rulesInForce,
  trialById,
  trialDone,
} from './queries/index.ts'

interface Time {
  from: Date
  until: Date
}

/** Runs or goes on with a replay, until it is done or somebody cancels it. */
export async function runTrial(db: Db, id: string, clock: () => Date = () => new Date()): Promise<void> {
  const trial = await trialById(db, id)
  if (!trial || (trial.state !== 'waiting' && trial.state !== 'running')) return
  await endTrial(db, id, 'running', null)
  const done = new Set(await trialDone(db, id))
  const all = await devicesInService(db)
  for (const device of all.filter((d) => inScope(trial.definition.scope, d) && !done.has(d.id))) {
    if ((await trialById(db, id))?.state === 'cancelled') return
    await inTransaction(db, async (tx) => {
      const spans = await wouldRaise(tx, trial.definition, device, trial, all)
      await keepFindings(tx, id, device.id, spans)
    })
  }
  await endTrial(db, id, 'done', clock())
}

/** What a rule would have raised at a device, begun within the time. */
export async function wouldRaise(
  db: Db,
  rule: AlarmRule,
  device: JudgedDevice,
  time: Time,
  devices: readonly JudgedDevice[] = [device],
): Promise<Span[]> {
  const { condition: c } = rule
  const spans = byMinutes(rule)
    ? await overMinutes(db, rule, device, time)
    : c.kind === 'silence'
      ? await overSilence(db, rule, c.minutes, device, time)
      : c.kind === 'fence'
        ? await overTrack(db, { ...rule, condition: c }, device, time)
        : c.kind === 'combination'
          ? await overParts(db, { ...rule, condition: c }, device, time, devices)
          : []
  return spans.filter((s) => s.from > time.from.getTime() && s.from <= time.until.getTime())
}

async function overMinutes(db: Db, rule: AlarmRule, device: JudgedDevice, { from, until }: Time): Promise<Span[]> {
  if (!byMinutes(rule)) return []
  const begin = new Date(from.getTime() - lookBackMinutes(rule) * MINUTE)
  const range = { deviceId: device.id, from: begin, until }
  await rollOldDays(db, range)
  const rows = await minutesIn(db, [range], factorsNeeded([rule]))
  const [first] = rows
  if (!first) return []
  // What lies before the first value is not missing: nobody measured yet.
  const start = rows.reduce((low, r) => Math.min(low, r.at), first.at)
  const series = new Map(
    [...Map.groupBy(rows, (r) => r.factor)].map(([factor, mine]) => [
      factor,
      minutesFrom(mine, start, until.getTime()),
    ]),
  )
  return judgeMinutes(rule, series, nothingBefore, { nights: await nightsOf(db) })
}

async function overSilence(
  db: Db,
  rule: AlarmRule,
  minutes: number,
  device: JudgedDevice,
  { from, until }: Time,
): Promise<Span[]> {
  const heard = await heardMinutes(db, device.id, from, until)
  return silences(heard, minutes, until.getTime()).map((i) => ({
    ...i,
    peak: Math.round(((i.until ?? until.getTime()) - i.from) / MINUTE) + minutes,
    limit: minutes,
    standard: rule.basis,
    doubtful: false,
  }))
}

async function overTrack(
  db: Db,
  rule: AlarmRule & { condition: Extract<AlarmRule['condition'], { kind: 'fence' }> },
  device: JudgedDevice,
  { from, until }: Time,
): Promise<Span[]> {
  const place = (await fencesById(db, [rule.condition.fenceId])).get(rule.condition.fenceId)
  if (!place || !concerns(place, device)) return []
  const fixes = (await fixesBetween(db, device.handle, from, until)).filter((f) => saysWhere(f.quality))
  const spans: Span[] = []
  let standing: FenceStanding | undefined
  let open: Span | undefined
  for (const f of fixes) {
    const speedKmh = f.speedDkmh === null ? null : f.speedDkmh / 10
    const fix = { deviceId: device.id, at: f.atMs, lon: lonOf(f), lat: latOf(f), speedKmh }
    const seen = followFence(rule.condition, place, rule.clear.minutes, standing, fix)
    if (!seen) continue
    standing = seen.standing
    if (open && seen.wrong) open.peak = Math.max(open.peak, seen.level)
    else if (open && seen.quiet) {
      open.until = fix.at
      open = undefined
    } else if (!open && seen.wrong) {
      const limit = rule.condition.overKmh ?? rule.condition.dwellMinutes
      open = { from: fix.at, until: null, peak: seen.level, limit, standard: rule.basis, doubtful: false }
      spans.push(open)
    }
  }
  return spans
}

/** The parts as they are in force, over the same time. */
async function overParts(
  db: Db,
  rule: AlarmRule & { condition: Combination },
  device: JudgedDevice,
  time: Time,
  devices: readonly JudgedDevice[],
): Promise<Span[]> {
  const inForce = (await rulesInForce(db)).filter((r) => rule.condition.rules.includes(r.id))
  const parts: RecordedAlarm[] = []
  for (const part of inForce) {
    if (part.rule.condition.kind === 'combination') continue
    for (const other of devices.filter((d) => inScope(part.rule.scope, d)))
      for (const span of await wouldRaise(db, part.rule, other, time))
        parts.push({ ...span, id: `${parts.length}`, rule: part.id, deviceId: other.id })
  }
  return togetherAt(rule, device, parts, new Map(devices.map((d) => [d.id, d])), time.until.getTime())
}
