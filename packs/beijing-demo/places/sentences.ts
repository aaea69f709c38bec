/**
 * Writes the test set of geocoding, modules/geography/geocode/sentences.csv: `node packs/beijing-demo/places/sentences.ts`. Half of it
 * is written by hand (spoken.txt), half made of the pack's data by forms. Where a sentence is meant is reckoned here from the pack's
 * tables alone, with none of the code under test. Every fifth and third of five hand-written ones (100) are held out of development.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pinyin } from 'pinyin-pro'
import { toDegrees, toMetres } from '../gauss-kruger.ts'
import { loadPack } from '../index.ts'
import { seededRandom } from '../random.ts'
import { readTable } from '../table.ts'

type Point = readonly [number, number]
interface Meant {
  /** Streets that are right: one, or all that a road touches. */
  streets: string[]
  at: Point | null
  toleranceM: number
}

const folder = join(import.meta.dirname, '..')
const pack = loadPack(folder)
const cells = new Map(pack.cells.map((c) => [`${c.xM}:${c.yM}`, c]))
const streetAt = ([x, y]: Point): string =>
  cells.get(`${Math.floor(x / 100) * 100}:${Math.floor(y / 100) * 100}`)?.streetCode ?? ''
const names = new Map(pack.areas.map((a) => [a.code, a.name]))
const metres = (lon: number, lat: number): Point => {
  const { xM, yM } = toMetres(lon, lat)
  return [xM, yM]
}
const places = readTable(folder, 'places/places.csv', 'id,name,name_en,aliases,kind,lon,lat,area_code', (row) => ({
  name: row.text('name'),
  nameEn: row.text('name_en'),
  kind: row.text('kind'),
  at: metres(row.number('lon'), row.number('lat')),
}))
const addresses = readTable(folder, 'places/addresses.csv', 'road,number,lon,lat,estate,building,area_code', (row) => ({
  road: row.text('road'),
  number: row.text('number'),
  estate: row.text('estate'),
  building: row.text('building'),
  at: metres(row.number('lon'), row.number('lat')),
}))
const plates = addresses.filter((a) => !a.building)
const byRoad = Map.groupBy(plates, (a) => a.road)
const need = <T>(x: T | undefined, what: string): T => {
  if (x === undefined) throw new Error(`sentences: no ${what}`)
  return x
}
const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1])
const sides: Record<string, Point> = { 北: [0, 1], 南: [0, -1], 东: [1, 0], 西: [-1, 0] }

function meant(reference: string): Meant {
  const [what = '', move] = reference.split('@')
  const [kind = '', name = ''] = what.split(/:(.*)/s)
  const base = unmoved(kind, name)
  if (!move || !base.at) return base
  const [side = '', far = ''] = move.split(',')
  const [dx, dy] = need(sides[side], side)
  const at: Point = [base.at[0] + dx * Number(far), base.at[1] + dy * Number(far)]
  return { streets: [streetAt(at)], at, toleranceM: base.toleranceM + Number(far) * 0.2 }
}
function unmoved(kind: string, name: string): Meant {
  if (kind === 'place') {
    const { at } = need(
      places.find((p) => p.name === name),
      name,
    )
    return { streets: [streetAt(at)], at, toleranceM: 120 }
  }
  if (kind === 'community')
    return {
      streets: [
        need(
          pack.areas.find((a) => a.name === name),
          name,
        ).code.slice(0, 9),
      ],
      at: null,
      toleranceM: 0,
    }
  if (kind === 'lane') {
    const count = Map.groupBy(need(byRoad.get(name), name), (p) => streetAt(p.at))
    const total = byRoad.get(name)?.length ?? 1
    return {
      streets: [...count].filter(([, list]) => list.length / total > 0.2).map(([code]) => code),
      at: null,
      toleranceM: 0,
    }
  }
  if (kind === 'plate') {
    const [road = '', number = ''] = name.split(',')
    const list = need(byRoad.get(road), road)
    const value = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? 0)
    const best =
      list.find((p) => p.number === number) ??
      list.toSorted((a, b) => Math.abs(value(a.number) - value(number)) - Math.abs(value(b.number) - value(number)))[0]
    const { at } = need(best, name)
    return { streets: [streetAt(at)], at, toleranceM: 60 }
  }
  const [a = '', b = ''] = name.split(',')
  const { at } = crossing(a, b)
  return { streets: [streetAt(at)], at, toleranceM: 120 }
}
function crossing(a: string, b: string): { at: Point; gapM: number } {
  let best: { at: Point; gapM: number } = { at: [0, 0], gapM: Number.POSITIVE_INFINITY }
  for (const p of need(byRoad.get(a), a))
    for (const q of need(byRoad.get(b), b)) {
      const gapM = apart(p.at, q.at)
      if (gapM < best.gapM) best = { at: [(p.at[0] + q.at[0]) / 2, (p.at[1] + q.at[1]) / 2], gapM }
    }
  return best
}

