import { isRefusal } from '@pentad/platform/refusal'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blocked, type CaseState, decide, isOpen, publicStage, statuses, stepNames, steps } from './model.ts'

const at = new Date('2026-03-02T01:00:00Z')
const all = [...new Set(stepNames.map((s) => steps[s].may))]
const everybody = (id: string) => ({ id, mayByArea: all, mayByUnit: all })
const fresh: CaseState = {
  id: 'c1',
  status: 'reported',
  standardId: null,
  leadUnitId: null,
  workedBy: null,
  checkedBy: null,
  clockStart: null,
  clockStopped: null,
  reworkCount: 0,
}
const full = { reason: 'r', standardId: 's', unitId: 'u', photoIds: ['p'] }

test('whatever is tried by whomever, the rules of domain §3.7 hold [DUM-22]', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...stepNames), fc.constantFrom('ann', 'bob', 'cai')), { maxLength: 60 }),
      (tries) => {
        let c = fresh
        let reworks = 0
        for (const [step, who] of tries) {
          const next = decide(c, { step, at, ...full }, everybody(who), at)
          if (isRefusal(next)) continue
          expect(steps[step].from).toBe(c.status)
          if (step === 'fail_check' || step === 'refuse_close') reworks++
          if (step === 'pass_check') expect(who).not.toBe(c.workedBy)
          if (step === 'close') expect([c.workedBy, c.checkedBy]).not.toContain(who)
          c = next
          // One lead unit and a running clock exactly from dispatch on.
          const dispatched = c.leadUnitId !== null
          expect(c.clockStart !== null).toBe(dispatched)
          if (['pending_sign', 'disposing', 'rework'].includes(c.status)) expect(c.clockStopped).toBeNull()
          if (['feedback', 'checking', 'pending_close', 'closed'].includes(c.status))
            expect(c.clockStopped).not.toBeNull()
          expect(c.reworkCount).toBe(reworks)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('a closed or rejected case takes no step', () => {
  for (const status of ['closed', 'rejected'] as const) {
    for (const step of stepNames)
      expect(isRefusal(decide({ ...fresh, status }, { step, at, ...full }, everybody('x'), at))).toBe(true)
  }
})

test('every open status has a way on, and every status has a word for the reporter', () => {
  for (const status of statuses) {
    expect(publicStage(status)).toBeTruthy()
    if (isOpen(status)) expect(stepNames.some((s) => steps[s].from === status)).toBe(true)
  }
})

test('a right by area does not give a step that needs the unit, nor the other way round', () => {
  const byArea = { id: 'x', mayByArea: all, mayByUnit: [] }
  const byUnit = { id: 'x', mayByArea: [], mayByUnit: all }
  for (const step of stepNames) {
    const c = { ...fresh, status: steps[step].from }
    expect(blocked(c, step, byArea) === null).toBe(steps[step].within === 'area')
    expect(blocked(c, step, byUnit) === null).toBe(steps[step].within === 'unit')
  }
})

test('what a step needs is asked for, and a clock more than five minutes ahead is refused', () => {
  for (const step of stepNames) {
    const c = { ...fresh, status: steps[step].from }
    const bare = decide(c, { step, at }, everybody('x'), at)
    expect(isRefusal(bare)).toBe(steps[step].needs.length > 0)
    const ahead = decide(c, { step, at: new Date(at.getTime() + 6 * 60_000), ...full }, everybody('x'), at)
    expect(ahead).toMatchObject({ refused: 'cases/clock-ahead' })
  }
})
