import { sql } from '@pentad/platform/db'
import { blank, type Source } from './source.ts'

/** Cases: by class, place, description and number. Reporters are not told by the view. */
export const cases: Source = {
  kind: 'case',
  may: 'cases.read',
  columns: sql`c.id::text as id, c.area_code as "areaCode", array_remove(array[c.lead_unit_id], null) as "unitIds", c.created_by as "createdBy",
    c.reported_at as at, c.no as number, k.name_zh || ' · ' || c.place_zh as "titleZh", k.name_en || ' · ' || c.place_en as "titleEn",
    c.description as "noteZh", c.description as "noteEn", ${blank} as also,
    array['class/' || c.scheme || '/' || c.scheme_version || '/' || c.kind || '/' || left(c.class_code, 2),
      'class/' || c.scheme || '/' || c.scheme_version || '/' || c.kind || '/' || c.class_code] as tags,
    null::text as means, c.lon, c.lat, 0::float4 as rank, false as gone`,
  from: sql`cases.api_case_words c join rulebook.api_any_class k
    on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code`,
  id: sql`c.id`,
  happens: true,
  xid: sql`c.xid`,
  beside: sql`rulebook.api_any_class`,
  opens: '/command/cases/:id',
}
