import { layPack, readPack } from '@pentad/operations'
import { sql } from '@pentad/platform/db'
import { zipSource } from '@pentad/platform/pack'
import { RefusalError } from '@pentad/platform/refusal'
import { actorWith, testServer } from '@pentad/platform/testing'
import { DAY, HOUR, MINUTE } from '@pentad/platform/time'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { readCellCoverage, readCoverage, readCoverageRule, setCoverageRule } from '../contract.ts'
import { devicesOf, packBays } from '../index.ts'
import { keepOnce } from '../keeping/run.ts'
import { cellA, cellB, laySensingCity, pointOf } from '../testing.ts'
import { appendFixes, type HotRow } from '../tracks/bays.ts'
import { qualityBits, slotMs } from '../tracks/model/index.ts'
import { recordPositions } from '../tracks/record.ts'
import { reachPart } from './pack.ts'
import { lookNow, lookThrough } from './run.ts'

/** 16:00 in Beijing. */
const t0 = Date.UTC(2026, 4, 21, 8)
let clock = new Date(t0)
const { db, pool, as } = await testServer(modules, { clock: () => clock })
await laySensingCity(db)
// The middle of the other cell is 100 m away: out of reach until a test says otherwise.
await sql`update sensing.coverage_rule set definition = '{"reachM": {"noise_monitor": 60}, "fastestKmh": 60}'`.execute(
  db,
)
const [vehicle] = await devicesOf(db, 'vehicle')
const [monitor] = await devicesOf(db, 'noise_monitor')
const handle = vehicle?.handle ?? 0
const may = ['sensing.read-coverage', 'sensing.set-rules']
const whole = actorWith({ areas: [''], may })
const a = actorWith({ areas: ['110101'], may })
const b = actorWith({ areas: ['110102'], may })

const row = (second: number, cell: string, more: Partial<HotRow> = {}): HotRow => ({
  handle,
  atMs: t0 + second * 1000,
  lonE6: Math.round(pointOf(cell).lon * 1e6),
  latE6: Math.round(pointOf(cell).lat * 1e6),
  ...{ speedDkmh: 200, headingDeg: null, alarmBits: 0, statusBits: 3, quality: 0 },
  ...more,
})
/** What came at an instant is packed when its bay has rested, and looked through. */
async function came(rows: readonly HotRow[], at = clock): Promise<void> {
  await appendFixes(db, rows, at)
  await packBays(db, new Date(at.getTime() + slotMs))
  while ((await lookThrough(db)) > 0);
}
const stored = async () =>
  (await sql`select cell, kind, at, handles, last_at from sensing.cell_pass order by cell, at, kind`.execute(db)).rows
const cellOf = async (cell: string, span: '4h' | 'today' | 'night' | '7d' = '4h') =>
  (await as(whole)(readCoverage, { query: { span, within: cell.slice(0, 6) } })).cells.find((c) => c.code === cell)
const refusedAs = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (e) => (e instanceof RefusalError ? e.refusal.refused : String(e)),
  )
async function heard(at: Date): Promise<void> {
  await sql`insert into sensing.device_state (device_id, last_heard, state) values (${monitor?.id}, ${at}, 'online')
    on conflict (device_id) do update set last_heard = excluded.last_heard`.execute(db)
}

test('a vehicle that passed has looked: the cell says when and of what kind, and replaying all of it changes nothing [SEN-14] [SEN-02]', async () => {
  clock = new Date(t0 + HOUR)
  expect(await cellOf(cellB)).toMatchObject({ by: 'none', lastAt: null, lastBy: null, silent: null })
  const drive = [row(600, cellB), row(610, cellB), row(4200, cellB)]
  await came(drive)
  expect(await cellOf(cellB)).toMatchObject({
    by: 'moving',
    lastAt: new Date(t0 + 4_200_000).toISOString(),
    lastBy: 'moving',
  })
  const before = await stored()
  expect(before).toEqual([
    { cell: cellB, kind: 'vehicle', at: new Date(t0), handles: [handle], last_at: new Date(t0 + 610_000) },
    { cell: cellB, kind: 'vehicle', at: new Date(t0 + HOUR), handles: [handle], last_at: new Date(t0 + 4_200_000) },
  ])
  await came(drive)
  await sql`insert into sensing.pass_due (at, handle) select at, handle from sensing.track`.execute(db)
  while ((await lookThrough(db)) > 0);
  expect(await stored()).toEqual(before)
})

test('what a terminal kept for hours lands in its own hour, and never makes the last look older [SEN-14] [SEN-02]', async () => {
  await came([row(-7300, cellB)])
  expect((await stored())[0]).toMatchObject({ at: new Date(t0 - 3 * HOUR), last_at: new Date(t0 - 7_300_000) })
  expect(await cellOf(cellB)).toMatchObject({ lastAt: new Date(t0 + 4_200_000).toISOString() })
})

