import { DAY, HOUR } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { qualityBits } from '../tracks/model/index.ts'
import {
  type CellKnown,
  isLook,
  joined,
  lookers,
  lookOf,
  type Moved,
  passesOf,
  reaches,
  sharesOf,
  spanOf,
} from './model.ts'

const t0 = Date.UTC(2026, 4, 21, 8)
/** A strip of cells, a thousandth of a degree each. */
const cellOf = (lon: number): string | undefined =>
  lon < 116 || lon >= 116.01 ? undefined : `c${Math.floor((lon - 116) * 1000 + 1e-9)}`
const fix = fc.record({
  atMs: fc.integer({ min: 0, max: 8 * HOUR }).map((ms) => t0 + ms),
  lonE6: fc.integer({ min: 115_999_000, max: 116_011_000 }),
  latE6: fc.constant(39_900_000),
  speedDkmh: fc.option(fc.integer({ min: 0, max: 1200 })),
  quality: fc.constantFrom(
    0,
    0,
    0,
    qualityBits(['jump']),
    qualityBits(['frozen']),
    qualityBits(['course-out-of-range']),
  ),
})
const moved = fc.array(
  fc.record({
    handle: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom('vehicle' as const, 'phone' as const),
    fixes: fc.array(fix, { maxLength: 12 }),
  }),
  { maxLength: 6 },
)
const found = (all: readonly Moved[]) => passesOf(all, cellOf, 60)

test('whatever is told again, late, or in another order, the cells say the same [SEN-14]', () => {
  fc.assert(
    fc.property(moved, moved, moved, (a, b, c) => {
      const whole = found([...a, ...b, ...c])
      const [x, y, z] = [found(a), found(b), found(c)]
      expect(joined(joined(x, y), z)).toEqual(whole)
      expect(joined(z, joined(y, x))).toEqual(whole)
      expect(joined(whole, y)).toEqual(whole)
      expect(joined(whole, whole)).toEqual(whole)
    }),
  )
})

test('every look lies in the hour and the cell of a fix that counts, and every such fix is in one [SEN-14]', () => {
  fc.assert(
    fc.property(moved, (all) => {
      const passes = found(all)
      const looks = all.flatMap(({ handle, kind, fixes }) =>
        fixes
          .filter((f) => isLook(f, 60) && cellOf(f.lonE6 / 1e6) !== undefined)
          .map((f) => ({ handle, kind, atMs: f.atMs, cell: cellOf(f.lonE6 / 1e6) })),
      )
      for (const look of looks) {
        const hourMs = Math.floor(look.atMs / HOUR) * HOUR
        const pass = passes.find((p) => p.cell === look.cell && p.kind === look.kind && p.hourMs === hourMs)
        expect(pass?.handles).toContain(look.handle)
        expect(pass?.lastMs).toBeGreaterThanOrEqual(look.atMs)
      }
      for (const p of passes) {
        const mine = looks.filter(
          (l) => l.cell === p.cell && l.kind === p.kind && Math.floor(l.atMs / HOUR) * HOUR === p.hourMs,
        )
        expect(p.handles).toEqual([...new Set(mine.map((l) => l.handle))].sort((a, b) => a - b))
        expect(p.lastMs).toBe(Math.max(...mine.map((l) => l.atMs)))
      }
    }),
  )
})

test('who drives through fast, or whose fix is in doubt, did not look [SEN-14]', () => {
  expect(isLook({ speedDkmh: 600, quality: 0 }, 60)).toBe(true)
  expect(isLook({ speedDkmh: 601, quality: 0 }, 60)).toBe(false)
  expect(isLook({ speedDkmh: null, quality: 0 }, 60)).toBe(true)
  for (const fault of ['not-fixed', 'jump', 'frozen', 'inaccurate', 'time-invalid', 'clock-ahead'])
    expect(isLook({ speedDkmh: 0, quality: qualityBits([fault]) }, 60)).toBe(false)
})

test('a longer reach never reaches less, and a device that reaches nowhere looks not even at its own cell [SEN-14]', () => {
  const metres = fc.integer({ min: 0, max: 2000 })
  const place = fc.tuple(
    fc.double({ min: 116.3, max: 116.5, noNaN: true }),
    fc.double({ min: 39.8, max: 40, noNaN: true }),
  )
  fc.assert(
    fc.property(place, place, metres, metres, fc.boolean(), (at, middle, a, b, own) => {
      const cell = { code: 'x', middle }
      const by = (reachM: number) => reaches({ at, cell: own ? 'x' : 'y', reachM }, cell)
      if (by(Math.min(a, b))) expect(by(Math.max(a, b))).toBe(true)
      expect(by(0)).toBe(false)
      if (own && a > 0) expect(by(a)).toBe(true)
    }),
  )
})

