/** Articles by their place and day, and everything that cites them. */
import type { Db } from '@pentad/platform/db'
import { type LawRef, plainTitle, readCitation, sayCitation, sayPlaceEn, versionAt, wordsAt } from './model/index.ts'
import {
  articlesOf,
  causesListed,
  checklistItems,
  classesInForce,
  lawsListed,
  powersListed,
  standardsOfScheme,
} from './queries/index.ts'
import { basisOut, type LawTitles, textOf } from './views.ts'

/** An article as it was in force on a day (`YYYY-MM-DD`); undefined where that day's law has no such one. */
export async function articleAt(db: Db, ref: LawRef, day: string) {
  const law = (await lawsListed(db)).find((l) => l.id === ref.law)
  const version = law && versionAt(law.versions, day)
  if (!law || !version) return undefined
  const article = (await articlesOf(db, version.versionId)).find((a) => a.no === ref.no && a.sub === ref.sub)
  if (!article) return undefined
  return {
    ...article,
    law: law.id,
    title: textOf(law.titleZh, law.titleEn),
    versionDate: version.versionDate,
    summary: version.summary,
    said: textOf(sayCitation({ ...ref, title: law.titleZh }), `${law.titleEn}, ${sayPlaceEn(ref)}`),
    // A summary has no paragraphs to point at: its sentence stands for the whole article.
    words: version.summary ? article.text : (wordsAt(article.text, ref) ?? null),
  }
}

/** What 《…》第十二条第二款 means on a day. Short and full titles find the same law. */
export async function articleCited(db: Db, text: string, day: string) {
  const citation = readCitation(text)
  if (!citation) return undefined
  const law = (await lawsListed(db)).find((l) => plainTitle(l.titleZh) === plainTitle(citation.title))
  return law ? articleAt(db, { ...citation, law: law.id }, day) : undefined
}

export interface Cite {
  no: number
  sub: number
  by: 'power' | 'violated' | 'punished' | 'standard' | 'checklist'
  id: string
  name: { 'zh-CN': string; en: string }
}
/** What cites the articles of a law: powers, causes, standards of the scheme in force, checklists. */
export async function citesOf(db: Db, lawId: string, titles: LawTitles): Promise<Cite[]> {
  const cites = new Map<string, Cite>()
  const add = (words: readonly string[], by: Cite['by'], id: string, name: Cite['name']): void => {
    for (const word of words) {
      const { law, no, sub } = basisOut(word, titles)
      if (law === lawId && no !== null) cites.set([no, sub, by, id].join(' '), { no, sub, by, id, name })
    }
  }
  for (const p of await powersListed(db)) add(p.basis, 'power', p.id, textOf(p.nameZh, p.nameEn))
  for (const c of await causesListed(db)) {
    add(c.violates, 'violated', c.id, textOf(c.nameZh, c.nameEn))
    add(c.punishes, 'punished', c.id, textOf(c.nameZh, c.nameEn))
  }
  for (const i of await checklistItems(db)) add(i.basis, 'checklist', i.checklist, textOf(i.titleZh, i.titleEn))
  const classes = await classesInForce(db)
  const [first] = classes
  if (first) {
    const names = new Map(classes.map((c) => [`${c.kind}:${c.code}`, textOf(c.nameZh, c.nameEn)]))
    for (const s of await standardsOfScheme(db, first.scheme, first.version)) {
      const id = `${s.kind}-${s.code}`
      add(s.laws, 'standard', id, names.get(`${s.kind}:${s.code}`) ?? textOf(id, id))
    }
  }
  return [...cites.values()]
}
