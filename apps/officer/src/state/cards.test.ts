import { defaultFlow, type Flow } from '@pentad/cases/model'
import { expect, test } from 'vitest'
import type { Letter } from '../outbox/letter.ts'
import type { CaseHeld } from '../outbox/store.ts'
import { byDeadline, cardOf, distanceM, queueOf } from './cards.ts'
import { type Me, takerOver, unitsAbove } from './taker.ts'

const now = new Date('2026-05-07T06:00:00Z')
const units = [
  { id: 'road', parentId: 'works' },
  { id: 'works', parentId: null },
]
const post = (role: Me['memberships'][number]['role'], unitId: string, areas: string[] = []): Me => ({
  id: 'me',
  login: 'me',
  name: '赵队员',
  may: [],
  secondFactor: false,
  enrolmentDue: false,
  passwordDue: false,
  memberships: [
    { id: 'm', unitId, unitName: { 'zh-CN': '', en: '' }, role, areas, validFrom: '2026-01-01', validTo: null },
  ],
})
const held = (change: Partial<CaseHeld> = {}): CaseHeld =>
  ({
    id: 'c1',
    status: 'pending_sign',
    cell: '110101001001001',
    leadUnit: { id: 'road', name: { 'zh-CN': '', en: '' } },
    mySteps: [],
    standard: null,
    clockStart: null,
    reworkCount: 0,
    version: 1,
    lon: 116.4,
    lat: 39.9,
    clock: {
      kind: 'disposal',
      unit: 'WORK_HOUR',
      value: 4,
      urgeAt: '2026-05-07T05:30:00Z',
      due: '2026-05-07T06:30:00Z',
    },
    ...change,
  }) as CaseHeld
const signed = {
  key: 'k',
  seq: 1,
  caseId: 'c1',
  state: 'saved',
  at: now.toISOString(),
  photoKeys: [],
  what: { kind: 'step', step: 'sign', reason: null },
} as unknown as Letter
const card = (me: Me, c = held(), letters: Letter[] = []) => cardOf(c, letters, takerOver(me, c, units, now), now, null)

test('a handler of a unit above the lead unit may sign, and after signing without a network may report the work done [CMD-23]', () => {
  const me = post('unit_handler', 'works')
  expect(unitsAbove('road', units)).toEqual(['road', 'works'])
  expect(card(me)).toMatchObject({ steps: ['sign'], light: 'yellow' })
  const after = card(me, held(), [signed])
  expect(after).toMatchObject({ steps: ['report_done'], state: { status: 'disposing' }, waiting: [signed] })
})

test('signing here ends the clock of the stage; the disposal clock runs on to the deadline that the centre set', () => {
  const stage = {
    kind: 'stage',
    unit: 'MINUTE',
    value: 30,
    urgeAt: '2026-05-07T06:10:00Z',
    due: '2026-05-07T06:20:00Z',
  } as const
  const limit = { value: 4, unit: 'WORK_HOUR', calendarVersion: '2026' } as const
  const c = held({ clock: stage, limit, clockStart: '2026-05-07T02:00:00Z', due: '2026-05-07T07:00:00Z' })
  expect(card(post('unit_handler', 'road'), c).clock).toEqual(stage)
  expect(card(post('unit_handler', 'road'), c, [signed])).toMatchObject({
    light: 'yellow',
    clock: { kind: 'disposal', unit: 'WORK_HOUR', value: 4, due: '2026-05-07T07:00:00Z' },
  })
})

test('a handler of another unit, and one whose post has ended, see no action', () => {
  expect(card(post('unit_handler', 'water')).steps).toEqual([])
  const ended = post('unit_handler', 'road')
  expect(
    card({ ...ended, memberships: ended.memberships.map((m) => ({ ...m, validTo: '2026-05-06' })) }).steps,
  ).toEqual([])
})

