import { DAY, HOUR } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClassSaid, judge, maybeFrom, rarityOf, type Said, sameFrom, spreadOf, wordsOf } from './model/index.ts'
import { likeness, sharedPlaces } from './model/words.ts'

const list = { scheme: 'gbt30428', version: '2013', mapped: new Set<string>() }
const waste: ClassSaid = { ...list, kind: 'event', code: '0110', parentCode: '01' }
const rubble: ClassSaid = { ...list, kind: 'event', code: '0111', parentCode: '01' }
const stall: ClassSaid = { ...list, kind: 'event', code: '0401', parentCode: '04' }
const cover: ClassSaid = { ...list, kind: 'component', code: '0101', parentCode: '01' }
const old: ClassSaid = { ...waste, version: '2007', code: '0201', parentCode: '02' }
const noon = new Date('2026-05-20T04:00:00Z')
const said = (more: Partial<Said> & { text?: string } = {}): Said => ({
  class: waste,
  xM: 450_000,
  yM: 4_420_000,
  cell: '110101001001001',
  at: noon,
  words: wordsOf(more.text ?? ''),
  photos: [],
  ...more,
})
const street = 'a3b4c5d6e7f80912'
const nearly = 'a3b4c5d6e7f80913'
const night = '0000000000000001'

const texts = [
  '',
  '东直门内大街38号院门口有成袋生活垃圾堆在桶外',
  '市民来电反映，东直门内大街三十八号院前垃圾堆了一地没人收，希望尽快处理',
  '墙角有一堆生活垃圾发臭',
  '12号楼下卖水果的三轮车占了便道',
  'Rubbish beside the bins at gate 3',
]
const anySaid: fc.Arbitrary<Said> = fc
  .record({
    class: fc.constantFrom(waste, rubble, stall, cover, old),
    xM: fc.integer({ min: 450_000, max: 450_600 }),
    yM: fc.integer({ min: 4_420_000, max: 4_420_600 }),
    cell: fc.constantFrom(null, '110101001001001', '110101001001002'),
    hours: fc.double({ min: 0, max: 2000, noNaN: true }),
    text: fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'grapheme', maxLength: 40 })),
    photos: fc.subarray([street, nearly, night, '5c4b3a2918f7e6d5']),
  })
  .map(({ hours, text, ...rest }) => ({ ...rest, at: new Date(noon.getTime() - hours * HOUR), words: wordsOf(text) }))
const rarity = rarityOf(texts.map(wordsOf))

test('a score lies between nothing and certainty, and the order of two reports makes no difference [CMD-27]', () => {
  fc.assert(
    fc.property(anySaid, anySaid, (a, b) => {
      const one = judge(a, b, rarity)
      const other = judge(b, a, rarity)
      expect(one.score).toBeGreaterThan(0)
      expect(one.score).toBeLessThan(1)
      expect(other.score).toBeCloseTo(one.score, 12)
      expect(other.band).toBe(one.band)
      if (one.reasons.likeness !== null) expect(one.reasons.likeness).toBeGreaterThanOrEqual(0)
      expect(one.reasons.likeness ?? 0).toBeLessThanOrEqual(1)
    }),
  )
})

test('a report is like none more than itself [CMD-27]', () => {
  fc.assert(
    fc.property(anySaid, anySaid, (a, b) => {
      expect(judge(a, a, rarity).score).toBeGreaterThanOrEqual(judge(a, b, rarity).score - 1e-12)
    }),
  )
})

test('farther away or longer ago is never more likely the same [CMD-27]', () => {
  fc.assert(
    fc.property(anySaid, anySaid, fc.nat(900), fc.nat(900), fc.nat(3000), fc.nat(3000), (a, b, m1, m2, h1, h2) => {
      const [near, far] = [Math.min(m1, m2), Math.max(m1, m2)]
      const at = (metres: number) => judge(a, { ...b, xM: a.xM + metres, yM: a.yM }, rarity).score
      expect(at(far)).toBeLessThanOrEqual(at(near) + 1e-12)
      const [late, early] = [Math.min(h1, h2), Math.max(h1, h2)]
      const ago = (hours: number) => judge(a, { ...b, at: new Date(a.at.getTime() - hours * HOUR) }, rarity).score
      expect(ago(early)).toBeLessThanOrEqual(ago(late) + 1e-12)
    }),
  )
})

test('the same class within 50 m and a day is asked about even when nobody said a word [CMD-27]', () => {
  const bare = judge(said(), said({ xM: 450_050, cell: null, at: new Date(noon.getTime() - DAY) }))
  expect(bare).toMatchObject({ band: 'maybe', reasons: { class: 'minor', likeness: null, photoBits: null, hours: 24 } })
  expect(judge(said(), said()).band).toBe('maybe')
})

test('near, just now and half alike in words is asked about, not called the same, however high its score [CMD-27]', () => {
  const half = judge(said({ text: '安德里北街路口垃圾没人收' }), said({ text: '安德里北街路口有人乱倒果皮和剩饭' }))
  expect(half.score).toBeGreaterThan(sameFrom)
  expect(half.reasons.likeness).toBeLessThan(0.5)
  expect(half.band).toBe('maybe')
})

