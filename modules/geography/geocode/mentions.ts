/** Which names stand in a text: whole, shortened, misheard, misspelt, in pinyin or English, or only begun. Pure. */

import type { Feature } from './features.ts'
import type { Entry, Gazetteer } from './gazetteer.ts'
import type { How } from './model.ts'
import { soundOf } from './pinyin.ts'
import type { Plain } from './text.ts'

export interface Meaning {
  feature: Feature
  text: string
  how: How
  /** From 0 to 1: how well the words fit the name. */
  quality: number
}
/** A stretch of the plain text, [from, to), with what it may mean, best first. */
export interface Mention {
  from: number
  to: number
  meanings: Meaning[]
  weight: number
}

const qualities: Readonly<Record<How, number>> = {
  exact: 1,
  alias: 0.95,
  english: 0.95,
  pinyin: 0.9,
  homophone: 0.8,
  short: 0.72,
  typo: 0.65,
  initials: 0.5,
  begun: 0.6,
}
/** Longer names say more than short ones together. */
const weightOf = (length: number, quality: number): number => length ** 1.6 * quality
const mostMeanings = 6

export function mentionsIn(plain: Plain, gazetteer: Gazetteer): Mention[] {
  const found = new Found(gazetteer.entries)
  wholeNames(plain, gazetteer, found)
  soundingNames(plain, gazetteer, found)
  latinNames(plain, gazetteer, found)
  const chosen = best(found.all())
  if (!(chosen.length && coverOf(chosen, plain) > 0.95)) {
    nearlyNames(plain, gazetteer, found)
    nearlyLatin(plain, gazetteer, found)
    begunNames(plain, gazetteer, found)
    return best(found.all())
  }
  return chosen
}

const coverOf = (mentions: readonly Mention[], { signs }: Plain): number =>
  mentions.reduce((sum, m) => sum + m.to - m.from, 0) / Math.max(1, signs.length)

/** All stretches with all they may mean; of one feature the best fit of a stretch is kept. */
class Found {
  readonly #stretches = new Map<number, Map<Feature, Meaning & { length: number }>>()
  readonly #entries: readonly Entry[]
  constructor(entries: readonly Entry[]) {
    this.#entries = entries
  }
  add(from: number, to: number, id: number, how: How | undefined, quality: number, length: number): void {
    const entry = this.#entries[id]
    if (!entry) return
    const key = from * 1000 + to
    let meanings = this.#stretches.get(key)
    if (!meanings) {
      meanings = new Map()
      this.#stretches.set(key, meanings)
    }
    const known = meanings.get(entry.feature)
    if (known && known.quality >= quality) return
    meanings.set(entry.feature, { feature: entry.feature, text: entry.text, how: how ?? entry.how, quality, length })
  }
  all(): Mention[] {
    return [...this.#stretches].map(([key, meanings]) => {
      const sorted = [...meanings.values()].sort((a, b) => b.quality - a.quality || rank(a.feature) - rank(b.feature))
      const [first] = sorted
      return {
        from: Math.floor(key / 1000),
        to: key % 1000,
        meanings: sorted.filter((m) => m.quality >= (first?.quality ?? 0) * 0.6).slice(0, mostMeanings),
        weight: weightOf(first?.length ?? 0, first?.quality ?? 0),
      }
    })
  }
}
/** Of equal names a road is meant before a point, a point before an area. */
const rank = (f: Feature): number => (f.is === 'road' ? 0 : f.is === 'point' ? 1 : 2)

/** The mentions that do not overlap and weigh the most together. */
function best(mentions: readonly Mention[]): Mention[] {
  const sorted = [...mentions].sort((a, b) => a.to - b.to || a.from - b.from)
  const end = sorted.at(-1)?.to ?? 0
  const weight = new Float64Array(end + 1)
  const last: (Mention | undefined)[] = new Array(end + 1)
  let k = 0
  for (let i = 1; i <= end; i++) {
    weight[i] = weight[i - 1] ?? 0
    for (; k < sorted.length && sorted[k]?.to === i; k++) {
      const m = sorted[k] as Mention
      const sum = (weight[m.from] ?? 0) + m.weight
      if (sum > (weight[i] ?? 0)) {
        weight[i] = sum
        last[i] = m
      }
    }
  }
  const chosen: Mention[] = []
  for (let i = end; i > 0; ) {
    const m = last[i]
    if (m) {
      chosen.unshift(m)
      i = m.from
    } else i--
  }
  return chosen
}

