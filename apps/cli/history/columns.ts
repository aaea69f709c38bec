/** What a column is, from its name and its values. Pure. */
import { formatsOf } from './instants.ts'
import { pairIn, pointOf } from './places.ts'

export const roles = [
  'id',
  'created',
  'closed',
  'updated',
  'status',
  'channel',
  'type',
  'kind',
  'code',
  'lon',
  'lat',
  'point',
  'address',
  'description',
] as const
export type Role = (typeof roles)[number]

/** What is known of a column after the whole file was read. */
export interface ColumnFacts {
  name: string
  filled: number
  /** A few hundred values from all over the file. */
  sample: readonly string[]
  /** All values with their counts; undefined when there are too many to be a list. */
  values: ReadonlyMap<string, number> | undefined
  /** Share of the sample's values that stand in it once. */
  unique: number
}

/** The better the earlier: words of a column's name, its signs of separation taken out. */
const names: Readonly<Record<Role, readonly RegExp[]>> = {
  id: [
    /^(service ?request|case|ticket|request|complaint|incident|unique|enquiry|sr|issue) ?(case ?)?(no|num|number|id|key|enquiry id|request id)$/,
    /^(案卷|案件|工单|任务|受理|诉求|事件)(编号|号码|号|流水号|id)$/,
    /^(编号|流水号|id|object ?id|reference|ref|key|token|ext id|序号|case|no|number)$/,
    /(request|case|ticket|reference).*(id|no|number|num)$/,
  ],
  created: [
    /^(created|opened|reported|requested|received|submitted|open|entry|creation) ?(at|on|date|time|dt|datetime|date time|date and time)*$/,
    /^(date|time|dt|datetime) ?(time )?(created|opened|reported|requested|received|submitted|entered|of request|of report)/,
    /^(上报|受理|创建|登记|来电|发现|诉求|投诉|举报|提交|立案|接报|接收|反映)(时间|日期)$/,
    /(created|opened|reported|requested|received|submitted|initiated|entered|logged|added)/,
    /^(date|time|datetime|timestamp|时间|日期|incident date)$/,
  ],
  closed: [
    /^(closed|completed|resolved|finished|close|completion|resolution|closure|actual completed) ?(at|on|date|time|dt|datetime|date time)*$/,
    /^(date|time|dt|datetime) ?(time )?(closed|completed|resolved|finished)/,
    /^(结案|办结|完成|关闭|完结|办理完成|处置完成|反馈)(时间|日期)$/,
    /(closed|completed|resolved|closing).*(date|time|dt|at)|(date|time|dt).*(closed|completed|resolved)/,
  ],
  updated: [
    /^(last )?(updated|modified|status|update|action|resolution action updated)( ?(at|on|date|time|dt|datetime|last updated date))*$/,
    /^(更新|修改|状态|最后更新)(时间|日期)$/,
    /(updated|modified).*(date|time|at|on|dt)?|(date|time).*(updated|modified)/,
  ],
  status: [
    /^((case|request|ticket|sr|service request|current) ?)?status$/,
    /^(案卷|案件|工单|办理|处理|当前)?状态$/,
    /^(state|stage|status (name|desc|description|type)|closed|case state|办理结果|阶段)$/,
  ],
  channel: [
    /^((open data|intake|service request|request|sr|case|report|submission|contact) ?)?(channel|source|origin|method|intake)( ?(type|name|received|recvd|of request))?$/,
    /^(open data channel type|how received|method received|received (via|by)|sr source)$/,
    /^(案卷|案件|工单|问题|受理|上报|诉求|来电)?(来源|渠道|方式)$/,
  ],
  type: [
    /^((service ?request|case|complaint|request|problem|incident|issue|sr|ticket|call) ?)?(type|category|title|subject|violation|reason|name|code description)( ?(name|desc|description))?$/,
    /^(问题|案件|案卷|事件|诉求|工单)?(小类|类型|类别|分类|子类|细类)(名称)?$/,
    /^(minor name|subtype|sub type|subcategory|sub category|descriptor|description|request details|problem|problem detail|issue|complaint|service name|service|violation|大类|大类名称|小类名称|major name|category|事项)$/,
    /(type|category|subject|violation|descriptor|小类|类型|类别)/,
  ],
  kind: [/^(kind|class kind|案卷类别|问题类别|类别|部件事件|事部件)$/],
  code: [/^(code|class code|type code|小类编码|小类代码|类别编码|问题编码|编码|代码|案件小类编码)$/],
  lon: [
    /^(lon|lng|long|longitude|经度|x|point x|gps lon|gps lng|坐标x|x坐标|lon wgs84|lng wgs84)$/,
    /(longitude|经度|^lon|lng)/,
  ],
  lat: [/^(lat|latitude|纬度|y|point y|gps lat|坐标y|y坐标|lat wgs84)$/, /(latitude|纬度|^lat)/],
  point: [
    /^(location|point|geom|the geom|geometry|geolocation|coordinates|lat ?lon|lat ?long|lat ?lng|wkt|georeference|location 1|坐标|经纬度|位置坐标)$/,
    /(coordinates|geo|wkt|坐标|经纬度)/,
  ],
  address: [
    /^((incident|street|site|full|service|problem|case|location|intersection) ?)*(address|location|street)( ?(1|line 1|full|text))?$/,
    /^((详细|事发|案发|问题|发生|案件)?(地址|位置|地点)(描述)?)$/,
    /(address|地址|地点)/,
  ],
  description: [
    /^((problem|case|request|complaint|issue|service) ?)?(description|details|text|comments?|notes|summary)$/,
    /^((问题|案件|事件|诉求|工单)?(描述|内容|详情|主要内容))$/,
    /^(resolution( description)?|resolution notes|closure reason|备注|处理意见|办理意见)$/,
  ],
}