test('each sign counts: without it the suggestion is weaker or gone [CMD-27]', () => {
  const first = said({ text: texts[1] ?? '', photos: [street] })
  const second = said({ text: texts[2] ?? '', photos: [nearly], xM: 450_018, at: new Date(noon.getTime() - 2 * HOUR) })
  const whole = judge(first, second)
  expect(whole.band).toBe('same')
  expect(whole.reasons).toMatchObject({ class: 'minor', distanceM: 18, sameCell: true, hours: 2, photoBits: 1 })
  expect(whole.reasons.places).toEqual(['东直门内大街38号院'])
  const weaker = [
    { class: rubble },
    { class: stall },
    { xM: 450_090 },
    { cell: null },
    { at: new Date(noon.getTime() - 20 * DAY) },
    { words: wordsOf('三轮车卖水果') },
    { photos: [] },
    { photos: [night] },
  ]
  for (const change of weaker) expect(judge(first, { ...second, ...change }).score).toBeLessThan(whole.score)
  const another = { ...second, words: wordsOf('三轮车卖水果'), photos: [], xM: 450_090 }
  expect(judge(first, another).score).toBeLessThan(maybeFrom)
})

test('a class of another list counts by its mapping, more than one of the same chapter [CMD-27]', () => {
  const mapped = { ...waste, mapped: new Set(['gbt30428 2007 event 0201']) }
  const score = (a: ClassSaid, b: ClassSaid) => judge(said({ class: a }), said({ class: b }))
  expect(score(mapped, old).reasons.class).toBe('mapped')
  expect(score(old, mapped).reasons.class).toBe('mapped')
  expect(score(waste, old).reasons.class).toBe('other')
  const order = [score(waste, waste), score(mapped, old), score(waste, rubble), score(waste, stall)].map((j) => j.score)
  expect(order).toEqual([...order].sort((a, b) => b - a))
})

test('noise carries further than a cover lies, and a stall does not stay as long as a broken cover [CMD-27]', () => {
  expect(spreadOf({ kind: 'event', code: '0301' }).radiusM).toBeGreaterThan(spreadOf(cover).radiusM)
  expect(spreadOf(cover).hours).toBeGreaterThan(spreadOf(stall).hours)
  const week = (c: ClassSaid) =>
    judge(said({ class: c }), said({ class: c, at: new Date(noon.getTime() - 7 * DAY) })).score
  expect(week(cover)).toBeGreaterThan(week(stall))
})

test('a caller’s own numbers and manners do not hide the same words [CMD-27]', () => {
  const alike = (a: string, b: string) => likeness(wordsOf(a), wordsOf(b)) ?? 0
  expect(alike('和平里七区十二号楼下水堵了', '和平里七区12号楼下水堵了')).toBeGreaterThan(
    alike('和平里七区十二号楼下水堵了', '和平里七区13号楼下水堵了'),
  )
  expect(alike('井盖丢了', '市民来电反映，井盖丢了，希望尽快处理。')).toBeCloseTo(1)
  expect(likeness(wordsOf('您好，请尽快处理。谢谢'), wordsOf('井盖丢了'))).toBeNull()
  expect(alike('１２号楼', '12号楼')).toBeCloseTo(1)
})

test('what all of a neighbourhood say tells nothing, what two say tells much [CMD-27]', () => {
  const [a, b] = [wordsOf('东直门内大街垃圾没人收'), wordsOf('东直门内大街路灯不亮')]
  const common = rarityOf(Array.from({ length: 80 }, (_, i) => wordsOf(`东直门内大街${i}号`)))
  expect(likeness(a, b, common) ?? 1).toBeLessThan(likeness(a, b) ?? 0)
  expect(sharedPlaces(a, b)).toEqual(['东直门内大街'])
  expect(sharedPlaces(a, b, common)).toEqual([])
  // 马路 and 半路 end like a street and are none.
  expect(sharedPlaces(wordsOf('在马路边'), wordsOf('马路上'))).toEqual([])
})

test('a shared house number brings together what two points keep apart, but not across the city [CMD-27]', () => {
  const [a, b] = [said({ text: '安德里北街21号院垃圾成堆' }), said({ text: '安德里北街二十一号院，垃圾没人管' })]
  const apart = judge(a, { ...b, xM: 450_200, cell: null })
  expect(apart.band).not.toBeNull()
  expect(judge(a, { ...b, xM: 450_200, cell: null, words: wordsOf('垃圾成堆没人管') }).band).toBeNull()
  expect(judge(a, { ...b, xM: 450_600, cell: null }).band).toBeNull()
})

test('pictures of the night are like each other and tell nothing; the same picture tells most [CMD-27]', () => {
  const shown = (x: string, y: string) => judge(said({ photos: [x] }), said({ photos: [y], xM: 450_060, cell: null }))
  expect(shown(night, night).reasons.photoBits).toBeNull()
  expect(shown(street, nearly)).toMatchObject({ band: 'same', reasons: { photoBits: 1 } })
  expect(shown(street, 'a3b4c5d6e7f8f6ed').reasons.photoBits).toBe(null)
  const alike = shown(street, 'a3b4c5d6e7f8f612')
  expect(alike.reasons.photoBits).toBe(8)
  expect(shown(street, 'a3b4c5d6e707f612').reasons.photoBits).toBe(null)
  const look = shown(street, 'a3b4c5d6e7fff612')
  expect(look.reasons.photoBits).toBe(11)
  expect(look.score).toBeLessThan(alike.score)
  expect(look.score).toBeGreaterThan(shown(street, night).score)
})
