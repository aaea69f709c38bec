import { pinyin } from 'pinyin-pro'
import { expect, test } from 'vitest'
import { found, indexed } from './find.ts'

const entries = [
  { key: 'event-0110', zh: '暴露生活垃圾', en: 'exposed household waste', words: ['垃圾堆'] },
  { key: 'event-0111', zh: '积存垃圾渣土', en: 'accumulated rubble', words: ['渣土'] },
  { key: 'event-0405', zh: '店外经营', en: 'trading outside shop', words: ['出店'] },
  { key: 'component-0110', zh: '热力井盖', en: 'heating manhole cover', words: ['井盖'] },
]
const all = indexed(
  entries,
  (e) => e,
  (text) => pinyin(text, { toneType: 'none', type: 'array' }),
)
const keys = (words: string) => found(all, words).map((e) => e.key)

test('[DUM-17] a class is found by its name, everyday words, pinyin, initials, English and code', () => {
  expect(keys('店外')).toEqual(['event-0405'])
  expect(keys('出店')).toEqual(['event-0405'])
  expect(keys('dwjy')).toEqual(['event-0405'])
  expect(keys('dianwai')).toEqual(['event-0405'])
  expect(keys('Manhole')).toEqual(['component-0110'])
  expect(keys('0110')).toEqual(['event-0110', 'component-0110'])
  expect(keys('slj')).toEqual([])
})

test('a name that begins with the words comes before one that holds them, and nothing sought is everything', () => {
  expect(keys('积存')[0]).toBe('event-0111')
  expect(keys('垃圾')).toEqual(['event-0110', 'event-0111'])
  expect(keys('  ')).toHaveLength(4)
})