interface Sentence extends Meant {
  words: string
  form: string
  part: 'develop' | 'held'
}
const spoken = readFileSync(join(folder, 'places/spoken.txt'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line, i): Sentence => {
    const bar = line.lastIndexOf('|')
    return {
      words: line.slice(0, bar),
      form: 'spoken',
      part: i % 5 === 1 || i % 5 === 3 ? 'held' : 'develop',
      ...meant(line.slice(bar + 1)),
    }
  })

// ——— by forms
const random = seededRandom(41)
const roads = [...byRoad.keys()].filter((r) => !r.includes('—') && (byRoad.get(r)?.length ?? 0) >= 6)
const pick = <T>(items: readonly T[]): T => random.pick(items)
const plate = () => pick(byRoad.get(pick(roads)) ?? [])
const digits = '零一二三四五六七八九'
const inChinese = (n: number): string => {
  if (n < 10) return digits[n] ?? ''
  if (n < 100) return `${n >= 20 ? digits[Math.floor(n / 10)] : ''}十${n % 10 ? digits[n % 10] : ''}`
  return `${digits[Math.floor(n / 100)]}百${n % 100 === 0 ? '' : n % 100 < 10 ? `零${digits[n % 10]}` : `${digits[Math.floor((n % 100) / 10)]}十${n % 10 ? digits[n % 10] : ''}`}`
}
const spokenNumber = (number: string): string => number.replace(/\d+/, (d) => inChinese(Number(d)))
const wide = (text: string): string => text.replace(/[0-9]/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0))
const openings = ['你好，', '喂，我在', '就是', '麻烦看一下，', '反映一下', '我要投诉，', '那个', '我家住', '']
const endings = [
  '，垃圾没人管',
  '那儿有个大坑',
  '门口乱停车',
  '，晚上特别吵',
  '这边井盖坏了',
  '，麻烦你们派人来',
  '下水道堵了好几天',
  '嘛，快来人',
  '',
]
/** Signs that people write for one another because they sound alike. */
const alike: Record<string, string> = {
  帽: '冒',
  锣: '罗',
  府: '俯',
  雍: '庸',
  圆: '园',
  宝: '保',
  钞: '抄',
  珠: '朱',
  棉: '绵',
  椿: '春',
  鼓: '古',
  炮: '泡',
  辟: '劈',
  堂: '唐',
  磨: '模',
  煤: '梅',
  柳: '留',
  兴: '星',
  柏: '百',
  琉: '流',
  璃: '离',
  灵: '玲',
  境: '镜',
  丰: '风',
  盛: '胜',
  粮: '凉',
  棠: '糖',
  演: '眼',
  乐: '月',
  礼: '理',
  史: '使',
  家: '加',
  新: '心',
  康: '糠',
  白: '百',
  纸: '止',
  永: '咏',
  安: '按',
  德: '得',
  景: '警',
  祈: '奇',
  打: '搭',
  草: '操',
  厂: '场',
  花: '化',
  市: '事',
  大: '达',
  街: '接',
  同: '铜',
}
const streets = pack.areas.filter((a) => a.level === 'street')

