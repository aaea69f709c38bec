/** Finding a class or a law while one types: Chinese, pinyin or its initials, English, or the code. Pure. */
export interface Findable {
  /** `event-0110`, or a law's id; the last part counts as its code. */
  key: string
  zh: string
  en: string
  words: readonly string[]
}
export interface Indexed<T> {
  of: T
  /** Everything it is found by, with how much a hit at its beginning or inside is worth. */
  code: string
  names: readonly string[]
  initials: string
  full: string
}
/** Syllables of a text without tones: 暴露 is ['bao', 'lu']. Until the dictionary has come, none. */
export type Pinyin = (text: string) => readonly string[]

export const indexed = <T>(all: readonly T[], findable: (of: T) => Findable, pinyin: Pinyin): Indexed<T>[] =>
  all.map((of) => {
    const { key, zh, en, words } = findable(of)
    const syllables = pinyin(zh)
    return {
      of,
      code: key.split('-').at(-1) ?? '',
      names: [zh, en, ...words].map((n) => n.toLowerCase()),
      initials: syllables.map((s) => s[0] ?? '').join(''),
      full: syllables.join(''),
    }
  })

function worth({ code, names, initials, full }: Indexed<unknown>, sought: string): number {
  const [zh = '', ...others] = names
  if (code === sought || zh === sought) return 6
  if (code.startsWith(sought) || zh.startsWith(sought)) return 5
  if (zh.includes(sought)) return 4
  if (initials.startsWith(sought)) return 3.5
  if (others.some((n) => n.includes(sought))) return 3
  if (full.startsWith(sought) || initials.includes(sought)) return 2
  return sought.length > 3 && full.includes(sought) ? 1 : 0
}

/** What is found, best first; everything in its order where nothing is sought. */
export function found<T>(all: readonly Indexed<T>[], words: string): T[] {
  const sought = words.trim().toLowerCase()
  if (!sought) return all.map((i) => i.of)
  return all
    .map((i, at) => ({ of: i.of, at, worth: worth(i, sought) }))
    .filter((i) => i.worth > 0)
    .sort((a, b) => b.worth - a.worth || a.at - b.at)
    .map((i) => i.of)
}
