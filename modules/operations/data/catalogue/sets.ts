/**
 * The data sets of the city (INF-17: 19 base, 8 business, 3 shared kinds; INF-18: three stores; FRM-23: five roots). The seeds
 * name only the counts; which kinds these are is this project's own proposal, marked so wherever it is shown.
 */
interface Text {
  'zh-CN': string
  en: string
}
export const groups = ['base', 'business', 'shared'] as const
export const stores = ['common', 'professional', 'shared'] as const
export const roots = ['people', 'places', 'things', 'events', 'organisations'] as const
export type DataGroup = (typeof groups)[number]
export type DataStore = (typeof stores)[number]
export type DataRoot = (typeof roots)[number]
export type DataClass = 'public' | 'internal' | 'personal' | 'sensitive'

export interface DataSet {
  id: string
  title: Text
  says: Text
  group: DataGroup
  store: DataStore
  root: DataRoot
  /** Tables that it consists of, the things themselves first; those of a module that this installation does not have are passed over. */
  tables: readonly string[]
  owner: Text
  source: Text
  /** It should change at least once in so many days; null: it changes when life does. */
  updateDays: number | null
  dataClass: DataClass
  /** Beginnings of the paths of the API that hand it out. */
  routes: readonly string[]
  /** Layers of the map, also read by `/ogc`. */
  layers: readonly string[]
  openData: boolean
  /** The page where its records are. */
  page: string | null
}

const t = (zh: string, en: string): Text => ({ 'zh-CN': zh, en })
const owners = {
  it: t('信息中心', 'Information centre'),
  supervision: t('监督中心', 'Supervision centre'),
  command: t('指挥中心', 'Command centre'),
  law: t('法制部门', 'Legal department'),
  personnel: t('人事部门', 'Personnel'),
  enforcement: t('综合执法部门', 'Enforcement'),
}
const sources = {
  pack: t('城市包、基础数据页面', 'City pack and the base-data desk'),
  census: t('部件普查', 'Census of components'),
  work: t('业务办理中产生', 'Made by the work itself'),
  devices: t('设备上传', 'Sent by devices'),
  patrol: t('巡查填报、表格导入、城市包', 'Patrols, tables, city pack'),
}

type Rest = Partial<
  Pick<DataSet, 'layers' | 'openData' | 'page' | 'routes' | 'updateDays' | 'dataClass' | 'owner' | 'source'>
>
const set =
  (group: DataGroup, store: DataStore) =>
  (id: string, root: DataRoot, title: Text, says: Text, tables: readonly string[], rest: Rest = {}): DataSet => ({
    id,
    title,
    says,
    group,
    store,
    root,
    tables,
    owner: owners.it,
    source: sources.pack,
    updateDays: null,
    dataClass: 'public',
    routes: [],
    layers: [],
    openData: false,
    page: null,
    ...rest,
  })
const base = set('base', 'common')
const trade = set('base', 'professional')
const work = set('business', 'professional')
const shared = set('shared', 'shared')

