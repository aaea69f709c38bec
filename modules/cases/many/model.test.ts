import { DAY } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Status, statuses } from '../model/index.ts'
import { hardWhy } from './hard/model.ts'
import { lifeOf } from './hung/model.ts'
import { commonArea, type Member, packageParts, progressBy, progressOf } from './packages/model.ts'

const now = new Date('2026-06-01T00:00:00Z')
const later = (days: number) => new Date(now.getTime() + days * DAY)
const member = fc.record<Member>({
  status: fc.constantFrom(...statuses),
  overdue: fc.boolean(),
  unit: fc.constantFrom(null, 'a', 'b'),
  street: fc.constantFrom('x', 'y'),
})

test('every case of a package counts once, and its units and streets together are the whole [FRM-25]', () => {
  fc.assert(
    fc.property(fc.array(member), (members) => {
      const whole = progressOf(members, later(1), now)
      expect(packageParts.reduce((sum, p) => sum + whole[p], 0)).toBe(members.length)
      expect(whole.late).toBeLessThanOrEqual(whole.waiting + whole.working)
      for (const key of ['unit', 'street'] as const) {
        const groups = progressBy(members, (m) => m[key], later(1), now)
        for (const field of [...packageParts, 'all', 'late'] as const)
          expect(groups.reduce((sum, g) => sum + g.progress[field], 0)).toBe(whole[field])
      }
    }),
  )
})

test('after the day of the package what is not done is late, and what is done is not [FRM-25]', () => {
  const of = (status: Status): Member => ({ status, overdue: false, unit: null, street: null })
  const members = [of('disposing'), of('feedback'), of('closed'), of('merged')]
  expect(progressOf(members, later(-1), now)).toEqual({
    all: 4,
    waiting: 0,
    working: 1,
    done: 1,
    checked: 1,
    away: 1,
    late: 1,
  })
  expect(progressOf(members, later(1), now).late).toBe(0)
})

test('a package lies where all its cases lie', () => {
  expect(commonArea(['110101001001001', '110101001001002'])).toBe('110101001001')
  expect(commonArea(['110101001001001', '110101002001001'])).toBe('110101')
  expect(commonArea(['110101001001001', '110102001001001'])).toBe('1101')
  expect(commonArea(['110101001001001', '310102001001001'])).toBe('')
})

const rule = { passesNeeded: 3, daysNeeded: 10 }
test('a black spot is cleared by enough passed checks over enough days, not by either alone [FRM-24] [FRM-30]', () => {
  const passed = (...days: number[]) => days.map((d) => ({ at: later(d), passed: true }))
  expect(lifeOf(passed(0, 1, 2), rule).state).toBe('hung')
  expect(lifeOf(passed(0, 12), rule).state).toBe('hung')
  expect(lifeOf(passed(0, 5, 12), rule)).toMatchObject({ state: 'cleared', clearedAt: later(12), passes: 3 })
  expect(lifeOf([...passed(0, 5), { at: later(6), passed: false }, ...passed(12)], rule)).toMatchObject({
    state: 'hung',
    passes: 1,
  })
})
test('a relapse puts it on the books again, and it must be earned anew [FRM-24] [GOV-20]', () => {
  const checks = [0, 5, 12].map((d) => ({ at: later(d), passed: true }))
  const fell = lifeOf([...checks, { at: later(20), passed: false }, { at: later(21), passed: true }], rule)
  expect(fell).toMatchObject({ state: 'hung', clearedAt: null, relapses: 1, passes: 1, since: later(21) })
})
test('the order in which checks arrive makes no difference, and one more pass never hangs an item again [FRM-24]', () => {
  const check = fc.record({ at: fc.integer({ min: 0, max: 99 }).map(later), passed: fc.boolean() })
  fc.assert(
    fc.property(fc.uniqueArray(check, { selector: (c) => c.at.getTime() }), (checks) => {
      const life = lifeOf(checks, rule)
      expect(lifeOf([...checks].reverse(), rule)).toEqual(life)
      const more = lifeOf([...checks, { at: later(100), passed: true }], rule)
      if (life.state === 'cleared') expect(more.state).toBe('cleared')
      expect(more.relapses).toBe(life.relapses)
    }),
  )
})

test('a case is proposed as hard by its lateness, its returns or its ownership, and says which [FRM-11] [INS-27]', () => {
  const plain = { due: later(1), stopped: null, returns: 0, ownershipUnclear: false }
  expect(hardWhy(plain, now)).toBeNull()
  expect(hardWhy({ ...plain, due: later(-6.5) }, now)).toBeNull()
  expect(hardWhy({ ...plain, due: later(-8) }, now)).toMatchObject({ overdueDays: 8, returns: null })
  expect(hardWhy({ ...plain, due: later(-8), stopped: later(-7) }, now)).toBeNull()
  expect(hardWhy({ ...plain, returns: 2 }, now)).toMatchObject({ overdueDays: null, returns: 2 })
  expect(hardWhy({ ...plain, ownershipUnclear: true }, now)).toMatchObject({ ownershipUnclear: true })
})