const han = /[\u4e00-\u9fff]/

function wholeNames({ signs }: Plain, { bySigns, entries }: Gazetteer, found: Found): void {
  for (let i = 0; i < signs.length; i++) {
    bySigns.walk(signs, i, (end, ids) => {
      for (const id of ids) found.add(i, end, id, undefined, qualities[entries[id]?.how ?? 'exact'], end - i)
    })
  }
}

/** Two signs sound like too many things; from three on a name is heard. */
function soundingNames({ signs }: Plain, { bySounds, entries, soundsOf }: Gazetteer, found: Found): void {
  const sounds = signs.map(soundOf)
  for (let i = 0; i < signs.length; i++) {
    if (!han.test(signs[i] ?? '')) continue
    bySounds.walk(sounds, i, (end, ids) => {
      if (end - i < 3 && end - i < signs.length) return
      const heard = signs.slice(i, end)
      for (const id of ids) {
        const entry = entries[id]
        if (!entry || entry.how === 'short') continue
        const name = [...entry.text]
        const other = heard.filter((s, k) => s !== name[k]).length
        if (other === 0) continue
        if (heard.some((s, k) => s !== name[k] && telling.test(s) && telling.test(name[k] ?? ''))) continue
        const share = other / (soundsOf[id]?.length ?? 1)
        found.add(i, end, id, 'homophone', qualities.homophone * (share > 0.67 ? 0.7 : 1), end - i)
      }
    })
  }
}

interface LatinRun {
  /** Letters without blanks, and where each stands in the plain text. */
  letters: string[]
  at: number[]
  /** Places where a word begins. */
  begins: Set<number>
}
const abbreviations: Readonly<Record<string, string>> = {
  st: 'street',
  str: 'street',
  rd: 'road',
  ave: 'avenue',
  ht: 'hutong',
  ln: 'lane',
}

function latinRuns({ signs }: Plain): LatinRun[] {
  const runs: LatinRun[] = []
  let i = 0
  while (i < signs.length) {
    if (!/[a-z]/.test(signs[i] ?? '')) {
      i++
      continue
    }
    const run: LatinRun = { letters: [], at: [], begins: new Set() }
    while (i < signs.length && /[a-z0-9 ]/.test(signs[i] ?? '')) {
      if (signs[i] === ' ') {
        i++
        continue
      }
      let end = i
      while (end < signs.length && /[a-z0-9]/.test(signs[end] ?? '')) end++
      const word = signs.slice(i, end).join('')
      run.begins.add(run.letters.length)
      const whole = abbreviations[word] ?? word
      ;[...whole].forEach((letter, k) => {
        run.letters.push(letter === 'v' ? 'u' : letter)
        run.at.push(Math.min(i + k, end - 1))
      })
      i = end
    }
    run.begins.add(run.letters.length)
    runs.push(run)
  }
  return runs
}

function latinNames(plain: Plain, { byLetters, byInitials, entries }: Gazetteer, found: Found): void {
  for (const run of latinRuns(plain)) {
    const whole = run.letters.length
    const to = (end: number): number => (run.at[end - 1] ?? 0) + 1
    for (const begin of run.begins) {
      byLetters.walk(run.letters, begin, (end, ids) => {
        // A name ends where a word ends, or before a number.
        if (!run.begins.has(end) && !(/\d/.test(run.letters[end] ?? '') && !/\d/.test(run.letters[end - 1] ?? ''))) {
          if (end - begin < 8) return
        }
        for (const id of ids) {
          const how = entries[id]?.how === 'english' ? 'english' : 'pinyin'
          // Five letters of pinyin are about one sign and a half.
          found.add(run.at[begin] ?? 0, to(end), id, how, qualities[how], (end - begin) / 2.6)
        }
      })
    }
    const begins = [...run.begins].sort((a, b) => a - b)
    begins.forEach((begin, k) => {
      const end = begins[k + 1]
      if (end === undefined || end - begin < 3 || end - begin > 8) return
      const ids = byInitials.get(run.letters.slice(begin, end).join('')) ?? []
      const quality = qualities.initials * (whole === end - begin ? 1 : 0.8)
      for (const id of ids) found.add(run.at[begin] ?? 0, to(end), id, 'initials', quality, end - begin)
    })
  }
}