export const dataSets: readonly DataSet[] = [
  base(
    'areas',
    'places',
    t('行政区划', 'Areas'),
    t('市、区、街道、社区的代码、名称与边界。', 'City, districts, streets, communities: codes, names, outlines.'),
    ['geography.area', 'geography.area_version', 'geography.city'],
    { routes: ['/geography/areas'], layers: ['areas'], updateDays: 365, openData: true },
  ),
  base(
    'cells',
    'places',
    t('单元网格', 'Grid cells'),
    t('约 100 米的管理单元，15 位编码，各版本。', 'Units of about 100 m with 15-digit codes, in time.'),
    ['geography.cell', 'geography.cell_version'],
    { routes: ['/geography/cells'], layers: ['cells'], updateDays: 365 },
  ),
  base(
    'duty-grids',
    'places',
    t('责任网格', 'Duty grids'),
    t('相邻单元网格组成、由人员负责的片区，按期有效。', 'Adjacent cells that people answer for, in time.'),
    ['geography.duty_grid', 'geography.duty_grid_person', 'geography.duty_grid_cell'],
    { owner: owners.supervision, updateDays: 90 },
  ),
  base(
    'special-grids',
    'places',
    t('专项网格', 'Special grids'),
    t('社会服务、警务等网格与单元网格的对应。', 'Grids of social service, police and others as sets of cells.'),
    ['geography.special_grid', 'geography.special_grid_cell'],
    { updateDays: 365 },
  ),
  base(
    'components',
    'things',
    t('管理部件', 'Components'),
    t(
      '16 位标识码的城市部件：位置、状态、权属与养护。',
      'Street furniture with 16-digit ids: place, state, owner, maintainer.',
    ),
    ['geography.component', 'geography.component_event', 'geography.census'],
    { owner: owners.supervision, source: sources.census, updateDays: 365, layers: ['components'] },
  ),
  base(
    'places',
    'places',
    t('地名', 'Place names'),
    t('道路、小区、地标及其别名；市民的叫法。', 'Roads, estates, landmarks and their other names; what callers say.'),
    ['geography.place', 'geography.said_place'],
    { routes: ['/geography/search'], layers: ['places'], updateDays: 180 },
  ),
  base(
    'addresses',
    'places',
    t('门牌地址', 'Addresses'),
    t('道路门牌、院落、楼栋的位置。', 'House numbers, estates, buildings and where they are.'),
    ['geography.address'],
    { updateDays: 180 },
  ),
  base(
    'base-map',
    'places',
    t('底图', 'Base map'),
    t('离线底图要素与瓦片（示意）。', 'Features and tiles of the offline map (schematic).'),
    ['geography.map_feature', 'geography.map_feature_past', 'geography.base_tileset', 'geography.base_tile'],
    { routes: ['/geography/base-map'], updateDays: 365 },
  ),
  base(
    'units',
    'organisations',
    t('机构', 'Units'),
    t('监督、指挥、处置各单位及隶属。', 'Units of supervision, command and disposal, and their tree.'),
    ['identity.unit'],
    { routes: ['/units'], owner: owners.personnel, updateDays: 180 },
  ),
  base(
    'people',
    'people',
    t('人员', 'People'),
    t('使用本系统的工作人员账号。', 'Accounts of staff.'),
    ['identity.person'],
    { routes: ['/people'], owner: owners.personnel, dataClass: 'personal', updateDays: 90, page: '/command/people' },
  ),
  base(
    'posts',
    'people',
    t('任职', 'Posts'),
    t(
      '人员在单位的岗位、管辖区域与期限；人力数据与地理信息由此相连。',
      'Posts of people in units, over areas, for a time: where staff and map meet.',
    ),
    ['identity.membership'],
    { routes: ['/people'], owner: owners.personnel, dataClass: 'internal', updateDays: 90, page: '/command/people' },
  ),
  trade(
    'classes',
    'things',
    t('分类代码', 'Classes'),
    t('部件、事件及热线等分类体系，各版本。', 'Schemes of components, events, hotline and others, in versions.'),
    ['rulebook.class', 'rulebook.class_past', 'rulebook.scheme'],
    { routes: ['/rulebook'], owner: owners.supervision, updateDays: 730, openData: true },
  ),
  trade(
    'mappings',
    'things',
    t('分类对照', 'Mappings of classes'),
    t('不同分类体系之间的对应关系。', 'Which class of one scheme is which of another.'),
    ['rulebook.mapping'],
    { owner: owners.supervision, updateDays: 730 },
  ),
  trade(
    'standards',
    'events',
    t('立案结案标准', 'Case standards'),
    t('各小类的立案条件、处置时限、结案条件。', 'Conditions of filing and closing with limits, by class.'),
    ['rulebook.standard'],
    { routes: ['/rulebook'], owner: owners.supervision, updateDays: 730, openData: true },
  ),
  trade(
    'calendars',
    'events',
    t('工作日历', 'Working calendar'),
    t(
      '工作时段、节假日与调休，时限据此计算。',
      'Periods of work, holidays, shifted days: what limits are reckoned by.',
    ),
    ['rulebook.calendar'],
    { owner: owners.command, updateDays: 365 },
  ),
  trade(
    'duties',
    'organisations',
    t('处置职责', 'Duties'),
    t(
      '各类问题由哪个单位处置；派遣规则、通知规则、流程各版本。',
      'Which unit answers for which class; versions of the dispatch rules, of who is told, of the flow.',
    ),
    ['rulebook.duty', 'cases.dispatch_rules', 'cases.notice_rules', 'cases.flow'],
    {
      page: '/command/dispatch-rules',
      routes: ['/rulebook/duties', '/cases/dispatch-rules'],
      owner: owners.command,
      updateDays: 365,
    },
  ),
  trade(
    'laws',
    'events',
    t('法律法规', 'Laws'),
    t('法律法规规章及条文，各版本。', 'Laws and rules with their articles, in versions.'),
    ['rulebook.law', 'rulebook.law_version', 'rulebook.article'],
    { owner: owners.law, updateDays: 180 },
  ),
  trade(
    'powers',
    'organisations',
    t('职权、案由与裁量', 'Powers, causes, discretion'),
    t('执法职权、案由、裁量基准。', 'Powers of enforcement, causes of action, discretion benchmarks.'),
    ['rulebook.power', 'rulebook.cause', 'rulebook.discretion'],
    { owner: owners.law, updateDays: 180 },
  ),
  trade(
    'checklists',
    'events',
    t('检查单', 'Checklists'),
    t('执法检查事项与依据。', 'What is to be looked at, and on which basis.'),
    ['rulebook.checklist_item'],
    { owner: owners.law, updateDays: 365, openData: true },
  ),

  work(
    'cases',
    'events',
    t('案件', 'Cases'),
    t(
      '从上报到结案的案件与全程留痕；打包交办、疑难会商、挂账点位、协办、督办批示与通报、曝光、交接班。',
      'Cases from report to closing with their trail; packages, meetings on hard cases, hung items, joint work, orders, circulars, what was made public, handovers.',
    ),
    [
      'cases.case_file',
      'cases.event',
      'cases.package',
      'cases.package_member',
      'cases.meeting',
      'cases.agenda',
      'cases.hung_item',
      'cases.hung_check',
      'cases.co_work',
      'cases.paper',
      'cases.exposure',
      'cases.handover',
    ],
    {
      routes: ['/cases', '/case-packages', '/hard-cases', '/hung-items'],
      layers: ['cases', 'hung-items'],
      owner: owners.supervision,
      source: sources.work,
      dataClass: 'internal',
      updateDays: 1,
      page: '/command/cases',
    },
  ),
  work(
    'reports',
    'events',
    t('上报', 'Reports'),
    t(
      '各渠道上报的原始信息与上报人，及其对结案的确认或异议。',
      'What came in by each channel, with the reporter, and whether they say that it was fixed or object.',
    ),
    ['cases.report', 'cases.answer'],
    {
      routes: ['/cases'],
      owner: owners.supervision,
      source: sources.work,
      dataClass: 'personal',
      updateDays: 1,
      page: '/command/cases',
    },
  ),
  work(
    'photos',
    'events',
    t('影像证据', 'Photos'),
    t('上报、核查等环节的照片。', 'Photos of reports and checks.'),
    ['evidence.photo', 'cases.photo'],
    {
      routes: ['/cases/:id/photos'],
      owner: owners.supervision,
      source: sources.work,
      dataClass: 'personal',
      updateDays: 7,
    },
  ),
  work(
    'devices',
    'things',
    t('感知设备', 'Devices'),
    t(
      '监测、车载、手持、电台等设备登记与在线状态。',
      'Register of monitors, vehicles, handhelds, radios, and who speaks.',
    ),
    [
      'sensing.device',
      'sensing.device_state',
      'sensing.binding',
      'sensing.calibration',
      'sensing.instrument',
      'sensing.location',
      'sensing.thing_location',
      'sensing.past_location',
      'sensing.past_location_at',
    ],
    {
      routes: ['/sensing/devices'],
      layers: ['noise-monitors', 'sensors', 'vehicles'],
      dataClass: 'internal',
      updateDays: 30,
      page: '/command/devices',
    },
  ),
  work(
    'observations',
    'things',
    t('监测数据', 'Observations'),
    t('噪声、扬尘等监测值与质量标记。', 'Measured values with their flags.'),
    ['sensing.observation', 'sensing.hour', 'sensing.datastream', 'sensing.factor', 'sensing.feature'],
    { routes: ['/sensing'], source: sources.devices, updateDays: 1, page: '/command/devices' },
  ),
  work(
    'positions',
    'people',
    t('定位轨迹', 'Positions'),
    t('车辆、人员的实时位置与轨迹。', 'Where vehicles and officers are and were.'),
    [
      'sensing.position',
      'sensing.fix_hot',
      'sensing.track',
      'sensing.fence',
      'sensing.fence_edition',
      'sensing.fence_stay',
    ],
    { routes: ['/sensing'], layers: ['officers'], source: sources.devices, dataClass: 'sensitive', updateDays: 1 },
  ),
  work(
    'alarms',
    'events',
    t('告警', 'Alarms'),
    t('监测超限告警与研判。', 'Alarms of the sensors and how they were judged.'),
    ['sensing.alarm'],
    {
      routes: ['/sensing/alarms'],
      layers: ['alarms'],
      owner: owners.command,
      source: sources.devices,
      dataClass: 'internal',
      updateDays: 7,
      page: '/command/alarms',
    },
  ),
  work(
    'ledgers',
    'things',
    t('专项台账', 'Special ledgers'),
    t('巡查积累的各类台账、条目及历次变更。', 'Ledgers kept by patrol, their entries and every change.'),
    ['inspection.entry', 'inspection.entry_event', 'inspection.ledger', 'inspection.ledger_version'],
    {
      routes: ['/inspection'],
      layers: ['ledger'],
      owner: owners.enforcement,
      source: sources.patrol,
      dataClass: 'sensitive',
      updateDays: 30,
      page: '/command/ledgers',
    },
  ),

  shared(
    'exchange',
    'organisations',
    t('数据版本与导入登记', 'Editions and imports'),
    t(
      '城市包、普查、导入的批次与每次变更，共享双方据此对账。',
      'Packs, censuses and imports with what each changed: what both sides of an exchange reckon by.',
    ),
    [
      'geography.edition',
      'operations.import',
      'operations.import_left',
      'operations.pack_load',
      'operations.pack_edition',
    ],
    { routes: ['/operations/packs'], dataClass: 'internal', page: '/command/packs' },
  ),
  shared(
    'open-services',
    'events',
    t('公众服务共享', 'Open services'),
    t(
      '按 Open311 提供的服务目录与公开办理进度，无个人信息。',
      'Service list and public progress by Open311, without personal data.',
    ),
    [],
    { routes: ['//open311'], owner: owners.supervision, source: sources.work, openData: true },
  ),
  shared(
    'quality',
    'organisations',
    t('数据目录与质量', 'Catalogue and quality'),
    t('本数据字典、质量检查结果与趋势。', 'This dictionary, and the results of the checks in time.'),
    ['operations.quality_run', 'operations.quality_result'],
    { routes: ['/operations/data'], dataClass: 'internal', updateDays: 2, page: '/command/data' },
  ),
]

