import fc from 'fast-check'
import { expect, test } from 'vitest'
import { turnOf } from './motion.ts'

test('a vehicle turns the shorter way round', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 359 }), fc.integer({ min: 0, max: 359 }), (from, to) => {
      const turn = turnOf(from, to)
      expect(Math.abs(turn)).toBeLessThanOrEqual(180)
      expect((((from + turn - to) % 360) + 360) % 360).toBe(0)
    }),
  )
})
