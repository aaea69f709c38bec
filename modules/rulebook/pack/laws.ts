/** `laws/index.csv` and `laws/*.md`: laws in their versions, with the text as it was given. */
import { sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { newId } from '@pentad/platform/id'
import { type Changes, filesOf, noChanges, type PackReading, part, rowsIn, textOf } from '@pentad/platform/pack'
import { type Article, type LawLevel, lawLevels, plainTitle, readLawText } from '../model/index.ts'
import type { Laying } from './laying.ts'
import { type LawBook, onlyOnce } from './said.ts'

export interface ListedLaw {
  id: string
  titleZh: string
  titleEn: string
  level: LawLevel
  /** 国家, 北京 …: where it holds. */
  scope: string
  domain: string
  versionDate: string | null
  inForceFrom: string | null
  inForceTo: string | null
  /** A summary in other words, not the law's own text. */
  summary: boolean
  text: string
  articles: Article[]
}
export interface LawList {
  laws: ListedLaw[]
  book: LawBook
}

const columns = {
  id: {},
  title_zh: {},
  title_en: { optional: true },
  level: {},
  scope: {},
  domain: { optional: true },
  version_date: { optional: true },
  in_force_from: { optional: true },
  in_force_to: { optional: true },
  summary: { optional: true },
  file: { optional: true },
}

export const lawsPart = part<LawList>({
  name: 'laws',
  wholeCity: true,
  files: ['laws/index.csv', 'laws/*.md'],
  read: async (reading) => {
    const texts = new Set(filesOf(reading.source, lawsPart).filter((path) => path.endsWith('.md')))
    const unused = new Set([...texts].filter((path) => !/\/(?:README|NOTICE)\.md$/i.test(path)))
    const laws: ListedLaw[] = []
    const once = onlyOnce()
    const titles = new Map<string, string>()
    if (!reading.source.paths.includes('laws/index.csv')) {
      if (unused.size > 0) reading.fault('laws/index.csv', null, 'pack/no-law-index')
      return { laws, book: bookOf(laws) }
    }
    for await (const row of rowsIn(reading, 'laws/index.csv', columns)) {
      const dayOf = (column: 'version_date' | 'in_force_from' | 'in_force_to'): string | null =>
        row.optional(column) === null ? null : row.day(column)
      const titleZh = row.text('title_zh')
      const law = {
        id: row.matching('id', /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,79}$/u, 'pack/not-a-law-id'),
        titleZh,
        titleEn: row.optional('title_en') ?? titleZh,
        level: row.oneOf('level', lawLevels),
        scope: row.text('scope'),
        domain: row.optional('domain') ?? '',
        versionDate: dayOf('version_date'),
        inForceFrom: dayOf('in_force_from'),
        inForceTo: dayOf('in_force_to'),
        summary: row.optional('summary') !== null && row.oneOf('summary', ['yes', 'no'] as const) === 'yes',
      }
      once(row, `${law.id} ${law.versionDate ?? ''}`.trim())
      const other = titles.get(plainTitle(titleZh))
      if (other && other !== law.id) row.fault('pack/law-title-twice', { title: titleZh, law: other })
      titles.set(plainTitle(titleZh), law.id)
      if (law.inForceFrom && law.inForceTo && law.inForceFrom > law.inForceTo)
        row.fault('pack/days-turned', { from: law.inForceFrom, to: law.inForceTo })
      const file = row.optional('file')
      const path = file === null ? null : `laws/${file}`
      if (path === null) laws.push({ ...law, text: '', articles: [] })
      else if (!texts.has(path)) row.fault('pack/no-law-text', { file: path })
      else {
        unused.delete(path)
        const text = (await textOf(reading, path)) ?? ''
        laws.push({ ...law, text, articles: articlesIn(text, path, reading.fault) })
      }
      reading.onProgress(laws.length)
    }
    for (const path of unused) reading.fault(path, null, 'pack/law-not-listed')
    return { laws, book: bookOf(laws) }
  },
  lay: (laying, { laws }) => layLaws(laying, laws),
})

/** The articles of a text; each must stand once. */
function articlesIn(text: string, path: string, fault: PackReading['fault']): Article[] {
  const { articles } = readLawText(text)
  if (articles.length === 0) fault(path, null, 'pack/no-articles')
  const seen = new Map<string, number>()
  for (const { no, sub, line } of articles) {
    const key = `${no}-${sub}`
    const before = seen.get(key)
    if (before !== undefined) fault(path, line, 'pack/article-twice', { article: sub ? key : no, line: before })
    else seen.set(key, line)
  }
  return articles
}

