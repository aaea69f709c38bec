import { expect, test } from 'vitest'
import type { CaseWhole } from './asked.ts'
import { auditOf, lotsOf, wordsOf } from './truth.ts'

const entry = (
  seq: number,
  act: string,
  more: Partial<CaseWhole['trail'][number]> = {},
): CaseWhole['trail'][number] => ({
  seq,
  act,
  actor: null,
  from: 'closed',
  to: 'closed',
  at: '2026-05-14T08:00:00.000Z',
  recorded: '2026-05-14T08:00:00.000Z',
  reason: null,
  photoIds: [],
  usedSeconds: null,
  detail: null,
  hash: 'h',
  ...more,
})

test('the trail tells who was drawn, what the reporter said, and whether the audit found it right [INS-29]', () => {
  const lot = { of: 'x', seed: 's', candidates: ['a', 'b'], drawn: 'b', among: 'all' as const }
  const trail = [
    entry(1, 'reopen', { reason: '还在', detail: { why: 'objection', lot } }),
    entry(2, 'confirm'),
    entry(3, 'object', { reason: '又来了' }),
    entry(4, 'audit', { detail: { right: false }, reason: '假' }),
  ]
  expect(lotsOf(trail)).toMatchObject([{ seq: 1, drawn: 'b' }])
  expect(wordsOf(trail).map((w) => [w.fixed, w.reason])).toEqual([
    [false, '还在'],
    [true, null],
    [false, '又来了'],
  ])
  expect(auditOf(trail)).toEqual({ right: false, reason: '假' })
  expect(auditOf(trail.slice(0, 2))).toBe(null)
  expect(wordsOf([entry(1, 'reopen', { detail: { why: 'staff' } })])).toEqual([])
})
