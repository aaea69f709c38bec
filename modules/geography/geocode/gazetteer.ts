/** Every name of the city by signs, sounds and letters, with the features it may mean. */

import { inPinyin, roadInEnglish } from './english.ts'
import { type Area, bare, type Feature, type Features } from './features.ts'
import type { How } from './model.ts'
import { soundOf, syllablesOf } from './pinyin.ts'
import type { Plane, Spot } from './plane.ts'
import { plainOf } from './text.ts'
import { Trie } from './trie.ts'

export interface Entry {
  feature: Feature
  /** The name under which it is found. */
  text: string
  how: How
}

export interface Gazetteer extends Features {
  plane: Plane
  /** The cell that holds a spot. */
  cellAtSpot: (spot: Spot) => string | undefined
  entries: readonly Entry[]
  bySigns: Trie
  bySounds: Trie
  byLetters: Trie
  /** Initials of whole names. */
  byInitials: ReadonlyMap<string, readonly number[]>
  /** Pairs of sounds and triples of letters, for what is nearly right: entry → how many it has. */
  soundPairs: ReadonlyMap<string, readonly number[]>
  letterTriples: ReadonlyMap<string, readonly number[]>
  soundsOf: readonly (readonly string[])[]
  lettersOf: readonly string[]
}

const roadKinds = /(胡同|斜街|大街|街|路|巷)$/
/** Letters only, small: how Latin names are compared. */
export const lettersIn = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z0-9]/g, '')
    .replaceAll('v', 'u')

export function gazetteerOf(
  features: Features,
  plane: Plane,
  cellAt: (point: { lon: number; lat: number }) => string | undefined,
): Gazetteer {
  const entries: Entry[] = []
  const bySigns = new Trie()
  const bySounds = new Trie()
  const byLetters = new Trie()
  const byInitials = new Map<string, number[]>()
  const soundPairs = new Map<string, number[]>()
  const letterTriples = new Map<string, number[]>()
  const soundsOf: string[][] = []
  const lettersOf: string[] = []
  const push = (map: Map<string, number[]>, key: string, id: number): void => {
    const list = map.get(key)
    if (!list) map.set(key, [id])
    else if (list.at(-1) !== id) list.push(id)
  }

  const name = (feature: Feature, text: string, how: How): void => {
    const signs = /^[\u4e00-\u9fff]+$/.test(text) ? [...text] : plainOf(text).signs.filter((s) => s !== ' ')
    if (signs.length < 2) return
    const id = entries.length
    const latin = signs.every((s) => /[a-z0-9]/.test(s))
    entries.push({ feature, text, how: latin ? 'english' : how })
    if (latin) {
      soundsOf.push([])
      letters(id, lettersIn(text))
      return
    }
    bySigns.add(signs, id)
    const sounds = signs.map(soundOf)
    soundsOf.push(sounds)
    bySounds.add(sounds, id)
    if (signs.length >= 3) for (let i = 1; i < sounds.length; i++) push(soundPairs, `${sounds[i - 1]} ${sounds[i]}`, id)
    if (how === 'short') {
      lettersOf.push('')
      return
    }
    const syllables = syllablesOf(text.replace(/\s/g, ''))
    letters(id, lettersIn(syllables.join('')))
    if (syllables.length >= 3) push(byInitials, lettersIn(syllables.map((s) => s.charAt(0)).join('')), id)
  }
  const letters = (id: number, key: string): void => {
    lettersOf.push(key)
    if (key.length < 3) return
    byLetters.add(key, id)
    if (key.length >= 6) for (let i = 2; i < key.length; i++) push(letterTriples, key.slice(i - 2, i + 1), id)
  }

  const own = new Set(features.roads.map((r) => r.name))
  for (const road of features.roads) {
    const parts = road.name.includes('—') ? road.name.split('—') : []
    for (const text of parts.length ? parts.filter((p) => !own.has(p)) : [road.name]) {
      name(road, text, 'exact')
      const stem = text.replace(roadKinds, '')
      const kind = text.slice(stem.length)
      // 帽儿 for 帽儿胡同, 护国寺 for 护国寺街; two signs before 街 or 路 are too little.
      if (
        kind &&
        stem.length >= (kind === '胡同' || kind === '斜街' ? 2 : 3) &&
        !/[东南西北内外中]$/.test(stem) &&
        !own.has(stem)
      )
        name(road, stem, 'short')
      name(road, roadInEnglish(text), 'english')
      if (kind) {
        const stemRead = inPinyin(stem)
        for (const word of kind === '胡同'
          ? ['Hutong', 'Alley', 'Lane']
          : kind === '巷'
            ? ['Lane', 'Alley']
            : kind === '路'
              ? ['Road']
              : ['Street'])
          name(road, `${stemRead} ${word}`, 'english')
      }
    }
    name(road, road.en, 'english')
  }
  for (const point of features.points) {
    name(point, point.name, 'exact')
    if (bare(point.name) !== point.name) name(point, bare(point.name), 'exact')
    name(point, point.en, 'english')
    if (point.kind === 'station' && /^station$/i.test(point.en.split(' ').at(-1) ?? ''))
      for (const word of ['Metro Station', 'Subway Station', 'Metro', 'Subway'])
        name(point, point.en.replace(/station$/i, word), 'english')
  }
  for (const [feature, aliases] of features.aliases) for (const alias of aliases) name(feature, alias, 'alias')
  for (const area of features.areas) nameArea(area, name)

  return {
    ...features,
    plane,
    cellAtSpot: (spot) => cellAt(plane.degrees(spot)),
    entries,
    bySigns,
    bySounds,
    byLetters,
    byInitials,
    soundPairs,
    letterTriples,
    soundsOf,
    lettersOf,
  }
}

/** 东直门街道 is also 东直门街道办事处; 清水苑社区 is 清水苑 to those who live there. */
function nameArea(area: Area, name: (feature: Feature, text: string, how: How) => void): void {
  name(area, area.name, 'exact')
  name(area, area.en, 'english')
  const stem = area.name.replace(/(街道|社区|区)$/, '')
  if (stem === area.name || stem.length < 2) return
  name(area, stem, area.level === 'community' ? 'alias' : 'short')
  if (area.level === 'street') {
    for (const end of ['街道办事处', '街道办', '地区']) name(area, `${stem}${end}`, 'alias')
    name(area, area.en.replace('Subdistrict', 'Street Office'), 'english')
  }
  if (area.level === 'community')
    for (const end of ['社区居委会', '居委会', '小区']) if (!stem.endsWith('小区')) name(area, `${stem}${end}`, 'alias')
}
