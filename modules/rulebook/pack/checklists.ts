/** `laws/checklists.csv`: what an inspection looks at 检查单, item by item, with the article behind each. */
import { filesOf, part, rowsIn } from '@pentad/platform/pack'
import { type Severity, severities } from '../model/index.ts'
import { causesPart } from './causes.ts'
import { lawsPart } from './laws.ts'
import { layRows } from './laying.ts'
import { itemId } from './powers.ts'
import { basisIn, onlyOnce } from './said.ts'

export interface ListedItem {
  checklist: string
  titleZh: string
  titleEn: string
  seq: number
  itemZh: string
  itemEn: string
  basis: string[]
  /** The cause that a failed item leads to. */
  causeId: string
  photo: boolean
  severity: Severity
}
const columns = {
  checklist: {},
  title_zh: {},
  title_en: { optional: true },
  seq: {},
  item_zh: {},
  item_en: { optional: true },
  basis: { optional: true },
  cause_id: { optional: true },
  photo: {},
  severity: {},
}

export const checklistsPart = part<ListedItem[]>({
  name: 'checklists',
  wholeCity: true,
  files: ['laws/checklists.csv'],
  read: async (reading) => {
    const book = reading.of(lawsPart)?.book
    const causes = new Set(reading.of(causesPart)?.map((c) => c.id))
    const items: ListedItem[] = []
    const once = onlyOnce()
    const titles = new Map<string, string>()
    for (const file of filesOf(reading.source, checklistsPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const checklist = row.matching('checklist', itemId, 'pack/not-an-id')
        const titleZh = row.text('title_zh')
        const itemZh = row.text('item_zh')
        const seq = row.number('seq', { from: 1, to: 999 })
        const causeId = row.optional('cause_id') ?? ''
        once(row, `${checklist} ${seq}`)
        if (causeId && !causes.has(causeId)) row.fault('pack/unknown-cause', { cause: causeId })
        const title = titles.get(checklist)
        if (title !== undefined && title !== titleZh) row.fault('pack/two-titles', { checklist, title })
        titles.set(checklist, title ?? titleZh)
        items.push({
          checklist,
          titleZh,
          titleEn: row.optional('title_en') ?? titleZh,
          seq,
          itemZh,
          itemEn: row.optional('item_en') ?? itemZh,
          basis: basisIn(row, 'basis', book),
          causeId,
          photo: row.oneOf('photo', ['yes', 'no'] as const) === 'yes',
          severity: row.oneOf('severity', severities),
        })
      }
    }
    return items
  },
  lay: (laying, rows) =>
    layRows(
      laying,
      {
        table: 'rulebook.checklist_item',
        key: ['checklist', 'seq'],
        columns: {
          checklist: 'text',
          title_zh: 'text',
          title_en: 'text',
          seq: 'int',
          item_zh: 'text',
          item_en: 'text',
          basis: 'text[]',
          cause_id: 'text',
          photo: 'boolean',
          severity: 'text',
        },
      },
      rows.map((i) => ({
        ...i,
        title_zh: i.titleZh,
        title_en: i.titleEn,
        item_zh: i.itemZh,
        item_en: i.itemEn,
        cause_id: i.causeId,
      })),
    ),
})
