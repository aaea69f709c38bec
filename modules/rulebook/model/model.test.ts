import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  citationsIn,
  compareVersions,
  type DiscretionStep,
  paragraphsOf,
  plainTitle,
  readCitation,
  readClassRef,
  readLawRef,
  readLawText,
  readNumeral,
  sayCitation,
  sayLawRef,
  sayNumeral,
  stepFaults,
  versionAt,
  wordsAt,
} from './index.ts'

test('a numeral said is read as the same number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), (n) => {
      expect(readNumeral(sayNumeral(n))).toBe(n)
    }),
  )
  expect([12, 20, 100, 103, 110, 112, 1005].map(sayNumeral)).toEqual([
    '十二',
    '二十',
    '一百',
    '一百零三',
    '一百一十',
    '一百一十二',
    '一千零五',
  ])
  expect(readNumeral('条')).toBeUndefined()
})

const place = fc.record(
  {
    no: fc.integer({ min: 1, max: 400 }),
    sub: fc.integer({ min: 0, max: 5 }),
    paragraph: fc.integer({ min: 1, max: 12 }),
    item: fc.integer({ min: 1, max: 20 }),
  },
  { requiredKeys: ['no', 'sub'] },
)

test('[DUM-17] a citation said in words is read as the same article, paragraph and item', () => {
  fc.assert(
    fc.property(place, (p) => {
      const citation = { title: '北京市市容环境卫生条例', ...p }
      expect(readCitation(sayCitation(citation))).toEqual(citation)
    }),
  )
  expect(readCitation('《中华人民共和国行政处罚法》第十二条第二款')).toEqual({
    title: '中华人民共和国行政处罚法',
    no: 12,
    sub: 0,
    paragraph: 2,
  })
})

test('a reference of a table is read as it was said', () => {
  fc.assert(
    fc.property(place, (p) => {
      const whole = { law: 'bj-appearance', paragraph: 1, ...p }
      expect(readLawRef(sayLawRef(whole))).toEqual(whole)
    }),
  )
  expect(readLawRef('bj-appearance')).toBeUndefined()
  expect(readLawRef('bj-appearance#0')).toBeUndefined()
})

test('a clause that cites one law and then another article of it gives both', () => {
  const clause =
    '1、《城市市容和环境卫生管理条例》第十二条,设施应当完好。第三十七条 损坏的,应当赔偿。2、《城市道路管理条例》第二十三条。'
  expect(citationsIn(clause).map(sayCitation)).toEqual([
    '《城市市容和环境卫生管理条例》第十二条',
    '《城市市容和环境卫生管理条例》第三十七条',
    '《城市道路管理条例》第二十三条',
  ])
  expect(plainTitle('《中华人民共和国噪声污染防治法》')).toBe('噪声污染防治法')
})

test('[ONE-06] a class of another list is named with its scheme and version', () => {
  expect(readClassRef('event:0405')).toEqual({ kind: 'event', code: '0405' })
  expect(readClassRef('hotline/2026/service:noise')).toEqual({
    scheme: 'hotline',
    version: '2026',
    kind: 'service',
    code: 'noise',
  })
  expect(readClassRef('thing:0405')).toBeUndefined()
})

const text = `# 试验条例

2020年1月1日 通过
2024年5月1日 修正

<!-- INFO END -->

## 第一章　总　则

第一条 为了试验,制定本条例。

第二条 应当做到下列各项:

（一）甲;

（二）乙。

违反前款规定的,改正。

## 第二章 罚则

### 第一节 通则

第十二条之一　罚款。
`
test('[DUM-17] a text is cut into its articles with chapter, section, paragraphs and items, each with its line', () => {
  const law = readLawText(text)
  expect(law.title).toBe('试验条例')
  expect(law.history).toEqual(['2020年1月1日 通过', '2024年5月1日 修正'])
  expect(law.articles.map(({ no, sub, chapter, section, line }) => [no, sub, chapter, section, line])).toEqual([
    [1, 0, '第一章 总 则', '', 10],
    [2, 0, '第一章 总 则', '', 12],
    [12, 1, '第二章 罚则', '第一节 通则', 24],
  ])
  const second = law.articles[1]?.text ?? ''
  expect(paragraphsOf(second).map((p) => [p.text, p.items.length])).toEqual([
    ['应当做到下列各项:', 2],
    ['违反前款规定的,改正。', 0],
  ])
  expect(wordsAt(second, { paragraph: 2 })).toBe('违反前款规定的,改正。')
  expect(wordsAt(second, { paragraph: 1, item: 2 })).toBe('乙。')
  expect(wordsAt(second, { paragraph: 3 })).toBeUndefined()
})

