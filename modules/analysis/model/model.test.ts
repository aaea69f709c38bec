import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { soundOf } from '../sound.ts'
import {
  asked,
  docOf,
  excerptOf,
  fitOf,
  isAskable,
  lettersOf,
  sliceKeys,
  slicesBack,
  stretchesOf,
  type Told,
  withoutPersonal,
  wordKeys,
} from './index.ts'

const told = (changes: Partial<Told>): Told => ({
  id: 'x',
  areaCode: null,
  unitIds: [],
  createdBy: null,
  at: null,
  number: null,
  titleZh: '',
  titleEn: '',
  noteZh: '',
  noteEn: '',
  also: '',
  tags: [],
  means: null,
  lon: null,
  lat: null,
  rank: 0,
  ...changes,
})
const happened = new Date('2026-05-22T03:00:00Z')

/** Whether the index would propose the thing and the weighing would keep it, by words or by number. */
function finds(q: string, t: Told): boolean {
  const doc = docOf(t.at ? 'case' : 'device', t, soundOf)
  const keys = new Set(doc.keys)
  const question = asked(q)
  if (!isAskable(question)) return false
  const proposed = question.words.every(
    (w) => w.keys.every((k) => keys.has(k)) || (w.numberKey !== null && keys.has(w.numberKey)),
  )
  return proposed && fitOf(doc, question) !== null
}

const letter = fc.constantFrom(
  ...'东直门内大街占道经营积水井盖渣土北新桥甲36号院',
  ...'京ABCxyz019',
  ...',。·-()  ',
  '１',
  'Ａ',
  '𠮷',
)
const text = fc.array(letter, { maxLength: 40 }).map((l) => l.join(''))

describe('words', () => {
  test('a thing is found by any two or more letters in a row of its title or its words [ANA-28]', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), fc.nat(), fc.boolean(), (titleZh, noteZh, a, b, inNote) => {
        const whole = inNote ? noteZh : titleZh
        const signs = [...whole]
        const from = signs.length ? a % signs.length : 0
        const part = signs.slice(from, from + 2 + (b % 12)).join('')
        // Blanks part the words of a question; each part must stand for itself, and be long enough to be looked up.
        fc.pre(part.split(/\s+/).every((p) => p === '' || lettersOf(p).letters.length >= 2))
        fc.pre(lettersOf(part).letters.length >= 2)
        fc.pre(!/^[^:]+:/.test(part) && withoutPersonal(noteZh) === noteZh)
        expect(finds(part, told({ titleZh, noteZh, at: happened }))).toBe(true)
        expect(finds(part, told({ titleZh, noteZh }))).toBe(true)
      }),
    )
  })

  test('only things in which every word stands are kept, whatever pairs of letters they share', () => {
    const t = told({ titleZh: '道经营占道', at: happened })
    // Its pairs are those of 占道经营, in another order.
    expect(wordKeys('占道经营').every((k) => docOf('case', t, soundOf).keys.includes(k))).toBe(true)
    expect(finds('占道经营', t)).toBe(false)
    fc.assert(
      fc.property(text, text, (q, titleZh) => {
        const question = asked(q)
        fc.pre(question.words.length > 0 && question.kind === null)
        const kept = fitOf({ ...told({ titleZh }), numberWord: null, sound: '' }, question) !== null
        if (kept) for (const { word } of question.words) expect(lettersOf(titleZh).word).toContain(word)
      }),
    )
  })

  test('a case is found by its number, with or without signs, and by four or more of its last digits [ANA-28]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 4, max: 20 }), (serial, length) => {
        const number = `110101-20260522-H-${String(serial).padStart(5, '0')}`
        const t = told({ number, at: happened })
        expect(finds(number, t)).toBe(true)
        const plain = number.replaceAll('-', '')
        expect(finds(plain, t)).toBe(true)
        expect(finds(plain.slice(-length), t)).toBe(true)
        expect(finds(`${plain.slice(0, -1)}x`, t)).toBe(false)
      }),
    )
  })

  test('a vehicle is found by its plate with and without the dot, whole or in part', () => {
    const car = told({ titleZh: '执法车 京A·36052', noteZh: '京A·36052' })
    for (const q of ['京A·36052', '京A36052', '京a 36052', '36052', '京Ａ３６', 'A·360'])
      expect(finds(q, car), q).toBe(true)
    expect(finds('京A36053', car)).toBe(false)
  })

  test('a street is found by its pinyin, in full, in part and by initials', () => {
    const street = told({ titleZh: '东直门街道' })
    for (const q of ['dongzhimen', 'zhimen', 'dzm', 'DZMJD', 'dzmjiedao'.slice(0, 3)])
      expect(finds(q, street), q).toBe(true)
    expect(finds('xizhimen', street)).toBe(false)
    expect(soundOf('东直门街道')).toBe('dongzhimenjiedao\ndzmjd')
    expect(soundOf('Beijing')).toBe('')
  })

  test('one Chinese letter finds what begins with it; one Latin letter or digit finds too much to be looked up', () => {
    expect(finds('王', told({ titleZh: '王伟' }))).toBe(true)
    expect(finds('伟', told({ titleZh: '王伟' }))).toBe(false)
    expect(isAskable(asked('3'))).toBe(false)
    expect(isAskable(asked('a'))).toBe(false)
    expect(isAskable(asked(' ,。 '))).toBe(false)
    expect(finds('积水 3', told({ titleZh: '3号楼前积水' }))).toBe(true)
    expect(finds('积水 4', told({ titleZh: '3号楼前积水' }))).toBe(false)
  })

  test('a kind may be said before the words; alone it is a word like any other', () => {
    expect(asked('案件 积水')).toMatchObject({ kind: 'case', words: [{ word: '积水' }] })
    expect(asked('人员:王')).toMatchObject({ kind: 'person', words: [{ word: '王' }] })
    expect(asked('案件')).toMatchObject({ kind: null, words: [{ word: '案件' }] })
    expect(asked('device: 京A')).toMatchObject({ kind: 'device', words: [{ word: '京a' }] })
  })

  test('the closer a name is to what was asked, the better it fits', () => {
    const fit = (t: Partial<Told>, q: string) => {
      const doc = docOf('device', told(t), soundOf)
      return fitOf(doc, asked(q))
    }
    expect(fit({ number: '110101001' }, '110101001')).toBe('number')
    expect(fit({ titleZh: '东四' }, '东四')).toBe('title')
    expect(fit({ number: '110101001' }, '1001')).toBe('numberEnd')
    expect(fit({ titleZh: '东四街道' }, '东四')).toBe('titleStart')
    expect(fit({ titleZh: '东四街道' }, 'ds')).toBe('titleStart')
    expect(fit({ titleZh: '北京东四街道' }, '东四')).toBe('inTitle')
    expect(fit({ titleZh: '北京东四街道' }, 'ds')).toBe('sound')
    expect(fit({ noteZh: '东四' }, '东四')).toBe('elsewhere')
    expect(fit({ titleZh: '东四' }, '西四')).toBe(null)
  })

  test('telephone and identity numbers that were written into a text are neither found nor shown (PIPL)', () => {
    expect(withoutPersonal('请回电13812345678,身份证110101199001011234')).toBe(
      '请回电138****5678,身份证110101**********34',
    )
    expect(withoutPersonal('案件 110101-20260522-H-00123 第 1 次')).toBe('案件 110101-20260522-H-00123 第 1 次')
    const t = told({ noteZh: '请回电 13812345678', at: happened })
    expect(finds('13812345678', t)).toBe(false)
    expect(docOf('case', t, soundOf).noteZh).not.toContain('12345678')
  })
})

