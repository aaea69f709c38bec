import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backOff, latencyMeter } from './live.ts'

test('a screen that lost the line comes back within 20 seconds, however often it failed, and never at once', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
      const ms = backOff(tries, chance)
      expect(ms).toBeGreaterThanOrEqual(350)
      expect(ms).toBeLessThanOrEqual(20_000)
    }),
  )
})

test('latency is told against the fastest word seen, so that a wrong clock of the desk does not matter', () => {
  const measure = latencyMeter()
  const said = Date.parse('2026-05-21T00:00:00Z')
  const wrongClock = 3_600_000
  expect(measure(new Date(said).toISOString(), said + wrongClock + 40)).toBe(0)
  expect(measure(new Date(said + 1000).toISOString(), said + 1000 + wrongClock + 440)).toBe(400)
})
