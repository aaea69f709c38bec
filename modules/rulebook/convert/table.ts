/** CSV for the converters. */
import { delimiterOf, takeFrom } from '@pentad/platform/pack'

export interface ConvertedFile {
  path: string
  text: string
}
export interface Converted {
  files: ConvertedFile[]
  /** What was taken, by kind: `{ standards: 522 }`. */
  counts: Readonly<Record<string, number>>
  /** Rows that could not be read and names that clash, as sentences in the importer's own English; none is lost in silence. */
  left: string[]
}

/** Rows by the names of the columns; an unreadable record is left out and counted by its line. */
export function tableOf(text: string): {
  columns: string[]
  rows: { line: number; cells: Record<string, string> }[]
  broken: number[]
} {
  const plain = text.replace(/^\uFEFF/, '')
  const { records } = takeFrom(plain, { delimiter: delimiterOf(plain.slice(0, 20_000)), line: 1, last: true })
  const [head, ...rest] = records
  const columns = head && 'fields' in head ? head.fields.map((f) => f.trim()) : []
  return {
    columns,
    rows: rest.flatMap((r) =>
      'fields' in r
        ? [{ line: r.line, cells: Object.fromEntries(columns.map((c, i) => [c, (r.fields[i] ?? '').trim()])) }]
        : [],
    ),
    broken: rest.flatMap((r) => ('broken' in r ? [r.line] : [])),
  }
}

const cell = (value: unknown): string => {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
export const csvOf = (columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string =>
  `${[columns.join(','), ...rows.map((row) => columns.map((c) => cell(row[c])).join(','))].join('\n')}\n`

/** A table with further rows: one with the same key takes the place of the one that stood there. Columns of both stay. */
export function mergedTable(
  before: string | undefined,
  columns: readonly string[],
  key: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  if (before === undefined) return csvOf(columns, rows)
  const old = tableOf(before)
  const keyOf = (row: Readonly<Record<string, unknown>>): string => key.map((k) => String(row[k] ?? '')).join('\u0000')
  const named = new Set(rows.map(keyOf))
  return csvOf(
    [...old.columns, ...columns.filter((c) => !old.columns.includes(c))],
    [...old.rows.map((r) => r.cells).filter((r) => !named.has(keyOf(r))), ...rows],
  )
}
