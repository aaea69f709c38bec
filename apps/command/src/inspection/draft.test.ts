import { expect, test } from 'vitest'
import { choiceLines, choicesIn } from './draft.ts'

test('choices written as lines are the choices that were meant, and read back the same [INF-16]', () => {
  const lines = 'food 餐饮 Eating place\ngoods 零售\n其他'
  expect(choicesIn(lines)).toEqual([
    { value: 'food', title: { 'zh-CN': '餐饮', en: 'Eating place' } },
    { value: 'goods', title: { 'zh-CN': '零售', en: '零售' } },
    { value: '其他', title: { 'zh-CN': '其他', en: '其他' } },
  ])
  expect(choiceLines(choicesIn(lines))).toBe(lines)
})
