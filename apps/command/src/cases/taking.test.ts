import { takeStep } from '@pentad/cases/contract'
import { defaultFlow, needsOf, stepNames } from '@pentad/cases/model'
import { expect, test } from 'vitest'
import { missing, nothingFilled, stepBody } from './taking.ts'

const at = new Date('2026-05-21T00:00:00Z')
const filled = {
  reason: ' 位置有误 ',
  standardId: 's1',
  unitId: 'u1',
  photoIds: ['0192f0c0-0000-7000-8000-000000000001'],
  classKey: { kind: 'event' as const, code: '0301' },
  reasonCode: 'season',
  personId: 'p1',
  value: 2,
  until: '2026-06-01',
  intoId: '0192f0c0-0000-7000-8000-000000000002',
  target: '区综合执法局',
  coUnitIds: [],
  closeKind: 'normal' as const,
}

test('a form asks for exactly what the step needs', () => {
  for (const step of stepNames) expect(missing(step, nothingFilled())).toHaveLength(needsOf(defaultFlow, step).length)
  for (const step of stepNames)
    expect(missing(step, { ...filled, reasonCode: defaultFlow.reasons[step]?.[0]?.code ?? null })).toEqual([])
})

test('blanks are no reason', () => {
  expect(missing('refuse', { ...nothingFilled(), reason: '  ' })).toEqual(['reasonNeeded'])
})

test('what was filled in for another step is not sent along', () => {
  expect(stepBody('close', filled, at)).toEqual({ step: 'close', at: '2026-05-21T00:00:00.000Z' })
  expect(stepBody('return_to_file', filled, at)).toMatchObject({ reason: '位置有误' })
  expect(stepBody('return_to_file', filled, at)).not.toHaveProperty('unitId')
})

test('every step of the desk is a body that the contract takes', () => {
  for (const step of stepNames) expect(takeStep.body?.safeParse(stepBody(step, filled, at)).success).toBe(true)
})
