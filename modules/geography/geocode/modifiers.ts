/** Words that move a place: numbers, directions, corners, ends, sides, across the road. Read from the text around a mention. Pure. */
import { numberOf, numeralSigns } from './model/numerals.ts'

/** A stretch of the plain text that was understood. */
export interface Taken {
  from: number
  to: number
  part: 'number' | 'relation'
}
export interface HouseNumber {
  number: number
  /** 甲, 乙 … or ''. */
  mark: string
  said: string
}
export interface Offset {
  /** Index of the eight directions, north first. */
  direction: number
  metres: number
}
export type RoadEnd = { direction: number } | { middle: true }
export interface Modifiers {
  house?: HouseNumber
  building?: number
  offset?: Offset
  opposite?: true
  /** A corner or a side: a direction without a distance. */
  side?: number
  end?: RoadEnd
  crossing?: true
  /** Words after which the next name only helps to find this one: 靠近, 挨着. */
  towards?: true
  /** One comes from there: 出来, 下车. */
  origin?: true
  /** `A 至 B` follows, or `A 和 B 之间`. */
  until?: true
  between?: true
  taken: Taken[]
}

const n = `[${numeralSigns}]`
const directionsZh: Readonly<Record<string, number>> = {
  北: 0,
  东北: 1,
  东: 2,
  东南: 3,
  南: 4,
  西南: 5,
  西: 6,
  西北: 7,
  北东: 1,
  北西: 7,
  南东: 3,
  南西: 5,
}
const direction = '(东北|东南|西北|西南|东|南|西|北)'
const directionsEn: Readonly<Record<string, number>> = {
  north: 0,
  northeast: 1,
  east: 2,
  southeast: 3,
  south: 4,
  southwest: 5,
  west: 6,
  northwest: 7,
}
const directionEn = '(north ?east|north ?west|south ?east|south ?west|north|south|east|west)'

