import { readFileSync } from 'node:fs'
import { distanceM, type LonLat } from '@pentad/platform/geo'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressFrom, addressQuery, type MapAddress, switched } from './address.ts'
import { breaksFrom, classOf, quantileBreaks } from './breaks.ts'
import { areaM2, circleRing, lengthM, metresPerPixel, scaleBar } from './measure.ts'
import { inShape, ringOf, rounded, type Shape, shapeFrom, shapeKinds, shapeWords } from './shape.ts'
import { layersOn, missingOf, onAtFirst, themedMaps, themeIds } from './themes.ts'

const city = { lon: fc.double({ min: 115, max: 118, noNaN: true }), lat: fc.double({ min: 39, max: 41, noNaN: true }) }
const place = fc.tuple(city.lon, city.lat).map((p) => rounded(p))
const shape: fc.Arbitrary<Shape> = fc.constantFrom(...shapeKinds).chain((kind) => {
  const two = kind === 'box' || kind === 'circle'
  return fc.array(place, { minLength: two ? 2 : 3, maxLength: two ? 2 : 40 }).map((points) => ({ kind, points }))
})
const layer = fc.constantFrom('cases', 'areas', 'cells', 'vehicles', 'ledger-markets')
const address: fc.Arbitrary<MapAddress> = fc
  .record({
    theme: fc.constantFrom(...themeIds),
    on: fc.uniqueArray(layer),
    off: fc.uniqueArray(layer),
    dim: fc.dictionary(layer, fc.integer({ min: 0, max: 99 })),
    only: fc.dictionary(layer, fc.uniqueArray(fc.constantFrom('red', 'yellow', 'online'))),
    measure: fc.constantFrom('open' as const, 'late' as const),
    area: fc.constantFrom('', '110101', '110101001'),
    unit: fc.constantFrom('', 'dc-cgj'),
    view: fc.option(
      fc.record({
        lon: city.lon.map((x) => Number(x.toFixed(5))),
        lat: city.lat.map((x) => Number(x.toFixed(5))),
        zoom: fc.integer({ min: 900, max: 1900 }).map((z) => z / 100),
      }),
    ),
    at: fc.option(fc.integer({ min: 25_000_000, max: 31_000_000 }).map((minutes) => new Date(minutes * 60_000))),
    span: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
    time: fc.boolean(),
    chosen: fc.option(fc.record({ layer, id: fc.constantFrom('0192f0c0-0000-7000-8000-000000000001', '110101001') })),
    here: fc.option(place),
    shape: fc.option(shape),
  })
  .map((a) => ({ ...a, off: a.off.filter((id) => !a.on.includes(id)), time: a.time || a.at !== null }))

test('whatever the map shows is said by its address and read from it again [ONE-12] [INF-14]', () => {
  fc.assert(
    fc.property(address, (a) => {
      const query = addressQuery(a)
      const url = new URL(`http://city/command/map?${new URLSearchParams(query)}`)
      expect(addressFrom(Object.fromEntries(url.searchParams))).toEqual(a)
      expect(addressFrom(query)).toEqual(a)
    }),
  )
})

test('an address that somebody broke still opens a map', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(addressQuery(full))), fc.string()), (query) => {
      const a = addressFrom(query)
      expect(addressFrom(addressQuery(a))).toEqual(a)
    }),
  )
  expect(addressQuery(addressFrom({}))).toEqual({})
})
const full: MapAddress = {
  ...addressFrom({}),
  on: ['cells'],
  off: ['cases'],
  dim: { cells: 40 },
  only: { cases: ['red'] },
  theme: 'analysis',
  measure: 'late',
  area: '11',
  unit: 'u',
  at: new Date('2026-05-21T00:00:00Z'),
  span: 'week',
  chosen: { layer: 'cases', id: 'x' },
  here: [116.4, 39.9],
  shape: {
    kind: 'line',
    points: [
      [116.4, 39.9],
      [116.5, 39.9],
    ],
  },
  view: { lon: 116.4, lat: 39.9, zoom: 12 },
}

test('a drawn shape of forty corners fits into an address', () => {
  const ring = circleRing([116.42, 39.93], 800, 40).slice(0, -1).map(rounded)
  const words = shapeWords({ kind: 'polygon', points: ring })
  expect(words.length).toBeLessThan(300)
  expect(words).toMatch(/^[\w.-]+$/)
  expect(shapeFrom(words)).toEqual({ kind: 'polygon', points: ring })
})

