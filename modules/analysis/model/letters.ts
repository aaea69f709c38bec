/** Words as they are found: what counts of a text, the keys it is laid under, and where words stand in it. Pure, for index and query alike. */

/** What counts of a text, letter by letter: small, narrow, without blanks and signs; and where each stands in the text. */
export interface Letters {
  /** One entry for each letter that counts. */
  letters: readonly string[]
  /** The letters as one word. */
  word: string
  /** UTF-16 index of each letter in the text, and of its end. */
  from: readonly number[]
  to: readonly number[]
  /** Whether something that does not count stands before the letter. */
  opens: readonly boolean[]
}

const counts = /[\p{L}\p{N}]/u
/** The common case by a table: a regular expression a letter would cost half of all indexing. */
const han = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff
const plain = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a)

export function lettersOf(text: string): Letters {
  const letters: string[] = []
  const from: number[] = []
  const to: number[] = []
  const opens: boolean[] = []
  let opening = true
  let at = 0
  for (const sign of text) {
    const end = at + sign.length
    const code = sign.charCodeAt(0)
    if (han(code) || plain(code)) {
      letters.push(sign)
      from.push(at)
      to.push(end)
      opens.push(opening)
      opening = false
    } else {
      let counted = false
      // Full-width forms, Roman numerals and the like become what one types.
      for (const letter of sign.normalize('NFKC').toLowerCase()) {
        if (!counts.test(letter)) continue
        counted = true
        letters.push(letter)
        from.push(at)
        to.push(end)
        opens.push(opening)
        opening = false
      }
      if (!counted) opening = true
    }
    at = end
  }
  return { letters, word: letters.join(''), from, to, opens }
}

/** The word that a text comes to: 京A·12345 is 京a12345. */
export const wordOf = (text: string): string => lettersOf(text).word

/** 32 bits of a key (FNV-1a, then mixed): an index of whole numbers is smaller and faster than one of words. */
export function hashed(key: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

const isHan = (letter: string): boolean => han(letter.charCodeAt(0))

/** Keys by kind of key: two letters in a row, a letter that opens a word, the first two of a title, the end of a number. */
export const pairKey = (a: string, b: string): number => hashed(`2${a}${b}`)
export const openingKey = (letter: string): number => hashed(`1${letter}`)
export const titleKey = (a: string, b: string): number => hashed(`^${a}${b}`)
export const numberEnd = 4
/** So many letters of a number are rare: day, sort and serial. Of the last four a million cases have hundreds alike. */
const longNumberEnd = 8
/** The key under which a number with this end is found. */
export const numberKey = (word: string): number =>
  hashed(`#${word.slice(word.length >= longNumberEnd ? -longNumberEnd : -numberEnd)}`)
/** The keys of a number. */
export const numberKeys = (word: string): number[] =>
  word.length < numberEnd ? [] : [...new Set([numberKey(word.slice(-numberEnd)), numberKey(word)])]
/** Four Latin letters and digits in a row, with a digit: pairs of digits are in every other text, and plates would be sought by them. */
const runLetters = 4
const runKeyAt = (letters: readonly string[], i: number): number | undefined => {
  let digit = false
  let run = ''
  for (let k = i; k < i + runLetters; k++) {
    const letter = letters[k]
    if (letter === undefined || letter.length > 1 || !plain(letter.charCodeAt(0))) return undefined
    digit ||= letter <= '9'
    run += letter
  }
  return digit ? hashed(`4${run}`) : undefined
}
export const kindKey = (kind: string): number => hashed(`k${kind}`)
export const tagKey = (tag: string): number => hashed(`t${tag}`)
export const unitKey = (unitId: string): number => hashed(`u${unitId}`)
export const makerKey = (actorId: string): number => hashed(`m${actorId}`)

/** Digits of an area code that have a key: district, street, community. */
export const areaDigits = [6, 9, 12] as const
/** The key that every area code with this prefix has; none when the prefix is shorter than a district's. */
export function areaKey(prefix: string): number | undefined {
  const digits = areaDigits.findLast((d) => d <= prefix.length)
  return digits === undefined ? undefined : hashed(`a${prefix.slice(0, digits)}`)
}
export const areaKeys = (code: string): number[] =>
  areaDigits.filter((d) => d <= code.length).map((d) => hashed(`a${code.slice(0, d)}`))

/** Keys of a text: every two letters in a row, every four with a digit, and every Chinese letter that opens a word. */
export function addTextKeys(keys: Set<number>, text: string): void {
  const { letters, opens } = lettersOf(text)
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? ''
    const next = letters[i + 1]
    if (next !== undefined) keys.add(pairKey(letter, next))
    const run = runKeyAt(letters, i)
    if (run !== undefined) keys.add(run)
    if (opens[i] && isHan(letter)) keys.add(openingKey(letter))
  }
}

