import { sql } from '@pentad/platform/db'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import {
  addFence,
  cancelTrial,
  draftRule,
  endFence,
  endRule,
  enforceRule,
  judgeAlarm,
  listAlarms,
  listFences,
  listRules,
  previewRule,
  readAlarm,
  readRule,
  readTrial,
  scopeMeans,
  setNight,
  tryRule,
  unmuteAlarm,
} from '../contract.ts'
import {
  devicesOf,
  judgeClock,
  judgeFresh,
  type ObservationIn,
  recordObservations,
  recordPositions,
  sensedNear,
} from '../index.ts'
import type { AlarmRule } from '../model.ts'
import { cellA, laySensingCity, minuteRecords, pointOf } from '../testing.ts'
import { judgeMoves } from './judge/fences.ts'
import { defaultRule } from './testing.ts'
import { runTrial } from './trial.ts'

/** 23:00 in Beijing. */
const night = new Date('2026-05-21T15:00:00Z')
let clock = night
const { db, as } = await testServer(modules, { clock: () => clock })
await laySensingCity(db)
const may = ['sensing.read', 'sensing.judge', 'sensing.set-rules']
const all = actorWith({ areas: [''], may })
const a = actorWith({ areas: ['110101'], may })
const b = actorWith({ areas: ['110102'], may })
const [monitor] = await devicesOf(db, 'noise_monitor')
const [vehicle] = await devicesOf(db, 'vehicle')
const monitorId = monitor?.id ?? ''
const vehicleId = vehicle?.id ?? ''

const later = (n: number, from = night) => new Date(from.getTime() + n * 60_000)
const flat = (n: number, level: number): number[] => Array.from({ length: n }, () => level)
async function hear(rows: readonly ObservationIn[], now: Date): Promise<void> {
  clock = now
  await recordObservations(db, rows, { now })
  await judgeFresh(db, now)
}
const loud = (from: Date, levels: readonly number[], over = 2) =>
  hear(minuteRecords(monitorId, from, levels, over), later(levels.length, from))
const alarmsOf = async (query: object = {}) =>
  (await as(all)(listAlarms, { query: { most: 200, ...query } as never })).alarms
const factor = (code: string, from: Date, values: readonly number[]): ObservationIn[] =>
  minuteRecords(monitorId, from, values, 0).map((r) => ({ ...r, factor: code, max: null, min: null }))
async function put(id: string, rule: AlarmRule, who = all): Promise<number> {
  const { version } = await as(who)(draftRule, { params: { rule: id }, body: { rule: rule as never, note: '' } })
  const trial = await as(who)(tryRule, { params: { rule: id }, body: { days: 30 } })
  await runTrial(db, trial.id)
  return (await as(who)(enforceRule, { params: { rule: id }, body: { version } })).version
}

test('late minutes lead to the alarms that they would have led to in time, and one that was not there is withdrawn [SEN-29] [SEN-10]', async () => {
  const levels = [...flat(15, 62), ...flat(40, 40)]
  const records = minuteRecords(monitorId, night, levels)
  // The loud quarter of an hour comes after the quiet that follows it.
  await hear(records.slice(15), later(55))
  expect(await alarmsOf()).toEqual([])
  await hear([...records.slice(0, 15), ...records], later(60))
  expect(await alarmsOf({ rule: 'noise-leq' })).toMatchObject([
    { raisedAt: later(15).toISOString(), clearedAt: expect.any(String) },
  ])

  // Fifteen minutes at 56 dB are above 55, until five quiet ones come late between them.
  const then = later(24 * 60)
  const quiet = (i: number) => i % 4 === 0
  const mixed = minuteRecords(
    monitorId,
    then,
    Array.from({ length: 20 }, (_, i) => (quiet(i) ? 40 : 56)),
  )
  await hear(
    mixed.filter((_, i) => !quiet(i)),
    later(20, then),
  )
  expect(await alarmsOf({ rule: 'noise-leq', open: 'true' })).toHaveLength(1)
  await hear(mixed, later(21, then))
  expect(await alarmsOf({ rule: 'noise-leq' })).toHaveLength(1)
  await loud(later(21, then), flat(40, 40))
  expect(await alarmsOf({ open: 'true' })).toEqual([])
})

test('what comes two hours late is history: it draws its curve, and nobody is sent out [SEN-29]', async () => {
  const at = later(48 * 60)
  const before = (await alarmsOf()).length
  await hear(minuteRecords(monitorId, at, flat(30, 80)), later(180, at))
  expect((await alarmsOf()).length).toBe(before)
  const { rows } = await sql`select count(*)::int as n from sensing.minute where at >= ${at} and mean = 80`.execute(db)
  expect(rows).toEqual([{ n: 30 }])
})

