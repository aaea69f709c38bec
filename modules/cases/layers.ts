/** Open cases on the map: where, which class, with whom, and the light of the clock that runs; and the black spots that are on the books. */
import { sql } from '@pentad/platform/db'
import { type Layers, layer } from '@pentad/platform/tiles'

/** As `clockOf` of the views: the disposal's clock while a unit has it, the step's otherwise; its light turns at four fifths. */
const disposing = sql`c.status in ('pending_sign', 'disposing', 'rework') and c.due is not null and c.urge_at is not null`
const urge = sql`case when ${disposing} then c.urge_at else c.stage_since + (c.stage_due - c.stage_since) * 0.8 end`
const due = sql`case when ${disposing} then c.due else c.stage_due end`

export const layers: Layers = [
  layer({
    id: 'cases',
    title: { 'zh-CN': '在办案件', en: 'Open cases' },
    kind: 'point',
    may: 'cases.read',
    maps: ['command', 'handling', 'inspection', 'analysis'],
    resource: 'cases',
    keys: 'uuid',
    states: [
      { id: 'rest', title: { 'zh-CN': '无时限', en: 'No clock' } },
      { id: 'green', title: { 'zh-CN': '正常', en: 'In time' } },
      { id: 'yellow', title: { 'zh-CN': '临期', en: 'Nearly due' } },
      { id: 'red', title: { 'zh-CN': '超时', en: 'Overdue' } },
    ],
    turns: true,
    properties: {
      kind: { title: { 'zh-CN': '部件或事件', en: 'Component or event' }, type: 'word' },
      classCode: { title: { 'zh-CN': '小类代码', en: 'Class code' }, type: 'word' },
      className: { title: { 'zh-CN': '小类', en: 'Class' }, type: 'word' },
      status: { title: { 'zh-CN': '环节', en: 'Stage' }, type: 'word' },
      unit: { title: { 'zh-CN': '主办单位', en: 'Lead unit' }, type: 'word' },
      reports: { title: { 'zh-CN': '上报次数', en: 'Reports' }, type: 'number' },
      no: { title: { 'zh-CN': '案号', en: 'Number' }, type: 'text' },
      place: { title: { 'zh-CN': '地点', en: 'Place' }, type: 'text' },
      reportedAt: { title: { 'zh-CN': '上报时间', en: 'Reported' }, type: 'instant' },
      due: { title: { 'zh-CN': '时限', en: 'Due' }, type: 'instant' },
    },
    time: 'reportedAt',
    metres: 'xy',
    href: '/command/cases/{key}',
    rows: () => sql`select c.id as key, c.lon, c.lat, c.xy, c.area_code, c.lead_unit_id as unit_id,
        c.status not in ('draft', 'closed', 'rejected', 'merged', 'voided', 'transferred') as shown, c.xid,
        case when ${due} is null then 'rest' else 'green>yellow>red' end as state, ${urge} as turn1, ${due} as turn2,
        c.kind, c.class_code as "classCode", k.name_zh as "className", c.status, c.lead_unit_id as unit, c.reports,
        c.no, c.place_zh as place, c.reported_at as "reportedAt", c.due
      from cases.case_file c
      join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code`,
  }),
  layer({
    id: 'hung-items',
    title: { 'zh-CN': '挂账点位', en: 'Hung items' },
    kind: 'point',
    may: 'cases.read',
    maps: ['command', 'handling', 'inspection', 'analysis'],
    resource: 'hung',
    keys: 'uuid',
    states: [
      { id: 'hung', title: { 'zh-CN': '挂账中', en: 'Hung' } },
      { id: 'late', title: { 'zh-CN': '逾期未销账', en: 'Not cleared in time' } },
    ],
    turns: true,
    properties: {
      level: { title: { 'zh-CN': '级别', en: 'Level' }, type: 'word' },
      unit: { title: { 'zh-CN': '责任单位', en: 'Unit' }, type: 'word' },
      relapses: { title: { 'zh-CN': '复发次数', en: 'Relapses' }, type: 'number' },
      no: { title: { 'zh-CN': '编号', en: 'Number' }, type: 'text' },
      problem: { title: { 'zh-CN': '问题', en: 'Problem' }, type: 'text' },
      place: { title: { 'zh-CN': '地点', en: 'Place' }, type: 'text' },
      hungAt: { title: { 'zh-CN': '挂账时间', en: 'Hung' }, type: 'instant' },
      due: { title: { 'zh-CN': '时限', en: 'Due' }, type: 'instant' },
    },
    time: 'hungAt',
    metres: 'xy',
    href: '/command/hung?item={key}',
    rows: () => sql`select h.id as key, h.lon, h.lat, h.xy, h.area_code, h.unit_id, h.state = 'hung' as shown, h.xid,
        'hung>late' as state, h.due as turn1, null::timestamptz as turn2,
        h.level, h.unit_id as unit, h.relapses, h.no, h.problem, h.place, h.hung_at as "hungAt", h.due
      from cases.hung_item h`,
  }),
]