/** Keys that a text with this word must have; none when the word is too short to be looked up. */
export function wordKeys(word: string): number[] {
  const letters = [...word]
  const first = letters[0]
  if (first === undefined) return []
  if (letters.length === 1) return isHan(first) ? [openingKey(first)] : []
  const keys = new Set<number>()
  // What a run of four holds needs no pairs.
  let held = 0
  for (let i = 0; i + 1 < letters.length; i++) {
    const run = runKeyAt(letters, i)
    if (run !== undefined) {
      keys.add(run)
      held = i + runLetters - 1
    }
    if (i >= held) keys.add(pairKey(letters[i] ?? '', letters[i + 1] ?? ''))
  }
  return [...keys]
}

/** Whether the word is found in the text as its keys promise: anywhere, or a single letter where a word opens. */
export function stands(word: string, text: Letters): boolean {
  if ([...word].length > 1) return text.word.includes(word)
  return text.letters.some((letter, i) => letter === word && (text.opens[i] === true || !isHan(letter)))
}

/** A stretch of a text, by UTF-16 index: from, to (not included). */
export type Stretch = [from: number, to: number]

/** Where the words stand in the text, in order and without overlap: what a page marks. */
export function stretchesOf(text: string, words: readonly string[]): Stretch[] {
  const { letters, word: whole, from, to, opens } = lettersOf(text)
  const marked = new Array<boolean>(letters.length).fill(false)
  // Letters may be two units long, the index of `indexOf` counts units.
  const starts: number[] = []
  let unit = 0
  for (const letter of letters) {
    starts.push(unit)
    unit += letter.length
  }
  const letterAt = new Map(starts.map((s, i) => [s, i]))
  for (const word of words) {
    const length = [...word].length
    if (length === 0) continue
    for (let found = whole.indexOf(word); found >= 0; found = whole.indexOf(word, found + 1)) {
      const first = letterAt.get(found)
      if (first === undefined || (length === 1 && !opens[first])) continue
      marked.fill(true, first, first + length)
    }
  }
  const stretches: Stretch[] = []
  for (let i = 0; i < letters.length; i++) {
    if (!marked[i]) continue
    const last = stretches.at(-1)
    const start = from[i] ?? 0
    const end = to[i] ?? 0
    // Signs between two marked letters are marked with them: 京A·12345 is one stretch.
    if (last && marked[i - 1]) last[1] = end
    else if (last && last[1] >= start) last[1] = Math.max(last[1], end)
    else stretches.push([start, end])
  }
  return stretches
}

/** Numbers of people that were written into a text are not laid into the index and not shown by it (PIPL §6, domain §9.3). */
export const withoutPersonal = (text: string): string =>
  text
    .replace(/(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)/g, '$1****$2')
    .replace(/(?<!\d)(\d{6})\d{8}\d{2}(\d[\dXx])(?!\d)/g, '$1**********$2')

/** So much of a long text as shows where the words stand: from a little before the first of them. */
export function excerptOf(text: string, words: readonly string[], most = 120): string {
  if (text.length <= most) return text
  const first = stretchesOf(text, words)[0]?.[0] ?? 0
  const from = Math.max(0, Math.min(first - 20, text.length - most))
  const part = text.slice(from, from + most).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
  return `${from > 0 ? '…' : ''}${part}${from + most < text.length ? '…' : ''}`
}
