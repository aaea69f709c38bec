import { stepNames } from '@pentad/cases/model'
import { expect, test } from 'vitest'
import zhCN from '../messages/zh-CN.ts'
import { actWord, cameLate, trailTone } from './trail.ts'

test('every act of a case has a word', () => {
  const words: Record<string, Record<string, string>> = { step: zhCN.step, act: zhCN.act }
  for (const act of [...stepNames, 'report', 'urge', 'overdue', 'alarm']) {
    const [group = '', name = ''] = actWord(act).split('.')
    expect(words[group]?.[name], act).toBeTruthy()
  }
})

test('rework and overdue stand out; a closed case is calm', () => {
  expect(trailTone({ act: 'fail_check', to: 'rework' })).toBe('bad')
  expect(trailTone({ act: 'overdue', to: 'disposing' })).toBe('bad')
  expect(trailTone({ act: 'close', to: 'closed' })).toBe('ok')
})

test('INS-12 an act done without network shows both clocks', () => {
  const actor = { id: '1', name: '韩松', unitName: null }
  expect(cameLate({ actor, at: '2026-05-21T01:10:00Z', recorded: '2026-05-21T01:31:00Z' })).toBe(true)
  expect(cameLate({ actor: null, at: '2026-05-21T01:10:00Z', recorded: '2026-05-21T01:31:00Z' })).toBe(false)
  expect(cameLate({ actor, at: '2026-05-21T01:10:00Z', recorded: '2026-05-21T01:10:02Z' })).toBe(false)
})
