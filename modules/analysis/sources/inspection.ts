import { sql } from '@pentad/platform/db'
import { none, type Source } from './source.ts'

/** Entries of every ledger, parties among them. A ledger that only some posts may read is not searched: the index knows permissions, not posts. */
export const entries: Source = {
  kind: 'entry',
  may: 'inspection.read',
  columns: sql`e.ledger_id || '/' || e.id as id, e.area_code as "areaCode", array_remove(array[e.keeper_unit], null) as "unitIds",
    e.created_by as "createdBy", null::timestamptz as at, e.no as number, e.title as "titleZh", '' as "titleEn",
    concat_ws(' · ', l.schema->'title'->>'zh-CN', nullif(e.place_zh, '')) as "noteZh",
    concat_ws(' · ', l.schema->'title'->>'en', nullif(e.place_en, '')) as "noteEn",
    e.words as also, ${none} as tags, null::text as means, e.lon, e.lat, 0::float4 as rank,
    (e.retired_at is not null or l.retired_at is not null or jsonb_array_length(coalesce(l.schema->'read', '[]')) > 0) as gone`,
  from: sql`inspection.api_entry_words e join inspection.api_ledger l on l.id = e.ledger_id`,
  id: sql`e.id`,
  xid: sql`e.xid`,
  beside: sql`inspection.api_ledger`,
  opens: '/command/ledgers/:first?entry=:last',
}
