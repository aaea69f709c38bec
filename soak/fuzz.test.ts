import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hj212Property, jt808Property, nothing } from './fuzzing.ts'

test.each([
  ['HJ 212', hj212Property],
  ['JT/T 808', jt808Property],
] as const)(
  '%s: whatever the line does to a stream, it is read on from the next good frame [SEN-29]',
  (_, property) => {
    const count = nothing()
    fc.assert(property(count), { numRuns: 400 })
    expect(count.streams).toBeGreaterThanOrEqual(400)
    expect(count.frames).toBeGreaterThan(400)
    expect(count.refused).toBeGreaterThan(0)
  },
)
