import { DAY, HOUR, MINUTE } from '@pentad/platform/time'
import { expect, test } from 'vitest'
import type { Say } from './i18n.ts'
import en from './messages/en.ts'
import zhCN from './messages/zh-CN.ts'
import { sayAgo, sayClockSeconds, sayDay, sayLeft, sayLimit, sayWhen } from './time.ts'

/** The sentence as vue-i18n would say it. */
const sayIn =
  (messages: object): Say =>
  (key, named = {}) => {
    const found = key
      .split('.')
      .slice(1)
      .reduce((at: unknown, part) => (at as Record<string, unknown>)[part], messages)
    return String(found).replace(/\{(\w+)\}/g, (_, name: string) => String(named[name]))
  }
const zh = sayIn(zhCN)
const now = new Date('2026-05-20T23:21:48Z')
const after = (ms: number): Date => new Date(now.getTime() + ms)

test('what is left is said in its two largest parts', () => {
  expect(sayLeft(after(HOUR + 20 * MINUTE), now, zh)).toBe('还剩 1 小时 20 分')
  expect(sayLeft(after(DAY + 3 * HOUR + 50 * MINUTE), now, zh, true)).toBe('剩 1 天 3 时')
  expect(sayLeft(after(30_000), now, zh)).toBe('还剩 不到 1 分')
})

test('overdue counts up', () => {
  expect(sayLeft(after(-6 * MINUTE), now, zh)).toBe('超时 6 分')
  expect(sayLeft(after(-6 * MINUTE), now, sayIn(en), true)).toBe('6 min over')
})

test('a limit says which clock runs it', () => {
  expect(sayLimit(2, 'URGENT_HOUR', zh)).toBe('2 紧急工作时')
  expect(sayLimit(4, 'WORK_HOUR', zh)).toBe('4 工作时')
  expect(sayLimit(5, 'WORK_DAY', zh)).toBe('5 工作日')
})

test('a moment ago is now, also when the clocks differ a little', () => {
  expect(sayAgo(after(-20_000), now, zh)).toBe('刚刚')
  expect(sayAgo(after(4000), now, zh)).toBe('刚刚')
  expect(sayAgo(after(-95 * MINUTE), now, zh)).toBe('1 时 35 分前')
})

test('the city lives by the clock of Shanghai wherever the screen stands', () => {
  expect(sayClockSeconds(now, 'zh-CN')).toBe('07:21:48')
  expect(sayDay(now, 'zh-CN')).toContain('21日')
  expect(sayWhen(after(-2 * HOUR), now, 'zh-CN')).toBe('05:21')
  expect(sayWhen(after(-9 * HOUR), now, 'zh-CN')).toContain('05/20')
})
