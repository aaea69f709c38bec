/** A thing as it is laid into the index, and its keys. Pure. */
import type { Kind } from './kinds.ts'
import {
  addTextKeys,
  areaKeys,
  kindKey,
  lettersOf,
  makerKey,
  numberKeys,
  tagKey,
  titleKey,
  unitKey,
  withoutPersonal,
  wordOf,
} from './letters.ts'
import { sliceKeys } from './slices.ts'

/** A thing as its module tells it. */
export interface Told {
  id: string
  areaCode: string | null
  unitIds: readonly string[]
  createdBy: string | null
  /** When it happened; null for what is there and did not happen. */
  at: Date | null
  number: string | null
  titleZh: string
  titleEn: string
  noteZh: string
  noteEn: string
  /** Other words that find it and are not shown: old names, words of a class. */
  also: string
  /** What it is about, by tags that other things mean: `class/…`. */
  tags: readonly string[]
  /** The tag that finds what happened with or in it: a class its cases. */
  means: string | null
  lon: number | null
  lat: number | null
  /** Of two that fit equally well the higher is shown first. */
  rank: number
}

/** As it stands in the index. */
export interface Doc extends Told {
  kind: Kind
  /** It happened: found newest first. */
  timed: boolean
  /** The number without signs. */
  numberWord: string | null
  /** Pinyin of the title in full and by initials, a line each. */
  sound: string
  keys: number[]
}

/** People who wrote a case may find their own; the machine and the public find nothing by it. */
const isPerson = (id: string): boolean => id.length === 36

/** `soundOf` gives pinyin of a name; only what is there has it: what happened is found by the class and place it means. */
export function docOf(kind: Kind, told: Told, soundOf: (name: string) => string): Doc {
  const timed = told.at !== null
  const noteZh = withoutPersonal(told.noteZh)
  // What is said in one language only is kept once.
  const noteEn = told.noteEn === told.noteZh ? '' : withoutPersonal(told.noteEn)
  const sound = timed ? '' : soundOf(told.titleZh)
  const texts = timed
    ? [told.titleZh, noteZh]
    : [told.titleZh, told.titleEn, noteZh, noteEn, ...told.also.split('\n'), ...sound.split('\n')]
  const keys = new Set<number>()
  for (const text of new Set(texts)) addTextKeys(keys, text)
  const numberWord = told.number === null ? null : wordOf(told.number)
  if (numberWord !== null) for (const key of numberKeys(numberWord)) keys.add(key)
  if (told.at) for (const key of sliceKeys(kind, told.at)) keys.add(key)
  else keys.add(kindKey(kind))
  for (const title of timed ? [] : [told.titleZh, told.titleEn, ...sound.split('\n')]) {
    const [a, b] = lettersOf(title).letters
    if (a !== undefined && b !== undefined) keys.add(titleKey(a, b))
  }
  for (const tag of told.tags) keys.add(tagKey(tag))
  for (const key of areaKeys(told.areaCode ?? '')) keys.add(key)
  for (const unit of told.unitIds) keys.add(unitKey(unit))
  if (told.createdBy && isPerson(told.createdBy)) keys.add(makerKey(told.createdBy))
  return { ...told, kind, timed, noteZh, noteEn, numberWord, sound, keys: [...keys].sort((a, b) => a - b) }
}

/** Texts of a thing in which its words stand. */
export const textsOf = (d: Pick<Doc, 'titleZh' | 'titleEn' | 'noteZh' | 'noteEn' | 'also' | 'sound'>): string[] => [
  d.titleZh,
  d.titleEn,
  d.noteZh,
  d.noteEn,
  ...d.also.split('\n'),
  ...d.sound.split('\n'),
]
