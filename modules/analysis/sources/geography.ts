import { sql } from '@pentad/platform/db'
import { blank, none, type Source } from './source.ts'

/** Districts, streets, communities; a place in the middle of its cells. */
export const areas: Source = {
  kind: 'area',
  may: null,
  columns: sql`a.code as id, a.code as "areaCode", ${none} as "unitIds", null::text as "createdBy", null::timestamptz as at, a.code as number,
    a.name as "titleZh", ${blank} as "titleEn", coalesce(p.name, '') as "noteZh", coalesce(p.name, '') as "noteEn", ${blank} as also,
    ${none} as tags, case when a.level <> 'city' then 'area/' || a.code end as means, m.lon, m.lat,
    (16 - length(a.code) + case a.level when 'city' then 3 else 0 end)::float4 as rank, false as gone`,
  from: sql`geography.api_area a left join geography.api_area p on p.code = a.parent_code
    left join lateral (select avg(c.lon) as lon, avg(c.lat) as lat from geography.api_cell c
      where a.level <> 'city' and c.code >= a.code and c.code < a.code || 'x') m on true`,
  id: sql`a.code`,
  idType: 'text',
  opens: '/command/?map=:lon,:lat,15',
}
