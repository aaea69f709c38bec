/** Road and area names in English where none is given: pinyin with the kind of road as Beijing's signs have it in English guides. */
import { syllablesOf } from './pinyin.ts'

const kinds: readonly (readonly [zh: string, en: string])[] = [
  ['大街', 'Street'],
  ['胡同', 'Hutong'],
  ['斜街', 'Byway'],
  ['街', 'Street'],
  ['辅路', 'Side Road'],
  ['路', 'Road'],
  ['巷', 'Lane'],
  ['大道', 'Avenue'],
  ['立交桥', 'Flyover'],
  ['桥', 'Bridge'],
]
const sides: Readonly<Record<string, string>> = {
  东: 'East',
  西: 'West',
  南: 'South',
  北: 'North',
  中: 'Middle',
  内: 'Inner',
  外: 'Outer',
  前: 'Front',
  后: 'Back',
}
const areas: readonly (readonly [zh: string, en: string])[] = [
  ['街道', 'Subdistrict'],
  ['社区', 'Community'],
  ['区', 'District'],
  ['市', ''],
]

const heldPinyin = new Map<string, string>()
/** Syllables written together; an apostrophe where a vowel would be read into the syllable before it. */
export function inPinyin(name: string): string {
  const held = heldPinyin.get(name)
  if (held !== undefined) return held
  const word = syllablesOf(name).reduce((all, s) => (all && /^[aoe]/.test(s) ? `${all}'${s}` : all + s), '')
  const written = word.charAt(0).toUpperCase() + word.slice(1)
  if (heldPinyin.size > 20_000) heldPinyin.clear()
  heldPinyin.set(name, written)
  return written
}

const heldRoads = new Map<string, string>()
/** 东四北大街 → Dongsi North Street; 帽儿胡同 → Mao'er Hutong; 东四四条 → Dongsi Sitiao. */
export function roadInEnglish(name: string): string {
  let english = heldRoads.get(name)
  if (english === undefined) {
    english = name.split('—').map(oneRoad).join('–')
    if (heldRoads.size > 20_000) heldRoads.clear()
    heldRoads.set(name, english)
  }
  return english
}
function oneRoad(name: string): string {
  const ring = /^([东西南北])?([二三四五六])环(路)?([东西南北中]路)?$/.exec(name)
  if (ring) {
    const number = ['2nd', '3rd', '4th', '5th', '6th']['二三四五六'.indexOf(ring[2] ?? '二')]
    return [sides[ring[1] ?? ''], number, 'Ring Road', sides[ring[4]?.charAt(0) ?? '']].filter(Boolean).join(' ')
  }
  const kind = kinds.find(([zh]) => name.endsWith(zh) && name.length > zh.length)
  if (!kind) return inPinyin(name)
  let stem = name.slice(0, -kind[0].length)
  const before: string[] = []
  while (stem.length > 2 && sides[stem.at(-1) ?? ''] && before.length < 2) {
    before.unshift(sides[stem.at(-1) ?? ''] ?? '')
    stem = stem.slice(0, -1)
  }
  return [inPinyin(stem), ...before, kind[1]].join(' ')
}

/** 东四街道 → Dongsi Subdistrict. */
export function areaInEnglish(name: string): string {
  const area = areas.find(([zh]) => name.endsWith(zh) && name.length > zh.length)
  if (!area) return inPinyin(name)
  return `${inPinyin(name.slice(0, -area[0].length))} ${area[1]}`.trim()
}
