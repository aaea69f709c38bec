/** What geography itself shows: areas, cells, places. */
import { type Db, sql } from '@pentad/platform/db'
import { type Layers, layer, thematicMaps } from '@pentad/platform/tiles'
import { theCity } from '../queries.ts'

const version = async (db: Db): Promise<string> => (await theCity(db))?.version ?? 'empty'
const name = { title: { 'zh-CN': '名称', en: 'Name' }, type: 'word' as const }

export const layers: Layers = [
  layer({
    id: 'areas',
    title: { 'zh-CN': '行政区划', en: 'Areas' },
    kind: 'polygon',
    may: 'public',
    maps: thematicMaps,
    keys: 'text',
    properties: { level: { title: { 'zh-CN': '层级', en: 'Level' }, type: 'word' }, name },
    label: 'name',
    rows: () => sql`select code as key, geometry, code as area_code, null::text as unit_id, true as shown, level, name
      from geography.area where geometry is not null and valid_to is null and level <> 'city'`,
    version,
  }),
  layer({
    id: 'cells',
    title: { 'zh-CN': '单元网格', en: 'Cells' },
    kind: 'polygon',
    may: 'public',
    maps: thematicMaps,
    minZoom: 11,
    keys: 'text',
    properties: {},
    rows: () => sql`select code as key, jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array(ring)) as geometry,
        code as area_code, null::text as unit_id, true as shown from geography.cell`,
    version,
  }),
  layer({
    id: 'places',
    title: { 'zh-CN': '地名', en: 'Places' },
    kind: 'point',
    may: 'public',
    maps: thematicMaps,
    keys: 'text',
    properties: { name, kind: { title: { 'zh-CN': '类型', en: 'Kind' }, type: 'word' } },
    label: 'name',
    rows: () => sql`select id as key, lon, lat, coalesce(cell, area_code) as area_code, null::text as unit_id, true as shown, name, kind
      from geography.place where valid_to is null or valid_to >= current_date
      union all
      select 'map-' || id, (geometry -> 'coordinates' ->> 0)::float8, (geometry -> 'coordinates' ->> 1)::float8, null, null, true, name, class
      from geography.map_feature where layer = 'place' and name is not null and geometry ->> 'type' = 'Point'`,
    version,
  }),
]