test('who drives through at speed, or whose fix is in doubt, looked at nothing [SEN-14]', async () => {
  const before = await stored()
  await came([
    row(700, cellA, { speedDkmh: 900 }),
    row(710, cellA, { quality: qualityBits(['frozen']) }),
    row(720, cellA, { quality: qualityBits(['not-fixed']) }),
  ])
  expect(await stored()).toEqual(before)
  expect(await cellOf(cellA)).toMatchObject({ by: 'none', lastBy: null })
})

test('what is in a bay counts within the minute, before it is packed [SEN-14]', async () => {
  clock = new Date(t0 + 2 * HOUR)
  const at = new Date(clock.getTime() - 30_000)
  await recordPositions(
    db,
    [
      {
        ...{ deviceId: vehicle?.id ?? '', at, ...pointOf(cellA), headingDeg: null, speedKmh: 12 },
        ...{ alarmBits: 0, statusBits: 3 },
      },
    ],
    { now: clock },
  )
  await lookNow(db, clock)
  expect(await cellOf(cellA)).toMatchObject({ by: 'moving', lastAt: at.toISOString() })
  const before = await stored()
  await packBays(db, new Date(clock.getTime() + slotMs))
  while ((await lookThrough(db)) > 0);
  expect(await stored()).toEqual(before)
})

test('a monitor that speaks watches its cell; silent, it covers nothing and the cell says since when [SEN-14] [SEN-32]', async () => {
  clock = new Date(t0 + 3 * HOUR)
  await heard(clock)
  await lookNow(db, clock)
  expect(await cellOf(cellA)).toMatchObject({ by: 'both', lastAt: clock.toISOString(), lastBy: 'fixed', silent: null })
  const silentSince = clock
  clock = new Date(t0 + 7.5 * HOUR)
  await lookNow(db, clock)
  const told = await as(a)(readCoverage, { query: {} })
  expect(told.cells).toMatchObject([
    { code: cellA, by: 'none', lastAt: silentSince.toISOString(), silent: 0, sites: 1, permits: 0 },
  ])
  expect(told.silent).toMatchObject([{ id: monitor?.id, state: 'silent', since: silentSince.toISOString() }])
  expect(told.shares).toEqual({ cells: 1, both: 0, fixed: 0, moving: 0, none: 1 })
  expect(told.streets).toMatchObject([{ code: '110101001', shares: { none: 1 } }])
  // It passed that afternoon, so that it is today's in spite of the silence.
  expect(await cellOf(cellA, 'today')).toMatchObject({ by: 'moving' })
})

test('a night that is over is told by its hours, not by what happened since [SEN-14]', async () => {
  // 23:30 of that day the monitor speaks; at 02:00 a car is in the other cell.
  const night = new Date(t0 + 7.5 * HOUR)
  await heard(night)
  await lookNow(db, night)
  await came([row(10 * 3600, cellB)])
  clock = new Date(t0 + DAY)
  await came([row(23 * 3600, cellA), row(23 * 3600, cellB)])
  expect(await cellOf(cellA, 'night')).toMatchObject({ by: 'fixed' })
  expect(await cellOf(cellB, 'night')).toMatchObject({ by: 'moving' })
  expect(await cellOf(cellA)).toMatchObject({ by: 'moving' })
  // A night later nobody had looked.
  clock = new Date(t0 + 2 * DAY)
  expect(await cellOf(cellB, 'night')).toMatchObject({ by: 'none' })
  expect(await cellOf(cellB, '7d')).toMatchObject({ by: 'moving' })
})

test('hours of a cell say kinds and numbers, never who; a cell elsewhere is not found [SEN-14]', async () => {
  const told = await as(b)(readCellCoverage, { query: { code: cellB, days: 7 } })
  expect(told.hours.length).toBeGreaterThan(3)
  expect(told.hours.every((h) => h.kind === 'vehicle' && h.devices === 1)).toBe(true)
  expect(JSON.stringify(told)).not.toContain(vehicle?.id ?? 'none')
  expect(JSON.stringify(told)).not.toContain('京A')
  expect(await refusedAs(as(a)(readCellCoverage, { query: { code: cellB } }))).toBe('platform/not-found')
  const mine = await as(a)(readCellCoverage, { query: { code: cellA } })
  expect(mine.reached).toMatchObject([{ id: monitor?.id, kind: 'noise_monitor', reachM: 60 }])
  expect((await as(a)(readCoverage, { query: {} })).districts.map((d) => d.code)).toEqual(['110101'])
  expect((await as(a)(readCoverage, { query: { within: '110102' } })).cells).toEqual([])
  expect(await refusedAs(as(actorWith({ areas: ['110101'], may: ['cases.read'] }))(readCoverage, { query: {} }))).toBe(
    'platform/not-allowed',
  )
})

