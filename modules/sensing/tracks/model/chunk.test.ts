import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeChunk,
  encodeChunk,
  type Fix,
  fixQualities,
  merged,
  qualityBits,
  qualityNames,
  slotMs,
  slotOf,
} from './index.ts'

const slotStart = slotOf(Date.UTC(2026, 10, 22, 8))
const fix = (wholeSeconds: boolean): fc.Arbitrary<Fix> =>
  fc.record({
    atMs: fc
      .integer({ min: 0, max: slotMs - 1 })
      .map((t) => slotStart + (wholeSeconds ? Math.floor(t / 1000) * 1000 : t)),
    lonE6: fc.integer({ min: -180_000_000, max: 180_000_000 }),
    latE6: fc.integer({ min: -214_000_000, max: 214_000_000 }),
    speedDkmh: fc.option(fc.integer({ min: 0, max: 30_000 })),
    headingDeg: fc.option(fc.integer({ min: 0, max: 359 })),
    alarmBits: fc.integer({ min: 0, max: 0xffff_ffff }),
    statusBits: fc.integer({ min: 0, max: 0xffff_ffff }),
    quality: fc.integer({ min: 0, max: (1 << fixQualities.length) - 1 }),
  })
const fixes = fc.boolean().chain((whole) => fc.array(fix(whole), { maxLength: 60 }).map((all) => merged([], all)))

test('ten minutes of a device come back from their row as they were put in, whatever they say [SEN-29]', () => {
  fc.assert(
    fc.property(fixes, (all) => {
      expect(decodeChunk(slotStart, encodeChunk(slotStart, all))).toEqual(all)
    }),
  )
})

test('a vehicle that reports every ten seconds takes at most nine bytes a fix [SEN-29]', () => {
  const drive = Array.from({ length: 60 }, (_, n): Fix => {
    const turn = Math.sin(n / 5)
    return {
      atMs: slotStart + n * 10_000,
      lonE6: 116_400_000 + Math.round(n * 900 + 400 * turn),
      latE6: 39_900_000 + Math.round(n * 500 - 300 * turn),
      speedDkmh: Math.round(380 + 90 * turn),
      headingDeg: Math.round(60 + 50 * turn),
      alarmBits: 0,
      statusBits: 0x4_0003,
      quality: 0,
    }
  })
  expect(encodeChunk(slotStart, drive).length / drive.length).toBeLessThan(9)
})

test('a row that was damaged is refused, never read as something else without end', () => {
  fc.assert(
    fc.property(fixes, fc.nat(), fc.integer({ min: 0, max: 255 }), (all, at, byte) => {
      const chunk = encodeChunk(slotStart, all)
      chunk[at % chunk.length] = byte
      try {
        decodeChunk(slotStart, chunk)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})

test('fixes that are sent again change nothing, in whatever order they come [SEN-02]', () => {
  fc.assert(
    fc.property(fixes, fc.array(fc.nat(), { maxLength: 20 }), (all, again) => {
      const more = again.flatMap((n) => all[n % Math.max(1, all.length)] ?? [])
      expect(merged(all, more)).toEqual(all)
      expect(merged([], [...more, ...[...all].reverse()])).toEqual(all)
    }),
  )
})

test('what is held against a fix keeps its name', () => {
  for (const name of fixQualities) expect(qualityNames(qualityBits([name]))).toEqual([name])
})
