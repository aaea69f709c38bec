/** What a person meant by what they typed. Pure. */
import { type Kind, kindSaid } from './kinds.ts'
import { lettersOf, numberEnd, numberKey, wordKeys, wordOf } from './letters.ts'

export interface Word {
  /** The letters that count. */
  word: string
  /** Keys that a text with it has. */
  keys: readonly number[]
  /** The key that a number which ends so has; null when it cannot be the end of a number. */
  numberKey: number | null
  /** Latin letters only: it may be pinyin, or a name in English. */
  latin: boolean
}
export interface Asked {
  /** Null: any kind. */
  kind: Kind | null
  /** All of them are to be found in a hit. */
  words: readonly Word[]
}

/** More words than this are a sentence, not a search. */
const mostWords = 6

export function asked(typed: string): Asked {
  let parts = typed
    .normalize('NFKC')
    .split(/\s+/)
    .filter((part) => part !== '')
  let kind: Kind | null = null
  const colon = /^(?<before>[^:]+):(?<after>.*)$/.exec(parts[0] ?? '')?.groups
  const named = colon ? kindSaid(colon.before ?? '') : undefined
  if (named) {
    kind = named
    parts = [colon?.after ?? '', ...parts.slice(1)].filter((part) => part !== '')
  } else if (parts.length > 1) {
    kind = kindSaid(parts[0] ?? '') ?? null
    if (kind) parts = parts.slice(1)
  }
  const words = [...new Set(parts.map(wordOf))].filter((word) => word !== '').slice(0, mostWords)
  return { kind, words: words.map(meant) }
}

function meant(word: string): Word {
  return {
    word,
    keys: wordKeys(word),
    numberKey: /\d/.test(word) && lettersOf(word).letters.length >= numberEnd ? numberKey(word) : null,
    latin: /^[a-z]{2,}$/.test(word),
  }
}

/** Whether there is anything to look up: a single Latin letter or digit finds too much to find anything. */
export const isAskable = ({ words }: Asked): boolean => words.some((w) => w.keys.length > 0 || w.numberKey !== null)
