import { sql } from '@pentad/platform/db'
import { blank, none, type Source } from './source.ts'

const onMap = '/command/map?map=:lon,:lat,16&here=:lon,:lat'

/** Districts, streets, communities; a place in the middle of their cells. */
export const areas: Source = {
  kind: 'area',
  may: null,
  columns: sql`a.code as id, a.code as "areaCode", ${none} as "unitIds", null::text as "createdBy", null::timestamptz as at, a.code as number,
    a.name as "titleZh", coalesce(a.name_en, '') as "titleEn", coalesce(p.name, '') as "noteZh", ${blank} as "noteEn", ${blank} as also,
    ${none} as tags, case when a.level <> 'city' then 'area/' || a.code end as means, m.lon, m.lat,
    (16 - length(a.code) + case a.level when 'city' then 3 else 0 end)::float4 as rank,
    a.valid_to is not null and a.valid_to <= now() as gone`,
  from: sql`geography.api_area a left join geography.api_area p on p.code = a.parent_code
    left join lateral (select avg(c.lon) as lon, avg(c.lat) as lat from geography.api_cell c
      where a.level <> 'city' and c.code >= a.code and c.code < a.code || 'x') m on true`,
  id: sql`a.code`,
  opens: '/command/map?map=:lon,:lat,15&here=:lon,:lat',
}

/** Places, door plates, and what the map names. A named place goes before a door plate of the same words. */
export const places: Source = {
  kind: 'place',
  may: null,
  columns: sql`p.id, p.area_code as "areaCode", ${none} as "unitIds", null::text as "createdBy", null::timestamptz as at, null::text as number,
    p.name as "titleZh", p.name_en as "titleEn", coalesce(s.name, '') as "noteZh", ${blank} as "noteEn", p.also, ${none} as tags,
    null::text as means, p.lon, p.lat, (case p.kind when 'door-plate' then 0 when 'poi' then 1 else 2 end)::float4 as rank, p.gone`,
  from: sql`geography.api_place_words p left join geography.api_area s on s.code = left(p.area_code, 9)`,
  id: sql`p.id`,
  opens: onMap,
}

/** Components by name, 16-digit code, owner and keeper. */
export const components: Source = {
  kind: 'component',
  may: 'geography.read',
  columns: sql`c.id, c.cell_code as "areaCode", ${none} as "unitIds", null::text as "createdBy", null::timestamptz as at, c.id as number,
    c.name as "titleZh", ${blank} as "titleEn", concat_ws(' · ', c.owner_name, c.maintainer_name) as "noteZh", ${blank} as "noteEn",
    coalesce(c.competent_name, '') as also, ${none} as tags, null::text as means, c.lon, c.lat,
    (case when c.state in ('abolished', 'removed') then 0 else 1 end)::float4 as rank, false as gone`,
  from: sql`geography.api_component_words c`,
  id: sql`c.id`,
  xid: sql`c.xid`,
  opens: '/command/components?component=:id',
}
