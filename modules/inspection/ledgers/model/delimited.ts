/** Entries as rows of a table: which column is which field, what a cell says, and cells for a table that goes out. Pure. */
import { type Field, type LedgerSchema, pointField, stateOf } from './schema.ts'
import { sayValue } from './title.ts'
import { isLegalDay, type ValueFault, type Values } from './values.ts'

/** Columns that are no fields. */
export const rowColumns = ['no', 'state', 'lon', 'lat'] as const
export type RowColumn = (typeof rowColumns)[number]
export type Column = { field: string } | { row: RowColumn } | null

const rowWords: Record<RowColumn, readonly string[]> = {
  no: ['no', 'number', '编号', '台账编号'],
  state: ['state', 'status', '状态'],
  lon: ['lon', 'lng', 'longitude', '经度'],
  lat: ['lat', 'latitude', '纬度'],
}

/** A head as it is meant: without blanks, stars, units in brackets, and case. */
const meant = (head: string): string =>
  head
    .replace(/^\uFEFF/, '')
    .replace(/[(（[【][^)）\]】]*[)）\]】]/g, '')
    .replace(/[\s*＊:：_-]/g, '')
    .toLowerCase()

/** What each head stands for: a field by key or title, or number, state and place; null where nobody knows. */
export function columnsOf(s: Pick<LedgerSchema, 'fields'>, heads: readonly string[]): Column[] {
  const used = new Set<string>()
  const take = (name: string, column: Column): Column => {
    if (used.has(name)) return null
    used.add(name)
    return column
  }
  return heads.map((head) => {
    const word = meant(head)
    if (!word) return null
    const field = s.fields.find((f) => [f.key, f.title['zh-CN'], f.title.en].some((t) => meant(t) === word))
    if (field) return take(field.key, { field: field.key })
    const row = rowColumns.find((r) => rowWords[r].some((w) => meant(w) === word))
    return row ? take(`:${row}`, { row }) : null
  })
}

export interface RowRead {
  no: string | null
  state: string | null
  values: Values
  faults: ValueFault[]
}

/** The fields of one line. Empty cells are left out: they change nothing. */
export function rowRead(s: LedgerSchema, columns: readonly Column[], cells: readonly string[]): RowRead {
  const values: Record<string, unknown> = {}
  const faults: ValueFault[] = []
  const row: Partial<Record<RowColumn, string>> = {}
  for (const [i, column] of columns.entries()) {
    const cell = (cells[i] ?? '').trim()
    if (!column || cell === '') continue
    if ('row' in column) {
      row[column.row] = cell
      continue
    }
    const field = s.fields.find((f) => f.key === column.field)
    if (!field) continue
    const read = cellRead(field, cell)
    if ('fault' in read)
      faults.push({
        field: field.key,
        code: read.fault,
        details: { field: field.title['zh-CN'], value: cell.slice(0, 40) },
      })
    else values[field.key] = read.value
  }
  const point = pointField(s)
  if (point && row.lon !== undefined && row.lat !== undefined && values[point.key] === undefined) {
    const [lon, lat] = [Number(row.lon), Number(row.lat)]
    if (Number.isFinite(lon) && Number.isFinite(lat)) values[point.key] = { lon, lat }
    else faults.push({ field: point.key, code: 'pack/ledger-value-point', details: { field: point.title['zh-CN'] } })
  }
  const state = row.state ? stateMeant(s, row.state) : null
  if (row.state && !state)
    faults.push({ field: 'state', code: 'pack/ledger-value-state', details: { field: 'state', value: row.state } })
  return { no: row.no ?? null, state, values, faults }
}

const stateMeant = (s: LedgerSchema, word: string): string | null =>
  (
    stateOf(s, word) ??
    s.states.find((x) => x.title['zh-CN'] === word || x.title.en.toLowerCase() === word.toLowerCase())
  )?.key ?? null

type Cell = { value: unknown } | { fault: string }

const figure = (cell: string): number => Number(cell.replace(/[,，\s]/g, '').replace(/[^\d.eE+-]+$/u, ''))