test('a judgement that fails is repeated, and nothing of it is half done [SEN-29]', async () => {
  const at = later(72 * 60)
  await recordObservations(db, minuteRecords(monitorId, at, flat(20, 66)), { now: later(20, at) })
  await sql`alter table sensing.alarm add constraint fails check (peak <> 66) not valid`.execute(db)
  await expect(judgeFresh(db, later(20, at))).rejects.toThrow()
  expect((await sql`select from sensing.fresh`.execute(db)).rows).toHaveLength(1)
  await sql`alter table sensing.alarm drop constraint fails`.execute(db)
  clock = later(20, at)
  await judgeFresh(db, clock)
  expect((await alarmsOf({ rule: 'noise-leq', open: 'true' })).length).toBe(1)
  await loud(later(20, at), flat(60, 40))
})

test('dust is judged by its fifteen-minute mean, and wet air makes it doubtful [SEN-21]', async () => {
  const at = later(96 * 60 - 13 * 60)
  await hear([...factor('a34002', at, flat(40, 200)), ...factor('a01002', at, flat(40, 91))], later(40, at))
  const [alarm] = await alarmsOf({ rule: 'pm10-warn' })
  expect(alarm).toMatchObject({ level: 'warn', unit: 'µg/m³', limit: 150, peak: 200, doubtful: true, caseId: null })
  const whole = await as(a)(readAlarm, { params: { id: alarm?.id ?? '' } })
  expect(whole.curves[0]).toMatchObject({ factor: 'a34002', limit: 150 })
  expect(whole.standard).toContain('GB 3095-2012')
})

test('a crowd that is counted is a warning like any other value [SEN-20]', async () => {
  const rule = defaultRule('pm10-warn')
  const crowd: AlarmRule = {
    ...rule,
    name: { 'zh-CN': '广场大人流', en: 'Crowd on the square' },
    basis: 'city plan',
    condition: {
      kind: 'threshold',
      factor: 'people',
      measure: 'mean',
      averagingMinutes: 5,
      validShare: 0.6,
      forMinutes: 3,
      limit: { by: 'number', day: 3000, night: 1500 },
    },
  }
  await put('crowd', crowd)
  const at = later(120 * 60)
  await hear(factor('people', at, [...flat(5, 900), ...flat(12, 2600)]), later(17, at))
  expect(await alarmsOf({ rule: 'crowd' })).toMatchObject([
    { limit: 1500, peak: 2600, ruleName: { en: 'Crowd on the square' } },
  ])
})

test('a draft is replayed over the past beside what was really raised and judged, and only then put in force [SEN-10]', async () => {
  const [real] = await alarmsOf({ rule: 'noise-leq' })
  await as(a)(judgeAlarm, { params: { id: real?.id ?? '' }, body: { verdict: 'false', note: '试车' } })
  const base = defaultRule('noise-leq')
  const draft = (over: number): AlarmRule => ({
    ...base,
    condition: { ...base.condition, limit: { by: 'construction-noise', over } } as never,
  })
  const body = { rule: draft(-10) as never, note: '收紧' }
  await expect(as(a)(draftRule, { params: { rule: 'noise-leq' }, body })).rejects.toMatchObject({
    refusal: { refused: 'sensing/rules-of-others' },
  })
  const { version } = await as(all)(draftRule, { params: { rule: 'noise-leq' }, body })
  expect(version).toBe(2)
  const force = () => as(all)(enforceRule, { params: { rule: 'noise-leq' }, body: { version } })
  await expect(force()).rejects.toMatchObject({ refusal: { refused: 'sensing/rule-untried' } })
  const { id } = await as(all)(tryRule, { params: { rule: 'noise-leq' }, body: { days: 30 } })
  expect(await as(all)(readTrial, { params: { trial: id } })).toMatchObject({ state: 'waiting', devices: 1, done: 0 })
  await runTrial(db, id)
  await runTrial(db, id)
  const found = await as(all)(readTrial, { params: { trial: id } })
  expect(found).toMatchObject({ state: 'done', done: 1, sites: 1, recorded: { sites: 1, false: 1, lost: 0 } })
  // The history that nobody was sent out for is found too.
  expect(found.alarms).toBeGreaterThan(found.recorded.alarms)
  expect(found.findings.filter((f) => f.verdict === 'false')).toHaveLength(1)
  expect((await as(b)(readTrial, { params: { trial: id } })).findings).toEqual([])

  const strict = await as(all)(tryRule, { params: { rule: 'noise-leq' }, body: { days: 1 } })
  expect(await as(all)(cancelTrial, { params: { trial: strict.id } })).toEqual({ cancelled: true })
  await runTrial(db, strict.id)
  expect((await as(all)(readTrial, { params: { trial: strict.id } })).state).toBe('cancelled')
  await expect(force()).rejects.toMatchObject({ refusal: { refused: 'sensing/rule-untried' } })

  const again = await as(all)(tryRule, { params: { rule: 'noise-leq' }, body: { days: 30 } })
  await runTrial(db, again.id)
  expect(await force()).toEqual({ version: 2 })
  const { editions } = await as(all)(readRule, { params: { rule: 'noise-leq' } })
  expect(editions.map((e) => [e.version, e.state])).toEqual([
    [2, 'in_force'],
    [1, 'old'],
  ])
  expect(editions[0]).toMatchObject({ enforcedBy: all.id, writtenBy: all.id, note: '收紧' })
  await put('noise-leq', base)
})

