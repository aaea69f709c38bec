import { isRefusal } from '@pentad/platform/refusal'
import { HOUR, MINUTE } from '@pentad/platform/time'
import type { WorkCalendar } from '@pentad/rulebook/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  blocked,
  type CaseState,
  type Command,
  decide,
  defaultFlow,
  ended,
  type Flow,
  isOpen,
  leadsTo,
  needsOf,
  newborn,
  nextWake,
  openStatuses,
  passableStages,
  publicStage,
  reclocked,
  type Status,
  statuses,
  stepNames,
  stepOf,
  type Taker,
  usedSeconds,
} from './index.ts'

const at = new Date('2026-03-02T01:00:00Z')
const all = [...new Set(stepNames.map((s) => stepOf(s).may))]
const everybody = (id: string): Taker => ({
  id,
  mayByArea: all,
  mayByUnit: all,
  rolesByArea: [],
  rolesByUnit: [],
  units: [],
})
const fresh = newborn({ id: 'c1', kind: 'event', classCode: '0301', createdBy: 'ann' })
const flow: Flow = { ...defaultFlow, reasons: {} }
const full = {
  reason: 'r',
  standardId: 's',
  unitId: 'u',
  photoIds: ['p'],
  personId: 'bob',
  value: 1,
  until: new Date(at.getTime() + 48 * HOUR),
  intoId: 'm',
  target: 't',
} satisfies Partial<Command>
const master = { id: 'm', status: 'disposing' as const, kind: 'event' as const, classCode: '0301' }
/** A state in which nothing but the status could forbid the step. */
const ready = (status: Status, step: (typeof stepNames)[number]): CaseState => ({
  ...fresh,
  status,
  limitValue: 4,
  limitUnit: 'WORK_HOUR',
  createdBy: 'x',
  difficult: step === 'leave_difficult',
  backTo: stepOf(step).to === 'back' ? 'reported' : null,
  asked: stepOf(step).asked
    ? { kind: stepOf(step).asked ?? 'extend', at: at.toISOString(), by: 'y', reason: 'r', value: 1 }
    : null,
})

test('whatever is tried by whomever, the rules of domain §3.7 hold [DUM-22]', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...stepNames), fc.constantFrom('ann', 'bob', 'cai')), { maxLength: 80 }),
      (tries) => {
        let c: CaseState = { ...fresh, limitValue: 4, limitUnit: 'WORK_HOUR' }
        let reworks = 0
        for (const [step, who] of tries) {
          const next = decide(c, { step, at, ...full }, everybody(who), at, flow, { master })
          if (isRefusal(next)) continue
          expect(stepOf(step).from).toContain(c.status)
          if (step === 'fail_check' || step === 'refuse_close') reworks++
          if (step === 'pass_check') expect(who).not.toBe(c.workedBy)
          if (step === 'close' || step === 'close_remote') expect([c.workedBy, c.checkedBy]).not.toContain(who)
          c = next
          // One lead unit and a clock exactly from dispatch on.
          expect(c.clockStart !== null).toBe(c.leadUnitId !== null)
          if (['pending_sign', 'disposing', 'rework'].includes(c.status)) {
            expect(c.clockStopped).toBeNull()
            expect(c.pausedAt).toBeNull()
          }
          if (['feedback', 'checking', 'pending_close'].includes(c.status)) expect(c.clockStopped).not.toBeNull()
          if (c.clockStart && !isOpen(c.status)) expect(c.clockStopped).not.toBeNull()
          expect(c.suspendedUntil !== null).toBe(c.status === 'suspended')
          expect(c.mergedInto !== null).toBe(c.status === 'merged')
          if (c.status === 'closed') expect(c.closeKind).not.toBeNull()
          expect(c.reworkCount).toBe(reworks)
          expect(c.extensions).toBeLessThanOrEqual(flow.extensionsMost)
          expect(c.unitReturns).toBeLessThanOrEqual(flow.returnsPerUnit)
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('what has ended takes no step, but for a merge undone and a result that flows back', () => {
  const allowed: Partial<Record<Status, string[]>> = { merged: ['unmerge'], transferred: ['note_result'] }
  for (const status of ended) {
    for (const step of stepNames) {
      const c = { ...fresh, status, backTo: 'reported' as const }
      const after = decide(c, { step, at, ...full }, everybody('x'), at, flow, { master })
      expect(isRefusal(after)).toBe(!allowed[status]?.includes(step))
    }
  }
})

test('every row of the table of domain §3.6 from 1 to 34 is a step [CMD-20] [DUM-22]', () => {
  const rows = new Set(stepNames.map((s) => stepOf(s).row))
  expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 34 }, (_, i) => i + 1))
})

