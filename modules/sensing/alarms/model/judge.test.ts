import { MINUTE, SECOND } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type RawReading, rolled } from '../roll.ts'
import { defaultRule } from '../testing.ts'
import {
  type AlarmRule,
  byMinutes,
  judgeMinutes,
  lookBackMinutes,
  type MinuteRow,
  type MinuteRule,
  minutesFrom,
  nothingBefore,
  type Recorded,
  reconcile,
  type Span,
  standingAt,
} from './index.ts'

/** 23:00 in Beijing. */
const night = Date.parse('2026-05-21T15:00:00Z')
const day = Date.parse('2026-05-21T02:00:00Z')
const minuteRule = (rule: AlarmRule): MinuteRule => {
  if (!byMinutes(rule)) throw new Error('not by minutes')
  return rule
}
const leq = minuteRule(defaultRule('noise-leq'))
const nightMax = minuteRule(defaultRule('noise-night-max'))
const rows = (from: number, levels: readonly (number | null)[], over = 2): MinuteRow[] =>
  levels.flatMap((mean, i) =>
    mean === null
      ? []
      : [{ at: from + i * MINUTE, mean, max: mean + over, pair: mean + over, untilAt: from + (i + 1) * MINUTE }],
  )
const seriesOf = (all: readonly MinuteRow[], factor = 'Leq', until = Math.max(...all.map((r) => r.untilAt))) =>
  new Map([[factor, minutesFrom(all, Math.min(...all.map((r) => r.at)), until)]])
const judged = (rule: MinuteRule, all: readonly MinuteRow[]): Span[] =>
  all.length ? judgeMinutes(rule, seriesOf(all, rule.condition.factor), nothingBefore) : []
const after = (from: number, spans: readonly Span[]) =>
  spans.map((s) => [(s.from - from) / MINUTE, s.until === null ? null : (s.until - from) / MINUTE])
const flat = (n: number, level: number): number[] => Array.from({ length: n }, () => level)

test('above 55 dB for twenty minutes at night is one alarm, which clears when it was quiet for ten minutes [SEN-10]', () => {
  const [span, ...others] = judged(leq, rows(night, [...flat(40, 60), ...flat(45, 45)]))
  expect(others).toEqual([])
  expect(span).toMatchObject({ from: night + 15 * MINUTE, limit: 55, standard: 'GB 12523-2025' })
  expect(span?.until).toBeGreaterThanOrEqual(night + 50 * MINUTE)
  expect(judged(nightMax, rows(night, [...flat(40, 60), ...flat(45, 45)]))).toEqual([])
})

test('the same level by day is no alarm, above 70 it is, and by day there is no limit of the maximum [SEN-10]', () => {
  expect(judged(leq, rows(day, flat(30, 69.9), 20))).toEqual([])
  expect(after(day, judged(leq, rows(day, flat(30, 71), 20)))).toEqual([[15, null]])
  expect(judged(nightMax, rows(day, flat(30, 71), 20))).toEqual([])
})

test('a warning comes 3 dB below the limit after five minutes, severe is 10 dB above for ten [SEN-10]', () => {
  expect(after(night, judged(minuteRule(defaultRule('noise-warn')), rows(night, flat(40, 53))))).toEqual([[19, null]])
  expect(judged(leq, rows(night, flat(40, 53)))).toEqual([])
  expect(after(night, judged(minuteRule(defaultRule('noise-severe')), rows(night, flat(40, 66))))).toEqual([[24, null]])
})

test('one loud sample at night is no alarm, two within a minute are, and so is one minute record [SEN-10]', () => {
  const sample = (at: number, value: number): RawReading => ({
    at: new Date(at),
    period: 'rtd',
    factor: 'LA',
    value,
    max: null,
  })
  const of = (...all: RawReading[]) => judged(nightMax, rolled(all, 0))
  expect(of(sample(night, 78), sample(night + 61 * SECOND, 78))).toEqual([])
  expect(of(sample(night, 76), sample(night + 30 * SECOND, 78))).toMatchObject([
    { from: night + MINUTE, peak: 78, limit: 70 },
  ])
  expect(of(sample(night, 70), sample(night + 30 * SECOND, 70))).toEqual([])
  expect(of({ at: new Date(night), period: 'minute', factor: 'Leq', value: 50, max: 74 })).toMatchObject([{ peak: 74 }])
})

test('a level that hovers within 3 dB of the limit does not clear, a silent monitor does not either [SEN-10]', () => {
  expect(after(night, judged(nightMax, rows(night, [75, ...flat(40, 66)])))).toEqual([[1, null]])
  expect(after(night, judged(nightMax, rows(night, [75, ...flat(30, null as never), 50])))).toEqual([[1, null]])
})

test('it is not raised again within thirty minutes of clearing [SEN-10]', () => {
  const levels = [75, ...flat(12, 50), 75, ...flat(32, 50), 75]
  expect(after(night, judged(nightMax, rows(night, levels)))).toEqual([
    [1, 11],
    [47, null],
  ])
})

test('the quiet of the day before does not dilute the night: only night minutes are averaged at night [SEN-10]', () => {
  const tenPm = Date.parse('2026-05-21T14:00:00Z')
  const all = rows(tenPm - 20 * MINUTE, [...flat(20, 40), ...flat(15, 56)])
  expect(after(tenPm, judged(leq, all))).toEqual([[15, null]])
})

test('a window needs three quarters of its minutes [SEN-09]', () => {
  expect(judged(leq, rows(night, flat(14, 60)))).toEqual([])
  expect(judged(leq, rows(night, [...flat(7, 60), null, null, ...flat(8, 60)] as number[]))).toHaveLength(1)
})

