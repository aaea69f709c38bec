/** From another system's words to the classes of the scheme in force: by what is known, by name, by the words of the class list. */
import type { ClassRow } from '@pentad/rulebook'
import { type ClassKey, type Kind, proposeClasses } from '@pentad/rulebook/model'

export type FoundBy = 'known' | 'name' | 'words'
export interface FoundClass extends ClassKey {
  by: FoundBy
}
export interface ClassFinder {
  /** A minor class, if the scheme has it. */
  has: (key: ClassKey) => boolean
  /** The class of a code, written with or without its leading nought; without a kind only where one kind has it. */
  byCode: (kind: string | null, code: string) => ClassKey | undefined
  byWords: (text: string) => FoundClass | undefined
}

/** The best proposal must hold so much of all that speaks for any class. */
const clearShare = 0.5
const mostRemembered = 50_000
const shortestWord = 6

/** `SW-Dirty Alley`: the office before the dash says nothing of the problem. */
const withoutOffice = (type: string): string => type.replace(/^[a-z]{2,5}-/, '')

const kindWords: Readonly<Record<string, Kind>> = {
  事件: 'event',
  部件: 'component',
  event: 'event',
  component: 'component',
}

/** `known`: types of other cities, in lower letters, with the `kind code` that people gave them. */
export function classFinder(all: readonly ClassRow[], known: ReadonlyMap<string, ClassKey> = new Map()): ClassFinder {
  const minor = all.filter((c) => c.parentCode !== null)
  const keys = new Set(minor.map(({ kind, code }) => `${kind} ${code}`))
  const names = new Map(
    minor.flatMap(({ kind, code, nameZh, nameEn }) => [nameZh, nameEn].map((n) => [n.toLowerCase(), { kind, code }])),
  )
  // What people said of “Rodent” elsewhere holds for “Rodent baiting” here, unless the class list says it better.
  const told = new Map<string, string[]>()
  for (const [type, { kind, code }] of known) {
    const word = withoutOffice(type)
    if (word.length >= shortestWord) told.set(`${kind} ${code}`, [...(told.get(`${kind} ${code}`) ?? []), word])
  }
  const wordLists = minor.map(({ kind, code, nameZh, nameEn, words }) => ({
    kind,
    code,
    name: nameZh,
    words: [...new Set([nameEn, ...words, ...(told.get(`${kind} ${code}`) ?? [])])]
      .filter((w) => w !== '')
      .map((word) => ({ word, whole: wholeWord(word) })),
  }))
  const bare = new Map([...known].map(([type, key]) => [withoutOffice(type), key]))
  const remembered = new Map<string, FoundClass | undefined>()
  const has = ({ kind, code }: ClassKey) => keys.has(`${kind} ${code}`)

  const find = (said: string): FoundClass | undefined => {
    const same = known.get(said) ?? bare.get(withoutOffice(said))
    if (same && has(same)) return { ...same, by: 'known' }
    const named = names.get(said)
    if (named) return { ...named, by: 'name' }
    // “tree” is in “street”, and means nothing there.
    const classes = wordLists.map((c) => ({ ...c, words: c.words.filter((w) => w.whole(said)).map((w) => w.word) }))
    const [best] = proposeClasses(said, classes, {}, 1)
    return best && best.share >= clearShare ? { kind: best.kind, code: best.code, by: 'words' } : undefined
  }
  return {
    has,
    byCode(kindSaid, codeSaid) {
      const code = codeSaid.trim().padStart(4, '0')
      const kind = kindSaid === null ? undefined : kindWords[kindSaid.trim().toLowerCase()]
      const found = (kind ? [kind] : (['event', 'component'] as const)).filter((k) => has({ kind: k, code }))
      return found.length === 1 && found[0] ? { kind: found[0], code } : undefined
    },
    byWords(text) {
      const said = text.trim().toLowerCase()
      if (remembered.has(said)) return remembered.get(said)
      const found = find(said)
      if (remembered.size > mostRemembered) remembered.clear()
      remembered.set(said, found)
      return found
    },
  }
}

function wholeWord(word: string): (said: string) => boolean {
  const low = word.toLowerCase()
  if (!/^[\x20-\x7e]+$/.test(low)) return (said) => said.includes(low)
  const pattern = new RegExp(`(?<![a-z0-9])${low.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![a-z0-9])`)
  return (said) => pattern.test(said)
}
