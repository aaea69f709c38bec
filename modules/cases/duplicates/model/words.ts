/** What counts of the words of a report when it is compared with another. Pure. */
import { numberOf, numeralSigns } from '@pentad/geography/model'

export interface Words {
  /** Pairs and triples of signs, each with how often it stands there; numbers and Latin words also alone. */
  grams: ReadonlyMap<string, number>
  /** Names and numbers by which the place is said: 门内大街, 门内大街38号, 12号楼; each with some signs before it, as it was said. */
  places: ReadonlyMap<string, string>
}

/** In how many texts of a neighbourhood a gram or a place word stands: what all say tells nothing. */
export interface Rarity {
  texts: number
  grams: ReadonlyMap<string, number>
  places: ReadonlyMap<string, number>
}
export const nothingKnown: Rarity = { texts: 0, grams: new Map(), places: new Map() }

/** What callers and forms say about any matter. */
const courtesies = new RegExp(
  [
    '(?:市民|群众|居民|业主|网友|网格员|热线|上级平台|公服企业|商户自查)?(?:来电|来信|留言)?(?:反映|称|转来|上报|投诉|举报)',
    '(?:巡查|视频巡查|执法巡查|无人机巡查)(?:发现|时见|见)',
    '(?:希望|请|恳请|建议|麻烦)?(?:有关部门|相关部门|工作人员)?(?:尽快|及时|派人)?(?:处理|核实|解决|看看|清理)(?:一下)?',
    '您好|你好|谢谢|领导批示|责任网格内|画面显示|监测点报警|普查登记|执法巡查|居民意见很大|以前也反映过|影响出行',
  ].join('|'),
  'gu',
)
/** Things that are counted by a number before them: 十二号楼 is 12号楼, but 十字路口 stays. */
const numerals = new RegExp(`[${numeralSigns}]+(?=号|楼|层|栋|幢|单元|院|室|座|弄|条|米|个|辆|天|户)`, 'gu')
const sign = /\p{Script=Han}|\p{L}+|\p{N}+/gu
const stretch = /[\p{L}\p{N}]+/gu

/** Full width to half, numbers to digits, courtesies gone. */
export const plainWords = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(courtesies, ' ')
    .replace(numerals, (said) => String(numberOf(said) ?? said))

/** Han signs one by one, numbers and Latin words whole. */
const signsOf = (part: string): string[] =>
  (part.match(/\p{Script=Han}|[^\p{Script=Han}]+/gu) ?? []).flatMap((s) => s.match(sign) ?? [])

const endings =
  '大街|大道|胡同|小区|社区|花园|家园|大厦|公寓|广场|公园|市场|医院|学校|小学|中学|幼儿园|地铁站|公交站|立交桥|天桥|商场|超市|路|街|巷|桥|苑|园|站|村|寺'
/** Words that end like a name and name nothing. */
const unnamed = /(?:道|马|公|铁|线|电|半|修|堵|过|沿|临|当|上|出|走|让|行|网|校|桥)(?:路|街|站|园)$/u
const named = new RegExp(`(\\p{Script=Han}{2,6}?)(${endings})(?:甲|乙)?(\\d+号?(?:院|楼)?)?`, 'gu')
const numbered = /\d+(?:号楼|号院|栋|幢|弄|单元)/gu

function placesOf(plain: string): Map<string, string> {
  const places = new Map<string, string>()
  for (const [, name = '', ending = '', number] of plain.matchAll(named)) {
    // Where a name begins nobody can tell without a list of names; its last two signs are enough to tell it from others.
    const word = name.slice(-2) + ending
    if (unnamed.test(word)) continue
    places.set(word, name + ending)
    if (number) places.set(word + number, name + ending + number)
  }
  for (const [word] of plain.matchAll(numbered)) places.set(word, word)
  return places
}

export function wordsOf(text: string): Words {
  const plain = plainWords(text)
  const grams = new Map<string, number>()
  const add = (gram: string) => grams.set(gram, (grams.get(gram) ?? 0) + 1)
  for (const part of plain.match(stretch) ?? []) {
    const signs = signsOf(part)
    for (const [i, first] of signs.entries()) {
      const second = signs[i + 1]
      const third = signs[i + 2]
      if (!/^\p{Script=Han}$/u.test(first)) add(first)
      if (second) add(first + second)
      if (second && third) add(first + second + third)
    }
  }
  return { grams, places: placesOf(plain) }
}

export function rarityOf(all: readonly Words[]): Rarity {
  const grams = new Map<string, number>()
  const places = new Map<string, number>()
  for (const words of all) {
    for (const gram of words.grams.keys()) grams.set(gram, (grams.get(gram) ?? 0) + 1)
    for (const place of words.places.keys()) places.set(place, (places.get(place) ?? 0) + 1)
  }
  return { texts: all.length, grams, places }
}

/** As if so many texts that say something else stood beside those known: few texts teach little. */
const imaginedTexts = 20

/** 1 for what nobody says, towards 0 for what all say. */
const weightOf = (gram: string, { texts, grams }: Rarity): number => {
  const all = texts + imaginedTexts
  return Math.log(1 + all / ((grams.get(gram) ?? 0) + 1)) / Math.log(1 + all)
}

/** How alike two texts are, 0 to 1 (cosine); null when one of them says nothing. */
export function likeness(a: Words, b: Words, rarity: Rarity = nothingKnown): number | null {
  if (a.grams.size === 0 || b.grams.size === 0) return null
  const [small, large] = a.grams.size <= b.grams.size ? [a, b] : [b, a]
  let shared = 0
  for (const [gram, n] of small.grams) {
    const m = large.grams.get(gram)
    if (m) shared += (1 + Math.log(n)) * (1 + Math.log(m)) * weightOf(gram, rarity) ** 2
  }
  if (shared === 0) return 0
  return Math.min(1, shared / (lengthOf(a, rarity) * lengthOf(b, rarity)))
}
const lengthOf = ({ grams }: Words, rarity: Rarity): number => {
  let sum = 0
  for (const [gram, n] of grams) sum += ((1 + Math.log(n)) * weightOf(gram, rarity)) ** 2
  return Math.sqrt(sum)
}

/** A place word that more than this share of the neighbourhood says, and more than so many texts, tells no place. */
const rareShare = 0.03
const rareTexts = 4

/** The place words that both say and few others do, the longest first and none that is part of another. */
export function sharedPlaces(a: Words, b: Words, { texts, places }: Rarity = nothingKnown): string[] {
  const rare = [...a.places].flatMap(([word, said]) => {
    const other = b.places.get(word)
    const few = (places.get(word) ?? 0) <= Math.max(rareTexts, texts * rareShare)
    return other && few ? [commonEnd(said, other)] : []
  })
  const longest = rare.sort((p, q) => q.length - p.length || (p < q ? -1 : 1))
  return longest.filter((word, i) => !longest.slice(0, i).some((longer) => longer.includes(word)))
}
function commonEnd(a: string, b: string): string {
  let n = 0
  while (n < a.length && n < b.length && a.at(-1 - n) === b.at(-1 - n)) n++
  return a.slice(a.length - n)
}
