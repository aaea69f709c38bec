/** The checks of data quality: each counts what it looked at and what does not hold, and names the first of them. */
import { type RawSql, sql } from '@pentad/platform/db'

interface Text {
  'zh-CN': string
  en: string
}
/** 完整、唯一、准确定位、关联有效、合规、现势 */
export const aspects = ['complete', 'unique', 'placed', 'linked', 'valid', 'fresh'] as const
export type Aspect = (typeof aspects)[number]

export interface QualityCheck {
  id: string
  set: string
  aspect: Aspect
  title: Text
  /** Views that it reads; an installation without one has no such check. */
  needs: readonly string[]
  /** Who may see which records are meant; everybody may see the figures. */
  may: string | null
  /** The page of one record; `{id}` stands for it. */
  opens: string | null
  /** The page with all of them. */
  list?: string
  /**
   * Rows of all that is looked at: `id`, `label`, `area` (a code or null), `bad`. Of a check of age one row with `last` instead.
   */
  rows: RawSql
}

const t = (zh: string, en: string): Text => ({ 'zh-CN': zh, en })
const check = (
  id: string,
  aspect: Aspect,
  title: Text,
  needs: readonly string[],
  rows: RawSql,
  rest: Partial<Pick<QualityCheck, 'may' | 'opens' | 'list'>> = {},
): QualityCheck => ({ id, set: id.split('.')[0] ?? '', aspect, title, needs, rows, may: null, opens: null, ...rest })

const area = 'geography.api_area'
const cell = 'geography.api_cell'
const unit = 'identity.api_unit'
const entry = 'inspection.api_entry'
const oneEntry = { may: 'inspection.read', opens: '/command/ledgers/-?entry={id}' }