test('a preview shows the curve that the rule sees with its limit, at devices that one may see [SEN-10]', async () => {
  clock = later(72 * 60 + 30)
  const body = { rule: defaultRule('noise-leq') as never, deviceId: monitorId, hours: 2 }
  const seen = await as(a)(previewRule, { body })
  expect(seen.points.find((p) => p.at === later(72 * 60 + 15).toISOString())).toMatchObject({ value: 66, limit: 55 })
  expect(seen.spans[0]).toMatchObject({ raisedAt: later(72 * 60 + 15).toISOString(), peak: 66 })
  await expect(as(b)(previewRule, { body })).rejects.toMatchObject({ status: 404 })
})

test('a rule that is wrong again and again at a device mutes itself there, is still written down, and a person lifts it [SEN-10]', async () => {
  const rule: AlarmRule = { ...defaultRule('noise-night-max'), coolDownMinutes: 0, mute: { below: 0.5, after: 3 } }
  await put('noise-night-max', rule)
  const at = later(30 * 24 * 60)
  const verdicts: boolean[] = []
  const bang = async (n: number) => {
    await loud(later(n * 30, at), [60, ...flat(12, 40)], 15)
    const [newest] = await alarmsOf({ rule: 'noise-night-max' })
    return newest
  }
  const heardOf = async (id: string | undefined) =>
    (
      await sql`select from platform.news where topic = 'sensing.alarm-raised' and about ->> 'alarmId' = ${id ?? ''}`.execute(
        db,
      )
    ).rows.length
  for (let n = 0; n < 3; n++) {
    const alarm = await bang(n)
    expect(await heardOf(alarm?.id)).toBe(1)
    const said = await as(a)(judgeAlarm, {
      params: { id: alarm?.id ?? '' },
      body: { verdict: n === 1 ? 'known' : 'false' },
    })
    verdicts.push(said.mutes)
  }
  expect(verdicts).toEqual([false, false, true])
  const quiet = await bang(4)
  expect(quiet).toMatchObject({ muted: true, verdict: null })
  expect(await heardOf(quiet?.id)).toBe(0)
  const whole = await as(a)(readAlarm, { params: { id: quiet?.id ?? '' } })
  expect(whole.mute).toMatchObject({ judged: 3, right: 1 })
  expect(whole.precision.pair).toMatchObject({ raised: 4, judged: 3, right: 1 })
  const shown = (await as(a)(listRules)).rules.find((r) => r.id === 'noise-night-max')
  expect(shown?.muted).toMatchObject([{ deviceId: monitorId, judged: 3, right: 1 }])
  expect((await as(b)(listRules)).rules.find((r) => r.id === 'noise-night-max')?.muted).toEqual([])
  expect(await as(a)(unmuteAlarm, { params: { id: quiet?.id ?? '' } })).toEqual({ lifted: true })
  // From here it counts anew.
  const next = await bang(6)
  expect(next?.muted).toBe(false)
  expect((await as(a)(judgeAlarm, { params: { id: next?.id ?? '' }, body: { verdict: 'false' } })).mutes).toBe(false)
})

