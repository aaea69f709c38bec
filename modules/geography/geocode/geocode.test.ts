import { distanceM, inRing } from '@pentad/platform/geo'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { demoCity, testSentences } from './demo-city.test-help.ts'
import { inPinyin, roadInEnglish } from './english.ts'
import { inChinese, numberOf } from './model/numerals.ts'
import { plainOf } from './text.ts'

const { locate, cells, cellOf, teller, nameOf } = demoCity()
const best = (words: string) => {
  const [first] = locate(words)
  if (!first) throw new Error(`nothing for ${words}`)
  return { ...first, street: nameOf(first.cell.slice(0, 9)) }
}
const away = (a: { lon: number; lat: number }, b: { lon: number; lat: number }) =>
  distanceM([a.lon, a.lat], [b.lon, b.lat])
const codes = (words: string) => best(words).reasons.map((r) => r.code)

describe('the test set of said addresses [DUM-04]', () => {
  const sentences = testSentences()
  const share = (part: 'develop' | 'held') => {
    const of = sentences.filter((s) => s.part === part)
    const right = of.filter((s) => s.streets.includes(locate(s.sentence)[0]?.cell.slice(0, 9) ?? ''))
    return right.length / of.length
  }

  test('there are 500 sentences, 100 of them held out of development', () => {
    expect([sentences.length, sentences.filter((s) => s.part === 'held').length]).toEqual([500, 100])
  })
  test('at least 95 of 100 come to the right street, also of those that were held out', () => {
    expect(share('develop')).toBeGreaterThanOrEqual(0.95)
    expect(share('held')).toBeGreaterThanOrEqual(0.95)
  })
  test('where the place is meant to the metre, nine of ten come near enough', () => {
    const exact = sentences.filter((s) => s.at)
    const near = exact.filter(({ sentence, at }) => {
      const [first] = locate(sentence)
      return first && at && away(first, at) <= at.toleranceM
    })
    expect(near.length / exact.length).toBeGreaterThanOrEqual(0.9)
  })
})

describe('the grammar of an address [DUM-04] [INF-14]', () => {
  test('district, street, lane, number, in digits, full width or Chinese numerals, come to one plate', () => {
    const plate = best('东城区交道口街道帽儿胡同36号')
    for (const words of [
      '帽儿胡同36号',
      '帽儿胡同三十六号',
      '帽儿胡同３６号',
      '帽儿胡同 36号',
      "No. 36 Mao'er Hutong",
      'maoer hutong 36 hao',
    ])
      expect(away(best(words), plate)).toBeLessThan(1)
    expect(plate).toMatchObject({ name: '帽儿胡同36号', kind: 'door-plate', street: '交道口街道' })
  })
  test('a number between two plates lies between them, on its own side', () => {
    const [a, b] = [best('帽儿胡同34号'), best('帽儿胡同38号')]
    const between = best('帽儿胡同36号')
    expect(away(between, a) + away(between, b)).toBeLessThan(away(a, b) + 12)
  })
  test('甲, 乙 and yards are told apart', () => {
    expect(best('东直门内大街甲136号').name).toBe('东直门内大街甲136号')
  })
  test('a wrong street or district is said, and does not lead away', () => {
    const wrong = best('西城区什刹海街道帽儿胡同36号')
    expect(wrong).toMatchObject({ name: '帽儿胡同36号', street: '交道口街道' })
    expect(wrong.reasons.filter((r) => r.code === 'area-contradicts').map((r) => r.about)).toEqual([
      '西城区',
      '什刹海街道',
    ])
    expect(wrong.confidence).toBeLessThan(best('帽儿胡同36号').confidence)
  })
  test('an estate with its building', () => {
    expect(best('槐荫里小区3号楼2单元501室')).toMatchObject({ name: '槐荫里小区3号楼', kind: 'estate' })
  })
})