describe('marks', () => {
  test('stretches cover the words as they are written, signs between included', () => {
    expect(stretchesOf('执法车 京A·36052', ['京a36052'])).toEqual([[4, 12]])
    expect(stretchesOf('东四东四', ['东四'])).toEqual([[0, 4]])
    expect(stretchesOf('𠮷野家在东四', ['野家'])).toEqual([[2, 4]])
    expect(stretchesOf('无', ['有'])).toEqual([])
  })

  test('stretches are in order, do not meet, lie inside the text and read as the words', () => {
    fc.assert(
      fc.property(text, text, (whole, q) => {
        const words = asked(q).words.map((w) => w.word)
        let last = -1
        for (const [from, to] of stretchesOf(whole, words)) {
          expect(from).toBeGreaterThan(last)
          expect(to).toBeGreaterThan(from)
          expect(to).toBeLessThanOrEqual(whole.length)
          const read = lettersOf(whole.slice(from, to)).word
          expect(words.some((w) => read.includes(w))).toBe(true)
          last = from
        }
      }),
    )
  })
})

test('of a long text the part is shown in which the words stand', () => {
  const text = `${'甲'.repeat(300)}占道${'乙'.repeat(300)}`
  const part = excerptOf(text, ['占道'])
  expect(part).toMatch(/^…甲{20}占道乙+…$/)
  expect(excerptOf('短', ['占道'])).toBe('短')
  expect(excerptOf(text, ['没有'])).toMatch(/^甲+…$/)
})

describe('slices of time', () => {
  const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })

  test('every instant between lies in exactly one slice, and newer slices come first', () => {
    fc.assert(
      fc.property(instant, instant, instant, fc.boolean(), (a, b, c, fine) => {
        const [earliest, at, latest] = [a, b, c].sort((x, y) => x.getTime() - y.getTime()) as [Date, Date, Date]
        const slices = slicesBack('case', latest, earliest, fine)
        const own = sliceKeys('case', at)
        expect(slices.filter((s) => own.includes(s.key))).toHaveLength(1)
        for (const [i, s] of slices.entries())
          if (i > 0) expect(s.from.getTime()).toBeLessThan(slices[i - 1]?.from.getTime() ?? 0)
      }),
    )
  })

  test('ten years are some hundred and fifty slices', () => {
    expect(slicesBack('case', new Date('2026-05-22'), new Date('2016-05-22')).length).toBeLessThan(160)
  })
})