test('dust is averaged as numbers over a quarter of an hour, twice in a row, and doubtful when the air is wet [SEN-21]', () => {
  const pm10 = minuteRule(defaultRule('pm10-warn'))
  const dust = rows(day, [...flat(15, 40), ...flat(60, 200)], 0)
  const [span] = judged(pm10, dust)
  // Above 150 once eleven of fifteen minutes are at 200 beside 40, and then for sixteen ends in a row.
  expect(span).toMatchObject({ from: day + (15 + 11 + 15) * MINUTE, limit: 150, doubtful: false })
  const wet = new Map([...seriesOf(dust, 'a34002'), ...seriesOf(rows(day, flat(75, 92), 0), 'a01002')])
  expect(judgeMinutes(pm10, wet, nothingBefore)).toMatchObject([{ doubtful: true }])
})

test('a value that jumps, and minutes that are missing, are findings too [INS-19]', () => {
  const base = defaultRule('noise-leq')
  const rate = minuteRule({
    ...base,
    condition: { kind: 'rate', factor: 'a34002', direction: 'up', by: 80, withinMinutes: 5 },
    clear: { margin: 10, minutes: 5 },
  })
  const jump = rows(day, [...flat(10, 50), ...flat(15, 140)], 0)
  expect(after(day, judgeMinutes(rate, seriesOf(jump, 'a34002'), nothingBefore))).toEqual([[11, 20]])
  const missing = minuteRule(defaultRule('missing-minutes'))
  const gaps = rows(day, [...flat(60, 50), ...flat(40, null as never), ...flat(60, 50)])
  expect(after(day, judged(missing, gaps))[0]?.[0]).toBe(60 + 31)
  expect(judged(missing, gaps)).toMatchObject([{ limit: 50, until: expect.any(Number) }])
})

const levels = fc.array(fc.constantFrom(40, 52, 54, 56, 60, 66, 69, 72, 90, null), { minLength: 1, maxLength: 200 })
const numbers = (some: readonly (number | null)[]) => rows(night, some)

test('alarms lie apart by the cool-down, and no peak is below its limit: it never flaps [SEN-10]', () => {
  fc.assert(
    fc.property(levels, (some) => {
      for (const rule of [leq, nightMax]) {
        const spans = judged(rule, numbers(some))
        spans.forEach((s, i) => {
          expect(s.peak).toBeGreaterThan(s.limit)
          const next = spans[i + 1]
          if (!next) return
          expect(s.until).not.toBeNull()
          expect(next.from - (s.until ?? 0)).toBeGreaterThanOrEqual(rule.coolDownMinutes * MINUTE)
        })
      }
    }),
    { numRuns: 80 },
  )
})

test('what is louder is at least as long an alarm, and so is a lower limit [SEN-10]', () => {
  const openAt = (spans: readonly Span[], t: number) =>
    spans.some((s) => s.from <= t && t < (s.until ?? Number.POSITIVE_INFINITY))
  const eager: MinuteRule = { ...leq, coolDownMinutes: 0 }
  const strict = (over: number): MinuteRule => ({
    ...eager,
    condition: { ...leq.condition, limit: { by: 'construction-noise', over } } as MinuteRule['condition'],
  })
  fc.assert(
    fc.property(levels, fc.integer({ min: 1, max: 12 }), (some, by) => {
      const plain = judged(eager, numbers(some))
      const louder = judged(eager, numbers(some.map((l) => (l === null ? null : l + by))))
      const lower = judged(strict(-by), numbers(some))
      for (let m = 0; m <= some.length; m++) {
        const t = night + m * MINUTE
        if (!openAt(plain, t)) continue
        expect(openAt(louder, t)).toBe(true)
        expect(openAt(lower, t)).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

/** The record of a judge that is given the minutes batch by batch, as they come. */
function byBatches(rule: MinuteRule, batches: readonly (readonly MinuteRow[])[]): Recorded[] {
  const known = new Map<number, MinuteRow>()
  let record: Recorded[] = []
  let ids = 0
  for (const batch of batches) {
    for (const row of batch) if (!known.has(row.at)) known.set(row.at, row)
    const all = [...known.values()]
    if (!batch.length) continue
    const from = Math.min(...batch.map((r) => r.at))
    const until = Math.max(...all.map((r) => r.untilAt))
    const minutes = minutesFrom(all, from - lookBackMinutes(rule) * MINUTE, until)
    const spans = judgeMinutes(rule, new Map([['Leq', minutes]]), standingAt(record, from), { after: from })
    const touched = record.filter((r) => r.from > from || r.until === null || r.until > from)
    for (const act of reconcile(touched, spans)) {
      if (act.act === 'raise') record.push({ ...act.span, id: `${ids++}` })
      else if (act.act === 'withdraw') record = record.filter((r) => r.id !== act.id)
      else record = record.map((r) => (r.id === act.id ? { ...act.span, id: r.id } : r))
    }
  }
  return record.sort((a, b) => a.from - b.from)
}

test('late, doubled and disordered minutes end in the same alarms as the whole at once [SEN-29] [SEN-10]', () => {
  const cases = fc.tuple(levels, fc.array(fc.nat(7), { maxLength: 200 }), fc.array(fc.boolean(), { maxLength: 200 }))
  fc.assert(
    fc.property(cases, ([some, order, twice]) => {
      const all = numbers(some)
      const batches: MinuteRow[][] = Array.from({ length: 8 }, () => [])
      for (const [i, row] of all.entries()) {
        batches[order[i] ?? 0]?.push(row)
        if (twice[i]) batches[7]?.push(row)
      }
      for (const rule of [leq, nightMax]) {
        const bare = (spans: readonly Span[]) => spans.map(({ from, until }) => [from, until])
        expect(bare(byBatches(rule, batches))).toEqual(bare(judged(rule, all)))
      }
    }),
    { numRuns: 150 },
  )
})
