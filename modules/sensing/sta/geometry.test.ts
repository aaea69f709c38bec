import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distance, relations, shapeOf, shapeOfWkt } from './geometry.ts'

const square = (x: number, y: number, side: number) =>
  shapeOfWkt(`POLYGON ((${x} ${y}, ${x + side} ${y}, ${x + side} ${y + side}, ${x} ${y + side}, ${x} ${y}))`)
const n = fc.integer({ min: -20, max: 20 })
const box = fc.tuple(n, n, fc.integer({ min: 1, max: 15 }))
const holds = (name: string, a: ReturnType<typeof shapeOf>, b: ReturnType<typeof shapeOf>): boolean =>
  relations[name]?.(a, b) ?? false

test('points lie in squares, on their edge or outside, as reckoning by hand says [SEN-31]', () => {
  fc.assert(
    fc.property(box, n, n, ([x, y, s], px, py) => {
      const [point, area] = [shapeOf({ type: 'Point', coordinates: [px, py] }), square(x, y, s)]
      const inside = px > x && px < x + s && py > y && py < y + s
      const on = px >= x && px <= x + s && py >= y && py <= y + s
      expect(holds('st_within', point, area)).toBe(inside)
      expect(holds('st_contains', area, point)).toBe(inside)
      expect(holds('st_intersects', point, area)).toBe(on)
      expect(holds('st_disjoint', point, area)).toBe(!on)
      expect(holds('st_touches', point, area)).toBe(on && !inside)
      const [dx, dy] = [Math.max(x - px, 0, px - x - s), Math.max(y - py, 0, py - y - s)]
      expect(distance(point, area)).toBeCloseTo(Math.hypot(dx, dy), 9)
    }),
  )
})

test('squares lie to one another as their sides say, and each relation has its mirror [SEN-31]', () => {
  fc.assert(
    fc.property(box, box, ([ax, ay, as], [bx, by, bs]) => {
      const [a, b] = [square(ax, ay, as), square(bx, by, bs)]
      const over = (p: number, ps: number, q: number, qs: number) => Math.min(p + ps, q + qs) - Math.max(p, q)
      const [w, h] = [over(ax, as, bx, bs), over(ay, as, by, bs)]
      const within = ax >= bx && ay >= by && ax + as <= bx + bs && ay + as <= by + bs
      const around = bx >= ax && by >= ay && bx + bs <= ax + as && by + bs <= ay + as
      expect(holds('st_intersects', a, b)).toBe(w >= 0 && h >= 0)
      expect(holds('st_touches', a, b)).toBe(w >= 0 && h >= 0 && (w === 0 || h === 0))
      expect(holds('st_within', a, b)).toBe(within)
      expect(holds('st_contains', a, b)).toBe(around)
      expect(holds('st_equals', a, b)).toBe(within && around)
      expect(holds('st_overlaps', a, b)).toBe(w > 0 && h > 0 && !within && !around)
      for (const r of ['st_intersects', 'st_touches', 'st_equals', 'st_overlaps', 'st_disjoint'])
        expect(holds(r, a, b)).toBe(holds(r, b, a))
    }),
  )
})

test('a line crosses an area or another line [SEN-31]', () => {
  const line = shapeOfWkt('LINESTRING (-1 1, 3 1)')
  expect(holds('st_crosses', line, square(0, 0, 2))).toBe(true)
  expect(holds('st_crosses', line, square(-2, 0, 6))).toBe(false)
  expect(holds('st_within', line, square(-2, 0, 6))).toBe(true)
  expect(holds('st_crosses', line, shapeOfWkt('LINESTRING (1 0, 1 2)'))).toBe(true)
  expect(holds('st_touches', line, shapeOfWkt('LINESTRING (1 1, 1 2)'))).toBe(true)
  expect(holds('st_overlaps', line, shapeOfWkt('LINESTRING (2 1, 5 1)'))).toBe(true)
})