test('every open status has a way on, and every status has a word for the reporter', () => {
  for (const status of statuses) expect(publicStage(status)).toBeTruthy()
  for (const status of openStatuses) expect(stepNames.some((s) => stepOf(s).from.includes(status))).toBe(true)
})

test('a right by area does not give a step that needs the unit, nor the other way round', () => {
  const none = { mayByArea: [], mayByUnit: [], rolesByArea: [], rolesByUnit: [], units: [] }
  const takers = {
    area: { ...none, id: 'by-area', mayByArea: all },
    unit: { ...none, id: 'by-unit', mayByUnit: all },
    own: { ...none, id: 'x' },
  }
  for (const step of stepNames) {
    const { from, within } = stepOf(step)
    for (const [by, taker] of Object.entries(takers)) {
      const allowed = within === 'either' ? by !== 'own' : by === within
      const c = ready(from[0] ?? 'reported', step)
      expect([
        step,
        by,
        blocked({ ...c, classCode: '0301', kind: 'event' }, step, taker, { ...flow, selfHandle: ['event'] }) === null,
      ]).toEqual([step, by, allowed])
    }
  }
})

test('a flow may give a step to other roles, do without stages, and switch steps off [CMD-20] [DUM-22]', () => {
  const taker: Taker = { ...everybody('x'), mayByArea: ['cases.accept'], mayByUnit: [], rolesByArea: ['acceptor'] }
  const pendingFile = { ...fresh, status: 'pending_file' as const }
  expect(blocked(pendingFile, 'file', taker, flow)).toMatchObject({ refused: 'cases/not-your-step' })
  expect(blocked(pendingFile, 'file', taker, { ...flow, roles: { file: ['acceptor', 'shift_leader'] } })).toBeNull()
  expect(blocked(fresh, 'merge', taker, { ...flow, stepsOff: ['merge'] })).toMatchObject({ refused: 'cases/step-off' })
  // Accepting and filing are one where filing is no stage of its own.
  const merged: Flow = { ...flow, off: ['pending_file'] }
  expect(needsOf(merged, 'accept')).toContain('standard')
  expect(decide(fresh, { step: 'accept', at }, taker, at, merged)).toMatchObject({ refused: 'cases/no-standard' })
  expect(decide(fresh, { step: 'accept', at, standardId: 's' }, taker, at, merged)).toMatchObject({
    status: 'pending_dispatch',
    standardId: 's',
  })
})

test('whichever stages a city does without, no step leads to one of them', () => {
  fc.assert(
    fc.property(fc.subarray([...passableStages]), (off) => {
      for (const status of statuses) expect(off).not.toContain(leadsTo({ ...flow, off }, status))
    }),
  )
})

test('what a step needs is asked for, and a clock more than five minutes ahead is refused', () => {
  for (const step of stepNames) {
    const c = { ...ready(stepOf(step).from[0] ?? 'reported', step), createdBy: 'x' }
    const open: Flow = { ...flow, selfHandle: ['event'] }
    const bare = decide(c, { step, at }, everybody('x'), at, open, { master })
    expect([step, isRefusal(bare)]).toEqual([step, stepOf(step).needs.length > 0])
    const ahead = decide(c, { step, at: new Date(at.getTime() + 6 * MINUTE), ...full }, everybody('x'), at, open, {
      master,
    })
    expect(ahead).toMatchObject({ refused: 'cases/clock-ahead' })
  }
})

test('where the flow has a list of reasons, one of it must be chosen', () => {
  const c = ready('disposing', 'ask_suspension')
  const until = new Date(at.getTime() + HOUR)
  const ask = (reasonCode?: string) =>
    decide(c, { step: 'ask_suspension', at, until, reason: 'x', reasonCode }, everybody('x'), at, defaultFlow)
  expect(ask()).toMatchObject({ refused: 'cases/no-reason-chosen' })
  expect(ask('whim')).toMatchObject({ refused: 'cases/no-reason-chosen' })
  expect(ask('season')).toMatchObject({ asked: { kind: 'suspend', reasonCode: 'season' } })
})

test('more time is asked for before the deadline, at most twice, and never more than the limit itself [DUM-22]', () => {
  const c = { ...ready('disposing', 'ask_extension'), due: new Date(at.getTime() + HOUR) }
  const ask = (value: number, now = at, of = c) =>
    decide(of, { step: 'ask_extension', at: now, value, reason: 'r' }, everybody('x'), now, flow)
  expect(ask(5)).toMatchObject({ refused: 'cases/wrong-extension' })
  expect(ask(4, new Date(at.getTime() + 2 * HOUR))).toMatchObject({ refused: 'cases/too-late-to-extend' })
  expect(ask(4, at, { ...c, extensions: 2 })).toMatchObject({ refused: 'cases/extended-enough' })
  const asked = ask(4)
  if (isRefusal(asked)) throw new Error(asked.refused)
  expect(decide(asked, { step: 'approve_extension', at, value: 2 }, everybody('y'), at, flow)).toMatchObject({
    extendedValue: 2,
    extensions: 1,
    asked: null,
  })
  // A refusal does not use up a chance.
  expect(decide(asked, { step: 'refuse_extension', at, reason: 'r' }, everybody('y'), at, flow)).toMatchObject({
    extensions: 0,
  })
})

