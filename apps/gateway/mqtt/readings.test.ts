import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantOf, readingsIn } from './readings.ts'

const now = new Date('2026-03-02T02:00:00Z')
const bytes = (said: unknown) => new TextEncoder().encode(JSON.stringify(said))
const factor = fc
  .stringMatching(/^[a-z][a-z0-9-]{1,12}$/)
  .filter(
    (k) =>
      ![
        'time',
        'at',
        'lon',
        'lat',
        'lng',
        'speed',
        'course',
        'heading',
        'bearing',
        'altitude',
        'accuracy',
        'timestamp',
        'longitude',
        'latitude',
      ].includes(k),
  )

test('every number that a device says is one value of its factor at its time [SEN-25]', () => {
  fc.assert(
    fc.property(
      fc.dictionary(factor, fc.double({ noNaN: true, noDefaultInfinity: true }), { minKeys: 1, maxKeys: 20 }),
      fc.integer({ min: 1_000_000_000, max: 3_000_000_000 }),
      (values, t) => {
        const read = readingsIn(bytes({ t, ...values }), now)
        if (typeof read === 'string') throw new Error(read)
        const found = Object.fromEntries(read.readings.map((r) => [r.factor, r.value]))
        expect(found).toEqual(JSON.parse(JSON.stringify(values)))
        expect(read.readings.every((r) => r.at.getTime() === t * 1000 && r.timed)).toBe(true)
      },
    ),
  )
})

test('whatever bytes come, they are read or named by a code, and nothing is thrown [SEN-29]', () => {
  const said = fc.oneof(
    fc.uint8Array(),
    fc.json().map((s) => new TextEncoder().encode(s)),
    fc.jsonValue().map(bytes),
  )
  fc.assert(
    fc.property(said, (payload) => {
      const read = readingsIn(payload, now)
      if (typeof read === 'string') expect(read).toMatch(/^mqtt\/[a-z-]+$/)
      else for (const r of read.readings) expect(Number.isNaN(r.at.getTime())).toBe(false)
    }),
    { numRuns: 2000 },
  )
})

test('seconds, milliseconds, ISO times, and those of Beijing without a zone are one instant [SEN-11]', () => {
  const at = new Date('2026-03-02T02:00:00Z')
  for (const said of [
    at.getTime(),
    at.getTime() / 1000,
    String(at.getTime()),
    '2026-03-02T02:00:00Z',
    '2026-03-02T10:00:00+08:00',
    '2026-03-02T10:00:00',
  ])
    expect(instantOf(said)).toEqual(at)
  for (const said of ['', 'soon', {}, null, 12, '1970-01-01T00:00:00Z']) expect(instantOf(said)).toBeUndefined()
})
