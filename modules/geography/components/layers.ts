/** Components on the map: state, class, who keeps them. */
import { sql } from '@pentad/platform/db'
import { type Layers, layer } from '@pentad/platform/tiles'

export const layers: Layers = [
  layer({
    id: 'components',
    title: { 'zh-CN': '部件', en: 'Components' },
    kind: 'point',
    may: 'geography.read',
    maps: ['analysis', 'inspection', 'handling'],
    resource: 'components',
    minZoom: 13,
    keys: 'text',
    states: [
      { id: 'intact', title: { 'zh-CN': '完好', en: 'Intact' } },
      { id: 'damaged', title: { 'zh-CN': '破损', en: 'Damaged' } },
      { id: 'lost', title: { 'zh-CN': '丢失', en: 'Lost' } },
    ],
    properties: {
      classCode: { title: { 'zh-CN': '小类代码', en: 'Class code' }, type: 'word' },
      name: { title: { 'zh-CN': '名称', en: 'Name' }, type: 'text' },
      owner: { title: { 'zh-CN': '权属单位', en: 'Owner' }, type: 'word' },
      maintainer: { title: { 'zh-CN': '养护单位', en: 'Maintainer' }, type: 'word' },
    },
    metres: 'xy',
    href: '/command/components?component={key}',
    rows: () => sql`select c.id as key, c.lon, c.lat, c.xy, c.cell_code as area_code, null::text as unit_id,
        c.state not in ('abolished', 'removed') as shown, c.xid,
        case when c.state in ('abolished', 'removed') then 'intact' else c.state end as state,
        c.class_code as "classCode", c.name, c.owner_name as owner,
        c.maintainer_name as maintainer
      from geography.component c`,
  }),
]
