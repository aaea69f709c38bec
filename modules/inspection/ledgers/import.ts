/** A table of entries, as cities have them: GBK or UTF-8, any delimiter, heads in their own words. */
import { delimiterOf, takeFrom } from '@pentad/platform/pack'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { type Keeping, opened, save, type Written, withLinks, written } from './keep.ts'
import { columnsOf, patched, type RowRead, rowRead, stateOf, type ValueFault, type Values } from './model/index.ts'
import { type EntryRow, entriesByNo } from './queries/index.ts'

export interface Table {
  encoding: 'utf-8' | 'gbk'
  heads: string[]
  rows: { line: number; cells: string[] }[]
  /** Lines that could not be read as rows. */
  broken: { line: number; code: string }[]
}
export const mostRows = 50_000

/** The table in the bytes; GBK is what Excel writes on a Chinese Windows. */
export function tableIn(bytes: Uint8Array): Table | Refusal {
  const decode = (encoding: 'utf-8' | 'gbk'): string | undefined => {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      return undefined
    }
  }
  const utf8 = decode('utf-8')
  const text = utf8 ?? decode('gbk')
  if (text === undefined || text.includes('\0')) return refuse('inspection/not-a-table')
  const { records } = takeFrom(text.replace(/^\uFEFF/, ''), { delimiter: delimiterOf(text), line: 1, last: true })
  const [head, ...rest] = records
  if (!head || 'broken' in head) return refuse('inspection/not-a-table')
  if (rest.length > mostRows) return refuse('inspection/too-many-rows', { most: mostRows })
  return {
    encoding: utf8 === undefined ? 'gbk' : 'utf-8',
    heads: head.fields.map((h) => h.trim()),
    rows: rest.flatMap((r) => ('fields' in r ? [{ line: r.line, cells: r.fields }] : [])),
    broken: rest.flatMap((r) => ('broken' in r ? [{ line: r.line, code: 'pack/ledger-row-broken' }] : [])),
  }
}

export interface ImportFault {
  line: number
  field: string | null
  code: string
  details: Readonly<Record<string, string | number>>
}
export interface Imported {
  added: number
  changed: number
  same: number
  faulty: number
  faults: ImportFault[]
  written: boolean
}

/** Reads all lines, and writes them as the mode says. A line with the number of an entry changes that one. */
export async function importTable(
  k: Keeping,
  table: Table,
  mode: 'check' | 'clean' | 'good',
  mayTouch: (e: EntryRow) => boolean,
  mayPlace: (e: Written['entry']) => boolean = () => true,
): Promise<Imported> {
  const { schema } = k.ledger
  const columns = columnsOf(schema, table.heads)
  const read = table.rows.map((r) => ({ line: r.line, row: rowRead(schema, columns, r.cells) }))
  const nos = read.flatMap(({ row }) => (row.no ? [row.no] : []))
  const known = new Map((await entriesByNo(k.db, k.ledger.id, nos)).map((e) => [e.no, e]))
  const linked = await withLinks(
    k.db,
    k.ledger,
    read.map(({ row }) => row.values),
  )
  const faults: ImportFault[] = table.broken.map((b) => ({ ...b, field: null, details: {} }))
  const bad = new Set(table.broken.map((b) => b.line))
  const good: Written[] = []
  const seenNos = new Set<string>()
  const tally = { added: 0, changed: 0, same: 0 }
  for (const [i, { line, row }] of read.entries()) {
    const all = [...row.faults, ...(linked[i]?.faults ?? [])]
    const before = row.no ? known.get(row.no) : undefined
    all.push(...numberFaults(row, before, seenNos, mayTouch))
    const result = all.length ? all : decided(k, row, linked[i]?.values ?? {}, before, mayPlace)
    if (Array.isArray(result)) {
      bad.add(line)
      for (const { field, code, details } of result) faults.push({ line, field, code, details })
    } else if (result === 'same') tally.same++
    else {
      good.push(result)
      if (before) tally.changed++
      else tally.added++
    }
  }
  const write = mode === 'good' || (mode === 'clean' && bad.size === 0)
  if (write) await save(k, good)
  faults.sort((a, b) => a.line - b.line)
  return { ...tally, faulty: bad.size, faults, written: write && good.length > 0 }
}

function numberFaults(
  row: RowRead,
  before: EntryRow | undefined,
  seenNos: Set<string>,
  mayTouch: (e: EntryRow) => boolean,
): ValueFault[] {
  if (!row.no) return []
  const fault = (code: string): ValueFault[] => [{ field: 'no', code, details: { field: 'no', value: row.no ?? '' } }]
  if (seenNos.has(row.no)) return fault('pack/ledger-no-twice')
  seenNos.add(row.no)
  return before && mayTouch(before) ? [] : fault('pack/ledger-no-unknown')
}

function decided(
  k: Keeping,
  row: RowRead,
  values: Values,
  before: EntryRow | undefined,
  mayPlace: (e: Written['entry']) => boolean,
): Written | ValueFault[] | 'same' {
  const old = before ? opened(k.ledger, before) : undefined
  const next = old ? patched(k.ledger.schema, old.values, values) : values
  const state = row.state && stateOf(k.ledger.schema, row.state) ? row.state : old?.state
  const same = old && JSON.stringify(next) === JSON.stringify(old.values) && state === old.state
  if (same) return 'same'
  const w = written(k, { before, values: next, state, act: 'import' })
  if (!isRefusal(w)) return mayPlace(w.entry) ? w : [{ field: '', code: 'inspection/not-your-area', details: {} }]
  const { faults } = w.detail as { faults?: ValueFault[] }
  return faults ?? [{ field: '', code: w.refused, details: {} }]
}
