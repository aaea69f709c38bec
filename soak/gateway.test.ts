import { expect, test } from 'vitest'
import { campaign, isRight } from './campaign.ts'

test('gateway and engine are killed under load: what devices were answered for is in the store once [SEN-29] [SEN-02] [SEN-09]', {
  timeout: 300_000,
}, async () => {
  const result = await campaign({
    rounds: 2,
    sizes: { monitors: 10, vehicles: 20, phones: 4, sensors: 8 },
    seed: 7,
    victimOf: (round) => (round === 0 ? 'gateway' : 'engine'),
  })
  expect(result.before.acknowledged).toBeGreaterThan(50)
  expect(result.before).toMatchObject({ lost: [], twice: [], changed: [] })
  expect(result.afterPacking).toMatchObject({ lost: [], twice: [], changed: [] })
  expect(isRight(result)).toBe(true)
})