/** Tables that are no data of the city, each with its reason. */
export const internalTables: Readonly<Record<string, string>> = {
  'platform.command': 'keys of writes, so that none happens twice',
  'platform.news': 'news between modules, kept for days',
  'platform.listener': 'how far each listener has come',
  'platform.parked_news': 'news that failed',
  'platform.migration': 'which migrations were run',
  'identity.session': 'who is signed in now',
  'identity.audit': 'the audit trail, read by the auditor only',
  'analysis.doc': 'the index of the search, made from the tables it finds',
  'analysis.source': 'how far the search has followed each module',
  'cases.serial': 'counters of case numbers',
  'cases.ended_day': 'sums of days, made from the cases that ended',
  'cases.ended_mark': 'how far the sums of days have come',
  'cases.message': 'messages to people of the desk',
  'cases.outbox': 'messages that wait for a gateway',
  'cases.paper_serial': 'counters of the numbers of papers',
  'cases.yearly': 'counters of the numbers of a year',
  'sensing.reject': 'counts of frames that could not be read',
  'sensing.unknown_device': 'who spoke without being registered',
  'sensing.secret': 'keys of gateways',
  'sensing.alarm_rule': 'versions of the alarm rules, kept on their own page',
  'sensing.night_window': 'when night begins, kept with the alarm rules',
  'sensing.fresh': 'values that wait to be judged',
  'sensing.minute': 'minutes made of the observations, from which alarms are judged',
  'sensing.judge_progress': 'how far the judge has come',
  'sensing.fence_standing': 'where vehicles stand to the fences',
  'sensing.alarm_mute': 'rules that muted themselves at a device, shown with the alarm rules',
  'sensing.alarm_evidence': 'frozen curves, shown with their alarm',
  'sensing.alarm_trial': 'replays of rules, kept for the draft they belong to',
  'sensing.alarm_trial_done': 'devices that a replay has been over',
  'sensing.alarm_trial_finding': 'what a replay found, shown with it',
  'sensing.command': 'what was said to devices, shown with the device',
  'sensing.cell_pass': 'who looked at which cell in which hour, made of tracks and signs of life; shown as coverage',
  'sensing.cell_look': 'the last look at each cell, made with those of the hours',
  'sensing.pass_due': 'ten-minute rows of tracks that wait to be looked through for cells',
  'sensing.coverage_rule': 'versions of the rule of coverage, shown on its page',
  'sensing.keeping_rule': 'versions of the rules of keeping, shown on their own page',
  'sensing.keeping_progress': 'how far the keeping has come',
  'sensing.keeping_done': 'sums of what went under the rules of keeping',
  'sensing.pin': 'what of a device is held fast as evidence, shown with the device',
  'sensing.hold': 'what of a device cases rest on, held fast and shown with the device',
  'sensing.account': 'names and hashes of tokens by which devices sign in',
  'operations.installation': 'what this installation was begun with',
  'operations.process': 'signs of life of processes',
}
