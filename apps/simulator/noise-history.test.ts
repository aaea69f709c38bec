import { createHj212Stream, type Hj212Message, historyCommand, observations } from '@pentad/hj212'
import { DAY, HOUR, MINUTE } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyCommands, type MonitorWorks, monitorAnswers } from './answers.ts'
import { historyOf } from './noise-history.ts'
import { minuteAt } from './noise-shape.ts'

const site = { seed: 1, mn: 'MN1' }
const now = new Date('2026-05-21T09:30:20+08:00')
const records = historyOf(site, () => now)
const energy = (levels: readonly number[]) =>
  10 * Math.log10(levels.reduce((sum, l) => sum + 10 ** (l / 10), 0) / levels.length)

test('an hour of a simulated monitor is its sixty minutes by their energy, and the hour that still runs is not told [SEN-09]', () => {
  const from = new Date('2026-05-21T05:10:00+08:00')
  const hours = records('2061', from, now)
  expect(hours.map((h) => h.at.toISOString())).toEqual(
    [6, 7, 8].map((h) => new Date(`2026-05-21T0${h}:00:00+08:00`).toISOString()),
  )
  for (const { at, values } of hours) {
    const minutes = Array.from({ length: 60 }, (_, m) => minuteAt(site, new Date(at.getTime() + m * MINUTE)))
    expect(values[0]?.avg).toBeCloseTo(energy(minutes.map((m) => m.leq)), 1)
    expect(values[0]?.max).toBe(Math.max(...minutes.map((m) => m.max)))
    expect(values[0]?.min).toBe(Math.min(...minutes.map((m) => m.min)))
  }
})

test('a day is a legal day of twenty-four hours, with its level by day and by night [SEN-09]', () => {
  const days = records('2031', new Date(now.getTime() - 3 * DAY), now)
  expect(days.map((d) => d.at.toISOString())).toEqual(['2026-05-18T16:00:00.000Z', '2026-05-19T16:00:00.000Z'])
  const [{ at, values } = { at: now, values: [] }] = days
  const hours = records('2061', at, new Date(at.getTime() + DAY))
  expect(hours).toHaveLength(24)
  expect(values.map((v) => v.factor)).toEqual(['Leq', 'Ld', 'Ln'])
  expect(values[0]?.avg).toBeCloseTo(energy(hours.map((h) => h.values[0]?.avg ?? 0)), 0)
  // By day there is work on the site.
  expect(values[1]?.avg).toBeGreaterThan(values[2]?.avg ?? 0)
})

test('whatever is asked for, each record begins in the time asked for and has ended', () => {
  const instant = fc.integer({ min: now.getTime() - 2 * DAY, max: now.getTime() + HOUR }).map((ms) => new Date(ms))
  fc.assert(
    fc.property(fc.constantFrom(...historyCommands), instant, instant, (of, a, b) => {
      const [from, until] = a < b ? [a, b] : [b, a]
      for (const { at } of records(of, from, until)) {
        expect(at >= from && at < until).toBe(true)
        expect(at.getTime() + { '2051': MINUTE, '2061': HOUR, '2031': DAY }[of]).toBeLessThanOrEqual(now.getTime())
      }
    }),
    { numRuns: 60 },
  )
})

test('asked for the history of minutes, hours or days, a simulated monitor gives it under the same word; where it has none it says so [SEN-09] [SEN-29]', () => {
  const works: MonitorWorks = {
    ...{ st: '23', now: () => now, setClock: () => undefined, interval: () => 10, setInterval: () => undefined },
    records,
  }
  const read = (frames: readonly Uint8Array[]): Hj212Message[] =>
    frames.flatMap((f) => createHj212Stream().push(f)).flatMap((r) => (r.ok ? [r.frame.message] : []))
  const asked = (period: 'minute' | 'hour' | 'day', from: Date, until: Date): Hj212Message[] => {
    const to = { mn: 'MN1', qn: '20260521093020000', st: '23', pw: '123456' }
    const [command] = read([historyCommand(to, period, { begin: from, end: until })])
    return command ? read(monitorAnswers(command, works)) : []
  }
  for (const [period, ms, cn] of [
    ['minute', 10 * MINUTE, '2051'],
    ['hour', 5 * HOUR, '2061'],
    ['day', 4 * DAY, '2031'],
  ] as const) {
    const answers = asked(period, new Date(now.getTime() - ms), now)
    expect(answers.map((m) => m.cn).filter((c, i, all) => c !== all[i - 1])).toEqual(['9011', cn, '9012'])
    const told = answers.flatMap((m) => observations(m))
    expect(told.length).toBeGreaterThan(2)
    for (const { avg, flag } of told) expect([typeof avg, flag]).toEqual(['number', 'N'])
  }
  const none = asked('day', new Date(now.getTime() - 90 * DAY), new Date(now.getTime() - 80 * DAY))
  expect(none.map((m) => m.cn)).toEqual(['9011', '9012'])
  expect(none[1]?.cp.find((g) => g.ExeRtn)?.ExeRtn).toBe('100')
})