test('each thematic map speaks only of layers that the documents name [ONE-13] [ONE-14] [ONE-15] [ONE-16] [ONE-17] [ONE-18]', () => {
  const doc = readFileSync(new URL('../../../../docs/tiles.md', import.meta.url), 'utf8')
  const known = [...doc.matchAll(/^\| `([a-z][a-z0-9-]*)` *\|/gm)].map((m) => m[1])
  for (const theme of Object.values(themedMaps)) for (const id of theme.on) expect(known, theme.id).toContain(id)
  expect(Object.keys(themedMaps)).toEqual([...themeIds])
})

test('a map without its data says what is missing, and stops saying it when the data come [ONE-15] [ONE-18]', () => {
  const cases = { id: 'cases', maps: ['parties'], count: 3 }
  expect(missingOf('parties', [cases]).map((m) => m.key)).toEqual(['parties'])
  expect(missingOf('parties', [cases, { id: 'ledger-shops', maps: ['parties'], count: 0 }])).toHaveLength(1)
  expect(missingOf('parties', [cases, { id: 'ledger-shops', maps: ['parties'], count: 9 }])).toEqual([])
  expect(onAtFirst('parties', [cases, { id: 'ledger-shops', maps: ['parties'], count: 9 }])).toContain('ledger-shops')
})

test('a layer switched off and on again leaves nothing in the address', () => {
  const layers = [
    { id: 'cases', maps: ['command'], count: 1 },
    { id: 'cells', maps: ['command'], count: 1 },
  ]
  const first = onAtFirst('command', layers)
  const a = addressFrom({})
  const off = { ...a, ...switched(a, 'cases', false, first) }
  expect(layersOn('command', layers, off)).toEqual([])
  const both = { ...off, ...switched(off, 'cells', true, first) }
  expect(layersOn('command', layers, both)).toEqual(['cells'])
  const again = { ...both, ...switched(both, 'cases', true, first) }
  expect({ on: again.on, off: again.off }).toEqual({ on: ['cells'], off: [] })
})

test('every value above nothing falls into exactly one class, and no class is empty [ONE-13]', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 60 }), fc.integer({ min: 2, max: 7 }), (values, classes) => {
      const breaks = quantileBreaks(values, classes)
      expect(breaks.length).toBeLessThanOrEqual(classes)
      const hit = new Set(values.filter((v) => v > 0).map((v) => classOf(breaks, v)))
      expect(hit.has(-1)).toBe(false)
      expect(hit.size).toBe(breaks.length)
      for (const [i, b] of breaks.entries()) expect(b.below).toBe(breaks[i + 1]?.from ?? null)
    }),
  )
  expect(classOf(breaksFrom([1, 5]), 0)).toBe(-1)
})

test('measures are those of the ground: a kilometre square, a circle, a line as the sphere has it [PUB-20]', () => {
  fc.assert(
    fc.property(place, fc.double({ min: 50, max: 3000, noNaN: true }), (centre, radiusM) => {
      const ring = circleRing(centre, radiusM, 256)
      expect(areaM2(ring) / (Math.PI * radiusM ** 2)).toBeCloseTo(1, 3)
      expect(lengthM(ring) / (2 * Math.PI * radiusM)).toBeCloseTo(1, 3)
      expect(inShape(centre, ring)).toBe(true)
      for (const p of ring.slice(0, 5)) expect(lengthM([centre, p])).toBeCloseTo(radiusM, 3)
    }),
  )
  const p: LonLat = [116.4, 39.9]
  const q: LonLat = [116.45, 39.95]
  expect(Math.abs(lengthM([p, q]) / distanceM(p, q) - 1)).toBeLessThan(0.006)
  expect(areaM2([p, q])).toBe(0)
})

test('a circle keeps its radius through its two points, a box its corners', () => {
  const centre: LonLat = [116.4, 39.9]
  const edge: LonLat = [116.41, 39.9]
  const ring = ringOf({ kind: 'circle', points: [centre, edge] })
  expect(lengthM([centre, ring[10] ?? centre])).toBeCloseTo(lengthM([centre, edge]), 2)
  expect(ringOf({ kind: 'box', points: [centre, [116.5, 40]] })).toHaveLength(5)
})

test('the scale bar is a round number of metres and no longer than its room', () => {
  fc.assert(
    fc.property(fc.double({ min: 9, max: 19, noNaN: true }), fc.integer({ min: 60, max: 200 }), (zoom, room) => {
      const { metres, pixels } = scaleBar(metresPerPixel(39.9, zoom), room)
      expect(pixels).toBeLessThanOrEqual(room)
      expect(pixels).toBeGreaterThan(room / 2.6)
      expect(Number(String(metres).replace(/0+$/, ''))).toBeLessThanOrEqual(5)
    }),
  )
})
