import webEn from '@pentad/web/messages/en.ts'
import webZh from '@pentad/web/messages/zh-CN.ts'
import { expect, test } from 'vitest'
import en from '../messages/en.ts'
import zhCN from '../messages/zh-CN.ts'
import { mayJoin, sayReasons } from './duplicates.ts'

/** As the pages say it: the sentence of a key with its places filled. */
const say =
  (messages: object) =>
  (key: string, details: Record<string, unknown> = {}): string => {
    const sentence = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], messages)
    return String(sentence).replace(/\{(\w+)\}/g, (_, name: string) => String(details[name]))
  }
const chinese = say({ ...zhCN, web: webZh })
const english = say({ ...en, web: webEn })
const reasons = {
  class: 'minor' as const,
  distanceM: 18.3,
  sameCell: true,
  places: ['东直门内大街38号院'],
  hours: 2,
  likeness: 0.712,
  photoBits: 3,
}

test('why it may be the same is said in words, in both languages [CMD-27]', () => {
  expect(sayReasons({ reasons }, true, chinese).join(' · ')).toBe(
    '同小类 · 相距 18 米 · 2 小时前 · 都提到“东直门内大街38号院” · 文字相似 0.71 · 照片相同',
  )
  expect(sayReasons({ reasons }, false, english).join(' · ')).toMatch(
    /^same class · 18 m apart · 2 h( |\w)* apart · both say “东直门内大街38号院” · words alike 0.71 · same photo$/,
  )
})

test('what is not there is not said, and pictures that are only alike are not called the same [CMD-27]', () => {
  const bare = { ...reasons, places: [], likeness: null, photoBits: null, distanceM: 0.2 }
  expect(sayReasons({ reasons: bare }, false, chinese)).toEqual(['同小类', '同一位置', '相隔 2 小时'])
  expect(sayReasons({ reasons: { ...bare, photoBits: 9 } }, false, chinese).at(-1)).toBe('照片相近，请比对')
  expect(sayReasons({ reasons: { ...bare, photoBits: 8 } }, false, chinese).at(-1)).toBe('照片相同')
})

test('a case of a list that is not in force can be looked at, not joined [CMD-27]', () => {
  expect(mayJoin({ reasons })).toBe(true)
  expect(mayJoin({ reasons: { ...reasons, class: 'mapped' } })).toBe(false)
})
