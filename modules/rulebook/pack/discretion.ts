/** `laws/discretion.csv`: the steps of discretion 裁量基准 of each cause, inside what the law allows. */
import { filesOf, part, rowsIn } from '@pentad/platform/pack'
import { type StepFault, stepFaults, stepPattern } from '../model/index.ts'
import { causesPart } from './causes.ts'
import { layRows } from './laying.ts'
import { onlyOnce } from './said.ts'

export interface ListedStep {
  causeId: string
  step: string
  circumstancesZh: string
  circumstancesEn: string
  fineFromFen: number | null
  fineToFen: number | null
  otherZh: string
  otherEn: string
}
const columns = {
  cause_id: {},
  step: {},
  circumstances_zh: {},
  circumstances_en: { optional: true },
  fine_from_fen: { optional: true },
  fine_to_fen: { optional: true },
  other_zh: { optional: true },
  other_en: { optional: true },
}
const codes: Record<StepFault['kind'], string> = {
  turned: 'pack/fine-turned',
  'outside-law': 'pack/fine-outside-law',
  'number-gap': 'pack/step-gap',
  'fine-gap': 'pack/fine-gap',
  lighter: 'pack/step-lighter',
}

export const discretionPart = part<ListedStep[]>({
  name: 'discretion',
  wholeCity: true,
  files: ['laws/discretion.csv'],
  read: async (reading) => {
    const causes = new Map(reading.of(causesPart)?.map((c) => [c.id, c]))
    const rows: { step: ListedStep; file: string; line: number }[] = []
    const once = onlyOnce()
    for (const file of filesOf(reading.source, discretionPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const causeId = row.text('cause_id')
        const step = row.matching('step', stepPattern, 'pack/not-a-step')
        const fen = (column: 'fine_from_fen' | 'fine_to_fen'): number | null =>
          row.optional(column) === null ? null : row.number(column, { from: 0 })
        const circumstancesZh = row.text('circumstances_zh')
        const otherZh = row.optional('other_zh') ?? ''
        if (!causes.has(causeId)) row.fault('pack/unknown-cause', { cause: causeId })
        once(row, `${causeId} ${step}`)
        const said: ListedStep = {
          causeId,
          step,
          circumstancesZh,
          circumstancesEn: row.optional('circumstances_en') ?? circumstancesZh,
          fineFromFen: fen('fine_from_fen'),
          fineToFen: fen('fine_to_fen'),
          otherZh,
          otherEn: row.optional('other_en') ?? otherZh,
        }
        if (row.good()) rows.push({ step: said, file, line: row.line })
      }
    }
    for (const [causeId, steps] of Map.groupBy(rows, (r) => r.step.causeId)) {
      const law = causes.get(causeId) ?? { fineFromFen: null, fineToFen: null }
      for (const { kind, ...details } of stepFaults(
        steps.map((s) => s.step),
        law,
      )) {
        const at = steps.find((s) => s.step.step === details.step)
        reading.fault(at?.file ?? 'laws/discretion.csv', at?.line ?? null, codes[kind], { cause: causeId, ...details })
      }
    }
    return rows.map((r) => r.step)
  },
  lay: (laying, rows) =>
    layRows(
      laying,
      {
        table: 'rulebook.discretion',
        key: ['cause_id', 'step'],
        columns: {
          cause_id: 'text',
          step: 'text',
          circumstances_zh: 'text',
          circumstances_en: 'text',
          fine_from_fen: 'bigint',
          fine_to_fen: 'bigint',
          other_zh: 'text',
          other_en: 'text',
        },
      },
      rows.map((s) => ({
        cause_id: s.causeId,
        step: s.step,
        circumstances_zh: s.circumstancesZh,
        circumstances_en: s.circumstancesEn,
        fine_from_fen: s.fineFromFen,
        fine_to_fen: s.fineToFen,
        other_zh: s.otherZh,
        other_en: s.otherEn,
      })),
    ),
})
