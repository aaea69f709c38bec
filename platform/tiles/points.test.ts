import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sight } from '../rights.ts'
import { tileIn } from '../testing/tiles.ts'
import { cutPoints } from './cut-points.ts'
import { Mask } from './mask.ts'
import { boxOf, lonAt, type TileAt, tileWorld, worldX, worldY } from './mercator.ts'
import { mvtOf } from './mvt.ts'
import { type PointRow, PointStore } from './points.ts'

const states = ['rest', 'yellow', 'red']
const areas = ['110101001', '110101002', '110102001', null]
const units = ['u1', 'u2', null]
const row = fc.record({
  key: fc.integer({ min: 0, max: 60 }).map((n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  lon: fc.double({ min: 116.3, max: 116.5, noNaN: true }),
  lat: fc.double({ min: 39.8, max: 40, noNaN: true }),
  areaCode: fc.constantFrom(...areas),
  unitId: fc.constantFrom(...units),
  state: fc.constantFrom(...states, 'rest>yellow>red'),
  turn1: fc.integer({ min: 0, max: 200 }),
  turn2: fc.integer({ min: 0, max: 400 }),
  values: fc.tuple(fc.constantFrom('0111', '0301', null), fc.option(fc.integer({ min: -5, max: 300 }))),
})
const change = fc.oneof(
  { weight: 5, arbitrary: row.map((r) => ({ put: r })) },
  { weight: 2, arbitrary: row.map((r) => ({ remove: r.key })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 120 }).map((seconds) => ({ seconds })) },
)
const sight = fc.record({
  areas: fc.subarray(['110101', '110101002', '110102']),
  units: fc.subarray(['u1', 'u2']),
  actorId: fc.constant(''),
})
const spec = {
  keys: 'uuid',
  states,
  columns: [
    { name: 'class', type: 'word' },
    { name: 'reports', type: 'number' },
  ],
} as const

const seen = ({ areas, units }: Sight, r: PointRow): boolean =>
  areas.some((a) => r.areaCode?.startsWith(a) ?? false) || (r.unitId !== null && units.includes(r.unitId))
const stateOf = ({ state, turn1, turn2 }: PointRow, now: number): string => {
  const [first = '', second = first, third = second] = state.split('>')
  return turn2 && now >= turn2 ? third : turn1 && now >= turn1 ? second : first
}
const tileOf = (z: number): TileAt => ({ z, x: worldX(116.4) >> (30 - z), y: worldY(39.9) >> (30 - z) })

test('whatever is put, moved, taken away and turned by the clock, a tile shows what stands there and the caller may see', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), sight, fc.constantFrom(9, 12, 14, 15), (changes, who, z) => {
      const store = new PointStore(spec)
      store.loaded()
      const rows = new Map<string, PointRow>()
      let now = 0
      const mask = new Mask(who)
      for (const c of changes) {
        if ('put' in c) {
          store.put(c.put, now)
          rows.set(c.put.key, c.put)
        } else if ('remove' in c) {
          expect(store.remove(c.remove)).toBe(rows.delete(c.remove))
        } else {
          now += c.seconds
          store.advance(now)
        }
      }
      store.advance(now)
      const at = tileOf(z)
      const size = tileWorld(z)
      const inside = [...rows.values()].filter(
        (r) => seen(who, r) && Math.floor(worldX(r.lon) / size) === at.x && Math.floor(worldY(r.lat) / size) === at.y,
      )
      const drawn = tileIn(mvtOf([cutPoints(store, { name: 'l', at, mask, only: -1 })])).l ?? []
      const expected = inside.map((r) => ({
        id: r.key,
        state: stateOf(r, now),
        ...(r.values[0] === null ? {} : { class: r.values[0] }),
        ...(r.values[1] === null ? {} : { reports: r.values[1] }),
      }))
      const byId = (a: { id?: unknown }, b: { id?: unknown }) => String(a.id).localeCompare(String(b.id))
      expect(drawn.map((f) => f.properties).sort(byId)).toEqual(expected.sort(byId))
      // The counts say the same as the things.
      const all = [...rows.values()].filter((r) => seen(who, r))
      expect(store.totals(mask)).toEqual({
        count: all.length,
        byState: states.map((s) => all.filter((r) => stateOf(r, now) === s).length),
      })
      const byDistrict = store.countsByPrefix(mask, 6)
      for (const code of ['110101', '110102'])
        expect(byDistrict.of(code)?.[0] ?? 0).toBe(all.filter((r) => r.areaCode?.startsWith(code)).length)
    }),
    { numRuns: 150 },
  )
})

