/** `laws/powers.csv`: what the authority may do, and by which article 权力事项. */
import { filesOf, part, rowsIn } from '@pentad/platform/pack'
import { type PowerKind, powerKinds } from '../model/index.ts'
import { lawsPart } from './laws.ts'
import { layRows } from './laying.ts'
import { basisIn, onlyOnce } from './said.ts'

export interface ListedPower {
  id: string
  nameZh: string
  nameEn: string
  kind: PowerKind
  /** Kind of unit that holds it, as the list says it. */
  subjectUnit: string
  basis: string[]
}
const columns = {
  id: {},
  name_zh: {},
  name_en: { optional: true },
  kind: {},
  subject_unit: { optional: true },
  basis: {},
}
/** Ids of powers, causes and checklists. */
export const itemId = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u

export const powersPart = part<ListedPower[]>({
  name: 'powers',
  wholeCity: true,
  files: ['laws/powers.csv'],
  read: async (reading) => {
    const book = reading.of(lawsPart)?.book
    const powers: ListedPower[] = []
    const once = onlyOnce()
    for (const file of filesOf(reading.source, powersPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const id = row.matching('id', itemId, 'pack/not-an-id')
        const nameZh = row.text('name_zh')
        once(row, id)
        powers.push({
          id,
          nameZh,
          nameEn: row.optional('name_en') ?? nameZh,
          kind: row.oneOf('kind', powerKinds),
          subjectUnit: row.optional('subject_unit') ?? '',
          basis: basisIn(row, 'basis', book),
        })
      }
    }
    return powers
  },
  lay: (laying, rows) =>
    layRows(
      laying,
      {
        table: 'rulebook.power',
        key: ['id'],
        columns: { id: 'text', name_zh: 'text', name_en: 'text', kind: 'text', subject_unit: 'text', basis: 'text[]' },
      },
      rows.map((p) => ({ ...p, name_zh: p.nameZh, name_en: p.nameEn, subject_unit: p.subjectUnit })),
    ),
})
