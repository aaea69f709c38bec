/**
 * 城市治理基础单元数据模型 (ONE-06): 19 major kinds and 94 minor kinds under five roots. The seeds give the counts only; the
 * kinds are this project's own proposal. After `@` stands what holds them today: a data set, or `ledger:<id>`.
 */
import type { DataRoot } from './sets.ts'

interface Text {
  'zh-CN': string
  en: string
}
export interface BaseUnitMajor {
  code: string
  root: DataRoot
  title: Text
  minors: { code: string; title: Text; heldIn: string | null }[]
}

const table: readonly [root: DataRoot, zh: string, en: string, minors: string][] = [
  [
    'people',
    '管理人员',
    'Staff',
    '监督员|Inspectors@posts,坐席|Call seats@posts,派遣员|Dispatchers@posts,处置人员|Handlers@posts,领导|Leaders@posts',
  ],
  [
    'people',
    '执法人员',
    'Enforcement staff',
    '执法队员|Officers@posts,协管员|Auxiliaries@posts,法制审核员|Legal reviewers@posts,听证主持人|Hearing officers@posts',
  ],
  [
    'people',
    '社会参与人员',
    'People who take part',
    '网格员|Community workers@posts,志愿者|Volunteers,上报市民|Citizens who report@reports,街巷长|Lane stewards',
  ],
  [
    'people',
    '监管相对人',
    'Parties as persons',
    '个体经营者|Traders@ledger:unlicensed-operators,违建当事人|Parties of illegal buildings@ledger:illegal-buildings,驾驶人员|Drivers@ledger:muck-trucks,工地负责人|Site managers@ledger:construction-sites',
  ],
  [
    'places',
    '区划与网格',
    'Areas and grids',
    '市区|City and districts@areas,街道乡镇|Streets and townships@areas,社区村|Communities@areas,单元网格|Cells@cells,责任网格|Duty grids@duty-grids,专项网格|Special grids@special-grids',
  ],
  [
    'places',
    '道路与街巷',
    'Roads and lanes',
    '城市道路|Roads@base-map,背街小巷|Lanes@places,桥梁|Bridges@places,地下通道|Underpasses,交叉口|Crossings@base-map',
  ],
  [
    'places',
    '地址与建筑',
    'Addresses and buildings',
    '门牌|House numbers@addresses,院落小区|Estates@addresses,楼栋|Buildings@addresses,地标|Landmarks@places,房屋|Houses',
  ],
  [
    'places',
    '公共空间',
    'Public space',
    '公园绿地|Parks@base-map,广场|Squares@places,河湖水系|Waters@base-map,公共厕所|Public toilets@components,停车场|Car parks@components',
  ],
  [
    'places',
    '重点场所',
    'Places under supervision',
    '三类场所|Three kinds of places@ledger:three-places,施工工地|Construction sites@ledger:construction-sites,便民市场|Markets@ledger:markets,学校周边|School surroundings,医院周边|Hospital surroundings,地铁站口|Metro exits@places',
  ],
  [
    'things',
    '公用设施',
    'Utilities',
    '井盖|Manhole covers@components,路灯|Street lamps@components,供水设施|Water@components,燃气设施|Gas@components,供热设施|Heating@components,通信设施|Telecom@components',
  ],
  [
    'things',
    '道路交通设施',
    'Traffic facilities',
    '交通标志|Traffic signs@components,护栏|Railings@components,公交候车亭|Bus shelters@components,非机动车停放设施|Bicycle stands@components',
  ],
  [
    'things',
    '市容环境设施',
    'Cleansing facilities',
    '垃圾箱|Litter bins@components,垃圾站房|Refuse stations@components,户外广告|Outdoor advertisements@ledger:outdoor-ads,牌匾标识|Shop signs@ledger:shop-signs,宣传栏|Notice boards@components',
  ],
  [
    'things',
    '园林与其他部件',
    'Greening and other components',
    '古树名木|Old trees@components,行道树|Street trees@components,雕塑|Sculptures@components,街头座椅|Benches@components',
  ],
  [
    'things',
    '装备与感知',
    'Equipment and sensing',
    '执法车辆|Enforcement vehicles@devices,作业车辆|Working vehicles@devices,渣土车辆|Muck trucks@ledger:muck-trucks,噪声监测|Noise monitors@devices,视频探头|Cameras,手持终端|Handhelds@devices',
  ],
  [
    'events',
    '市容环境事件',
    'Matters of cleansing',
    '暴露垃圾|Exposed refuse@cases,积存渣土|Heaped rubble@cases,道路遗撒|Spillage@cases,非法小广告|Illegal leaflets@ledger:ad-phones,乱堆物料|Heaped material@cases',
  ],
  [
    'events',
    '街面秩序事件',
    'Matters of street order',
    '无照经营|Unlicensed vending@ledger:vendor-spots,店外经营|Trading outside shops@cases,占道停车|Parking on footways@cases,施工扰民|Noise of building@alarms,违法建设|Illegal building@ledger:illegal-buildings',
  ],
  [
    'events',
    '诉求与应急事件',
    'Calls and emergencies',
    '市民诉求|Citizens’ calls@reports,投诉集中点|Spots of many calls@ledger:complaint-spots,挂账点位|Hung items@ledger:hung-items,监测告警|Sensor alarms@alarms,突发事件|Emergencies',
  ],
  [
    'organisations',
    '管理与执法机构',
    'Authorities',
    '监督机构|Supervision centres@units,指挥机构|Command centres@units,街道办事处|Street offices@units,执法队|Enforcement teams@units,专业部门|Line departments@units',
  ],
  [
    'organisations',
    '企业与社会单位',
    'Firms and bodies',
    '公服企业|Utilities@units,施工单位|Contractors@ledger:construction-sites,燃气用户|Gas users@ledger:lpg-users,门前三包单位|Frontage parties@ledger:frontage,分级监管对象|Graded objects@ledger:grading-objects',
  ],
]

const two = (n: number): string => String(n).padStart(2, '0')

export const baseUnits: readonly BaseUnitMajor[] = table.map(([root, zh, en, minors], i) => ({
  code: two(i + 1),
  root,
  title: { 'zh-CN': zh, en },
  minors: minors.split(',').map((minor, n) => {
    const [words = '', held] = minor.split('@')
    const [minorZh = '', minorEn = ''] = words.split('|')
    return { code: `${two(i + 1)}${two(n + 1)}`, title: { 'zh-CN': minorZh, en: minorEn }, heldIn: held ?? null }
  }),
}))
