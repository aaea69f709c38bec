/**
 * Is it the same problem? Two reports are weighed by class, place, time, words and pictures (sensing: the measured rule is shared
 * place + 30 days + a little likeness). Each sign adds to or takes from the log-odds; what comes out is a probability by its look, not
 * by calibration: nobody has labelled a city's reports yet. Only ever a suggestion. Pure.
 */
import { hashDistance, samePhotoBits } from '@pentad/evidence/model'
import { HOUR } from '@pentad/platform/time'
import type { Kind } from '@pentad/rulebook/model'
import { likeness, nothingKnown, type Rarity, sharedPlaces, type Words } from './words.ts'

export { type Rarity, rarityOf, type Words, wordsOf } from './words.ts'

export interface ClassSaid {
  scheme: string
  version: string
  kind: Kind
  code: string
  /** Its major class; null for a major class itself. */
  parentCode: string | null
  /** Classes of other lists that it is, by the mappings of the rulebook; `classKey` of each. */
  mapped: ReadonlySet<string>
}
export const classKey = (c: { scheme: string; version: string; kind: string; code: string }): string =>
  `${c.scheme} ${c.version} ${c.kind} ${c.code}`

/** One side of the comparison: an open case, or a report while it is written. */
export interface Said {
  class: ClassSaid
  /** Gauss–Krüger metres. */
  xM: number
  yM: number
  cell: string | null
  at: Date
  words: Words
  /** dHashes of its pictures. */
  photos: readonly string[]
}

export const bands = ['same', 'maybe'] as const
/** `same`: strong; `maybe`: somebody should look. Below it nothing is shown. */
export type Band = (typeof bands)[number]

export const classMatches = ['minor', 'mapped', 'major', 'other'] as const
export type ClassMatch = (typeof classMatches)[number]

/** Why, as data; the page says it in words. */
export interface Reasons {
  class: ClassMatch
  distanceM: number
  sameCell: boolean
  /** Rare words for a place that both say. */
  places: string[]
  /** Between the two reports. */
  hours: number
  /** Of the words, 0 to 1; null when one side has none. */
  likeness: number | null
  /** Differing bits of the two pictures that are most alike; null without pictures, or when they have nothing in common. */
  photoBits: number | null
}

export interface Judged {
  /** 0 to 1. */
  score: number
  band: Band | null
  reasons: Reasons
}

/** Differing bits from `samePhotoBits` up to which somebody should look at the two pictures. */
export const alikePhotoBits = 14

interface Spread {
  /** Metres beyond which nearness speaks against it, and hours likewise. */
  radiusM: number
  hours: number
}
const days = 24
/** 50 m and a day or more are the trade's habit; what is heard reaches further, what stands still lasts longer, what walks does neither. */
const usual: Spread = { radiusM: 50, hours: 7 * days }
const spreads: readonly (readonly [prefix: string, Spread])[] = [
  ['event:0128', { radiusM: 120, hours: 3 * days }], // 商业噪音
  ['event:0189', { radiusM: 120, hours: 2 * days }], // 社会生活噪声
  ['event:02', { radiusM: 40, hours: 14 * days }], // 宣传广告
  ['event:0301', { radiusM: 150, hours: 3 * days }], // 施工扰民
  ['event:03', { radiusM: 100, hours: 7 * days }], // 施工管理
  ['event:04', { radiusM: 60, hours: 2 * days }], // 街面秩序
  ['event:05', { radiusM: 150, hours: 3 * days }], // 突发事件
  ['component:', { radiusM: 30, hours: 30 * days }],
]
export const spreadOf = ({ kind, code }: { kind: string; code: string }): Spread =>
  spreads.find(([prefix]) => `${kind}:${code}`.startsWith(prefix))?.[1] ?? usual

/** Log-odds. */
const prior = -3
const ofClass: Record<ClassMatch, number> = { minor: 2.6, mapped: 1.6, major: 1, other: -0.4 }
const atThePlace = 1.8
const sameCell = 0.3
const samePlaceWord = 0.6
/** What a shared place word is worth when the points do not agree: callers' points are those of their words. */
const placeWordAlone = 0.8
/** Metres beyond which the same word for a place is another place of that name. */
export const placeWordReachM = 500
const atTheTime = 1.2
const aSpanLater = -0.5
const samePhoto = 4
const alikePhoto = 1.2
/** Of words, by their likeness: straight lines between these. */
const ofWords: readonly (readonly [likeness: number, logOdds: number])[] = [
  [0, -1.8],
  [0.1, 0],
  [0.3, 1.1],
  [0.6, 2.3],
  [1, 2.8],
]
export const maybeFrom = 0.5
export const sameFrom = 0.95
/** Two points and two times do not make a strong suggestion; something said or shown must be alike. */
const saidAlikeFrom = 0.5
/** Less is enough where both name the same house. */
const saidAlikeAtHouseFrom = 0.3