const forms: Record<string, () => { words: string; meant: Meant } | undefined> = {
  full: () => {
    const p = plate()
    const code = streetAt(p.at)
    return {
      words: `${names.get(code.slice(0, 6))}${names.get(code)}${p.road}${p.number}`,
      meant: meant(`plate:${p.road},${p.number}`),
    }
  },
  numerals: () => {
    const p = plate()
    return {
      words: `${pick(openings)}${p.road}${spokenNumber(p.number)}${pick(endings)}`,
      meant: meant(`plate:${p.road},${p.number}`),
    }
  },
  wide: () => {
    const p = plate()
    return { words: `${p.road}　${wide(p.number)}${pick(endings)}`, meant: meant(`plate:${p.road},${p.number}`) }
  },
  'wrong-street': () => {
    const p = plate()
    const other = pick(streets.filter((s) => s.code !== streetAt(p.at)))
    return { words: `${other.name}${p.road}${p.number}${pick(endings)}`, meant: meant(`plate:${p.road},${p.number}`) }
  },
  typo: () => {
    const p = plate()
    const at = [...p.road].findIndex((sign) => alike[sign])
    if (at < 0) return undefined
    const road = [...p.road].map((sign, i) => (i === at ? alike[sign] : sign)).join('')
    if (byRoad.has(road)) return undefined
    return { words: `${pick(openings)}${road}${p.number}${pick(endings)}`, meant: meant(`plate:${p.road},${p.number}`) }
  },
  missing: () => {
    const p = plate()
    const signs = [...p.road]
    if (signs.length < 5) return undefined
    const at = 1 + Math.floor(random.between(0, signs.length - 3))
    const road = signs.filter((_, i) => i !== at).join('')
    if ([...byRoad.keys()].some((r) => r !== p.road && (r.includes(road) || road.includes(r)))) return undefined
    return { words: `${road}${p.number}附近`, meant: meant(`plate:${p.road},${p.number}`) }
  },
  pinyin: () => {
    const p = plate()
    const read = pinyin(p.road, { toneType: 'none', type: 'array' })
    if (roads.some((r) => r !== p.road && pinyin(r, { toneType: 'none' }) === read.join(' '))) return undefined
    return {
      words: `${read.join(random.next() < 0.5 ? '' : ' ')} ${/\d+/.exec(p.number)?.[0]} hao`,
      meant: { ...meant(`plate:${p.road},${p.number}`), toleranceM: 120 },
    }
  },
  crossing: () => {
    for (let i = 0; i < 4000; i++) {
      const [a, b] = [pick(roads), pick(roads)]
      if (a === b) continue
      const c = crossing(a, b)
      if (c.gapM > 40) continue
      const words = pick([
        `${a}与${b}交叉口`,
        `${a}和${b}那个路口`,
        `${a}、${b}交汇处东北角`,
        `${a}跟${b}拐角`,
        `${a}${b}路口`,
      ])
      return { words: `${pick(openings)}${words}${pick(endings)}`, meant: meant(`cross:${a},${b}`) }
    }
    return undefined
  },
  offset: () => {
    const p = pick(
      places.filter((x) => ['landmark', 'poi', 'station', 'park'].includes(x.kind) && !x.name.includes('侧')),
    )
    const side = pick(['东', '西', '南', '北'])
    const far = pick([50, 80, 100, 150, 200])
    const words = pick([
      `${p.name}以${side}约${far}米`,
      `${p.name}往${side}走${inChinese(far)}米`,
      `从${p.name}出来朝${side}大概${far}米`,
      `${p.name}${side}侧${far}米处`,
    ])
    const m = meant(`place:${p.name}@${side},${far}`)
    return m.streets[0] ? { words: `${words}${pick(endings)}`, meant: m } : undefined
  },
  place: () => {
    const p = pick(places.filter((x) => x.kind !== 'street-lane' && !/[（侧]/.test(x.name)))
    const words = pick([
      `${p.name}对面`,
      `${p.name}旁边`,
      `${p.name}门口`,
      `${p.name}附近`,
      `靠近${p.name}`,
      `${p.name}东南角`,
    ])
    return { words: `${pick(openings)}${words}${pick(endings)}`, meant: meant(`place:${p.name}`) }
  },
  english: () => {
    const p = pick(
      places.filter((x) => /^[A-Za-z' .-]+$/.test(x.nameEn) && x.kind !== 'street-lane' && x.kind !== 'estate'),
    )
    return {
      words: pick([
        `near ${p.nameEn}`,
        `opposite ${p.nameEn}`,
        `${p.nameEn}, rubbish everywhere`,
        `next to the ${p.nameEn}`,
      ]),
      meant: meant(`place:${p.name}`),
    }
  },
  estate: () => {
    const a = pick(addresses.filter((x) => x.building))
    const name = a.estate.replace('（演示）', '')
    return {
      words: `${name}${random.next() < 0.5 ? a.building : spokenNumber(a.building)}${pick(['2单元301', '一单元', '楼下', ''])}`,
      meant: { streets: [streetAt(a.at)], at: a.at, toleranceM: 60 },
    }
  },
}

const made: Sentence[] = []
const order = Object.keys(forms)
const seen = new Set(spoken.map((s) => s.words))
for (let i = 0; made.length < 500 - spoken.length; i++) {
  const form = order[i % order.length] ?? ''
  const one = forms[form]?.()
  if (!one || seen.has(one.words) || one.meant.streets.length === 0 || !one.meant.streets[0]) continue
  seen.add(one.words)
  made.push({ words: one.words, form, part: 'develop', ...one.meant })
}

const cell = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const lines = [...spoken, ...made].map(({ words, form, part, streets: right, at, toleranceM }) => {
  const point = at ? toDegrees(at[0], at[1]) : undefined
  return [
    words,
    form,
    part,
    right.join('|'),
    point?.lon.toFixed(5) ?? '',
    point?.lat.toFixed(5) ?? '',
    at ? String(Math.round(toleranceM)) : '',
  ]
    .map(cell)
    .join(',')
})
writeFileSync(
  join(folder, '../../modules/geography/geocode/sentences.csv'),
  `sentence,form,part,street,lon,lat,tolerance_m\n${lines.join('\n')}\n`,
)
console.log(
  `${lines.length} sentences: ${spoken.length} by hand, ${spoken.filter((s) => s.part === 'held').length} of them held out`,
)
