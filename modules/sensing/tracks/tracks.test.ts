import { type Db, sql } from '@pentad/platform/db'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { addFence, deviceTrack, fenceStays, listFences, nearDevices, positionsIn } from '../contract.ts'
import { devicesOf } from '../index.ts'
import { cellA, cellB, laySensingCity, pointOf } from '../testing.ts'
import { appendFixes, bayOf, type HotRow } from './bays.ts'
import { openLatest } from './latest.ts'
import { type Fix, slotMs } from './model/index.ts'
import { packBay, packBays } from './pack.ts'
import { fixesBetween, near } from './queries.ts'

const t0 = Date.UTC(2026, 4, 21, 8)
let clock = new Date(t0)
const { db, as } = await testServer(modules, { clock: () => clock })
await laySensingCity(db)
const [vehicle] = await devicesOf(db, 'vehicle')
const handle = vehicle?.handle ?? 0
const desk = actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.set-rules'] })
const stranger = actorWith({ areas: ['110102'], may: ['sensing.read'] })

const row = (second: number, where = pointOf(cellA), more: Partial<HotRow> = {}): HotRow => ({
  handle,
  atMs: t0 + second * 1000,
  lonE6: Math.round(where.lon * 1e6),
  latE6: Math.round(where.lat * 1e6),
  speedDkmh: 0,
  headingDeg: null,
  alarmBits: 0x8000_0001,
  statusBits: 0xffff_ffff,
  quality: 0,
  ...more,
})
const whole = (d: Db = db) => fixesBetween(d, handle, new Date(t0 - 1), new Date(t0 + 86_400_000))
const plain = ({ atMs, lonE6, latE6, speedDkmh, headingDeg, alarmBits, statusBits, quality }: HotRow): Fix => ({
  atMs,
  lonE6,
  latE6,
  speedDkmh,
  headingDeg,
  alarmBits,
  statusBits,
  quality,
})
const hotRows = async () =>
  (await sql<{ n: number }>`select count(*)::int as n from sensing.fix_hot`.execute(db)).rows[0]?.n

test('what was appended is packed into ten minutes a row and reads the same before and after, each instant once [SEN-02] [SEN-29]', async () => {
  const drive = Array.from({ length: 130 }, (_, n) => row(n * 10, pointOf(cellA, n % 90, n % 50)))
  await appendFixes(db, drive, new Date(t0))
  // A terminal that got no answer sends again.
  await appendFixes(db, drive.slice(50, 90), new Date(t0 + slotMs))
  const before = await whole()
  expect(before).toEqual(drive.map(plain))

  expect(await packBay(db, bayOf(t0))).toBe(130)
  expect(await hotRows()).toBe(40)
  expect(await whole()).toEqual(before)
  expect(await packBays(db, new Date(t0 + 5 * slotMs + 1))).toBe(40)
  expect(await hotRows()).toBe(0)
  expect(await whole()).toEqual(before)
  const { rows } = await sql<{ fixes: number }>`select fixes from sensing.track order by at`.execute(db)
  expect(rows.map((r) => r.fixes)).toEqual([60, 60, 10])
})

test('what a terminal kept for hours joins the row of its own time [SEN-02]', async () => {
  const late = [row(15, pointOf(cellA, 40)), row(25, pointOf(cellA, 41))]
  await appendFixes(db, late, new Date(t0))
  await packBay(db, bayOf(t0))
  const track = await whole()
  expect(track).toHaveLength(132)
  expect(track.slice(1, 5).map((f) => (f.atMs - t0) / 1000)).toEqual([10, 15, 20, 25])
  const { rows } = await sql<{ fixes: number }>`select fixes from sensing.track order by at`.execute(db)
  expect(rows.map((r) => r.fixes)).toEqual([62, 60, 10])
})

test('a packing that is cut off leaves everything as it was, and the next one does it whole [SEN-29]', async () => {
  const more = Array.from({ length: 20 }, (_, n) => row(2000 + n * 10))
  await appendFixes(db, more, new Date(t0))
  const before = await whole()
  await sql`alter table sensing.track add constraint cut_off check (fixes <> 20) not valid`.execute(db)
  await expect(packBay(db, bayOf(t0))).rejects.toThrow()
  expect(await whole()).toEqual(before)
  await sql`alter table sensing.track drop constraint cut_off`.execute(db)
  expect(await packBay(db, bayOf(t0))).toBe(20)
  expect(await whole()).toEqual(before)
})

test('whoever reads while bays are packed finds every fix once, at every moment [SEN-29]', async () => {
  const rows = Array.from({ length: 3000 }, (_, n) => row(4000 + n))
  await appendFixes(db, rows, new Date(t0))
  const all = (await whole()).length
  let packing = true
  const pack = packBay(db, bayOf(t0)).finally(() => {
    packing = false
  })
  const seen: number[] = []
  while (packing) seen.push((await whole()).length)
  await pack
  expect(new Set([...seen, (await whole()).length])).toEqual(new Set([all]))
})