test('the curve of an alarm is frozen with its digest and nobody changes it [SEN-10]', async () => {
  const [alarm] = await alarmsOf({ rule: 'noise-night-max' })
  const whole = await as(a)(readAlarm, { params: { id: alarm?.id ?? '' } })
  expect(whole.frozen).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), moment: 'raised' })
  await expect(sql`update sensing.alarm_evidence set curves = '[]'`.execute(db)).rejects.toThrow(/evidence/)
  await expect(sql`delete from sensing.alarm_evidence`.execute(db)).rejects.toThrow(/evidence/)
})

test('a device that says nothing is an alarm until it speaks, and missing minutes are one too [INS-19]', async () => {
  const at = later(40 * 24 * 60)
  await hear(minuteRecords(monitorId, later(-90, at), flat(90, 40)), at)
  await judgeClock(db, later(29, at))
  expect(await alarmsOf({ rule: 'silent-monitor', open: 'true' })).toEqual([])
  await judgeClock(db, later(31, at))
  await judgeClock(db, later(32, at))
  expect(await alarmsOf({ rule: 'silent-monitor', open: 'true' })).toMatchObject([
    { raisedAt: later(30, at).toISOString(), unit: 'min', limit: 30 },
  ])
  await hear(minuteRecords(monitorId, later(45, at), flat(3, 40)), later(48, at))
  await judgeClock(db, later(50, at))
  expect(await alarmsOf({ rule: 'silent-monitor', open: 'true' })).toEqual([])
  expect(await alarmsOf({ rule: 'missing-minutes', open: 'true' })).toMatchObject([{ unit: '%', limit: 50 }])
})

test('a rule for single devices means those alone, is of where they are, and names nobody whom its writer may not see [SEN-10] [SEN-31]', async () => {
  const base = defaultRule('silent-monitor')
  const meant = async (scope: Partial<AlarmRule['scope']>, who = all) =>
    as(who)(scopeMeans, {
      body: { scope: { kinds: [], deviceIds: [], areas: [], siteClasses: [], ...scope } as never },
    })
  const of = ({ devices }: Awaited<ReturnType<typeof meant>>) => devices.map((d) => d.id)
  expect(of(await meant({ deviceIds: [monitorId] }))).toEqual([monitorId])
  expect(of(await meant({ kinds: ['vehicle'], deviceIds: [monitorId] }))).toEqual([])
  expect((await meant({})).all).toBe(of(await meant({})).length)
  expect(of(await meant({ deviceIds: [monitorId] }, b))).toEqual([])
  const body = { rule: { ...base, scope: { ...base.scope, deviceIds: [monitorId] } } as never, note: '' }
  const draft = (who: typeof all) => as(who)(draftRule, { params: { rule: 'one-only' }, body })
  await expect(draft(b)).rejects.toMatchObject({ refusal: { refused: 'sensing/rules-of-others' } })
  // Of its own district anybody who may set rules writes one, without naming an area.
  expect(await draft(a)).toEqual({ version: 1 })
  const nobody = { ...base, scope: { ...base.scope, deviceIds: [crypto.randomUUID()] } }
  await expect(
    as(all)(draftRule, { params: { rule: 'one-only' }, body: { rule: nobody as never, note: '' } }),
  ).rejects.toMatchObject({ refusal: { refused: 'sensing/rule-fault-devices' } })
})