test('every article of a text is found, whatever stands between', () => {
  const body = fc.string({ unit: fc.constantFrom('应', '当', '罚', '款', '(', '一'), minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 40 }), (bodies) => {
      const written = bodies.map((b, i) => `第${sayNumeral(i + 1)}条 ${b}`).join('\n\n')
      expect(readLawText(written).articles.map((a) => [a.no, a.text])).toEqual(bodies.map((b, i) => [i + 1, b]))
    }),
  )
})

test('the version of a law is the one in force on the day', () => {
  const of = (versionDate: string, inForceFrom: string | null, inForceTo: string | null = null) => ({
    versionDate,
    inForceFrom,
    inForceTo,
  })
  const versions = [of('2021-09-24', '2022-01-01'), of('2012-10-26', null, '2021-12-31')]
  expect(versionAt(versions, '2021-10-01')?.versionDate).toBe('2012-10-26')
  expect(versionAt(versions, '2022-01-01')?.versionDate).toBe('2021-09-24')
  expect(versionAt(versions, '2000-01-01')).toBeUndefined()
})

const law = { fineFromFen: 30_000, fineToFen: 300_000 }
const steps: DiscretionStep[] = [
  { step: 'B01', fineFromFen: 60_000, fineToFen: 150_000 },
  { step: 'C01', fineFromFen: null, fineToFen: null },
  { step: 'C02', fineFromFen: 30_000, fineToFen: 60_000 },
  { step: 'A01', fineFromFen: 150_000, fineToFen: 300_000 },
]
test('[FRM-10] steps of discretion that meet one another inside the law are right, in whatever order they stand', () => {
  expect(stepFaults(steps, law)).toEqual([])
})
test('[FRM-10] a fine that is turned, outside the law, leaves a gap or grows lighter is named', () => {
  const kinds = (changed: DiscretionStep, of = steps) =>
    stepFaults([...of.filter((s) => s.step !== changed.step), changed], law).map((f) => f.kind)
  expect(kinds({ step: 'B01', fineFromFen: 150_000, fineToFen: 60_000 })).toContain('turned')
  expect(kinds({ step: 'A01', fineFromFen: 150_000, fineToFen: 300_001 })).toEqual(['outside-law'])
  expect(kinds({ step: 'C02', fineFromFen: 29_999, fineToFen: 60_000 })).toEqual(['outside-law'])
  expect(kinds({ step: 'A01', fineFromFen: 160_000, fineToFen: 300_000 })).toEqual(['fine-gap'])
  expect(kinds({ step: 'A01', fineFromFen: 40_000, fineToFen: 100_000 })).toEqual(['lighter'])
  expect(kinds({ step: 'A03', fineFromFen: 300_000, fineToFen: 300_000 })).toEqual(['number-gap'])
})

const classOf = (code: string, name: string) => ({ kind: 'event' as const, code, name: { 'zh-CN': name, en: name } })
test('[ONE-06] two versions differ by what came, went, was renamed and was moved', () => {
  const before = [classOf('0401', '路面塌陷'), classOf('0502', '流浪乞讨'), classOf('0103', '积存渣土')]
  const after = [classOf('0505', '路面塌陷'), classOf('0401', '游商'), classOf('0103', '积存垃圾渣土')]
  const { added, removed, renamed, moved } = compareVersions(before, after)
  expect(moved.map((m) => [m.before.code, m.after.code])).toEqual([['0401', '0505']])
  expect(renamed.map((m) => m.after.name.en)).toEqual(['积存垃圾渣土'])
  expect([added, removed].map((l) => l.map((c) => c.code))).toEqual([['0401'], ['0502']])
})

test('a comparison accounts for every class once, and a list differs in nothing from itself', () => {
  const list = fc.uniqueArray(
    fc.record({
      code: fc.constantFrom('0101', '0102', '0103', '0104', '0105'),
      name: fc.constantFrom('甲', '乙', '丙'),
    }),
    { selector: (c) => c.code },
  )
  fc.assert(
    fc.property(list, list, (a, b) => {
      const before = a.map((c) => classOf(c.code, c.name))
      const after = b.map((c) => classOf(c.code, c.name))
      const same = before.filter((x) => after.some((y) => y.code === x.code && y.name.en === x.name.en)).length
      const { added, removed, renamed, moved } = compareVersions(before, after)
      expect(same + removed.length + renamed.length + moved.length).toBe(before.length)
      expect(same + added.length + renamed.length + moved.length).toBe(after.length)
      expect(Object.values(compareVersions(before, before)).flat()).toEqual([])
    }),
  )
})
