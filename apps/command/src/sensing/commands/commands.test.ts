import { expect, test } from 'vitest'
import en from '../../messages/en.ts'
import zhCN from '../../messages/zh-CN.ts'
import type { CommandShown } from './asked.ts'
import { answerOf, fieldOf, instantOf, parametersOf, reasons, saidOf } from './commands.ts'

const command = (of: Partial<CommandShown>): CommandShown => ({
  id: '0',
  kind: 'set-time',
  parameters: {},
  state: 'answered',
  cause: 'person',
  reason: '',
  askedBy: 'a',
  askedAt: '2026-05-21T00:00:00.000Z',
  expiresAt: '2026-05-21T00:10:00.000Z',
  tries: 1,
  sentAt: null,
  acceptedAt: null,
  endedAt: null,
  answer: null,
  ...of,
})
const when = (at: string) => at.slice(11, 16)

test('what came back is said in words, and why it failed by the word of its standard [SEN-09]', () => {
  const answer = (of: Partial<CommandShown>) => answerOf(command(of), when)?.key
  expect(answer({ kind: 'ask-history', answer: { values: 3 } })).toBe('command.answer.values')
  expect(answer({ kind: 'ask-history', answer: { values: 0, exeRtn: 100 } })).toBe('command.answer.noValues')
  expect(answer({ kind: 'read-time', answer: { systemTime: 'x', offSeconds: -4 } })).toBe('command.answer.behind')
  expect(answer({ state: 'failed', answer: { why: 'no-answer', accepted: true } })).toBe('command.why.no-end')
  expect(answer({ state: 'failed', answer: { why: 'no-answer', accepted: false } })).toBe('command.why.no-answer')
  expect(answer({ state: 'refused', answer: { why: 'by a word of its own' } })).toBe('command.why.other')
  expect(answer({ state: 'expired' })).toBe('command.answer.expired')
  expect(answer({ state: 'sent' })).toBeUndefined()
  expect(parametersOf(command({ answer: { parameters: { '0x0029': 7, '0x0001': 60 } } }))).toEqual([
    ['0x0001', '60'],
    ['0x0029', '7'],
  ])
})

test('every reason that a standard has is a sentence in both languages', () => {
  for (const messages of [zhCN, en])
    for (const reason of reasons) expect(messages.command.why[reason]).toEqual(expect.any(String))
})

test('what was asked for is said with its times; fields show wall time of China and give it back', () => {
  const asked = command({
    kind: 'ask-history',
    parameters: { from: '2026-05-21T00:00:00.000Z', until: '2026-05-21T01:00:00.000Z' },
  })
  expect(saidOf(asked, when)).toEqual({ key: 'command.said.history', with: { from: '00:00', until: '01:00' } })
  expect(saidOf(command({ parameters: { offSeconds: -90 } }), when)?.with).toEqual({ n: 90 })
  expect(saidOf(command({}), when)).toBeNull()
  expect(fieldOf(new Date('2026-05-21T00:00:00.000Z'))).toBe('2026-05-21T08:00')
  expect(instantOf('2026-05-21T08:00')).toBe('2026-05-21T00:00:00.000Z')
})
