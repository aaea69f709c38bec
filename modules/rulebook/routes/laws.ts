/** Laws, what cites them, and what follows from them. */
import { granted, refuse } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import { legalDayOf } from '@pentad/platform/time'
import {
  listCauses,
  listChecklists,
  listDiscretion,
  listLaws,
  listPowers,
  readArticle,
  readLaw,
  resolveCitation,
  tagText,
} from '../contract.ts'
import { articleAt, articleCited, citesOf } from '../lookup.ts'
import { citationsIn, proposeClasses, sayCitation, versionAt } from '../model/index.ts'
import {
  articlesOf,
  articlesWith,
  causesListed,
  checklistItems,
  classesInForce,
  discretionAt,
  type LawVersionRow,
  lawsListed,
  powersListed,
  textOfVersion,
} from '../queries/index.ts'
import { basisOut, causeOut, penaltyOut, textOf, titlesOf } from '../views.ts'
import { namesInForce } from './codes.ts'

const versionOut = ({ versionId: _versionId, ...version }: LawVersionRow) => version
const lawOut = (l: Awaited<ReturnType<typeof lawsListed>>[number]) => ({
  id: l.id,
  title: textOf(l.titleZh, l.titleEn),
  level: l.level,
  scope: l.scope,
  domain: l.domain,
  versions: l.versions.map(versionOut),
})
const mostArticles = 60

export const lawRoutes = [
  serve(listLaws, async ({ query: { words } }, { db }) => ({
    laws: (await lawsListed(db)).map(lawOut),
    found: words
      ? (await articlesWith(db, words, mostArticles)).map(({ lawId, titleZh, titleEn, ...article }) => ({
          ...article,
          law: lawId,
          title: textOf(titleZh, titleEn),
        }))
      : [],
  })),

  serve(readLaw, async ({ query }, { db, now }) => {
    const laws = await lawsListed(db)
    const law = granted(laws.find((l) => l.id === query.id))
    const version = granted(
      query.version
        ? law.versions.find((v) => v.versionDate === query.version)
        : (versionAt(law.versions, legalDayOf(now)) ?? law.versions.at(-1)),
    )
    return {
      ...lawOut(law),
      version: versionOut(version),
      text: (await textOfVersion(db, version.versionId)) ?? '',
      articles: await articlesOf(db, version.versionId),
      citedBy: await citesOf(db, law.id, titlesOf(laws)),
    }
  }),

  serve(readArticle, async ({ query: { law, no, sub, day } }, { db, now }) =>
    granted(await articleAt(db, { law, no, sub }, day ?? legalDayOf(now))),
  ),

  serve(resolveCitation, async ({ query: { text, day } }, { db, now }) => {
    const found = await articleCited(db, text, day ?? legalDayOf(now))
    return found ?? refuse('rulebook/unknown-citation', { text })
  }),

  serve(listPowers, async (_, { db }) => {
    const titles = titlesOf(await lawsListed(db))
    const causes = await causesListed(db)
    return {
      powers: (await powersListed(db)).map((p) => ({
        id: p.id,
        name: textOf(p.nameZh, p.nameEn),
        kind: p.kind,
        subjectUnit: p.subjectUnit,
        basis: p.basis.map((w) => basisOut(w, titles)),
        causes: causes.filter((c) => c.powerId === p.id).length,
      })),
    }
  }),

  serve(listCauses, async (_, { db }) => {
    const titles = titlesOf(await lawsListed(db))
    const names = await namesInForce(db)
    return { causes: (await causesListed(db)).map((c) => causeOut(c, titles, names)) }
  }),

  serve(listDiscretion, async ({ query: { at } }, { db }) => {
    const steps = Map.groupBy(await discretionAt(db, at ? new Date(at) : null), (s) => s.causeId)
    return {
      causes: (await causesListed(db)).flatMap((c) => {
        const own = steps.get(c.id)
        if (!own) return []
        return [
          {
            ...penaltyOut(c),
            id: c.id,
            name: textOf(c.nameZh, c.nameEn),
            steps: own.map((s) => ({
              step: s.step,
              circumstances: textOf(s.circumstancesZh, s.circumstancesEn),
              fineFromFen: s.fineFromFen,
              fineToFen: s.fineToFen,
              other: textOf(s.otherZh, s.otherEn),
            })),
          },
        ]
      }),
    }
  }),

  serve(listChecklists, async (_, { db }) => {
    const titles = titlesOf(await lawsListed(db))
    const lists = Map.groupBy(await checklistItems(db), (i) => i.checklist)
    return {
      checklists: [...lists].map(([id, items]) => ({
        id,
        title: textOf(items[0]?.titleZh ?? '', items[0]?.titleEn ?? ''),
        items: items.map((i) => ({
          seq: i.seq,
          item: textOf(i.itemZh, i.itemEn),
          basis: i.basis.map((w) => basisOut(w, titles)),
          causeId: i.causeId,
          photo: i.photo,
          severity: i.severity,
        })),
      })),
    }
  }),

  serve(tagText, async ({ query: { text } }, { db }) => {
    const classes = await classesInForce(db)
    const proposed = proposeClasses(
      text,
      classes.filter((c) => c.parentCode !== null).map((c) => ({ ...c, name: c.nameZh })),
      {},
    )
    const keys = new Set(proposed.map((p) => `${p.kind}:${p.code}`))
    const titles = titlesOf(await lawsListed(db))
    return {
      classes: proposed.map((p) => {
        const of = classes.find((c) => c.kind === p.kind && c.code === p.code)
        return {
          kind: p.kind,
          code: p.code,
          name: textOf(of?.nameZh ?? p.code, of?.nameEn ?? p.code),
          share: p.share,
          words: p.why.words,
        }
      }),
      causes: (await causesListed(db))
        .filter((c) => text.includes(c.nameZh) || c.classes.some((words) => keys.has(words)))
        .map((c) => ({ id: c.id, name: textOf(c.nameZh, c.nameEn) })),
      laws: citationsIn(text).map((c) => basisOut(sayCitation(c), titles)),
    }
  }),
]
