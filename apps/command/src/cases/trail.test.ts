import { otherActs, stepNames } from '@pentad/cases/model'
import { expect, test } from 'vitest'
import zhCN from '../messages/zh-CN.ts'
import type { CaseWhole } from './asked.ts'
import { actWord, cameLate, limitLine, saidMore, trailTone } from './trail.ts'

test('every act of a case has a word', () => {
  const words: Record<string, Record<string, string>> = { step: zhCN.step, act: zhCN.act }
  for (const act of [...stepNames, ...otherActs]) {
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

const entry = (act: string, minute: number, to = 'disposing') => ({
  act,
  to,
  recorded: new Date(Date.UTC(2026, 4, 7, 2, minute)).toISOString(),
})
const clocked = (...trail: ReturnType<typeof entry>[]) =>
  ({
    clockStart: entry('dispatch', 0).recorded,
    due: entry('', 60).recorded,
    limit: { value: 1, unit: 'WORK_HOUR', calendarVersion: 'x' },
    trail: [entry('dispatch', 0, 'pending_sign'), ...trail],
  }) as unknown as Pick<CaseWhole, 'clockStart' | 'due' | 'limit' | 'trail'>
const minutes = (c: ReturnType<typeof clocked>, now: number) => {
  const line = limitLine(c, new Date(Date.UTC(2026, 4, 7, 2, now)))
  return line?.spans.map((s) => [s.kind, (s.from - line.from) / 60_000, (s.to - line.from) / 60_000])
}

test('the limit is drawn as it ran: standing still while suspended, and from the question on when a return is granted [DUM-22]', () => {
  expect(minutes(clocked(), 30)).toEqual([['run', 0, 30]])
  expect(minutes(clocked(entry('approve_suspension', 10, 'suspended'), entry('resume', 20)), 30)).toEqual([
    ['run', 0, 10],
    ['pause', 10, 20],
    ['run', 20, 30],
  ])
  expect(
    minutes(clocked(entry('ask_return', 5, 'return_pending'), entry('approve_return', 15, 'pending_dispatch')), 30),
  ).toEqual([
    ['run', 0, 5],
    ['pause', 5, 30],
  ])
})

test('what runs on after the deadline is late, and rework runs on the same limit', () => {
  expect(minutes(clocked(), 70)).toEqual([
    ['run', 0, 60],
    ['late', 60, 70],
  ])
  expect(minutes(clocked(entry('report_done', 20, 'feedback'), entry('fail_check', 40, 'rework')), 50)).toEqual([
    ['run', 0, 20],
    ['done', 20, 40],
    ['run', 40, 50],
  ])
})

test('what was said with a step is told beside it', () => {
  const detail = { reasonCode: 'season', until: '2026-06-01T15:59:59.000Z' }
  expect(saidMore({ act: 'ask_suspension', detail, to: 'disposing' }).map((m) => m.what)).toEqual(['kind', 'until'])
  expect(saidMore({ act: 'sign', detail: null, to: 'disposing' })).toEqual([])
})