function bookOf(laws: readonly ListedLaw[]): LawBook {
  const articlesOf = new Map<string, Set<string>>()
  for (const { id, articles } of laws) {
    const all = articlesOf.get(id) ?? new Set()
    for (const { no, sub } of articles) all.add(`${no}-${sub}`)
    articlesOf.set(id, all)
  }
  return { articlesOf, idOfTitle: new Map(laws.map((l) => [plainTitle(l.titleZh), l.id])) }
}

interface StandingVersion {
  id: string
  lawId: string
  versionDate: string | null
  said: string
}

/** A version whose words or days changed ends, and the new one stands beside it. */
export async function layLaws({ db, now, editionId }: Laying, laws: readonly ListedLaw[]): Promise<Changes> {
  const changes = noChanges()
  const titles = [...new Map(laws.map((l) => [l.id, l])).values()]
  await insertRows(
    db,
    'rulebook.law',
    { id: 'text', title_zh: 'text', title_en: 'text', level: 'text', scope: 'text', domain: 'text' },
    titles.map((l) => ({ ...l, title_zh: l.titleZh, title_en: l.titleEn })),
    `on conflict (id) do update set title_zh = excluded.title_zh, title_en = excluded.title_en, level = excluded.level,
      scope = excluded.scope, domain = excluded.domain`,
  )
  const standing = (
    await sql<StandingVersion>`select id, law_id as "lawId", version_date as "versionDate",
      md5(concat_ws('|', in_force_from::text, '|', in_force_to::text, summary, text)) as said
      from rulebook.law_version where until is null`.execute(db)
  ).rows
  const wanted = (
    await sql<{
      i: number
      said: string
    }>`select (i - 1)::int as i, md5(concat_ws('|', f::date::text, '|', t::date::text, s, x)) as said
      from jsonb_to_recordset(${JSON.stringify(
        laws.map((l, i) => ({ i: i + 1, f: l.inForceFrom, t: l.inForceTo, s: l.summary, x: l.text })),
      )}::jsonb) as r (i int, f text, t text, s boolean, x text)`.execute(db)
  ).rows
  const saidOf = new Map(wanted.map((w) => [w.i, w.said]))
  const keyOf = (lawId: string, versionDate: string | null): string => `${lawId} ${versionDate ?? ''}`
  const before = new Map(standing.map((v) => [keyOf(v.lawId, v.versionDate), v]))
  const named = new Set(laws.map((l) => keyOf(l.id, l.versionDate)))
  const ended: string[] = []
  const fresh: ListedLaw[] = []
  for (const [i, law] of laws.entries()) {
    const old = before.get(keyOf(law.id, law.versionDate))
    if (old && old.said === saidOf.get(i)) {
      changes.same++
      continue
    }
    changes[old ? 'changed' : 'added']++
    if (old) ended.push(old.id)
    fresh.push(law)
  }
  for (const v of standing.filter((v) => !named.has(keyOf(v.lawId, v.versionDate)))) {
    changes.retired++
    ended.push(v.id)
  }
  await sql`update rulebook.law_version set until = ${now} where id = any(${ended}::uuid[])`.execute(db)
  const rows = fresh.map((law) => ({ law, id: newId() }))
  await insertRows(
    db,
    'rulebook.law_version',
    {
      id: 'uuid',
      law_id: 'text',
      version_date: 'date',
      in_force_from: 'date',
      in_force_to: 'date',
      summary: 'boolean',
      text: 'text',
      since: 'timestamptz',
      edition: 'uuid',
    },
    rows.map(({ law, id }) => ({
      id,
      law_id: law.id,
      version_date: law.versionDate,
      in_force_from: law.inForceFrom,
      in_force_to: law.inForceTo,
      summary: law.summary,
      text: law.text,
      since: now.toISOString(),
      edition: editionId,
    })),
  )
  await insertRows(
    db,
    'rulebook.article',
    { law_version: 'uuid', no: 'int', sub: 'int', chapter: 'text', section: 'text', text: 'text' },
    rows.flatMap(({ law, id }) => law.articles.map((a) => ({ ...a, law_version: id }))),
  )
  return changes
}
