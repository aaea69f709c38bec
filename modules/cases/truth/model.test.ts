import { bandsAround, hashDistance, samePhotoBits, tellsPhoto } from '@pentad/evidence/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawFrom, lotAmong, lotStands } from './lot.ts'
import { countersOf, outcomeOf, published, ratesOf } from './model/index.ts'

const now = new Date('2026-05-14T08:00:00Z')
const hash = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const hex = (x: bigint) => x.toString(16).padStart(16, '0')
/** The bands of a hash as the table has them. */
const bandsOf = (x: bigint) => [Number((x >> 43n) & 2097151n), Number((x >> 22n) & 2097151n), Number(x & 4194303n)]

test('whatever 8 bits of a picture’s hash differ, one of its bands is among those looked up [INS-29]', () => {
  const flips = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: samePhotoBits })
  fc.assert(
    fc.property(hash, flips, (x, bits) => {
      const other = bits.reduce((y, b) => y ^ (1n << BigInt(b)), x)
      expect(hashDistance(hex(x), hex(other))).toBe(bits.length)
      const looked = bandsAround(hex(x))
      expect(bandsOf(other).some((band, i) => looked[i]?.includes(band))).toBe(true)
    }),
    { numRuns: 300 },
  )
  const counts = bandsAround(hex(5n)).map((list) => new Set(list).size)
  expect(counts).toEqual([232, 232, 254])
})

test('a picture of one tone says nothing about where it was taken [INS-29]', () => {
  expect([tellsPhoto('0'.repeat(16)), tellsPhoto('f'.repeat(16)), tellsPhoto('00000000000000ff')]).toEqual([
    false,
    false,
    false,
  ])
  expect(tellsPhoto('0f0f0f0f0f0f0f0f')).toBe(true)
})

const holder = (id: string, units: string[], hoursAgo: number | null) => ({
  id,
  units,
  lastUsed: hoursAgo === null ? null : new Date(now.getTime() - hoursAgo * 3_600_000),
})

test('whoever is barred is never drawn, the draw can be made again, and every free candidate has a like chance [INS-29]', () => {
  const people = Array.from({ length: 6 }, (_, i) => holder(`p${i}`, i === 5 ? ['unit'] : ['sup'], i < 3 ? 1 : 9))
  const barred = { people: new Set(['p0']), units: new Set(['unit']) }
  const drawn: Record<string, number> = {}
  for (let i = 0; i < 4000; i++) {
    const lot = lotAmong(people, barred, `hash ${i}`, now)
    expect(lot).toMatchObject({ among: 'on-duty', candidates: ['p1', 'p2'] })
    expect(lotStands(lot)).toBe(true)
    drawn[lot.drawn ?? ''] = (drawn[lot.drawn ?? ''] ?? 0) + 1
  }
  for (const n of Object.values(drawn)) expect(Math.abs(n - 2000)).toBeLessThan(200)
  const offDuty = people.map((p) => ({ ...p, lastUsed: null }))
  expect(lotAmong(offDuty, barred, 'x', now)).toMatchObject({ among: 'all', candidates: ['p1', 'p2', 'p3', 'p4'] })
  expect(lotAmong([], barred, 'x', now)).toMatchObject({ among: 'nobody', drawn: null })
  expect(drawFrom('0'.repeat(64), [])).toBe(null)
})

test('a rate without anything to be a share of is none, and small ones are not published [INS-29]', () => {
  const none = ratesOf({ closed: 0, overdue: 0, verified: 0, asked: 9, answered: 0, confirmed: 0 })
  expect([none.closed.rate, none.verified.rate, none.confirmed.rate]).toEqual([null, null, null])
  const some = ratesOf({ closed: 9, overdue: 1, verified: 6, asked: 5, answered: 4, confirmed: 3 })
  expect(some).toMatchObject({
    closed: { rate: 0.9, of: 10 },
    verified: { n: 6, of: 9 },
    confirmed: { rate: 0.75, asked: 5 },
  })
  expect(published(some)).toEqual({
    closed: { of: 10, rate: 0.9 },
    verified: { of: 9, rate: 0.667 },
    confirmed: { of: null, rate: null },
  })
})

test('an open case has no outcome; kinds of closing are told apart [DUM-22]', () => {
  expect(outcomeOf({ status: 'pending_close', closeKind: null })).toBe(null)
  expect(outcomeOf({ status: 'closed', closeKind: 'forced' })).toBe('forced')
  expect(outcomeOf({ status: 'transferred', closeKind: null })).toBe('not_ours')
  expect(outcomeOf({ status: 'voided', closeKind: null })).toBe('void')
})

test('a trail feeds the counters of the evaluation: stages due and in time, rework, returns, extensions [DUM-04]', () => {
  type Path = [act: string, to: Parameters<typeof outcomeOf>[0]['status']][]
  const trailOf = (path: Path) =>
    path.map(([act, to], i) => ({
      seq: i + 1,
      act,
      from: path[i - 1]?.[1] ?? null,
      to,
      recorded: new Date(now.getTime() + i),
    }))
  const path: Path = [
    ['report', 'reported'],
    ['send_verify', 'verifying'],
    ['stage_late', 'verifying'],
    ['verify_true', 'reported'],
    ['accept', 'pending_file'],
    ['file', 'pending_dispatch'],
    ['dispatch', 'pending_sign'],
    ['sign', 'disposing'],
    ['approve_extension', 'disposing'],
    ['report_done', 'feedback'],
    ['send_check', 'checking'],
    ['fail_check', 'rework'],
    ['dispatch_again', 'pending_sign'],
    ['sign', 'disposing'],
    ['report_done', 'feedback'],
    ['send_check', 'checking'],
  ]
  const c = {
    source: 'hotline' as const,
    clockStart: new Date(now.getTime() + 6),
    clockStopped: now,
    due: now,
    told: [],
  }
  const counted = countersOf(c, trailOf(path))
  const of = (counter: string) => counted.filter((x) => x.counter === counter).map((x) => x.inTime)
  expect(of('need_verify_num')).toEqual([false])
  expect(of('verified_public_num')).toHaveLength(1)
  expect(of('need_operate_num')).toEqual([true, true])
  expect(of('need_check_num')).toEqual([true, null])
  expect(of('rework_num')).toHaveLength(1)
  expect(of('postpone_num')).toHaveLength(1)
  expect(of('public_report_num')).toHaveLength(1)
  expect(of('patrol_report_num')).toHaveLength(0)
  expect(of('need_dispose_num')).toEqual([true])
  expect(
    countersOf({ ...c, due: new Date(0) }, trailOf(path)).find((x) => x.counter === 'need_dispose_num')?.inTime,
  ).toBe(false)
})