export const checks: readonly QualityCheck[] = [
  check(
    'areas.parent',
    'linked',
    t('上级区划存在', 'The parent area is there'),
    [area],
    sql`
    select a.code as id, a.name as label, a.code as area, a.level <> 'city' and p.code is null as bad
    from geography.api_area a left join geography.api_area p on p.code = a.parent_code`,
  ),
  check(
    'areas.names',
    'unique',
    t('同级区划不重名', 'No two names within one parent'),
    [area],
    sql`
    select code as id, name as label, code as area, count(*) over (partition by parent_code, level, name) > 1 as bad from geography.api_area`,
  ),
  check(
    'areas.cells',
    'complete',
    t('社区有单元网格', 'Communities have cells'),
    [area, cell],
    sql`
    select a.code as id, a.name as label, a.code as area, not exists (select from geography.api_cell c where c.community_code = a.code) as bad
    from geography.api_area a where a.level = 'community'`,
  ),
  check(
    'cells.community',
    'linked',
    t('网格编码与所属社区一致', 'The code of a cell is of its community'),
    [cell, area],
    sql`
    select c.code as id, c.code as label, c.code as area, not starts_with(c.code, c.community_code) or a.code is null as bad
    from geography.api_cell c left join geography.api_area a on a.code = c.community_code`,
  ),
  check(
    'cells.centres',
    'unique',
    t('网格不重叠（中心点不重复）', 'No two cells at one place'),
    [cell],
    sql`
    select code as id, code as label, code as area, count(*) over (partition by round(lon::numeric, 6), round(lat::numeric, 6)) > 1 as bad
    from geography.api_cell`,
  ),
  check(
    'components.cell',
    'placed',
    t('部件所在网格存在', 'The cell of a component is there'),
    ['geography.api_component', cell],
    sql`
    select k.id, k.name as label, k.cell_code as area, c.code is null as bad
    from geography.api_component k left join geography.api_cell c on c.code = k.cell_code`,
  ),
  check(
    'components.owner',
    'complete',
    t('部件有权属或养护单位', 'Components have an owner or maintainer'),
    ['geography.api_component'],
    sql`
    select id, name as label, cell_code as area, owner_name is null and maintainer_name is null as bad from geography.api_component`,
  ),
  check(
    'components.class',
    'linked',
    t('部件小类在现行分类中', 'The class of a component is in force'),
    ['geography.api_component', 'rulebook.api_class'],
    sql`
    select k.id, k.name as label, k.cell_code as area, c.code is null as bad
    from geography.api_component k left join rulebook.api_class c on c.kind = 'component' and c.code = k.class_code`,
  ),
  check(
    'places.area',
    'placed',
    t('地名落在市内', 'Places lie in the city'),
    ['geography.api_place'],
    sql`
    select id, name as label, area_code as area, cell is null as bad from geography.api_place where valid_to is null`,
  ),
  check(
    'addresses.area',
    'placed',
    t('门牌落在市内', 'Addresses lie in the city'),
    ['geography.api_address'],
    sql`
    select id::text as id, road || number as label, area_code as area, cell is null as bad from geography.api_address where valid_to is null`,
  ),
  check(
    'units.area',
    'linked',
    t('机构的管辖区域存在', 'The area of a unit is there'),
    [unit, area],
    sql`
    select u.id, u.name_zh as label, u.area_code as area, a.code is null as bad
    from identity.api_unit u left join geography.api_area a on a.code = u.area_code`,
  ),
  check(
    'units.people',
    'complete',
    t('机构有在任人员', 'Units have somebody in post'),
    [unit, 'identity.api_membership'],
    sql`
    select u.id, u.name_zh as label, u.area_code as area, not exists (
      select from identity.api_membership m where m.unit_id = u.id and m.valid_from <= now() and (m.valid_to is null or m.valid_to >= now()::date)) as bad
    from identity.api_unit u where u.axis <> 'none'`,
  ),
  check(
    'posts.people',
    'complete',
    t('账号有有效任职', 'Accounts have a post in force'),
    ['identity.api_person', 'identity.api_membership'],
    sql`
    select p.id::text as id, p.login as label, null as area, not exists (
      select from identity.api_membership m where m.person_id = p.id and (m.valid_to is null or m.valid_to >= now()::date)) as bad
    from identity.api_person p`,
    { may: 'identity.read-people', opens: '/command/people?person={id}' },
  ),
  check(
    'posts.areas',
    'linked',
    t('任职的管辖区域存在', 'The areas of a post are there'),
    ['identity.api_membership', area],
    sql`
    select m.id::text as id, m.unit_id || ' · ' || m.role as label, null as area, exists (
      select from unnest(m.area_codes) c where c <> '' and not exists (select from geography.api_area a where starts_with(a.code, c) or starts_with(c, a.code))) as bad
    from identity.api_membership m`,
    { may: 'identity.read-people', opens: null },
  ),
  check(
    'classes.standard',
    'complete',
    t('小类有立案标准', 'Minor classes have a standard'),
    ['rulebook.api_class', 'rulebook.api_standard'],
    sql`
    select c.kind || ' ' || c.code as id, c.code || ' ' || c.name_zh as label, null as area, not exists (
      select from rulebook.api_standard s where s.scheme = c.scheme and s.version = c.version and s.kind = c.kind and s.code = c.code) as bad
    from rulebook.api_class c where c.parent_code is not null`,
  ),
  check(
    'duties.class',
    'complete',
    t('小类有处置单位', 'Minor classes have a unit that answers'),
    ['rulebook.api_class', 'rulebook.api_duty'],
    sql`
    select c.kind || ' ' || c.code as id, c.code || ' ' || c.name_zh as label, null as area, not exists (
      select from rulebook.api_duty d where d.kind = c.kind and starts_with(c.code, d.code_prefix)) as bad
    from rulebook.api_class c where c.parent_code is not null`,
  ),
  check(
    'laws.text',
    'complete',
    t('法律有条文', 'Laws have articles'),
    ['rulebook.api_law', 'rulebook.api_article'],
    sql`
    select l.id, l.title_zh as label, null as area, not exists (select from rulebook.api_article a where a.law_version = l.version_id) as bad
    from rulebook.api_law l`,
  ),
  check(
    'powers.cause',
    'linked',
    t('案由的职权存在', 'The power of a cause is there'),
    ['rulebook.api_cause', 'rulebook.api_power'],
    sql`
    select c.id, c.name_zh as label, null as area, c.power_id <> '' and not exists (select from rulebook.api_power p where p.id = c.power_id) as bad
    from rulebook.api_cause c`,
  ),
  check(
    'devices.place',
    'placed',
    t('固定设备有市内位置', 'Fixed devices have a place in the city'),
    ['sensing.api_device', cell],
    sql`
    select d.id::text as id, d.name_zh as label, d.area_code as area, c.code is null as bad
    from sensing.api_device d left join geography.api_cell c on c.code = d.area_code where d.kind = 'noise_monitor'`,
    { may: 'sensing.read', opens: '/command/devices?device={id}' },
  ),
  check(
    'devices.unit',
    'complete',
    t('设备有所属单位', 'Devices have a unit'),
    ['sensing.api_device'],
    sql`
    select id::text as id, name_zh as label, area_code as area, unit_id is null as bad from sensing.api_device`,
    { may: 'sensing.read', opens: '/command/devices?device={id}' },
  ),
  check(
    'cases.cell',
    'placed',
    t('在办案件的网格存在', 'The cell of an open case is there'),
    ['cases.api_case', cell],
    sql`
    select k.id::text as id, k.no as label, k.area_code as area, c.code is null as bad
    from cases.api_case k left join geography.api_cell c on c.code = k.area_code where k.closed_at is null`,
    { may: 'cases.read', opens: '/command/cases/{id}' },
  ),
  check(
    'cases.unit',
    'complete',
    t('派遣后的案件有主办单位', 'Dispatched cases have a lead unit'),
    ['cases.api_case'],
    sql`
    select id::text as id, no as label, area_code as area, lead_unit_id is null as bad
    from cases.api_case where status in ('pending_sign', 'disposing', 'rework', 'feedback', 'checking', 'pending_close')`,
    { may: 'cases.read', opens: '/command/cases/{id}' },
  ),
  check(
    'reports.words',
    'complete',
    t('近 30 日上报有文字或照片', 'Reports of 30 days have words or photos'),
    ['cases.api_report', 'cases.api_case'],
    sql`
    select k.id::text as id, k.no as label, k.area_code as area, trim(r.text) = '' and r.photo_ids = '{}' as bad
    from cases.api_report r join cases.api_case k on k.id = r.case_id where r.recorded > now() - interval '30 days'`,
    { may: 'cases.read', opens: '/command/cases/{id}' },
  ),
  check(
    'alarms.judged',
    'valid',
    t('一周前的告警已研判', 'Alarms older than a week were judged'),
    ['sensing.api_alarm', 'sensing.api_device'],
    sql`
    select a.id::text as id, d.name_zh as label, d.area_code as area, a.verdict is null as bad
    from sensing.api_alarm a join sensing.api_device d on d.id = a.device_id
    where a.raised_at < now() - interval '7 days' and a.raised_at > now() - interval '120 days'`,
    { may: 'sensing.read', opens: '/command/alarms?alarm={id}' },
  ),
  check(
    'ledgers.due',
    'fresh',
    t('台账条目按期更新', 'Entries are looked at in time'),
    [entry],
    sql`
    select e.id::text as id, e.title as label, e.area_code as area, e.due_on < (now() at time zone 'Asia/Shanghai')::date as bad
    from inspection.api_entry e where e.retired_at is null and e.due_on is not null`,
    oneEntry,
  ),
  check(
    'ledgers.place',
    'placed',
    t('台账条目落在市内', 'Entries lie in the city'),
    [entry],
    sql`
    select e.id::text as id, e.title as label, e.area_code as area, length(e.area_code) is distinct from 15 as bad
    from inspection.api_entry e where e.retired_at is null and e.lon is not null`,
    oneEntry,
  ),
  check(
    'ledgers.filled',
    'complete',
    t('台账必填字段已填', 'Required fields are filled'),
    [entry, 'inspection.api_filled'],
    sql`
    select e.id::text as id, e.title || ' · ' || f.key as label, e.area_code as area, not f.filled as bad
    from inspection.api_filled f join inspection.api_entry e on e.id = f.entry_id where f.required`,
    oneEntry,
  ),
  check(
    'ledgers.share',
    'complete',
    t('台账全部字段填写率', 'Share of all fields that are filled'),
    [entry, 'inspection.api_filled'],
    sql`
    select e.id::text as id, e.title || ' · ' || f.key as label, e.area_code as area, not f.filled as bad
    from inspection.api_filled f join inspection.api_entry e on e.id = f.entry_id`,
    oneEntry,
  ),
  check(
    'ledgers.twice',
    'unique',
    t('同一台账同一地点不重复', 'No entry twice at one place'),
    [entry],
    sql`
    select e.id::text as id, e.title as label, e.area_code as area,
      count(*) over (partition by e.ledger_id, e.title, e.area_code) > 1 as bad
    from inspection.api_entry e where e.retired_at is null`,
    oneEntry,
  ),
  check(
    'ledgers.verified',
    'valid',
    t('台账条目经现场核对', 'Entries were checked on the spot'),
    [entry],
    sql`
    select e.id::text as id, e.title as label, e.area_code as area, e.finding is null as bad
    from inspection.api_entry e where e.retired_at is null`,
    oneEntry,
  ),
  check(
    'ledgers.version',
    'valid',
    t('台账条目为最新表单版本', 'Entries are of the newest form'),
    [entry, 'inspection.api_ledger'],
    sql`
    select e.id::text as id, e.title as label, e.area_code as area, e.version < l.version as bad
    from inspection.api_entry e join inspection.api_ledger l on l.id = e.ledger_id where e.retired_at is null`,
    oneEntry,
  ),
]