test('a vehicle that drives into a fence is an alarm until it left, by the one fence that knows who is inside [SEN-32] [CMD-28]', async () => {
  const { lon, lat } = pointOf(cellA)
  const d = 0.0004
  const ring: [number, number][] = [
    [lon - d, lat - d],
    [lon + d, lat - d],
    [lon + d, lat + d],
    [lon - d, lat + d],
  ]
  const polygon = { type: 'Polygon' as const, coordinates: [ring] }
  const { id: fenceId } = await as(all)(addFence, { body: { name: '禁行区', polygon, kinds: ['vehicle'] } })
  const base = defaultRule('silent-monitor')
  const scope = { ...base.scope, kinds: ['vehicle'] }
  const fence = { kind: 'fence' as const, act: 'enter' as const, fenceId, dwellMinutes: 0, overKmh: null }
  const rule: AlarmRule = { ...base, scope, condition: fence, clear: { margin: 0, minutes: 1 } }
  await expect(
    as(all)(draftRule, {
      params: { rule: 'fence' },
      body: { rule: { ...rule, condition: { ...fence, fenceId: vehicleId } } as never, note: '' },
    }),
  ).rejects.toMatchObject({ refusal: { refused: 'sensing/rule-fault-fence' } })
  await put('fence', rule)
  await put('lingers', { ...rule, condition: { ...fence, act: 'dwell', dwellMinutes: 4 } })
  const at = later(50 * 24 * 60)
  const fix = (minute: number, where: { lon: number; lat: number }) => ({
    ...{ deviceId: vehicleId, at: later(minute, at), headingDeg: 0, speedKmh: 30, alarmBits: 0, statusBits: 3 },
    ...where,
  })
  const drive = async (minute: number, where: { lon: number; lat: number }) => {
    await recordPositions(db, [fix(minute, where)], { now: later(minute, at) })
    await judgeMoves(db, later(minute, at))
  }
  await drive(0, { lon, lat })
  const open = await alarmsOf({ rule: 'fence', open: 'true' })
  expect(open).toMatchObject([{ device: { id: vehicleId }, raisedAt: at.toISOString(), unit: 'min' }])
  expect(await alarmsOf({ rule: 'lingers' })).toEqual([])
  await drive(4, { lon, lat })
  expect(await alarmsOf({ rule: 'lingers', open: 'true' })).toHaveLength(1)
  // The same fence knows who is inside, since when, and which rules go by it; it does not end under them.
  const [shown] = (await as(all)(listFences, { query: {} })).fences
  expect(shown).toMatchObject({ inside: 1, holds: true, rules: [{ id: 'fence' }, { id: 'lingers' }] })
  await expect(as(all)(endFence, { params: { id: fenceId } })).rejects.toMatchObject({
    refusal: { refused: 'sensing/fence-in-use' },
  })
  await drive(5, { lon: lon + 0.002, lat })
  await drive(6, { lon: lon + 0.002, lat })
  expect(await alarmsOf({ rule: 'fence', open: 'true' })).toEqual([])
  expect((await alarmsOf({ rule: 'fence' }))[0]?.clearedAt).toBe(later(6, at).toISOString())
  expect((await as(all)(listFences, { query: {} })).fences[0]?.inside).toBe(0)
  for (const id of ['fence', 'lingers']) await as(all)(endRule, { params: { rule: id } })
  await as(all)(endFence, { params: { id: fenceId } })
  expect((await as(all)(listFences, { query: { ended: 'true' as never } })).fences).toMatchObject([
    { id: fenceId, holds: false },
  ])

  const near = await sensedNear(db, { lon, lat, radiusM: 200, from: later(-5, at), until: later(5, at) })
  expect(near.passes).toMatchObject([{ device: { id: vehicleId }, from: at, at }])
  expect(near.sensors.map((s) => s.device.id)).toContain(monitorId)
  expect((await sensedNear(db, { lon: lon + 0.05, lat, radiusM: 200, from: at, until: later(5, at) })).sensors).toEqual(
    [],
  )
})

test('alarms that come together at a site are one of their own, and end when a part does [CMD-18]', async () => {
  const base = defaultRule('silent-monitor')
  const condition = {
    kind: 'combination' as const,
    how: 'all' as const,
    rules: ['noise-leq', 'pm10-warn'],
    withinMinutes: 0,
    withinM: 100,
  }
  await put('works', { ...base, level: 'severe', condition })
  const at = later(60 * 24 * 60)
  await hear([...minuteRecords(monitorId, at, flat(40, 62)), ...factor('a34002', at, flat(40, 200))], later(40, at))
  await judgeClock(db, later(41, at))
  await judgeClock(db, later(42, at))
  expect(await alarmsOf({ rule: 'works' })).toMatchObject([{ level: 'severe', clearedAt: null, peak: 2 }])
  await loud(later(41, at), flat(40, 40))
  await judgeClock(db, later(82, at))
  expect((await alarmsOf({ rule: 'works' }))[0]?.clearedAt).not.toBeNull()
})

test('a rule that is taken out of force leaves no alarm open, and a city shifts its night [SEN-10]', async () => {
  const at = later(70 * 24 * 60)
  await loud(at, flat(25, 62))
  expect((await alarmsOf({ rule: 'noise-warn', open: 'true' })).length).toBe(1)
  expect(await as(all)(endRule, { params: { rule: 'noise-warn' } })).toEqual({ ended: true })
  expect(await alarmsOf({ rule: 'noise-warn', open: 'true' })).toEqual([])
  await expect(as(a)(setNight, { body: { fromMinute: 1380 } })).rejects.toMatchObject({
    refusal: { refused: 'sensing/rules-of-others' },
  })
  await as(all)(setNight, { body: { fromMinute: 1380 } })
  expect((await as(all)(listRules)).night.fromMinute).toBe(1380)
})
