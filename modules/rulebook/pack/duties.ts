/** `organisation/duties.csv`: who answers for a class; the longest prefix of its code wins. */
import { type Changes, filesOf, part, rowsIn } from '@pentad/platform/pack'
import { type Kind, kinds } from '../model/index.ts'
import { classesPart } from './classes.ts'
import { type Laying, layRows } from './laying.ts'
import { onlyOnce } from './said.ts'

export interface DutyRow {
  /** Empty: any scheme. */
  scheme: string
  version: string
  kind: Kind
  codePrefix: string
  /** `street`, `{district}-ending`, or the id of a unit. */
  unitRule: string
}
const columns = {
  class_kind: {},
  class_code: {},
  unit_rule: {},
  scheme: { optional: true },
  version: { optional: true },
}

export const dutiesPart = part<DutyRow[]>({
  name: 'duties',
  wholeCity: true,
  files: ['organisation/duties.csv'],
  read: async (reading) => {
    const list = reading.of(classesPart)
    const duties: DutyRow[] = []
    const once = onlyOnce()
    for (const file of filesOf(reading.source, dutiesPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const kind = row.oneOf('class_kind', kinds)
        const codePrefix = row.matching('class_code', /^\d{2}(\d{2})?$/, 'pack/not-a-class-code')
        const unitRule = row.matching('unit_rule', /^(?:\{district\})?[\p{L}\p{N}_-]+$/u, 'pack/not-a-unit-rule')
        const scheme = row.optional('scheme') ?? ''
        const version = row.optional('version') ?? (scheme ? (list?.versionOf(scheme) ?? '') : '')
        const of = scheme ? { scheme, version } : list?.inForce
        if (list && of && !list.has(of.scheme, of.version, kind, codePrefix))
          row.fault('pack/duty-of-unknown-class', { kind, code: codePrefix })
        once(row, [scheme, version, kind, codePrefix, unitRule].join(' '))
        duties.push({ scheme, version, kind, codePrefix, unitRule })
      }
    }
    return duties
  },
  lay: (laying, rows) => layDuties(laying, rows),
})

export const dutyTable = {
  table: 'rulebook.duty',
  key: ['scheme', 'version', 'kind', 'code_prefix', 'unit_rule'],
  columns: { scheme: 'text', version: 'text', kind: 'text', code_prefix: 'text', unit_rule: 'text' },
} as const
export const layDuties = (laying: Laying, rows: readonly DutyRow[]): Promise<Changes> =>
  layRows(
    laying,
    dutyTable,
    rows.map((d) => ({ ...d, code_prefix: d.codePrefix, unit_rule: d.unitRule })),
  )
