import { distanceM } from '@pentad/platform/geo'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Fix,
  gapsOf,
  judged,
  nearnessOf,
  qualityBits,
  qualityNames,
  type Standing,
  shapeOf,
  staysIn,
  stopsOf,
  wayM,
} from './index.ts'

const t0 = Date.UTC(2026, 10, 22, 8)
const metreE6 = 1 / 0.111_32
/** So many seconds after eight, so many metres north of the corner. */
const at = (second: number, northM: number, more: Partial<Fix> = {}): Fix => ({
  atMs: t0 + second * 1000,
  lonE6: 116_400_000,
  latE6: 39_900_000 + Math.round(northM * metreE6),
  speedDkmh: 300,
  headingDeg: 0,
  alarmBits: 0,
  statusBits: 3,
  quality: 0,
  ...more,
})
const run = (fixes: readonly Fix[]): string[][] => {
  let standing: Standing | undefined
  return fixes.map((fix) => {
    const told = judged(fix, standing)
    standing = told.standing
    return qualityNames(told.fix.quality)
  })
}

test('a leap that no vehicle makes is flagged and forgets nothing: the next good fix is good again [SEN-02]', () => {
  expect(run([at(0, 0), at(10, 100), at(20, 9000), at(30, 200)])).toEqual([[], [], ['jump'], []])
  // After an hour of silence a vehicle may well be elsewhere.
  expect(run([at(0, 0), at(3600, 9000)])).toEqual([[], []])
})

test('a receiver that repeats one place while the vehicle drives is frozen [SEN-02]', () => {
  const still = Array.from({ length: 8 }, (_, n) => at(n * 10, 0))
  expect(run(still).map((q) => q.includes('frozen'))).toEqual([false, false, false, false, false, true, true, true])
  const parked = still.map((f) => ({ ...f, speedDkmh: 0 }))
  expect(run(parked).flat()).toEqual([])
})

test('silence is a gap, at both ends too, and no way is reckoned over it [CMD-17]', () => {
  const fixes = [at(600, 0), at(660, 600), at(1800, 5000), at(1860, 5600)]
  expect(gapsOf(fixes, t0, t0 + 3_600_000).map((g) => [(g.from - t0) / 1000, (g.until - t0) / 1000])).toEqual([
    [0, 600],
    [660, 1800],
    [1860, 3600],
  ])
  expect(wayM(fixes)).toBeCloseTo(1200, -1)
  expect(gapsOf([], t0, t0 + 3_600_000)).toHaveLength(1)
})

test('a terminal that speaks without knowing where it is leaves a gap in its track, as if it were silent [CMD-17]', () => {
  const lost = Array.from({ length: 60 }, (_, n) => at(70 + n * 10, 0, { quality: qualityBits(['not-fixed']) }))
  const gaps = gapsOf([at(0, 0), at(60, 600), ...lost, at(680, 4000)], t0, t0 + 700_000)
  expect(gaps.map((g) => [(g.from - t0) / 1000, (g.until - t0) / 1000])).toEqual([[60, 680]])
})

test('a vehicle that stays within fifty metres for three minutes has stopped [CMD-17]', () => {
  const wander = Array.from({ length: 30 }, (_, n) => at(120 + n * 10, 1000 + (n % 3) * 2))
  const fixes = [at(0, 0), at(60, 500), ...wander, at(480, 1600), at(540, 2200)]
  const stops = stopsOf(fixes)
  expect(stops).toHaveLength(1)
  expect((stops[0]?.from ?? 0) - t0).toBe(120_000)
  expect((stops[0]?.until ?? 0) - t0).toBe(410_000)
  expect(wayM(wander)).toBeLessThan(60)
})

test('whatever is left out of a shape lies within the tolerance of it, and its ends stand [CMD-17]', () => {
  const walk = fc.array(fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -90, max: 90 })), {
    minLength: 1,
    maxLength: 80,
  })
  fc.assert(
    fc.property(walk, fc.integer({ min: 1, max: 60 }), (steps, toleranceM) => {
      let [x, y] = [0, 0]
      const fixes = steps.map(([dx, dy], n) => {
        ;[x, y] = [x + dx, y + dy]
        return at(n * 10, y, { lonE6: 116_400_000 + Math.round((x * metreE6) / 0.767) })
      })
      const [piece = []] = shapeOf(fixes, toleranceM)
      expect(piece[0]).toEqual(fixes[0])
      expect(piece.at(-1)).toEqual(fixes.at(-1))
      for (const fix of fixes) expect(awayM(fix, piece)).toBeLessThanOrEqual(toleranceM * 1.02 + 0.2)
    }),
  )
})
function awayM(fix: Fix, line: readonly Fix[]): number {
  const flat = (f: Fix) => [(f.lonE6 / metreE6) * 0.7671, f.latE6 / metreE6] as const
  const [px, py] = flat(fix)
  let best = Number.POSITIVE_INFINITY
  line.forEach((from, i) => {
    const [ax, ay] = flat(from)
    const [bx, by] = flat(line[i + 1] ?? from)
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2
    const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length2))
    best = Math.min(best, Math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay)))
  })
  return best
}

test('a shape is cut where nothing was heard, and leaves out what says nothing of the place', () => {
  const lost = at(70, 700, { quality: qualityBits(['not-fixed']) })
  const shape = shapeOf([at(0, 0), at(60, 600), lost, at(3600, 0), at(3660, 500)], 1)
  expect(shape.map((piece) => piece.length)).toEqual([2, 2])
})

test('who was in a place, from when until when, and whether it was seen to come and to go [CMD-28]', () => {
  const square = { polygons: [[box(100, 300)]] }
  const stays = staysIn(square, [at(0, 0), at(60, 150), at(120, 250), at(180, 400), at(240, 200), at(3600, 200)])
  expect(
    stays.map(({ from, until, entered, left }) => [(from - t0) / 1000, (until - t0) / 1000, entered, left]),
  ).toEqual([
    [60, 120, true, true],
    [240, 240, true, false],
    [3600, 3600, false, false],
  ])
})
const box = (southM: number, northM: number) => {
  const [s, n] = [southM, northM].map((m) => 39.9 + (m * metreE6) / 1e6) as [number, number]
  return [
    [116.39, s],
    [116.41, s],
    [116.41, n],
    [116.39, n],
  ] as [number, number][]
}

test('how near it came, and when [CMD-16]', () => {
  const corner: [number, number] = [116.4, 39.9]
  const passing = [at(0, -500), at(10, -180), at(20, 30), at(30, 190), at(40, 600)]
  const near = nearnessOf(passing, corner, 200)
  expect(near).toMatchObject({ from: t0 + 10_000, until: t0 + 30_000, nearestAt: t0 + 20_000 })
  expect(near?.nearestM).toBeCloseTo(distanceM(corner, [116.4, 39.9 + (30 * metreE6) / 1e6]), 0)
  expect(nearnessOf(passing, [116.5, 39.9], 200)).toBeNull()
})