test('an inspector of the area checks, but not where the server keeps the check from whoever did the work', () => {
  const inspector = post('inspector', 'centre', ['110101'])
  const checking = held({ status: 'checking', mySteps: ['pass_check', 'fail_check'] })
  expect(card(inspector, checking).steps).toEqual(['pass_check', 'fail_check'])
  expect(card(inspector, { ...checking, mySteps: [] }).steps).toEqual([])
})

test('whoever answers for the unit may ask for time, a return or a suspension, a handler may not; asked here, it is asked once [CMD-23] [DUM-03]', () => {
  const limit = { value: 4, unit: 'WORK_HOUR', calendarVersion: '2026' } as const
  const c = held({ status: 'disposing', limit, due: '2026-05-07T06:30:00Z', extensions: 0 })
  expect(card(post('unit_handler', 'road'), c)).toMatchObject({ steps: ['report_done'], asks: [] })
  const manager = post('unit_manager', 'works')
  expect(card(manager, c).asks).toEqual(['assign', 'ask_extension', 'ask_return', 'ask_suspension'])
  const asked = {
    ...signed,
    what: { kind: 'step', step: 'ask_extension', reason: '下雨', value: 2 },
  } as unknown as Letter
  const after = card(manager, c, [asked])
  expect(after.state.asked).toMatchObject({ kind: 'extend', value: 2, reason: '下雨' })
  expect(after.asks).toEqual(['assign'])
})

test('the phone decides by the flow of the case: what the city has switched off is not offered, and stages it does without are passed by [CMD-20] [CMD-23]', () => {
  const limit = { value: 4, unit: 'WORK_HOUR', calendarVersion: '2026' } as const
  const c = held({ status: 'disposing', limit, due: '2026-05-07T06:30:00Z', extensions: 0 })
  const by = (change: Partial<Flow>, letters: Letter[] = []) => {
    const flow = { ...defaultFlow, version: 3, ...change }
    const manager = post('unit_manager', 'works')
    return cardOf(c, letters, takerOver(manager, c, units, now), now, null, flow)
  }
  expect(by({}).asks).toContain('ask_suspension')
  expect(by({ stepsOff: ['ask_suspension'] }).asks).toEqual(['assign', 'ask_extension', 'ask_return'])
  expect(by({ extensionsMost: 0 }).asks).not.toContain('ask_extension')
  const done = { ...signed, what: { kind: 'step', step: 'report_done', reason: null }, photoKeys: ['p'] } as Letter
  expect(by({}, [done]).state.status).toBe('feedback')
  expect(by({ off: ['feedback'] }, [done]).state.status).toBe('checking')
})

test('an inspector verifies on the spot what is to be verified, and submits a draft of their own [DUM-02]', () => {
  const inspector = post('inspector', 'centre', ['110101'])
  expect(card(inspector, held({ status: 'verifying' })).steps).toEqual(['verify_true', 'verify_false'])
  expect(card(inspector, held({ status: 'draft' })).steps).toEqual(['submit'])
})

test('a refused letter returns the case to what the server says, and brings it back into my queue', () => {
  const refused = card(post('unit_handler', 'road'), held({ status: 'closed', clock: null }), [
    { ...signed, state: 'refused' },
  ])
  expect(refused).toMatchObject({ state: { status: 'closed' }, steps: [], light: 'rest' })
  expect(queueOf([refused]).mine).toHaveLength(1)
})

test('the nearest deadline comes first, what has none last', () => {
  const me = post('unit_handler', 'road')
  const none = card(me, held({ id: 'none', clock: null }))
  const soon = card(me, held({ id: 'soon' }))
  expect([none, soon].sort(byDeadline).map((c) => c.case.id)).toEqual(['soon', 'none'])
})

test('a hundredth of a degree of latitude is some 1.1 km', () => {
  expect(distanceM({ lon: 116.4, lat: 39.9 }, { lon: 116.4, lat: 39.91 })).toBe(1112)
})