/** `createdDate`, `CREATED_DATE` and `Created Date` are one name. */
export const plainName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** How well a column's name fits a role: 0 not at all. */
export function nameFit(name: string, role: Role): number {
  const found = names[role].findIndex((pattern) => pattern.test(plainName(name)))
  return found < 0 ? 0 : names[role].length - found
}

const notATime = /(due|target|expected|sla|deadline|scheduled|planned|expire|截止|时限|应)/
const days: ReadonlySet<Role> = new Set(['created', 'closed', 'updated'])

/** Whether a column's values can be what its name says. */
export function valuesFit(c: ColumnFacts, role: Role): boolean {
  const filled = c.sample.filter((v) => v.trim() !== '')
  if (filled.length === 0) return false
  const share = (fits: (v: string) => boolean) => filled.filter(fits).length / filled.length
  if (days.has(role)) return !notATime.test(plainName(c.name)) && formatsOf(filled).share > 0.8
  switch (role) {
    case 'id':
      return c.unique > 0.9 && c.filled > 0
    case 'lon':
      return share((v) => pointOf(v, '1', 'wgs84') !== undefined || Number(v) === 0) > 0.8
    case 'lat':
      // Columns that were named the wrong way round are told by `swapped`.
      return share((v) => pointOf(v, '1', 'wgs84') !== undefined || Number(v) === 0) > 0.8
    case 'point':
      return share((v) => pairIn(v) !== undefined) > 0.8
    case 'status':
    case 'channel':
      return c.values !== undefined && c.values.size <= 60
    case 'type':
      return (
        c.values !== undefined &&
        c.values.size > 0 &&
        formatsOf(filled).share < 0.2 &&
        share((v) => /\p{L}/u.test(v)) > 0.5
      )
    case 'kind':
      return c.values !== undefined && c.values.size <= 4
    case 'code':
      return share((v) => /^\d{1,4}$/.test(v.trim())) > 0.8
    default:
      return share((v) => /\p{L}/u.test(v)) > 0.5 && formatsOf(filled).share < 0.2
  }
}

/** The columns that fit a role by name and values, best first. */
export const candidates = (columns: readonly ColumnFacts[], role: Role): ColumnFacts[] =>
  columns
    .map((c) => ({ c, fit: nameFit(c.name, role) }))
    .filter(({ c, fit }) => fit > 0 && valuesFit(c, role))
    .sort((a, b) => b.fit - a.fit)
    .map(({ c }) => c)
