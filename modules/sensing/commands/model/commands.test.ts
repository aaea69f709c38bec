import { MINUTE, SECOND } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { protocols } from '../../model.ts'
import { talkOf } from '../talk.ts'
import { clockOff, clockSeen, defaultClockRule } from './clock.ts'
import { gapsIn } from './gaps.ts'
import { commandsOf, faultOf, mayRepeat, patienceOf } from './kinds.ts'
import { leftAloneMs, settled } from './states.ts'

const now = new Date('2026-05-21T12:00:00Z')
const seen = (...offsets: number[]) => offsets.reduce(clockSeen, { offsetsMs: [] })

test('a clock is off when several messages agree on it; a backlog that is sent again shows nothing [SEN-29]', () => {
  expect(clockOff(seen(60_000, 60_200, 59_900), defaultClockRule)).toBe(59_900)
  expect(clockOff(seen(-90_000, -90_400, -90_100), defaultClockRule)).toBe(-90_000)
  expect(clockOff(seen(60_000, 60_000), defaultClockRule)).toBeNull()
  expect(clockOff(seen(-600_000, -540_000, -480_000), defaultClockRule)).toBeNull()
  expect(clockOff(seen(60_000, 60_000, 60_000, 2000, 2000, 2000), defaultClockRule)).toBeNull()
  expect(clockOff(seen(29_000, 29_500, 29_900), defaultClockRule)).toBeNull()
})

test('gaps are exactly the stretches longer than asked for between records, and lie between them [SEN-09]', () => {
  const minute = (m: number) => now.getTime() + m * MINUTE
  expect(gapsIn([0, 1, 2, 30, 31, 32].map(minute), 10)).toEqual([{ from: minute(3), until: minute(30) }])
  // Every quarter of an hour is no gap for one who sends every quarter of an hour.
  expect(gapsIn([0, 15, 30, 45, 120, 135].map(minute), 10)).toEqual([{ from: minute(60), until: minute(120) }])
  expect(gapsIn([minute(5)], 10)).toEqual([])
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 2000 }), { minLength: 2 }),
      fc.integer({ min: 1, max: 60 }),
      (at, n) => {
        const times = at.map(minute)
        const gaps = gapsIn(times, n)
        for (const { from, until } of gaps) {
          expect(until - from).toBeGreaterThan(0)
          expect(times).toContain(until)
          // Nothing is asked for that is there already.
          expect(times.filter((t) => t >= from && t < until)).toEqual([])
        }
        expect(gapsIn([...times].reverse().concat(times), n)).toEqual(gaps)
        for (const [i, gap] of gaps.entries()) expect(gap.from).toBeGreaterThanOrEqual(gaps[i - 1]?.until ?? 0)
      },
    ),
  )
})

test('what was said and not answered is said again where that does no harm, and is never called unsaid [SEN-29]', () => {
  const of = { expiresAt: new Date(now.getTime() + MINUTE), dueAt: new Date(now.getTime() - MINUTE), accepted: false }
  const how = { now, mostTries: 3, repeatable: true }
  expect(settled({ ...of, state: 'sent', tries: 1 }, how)).toBe('queue')
  expect(settled({ ...of, state: 'sent', tries: 3 }, how)).toBe('no-answer')
  expect(settled({ ...of, state: 'sent', tries: 1 }, { ...how, repeatable: mayRepeat('text') })).toBe('no-answer')
  expect(settled({ ...of, state: 'queued', tries: 0, expiresAt: now }, how)).toBe('expire')
  // It was on the wire once: nobody knows what the device did.
  expect(settled({ ...of, state: 'queued', tries: 1, expiresAt: now }, how)).toBe('no-answer')
  // A gateway that is alive has time to look after its own.
  expect(settled({ ...of, state: 'sent', tries: 1, dueAt: new Date(now.getTime() - leftAloneMs + 1) }, how)).toBe(
    'wait',
  )
  fc.assert(
    fc.property(fc.constantFrom('answered', 'refused', 'failed', 'expired', 'cancelled'), fc.nat(5), (state, tries) => {
      expect(settled({ ...of, state, tries }, how)).toBe('wait')
    }),
  )
})

test('each protocol takes its own commands; OsmAnd has no way down and says so [SEN-31]', () => {
  for (const protocol of protocols) {
    const fault = faultOf(protocol, { kind: 'ask-position' }, now)
    const expected = commandsOf[protocol].length === 0 ? 'sensing/no-way-down' : 'sensing/not-a-command'
    expect(fault?.code ?? null).toBe(commandsOf[protocol].includes('ask-position') ? null : expected)
  }
  expect(faultOf('osmand', { kind: 'ask-position' }, now)?.code).toBe('sensing/no-way-down')
  const history = (from: string, until: string) =>
    faultOf('hj212', { kind: 'ask-history', period: 'minute', from, until }, now)?.code ?? null
  expect(history('2026-05-21T00:00:00Z', '2026-05-21T06:00:00Z')).toBeNull()
  expect(history('2026-05-21T06:00:00Z', '2026-05-21T00:00:00Z')).toBe('sensing/history-span')
  expect(history('2026-05-01T00:00:00Z', '2026-05-21T00:00:00Z')).toBe('sensing/history-span')
  const every = (protocol: 'hj212' | 'jt808', series: 'realtime' | 'minute', seconds: number) =>
    faultOf(protocol, { kind: 'set-interval', series, seconds }, now)?.code ?? null
  expect(every('hj212', 'realtime', 10)).toBe('sensing/interval-range')
  expect(every('hj212', 'minute', 420)).toBe('sensing/interval-minutes')
  expect(every('hj212', 'minute', 600)).toBeNull()
  expect(every('jt808', 'realtime', 10)).toBeNull()
  expect(every('jt808', 'minute', 600)).toBe('sensing/no-minute-series')
})

test('HJ 212 waits ten seconds three times; JT/T 808 waits longer each time by its own rule [SEN-29]', () => {
  expect([1, 2, 3].map((n) => patienceOf.hj212?.waitMs(n))).toEqual([10 * SECOND, 10 * SECOND, 10 * SECOND])
  const waits = [1, 2, 3].map((n) => patienceOf.jt808?.waitMs(n) ?? 0)
  for (const [i, ms] of waits.entries()) if (i > 0) expect(ms).toBe((waits[i - 1] ?? 0) * (i + 1))
})

test('what a profile does not say, or says in another kind, is as usual', () => {
  const usual = talkOf({})
  expect(usual).toEqual({ version: null, boundSeconds: 30, everyHours: 6, gapMinutes: 10 })
  expect(talkOf({ talk: 'x' })).toEqual(usual)
  expect(talkOf({ talk: { version: 2099, clockBoundSeconds: '5', clockEveryHours: 0, gapMinutes: -1 } })).toEqual(usual)
  expect(talkOf({ talk: { version: 2025, clockBoundSeconds: 0, gapMinutes: 0 } })).toMatchObject({
    version: 2025,
    boundSeconds: 0,
    gapMinutes: 0,
  })
})
