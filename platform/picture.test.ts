import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Bin,
  binCellsOf,
  cellE6,
  columnOf,
  encodeBins,
  encodeCell,
  encodeFrame,
  type Head,
  type Key,
  readFrame,
  rectOf,
  rowOf,
  type Subject,
  subjects,
  type Thing,
} from './picture.ts'

const u16 = fc.integer({ min: 0, max: 65_535 })
const rect = fc.record({ west: u16, south: u16, east: u16, north: u16 })
const keyOf = (subject: Subject): fc.Arbitrary<Key> =>
  subject === 'moving' ? fc.integer({ min: 0, max: 2 ** 32 - 1 }) : fc.uuid()
const cellOf = (subject: Subject) =>
  fc.tuple(fc.integer({ min: 0, max: 43_944 }), fc.integer({ min: 0, max: 21_971 })).chain(([x, y]) =>
    fc.record({
      x: fc.constant(x),
      y: fc.constant(y),
      gone: fc.option(fc.uniqueArray(keyOf(subject), { maxLength: 5 })),
      here: fc.array(
        fc.record({
          key: keyOf(subject),
          lonE6: fc.integer({ min: 0, max: cellE6 - 1 }).map((n) => n + x * cellE6 - 180e6),
          latE6: fc.integer({ min: 0, max: cellE6 - 1 }).map((n) => n + y * cellE6 - 90e6),
          headingDeg: fc.option(fc.integer({ min: 0, max: 179 }).map((n) => n * 2)),
          speedKmh: fc.option(fc.integer({ min: 0, max: 254 })),
          kind: fc.integer({ min: 0, max: 31 }),
          state: fc.integer({ min: 0, max: 255 }),
        }),
        { maxLength: 8 },
      ),
    }),
  )

const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

test('what is told of things is read as it was told, to the millionth of a degree [CMD-28]', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...subjects).chain((subject) =>
        fc.record({
          head: fc.record({
            what: fc.constant('things' as const),
            subject: fc.constant(subject),
            forget: fc.boolean(),
            binCells: fc.constant(1),
            atMs: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
            rect,
          }),
          cells: fc.array(cellOf(subject), { maxLength: 4 }),
        }),
      ),
      ({ head, cells }) => {
        const frame = encodeFrame(
          head,
          cells.map((c) => encodeCell(head.subject, c.x, c.y, c.gone, c.here)),
        )
        const read: { head?: Head; told: unknown[] } = { told: [] }
        const good = readFrame(arrayBuffer(frame), {
          begin: (h) => {
            read.head = h
          },
          cellGone: (x, y) => read.told.push([x, y, null]),
          gone: (key, x, y) => read.told.push([x, y, key]),
          here: (key, lonE6, latE6, headingDeg, speedKmh, kind, state) =>
            read.told.push({ key, lonE6, latE6, headingDeg, speedKmh, kind, state }),
        })
        expect(good).toBe(true)
        expect(read.head).toEqual(head)
        expect(read.told).toEqual(
          cells.flatMap((c) => [...(c.gone ?? [null]).map((k) => [c.x, c.y, k]), ...c.here] as unknown[]),
        )
      },
    ),
  )
})

test('counts are read as they were told', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  const bin = fc.record<Bin>({
    x: u16,
    y: u16,
    count: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    midX: byte,
    midY: byte,
  })
  fc.assert(
    fc.property(fc.array(bin), rect, fc.integer({ min: 0, max: 12 }), (bins, where, n) => {
      const head: Head = { what: 'counts', subject: 'moving', forget: true, binCells: 2 ** n, atMs: 0, rect: where }
      const read: Bin[] = []
      let said: Head | undefined
      readFrame(arrayBuffer(encodeFrame(head, [encodeBins(bins)])), {
        begin: (h) => {
          said = h
        },
        bin: (b) => read.push(b),
      })
      expect(said).toEqual(head)
      expect(read).toEqual(bins)
    }),
  )
})

test('more in a cell than its number can say is told in parts, and nothing is lost', () => {
  const here: Thing[] = Array.from({ length: 70_000 }, (_, key) => ({
    ...{ key, lonE6: 116_400_000, latE6: 39_900_000, headingDeg: null, speedKmh: null, kind: 1, state: 0 },
  }))
  const head: Head = {
    ...{ what: 'things', subject: 'moving', forget: true, binCells: 1, atMs: 1 },
    rect: rectOf([116, 39, 117, 40]),
  }
  const frame = encodeFrame(head, [encodeCell('moving', columnOf(116_400_000), rowOf(39_900_000), null, here)])
  const seen = new Set<Key>()
  let emptied = 0
  readFrame(arrayBuffer(frame), {
    begin: () => undefined,
    cellGone: () => emptied++,
    here: (key) => seen.add(key),
  })
  expect([seen.size, emptied]).toEqual([70_000, 1])
})

test('a frame of another version is none, and a view holds some bins across however wide it is', () => {
  expect(readFrame(new Uint8Array([1, 1, 0, 0]).buffer, { begin: () => undefined })).toBe(false)
  expect(readFrame(new Uint8Array(20).buffer, { begin: () => undefined })).toBe(false)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000 }), (across) => {
      const bins = Math.ceil((across + 1) / binCellsOf({ west: 0, south: 0, east: across, north: 0 }))
      expect(bins).toBeLessThanOrEqual(14)
      if (across >= 14) expect(bins).toBeGreaterThan(6)
    }),
  )
})