test('only who was drawn checks, and never a member of the unit that worked [INS-29]', () => {
  const c: CaseState = { ...fresh, status: 'checking', leadUnitId: 'u', workedBy: 'w', checkerId: 'bob' }
  expect(blocked(c, 'pass_check', everybody('cai'), flow)).toMatchObject({ refused: 'cases/another-checker' })
  expect(blocked(c, 'pass_check', everybody('bob'), flow)).toBeNull()
  expect(blocked(c, 'pass_check', { ...everybody('bob'), units: ['u'] }, flow)).toMatchObject({
    refused: 'cases/own-unit',
  })
})

test('a case of doubtful evidence, or of a class that must be seen, is not closed from afar', () => {
  const c: CaseState = { ...fresh, status: 'feedback' }
  expect(blocked(c, 'close_remote', everybody('x'), flow)).toBeNull()
  expect(blocked({ ...c, doubts: ['far'] }, 'close_remote', everybody('x'), flow)).toMatchObject({
    refused: 'cases/doubted',
  })
  expect(blocked({ ...c, classCode: '0111' }, 'close_remote', everybody('x'), flow)).toMatchObject({
    refused: 'cases/no-remote-close',
  })
})

/** Work from 8 to 12 and 14 to 18, Shanghai time, Monday to Friday. */
const calendar: WorkCalendar = {
  version: 't',
  seasons: [
    {
      from: '01-01',
      to: '12-31',
      periods: [
        [28_800, 43_200],
        [50_400, 64_800],
      ],
    },
  ],
  holidays: new Set(),
  shiftedWorkdays: new Set(),
}
const clocked = (unit: 'WORK_HOUR' | 'URGENT_HOUR' | 'WORK_DAY', value: number): CaseState => {
  const c: CaseState = { ...fresh, status: 'disposing', limitUnit: unit, limitValue: value, clockStart: at }
  return reclocked(fresh, c, calendar, 0.8, at)
}
const minutesLater = (m: number) => new Date(at.getTime() + m * MINUTE)

test('a pause moves the deadline by what the limit’s own clock ran meanwhile, and is not counted as used', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('WORK_HOUR', 'URGENT_HOUR', 'WORK_DAY'),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 20_000 }),
      (unit, value, from, length) => {
        const c = clocked(unit as 'WORK_HOUR', value)
        const paused = { ...c, pausedAt: minutesLater(from) }
        const end = minutesLater(from + length)
        const used = usedSeconds(paused, calendar, end)
        const resumed = reclocked(paused, { ...paused, pausedAt: null }, calendar, 0.8, end)
        expect(usedSeconds(resumed, calendar, end)).toBe(used)
        expect(resumed.due?.getTime()).toBeGreaterThanOrEqual(c.due?.getTime() ?? 0)
        // When the deadline comes, exactly the limit is used up.
        const limit = value * (unit === 'WORK_DAY' ? 28_800 : 3600)
        if ((used ?? 0) <= limit) expect(usedSeconds(resumed, calendar, resumed.due ?? end)).toBe(limit)
      },
    ),
    { numRuns: 400 },
  )
})

test('an extension adds to the limit in its own unit', () => {
  const c = clocked('WORK_HOUR', 4)
  const more = reclocked(c, { ...c, extendedValue: 2 }, calendar, 0.8, minutesLater(10))
  expect(usedSeconds(more, calendar, more.due ?? at)).toBe(6 * 3600)
  expect(more.urgeAt?.getTime()).toBeLessThan(more.due?.getTime() ?? 0)
})

test('a case wakes for the next thing it has not said, and not while its clock stands', () => {
  const c = { ...clocked('WORK_HOUR', 4), stageDue: null, told: [] as string[] }
  expect(nextWake(c)).toEqual({ act: 'urge', at: c.urgeAt })
  expect(nextWake({ ...c, told: ['urge'] })).toEqual({ act: 'overdue', at: c.due })
  expect(nextWake({ ...c, told: ['urge', 'overdue'] })).toBeNull()
  expect(nextWake({ ...c, clockStopped: at })).toBeNull()
  const until = minutesLater(99)
  expect(nextWake({ ...c, status: 'suspended', pausedAt: at, suspendedUntil: until })).toEqual({
    act: 'resume',
    at: until,
  })
})
