import { type LonLat, type MultiPolygon, type Ring, toDegrees } from '@pentad/platform/geo'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkGrid } from './check.ts'
import { cutAt, splitAlong } from './cut.ts'
import { generateCells } from './generate.ts'
import { freeCodes } from './model.ts'
import { commonM2, knotOf, type Loop, signedAreaOf, type XY } from './plane.ts'
import { bordersOf } from './union.ts'

const meridianDeg = 117
const degrees = ([x, y]: XY): LonLat => toDegrees(450_000 + x, 4_420_000 + y, meridianDeg)
const closed = (loop: Loop): Ring => [...loop, ...loop.slice(0, 1)].map(degrees)
const square = (x: number, y: number, side = 100): Loop => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
]
const community = '110101001001'
const cell = (n: number, loop: Loop, of = community) => ({
  code: of + String(n).padStart(3, '0'),
  communityCode: of,
  ring: closed(loop),
})
const area = (code: string, level: string, loops?: Loop[]) => ({
  code,
  level,
  outline: loops ? { polygons: [loops.map(closed)] } : null,
})
const codesOf = (cells: ReturnType<typeof cell>[], areas?: ReturnType<typeof area>[]) =>
  checkGrid({ cells, areas }).map((f) => `${f.code} ${f.cells.join()}`)

/** A star-shaped loop: never crosses itself. */
const star = fc.array(fc.double({ min: 0.35, max: 1, noNaN: true }), { minLength: 5, maxLength: 24 }).map(
  (radii): Loop =>
    radii.map((r, i) => {
      const turn = (2 * Math.PI * i) / radii.length
      return [600 * r * Math.cos(turn), 600 * r * Math.sin(turn)]
    }),
)
const sum = (loops: readonly Loop[]): number => loops.reduce((all, l) => all + signedAreaOf(l), 0)