test('how far a device reaches is the city’s to set, by version, and counts from then on [SEN-14]', async () => {
  const body = { after: 1, rule: { reachM: { noise_monitor: 160 }, fastestKmh: 100 }, note: '试行' }
  expect(await refusedAs(as(a)(setCoverageRule, { body }))).toBe('sensing/rules-of-others')
  expect(
    await refusedAs(as(whole)(setCoverageRule, { body: { ...body, rule: { ...body.rule, reachM: { vehicle: 50 } } } })),
  ).toBe('sensing/coverage-moves')
  await heard(clock)
  expect(await cellOf(cellB)).toMatchObject({ by: 'none', silent: null })
  expect(await as(whole)(setCoverageRule, { body })).toEqual({ version: 2 })
  expect(await refusedAs(as(whole)(setCoverageRule, { body }))).toBe('sensing/coverage-changed')
  await lookNow(db, clock)
  expect(await cellOf(cellB)).toMatchObject({ by: 'fixed', lastAt: clock.toISOString() })
  await came([row(2 * 24 * 3600 - 60, cellB, { speedDkmh: 900 })])
  expect(await cellOf(cellB)).toMatchObject({ by: 'both' })
  // The neighbour whose device that is, is not named beyond the border.
  const over = await as(b)(readCellCoverage, { query: { code: cellB } })
  expect(over.reached).toMatchObject([{ id: null, name: null, kind: 'noise_monitor', state: 'online' }])
  clock = new Date(clock.getTime() + HOUR)
  const told = await as(b)(readCoverage, { query: {} })
  expect(told.silent).toMatchObject([{ id: null, name: null, state: 'silent' }])
  expect(JSON.stringify(told)).not.toContain(monitor?.id ?? 'none')
  expect((await as(a)(readCoverageRule)).versions.map((v) => [v.version, v.rule.fastestKmh])).toEqual([
    [2, 100],
    [1, 60],
  ])
})

test('a city pack says how far devices reach; loaded again unchanged it leaves what the desk made of it [SEN-14] [ONE-04]', async () => {
  const yaml = "id: t\nnameZh: 试验市\nnameEn: T\nversion: '1'\nbbox: [116.3, 39.8, 116.5, 40]\n"
  const read = (...lines: string[]) =>
    readPack(
      zipSource(
        zipSync({
          'pack.yaml': strToU8(yaml),
          'devices/reach.csv': strToU8(['kind,reach_m', ...lines].join('\n')),
        }),
      ),
      [reachPart],
    )
  const wrong = await read('vehicle,50', 'counter,30', 'counter,40')
  expect(wrong.faults.map((f) => `${f.line} ${f.code}`)).toEqual(['2 pack/not-one-of', '4 pack/twice'])
  const lay = async (...lines: string[]) => {
    const pack = await read(...lines)
    expect(pack.faults).toEqual([])
    await layPack(pool, pack, { byPerson: null, now: clock })
    return (await as(a)(readCoverageRule)).versions[0]
  }
  expect(await lay('noise_monitor,80', 'counter,30')).toMatchObject({
    version: 3,
    setBy: null,
    rule: { reachM: { noise_monitor: 80, counter: 30 }, fastestKmh: 100 },
  })
  const rule = { reachM: { noise_monitor: 160 }, fastestKmh: 100 }
  await as(whole)(setCoverageRule, { body: { after: 3, rule, note: '恢复' } })
  expect(await lay('counter,30', 'noise_monitor,80')).toMatchObject({ version: 4, rule })
})

test('looks go with their days under the rules of keeping, and the last look stays known [SEN-14] [SEN-29]', async () => {
  const last = await cellOf(cellB)
  clock = new Date(t0 + 64 * DAY)
  for (let n = 0; n < 400 && (await keepOnce(db, clock)) > 0; n++);
  expect((await stored()).every((r) => (r as { at: Date }).at.getTime() >= t0 + DAY)).toBe(true)
  expect((await stored()).length).toBeGreaterThan(0)
  clock = new Date(t0 + 70 * DAY)
  for (let n = 0; n < 400 && (await keepOnce(db, clock)) > 0; n++);
  expect(await stored()).toEqual([])
  expect(await cellOf(cellB)).toMatchObject({ lastAt: last?.lastAt })
})

test('two workers at once, while a bay is packed under them, find each look once [SEN-14] [SEN-29]', async () => {
  clock = new Date(t0 + 70 * DAY + 5 * MINUTE)
  const at = new Date(clock.getTime() - 20_000)
  const fix = { at, ...pointOf(cellA), headingDeg: null, speedKmh: 0, alarmBits: 0, statusBits: 3 }
  await recordPositions(db, [{ ...fix, deviceId: vehicle?.id ?? '' }], { now: clock })
  await Promise.all([
    lookNow(db, clock),
    packBays(db, new Date(clock.getTime() + slotMs)),
    lookNow(db, clock),
    lookThrough(db),
  ])
  while ((await lookThrough(db)) > 0);
  expect(await stored()).toEqual([
    { cell: cellA, kind: 'vehicle', at: new Date(t0 + 70 * DAY), handles: [handle], last_at: at },
  ])
})
