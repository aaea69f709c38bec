import { MINUTE } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fenceOf } from '../../tracks/model/index.ts'
import { defaultRule } from '../testing.ts'
import {
  combined,
  type Fence,
  type FenceStanding,
  type Fix,
  followFence,
  type Interval,
  inScope,
  mustMute,
  ruleFault,
  silences,
  union,
  wilson,
} from './index.ts'

const place = fenceOf('f', {
  coordinates: [
    [
      [116, 39],
      [117, 39],
      [117, 40],
      [116, 40],
      [116, 39],
    ],
  ],
})
const fence = (of: Partial<Fence> = {}): Fence => ({
  kind: 'fence',
  act: 'enter',
  fenceId: 'f',
  dwellMinutes: 0,
  overKmh: null,
  ...of,
})
const fix = (minute: number, inside: boolean, speedKmh = 20): Fix => ({
  deviceId: 'v',
  at: minute * MINUTE,
  lon: inside ? 116.5 : 118,
  lat: 39.5,
  speedKmh,
})
function followed(f: Fence, fixes: readonly Fix[], clearMinutes = 2) {
  let standing: FenceStanding | undefined
  return fixes.flatMap((x) => {
    const seen = followFence(f, place, clearMinutes, standing, x)
    if (!seen) return []
    standing = seen.standing
    return [{ minute: x.at / MINUTE, wrong: seen.wrong, quiet: seen.quiet }]
  })
}
const wrongAt = (f: Fence, fixes: readonly Fix[]) => followed(f, fixes).flatMap((s) => (s.wrong ? [s.minute] : []))

test('a vehicle that enters, leaves or stays in a fence is seen at its fix, and only while it is too fast where speed counts [SEN-32]', () => {
  const drive = [fix(0, false), fix(1, true, 70), fix(5, true, 30), fix(12, true, 30), fix(13, false), fix(20, false)]
  expect(wrongAt(fence(), drive)).toEqual([1, 5, 12])
  expect(wrongAt(fence({ act: 'leave' }), drive)).toEqual([0, 13, 20])
  expect(wrongAt(fence({ act: 'dwell', dwellMinutes: 10 }), drive)).toEqual([12])
  expect(wrongAt(fence({ overKmh: 60 }), drive)).toEqual([1])
  expect(followed(fence(), drive).at(-1)).toEqual({ minute: 20, wrong: false, quiet: true })
})

test('since when somebody is inside the stay of the fence says, also where the rule is younger [SEN-32]', () => {
  const rule = fence({ act: 'dwell', dwellMinutes: 10 })
  const stay = { enteredAt: 0, leftAt: null }
  expect(followFence(rule, place, 2, undefined, fix(12, true), stay)).toMatchObject({ wrong: true, level: 12 })
  expect(followFence(rule, place, 2, undefined, fix(12, true))).toMatchObject({ wrong: false, level: 0 })
  // One that has left since is not inside any more, whatever the stay was.
  expect(followFence(rule, place, 2, undefined, fix(12, false), stay)?.wrong).toBe(false)
})

test('outside its time a fence is no fence: nobody is inside, and nobody has left it [SEN-32]', () => {
  const until = { ...place, validUntil: 10 * MINUTE }
  const wrong = (act: Fence['act'], minute: number, inside: boolean) =>
    followFence(fence({ act }), until, 2, undefined, fix(minute, inside))?.wrong
  expect([wrong('enter', 9, true), wrong('enter', 10, true)]).toEqual([true, false])
  expect([wrong('leave', 9, false), wrong('leave', 10, false)]).toEqual([true, false])
})

test('fixes that come twice or late change nothing about a fence [SEN-29]', () => {
  const drive = fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { maxLength: 40 })
  fc.assert(
    fc.property(drive, (steps) => {
      const fixes = steps.map(([inside], i) => fix(i, inside))
      const noisy = fixes.flatMap((f, i) => [f, ...fixes.slice(Math.max(0, i - (steps[i]?.[1] ?? 0)), i + 1)])
      expect(followed(fence(), noisy)).toEqual(followed(fence(), fixes))
    }),
  )
})

const intervals = fc
  .array(fc.tuple(fc.nat(100), fc.nat(30)), { maxLength: 8 })
  .map((all) => all.map(([from, length]): Interval => ({ from: from * MINUTE, until: (from + length) * MINUTE })))
