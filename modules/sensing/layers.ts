/** Devices, vehicles, officers' phones and radios where they are now, and open alarms. */
import { sql } from '@pentad/platform/db'
import { type LayerSource, type Layers, layer } from '@pentad/platform/tiles'
import { type DeviceKind, standingKinds } from './model.ts'

const states = [
  { id: 'online', title: { 'zh-CN': '在线', en: 'Online' } },
  { id: 'never', title: { 'zh-CN': '未上线', en: 'Never heard' } },
  { id: 'silent', title: { 'zh-CN': '离线', en: 'Silent' } },
]
const unit = { title: { 'zh-CN': '所属单位', en: 'Unit' }, type: 'word' as const }
const name = { title: { 'zh-CN': '名称', en: 'Name' }, type: 'word' as const }
const label = { title: { 'zh-CN': '标识', en: 'Label' }, type: 'word' as const }

const standing = (kind: DeviceKind) => () =>
  sql`select d.id as key, d.lon, d.lat, d.area_code, d.unit_id,
    d.lon is not null as shown, greatest(d.xid, s.xid) as xid, coalesce(s.state, 'never') as state,
    d.name_zh as name, d.label, d.unit_id as unit
  from sensing.device d left join sensing.device_state s on s.device_id = d.id where d.kind = ${sql.lit(kind)}`

/** A thing that moves lies where it is; outside the city, where it belongs. */
const moving = (kind: DeviceKind) => () =>
  sql`select d.id as key, p.lon, p.lat, coalesce(p.area_code, d.area_code) as area_code,
    d.unit_id, true as shown, greatest(d.xid, s.xid, p.xid) as xid, coalesce(s.state, 'never') as state,
    d.name_zh as name, d.label, d.unit_id as unit, round(p.heading_deg)::int as heading, p.at
  from sensing.position p join sensing.device d on d.id = p.device_id
  left join sensing.device_state s on s.device_id = d.id where d.kind = ${sql.lit(kind)}`

const at = { title: { 'zh-CN': '定位时间', en: 'Fix' }, type: 'instant' as const }
const device = (
  l: Pick<LayerSource, 'id' | 'title' | 'resource' | 'maps' | 'properties' | 'rows'> & Partial<LayerSource>,
) => layer({ kind: 'point', may: 'sensing.read', keys: 'uuid', states, ...l })

export const layers: Layers = [
  layer({
    id: 'alarms',
    title: { 'zh-CN': '未结告警', en: 'Open alarms' },
    kind: 'point',
    may: 'sensing.read',
    maps: ['command', 'analysis', 'parties'],
    keys: 'uuid',
    states: [
      { id: 'warn', title: { 'zh-CN': '预警', en: 'Warning' } },
      { id: 'alarm', title: { 'zh-CN': '告警', en: 'Alarm' } },
      { id: 'severe', title: { 'zh-CN': '严重告警', en: 'Severe alarm' } },
    ],
    properties: {
      rule: { title: { 'zh-CN': '规则', en: 'Rule' }, type: 'word' },
      name: { title: { 'zh-CN': '设备', en: 'Device' }, type: 'word' },
      raisedAt: { title: { 'zh-CN': '发生时间', en: 'Raised' }, type: 'instant' },
    },
    time: 'raisedAt',
    href: '/command/alarms?alarm={key}',
    rows: () => sql`select a.id as key, d.lon, d.lat, d.area_code, d.unit_id, a.cleared_at is null and not a.withdrawn and not a.muted and d.lon is not null as shown,
        a.xid, a.level as state, a.rule, d.name_zh as name, a.raised_at as "raisedAt"
      from sensing.alarm a join sensing.device d on d.id = a.device_id`,
  }),
  device({
    id: 'noise-monitors',
    title: { 'zh-CN': '噪声监测点', en: 'Noise monitors' },
    resource: 'sensors',
    maps: ['command', 'inspection', 'analysis', 'parties'],
    properties: { name, unit, label: { ...label, type: 'text' } },
    label: 'name',
    rows: standing('noise_monitor'),
  }),
  device({
    id: 'sensors',
    title: { 'zh-CN': '环境与设施传感器', en: 'Sensors of air, water and facilities' },
    resource: 'sensors',
    maps: ['command', 'inspection', 'analysis', 'parties'],
    properties: {
      name,
      unit,
      label: { ...label, type: 'text' },
      kind: { title: { 'zh-CN': '种类', en: 'Kind' }, type: 'word' },
    },
    label: 'name',
    rows: () => sql`select d.id as key, d.lon, d.lat, d.area_code, d.unit_id, d.lon is not null and d.retired is null as shown,
        greatest(d.xid, s.xid) as xid, coalesce(s.state, 'never') as state, d.name_zh as name, d.label, d.unit_id as unit, d.kind
      from sensing.device d left join sensing.device_state s on s.device_id = d.id
      where d.kind in (${sql.join(standingKinds.filter((k) => k !== 'noise_monitor').map((k) => sql.lit(k)))})`,
  }),
  device({
    id: 'vehicles',
    title: { 'zh-CN': '车辆', en: 'Vehicles' },
    resource: 'vehicles',
    maps: ['command', 'officers'],
    properties: {
      name,
      label,
      unit,
      heading: { title: { 'zh-CN': '航向', en: 'Heading, degrees' }, type: 'number' },
      at,
    },
    label: 'label',
    rows: moving('vehicle'),
    live: true,
  }),
  // A phone or a radio is a person's: where it is, of which unit, and no name.
  device({
    id: 'officers',
    title: { 'zh-CN': '执法队员', en: 'Officers' },
    resource: 'officers',
    maps: ['command', 'officers', 'inspection'],
    properties: { unit, at },
    rows: moving('phone'),
    live: true,
  }),
  device({
    id: 'radios',
    title: { 'zh-CN': '集群电台', en: 'Trunk radios' },
    resource: 'radios',
    maps: ['command', 'officers'],
    properties: { unit, at },
    rows: moving('radio'),
    live: true,
  }),
]