const many = (n: number): PointStore => {
  const store = new PointStore(spec)
  for (let i = 0; i < n; i++)
    store.put(
      {
        key: `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`,
        lon: 116.39 + ((i * 7919) % 1000) / 40_000,
        lat: 39.89 + ((i * 104_729) % 997) / 40_000,
        areaCode: i % 3 === 0 ? '110101001' : '110102001',
        unitId: null,
        state: i % 100 === 0 ? 'red' : 'rest',
        turn1: 0,
        turn2: 0,
        values: ['0111', 1],
      },
      0,
    )
  store.loaded()
  return store
}

test('below zoom 14 the counts of all tiles are all things that the caller sees, and no more', () => {
  const store = many(10_000)
  const mask = new Mask({ areas: ['110101'], units: [], actorId: '' })
  for (const z of [8, 11, 13]) {
    const { x, y } = tileOf(z)
    let count = 0
    let red = 0
    for (let dx = -2; dx <= 2; dx++)
      for (let dy = -2; dy <= 2; dy++)
        for (const { properties: p } of tileIn(
          mvtOf([cutPoints(store, { name: 'l', at: { z, x: x + dx, y: y + dy }, mask, only: -1 })]),
        ).l ?? []) {
          count += Number(p.count ?? 1)
          red += Number(p.red ?? (p.state === 'red' ? 1 : 0))
        }
    expect({ z, count, red }).toEqual({ z, count: 3334, red: 34 })
  }
})

test('a crowd from zoom 14 on shows the worst of each square and how many stand behind it', () => {
  const store = many(10_000)
  const mask = new Mask(null)
  let shown = 0
  let behind = 0
  const { x, y } = tileOf(14)
  for (let dx = -2; dx <= 2; dx++)
    for (let dy = -2; dy <= 2; dy++) {
      const features =
        tileIn(mvtOf([cutPoints(store, { name: 'l', at: { z: 14, x: x + dx, y: y + dy }, mask, only: -1 })])).l ?? []
      expect(features.length).toBeLessThanOrEqual(1500)
      shown += features.length
      behind += features.reduce((sum, f) => sum + Number(f.properties.more ?? 0), 0)
    }
  expect(shown + behind).toBe(10_000)
  expect(behind).toBeGreaterThan(0)
})

test('only tiles above a change are touched by it', () => {
  const store = many(100)
  const here = tileOf(14)
  expect(store.touchedAt(here)).toBe(0)
  const box = boxOf(here)
  const put = { ...moved, lon: box[0] + 0.001, lat: box[1] + 0.001 }
  store.put(put, 0)
  expect(store.touchedAt(here)).toBe(store.version)
  expect(store.touchedAt({ z: 3, x: here.x >> 11, y: here.y >> 11 })).toBe(store.version)
  expect(store.touchedAt({ ...here, x: here.x + 5 })).toBe(0)
  const version = store.version
  expect(store.put(put, 0)).toBe(false)
  expect(store.version).toBe(version)
})
const moved: PointRow = {
  key: '00000000-0000-7000-8000-00000000ffff',
  lon: 0,
  lat: 0,
  areaCode: null,
  unitId: null,
  state: 'red',
  turn1: 0,
  turn2: 0,
  values: [null, null],
}

test('a place keeps within 8 cm through world units and back', () => {
  fc.assert(
    fc.property(fc.double({ min: -179, max: 179, noNaN: true }), (lon) => {
      expect(Math.abs(lonAt(worldX(lon)) - lon) * 111_320).toBeLessThan(0.08)
    }),
  )
})
