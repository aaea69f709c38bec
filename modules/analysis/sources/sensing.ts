import { sql } from '@pentad/platform/db'
import { none, type Source } from './source.ts'

/** Devices: a vehicle by its plate, with or without the dot; any by the address it speaks under. */
export const devices: Source = {
  kind: 'device',
  may: 'sensing.read',
  columns: sql`d.id::text as id, d.area_code as "areaCode", array_remove(array[d.unit_id], null) as "unitIds", null::text as "createdBy",
    null::timestamptz as at, d.address as number, d.name_zh as "titleZh", d.name_en as "titleEn", coalesce(d.label, '') as "noteZh",
    coalesce(d.label, '') as "noteEn", coalesce(u.name_zh || E'\n' || u.name_en, '') as also, ${none} as tags, null::text as means,
    d.lon, d.lat, 0::float4 as rank, d.retired is not null as gone`,
  from: sql`sensing.api_device_words d left join identity.api_unit u on u.id = d.unit_id`,
  id: sql`d.id`,
  opens: '/command/devices?device=:id',
}
