import { sql } from '@pentad/platform/db'
import { blank, none, type Source } from './source.ts'

const nowhere = sql`null::text as "areaCode", ${none} as "unitIds", null::text as "createdBy", null::timestamptz as at`
const noPoint = sql`null::float8 as lon, null::float8 as lat`

/** Classes of the scheme in force; each also finds its cases, in any language. */
export const classes: Source = {
  kind: 'class',
  may: null,
  columns: sql`k.scheme || '/' || k.version || '/' || k.kind || '/' || k.code as id, ${nowhere}, k.code as number,
    k.name_zh as "titleZh", k.name_en as "titleEn", coalesce(p.name_zh, '') as "noteZh", coalesce(p.name_en, '') as "noteEn",
    array_to_string(k.words, E'\n') as also, ${none} as tags,
    'class/' || k.scheme || '/' || k.version || '/' || k.kind || '/' || k.code as means, ${noPoint}, (4 - length(k.code))::float4 as rank, false as gone`,
  from: sql`rulebook.api_class k left join rulebook.api_class p
    on p.scheme = k.scheme and p.version = k.version and p.kind = k.kind and p.code = k.parent_code`,
  id: sql`k.scheme || '/' || k.version || '/' || k.kind || '/' || k.code`,
  opens: '/command/codes?q=:number',
}

/** Laws by title, and each article by its text. */
export const laws: Source = {
  kind: 'law',
  may: 'rulebook.read',
  columns: sql`w.id, ${nowhere}, null::text as number, w.zh as "titleZh", w.en as "titleEn", w.note as "noteZh", ${blank} as "noteEn",
    w.law_id as also, ${none} as tags, null::text as means, ${noPoint}, w.rank::float4 as rank, false as gone`,
  from: sql`(select l.id || '/' || coalesce(l.version_date::text, '') || '/' as id, l.id as law_id, l.title_zh as zh, l.title_en as en,
      coalesce(l.version_date::text, '') as note, 1 as rank from rulebook.api_law l
    union all
    select a.law_id || '/' || coalesce(a.version_date::text, '') || '/' || a.no || '.' || a.sub, a.law_id,
      l.title_zh || ' 第' || a.no || case when a.sub > 0 then '-' || a.sub else '' end || '条',
      l.title_en || ', article ' || a.no || case when a.sub > 0 then '-' || a.sub else '' end, a.text, 0
      from rulebook.api_article a join rulebook.api_law l on l.version_id = a.law_version) w`,
  id: sql`w.id`,
  opens: '/command/laws?law=:first',
}

/** Causes of action: what may be punished. */
export const causes: Source = {
  kind: 'cause',
  may: 'rulebook.read',
  columns: sql`c.id, ${nowhere}, c.id as number, c.name_zh as "titleZh", c.name_en as "titleEn", c.note_zh as "noteZh", c.note_en as "noteEn",
    ${blank} as also, ${none} as tags, null::text as means, ${noPoint}, 0::float4 as rank, false as gone`,
  from: sql`rulebook.api_cause c`,
  id: sql`c.id`,
  opens: '/command/laws?tab=causes&q=:title',
}