export function classMatch(a: ClassSaid, b: ClassSaid): ClassMatch {
  if (classKey(a) === classKey(b)) return 'minor'
  const inOneList = a.scheme === b.scheme && a.version === b.version
  if (inOneList && a.kind === b.kind && a.parentCode !== null && a.parentCode === b.parentCode) return 'major'
  const anotherEdition = a.scheme === b.scheme && a.version !== b.version && a.kind === b.kind && a.code === b.code
  return anotherEdition || a.mapped.has(classKey(b)) || b.mapped.has(classKey(a)) ? 'mapped' : 'other'
}

/** A picture without outlines, of the night or of a wall, is like any other such picture. */
export const tellsSomething = (dhash: string): boolean => {
  const bits = hashDistance(dhash, '0'.repeat(16))
  return bits >= 6 && bits <= 58
}

function photoBits(a: readonly string[], b: readonly string[]): number | null {
  const bits = a.filter(tellsSomething).flatMap((x) => b.filter(tellsSomething).map((y) => hashDistance(x, y)))
  const least = Math.min(64, ...bits)
  return least <= alikePhotoBits ? least : null
}

function between(points: typeof ofWords, x: number): number {
  const next = points.findIndex(([from]) => from >= x)
  const [x1, y1] = points[Math.max(next, 1)] ?? [1, 0]
  const [x0, y0] = points[Math.max(next, 1) - 1] ?? [0, 0]
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

/** Weighs one report against another; the order of the two makes no difference. */
export function judge(a: Said, b: Said, rarity: Rarity = nothingKnown): Judged {
  const [ours, theirs] = [spreadOf(a.class), spreadOf(b.class)]
  const radiusM = Math.max(ours.radiusM, theirs.radiusM)
  const spanHours = Math.max(ours.hours, theirs.hours)
  const distanceM = Math.hypot(a.xM - b.xM, a.yM - b.yM)
  const places = distanceM <= placeWordReachM ? sharedPlaces(a.words, b.words, rarity) : []
  const reasons: Reasons = {
    class: classMatch(a.class, b.class),
    distanceM,
    sameCell: a.cell !== null && a.cell === b.cell,
    places,
    hours: Math.abs(a.at.getTime() - b.at.getTime()) / HOUR,
    likeness: likeness(a.words, b.words, rarity),
    photoBits: photoBits(a.photos, b.photos),
  }
  const byDistance = Math.max(-5, atThePlace * (1 - (distanceM / radiusM) ** 2))
  const byPlace = places.length ? Math.max(byDistance, placeWordAlone) + samePlaceWord : byDistance
  const spans = reasons.hours / spanHours
  const byTime = spans <= 1 ? atTheTime * (1 - spans) : aSpanLater * (spans - 1)
  const byPhoto = reasons.photoBits === null ? 0 : reasons.photoBits <= samePhotoBits ? samePhoto : alikePhoto
  const logOdds =
    prior +
    ofClass[reasons.class] +
    byPlace +
    (reasons.sameCell ? sameCell : 0) +
    byTime +
    (reasons.likeness === null ? 0 : between(ofWords, reasons.likeness)) +
    byPhoto
  const score = 1 / (1 + Math.exp(-logOdds))
  return { score, band: bandOf(score, reasons), reasons }
}

function bandOf(score: number, { likeness: alike, photoBits: bits, places }: Reasons): Band | null {
  const enough = places.some((place) => /\d/.test(place)) ? saidAlikeAtHouseFrom : saidAlikeFrom
  const saidOrShown = (alike ?? 0) >= enough || (bits !== null && bits <= samePhotoBits)
  if (score >= sameFrom && saidOrShown) return 'same'
  return score >= maybeFrom ? 'maybe' : null
}

/** Beyond so many of its radii and spans a class can no longer be shown, whatever is said (a picture apart). */
const farthestRadii = 2
const farthestSpans = 8
export const searchOf = (c: { kind: string; code: string }): Spread => {
  const { radiusM, hours } = spreadOf(c)
  return { radiusM: radiusM * farthestRadii, hours: hours * farthestSpans }
}

/** How many are shown. */
export const mostShown = 5
