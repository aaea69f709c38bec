/** `rulebook/standards*.csv`: filing, disposal and closing conditions of each minor class (GB/T 30428.8). */
import { sql } from '@pentad/platform/db'
import { type Changes, filesOf, part, rowsIn } from '@pentad/platform/pack'
import { evidences, type Kind, kinds, type LimitUnit, limitUnits } from '../model/index.ts'
import { standardId } from '../queries/standards.ts'
import { classesPart } from './classes.ts'
import { lawsPart } from './laws.ts'
import { type Laying, layRows } from './laying.ts'
import { basisIn, onlyOnce } from './said.ts'

export interface ListedStandard {
  scheme: string
  version: string
  kind: Kind
  code: string
  seq: number
  filingZh: string
  filingEn: string
  closingZh: string
  closingEn: string
  limitValue: number
  limitUnit: LimitUnit
  evidence: string[]
  laws: string[]
  collectionZh: string
  collectionEn: string
  unitZh: string
  unitEn: string
}

const columns = {
  scheme: {},
  version: { optional: true },
  kind: {},
  code: {},
  seq: {},
  filing_zh: {},
  filing_en: { optional: true },
  closing_zh: {},
  closing_en: { optional: true },
  limit_value: {},
  limit_unit: {},
  evidence: { optional: true },
  laws: { optional: true },
  collection_zh: { optional: true },
  collection_en: { optional: true },
  unit_zh: { optional: true },
  unit_en: { optional: true },
}
const longestLimit = 10_000

export const standardsPart = part<ListedStandard[]>({
  name: 'standards',
  wholeCity: true,
  files: ['rulebook/standards.csv', 'rulebook/standards-*.csv'],
  read: async (reading) => {
    const list = reading.of(classesPart)
    const book = reading.of(lawsPart)?.book
    const standards: ListedStandard[] = []
    const once = onlyOnce()
    const places: { file: string; line: number; key: string; seq: number }[] = []
    for (const file of filesOf(reading.source, standardsPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const scheme = row.text('scheme')
        const version = row.optional('version') ?? list?.versionOf(scheme)
        const kind = row.oneOf('kind', kinds)
        const code = row.text('code')
        const seq = row.number('seq', { from: 1, to: 999 })
        const filingZh = row.text('filing_zh')
        const closingZh = row.text('closing_zh')
        const collectionZh = row.optional('collection_zh') ?? ''
        const unitZh = row.optional('unit_zh') ?? ''
        const limitValue = row.number('limit_value', { from: 0.1, to: longestLimit })
        const limitUnit = row.oneOf('limit_unit', limitUnits)
        const evidence = row.list('evidence')
        const strange = evidence.find((e) => !evidences.some((known) => known === e))
        if (strange) row.fault('pack/unknown-evidence', { value: strange, words: evidences.join(', ') })
        const laws = basisIn(row, 'laws', book)
        if (version === undefined) row.fault('pack/unknown-scheme', { scheme, version: '' })
        else if (code.length !== 4 || !list?.has(scheme, version, kind, code))
          row.fault('pack/standard-of-unknown-class', { scheme, version, kind, code })
        const key = `${scheme}/${version}/${kind}:${code}`
        if (once(row, `${key} ${seq}`)) places.push({ file, line: row.line, key, seq })
        standards.push({
          scheme,
          version: version ?? '',
          kind,
          code,
          seq,
          filingZh,
          filingEn: row.optional('filing_en') ?? filingZh,
          closingZh,
          closingEn: row.optional('closing_en') ?? closingZh,
          limitValue,
          limitUnit,
          evidence,
          laws,
          collectionZh,
          collectionEn: row.optional('collection_en') ?? collectionZh,
          unitZh,
          unitEn: row.optional('unit_en') ?? unitZh,
        })
      }
    }
    for (const rows of Map.groupBy(places, (p) => p.key).values()) {
      const gap = rows.sort((a, b) => a.seq - b.seq).find((p, i) => p.seq !== i + 1)
      if (gap) reading.fault(gap.file, gap.line, 'pack/standard-gap', { key: gap.key, seq: gap.seq })
    }
    return standards
  },
  lay: (laying, rows) => layStandards(laying, rows),
})

/** A standard that changed becomes a new row under a new id: the case that was filed under the old one keeps it. */
export async function layStandards(laying: Laying, rows: readonly ListedStandard[]): Promise<Changes> {
  const revisions = new Map(
    (
      await sql<{ base: string; n: number }>`select split_part(id, '@', 1) as base, count(*)::int as n
        from rulebook.standard group by 1`.execute(laying.db)
    ).rows.map((r) => [r.base, r.n]),
  )
  const pairs = JSON.stringify([...new Set(rows.map((r) => `${r.scheme} ${r.version}`))])
  return layRows(
    laying,
    {
      table: 'rulebook.standard',
      key: ['scheme', 'version', 'kind', 'code', 'seq'],
      columns: {
        scheme: 'text',
        version: 'text',
        kind: 'text',
        code: 'text',
        seq: 'int',
        filing_zh: 'text',
        filing_en: 'text',
        closing_zh: 'text',
        closing_en: 'text',
        limit_value: 'numeric',
        limit_unit: 'text',
        evidence: 'text[]',
        laws: 'text[]',
        collection_zh: 'text',
        collection_en: 'text',
        unit_zh: 'text',
        unit_en: 'text',
      },
      extra: {
        columns: { id: 'text' },
        of: (row) => {
          const base = String(row.base)
          const before = revisions.get(base) ?? 0
          return { id: before === 0 ? base : `${base}@${before + 1}` }
        },
      },
      scope: sql`scheme || ' ' || version in (select jsonb_array_elements_text(${pairs}::jsonb))`,
    },
    rows.map((s) => ({
      base: standardId(s.scheme, s.version, s),
      scheme: s.scheme,
      version: s.version,
      kind: s.kind,
      code: s.code,
      seq: s.seq,
      filing_zh: s.filingZh,
      filing_en: s.filingEn,
      closing_zh: s.closingZh,
      closing_en: s.closingEn,
      limit_value: s.limitValue,
      limit_unit: s.limitUnit,
      evidence: s.evidence,
      laws: s.laws,
      collection_zh: s.collectionZh,
      collection_en: s.collectionEn,
      unit_zh: s.unitZh,
      unit_en: s.unitEn,
    })),
  )
}
