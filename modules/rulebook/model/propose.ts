/**
 * Proposes classes for a citizen's words. Everyday words of each class are looked for in the text, longer ones weighing
 * more; how often the class occurs in this place breaks ties and speaks alone when there are no words yet.
 * A proposal is only that: a person confirms it, and it says why it was made.
 */
import type { Kind } from './classes.ts'

export interface ClassWords {
  kind: Kind
  code: string
  name: string
  words: readonly string[]
}
/** How often each class was found near a place lately; the key is `kind:code`. */
export type Habit = Readonly<Record<string, number>>

export interface Proposal {
  kind: Kind
  code: string
  /** 0–1, over all classes. */
  share: number
  why: { words: string[]; nearbyCases: number }
}

export function proposeClasses(text: string, classes: readonly ClassWords[], habit: Habit, most = 4): Proposal[] {
  const said = text.toLowerCase()
  const nearby = Object.values(habit).reduce((sum, n) => sum + n, 0)
  const scored = classes.flatMap(({ kind, code, name, words }) => {
    const found = [...new Set([name, ...words])].filter((w) => w.length > 0 && said.includes(w.toLowerCase()))
    // A longer word that was said contains its shorter ones; count each stretch of text once.
    const kept = found.filter((w) => !found.some((longer) => longer !== w && longer.includes(w)))
    const fromWords = kept.reduce((sum, w) => sum + w.length ** 2, 0)
    const nearbyCases = habit[`${kind}:${code}`] ?? 0
    const score = fromWords + (nearby ? nearbyCases / nearby : 0)
    return score > 0 ? [{ kind, code, score, why: { words: kept, nearbyCases } }] : []
  })
  scored.sort((a, b) => b.score - a.score || a.code.localeCompare(b.code))
  const total = scored.reduce((sum, s) => sum + s.score, 0)
  return scored.slice(0, most).map(({ kind, code, score, why }) => ({ kind, code, share: score / total, why }))
}
