/** One search: what was meant, what the index proposes, what of it fits, best first. */
import type { Db } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { DAY } from '@pentad/platform/time'
import {
  type Asked,
  areaKey,
  asked,
  type Fit,
  fitOf,
  fits,
  isAskable,
  type Kind,
  kinds,
  type Slice,
  slicesBack,
  tagKey,
  titleKey,
  type Word,
} from './model/index.ts'
import { type Happened, type Hit, happened, type Leg, longAgo, type Seen, seenBy, spanOf, standing } from './queries.ts'
import { type Source, sourceOf } from './sources/index.ts'

export interface Search {
  q: string
  /** Null: all. */
  kinds: readonly Kind[] | null
  from: Date | null
  until: Date | null
  /** Where the page before ended; for one kind. */
  cursor: Cursor | null
  /** So many of each kind. */
  most: number
  now: Date
}
export interface Found extends Hit {
  fit: Fit
}
export interface Group {
  kind: Kind
  hits: Found[]
  next: Cursor | null
}
export interface Answer {
  asked: Asked
  /** The letters are too few to look anything up. */
  tooShort: boolean
  groups: Group[]
}

/** After so many hits of a ranked list; or after an instant, in the tier of numbers or of words. */
export type Cursor = { skip: number } | { tier: number; at: Date; id: string }

/** So many proposals of each kind are weighed against each other. */
const mostWeighed = 200
/** More docs a month than this: the months are asked in tens of days. */
const mostOfMonth = 200_000

export async function search(db: Db, actor: Actor, wanted: Search): Promise<Answer> {
  const understood = asked(wanted.q)
  if (!isAskable(understood)) return { asked: understood, tooShort: true, groups: [] }
  const chosen = kinds.filter((k) => (understood.kind ?? k) === k && (wanted.kinds?.includes(k) ?? true))
  const open = chosen.flatMap((kind) => {
    const source = sourceOf(kind)
    const seen = source && seenBy(actor, source)
    return source && seen ? [{ kind, source, seen }] : []
  })
  const timed = open.filter(({ source }) => source.happens)
  const there = open.filter(({ source }) => !source.happens)
  const [past, present] = await Promise.all([
    timed.length > 0
      ? meaningsOf(db, actor, understood).then((meanings) =>
          Promise.all(timed.map((t) => walked(db, t, understood, meanings, wanted))),
        )
      : [],
    // What is there has no time of its own.
    wanted.from || wanted.until ? [] : weighed(db, there, understood, wanted),
  ])
  const groups = [...past, ...present].filter((g) => g.hits.length > 0)
  return { asked: understood, tooShort: false, groups: groups.sort((a, b) => inOrder(a) - inOrder(b)) }
}

/** Groups by their best hit; of equal ones in the order of kinds. */
const inOrder = ({ kind, hits }: Group): number => {
  const best = Math.min(...hits.map((h) => fits.indexOf(h.fit)))
  // Only an exact number or a whole title lifts a group above the usual order: it must not jump about while one types.
  return (best <= fits.indexOf('title') ? 0 : 100) + kinds.indexOf(kind)
}

interface Open {
  kind: Kind
  source: Source
  seen: Seen
}

/** What is there: proposals of all kinds at once, then weighed. */
async function weighed(db: Db, open: readonly Open[], words: Asked, { cursor, most }: Search): Promise<Group[]> {
  const legs = legsOf(words, [])
  const first = words.words[0]
  const [a, b] = [...(first?.word ?? '')]
  const begins = a !== undefined && b !== undefined ? [titleKey(a, b)] : []
  const tiers = [
    [...legs.numbers],
    begins.length > 0 ? legs.words.map((leg) => ({ ...leg, all: [...leg.all, ...begins] })) : [],
    [...legs.words],
  ]
  const proposed = await standing(
    db,
    open.map(({ kind, seen }) => ({ kind, seen, tiers })),
    mostWeighed,
  )
  const skip = cursor && 'skip' in cursor ? cursor.skip : 0
  return open.map(({ kind }) => {
    const fitting = proposed
      .filter((hit) => hit.kind === kind)
      .flatMap((hit): Found[] => {
        const fit = fitOf(hit, words)
        return fit === null ? [] : [{ ...hit, fit }]
      })
      .sort(better)
    const hits = fitting.slice(skip, skip + most)
    return { kind, hits, next: fitting.length > skip + most ? { skip: skip + most } : null }
  })
}

const better = (a: Found, b: Found): number =>
  fits.indexOf(a.fit) - fits.indexOf(b.fit) ||
  b.rank - a.rank ||
  a.titleZh.length - b.titleZh.length ||
  (a.titleZh < b.titleZh ? -1 : a.titleZh > b.titleZh ? 1 : a.id < b.id ? -1 : 1)

