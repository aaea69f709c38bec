import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deviceKinds, standingKinds, stateOf, troubles } from '../model.ts'
import { type Healthy, healthOf } from './health.ts'
import { troublesOf } from './trouble.ts'

const now = new Date('2026-03-02T02:00:00Z')
const device = fc.record({
  id: fc.uuid(),
  kind: fc.constantFrom(...deviceKinds),
  areaCode: fc.constantFrom(null, '110101001001001', '110101001001002', '110101001002001', '110101001'),
  lastHeard: fc.constantFrom(null, now, new Date(now.getTime() - 90 * 86_400_000)),
  trouble: fc.constantFrom(null, ...troubles),
  bearer: fc.constantFrom(null, { kind: 'person' as const, personId: 'a', name: 'A' }),
})
const network = fc.uniqueArray(device, { selector: (d) => d.id, maxLength: 40 })

test('every device is counted once, in one state of its kind [SEN-32]', () => {
  fc.assert(
    fc.property(network, (devices) => {
      const { kinds, silences } = healthOf(devices, now)
      expect(kinds.reduce((sum, k) => sum + k.all, 0)).toBe(devices.length)
      for (const k of kinds) expect(Object.values(k.counts).reduce((a, b) => a + b)).toBe(k.all)
      expect(silences.length).toBe(devices.length - kinds.reduce((sum, k) => sum + k.counts.online, 0))
    }),
  )
})

test('a cell is unwatched only where no device of the kind speaks there; one more that speaks never makes it worse [SEN-32]', () => {
  fc.assert(
    fc.property(network, device, (devices, more) => {
      const before = healthOf<Healthy>(devices, now)
      for (const s of before.silences.filter((x) => x.cellUnwatched)) {
        expect(standingKinds).toContain(s.device.kind)
        const speaks = devices.some(
          (d) =>
            d.kind === s.device.kind &&
            d.areaCode === s.device.areaCode &&
            stateOf(d.kind, d.lastHeard, now, d.trouble) === 'online',
        )
        expect(speaks).toBe(false)
      }
      const after = healthOf<Healthy>([...devices, { ...more, id: 'more', lastHeard: now, trouble: null }], now)
      expect(after.cellsUnwatched).toBeLessThanOrEqual(before.cellsUnwatched)
      expect(after.personsUnreached).toBeLessThanOrEqual(before.personsUnreached)
    }),
  )
})

test('the newest value decides what is held against a device, in whatever order values come [SEN-31]', () => {
  const row = fc.record({
    deviceId: fc.constantFrom('a', 'b'),
    observedAt: fc.integer({ min: 0, max: 5 }).map((n) => new Date(n * 1000)),
    flag: fc.constantFrom(null, 'N', 'D', 'T'),
    quality: fc.constantFrom([], ['clock-ahead'], ['out-of-range']),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
      const found = troublesOf(rows)
      expect(troublesOf([...rows].reverse())).toEqual(found)
      for (const [id, trouble] of found) {
        const mine = rows.filter((r) => r.deviceId === id)
        const last = Math.max(...mine.map((r) => r.observedAt.getTime()))
        const good = mine
          .filter((r) => r.observedAt.getTime() === last)
          .every((r) => (r.flag ?? 'N') === 'N' && r.quality.length === 0)
        expect(trouble === null).toBe(good)
      }
    }),
  )
})
