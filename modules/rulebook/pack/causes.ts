/** `laws/causes.csv`: causes of action 案由, each between the duty it breaks, the article that punishes it, and the class it is found as. */
import { filesOf, part, rowsIn } from '@pentad/platform/pack'
import { type Measure, measures, type Precondition, preconditions, readClassRef } from '../model/index.ts'
import { classesPart } from './classes.ts'
import { lawsPart } from './laws.ts'
import { layRows } from './laying.ts'
import { itemId, powersPart } from './powers.ts'
import { basisIn, onlyOnce } from './said.ts'

export interface ListedCause {
  id: string
  powerId: string
  nameZh: string
  nameEn: string
  violates: string[]
  punishes: string[]
  /** `event:0405` of the scheme in force, or `scheme/version/event:0405`. */
  classes: string[]
  measures: Measure[]
  fineFromFen: number | null
  fineToFen: number | null
  precondition: Precondition
  noteZh: string
  noteEn: string
}
const columns = {
  id: {},
  power_id: { optional: true },
  name_zh: {},
  name_en: { optional: true },
  violates: {},
  punishes: {},
  class: { optional: true },
  measures: { optional: true },
  fine_from_fen: { optional: true },
  fine_to_fen: { optional: true },
  precondition: { optional: true },
  note_zh: { optional: true },
  note_en: { optional: true },
}
const mostFen = 1_000_000_000_000

export const causesPart = part<ListedCause[]>({
  name: 'causes',
  wholeCity: true,
  files: ['laws/causes.csv'],
  read: async (reading) => {
    const book = reading.of(lawsPart)?.book
    const list = reading.of(classesPart)
    const powers = new Set(reading.of(powersPart)?.map((p) => p.id))
    const causes: ListedCause[] = []
    const once = onlyOnce()
    for (const file of filesOf(reading.source, causesPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const id = row.matching('id', itemId, 'pack/not-an-id')
        const nameZh = row.text('name_zh')
        const powerId = row.optional('power_id') ?? ''
        const noteZh = row.optional('note_zh') ?? ''
        once(row, id)
        if (powerId && !powers.has(powerId)) row.fault('pack/unknown-power', { power: powerId })
        const classes = row.list('class')
        for (const words of classes) {
          const ref = readClassRef(words)
          const of = ref?.scheme && ref.version ? { scheme: ref.scheme, version: ref.version } : list?.inForce
          if (!ref || !of || !list?.has(of.scheme, of.version, ref.kind, ref.code))
            row.fault('pack/cause-of-unknown-class', { value: words })
        }
        const fen = (column: 'fine_from_fen' | 'fine_to_fen'): number | null =>
          row.optional(column) === null ? null : row.number(column, { from: 0, to: mostFen })
        const fineFromFen = fen('fine_from_fen')
        const fineToFen = fen('fine_to_fen')
        if (fineFromFen !== null && fineToFen !== null && fineFromFen > fineToFen)
          row.fault('pack/fine-turned', { step: id })
        causes.push({
          id,
          powerId,
          nameZh,
          nameEn: row.optional('name_en') ?? nameZh,
          violates: basisIn(row, 'violates', book),
          punishes: basisIn(row, 'punishes', book),
          classes,
          measures: row.list('measures').flatMap((word) => {
            const measure = measures.find((m) => m === word)
            if (!measure) row.fault('pack/not-one-of', { column: 'measures', value: word, words: measures.join(', ') })
            return measure ?? []
          }),
          fineFromFen,
          fineToFen,
          precondition: row.optional('precondition') === null ? 'none' : row.oneOf('precondition', preconditions),
          noteZh,
          noteEn: row.optional('note_en') ?? noteZh,
        })
      }
    }
    return causes
  },
  lay: (laying, rows) =>
    layRows(
      laying,
      {
        table: 'rulebook.cause',
        key: ['id'],
        columns: {
          id: 'text',
          power_id: 'text',
          name_zh: 'text',
          name_en: 'text',
          violates: 'text[]',
          punishes: 'text[]',
          classes: 'text[]',
          measures: 'text[]',
          fine_from_fen: 'bigint',
          fine_to_fen: 'bigint',
          precondition: 'text',
          note_zh: 'text',
          note_en: 'text',
        },
      },
      rows.map((c) => ({
        ...c,
        power_id: c.powerId,
        name_zh: c.nameZh,
        name_en: c.nameEn,
        fine_from_fen: c.fineFromFen,
        fine_to_fen: c.fineToFen,
        note_zh: c.noteZh,
        note_en: c.noteEn,
      })),
    ),
})