/** When a set last changed. Base data change by editions, which say what they touched. */
const byEdition = (...parts: string[]): RawSql => sql`
  select max(at) as last from geography.api_edition where kind = 'first' or exists (
    select from jsonb_each(changes) c where c.key = any(${parts}::text[])
      and coalesce((c.value->>'added')::int, 0) + coalesce((c.value->>'changed')::int, 0) + coalesce((c.value->>'retired')::int, 0) > 0)`
const edition = ['geography.api_edition']

export const ages: readonly { set: string; needs: readonly string[]; last: RawSql }[] = [
  { set: 'areas', needs: edition, last: byEdition('areas') },
  { set: 'cells', needs: edition, last: byEdition('cells') },
  { set: 'duty-grids', needs: ['geography.api_duty_grid'], last: byEdition('duty-grids') },
  { set: 'special-grids', needs: ['geography.api_special_grid'], last: byEdition('special-grids') },
  { set: 'components', needs: ['geography.api_component'], last: byEdition('components') },
  { set: 'places', needs: ['geography.api_place'], last: byEdition('places') },
  { set: 'addresses', needs: ['geography.api_address'], last: byEdition('places') },
  { set: 'base-map', needs: edition, last: byEdition('basemap') },
  { set: 'units', needs: edition, last: byEdition('units') },
  { set: 'people', needs: edition, last: byEdition('people') },
  {
    set: 'posts',
    needs: ['identity.api_membership'],
    last: sql`select greatest(max(m.valid_from)::timestamptz, (select max(at) from geography.api_edition where kind = 'first' or changes ? 'memberships')) as last
      from identity.api_membership m where m.valid_from <= now()`,
  },
  { set: 'classes', needs: edition, last: byEdition('classes', 'schemes') },
  { set: 'standards', needs: edition, last: byEdition('standards') },
  { set: 'mappings', needs: ['rulebook.api_mapping'], last: byEdition('mappings') },
  { set: 'calendars', needs: edition, last: byEdition('calendar') },
  { set: 'duties', needs: edition, last: byEdition('duties') },
  { set: 'laws', needs: ['rulebook.api_law'], last: byEdition('laws') },
  { set: 'powers', needs: ['rulebook.api_power'], last: byEdition('powers', 'causes', 'discretion') },
  { set: 'checklists', needs: ['rulebook.api_checklist_item'], last: byEdition('checklists') },
  {
    set: 'cases',
    needs: ['cases.api_case'],
    last: sql`select greatest(max(reported_at), max(closed_at)) as last from cases.api_case`,
  },
  { set: 'reports', needs: ['cases.api_report'], last: sql`select max(recorded) as last from cases.api_report` },
  { set: 'photos', needs: ['evidence.api_photo'], last: sql`select max(uploaded_at) as last from evidence.api_photo` },
  { set: 'positions', needs: ['sensing.api_position'], last: sql`select max(at) as last from sensing.api_position` },
  {
    set: 'alarms',
    needs: ['sensing.api_alarm'],
    last: sql`select greatest(max(raised_at), max(cleared_at)) as last from sensing.api_alarm`,
  },
  { set: 'ledgers', needs: [entry], last: sql`select max(changed_at) as last from inspection.api_entry` },
]