/** 36号, 甲36号, 36号院, 三十六号, 36号之2, 附3号, 36-2号. */
const houseZh = new RegExp(
  `^ ?(?:的|路牌|门牌|门牌号|门牌号是)? ?([甲乙丙丁戊附])?(${n}+)([甲乙丙丁])?(?:(?:[-之附 ]|号之|号附)(${n}+))?(号院|号楼|号|院|弄|(?![${numeralSigns}]| ?(?:米|公里|条|层|点|多|来|个|路|天|站|单元|栋|幢|楼|室)))`,
)
const houseEnAfter = /^ ?(?:no|number|hao|#)? ?(\d+)(?: ?(?:hao|yuan))?(?! ?(?:m|meters?|metres?|mi)\b)/
const houseEnBefore = /(?:^|[^a-z0-9])(?:no|number|nr|#)? ?(\d+)(?: ?(?:of|at|on|,))? ?$/
const buildingZh = new RegExp(`(${n}+) ?(?:号楼|栋|幢|座|楼)`)

export interface Around {
  /** The plain text. */
  text: string
  from: number
  to: number
  /** The end of the mention before, and the beginning of the next. */
  after: number
  before: number
  road: boolean
}

export function modifiersOf({ text, from, to, after, before, road }: Around): Modifiers {
  const m: Modifiers = { taken: [] }
  const tail = text.slice(to, before)
  const head = text.slice(after, from)
  const take = (found: RegExpExecArray | null, base: number, part: Taken['part']): RegExpExecArray | null => {
    if (found?.[0].length) m.taken.push({ from: base + found.index, to: base + found.index + found[0].length, part })
    return found
  }
  let rest = 0
  if (road) {
    const house = houseZh.exec(tail)
    const plain = house && house[5] === '' && numberOf(house[2] ?? '') !== undefined && !/^\d+$/.test(house[2] ?? '')
    if (house && !plain && house[5] !== '号楼') {
      const number = numberOf(house[2] ?? '')
      if (number !== undefined && number > 0) {
        take(house, to, 'number')
        m.house = {
          number,
          mark: house[1] && house[1] !== '附' ? house[1] : (house[3] ?? ''),
          said: house[0].trim().replace(/^的/, ''),
        }
        rest = house[0].length
      }
    } else if (!/[\u4e00-\u9fff]/.test(text.slice(from, to))) {
      const found = take(houseEnAfter.exec(tail), to, 'number') ?? take(houseEnBefore.exec(head), after, 'number')
      if (found) m.house = { number: Number(found[1]), mark: '', said: found[1] ?? '' }
    }
  }
  const behind = tail.slice(rest)
  const base = to + rest
  const building = take(buildingZh.exec(behind), base, 'number')
  if (building) {
    const number = numberOf(building[1] ?? '')
    if (number !== undefined) m.building = number
  }
  readOffset(m, behind, head, base, after, take)
  if (
    take(/对面|对过|对门|opposite|across (?:the (?:road|street) )?from/.exec(behind), base, 'relation') ||
    take(/(?:opposite|across (?:the (?:road|street) )?from)(?: the)? ?$/.exec(head), after, 'relation')
  )
    m.opposite = true
  readSide(m, behind, head, { base, headBase: after, road, take })
  if (
    take(
      /路口|交叉口|交叉|交汇|交会|相交|交界|十字|丁字|三岔口|把角|拐角|街口|胡同口|巷口|交口|口儿|口上|intersection|crossing|corner|junction/.exec(
        behind,
      ),
      base,
      'relation',
    ) ||
    /(?:intersection|crossing|corner|junction) of ?$/.test(head)
  )
    m.crossing = true
  if (
    /靠近|挨着|邻近|临近|紧邻|紧挨|靠|离|近(?!期|来|日)|旁边是|旁边就是|对着|附近有|附近是|close to|near(?:by)?|next to|off/.test(
      behind,
    )
  )
    m.towards = true
  if (/出来|出站|出口|下车|下来/.test(behind)) m.origin = true
  if (take(/^ ?(?:路口|口)? ?(?:至|到|一直到|—|-|to) ?/.exec(behind), base, 'relation') || /from ?$/.test(head))
    m.until = true
  if (take(/之间|中间|这一?段|段|between/.exec(behind), base, 'relation') || /between ?$/.test(head)) m.between = true
  return m
}

type Take = (found: RegExpExecArray | null, base: number, part: Taken['part']) => RegExpExecArray | null

/** 以北约50米, 往西走二百来米, 东侧五十米, 200米 (with a direction before); “50 m north of …” stands before the name. */
function readOffset(m: Modifiers, tail: string, head: string, base: number, headBase: number, take: Take): void {
  const metresZh = `(${n}+|几十|百十来|百|半)(?:多|来|几)? ?(米|公里|里地|里|m)`
  const after = take(
    new RegExp(
      `(?:以|往|向|朝|再|的|正)*${direction}(?:边|侧|面|头|方向|方|向)?[^${numeralSigns}东南西北,]{0,7}?${metresZh}`,
    ).exec(tail) ?? null,
    base,
    'relation',
  )
  if (after) {
    m.offset = { direction: directionsZh[after[1] ?? ''] ?? 0, metres: metresOf(after[2] ?? '', after[3] ?? '米') }
    return
  }
  const turned = take(
    new RegExp(`${metresZh}(?:处|左右|的地方)?[^东南西北,]{0,3}(?:以|往|向|朝)?${direction}`).exec(tail),
    base,
    'relation',
  )
  if (turned) {
    m.offset = { direction: directionsZh[turned[3] ?? ''] ?? 0, metres: metresOf(turned[1] ?? '', turned[2] ?? '米') }
    return
  }
  const walk = take(
    new RegExp(`(?:往|向|朝|从)[^,]{0,4}?${direction}(?:边|侧|面)?(?:走|去|拐|一点|不远)`).exec(tail),
    base,
    'relation',
  )
  if (walk) {
    m.offset = { direction: directionsZh[walk[1] ?? ''] ?? 0, metres: 60 }
    return
  }
  const english = new RegExp(
    `(\\d+) ?(?:m|meters?|metres?)(?: to the| due)? ${directionEn} (?:of|from)(?: the)? ?$`,
  ).exec(head)
  const behind = new RegExp(
    `^ ?(?:about |roughly |some )?(\\d+) ?(?:m|meters?|metres?)(?: to the| due)? ${directionEn}`,
  ).exec(tail)
  const found = take(english, headBase, 'relation') ?? take(behind, base, 'relation')
  if (found) m.offset = { direction: directionsEn[(found[2] ?? '').replace(' ', '')] ?? 0, metres: Number(found[1]) }
  else {
    const near = take(new RegExp(`(?:just |directly )?${directionEn} of(?: the)? ?$`).exec(head), headBase, 'relation')
    if (near) m.offset = { direction: directionsEn[(near[1] ?? '').replace(' ', '')] ?? 0, metres: 40 }
  }
}
function metresOf(count: string, unit: string): number {
  const number =
    count === '几十'
      ? 50
      : count === '百十来'
        ? 110
        : count === '百'
          ? 100
          : count === '半'
            ? 0.5
            : (numberOf(count) ?? 0)
  return unit === '公里' ? number * 1000 : unit.startsWith('里') ? number * 500 : number
}

interface SideReading {
  base: number
  headBase: number
  road: boolean
  take: Take
}
/** 东北角, 西口, 路北, 南侧, 中段. Ends belong to roads, sides to anything. */
function readSide(m: Modifiers, tail: string, head: string, { base, headBase, road, take }: SideReading): void {
  if (road) {
    const end = take(
      new RegExp(`^ ?(?:的|靠|最)*${direction}(?:头|口|端|路口|边的口|尽头|段)`).exec(tail),
      base,
      'relation',
    )
    if (end) {
      m.end = { direction: directionsZh[end[1] ?? ''] ?? 0 }
      return
    }
    if (take(/^ ?的?(?:中段|中间|当中|中部)/.exec(tail), base, 'relation')) {
      m.end = { middle: true }
      return
    }
    const endEn = new RegExp(`${directionEn} (?:end|entrance|mouth) of(?: the)? ?$`).exec(head) ?? null
    if (take(endEn, headBase, 'relation')) {
      m.end = { direction: directionsEn[(endEn?.[1] ?? '').replace(' ', '')] ?? 0 }
      return
    }
  }
  if (m.offset) return
  const side =
    take(new RegExp(`${direction}(?:北|南)?角`).exec(tail), base, 'relation') ??
    take(new RegExp(`(?:路|街|马路|胡同|以|的)?${direction}(?:侧|边|面|门外|墙外)`).exec(tail), base, 'relation') ??
    take(new RegExp(`路${direction}`).exec(tail), base, 'relation')
  if (side) {
    m.side = directionsZh[side[1] ?? ''] ?? 0
    return
  }
  const corner = take(
    new RegExp(`${directionEn}(?:ern)? (?:corner|side) of(?: the)? ?`).exec(head),
    headBase,
    'relation',
  )
  if (corner) m.side = directionsEn[(corner[1] ?? '').replace(' ', '')] ?? 0
}
