import { type Db, sql } from '@pentad/platform/db'
import type { LawLevel, LawVersion } from '../model/index.ts'

export interface LawRow {
  id: string
  titleZh: string
  titleEn: string
  level: LawLevel
  scope: string
  domain: string
}
export interface LawVersionRow extends LawVersion {
  versionId: string
  summary: boolean
  articles: number
}
const lawColumns = sql`l.id, l.title_zh as "titleZh", l.title_en as "titleEn", l.level, l.scope, l.domain`

/** Laws of which a version stands, each with its versions, oldest first. */
export async function lawsListed(db: Db): Promise<(LawRow & { versions: LawVersionRow[] })[]> {
  const { rows } = await sql<
    LawRow & LawVersionRow
  >`select ${lawColumns}, v.id as "versionId", v.version_date as "versionDate",
      v.in_force_from as "inForceFrom", v.in_force_to as "inForceTo", v.summary,
      (select count(*)::int from rulebook.article a where a.law_version = v.id) as articles
    from rulebook.law l join rulebook.law_version v on v.law_id = l.id and v.until is null
    order by array_position(array['law', 'administrative_regulation', 'ministry_rule', 'local_regulation', 'local_rule', 'normative'], l.level),
      l.id, v.version_date nulls first`.execute(db)
  return [...Map.groupBy(rows, (r) => r.id).values()].map((all) => {
    const [{ id, titleZh, titleEn, level, scope, domain }] = all as [LawRow & LawVersionRow]
    return {
      ...{ id, titleZh, titleEn, level, scope, domain },
      versions: all.map(({ versionId, versionDate, inForceFrom, inForceTo, summary, articles }) => ({
        versionId,
        versionDate,
        inForceFrom,
        inForceTo,
        summary,
        articles,
      })),
    }
  })
}

export interface ArticleRow {
  no: number
  sub: number
  chapter: string
  section: string
  text: string
}
export const articlesOf = async (db: Db, versionId: string): Promise<ArticleRow[]> =>
  (
    await sql<ArticleRow>`select no, sub, chapter, section, text from rulebook.article where law_version = ${versionId} order by no, sub`.execute(
      db,
    )
  ).rows

export const textOfVersion = async (db: Db, versionId: string): Promise<string | undefined> =>
  (await sql<{ text: string }>`select text from rulebook.law_version where id = ${versionId}`.execute(db)).rows[0]?.text

/** Articles whose words hold the text, the newest version of each law first. */
export const articlesWith = async (
  db: Db,
  words: string,
  most: number,
): Promise<(ArticleRow & { lawId: string; titleZh: string; titleEn: string })[]> =>
  (
    await sql<ArticleRow & { lawId: string; titleZh: string; titleEn: string }>`
      select a.no, a.sub, a.chapter, a.section, a.text, l.id as "lawId", l.title_zh as "titleZh", l.title_en as "titleEn"
      from rulebook.law l
      join lateral (select id from rulebook.law_version v where v.law_id = l.id and v.until is null
        order by version_date desc nulls last limit 1) v on true
      join rulebook.article a on a.law_version = v.id
      where strpos(a.text, ${words}) > 0 order by l.id, a.no, a.sub limit ${most}`.execute(db)
  ).rows