/** A cell as its field means it: yuan become fen, `2024/1/5` a day, a title its choice. */
export function cellRead(f: Field, cell: string): Cell {
  switch (f.type) {
    case 'number':
    case 'integer': {
      const n = figure(cell)
      return Number.isFinite(n) ? { value: n } : { fault: 'pack/ledger-value-number' }
    }
    case 'money': {
      const yuan = figure(cell.replace(/^[¥￥]/, ''))
      return Number.isFinite(yuan) ? { value: Math.round(yuan * 100) } : { fault: 'pack/ledger-value-number' }
    }
    case 'date': {
      const day = dayMeant(cell)
      return day ? { value: day } : { fault: 'pack/ledger-value-day' }
    }
    case 'choice': {
      const value = choiceMeant(f, cell)
      return value === undefined ? { fault: 'pack/ledger-value-choice' } : { value }
    }
    case 'multi': {
      const parts = cell.split(/[|、;；]/).flatMap((p) => (p.trim() ? [choiceMeant(f, p.trim())] : []))
      return parts.includes(undefined) ? { fault: 'pack/ledger-value-choice' } : { value: [...new Set(parts)] }
    }
    case 'point': {
      const [lon, lat, ...more] = cell.split(/[,，\s]+/).map(Number)
      return lon !== undefined && lat !== undefined && more.length === 0 && Number.isFinite(lon) && Number.isFinite(lat)
        ? { value: { lon, lat } }
        : { fault: 'pack/ledger-value-point' }
    }
    case 'area': {
      const ring = cell.split(/[;；]/).map((c) =>
        c
          .trim()
          .split(/[,，\s]+/)
          .map(Number),
      )
      return ring.every((c) => c.length === 2 && c.every(Number.isFinite))
        ? { value: ring }
        : { fault: 'pack/ledger-value-outline' }
    }
    case 'phone':
      return { value: cell.replace(/^\+?86/, '').replace(/[\s-]/g, '') }
    case 'id-number':
    case 'credit-code':
      return { value: cell.replace(/\s/g, '').toUpperCase() }
    case 'photo':
      return { fault: 'pack/ledger-value-no-photos' }
    default:
      return { value: cell }
  }
}

const choiceMeant = (f: Field, word: string): string | undefined =>
  (
    f.choices?.find((c) => c.value === word) ??
    f.choices?.find((c) => c.title['zh-CN'] === word || c.title.en.toLowerCase() === word.toLowerCase())
  )?.value

/** `2024-01-05`, `2024/1/5`, `2024.1.5`, `2024年1月5日`, `20240105`. */
export function dayMeant(cell: string): string | null {
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(cell) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(cell)
  if (!parts) return null
  const day = `${parts[1]}-${parts[2]?.padStart(2, '0')}-${parts[3]?.padStart(2, '0')}`
  return isLegalDay(day) ? day : null
}

/** A cell that no spreadsheet takes for a formula, and no comma cuts. */
export function cellOut(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export interface RowOut {
  no: string
  state: string
  values: Values
  title: string
}
/** The table as CSV: UTF-8 with its mark, so that spreadsheets on Windows read it; what goes out comes in again. */
export function tableOut(s: LedgerSchema, rows: Iterable<RowOut>, language: 'zh-CN' | 'en'): string {
  const heads = language === 'en' ? ['No', 'State'] : ['编号', '状态']
  const head = [...heads, ...s.fields.map((f) => f.title[language])]
  const lines = [head.map(cellOut).join(',')]
  for (const r of rows) {
    const state = stateOf(s, r.state)?.title[language] ?? r.state
    lines.push([r.no, state, ...s.fields.map((f) => tableCell(f, r.values[f.key], language))].map(cellOut).join(','))
  }
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

const tableCell = (f: Field, value: unknown, language: 'zh-CN' | 'en'): string =>
  f.type === 'multi' && Array.isArray(value)
    ? value.map((v) => sayValue({ ...f, type: 'choice' }, v, language)).join('|')
    : sayValue(f, value, language)
