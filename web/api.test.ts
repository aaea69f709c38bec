import { judgeAlarm } from '@pentad/sensing/contract'
import { afterEach, expect, test, vi } from 'vitest'

vi.stubGlobal('localStorage', { getItem: () => 'zh-CN', setItem: () => undefined })
const { explain, onSignedOut, write } = await import('./api.ts')
const { Refused } = await import('@pentad/platform/client')

const judge = { params: { id: '0192f0c0-0000-7000-8000-000000000001' }, body: { verdict: 'true' as const } }
const keysSent = (spy: ReturnType<typeof vi.fn>): string[] =>
  spy.mock.calls.map(([, init]) => (init as { headers: Record<string, string> }).headers['idempotency-key'] ?? '')
const problem = (status: number, code: string, title: string) => Response.json({ code, title, detail: {} }, { status })

afterEach(() => vi.useRealTimers())

test('a write that gets no answer is sent again under the same key, so that it happens once', async () => {
  vi.useFakeTimers()
  const network = vi
    .fn()
    .mockRejectedValueOnce(new TypeError('offline'))
    .mockRejectedValueOnce(new TypeError('offline'))
  network.mockImplementation(async () => Response.json({}))
  vi.stubGlobal('fetch', network)
  const answer = write(judgeAlarm, judge)
  await vi.runAllTimersAsync()
  await answer
  expect(network).toHaveBeenCalledTimes(3)
  expect(new Set(keysSent(network)).size).toBe(1)
})

test('somebody who tries again after a long break still sends the same act', async () => {
  vi.useFakeTimers()
  const network = vi.fn().mockRejectedValue(new TypeError('offline'))
  vi.stubGlobal('fetch', network)
  const first = write(judgeAlarm, judge).catch((e: unknown) => e)
  await vi.runAllTimersAsync()
  await first
  const [key] = keysSent(network)
  network.mockImplementation(async () => Response.json({}))
  await write(judgeAlarm, judge)
  expect(keysSent(network).at(-1)).toBe(key)
  await write(judgeAlarm, judge)
  expect(keysSent(network).at(-1)).not.toBe(key)
})

test('a refusal is final, in the words of the server, and a lost session is told', async () => {
  const network = vi.fn(async () => problem(401, 'platform/not-signed-in', '请先登录。'))
  vi.stubGlobal('fetch', network)
  const told = vi.fn()
  onSignedOut(told)
  const error = await write(judgeAlarm, judge).catch((e: unknown) => e)
  expect(network).toHaveBeenCalledTimes(1)
  expect(error).toBeInstanceOf(Refused)
  expect(explain(error, (key) => key)).toEqual({
    sentence: '请先登录。',
    code: 'platform/not-signed-in',
    next: 'sign-in',
  })
  expect(told).toHaveBeenCalledOnce()
})