/** What the signs before the end of the text begin: while someone is still typing. */
function begunNames(plain: Plain, { bySigns, byLetters, entries }: Gazetteer, found: Found): void {
  const { signs } = plain
  for (let i = Math.max(0, signs.length - 8); i <= signs.length - 2; i++) {
    const start = signs.slice(i)
    if (!start.every((s) => han.test(s))) continue
    for (const id of bySigns.below(start, 12)) {
      const length = [...(entries[id]?.text ?? '')].length
      if (length > start.length)
        found.add(i, signs.length, id, 'begun', 0.45 + (0.45 * start.length) / length, start.length)
    }
  }
  const run = latinRuns(plain).at(-1)
  if (!run || run.at.at(-1) !== signs.length - 1) return
  for (const begin of run.begins) {
    const start = run.letters.slice(begin)
    if (start.length < 4) continue
    for (const id of byLetters.below(start, 12))
      found.add(run.at[begin] ?? 0, signs.length, id, 'begun', qualities.begun * 0.9, start.length / 2.6)
  }
}

/** More than this are compared for no text: a common pair of sounds is in hundreds of names. */
const mostNearly = 60

/** Names most of whose pairs of sounds are there, a sign wrong, missing, too many or in the wrong place. */
function nearlyNames({ signs }: Plain, { soundPairs, soundsOf, entries }: Gazetteer, found: Found): void {
  const sounds = signs.map(soundOf)
  const hits = new Map<number, { count: number; first: number; last: number }>()
  for (let i = 1; i < sounds.length; i++) {
    if (!han.test(signs[i] ?? '')) continue
    for (const id of soundPairs.get(`${sounds[i - 1]} ${sounds[i]}`) ?? []) {
      const hit = hits.get(id)
      if (hit) {
        hit.count++
        hit.last = i
      } else hits.set(id, { count: 1, first: i, last: i })
    }
  }
  const likely = [...hits]
    .sort(([a, p], [b, q]) => q.count / (soundsOf[b]?.length ?? 1) - p.count / (soundsOf[a]?.length ?? 1))
    .slice(0, mostNearly)
  for (const [id, hit] of likely) {
    const entry = entries[id]
    const name = soundsOf[id] ?? []
    if (!entry || entry.how === 'short' || name.length < 3) continue
    // The kind of road alone (胡同, 大街) finds half the city.
    if (hit.count < (name.length >= 5 ? 2 : 1) || hit.count / (name.length - 1) < 0.33) continue
    const from = Math.max(0, hit.first - name.length)
    const to = Math.min(signs.length, hit.last + name.length)
    const allowed = name.length >= 6 ? 2 : name.length >= 4 ? 1.25 : 0.5
    const fit = nearest({ name: [...entry.text], sounds: name, signs, heard: sounds, from, to, allowed })
    if (!fit || fit.to - fit.from < 2 || fit.cost === 0) continue
    const distinct = distinctive(entry.text, signs.slice(fit.from, fit.to))
    if (!distinct) continue
    const quality = qualities.typo * (1 - fit.cost / name.length) * (name.length === 3 ? 0.75 : 1)
    // What every road has (街, 路口) speaks for none of them.
    found.add(fit.from, fit.to, id, 'typo', quality, Math.min(name.length, stemOf(entry.text).length + 2) - fit.cost)
  }
}
const stemOf = (name: string): string =>
  name
    .replace(/(胡同|斜街|大街|街|路|巷|地铁站|站|桥|公园|医院|社区|街道|小区|十字路口|路口)$/, '')
    .replace(/[东南西北内外中前后]+$/, '') || name
