/** A city's table of filing, closing and limits (立案、结案条件与处置时限), in either of the two shapes in which such tables go round. */
import { citationsIn, type Kind, type LimitUnit, sayCitation } from '../model/index.ts'
import { type Converted, csvOf, mergedTable, tableOf } from './table.ts'

const kindOf: Record<string, Kind> = { 部件: 'component', 事件: 'event', component: 'component', event: 'event' }
/** The words for units of time; a plain 天 or 小时 is one of work, for the tables call the others 紧急. */
const units: readonly [RegExp, LimitUnit][] = [
  [/紧急(?:工作)?(?:小时|时)/, 'URGENT_HOUR'],
  [/紧急(?:工作)?(?:日|天)/, 'URGENT_DAY'],
  [/自然日|日历日/, 'CALENDAR_DAY'],
  [/分钟/, 'MINUTE'],
  [/工作日|天|日/, 'WORK_DAY'],
  [/工作时|小时|时/, 'WORK_HOUR'],
]

/** `2紧急工作时`, `种植季节15工作日`, `4小时`. */
export function readLimit(words: string): { value: number; unit: LimitUnit } | undefined {
  const found = /(\d+(?:\.\d+)?)\s*(?:个)?\s*([^\d\s]+)/.exec(words)
  const unit = units.find(([pattern]) => pattern.test(found?.[2] ?? ''))?.[1]
  const value = Number(found?.[1])
  return unit && value > 0 ? { value, unit } : undefined
}

export interface StandardsOrder {
  scheme: string
  version: string
  nameZh?: string | undefined
  /** The pack's `rulebook/schemes.csv` as it stands. */
  schemes?: string | undefined
  /** Are new cases to be filed under it? */
  inForce: boolean
}

export function readStandardsTable(text: string, order: StandardsOrder): Converted {
  const { columns, rows, broken } = tableOf(text)
  const needed = [
    'major_code',
    'minor_code',
    'major_name',
    'minor_name',
    'filing_condition',
    'closing_condition',
    'time_limit',
  ]
  const missing = needed.filter((c) => !columns.includes(c))
  if (missing.length > 0) return { files: [], counts: {}, left: [`the table has no column ${missing.join(', ')}`] }
  const { scheme, version } = order
  const classes = new Map<string, Record<string, string>>()
  const clashes = new Set<string>()
  const seqs = new Map<string, number>()
  const standards: Record<string, string>[] = []
  const left = broken.map((line) => `line ${line}: a quote is not closed`)
  for (const { line, cells } of rows) {
    // A table without the column holds components only.
    const kind = columns.includes('kind') ? kindOf[cells.kind ?? ''] : 'component'
    const major = cells.major_code?.padStart(2, '0') ?? ''
    const code = `${major}${cells.minor_code?.padStart(2, '0')}`
    const limit = readLimit(cells.limit_value ? `${cells.limit_value}${cells.limit_unit}` : (cells.time_limit ?? ''))
    if (!kind || !/^\d{4}$/.test(code) || !limit || !cells.filing_condition || !cells.closing_condition) {
      left.push(
        `line ${line}: ${!kind ? 'neither component nor event' : !limit ? `no limit in “${cells.time_limit}”` : 'no code or no condition'}`,
      )
      continue
    }
    const add = (c: string, parent: string, name: string): void => {
      const before = classes.get(`${kind} ${c}`)
      // A table may call one class by two names; each clash is said once.
      if (before && before.name_zh !== name && !clashes.has(`${kind} ${c} ${name}`)) {
        clashes.add(`${kind} ${c} ${name}`)
        left.push(`line ${line}: ${kind} ${c} is called ${before.name_zh} and ${name}; the first name is kept`)
      }
      if (!before)
        classes.set(`${kind} ${c}`, { scheme, version, kind, code: c, parent_code: parent, name_zh: name, name_en: '' })
    }
    add(major, '', cells.major_name ?? '')
    add(code, major, cells.minor_name ?? '')
    const seq = (seqs.get(`${kind} ${code}`) ?? 0) + 1
    seqs.set(`${kind} ${code}`, seq)
    standards.push({
      scheme,
      version,
      kind,
      code,
      seq: String(seq),
      filing_zh: cells.filing_condition,
      closing_zh: cells.closing_condition,
      limit_value: String(limit.value),
      limit_unit: limit.unit,
      laws: citationsIn(cells.legal_clause ?? '')
        .map(sayCitation)
        .join('|'),
      collection_zh: cells.collection_note ?? '',
      unit_zh: cells.handling_unit ?? cells.responsible_unit ?? '',
    })
  }
  const name = order.nameZh ?? `${scheme} ${version}`
  return {
    files: [
      {
        path: 'rulebook/schemes.csv',
        text: mergedTable(
          order.schemes,
          schemeColumns,
          ['id', 'version'],
          [{ id: scheme, version, name_zh: name, name_en: '', publisher: '', in_force: order.inForce ? 'yes' : 'no' }],
        ),
      },
      { path: `rulebook/classes-${scheme}-${version}.csv`, text: csvOf(classColumns, [...classes.values()]) },
      { path: `rulebook/standards-${scheme}-${version}.csv`, text: csvOf(standardColumns, standards) },
    ],
    counts: {
      majors: [...classes.values()].filter((c) => c.parent_code === '').length,
      minors: [...classes.values()].filter((c) => c.parent_code !== '').length,
      standards: standards.length,
    },
    left,
  }
}
const schemeColumns = ['id', 'version', 'name_zh', 'name_en', 'publisher', 'valid_from', 'valid_to', 'in_force']
const classColumns = ['scheme', 'version', 'kind', 'code', 'parent_code', 'name_zh', 'name_en']
const standardColumns = [
  'scheme',
  'version',
  'kind',
  'code',
  'seq',
  'filing_zh',
  'closing_zh',
  'limit_value',
  'limit_unit',
  'laws',
  'collection_zh',
  'unit_zh',
]
