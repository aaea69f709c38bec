import { columnOf, encodeBins, encodeCell, encodeFrame, rectOf, rowOf, type Thing } from '@pentad/platform/picture'
import { expect, test } from 'vitest'
import { glideMs } from './motion.ts'
import { floatsEach, mercatorX, mercatorY, swarm } from './swarm.ts'

const rect = rectOf([116.2, 39.8, 116.6, 40])
const thing = (over: Partial<Thing> = {}): Thing => ({
  ...{ key: 7, lonE6: 116_400_000, latE6: 39_900_000, headingDeg: 0, speedKmh: 30, kind: 1, state: 0 },
  ...over,
})
function frame(here: readonly Thing[], { forget = false, gone = [] as Thing[], view = rect } = {}): ArrayBuffer {
  const cellOf = (t: Thing) => [columnOf(t.lonE6), rowOf(t.latE6)] as const
  const cells = [...new Map([...here, ...gone].map((t) => [cellOf(t).join(), cellOf(t)])).values()]
  const parts = cells.map(([x, y]) =>
    encodeCell(
      'moving',
      x,
      y,
      gone.filter((t) => cellOf(t).join() === [x, y].join()).map((t) => t.key),
      here.filter((t) => cellOf(t).join() === [x, y].join()),
    ),
  )
  const head = { what: 'things' as const, subject: 'moving' as const, forget, binCells: 1, atMs: 0, rect: view }
  return new Uint8Array(encodeFrame(head, parts)).buffer
}
const shown = () => 0

test('a thing glides from where it is to where it was heard, and keeps its slot when it crosses cells [SEN-02] [CMD-28]', () => {
  const cars = swarm(shown)
  const [from, to] = [thing(), thing({ lonE6: 116_410_000 })]
  cars.take(frame([from]), 0)
  cars.take(frame([to], { gone: [from] }), 10_000)
  expect(cars.size()).toBe(1)
  expect(cars.find(7, 10_000)?.lon).toBeCloseTo(116.4, 6)
  expect(cars.find(7, 10_000 + glideMs / 2)?.lon).toBeCloseTo(116.405, 5)
  expect(cars.find(7, 99_999)?.lon).toBeCloseTo(116.41, 6)
  expect([cars.moving(10_100), cars.moving(99_999)]).toEqual([true, false])
})

test('those who want no motion see it where it was last heard', () => {
  const cars = swarm(shown, 0)
  cars.take(frame([thing()]), 0)
  cars.take(frame([thing({ lonE6: 116_401_000 })]), 1000)
  expect(cars.find(7, 1000)?.lon).toBeCloseTo(116.401, 6)
  expect(cars.moving(1000)).toBe(false)
})

test('what left the view, its cell or the city is gone, and the others stay where they were', () => {
  const cars = swarm(shown)
  const many = Array.from({ length: 2000 }, (_, n) => thing({ key: n + 1, lonE6: 116_300_000 + n * 100 }))
  cars.take(frame(many, { forget: true }), 0)
  expect(cars.size()).toBe(2000)
  cars.take(frame([], { gone: many.slice(10, 20) }), 1)
  expect(cars.size()).toBe(1990)
  expect(cars.find(15, 5)).toBeNull()
  expect(cars.find(2000, 5)?.lon).toBeCloseTo(116.4999, 6)
  cars.take(frame([], { view: rectOf([116.2, 39.8, 116.35, 40]) }), 2)
  expect(cars.size()).toBeLessThan(700)
  cars.take(frame([thing({ key: 3 })], { forget: true }), 3)
  expect(cars.size()).toBe(1)
})

test('the card gets places that are right to a decimetre, and a hidden layer takes nothing away', () => {
  const cars = swarm((kind) => (kind === 1 ? 4 : -1))
  cars.take(
    frame([thing({ lonE6: 116_300_000 }), thing({ key: 8, kind: 2, lonE6: 116_499_999, latE6: 39_950_001 })]),
    0,
  )
  const { data } = cars.floats(0)
  const [x, y] = cars.origin()
  expect(data.length).toBe(2 * floatsEach)
  expect(Math.abs((data[floatsEach + 2] ?? 0) + x - mercatorX(116.499999)) * 40e6).toBeLessThan(0.1)
  expect(Math.abs((data[floatsEach + 3] ?? 0) + y - mercatorY(39.950001)) * 40e6).toBeLessThan(0.1)
  expect([data[7], data[floatsEach + 7]]).toEqual([4, -1])
  expect(cars.nearest(116.4999, 39.95, 0.01, 0)).toBeNull()
  cars.signs(() => 1)
  expect(cars.nearest(116.4999, 39.95, 0.01, 0)?.handle).toBe(8)
})

test('where too many are in view they are counted, and no sign is left over', () => {
  const cars = swarm(shown)
  cars.take(frame([thing()]), 0)
  const head = { what: 'counts' as const, subject: 'moving' as const, forget: true, binCells: 4, atMs: 0, rect }
  const [x, y] = [Math.floor(columnOf(116_400_000) / 4), Math.floor(rowOf(39_900_000) / 4)]
  const bins = encodeBins([{ x, y, count: 20_000, midX: 128, midY: 128 }])
  const taken = cars.take(new Uint8Array(encodeFrame(head, [bins])).buffer, 1)
  expect(taken).toMatchObject({ cells: 4, bins: [{ count: 20_000 }] })
  expect(Math.abs((typeof taken === 'object' ? (taken?.bins[0]?.lon ?? 0) : 0) - 116.4)).toBeLessThan(0.033)
  expect(cars.size()).toBe(0)
})