test('who was near a place between two times, by fixes packed and not yet packed; strangers see nobody [CMD-28] [SEN-17]', async () => {
  clock = new Date(t0 + 3600_000 * 3)
  const from = new Date(t0 + 7200_000)
  await appendFixes(
    db,
    [row(7300, pointOf(cellB)), row(7400, pointOf(cellA, 3)), row(7500, pointOf(cellB))],
    new Date(t0),
  )
  const wanted = { ...pointOf(cellA), radiusM: 50, from, until: clock }
  const [before] = await near(db, wanted)
  expect(before).toMatchObject({ handle, from: t0 + 7_400_000, until: t0 + 7_400_000 })
  await packBay(db, bayOf(t0))
  expect(await near(db, wanted)).toEqual([before])

  const query = { ...pointOf(cellA), radiusM: 50, from: from.toISOString(), until: clock.toISOString() }
  expect((await as(desk)(nearDevices, { query })).devices).toMatchObject([{ id: vehicle?.id, label: '京A·T001' }])
  expect((await as(stranger)(nearDevices, { query })).devices).toEqual([])
  await expect(as(desk)(nearDevices, { query: { ...query, until: query.from } })).rejects.toMatchObject({
    refusal: { refused: 'sensing/time-too-long' },
  })
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from identity.audit where act = 'who-was-near'`.execute(db)
  expect(rows[0]?.n).toBe(2)
})

test('the track says its way, its stops and when nothing was heard [CMD-17]', async () => {
  const until = new Date(t0 + 3 * 3600_000).toISOString()
  const track = await as(desk)(deviceTrack, {
    params: { id: vehicle?.id ?? '' },
    query: { hours: 3, until, toleranceM: 5 },
  })
  expect(track.fixes.length).toBeLessThan(track.all)
  expect(track.gaps.map((g) => (Date.parse(g.from) - t0) / 1000)).toEqual([1290, 2190, 6999, 7500])
  expect(track.stops.length).toBeGreaterThan(0)
  expect(track.wayM).toBeGreaterThan(0)
})

test('a fence sees who comes and goes; a writer that died is followed by one that knows where everything was [CMD-28] [SEN-02]', async () => {
  const { lon, lat } = pointOf(cellB)
  const ring = [
    [lon - 0.0003, lat - 0.0003],
    [lon + 0.0003, lat - 0.0003],
    [lon + 0.0003, lat + 0.0003],
    [lon - 0.0003, lat + 0.0003],
    [lon - 0.0003, lat - 0.0003],
  ] as [number, number][]
  const keeper = actorWith({ areas: ['1101'], may: ['sensing.read', 'sensing.set-rules'] })
  const { id } = await as(keeper)(addFence, {
    body: { name: '围栏', polygon: { type: 'Polygon', coordinates: [ring] } },
  })
  const outside = ring.map(([x, y]) => [x + 3, y] as [number, number])
  await expect(
    as(keeper)(addFence, { body: { name: '外', polygon: { type: 'Polygon', coordinates: [outside] } } }),
  ).rejects.toMatchObject({ refusal: { refused: 'sensing/fence-outside' } })

  const second = (n: number) => 20_000 + n
  const pass = async (latest: Awaited<ReturnType<typeof openLatest>>, rows: HotRow[]) => {
    const kept = latest.judge(rows)
    await appendFixes(db, kept, new Date(t0))
    latest.moved(kept)
  }
  const first = await openLatest(db)
  await pass(first, [row(second(0), pointOf(cellA))])
  await first.flush(clock)
  await pass(first, [row(second(600), pointOf(cellB))])
  await first.flush(clock)
  const stays = async () => {
    const query = { from: new Date(t0).toISOString(), until: new Date(t0 + 86_400_000).toISOString() }
    return (await as(keeper)(fenceStays, { params: { id }, query })).stays
  }
  expect(await stays()).toMatchObject([{ deviceId: vehicle?.id, leftAt: null }])
  expect((await as(keeper)(listFences, { query: {} })).fences).toMatchObject([{ id, inside: 1 }])
  // Appended and acknowledged, then killed before the latest was written down.
  await pass(first, [row(second(1200), pointOf(cellA, 5))])
  const next = await openLatest(db)
  await next.flush(clock)
  expect(await stays()).toMatchObject([{ leftAt: new Date(t0 + second(1200) * 1000).toISOString(), dwellSeconds: 600 }])
  const box = { west: 116, south: 39, east: 118, north: 41 }
  expect((await as(keeper)(positionsIn, { query: box })).positions).toMatchObject([
    { at: new Date(t0 + second(1200) * 1000).toISOString() },
  ])
})
