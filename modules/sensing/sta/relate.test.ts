import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relations, type Shape, shapeOfWkt } from './geometry.ts'
import { relate, relates } from './relate.ts'

const n = fc.integer({ min: -8, max: 8 })
const square = fc
  .tuple(n, n, fc.integer({ min: 1, max: 8 }))
  .map(([x, y, s]) => `POLYGON ((${x} ${y}, ${x + s} ${y}, ${x + s} ${y + s}, ${x} ${y + s}, ${x} ${y}))`)
const line = fc
  .tuple(n, n, n, n)
  .filter(([a, b, c, d]) => a !== c || b !== d)
  .map(([a, b, c, d]) => `LINESTRING (${a} ${b}, ${c} ${d})`)
const point = fc.tuple(n, n).map(([x, y]) => `POINT (${x} ${y})`)
const shape = fc.oneof(square, line, point).map(shapeOfWkt)
const related = (a: string, b: string): string => relate(shapeOfWkt(a), shapeOfWkt(b))
const turned = (m: string): string => [0, 3, 6, 1, 4, 7, 2, 5, 8].map((i) => m[i]).join('')

test('nine letters as reckoning by hand says, for areas, lines and points [SEN-31]', () => {
  const box = 'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))'
  expect(related(box, 'POLYGON ((2 2, 6 2, 6 6, 2 6, 2 2))')).toBe('212101212')
  expect(related(box, box)).toBe('2FFF1FFF2')
  expect(related(box, 'POLYGON ((1 1, 2 1, 2 2, 1 2, 1 1))')).toBe('212FF1FF2')
  expect(related(box, 'POLYGON ((4 0, 8 0, 8 4, 4 4, 4 0))')).toBe('FF2F11212')
  expect(related(box, 'POLYGON ((4 4, 8 4, 8 8, 4 8, 4 4))')).toBe('FF2F01212')
  expect(related(box, 'POLYGON ((9 9, 10 9, 10 10, 9 10, 9 9))')).toBe('FF2FF1212')
  expect(related('LINESTRING (-1 2, 5 2)', box)).toBe('101FF0212')
  expect(related('LINESTRING (0 0, 4 4)', 'LINESTRING (0 4, 4 0)')).toBe('0F1FF0102')
  expect(related('POINT (2 2)', box)).toBe('0FFFFF212')
  expect(related('POINT (0 2)', box)).toBe('F0FFFF212')
  expect(related('POINT (2 2)', 'POINT (2 2)')).toBe('0FFFFFFF2')
})

test('seen from the other side the letters are turned, and the named relations are what their patterns say [SEN-31]', () => {
  const named = (name: string, a: Shape, b: Shape) => relations[name]?.(a, b)
  fc.assert(
    fc.property(shape, shape, (a, b) => {
      const m = relate(a, b)
      expect(turned(relate(b, a))).toBe(m)
      expect(relates(m, 'T*F**F***')).toBe(named('st_within', a, b))
      expect(relates(m, 'T*****FF*')).toBe(named('st_contains', a, b))
      expect(relates(m, 'FF*FF****')).toBe(named('st_disjoint', a, b))
      expect(relates(m, 'T*F**FFF*')).toBe(named('st_equals', a, b))
      expect(relates(m, 'FT*******') || relates(m, 'F**T*****') || relates(m, 'F***T****')).toBe(
        named('st_touches', a, b),
      )
    }),
    { numRuns: 500 },
  )
})

test('a pattern is nine letters, and nothing else is one [SEN-31]', () => {
  for (const wrong of ['', 'T', 'T*F**F**', 'T*F**F****', 'X********'])
    expect(() => relates('212101212', wrong)).toThrow()
  expect(relates('212101212', 't********')).toBe(true)
})