const at = (hours: number) => new Date(t0 + hours * HOUR)
const known = fc.record({
  code: fc.constant('x'),
  fixedInSpan: fc.boolean(),
  movingInSpan: fc.boolean(),
  fixedAt: fc.option(fc.nat(20).map(at)),
  movingAt: fc.option(fc.nat(20).map(at)),
  reached: fc.array(
    fc.record({
      id: fc.constantFrom('d1', 'd2', 'd3'),
      state: fc.constantFrom('online' as const, 'silent' as const, 'never' as const, 'faulty' as const),
      lastHeard: fc.option(fc.nat(20).map(at)),
    }),
    { maxLength: 3 },
  ),
})

test('a silent device covers nothing: while a span runs a cell counts as watched only by a device that speaks [SEN-14] [SEN-32]', () => {
  const cell: CellKnown = {
    ...{ code: 'x', fixedInSpan: true, movingInSpan: false, fixedAt: at(2), movingAt: null },
    reached: [
      { id: 'd1', state: 'silent', lastHeard: at(2) },
      { id: 'd2', state: 'silent', lastHeard: at(1) },
    ],
  }
  expect(lookOf(cell, true)).toEqual({ code: 'x', by: 'none', lastAt: at(2), lastBy: 'fixed', silent: 'd1' })
  // A night that is over was watched although the device is silent now.
  expect(lookOf(cell, false)).toMatchObject({ by: 'fixed' })
  fc.assert(
    fc.property(known, (c) => {
      const look = lookOf(c, true)
      const speaks = c.reached.some((d) => d.state === 'online')
      expect(look.by === 'fixed' || look.by === 'both').toBe(speaks)
      expect(look.by === 'moving' || look.by === 'both').toBe(c.movingInSpan)
      expect(look.silent !== null).toBe(!speaks && c.reached.length > 0)
      if (c.movingAt) expect(look.lastAt?.getTime()).toBeGreaterThanOrEqual(c.movingAt.getTime())
    }),
  )
})

test('shares count every cell once [SEN-14]', () => {
  fc.assert(
    fc.property(fc.array(known), (cells) => {
      const shares = sharesOf(cells.map((c) => lookOf(c, true)))
      expect(lookers.reduce((sum, by) => sum + shares[by], 0)).toBe(cells.length)
    }),
  )
})

test('this night is the one that runs, by day the one that was, and as the city has shifted it [SEN-14]', () => {
  const said = (span: Parameters<typeof spanOf>[0], now: string) => {
    const { from, until } = spanOf(span, new Date(`${now}+08:00`))
    return [from.toISOString(), until?.toISOString() ?? null]
  }
  // Instants of Shanghai, eight hours ahead.
  expect(said('night', '2026-05-21T23:10:00')).toEqual(['2026-05-21T14:00:00.000Z', null])
  expect(said('night', '2026-05-21T02:14:00')).toEqual(['2026-05-20T14:00:00.000Z', null])
  expect(said('night', '2026-05-21T15:00:00')).toEqual(['2026-05-20T14:00:00.000Z', '2026-05-20T22:00:00.000Z'])
  expect(said('today', '2026-05-21T02:14:00')).toEqual(['2026-05-20T16:00:00.000Z', null])
  const late = spanOf('night', new Date('2026-05-21T23:10:00+08:00'), [{ since: new Date(0), fromMinute: 23 * 60 }])
  expect(late).toEqual({ from: new Date('2026-05-21T15:00:00Z'), until: null })
  fc.assert(
    fc.property(fc.date({ min: new Date(t0), max: new Date(t0 + 9 * DAY), noInvalidDate: true }), (now) => {
      const { from, until } = spanOf('night', now)
      expect(from.getTime()).toBeLessThanOrEqual(now.getTime())
      expect(now.getTime() - from.getTime()).toBeLessThan(DAY)
      if (until) expect(until.getTime()).toBeLessThanOrEqual(now.getTime())
    }),
  )
})
