import { sql } from '@pentad/platform/db'
import { none, type Source } from './source.ts'

/** Classes of the scheme in force; each also finds its cases, in any language. */
export const classes: Source = {
  kind: 'class',
  may: null,
  columns: sql`k.scheme || '/' || k.version || '/' || k.kind || '/' || k.code as id, null::text as "areaCode", ${none} as "unitIds",
    null::text as "createdBy", null::timestamptz as at, k.code as number, k.name_zh as "titleZh", k.name_en as "titleEn",
    coalesce(p.name_zh, '') as "noteZh", coalesce(p.name_en, '') as "noteEn", array_to_string(k.words, E'\n') as also, ${none} as tags,
    'class/' || k.scheme || '/' || k.version || '/' || k.kind || '/' || k.code as means, null::float8 as lon, null::float8 as lat,
    (4 - length(k.code))::float4 as rank, false as gone`,
  from: sql`rulebook.api_class k left join rulebook.api_class p
    on p.scheme = k.scheme and p.version = k.version and p.kind = k.kind and p.code = k.parent_code`,
  id: sql`k.scheme || '/' || k.version || '/' || k.kind || '/' || k.code`,
  idType: 'text',
  opens: '/command/cases?queue=open&class=:number',
}
