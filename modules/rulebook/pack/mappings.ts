/** `rulebook/mappings.csv`: what a class of one list is in another. */
import { filesOf, part, rowsIn } from '@pentad/platform/pack'
import { type ClassKind, classKinds, type Exactness, exactnesses } from '../model/index.ts'
import { classesPart } from './classes.ts'
import { layRows } from './laying.ts'
import { onlyOnce } from './said.ts'

interface End {
  scheme: string
  version: string
  kind: ClassKind
  code: string
}
export interface MappingRow {
  from: End
  to: End
  exactness: Exactness
}
const columns = {
  from_scheme: {},
  from_version: {},
  from_kind: {},
  from_code: {},
  to_scheme: {},
  to_version: {},
  to_kind: {},
  to_code: {},
  exactness: {},
}
const sayEnd = (e: End): string => `${e.scheme}/${e.version}/${e.kind}:${e.code}`

export const mappingsPart = part<MappingRow[]>({
  name: 'mappings',
  wholeCity: true,
  files: ['rulebook/mappings.csv', 'rulebook/mappings-*.csv'],
  read: async (reading) => {
    const list = reading.of(classesPart)
    const mappings: MappingRow[] = []
    const once = onlyOnce()
    for (const file of filesOf(reading.source, mappingsPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const end = (side: 'from' | 'to'): End => {
          const e = {
            scheme: row.text(`${side}_scheme`),
            version: row.text(`${side}_version`),
            kind: row.oneOf(`${side}_kind`, classKinds),
            code: row.text(`${side}_code`),
          }
          if (!list?.has(e.scheme, e.version, e.kind, e.code)) row.fault('pack/mapping-nowhere', { key: sayEnd(e) })
          return e
        }
        const mapping = { from: end('from'), to: end('to'), exactness: row.oneOf('exactness', exactnesses) }
        if (sayEnd(mapping.from) === sayEnd(mapping.to)) row.fault('pack/mapping-itself', { key: sayEnd(mapping.to) })
        // Read from either end it is the same mapping.
        once(row, [sayEnd(mapping.from), sayEnd(mapping.to)].sort().join(' ↔ '))
        mappings.push(mapping)
      }
    }
    return mappings
  },
  lay: (laying, rows) => {
    const text = 'text'
    const key = [
      'from_scheme',
      'from_version',
      'from_kind',
      'from_code',
      'to_scheme',
      'to_version',
      'to_kind',
      'to_code',
    ]
    return layRows(
      laying,
      {
        table: 'rulebook.mapping',
        key,
        columns: { ...Object.fromEntries(key.map((k) => [k, text])), exactness: text },
      },
      rows.map(({ from, to, exactness }) => ({
        from_scheme: from.scheme,
        from_version: from.version,
        from_kind: from.kind,
        from_code: from.code,
        to_scheme: to.scheme,
        to_version: to.version,
        to_kind: to.kind,
        to_code: to.code,
        exactness,
      })),
    )
  },
})