describe('ground', () => {
  test('what two grounds have in common is the same whichever comes first, and all of it where they are one', () => {
    fc.assert(
      fc.property(star, star, fc.double({ min: -900, max: 900, noNaN: true }), (a, b, dx) => {
        const moved = b.map(([x, y]): XY => [x + dx, y])
        expect(commonM2([a], [moved])).toBeCloseTo(commonM2([moved], [a]), 3)
        expect(commonM2([a], [a])).toBeCloseTo(signedAreaOf(a), 3)
      }),
    )
  })

  test('a cut loses no ground and lays none twice, wherever the line runs', () => {
    const line = fc.oneof(fc.integer({ min: -700, max: 700 }), fc.double({ min: -700, max: 700, noNaN: true }))
    fc.assert(
      fc.property(star, line, fc.constantFrom(0 as const, 1 as const), (ground, at, axis) => {
        const hole = square(-20, -20, 40).toReversed()
        const whole = [ground, hole]
        const { low, high } = cutAt(whole, axis, at)
        expect(sum(low) + sum(high)).toBeCloseTo(sum(whole), 3)
        expect(commonM2(low, high)).toBeLessThan(1e-3)
        expect(low.flat().every((p) => p[axis] <= at + 1e-9) && high.flat().every((p) => p[axis] >= at - 1e-9)).toBe(
          true,
        )
      }),
    )
  })

  test('a line through corners and along borders of squares cuts them too', () => {
    const cross: Loop = [
      [0, 0],
      [100, 0],
      [100, 100],
      [200, 100],
      [200, 200],
      [100, 200],
      [100, 300],
      [0, 300],
    ]
    for (const at of [0, 50, 100, 150, 200, 300]) {
      for (const axis of [0, 1] as const) {
        const { low, high } = cutAt([cross], axis, at)
        expect(sum(low) + sum(high)).toBeCloseTo(sum([cross]), 6)
      }
    }
  })

  test('a drawn line splits a cell into parts that are simple and make up the whole [DUM-08]', () => {
    fc.assert(
      fc.property(
        star,
        fc.double({ min: -300, max: 300, noNaN: true }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        (ground, y, slope) => {
          const line: XY[] = [
            [-2000, y - 2000 * slope],
            [30, y + 30 * slope + 7],
            [2000, y + 2000 * slope],
          ]
          const split = splitAlong(ground, line)
          if ('fault' in split) {
            expect(split.fault).toBe('misses')
            return
          }
          expect(split.parts.length).toBeGreaterThan(1)
          expect(sum(split.parts)).toBeCloseTo(signedAreaOf(ground), 3)
          expect(split.parts.every((p) => signedAreaOf(p) > 0 && !knotOf(p))).toBe(true)
          // And together they are the ground again.
          expect(sum(bordersOf(split.parts).map((b) => b.loop))).toBeCloseTo(signedAreaOf(ground), 0)
        },
      ),
    )
  })

  test('a line that ends inside the cell, passes beside it or crosses itself splits nothing', () => {
    const ground = square(0, 0)
    expect(
      splitAlong(ground, [
        [-10, 50],
        [50, 50],
      ]),
    ).toEqual({ fault: 'misses' })
    expect(
      splitAlong(ground, [
        [-10, 150],
        [150, 150],
      ]),
    ).toEqual({ fault: 'misses' })
    expect(
      splitAlong(ground, [
        [-10, 20],
        [80, 20],
        [80, 80],
        [40, 80],
        [40, -10],
      ]),
    ).toEqual({ fault: 'knot' })
  })
})

describe('validation', () => {
  const areas = [area(community, 'community'), area('110101001002', 'community')]

  test('squares that share their corners, and cells that meet halfway along a border, are in order [DUM-08]', () => {
    expect(codesOf([cell(1, square(0, 0)), cell(2, square(100, 0)), cell(3, square(50, 100))], areas)).toEqual([])
  })

  test('a code that is twice there, malformed, of another community or of none is named [DUM-08]', () => {
    const twice = [cell(1, square(0, 0)), cell(1, square(100, 0))]
    expect(codesOf(twice, areas)).toEqual([`pack/cell-twice ${community}001`])
    const short = { ...cell(1, square(0, 0)), code: '11010100100101' }
    expect(codesOf([short], areas)).toEqual(['pack/cell-code 11010100100101'])
    const stray = { ...cell(1, square(0, 0)), communityCode: '110101001002' }
    expect(codesOf([stray], areas)).toEqual([`pack/cell-community ${community}001`])
    expect(codesOf([cell(1, square(0, 0), '110101009001')], areas)).toEqual(['pack/no-community 110101009001001'])
  })

  test('a ring that is open, empty, crossed like a bow tie or the wrong way round is named with its place [DUM-08]', () => {
    const ringed = (ring: Ring) => [{ code: `${community}001`, communityCode: community, ring }]
    const kind = (ring: Ring) => checkGrid({ cells: ringed(ring), areas }).map((f) => f.code)
    expect(kind(closed(square(0, 0)).slice(0, 4))).toEqual(['pack/ring-open'])
    expect(
      kind(
        closed([
          [0, 0],
          [100, 0],
          [50, 0.001],
        ]),
      ),
    ).toEqual(['pack/ring-empty'])
    expect(kind(closed(square(0, 0)).toReversed())).toEqual(['pack/ring-clockwise'])
    const tie = checkGrid({
      cells: ringed(
        closed([
          [0, 0],
          [100, 100],
          [100, 0],
          [0, 100],
        ]),
      ),
      areas,
    })
    expect(tie.map((f) => f.code)).toEqual(['pack/bow-tie'])
    expect(tie[0]?.at?.[0]).toBeCloseTo(degrees([50, 50])[0], 6)
  })

  test('cells that overlap by more than a metre’s error are named; by less they are not [DUM-08]', () => {
    expect(codesOf([cell(1, square(0, 0)), cell(2, square(99, 0))], areas)).toEqual([
      `pack/cell-overlap ${community}001,${community}002`,
    ])
    expect(codesOf([cell(1, square(0, 0)), cell(2, square(99.6, 0))], areas)).toEqual([])
  })

  test('ground that the cells of a district enclose and none covers is a gap [DUM-08]', () => {
    const around = [0, 1, 2, 3, 5, 6, 7, 8].map((n) => cell(n + 1, square((n % 3) * 100, Math.floor(n / 3) * 100)))
    const faults = checkGrid({ cells: around, areas })
    expect(faults.map((f) => [f.code, f.details.areaM2])).toEqual([['pack/cell-gap', 10_000]])
    expect(faults[0]?.cells).toEqual([2, 4, 6, 8].map((n) => `${community}00${n}`))
    expect(codesOf([...around, cell(5, square(100, 100))], areas)).toEqual([])
  })

  test('a community with an outline is covered to its border, and no cell lies beyond it [DUM-08]', () => {
    const outlined = (loop: Loop) => [area(community, 'community', [loop])]
    const wide: Loop = [
      [0, 0],
      [200, 0],
      [200, 100],
      [0, 100],
    ]
    expect(codesOf([cell(1, square(0, 0))], outlined(wide))).toEqual([`pack/community-gap ${community}001`])
    expect(codesOf([cell(1, square(0, 0)), cell(2, square(100, 0))], outlined(wide))).toEqual([])
    expect(codesOf([cell(1, square(0, 0)), cell(2, square(120, 0))], outlined(wide)).sort()).toEqual([
      `pack/cell-outside ${community}002`,
      `pack/community-gap ${community}001`,
    ])
  })

  test('a cell whose place lies in another community than its code is named [DUM-08]', () => {
    const two = [area(community, 'community', [square(0, 0)]), area('110101001002', 'community', [square(100, 0)])]
    const wrong = [cell(1, square(0, 0)), cell(2, square(100, 0))]
    expect(codesOf(wrong, two)).toContain(`pack/cell-elsewhere ${community}002`)
    const right = [cell(1, square(0, 0)), cell(1, square(100, 0), '110101001002')]
    expect(codesOf(right, two)).toEqual([])
  })

  test('fifty thousand cells are checked in seconds [DUM-08]', () => {
    const side = 224
    const cells = Array.from({ length: side * side }, (_, i) => {
      const of = `1101010${String(1 + Math.floor(i / 999)).padStart(5, '0')}`
      // Leaning a little, so that the boxes of neighbours truly meet.
      const [c, r] = [i % side, Math.floor(i / side)]
      const at = (dc: number, dr: number): XY => [(c + dc) * 100 + (r + dr) * 20, (r + dr) * 100 - (c + dc) * 20]
      return cell((i % 999) + 1, [at(0, 0), at(1, 0), at(1, 1), at(0, 1)], of)
    })
    const from = performance.now()
    expect(checkGrid({ cells, areas: undefined })).toEqual([])
    expect(performance.now() - from).toBeLessThan(60_000)
  }, 90_000)
})

describe('generator', () => {
  const outline = (loops: Loop[]): MultiPolygon => ({ polygons: [loops.map(closed)] })

  test('whatever the outlines, the cells made for them pass every check and cover the whole ground [DUM-08] [ONE-06]', () => {
    fc.assert(
      fc.property(star, fc.double({ min: -150, max: 150, noNaN: true }), fc.boolean(), (ground, at, holed) => {
        const { low, high } = cutAt(holed ? [ground, square(-13, -17, 35).toReversed()] : [ground], 0, at)
        const communities = [low, high].map((loops, i) => ({
          code: `11010100100${i + 1}`,
          outline: {
            polygons: loops
              .filter((l) => signedAreaOf(l) > 0)
              .map((outer) =>
                [outer, ...loops.filter((h) => signedAreaOf(h) < 0 && commonM2([outer], [h.toReversed()]) > 1)].map(
                  closed,
                ),
              ),
          },
        }))
        const { cells, tooMany } = generateCells({ communities, meridianDeg })
        expect(tooMany).toEqual([])
        expect(cells.reduce((all, c) => all + c.areaM2, 0)).toBeCloseTo(sum(low) + sum(high), 0)
        const areas = communities.map((c) => ({ code: c.code, level: 'community', outline: c.outline }))
        expect(checkGrid({ cells, areas })).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('a community of whole squares is numbered from west to east and from north to south [DUM-08]', () => {
    const { cells } = generateCells({
      communities: [{ code: community, outline: outline([square(0, 0, 300)]) }],
      meridianDeg,
    })
    const corners = cells.map(({ code, ring }) => [code.slice(12), ...(ring[0] ?? [])])
    expect(cells).toHaveLength(9)
    const at = (n: number) => ({ lon: Number(corners[n]?.[1]), lat: Number(corners[n]?.[2]) })
    expect(at(1).lon).toBeGreaterThan(at(0).lon)
    expect(at(3).lat).toBeLessThan(at(0).lat)
    expect(cells.every((c) => Math.abs(c.areaM2 - 10_000) < 0.1)).toBe(true)
  })

  test('no cell is left a sliver where a neighbour can take it [DUM-08]', () => {
    const { cells } = generateCells({
      communities: [
        {
          code: community,
          outline: outline([
            [
              [0, 0],
              [310, 0],
              [310, 210],
              [0, 210],
            ],
          ]),
        },
      ],
      meridianDeg,
    })
    expect(Math.min(...cells.map((c) => c.areaM2))).toBeGreaterThan(3000)
    expect(cells).toHaveLength(6)
  })

  test('a community with more pieces than numbers asks for a larger side [DUM-08]', () => {
    const order = { communities: [{ code: community, outline: outline([square(0, 0, 3300)]) }], meridianDeg }
    expect(generateCells(order).tooMany).toEqual([{ code: community, cells: 1089 }])
    expect(generateCells({ ...order, sideM: 200 }).tooMany).toEqual([])
  })
})

test('a new cell gets a number that was never given [DUM-08]', () => {
  expect(freeCodes(community, [`${community}001`, `${community}041`, '110101001002998'], 2)).toEqual([
    `${community}042`,
    `${community}043`,
  ])
  expect(freeCodes(community, [`${community}998`], 2)).toBeUndefined()
})