/** What happened: those with the number first, then newest first; proposals that do not fit are passed over. */
async function walked(
  db: Db,
  { kind, seen }: Open,
  words: Asked,
  meanings: readonly (readonly number[])[],
  { cursor, most, from, until, now }: Search,
): Promise<Group> {
  const span = await spanOf(db, kind)
  const began = span?.earliest
  if (!began) return { kind, hits: [], next: null }
  const months = Math.max(1, (now.getTime() - began.getTime()) / (30 * DAY))
  const newest = new Date(Math.max(now.getTime() + DAY, span.latest?.getTime() ?? 0))
  const { numbers, words: texts } = legsOf(words, meanings)
  const tiers = [numbers, texts]
  const hits: Found[] = []
  const start = cursor && 'tier' in cursor ? cursor : null
  for (let tier = start?.tier ?? 0; tier < tiers.length; tier++) {
    const legs = tiers[tier] ?? []
    if (legs.length === 0) continue
    let after = start?.tier === tier ? { at: start.at, id: start.id } : null
    for (;;) {
      const latest = earlier(after?.at ?? newest, until ?? newest)
      const slices = slicesBack(kind, latest, later(began, from ?? began), span.things / months > mostOfMonth)
      const wants = most + 1 - hits.length
      // A few more than are shown, for those that only seem to fit.
      const rows = await backwards(db, kind, slices, { legs, seen, meanings, from, until, after, most: wants + 8 })
      for (const hit of rows) {
        const fit = fitOf(hit, words, hit.meant)
        const again = tier > 0 && numbers.length > 0 && fit !== null && fits.indexOf(fit) <= fits.indexOf('numberEnd')
        if (fit === null || again) continue
        hits.push({ ...hit, fit })
        if (hits.length > most) {
          const last = hits[most - 1]
          return {
            kind,
            hits: hits.slice(0, most),
            next: last?.at ? { tier: tierOf(last, numbers), at: last.at, id: last.id } : null,
          }
        }
      }
      const last = rows.at(-1)
      if (rows.length < wants + 8 || !last?.at) break
      after = { at: last.at, id: last.id }
    }
  }
  return { kind, hits, next: null }
}
/** So many slices are asked one by one before the rest is tried at once. */
const slicesFirst = 14

/** Common words end in the first slices, rare ones are few in all; what is neither is asked slice by slice to the end. */
async function backwards(
  db: Db,
  kind: Kind,
  slices: readonly Slice[],
  wanted: Omit<Happened, 'slices'>,
): Promise<Hit[]> {
  const recent = slices.slice(0, slicesFirst)
  const rows = await happened(db, { ...wanted, slices: recent })
  const older = slices.slice(slicesFirst)
  const before = recent.at(-1)?.from
  if (rows.length === wanted.most || older.length === 0 || !before) return rows
  const rest = { ...wanted, most: wanted.most - rows.length }
  return [...rows, ...((await longAgo(db, kind, before, rest)) ?? (await happened(db, { ...rest, slices: older })))]
}
const earlier = (a: Date, b: Date): Date => (a < b ? a : b)
const later = (a: Date, b: Date): Date => (a > b ? a : b)
const tierOf = ({ fit }: Found, numbers: readonly Leg[]): number =>
  numbers.length > 0 && (fit === 'number' || fit === 'numberEnd') ? 0 : 1

/** More alternatives than this are not worth asking: the rest of the words must then stand in the text. */
const mostAlternatives = 3

/** The ways in which all words may be met: in the tier of numbers at least one of them is the end of a number. */
export function legsOf({ words }: Asked, meanings: readonly (readonly number[])[]): { numbers: Leg[]; words: Leg[] } {
  interface Way extends Leg {
    byNumber: boolean
  }
  let ways: Way[] = [{ all: [], groups: [], ends: [], byNumber: false }]
  let alternatives = 0
  for (const [i, word] of words.entries()) {
    const options = optionsOf(word, meanings[i] ?? [], alternatives < mostAlternatives)
    if (options.length > 1) alternatives++
    ways = ways.flatMap((way) =>
      options.map((o) => ({
        all: [...way.all, ...o.all],
        groups: [...way.groups, ...o.groups],
        ends: [...way.ends, ...o.ends],
        byNumber: way.byNumber || o.ends.length > 0,
      })),
    )
  }
  const useful = ways.filter((way) => way.all.length > 0 || way.groups.length > 0)
  return { numbers: useful.filter((w) => w.byNumber), words: useful.filter((w) => !w.byNumber) }
}

function optionsOf({ keys, numberKey, word }: Word, meaning: readonly number[], many: boolean): Leg[] {
  const asText: Leg = { all: keys, groups: [], ends: [] }
  if (!many) return [asText]
  return [
    asText,
    ...(meaning.length > 0 ? [{ all: [], groups: [meaning], ends: [] }] : []),
    ...(numberKey === null ? [] : [{ all: [numberKey], groups: [], ends: [word] }]),
  ]
}

/** So many classes and areas may be meant by one word. */
const mostMeant = 40

/**
 * What Latin words mean for what happened: `zdjy`, `zhandao` and `occupying` are classes, `dzm` is a street; their tags find
 * the cases, which carry no pinyin of their own.
 */
async function meaningsOf(db: Db, actor: Actor, { words }: Asked): Promise<number[][]> {
  const meaning = (['class', 'area'] as const).flatMap((kind) => {
    const source = sourceOf(kind)
    const seen = source && seenBy(actor, source)
    return seen ? [{ kind, seen }] : []
  })
  return Promise.all(
    words.map(async (word) => {
      if (!word.latin || word.keys.length === 0) return []
      const leg: Leg = { all: word.keys, groups: [], ends: [] }
      const proposed = await standing(
        db,
        meaning.map((m) => ({ ...m, tiers: [[leg]] })),
        mostWeighed,
      )
      const fitting = proposed.filter((hit) => fitOf(hit, { kind: null, words: [word] }) !== null)
      return fitting.slice(0, mostMeant).flatMap(({ means }) => {
        if (means === null) return []
        const key = means.startsWith('area/') ? areaKey(means.slice('area/'.length)) : tagKey(means)
        return key === undefined ? [] : [key]
      })
    }),
  )
}
