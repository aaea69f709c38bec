import { sql } from '@pentad/platform/db'
import { none, type Source } from './source.ts'

export const units: Source = {
  kind: 'unit',
  may: null,
  columns: sql`u.id as id, u.area_code as "areaCode", array[u.id] as "unitIds", null::text as "createdBy", null::timestamptz as at,
    null::text as number, u.name_zh as "titleZh", u.name_en as "titleEn", coalesce(p.name_zh, '') as "noteZh", coalesce(p.name_en, '') as "noteEn",
    u.id as also, ${none} as tags, null::text as means, null::float8 as lon, null::float8 as lat, 0::float4 as rank,
    u.ended is not null as gone`,
  from: sql`identity.api_unit u left join identity.api_unit p on p.id = u.parent_id`,
  id: sql`u.id`,
  opens: '',
}

/** Those who work here, by name and account, with where they serve today; their phones are not told by the view. */
export const people: Source = {
  kind: 'person',
  may: 'identity.read-people',
  columns: sql`p.id::text as id, m.area_code as "areaCode", coalesce(m.unit_ids, '{}') as "unitIds", null::text as "createdBy",
    null::timestamptz as at, null::text as number, p.name_zh as "titleZh", p.name_en as "titleEn", coalesce(m.units_zh, '') as "noteZh",
    coalesce(m.units_en, '') as "noteEn", p.login as also, ${none} as tags, null::text as means, null::float8 as lon, null::float8 as lat,
    0::float4 as rank, p.disabled as gone`,
  from: sql`identity.api_person_words p left join lateral (
      select min(u.area_code) as area_code, array_agg(distinct u.id) as unit_ids,
        string_agg(distinct u.name_zh, ' · ') as units_zh, string_agg(distinct u.name_en, ' · ') as units_en
      from identity.api_membership s join identity.api_unit u on u.id = s.unit_id
      where s.person_id = p.id and s.valid_from <= (now() at time zone 'Asia/Shanghai')::date
        and (s.valid_to is null or s.valid_to >= (now() at time zone 'Asia/Shanghai')::date)) m on true`,
  id: sql`p.id`,
  opens: '/command/people?person=:id',
}
