/** What the readers of the parts share: keys that stand once, and the places in laws that a row names. */
import type { Row } from '@pentad/platform/pack'
import { type LawRef, plainTitle, readCitation, readLawRef } from '../model/index.ts'

/** Says a fault where a key stands a second time. */
export function onlyOnce() {
  const seen = new Map<string, { file: string; line: number }>()
  return (row: Pick<Row, 'file' | 'line' | 'fault'>, key: string): boolean => {
    const before = seen.get(key)
    if (before) row.fault('pack/rulebook-twice', { key, file: before.file, line: before.line })
    else seen.set(key, row)
    return before === undefined
  }
}

/** Articles that each law of the pack holds, over all its versions; none where only its title is known. */
export interface LawBook {
  articlesOf: ReadonlyMap<string, ReadonlySet<string>>
  idOfTitle: ReadonlyMap<string, string>
}

/** A list of `law#article` or of citations in words: each must lead somewhere. */
export function basisIn<C extends string>(row: Row<C>, column: C, book: LawBook | undefined): string[] {
  const words = row.list(column)
  for (const basis of words) {
    const ref = readLawRef(basis)
    const cited = ref ? undefined : readCitation(basis)
    if (ref) checkRef(row, ref, book)
    // A law that only words name may be one that the city has not brought.
    else if (cited) {
      const law = book?.idOfTitle.get(plainTitle(cited.title))
      if (law) checkRef(row, { ...cited, law }, book)
    } else row.fault('pack/not-a-basis', { column, value: basis.slice(0, 80) })
  }
  return words
}

function checkRef(row: Pick<Row, 'fault'>, { law, no, sub }: LawRef, book: LawBook | undefined): void {
  const articles = book?.articlesOf.get(law)
  if (!articles) row.fault('pack/unknown-law', { law })
  else if (articles.size > 0 && !articles.has(`${no}-${sub}`))
    row.fault('pack/unknown-article', { law, article: sub ? `${no}-${sub}` : no })
}
