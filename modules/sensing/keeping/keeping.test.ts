import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { RefusalError } from '@pentad/platform/refusal'
import { actorWith, testServer } from '@pentad/platform/testing'
import { DAY, HOUR, legalDayOf, MINUTE, startOfLegalDay } from '@pentad/platform/time'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import {
  deviceCurve,
  deviceTrack,
  listPins,
  pinValues,
  readKeeping,
  setKeeping,
  tryKeeping,
  unpinValues,
} from '../contract.ts'
import { judgeFresh, packBays, recordObservations } from '../index.ts'
import { laySensingCity, minuteRecords, monitorMn, vehiclePhone } from '../testing.ts'
import { appendFixes } from '../tracks/bays.ts'
import { keepOnce } from './run.ts'

const { db, as } = await testServer(modules)
await laySensingCity(db)
const one = async (address: string) => {
  const { rows } = await sql<{
    id: string
    handle: number
  }>`select id, handle from sensing.device where address = ${address}`.execute(db)
  return rows[0] ?? { id: '', handle: 0 }
}
const monitor = await one(monitorMn)
const car = await one(vehiclePhone)
const keeper = as(actorWith({ areas: [''], may: ['sensing.read', 'sensing.set-keeping', 'sensing.judge'] }))
const now = new Date()
/** An instant of so many legal days ago. */
const ago = (days: number, hour = 12): Date =>
  new Date(startOfLegalDay(legalDayOf(now)).getTime() - days * DAY + hour * HOUR)
const samples = (from: Date, levels: readonly number[]) =>
  levels.map((value, i) => ({
    ...{ deviceId: monitor.id, factor: 'LA', period: 'rtd' as const, max: null, min: null, flag: 'N' },
    observedAt: new Date(from.getTime() + i * 10_000),
    value,
  }))
async function fixes(from: Date, seconds: number, everyS = 5): Promise<void> {
  const rows = Array.from({ length: seconds / everyS }, (_, i) => ({
    ...{ handle: car.handle, speedDkmh: 100, headingDeg: 90, alarmBits: 0, statusBits: 3, quality: 0 },
    atMs: from.getTime() + i * everyS * 1000,
    lonE6: 116_400_000 + i,
    latE6: 39_900_000,
  }))
  await appendFixes(db, rows, now)
}
const values = async (day: Date, period = 'rtd'): Promise<number> =>
  (
    await sql<{
      n: number
    }>`select count(*)::int as n from sensing.observation where device_id = ${monitor.id} and period = ${period}
      and observed_at >= ${day} and observed_at < ${new Date(day.getTime() + DAY)}`.execute(db)
  ).rows[0]?.n ?? 0
const packed = async (at: Date) =>
  (
    await sql<{
      fixes: number
      step: number | null
    }>`select fixes, step_seconds as step from sensing.track where handle = ${car.handle}
      and at >= ${at} and at < ${new Date(at.getTime() + HOUR)} order by at`.execute(db)
  ).rows
async function keepAll(): Promise<void> {
  for (let i = 0; i < 500 && (await keepOnce(db, now)) > 0; i++);
}
const refusedAs = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof RefusalError ? error.refusal.refused : String(error)),
  )

await recordObservations(db, [
  ...samples(ago(100), [60, 70, 60, 70]),
  ...samples(ago(100, 15), [50, 50]),
  ...samples(ago(89), [55, 55]),
  ...minuteRecords(monitor.id, ago(100), Array(30).fill(62)),
  ...minuteRecords(monitor.id, ago(740), Array(30).fill(58)),
])
for (let i = 0; i < 20 && (await judgeFresh(db, now)) > 0; i++);
await fixes(ago(200), 1200)
await fixes(ago(100), 1200)
await fixes(ago(740), 1200)
for (let bay = 0; bay < 3; bay++) await packBays(db, new Date(now.getTime() + bay * 10 * MINUTE))
const rule = {
  realtimeDays: 90,
  minuteDays: 730,
  hourDays: null,
  trackDays: 180,
  trackStepSeconds: 60,
  trackThinDays: 730,
  passDays: 62,
  evidenceDays: 1825,
}

test('the trial says how many rows and bytes go, and nothing does; one that cannot be is refused [SEN-29]', async () => {
  const { hourDays: _, ...query } = rule
  const { stores } = await keeper(tryKeeping, { query })
  const of = (store: string) => stores.find((s) => s.store === store)
  expect(of('realtime')).toMatchObject({ rows: 6, pinned: 0, from: legalDayOf(ago(90)) })
  expect(of('realtime')?.bytes).toBeGreaterThan(6 * 50)
  expect(of('minute')?.rows).toBeGreaterThanOrEqual(60)
  expect(of('hour')).toMatchObject({ rows: 0, from: null })
  // Two at 200 days and two at 740; those of 740 go as a whole as well.
  expect(of('track')?.rows).toBe(4)
  expect(of('track-end')?.rows).toBe(2)
  expect(await values(ago(100, 0))).toBe(6)
  expect(await refusedAs(keeper(tryKeeping, { query: { ...query, realtimeDays: 3 } }))).toBe(
    'sensing/keeping-too-short',
  )
})

