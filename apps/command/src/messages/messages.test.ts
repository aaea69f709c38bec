import { sources, statuses, stepNames } from '@pentad/cases/model'
import { roles } from '@pentad/identity/model'
import webEn from '@pentad/web/messages/en.ts'
import webZh from '@pentad/web/messages/zh-CN.ts'
import { expect, test } from 'vitest'
import { asks } from '../cases/acts.ts'
import en from './en.ts'
import zhCN from './zh-CN.ts'

const keysOf = (messages: object, path = ''): string[] =>
  Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'object'
      ? keysOf(value, `${path}${key}.`)
      : [`${path}${key} ${(String(value).match(/\{\w+\}/g) ?? []).sort().join()}`],
  )

test('every sentence stands in both languages with the same places to fill', () => {
  expect(keysOf(en)).toEqual(keysOf(zhCN))
  expect(keysOf(webEn)).toEqual(keysOf(webZh))
})

test('no sentence holds bytes that were read in the wrong encoding', () => {
  for (const messages of [zhCN, en, webZh, webEn]) expect(JSON.stringify(messages)).not.toMatch(/[\u0080-\u009f]/)
})

test('every state, source, step and role of the field has its word', () => {
  expect(Object.keys(zhCN.status)).toEqual([...statuses])
  expect(Object.keys(zhCN.source)).toEqual([...sources])
  expect(Object.keys(zhCN.step)).toEqual([...stepNames])
  expect(Object.keys(zhCN.role)).toEqual([...roles])
})

test('every step that asks for a reason offers some', () => {
  const asking = stepNames.filter((s) => asks(s).includes('reason'))
  expect(Object.keys(zhCN.reasons).sort()).toEqual([...asking].sort())
})