/** Something besides the kind of road, or the side, must be there. */
function distinctive(name: string, heard: readonly string[]): boolean {
  const stem = stemOf(name)
  const sounds = new Set(heard.map(soundOf))
  const kept = [...stem].filter((s) => sounds.has(soundOf(s))).length
  return kept >= Math.min(2, Math.max(1, [...stem].length - 1)) && kept / [...stem].length >= 0.5
}

/** Sides and numbers tell neighbouring roads apart: nobody mistakes one for another by a slip of the pen. */
const telling = /[东南西北内外前后上下一二三四五六七八九十]/
const confused = (said: string, meant: string, alike: boolean): number =>
  telling.test(said) && telling.test(meant) ? 1.6 : alike ? 0.25 : 1

interface Fitting {
  name: readonly string[]
  sounds: readonly string[]
  signs: readonly string[]
  heard: readonly string[]
  from: number
  to: number
  allowed: number
}
/** The stretch of the text that is nearest to a name (Sellers); another sign of the same sound costs a quarter. */
function nearest({
  name,
  sounds,
  signs,
  heard,
  from,
  to,
  allowed,
}: Fitting): { from: number; to: number; cost: number } | undefined {
  const width = to - from
  let before = new Float64Array(width + 1)
  let beforeStart = Int32Array.from({ length: width + 1 }, (_, i) => i)
  for (let n = 1; n <= sounds.length; n++) {
    const row = new Float64Array(width + 1)
    const start = new Int32Array(width + 1)
    row[0] = n
    for (let i = 1; i <= width; i++) {
      const at = from + i - 1
      const same =
        signs[at] === name[n - 1] ? 0 : confused(signs[at] ?? '', name[n - 1] ?? '', heard[at] === sounds[n - 1])
      const change = (before[i - 1] ?? 0) + same
      const missing = (before[i] ?? 0) + 1
      const extra = (row[i - 1] ?? 0) + 1
      const least = Math.min(change, missing, extra)
      row[i] = least
      start[i] = (least === change ? beforeStart[i - 1] : least === missing ? beforeStart[i] : start[i - 1]) ?? 0
    }
    before = row
    beforeStart = start
  }
  let end = -1
  for (let i = 1; i <= width; i++)
    if ((before[i] ?? 9) <= allowed && (end < 0 || (before[i] ?? 9) < (before[end] ?? 9))) end = i
  if (end < 0) return undefined
  return { from: from + (beforeStart[end] ?? 0), to: from + end, cost: before[end] ?? 0 }
}

function nearlyLatin(plain: Plain, { letterTriples, lettersOf }: Gazetteer, found: Found): void {
  for (const run of latinRuns(plain)) {
    if (run.letters.length < 6) continue
    const counts = new Map<number, number>()
    for (let i = 2; i < run.letters.length; i++)
      for (const id of letterTriples.get(run.letters.slice(i - 2, i + 1).join('')) ?? [])
        counts.set(id, (counts.get(id) ?? 0) + 1)
    const likely = [...counts]
      .map(([id, count]) => ({ id, share: count / ((lettersOf[id]?.length ?? 0) - 2) }))
      .filter((c) => c.share >= 0.5)
      .sort((a, b) => b.share - a.share)
      .slice(0, 24)
    for (const { id } of likely) {
      const key = lettersOf[id] ?? ''
      const allowed = key.length >= 14 ? 3 : key.length >= 9 ? 2 : 1
      const letters = [...key]
      const fit = nearest({
        name: letters,
        sounds: letters,
        signs: run.letters,
        heard: run.letters,
        from: 0,
        to: run.letters.length,
        allowed,
      })
      if (!fit || fit.cost === 0) continue
      const quality = qualities.typo * (1 - (fit.cost * 1.5) / key.length)
      found.add(
        run.at[fit.from] ?? 0,
        (run.at[fit.to - 1] ?? 0) + 1,
        id,
        'typo',
        quality,
        (key.length - fit.cost) / 2.6,
      )
    }
  }
}
