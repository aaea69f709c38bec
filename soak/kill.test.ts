import { expect, test } from 'vitest'
import { drill } from './drill.ts'

test('the plug is pulled in the middle of work: what was acknowledged is there once, and timers that came due fire once [OPS-05]', {
  timeout: 300_000,
}, async () => {
  const result = await drill(1)
  expect(result.acknowledged).toBeGreaterThan(0)
  expect(result).toMatchObject({ lost: [], twice: [], brokenTrails: [], timersFired: 2 })
})