describe('what is heard or typed wrong [DUM-04]', () => {
  test('signs of the same sound', () => {
    expect(best('冒儿胡同')).toMatchObject({ name: '帽儿胡同' })
    expect(codes('冬直门内大街136号')).toContain('homophone')
    expect(best('冬直门内大街136号').name).toBe('东直门内大街136号')
  })
  test('a sign missing or wrong', () => {
    expect(best('前圆恩胡同').name).toBe('前圆恩寺胡同')
    expect(best('杨梅竹科街').name).toBe('杨梅竹斜街')
  })
  test('pinyin, initials, English, and a name only begun', () => {
    expect(best('dongzhimenneidajie 136').name).toBe('东直门内大街136号')
    expect(best('ydxj').name).toBe('烟袋斜街')
    expect(best('corner of Dongsi North Street and Zhangzizhong Rd').kind).toBe('crossing')
    expect(best('东直门内大').name).toBe('东直门内大街')
  })
  test('words without a name of the city give nothing', () => {
    expect(locate('你好请问在吗')).toEqual([])
    expect(locate('')).toEqual([])
  })
  test('any text at all is answered, and what was understood lies inside it without overlap', () => {
    const piece = fc.constantFrom(
      '东四',
      '北大街',
      '36号',
      '与',
      '张自忠路',
      '以北',
      '五十米',
      ' ',
      'dongsi',
      '🙂',
      '３',
      '，',
      '甲',
      '对面',
      '"',
      '\u0301',
      '至',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 40 }),
          fc.array(piece, { maxLength: 10 }).map((p) => p.join('')),
        ),
        (words) => {
          for (const { spans, confidence } of locate(words)) {
            expect(confidence).toBeGreaterThanOrEqual(0)
            expect(confidence).toBeLessThanOrEqual(1)
            let end = 0
            for (const span of spans) {
              expect(span.from).toBeGreaterThanOrEqual(end)
              expect(span.to).toBeGreaterThan(span.from)
              end = span.to
            }
            expect(end).toBeLessThanOrEqual(words.length)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('relative words [DUM-04]', () => {
  const crossing = best('东四北大街与张自忠路交叉口')
  test('where two roads meet, however it is said', () => {
    for (const words of ['东四北大街和张自忠路路口', '东四北大街、张自忠路交汇处', '张自忠路东四北大街十字路口'])
      expect(away(best(words), crossing)).toBeLessThan(1)
  })
  test('north of it by fifty metres', () => {
    for (const words of ['东四北大街与张自忠路交叉口以北约50米', '东四北大街和张自忠路路口往北走五十米']) {
      const there = best(words)
      expect(there.lat).toBeGreaterThan(crossing.lat)
      expect(away(there, crossing)).toBeGreaterThan(45)
      expect(away(there, crossing)).toBeLessThan(55)
    }
  })
  test('a corner, an end, a stretch between two roads, and across the road', () => {
    const corner = best('东四北大街与张自忠路路口东北角')
    expect([corner.lon > crossing.lon, corner.lat > crossing.lat]).toEqual([true, true])
    expect(best('菊儿胡同西口').lon).toBeLessThan(best('菊儿胡同东口').lon)
    expect(codes('骡马市大街(南新华街至宣武门外大街段)')).toContain('between')
    const here = best('东直门内大街136号')
    const there = best('东直门内大街136号对面')
    expect(away(here, there)).toBeGreaterThan(20)
    expect(away(here, there)).toBeLessThan(60)
  })
})

describe('how a place is said [DUM-04] [PUB-20]', () => {
  const areas = { street: '交道口街道', community: '府学社区' }
  test('on a road away from a crossing: both roads, direction and distance', () => {
    const { lon, lat } = best('东四北大街与张自忠路交叉口')
    const words = teller.say([lon, lat + 50 / 111_195], areas)
    expect(words['zh-CN']).toMatch(/^东四北大街与(张自忠路|东四十条)交叉口以北约 50 米\(交道口街道\)$/)
    expect(words.en).toMatch(
      /^about 50 m north of the corner of Dongsi North Street and (Zhangzizhong Road|Dongsishitiao), Jiaodaokou Subdistrict$/,
    )
  })
  test('at a door plate: the plate', () => {
    const { lon, lat } = best('帽儿胡同36号')
    expect(teller.say([lon, lat], areas)['zh-CN']).toBe('帽儿胡同36号(交道口街道)')
    expect(teller.say([lon, lat], areas).en).toBe("No. 36, Mao'er Hutong, Jiaodaokou Subdistrict")
  })
  test('every cell of the city can be said in both languages, and no English has a Chinese sign in it', () => {
    for (const { ring } of cells) {
      const [at] = ring
      if (!at) continue
      const words = teller.say(at, areas)
      expect(words['zh-CN']).not.toBe('')
      expect(words.en).not.toMatch(/[\u4e00-\u9fff]/)
    }
  })
  test('English names of roads', () => {
    expect(
      ['东四北大街', '帽儿胡同', '东直门内大街', '张自忠路', '北三环中路', '西安门大街'].map(roadInEnglish),
    ).toEqual([
      'Dongsi North Street',
      "Mao'er Hutong",
      'Dongzhimen Inner Street',
      'Zhangzizhong Road',
      'North 3rd Ring Road Middle',
      "Xi'anmen Street",
    ])
    expect(inPinyin('大栅栏')).toBe('Dashilan')
  })
})

describe('every coordinate has one cell [DUM-04]', () => {
  type Cell = (typeof cells)[number]
  const byCorner = new Map(cells.map((c) => [`${c.xM}:${c.yM}`, c]))
  const around = [-200, -100, 0, 100, 200]
  /** The cells around one that hold a point. */
  const holders = (c: Cell, lon: number, lat: number): Cell[] =>
    around
      .flatMap((dx) => around.flatMap((dy) => byCorner.get(`${c.xM + dx}:${c.yM + dy}`) ?? []))
      .filter((other) => inRing([lon, lat], other.ring))
  const corner = (c: Cell, i: number) => c.ring[i] ?? [0, 0]
  const cellIndex = fc.integer({ min: 0, max: cells.length - 1 })

  test('a point anywhere inside, on a border or on a corner lies in exactly one cell of those around it', () => {
    fc.assert(
      fc.property(
        cellIndex,
        fc.integer({ min: 0, max: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (k, i, t, within) => {
          const c = cells[k]
          if (!c) return
          const [p, q, r] = [corner(c, i), corner(c, i + 1), corner(c, (i + 2) % 4)]
          const edge = [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t] as const
          const at = within ? ([edge[0] + (r[0] - edge[0]) * t, edge[1] + (r[1] - edge[1]) * t] as const) : edge
          const found = holders(c, at[0], at[1])
          expect(found.length).toBeLessThanOrEqual(1)
          expect(found[0]?.code).toBe(cellOf({ lon: at[0], lat: at[1] }))
        },
      ),
      { numRuns: 3000 },
    )
  })
  test('inside the city none is without one: corners where four cells meet belong to one of them', () => {
    const whole = cells.filter(
      (c) =>
        byCorner.has(`${c.xM - 100}:${c.yM}`) &&
        byCorner.has(`${c.xM}:${c.yM - 100}`) &&
        byCorner.has(`${c.xM - 100}:${c.yM - 100}`),
    )
    const lost = whole.filter((c) => {
      const [lon, lat] = corner(c, 0)
      return holders(c, lon, lat).length !== 1
    })
    expect(whole.length).toBeGreaterThan(8000)
    expect(lost).toEqual([])
  })
})

describe('numbers and signs', () => {
  test('Chinese numerals are read as they are written', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 99 }), (n) => numberOf(inChinese(n)) === n))
    expect(['一百二十八', '一百二', '一百零二', '幺零二', '两百', '三六', '十六', '2百'].map(numberOf)).toEqual([
      128, 120, 102, 102, 200, 36, 16, 200,
    ])
  })
  test('plain text knows where each sign stood', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (said) => {
        const { signs, from, to } = plainOf(said)
        expect(from.length).toBe(signs.length)
        expect(signs.every((_, i) => (to[i] ?? 0) > (from[i] ?? 0) && (to[i] ?? 0) <= said.length)).toBe(true)
      }),
    )
  })
})