test('samples become hours after their days, minutes stay, and what an alarm or a person holds stays as it is [SEN-29]', async () => {
  // Somebody holds the afternoon.
  const { id } = await keeper(pinValues, {
    params: { id: monitor.id },
    body: { from: ago(100, 14).toISOString(), until: ago(100, 16).toISOString(), reason: '案卷证据' },
  })
  await keepAll()
  expect(await values(ago(100, 0))).toBe(2)
  expect(await values(ago(89, 0))).toBe(2)
  expect(await values(ago(100, 0), 'minute')).toBe(30)
  const { rows } = await sql`select factor, at, count, min, max, round(mean::numeric, 4) as mean from sensing.hour
    where device_id = ${monitor.id} and factor = 'LA' order by at`.execute(db)
  // By their energy: 10 lg((10^6 + 10^7) / 2) = 67.4036.
  expect(rows).toEqual([
    { factor: 'LA', at: ago(100), count: 4, min: 60, max: 70, mean: 67.4036 },
    { factor: 'LA', at: ago(100, 15), count: 2, min: 50, max: 50, mean: 50 },
  ])
  const told = await keeper(readKeeping)
  expect(told.went.find((w) => w.store === 'realtime')).toMatchObject({ rows: 4 })
  expect(told.pinned).toBe(1)
  await keeper(unpinValues, { params: { id: monitor.id }, body: { pinId: id } })
  expect((await keeper(listPins, { params: { id: monitor.id } })).pins).toMatchObject([
    { reason: '案卷证据', liftedAt: expect.any(String) },
  ])
})

test('minutes of two years ago are hours, and the curve of that day is drawn from them [SEN-09]', async () => {
  expect(await values(ago(740, 0), 'minute')).toBe(0)
  const { curves } = await keeper(deviceCurve, {
    params: { id: monitor.id },
    query: { minutes: 120, until: ago(740, 13).toISOString() },
  })
  expect(curves).toMatchObject([{ factor: 'Leq', points: [{ at: ago(740).toISOString(), value: 58, max: 60 }] }])
})

test('tracks are whole, then one fix a minute, then gone; what a pin or an alarm holds is whole [SEN-02]', async () => {
  const sixth = { fixes: 120, step: null }
  expect(await packed(ago(100))).toEqual([sixth, sixth])
  expect(await packed(ago(200))).toEqual([
    { fixes: 11, step: 60 },
    { fixes: 11, step: 60 },
  ])
  expect(await packed(ago(740))).toEqual([])
  const { fixes: shown } = await keeper(deviceTrack, {
    params: { id: car.id },
    query: { hours: 1, until: new Date(ago(200).getTime() + HOUR / 2).toISOString() },
  })
  expect(shown.map((f) => f.at)).toEqual(
    // One a minute, and the last of each ten minutes: nobody knows from them alone whether a gap follows.
    [0, 10].flatMap((ten) =>
      [...Array.from({ length: 10 }, (_, i) => ten + i), ten + 595 / 60].map((minute) =>
        new Date(ago(200).getTime() + Math.round(minute * MINUTE)).toISOString(),
      ),
    ),
  )
  // An alarm, unless somebody found it false.
  const alarm = newId()
  await sql`insert into sensing.alarm (id, rule, level, device_id, raised_at, cleared_at, peak, limit_value, unit, standard)
    values (${alarm}, 'fence', 'alarm', ${car.id}, ${ago(100)}, ${ago(100)}, 1, 0, '', '')`.execute(db)
  const { version } = (await keeper(readKeeping)).versions[0] ?? { version: 0 }
  await keeper(setKeeping, { body: { after: version, rule: { ...rule, trackDays: 30 }, note: '车辆轨迹少留' } })
  await keepAll()
  expect(await packed(ago(100))).toEqual([sixth, sixth])
  await sql`update sensing.alarm set verdict = 'false', verdict_by = 'x', verdict_at = now() where id = ${alarm}`.execute(
    db,
  )
  await keeper(setKeeping, { body: { after: version + 1, rule: { ...rule, trackDays: 29 }, note: '再试' } })
  await keepAll()
  expect(await packed(ago(100))).toEqual([
    { fixes: 11, step: 60 },
    { fixes: 11, step: 60 },
  ])
})

test('a rule is set after the one that was seen, with a reason, and stands in the audit with the one before [SEN-29]', async () => {
  const { versions } = await keeper(readKeeping)
  const last = versions[0]?.version ?? 0
  expect(versions.map((v) => v.note)).toContain('车辆轨迹少留')
  expect(await refusedAs(keeper(setKeeping, { body: { after: last - 1, rule, note: '晚了' } }))).toBe(
    'sensing/keeping-changed',
  )
  expect(
    await refusedAs(keeper(setKeeping, { body: { after: last, rule: { ...rule, trackDays: 900 }, note: '反了' } })),
  ).toBe('sensing/keeping-order')
  const reader = as(actorWith({ areas: [''], may: ['sensing.read'] }))
  expect(await refusedAs(reader(setKeeping, { body: { after: last, rule, note: '无权' } }))).toBe(
    'platform/not-allowed',
  )
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from identity.audit where act = 'set-keeping'`.execute(db)
  expect(rows).toEqual([{ n: 2 }])
})

test('two workers at once take nothing twice [SEN-29]', async () => {
  const before = (await keeper(readKeeping)).went.reduce((n, w) => n + w.rows, 0)
  const { versions } = await keeper(readKeeping)
  await keeper(setKeeping, {
    body: { after: versions[0]?.version ?? 0, rule: { ...rule, realtimeDays: 60 }, note: '并发' },
  })
  const work = async () => {
    for (let i = 0; i < 40; i++) await keepOnce(db, now)
  }
  await Promise.all([work(), work(), work()])
  // The two samples of 89 days ago; those that were let go went before.
  expect((await keeper(readKeeping)).went.reduce((n, w) => n + w.rows, 0) - before).toBe(2)
})