const holdsAt = (all: readonly Interval[], t: number) =>
  all.some((i) => i.from <= t && (i.until === null || t < i.until))

test('a combination holds exactly where all, or any, of its parts hold, each a little longer than itself [INS-19] [CMD-18]', () => {
  fc.assert(
    fc.property(intervals, intervals, fc.nat(20), (a, b, within) => {
      const longer = (all: readonly Interval[]) =>
        all.map((i) => ({ from: i.from, until: (i.until ?? 0) + within * MINUTE }))
      const [all, any] = [combined('all', [a, b], within), combined('any', [a, b], within)]
      for (let m = 0; m < 160; m++) {
        const t = m * MINUTE
        const [inA, inB] = [holdsAt(longer(a), t), holdsAt(longer(b), t)]
        expect(holdsAt(all, t)).toBe(inA && inB)
        expect(holdsAt(any, t)).toBe(inA || inB)
      }
      expect(union(any)).toEqual(any)
    }),
    { numRuns: 30 },
  )
})

test('silence begins so many minutes after the last word and ends with the next; order and doubles do not matter [INS-19]', () => {
  const heard = [0, 10, 100].map((m) => m * MINUTE)
  expect(silences(heard, 30, 140 * MINUTE)).toEqual([
    { from: 40 * MINUTE, until: 100 * MINUTE },
    { from: 130 * MINUTE, until: null },
  ])
  expect(silences([...heard, ...heard].reverse(), 30, 140 * MINUTE)).toEqual(silences(heard, 30, 140 * MINUTE))
})

test('a precision says how sure it is, and mutes only after enough verdicts [SEN-10]', () => {
  const { low, high } = wilson({ right: 8, judged: 10 })
  expect([low, high].map((x) => Math.round(x * 1000) / 1000)).toEqual([0.49, 0.943])
  expect(wilson({ right: 0, judged: 0 })).toEqual({ low: 0, high: 1 })
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (right, wrong) => {
      const judged = right + wrong
      const i = wilson({ right, judged })
      if (judged > 0) expect(i.low - 1e-9 <= right / judged && right / judged <= i.high + 1e-9).toBe(true)
      const more = wilson({ right: right * 2, judged: judged * 2 })
      expect(more.high - more.low).toBeLessThanOrEqual(i.high - i.low + 1e-9)
    }),
  )
  const bar = { below: 0.3, after: 10 }
  expect(mustMute({ right: 0, judged: 9 }, bar)).toBe(false)
  expect(mustMute({ right: 2, judged: 10 }, bar)).toBe(true)
  expect(mustMute({ right: 3, judged: 10 }, bar)).toBe(false)
})

test('a rule speaks of the devices of its scope, and one that cannot work says why [INS-19]', () => {
  const scope = { kinds: ['noise_monitor'], deviceIds: [], areas: ['110101'], siteClasses: [] }
  const d = { id: 'x', kind: 'noise_monitor', areaCode: '110101001001001', siteClass: null }
  expect(inScope(scope, d)).toBe(true)
  expect(inScope(scope, { ...d, areaCode: '110102001' })).toBe(false)
  expect(inScope({ ...scope, siteClasses: ['1'] }, d)).toBe(false)
  expect(inScope({ ...scope, siteClasses: ['1'] }, { ...d, siteClass: '1' })).toBe(true)
  const rule = defaultRule('noise-leq')
  const others = new Map([['a', 'threshold'] as const, ['b', 'combination'] as const])
  const parts = (rules: string[]) =>
    ruleFault(
      'c',
      { ...rule, condition: { kind: 'combination', how: 'all', rules, withinMinutes: 5, withinM: 50 } },
      others,
    )
  expect([parts(['a']), parts(['a', 'b']), parts(['c', 'a']), parts(['a', 'z'])]).toEqual([
    'parts',
    'nested',
    'self',
    'parts',
  ])
  const fenced = { ...rule, condition: fence() }
  expect(ruleFault('c', fenced, others)).toBe('fence')
  expect(ruleFault('c', fenced, others, new Set(['f']))).toBeUndefined()
  expect(ruleFault('noise-leq', rule, others)).toBeUndefined()
})
