/** Rows of a CSV file with their lines. Columns are known by name; a value that does not fit is a fault, and its row is left. */
import type { PackReading } from './index.ts'
import { recordsOf } from './records.ts'
import { textIn } from './text.ts'

export interface ColumnSpec {
  /** May the cell be empty, and the column be missing? */
  optional?: boolean
}
/** Every column the file may have. Others are a fault: a misspelt name must not lose a column. */
export type TableSpec<C extends string = string> = Readonly<Record<C, ColumnSpec>>

/** One row. A reader that says a fault returns a harmless value and marks the row as bad. */
export interface Row<C extends string = string> {
  file: string
  line: number
  /** As it stands, trimmed; '' where empty. */
  text: (column: C) => string
  /** Null where empty. */
  optional: (column: C) => string | null
  number: (column: C, range?: { from?: number; to?: number }) => number
  /** Parts between `|`. */
  list: (column: C) => string[]
  oneOf: <T extends string>(column: C, words: readonly T[]) => T
  /** The text must match, else `code` is said. */
  matching: (column: C, pattern: RegExp, code: string) => string
  /** YYYY-MM-DD. */
  day: (column: C) => string
  fault: (code: string, details?: Readonly<Record<string, string | number>>) => void
  /** False once a fault was said of this row. */
  good: () => boolean
}

/** Beyond so many faults in one file the rest is not read: the file is of another kind, or cut in two. */
const mostFaults = 2000
const longestCell = 10_000

export async function* rowsIn<C extends string>(
  reading: PackReading,
  file: string,
  spec: TableSpec<C>,
): AsyncGenerator<Row<C>> {
  let at: Map<string, number> | undefined
  let faults = 0
  let width = 0
  let bytes = 0
  const size = reading.source.sizeOf(file)
  const fault: PackReading['fault'] = (...said) => {
    faults++
    reading.fault(...said)
  }
  for await (const record of recordsOf(textIn({ source: reading.source, fault }, file), ',')) {
    reading.signal.throwIfAborted()
    if (faults > mostFaults) {
      reading.fault(file, record.line, 'pack/gave-up', { faults })
      return
    }
    if ('broken' in record) {
      fault(file, record.line, 'pack/open-quote', { text: record.broken.slice(0, 60) })
      continue
    }
    if (!at) {
      at = headOf(record.fields, { file, line: record.line, spec, fault })
      if (!at) return
      width = record.fields.length
      continue
    }
    bytes += record.fields.reduce((sum, f) => sum + f.length + 1, 0)
    if (record.line % 5000 === 0) reading.onProgress(Math.min(bytes, size), size)
    if (record.fields.length !== width) {
      fault(file, record.line, 'pack/columns', { found: record.fields.length, wanted: width })
      continue
    }
    yield rowOf(record.fields, at, { file, line: record.line, fault })
  }
  if (!at && faults === 0) fault(file, 1, 'pack/empty')
}

interface Where {
  file: string
  line: number
  fault: PackReading['fault']
}

function headOf(
  fields: readonly string[],
  { file, line, spec, fault }: Where & { spec: TableSpec },
): Map<string, number> | undefined {
  const names = fields.map((f) => f.trim().replace(/^\uFEFF/, ''))
  const at = new Map<string, number>()
  let good = true
  const say = (code: string, column: string): void => {
    good = false
    fault(file, line, code, { column: column.slice(0, 60), columns: Object.keys(spec).join(',') })
  }
  for (const [i, name] of names.entries()) {
    if (!(name in spec)) say('pack/unknown-column', name)
    else if (at.has(name)) say('pack/column-twice', name)
    at.set(name, i)
  }
  for (const [name, { optional }] of Object.entries(spec)) if (!optional && !at.has(name)) say('pack/no-column', name)
  return good ? at : undefined
}

function rowOf<C extends string>(
  fields: readonly string[],
  at: ReadonlyMap<string, number>,
  { file, line, fault }: Where,
): Row<C> {
  let good = true
  const say: Row<C>['fault'] = (code, details = {}) => {
    good = false
    fault(file, line, code, details)
  }
  const raw = (column: C): string => (fields[at.get(column) ?? -1] ?? '').trim()
  const text = (column: C): string => {
    const value = raw(column)
    if (value.length <= longestCell) return value
    say('pack/too-long', { column, most: longestCell })
    return ''
  }
  const needed = (column: C): string => {
    const value = text(column)
    if (value === '') say('pack/missing', { column })
    return value
  }
  return {
    file,
    line,
    text: needed,
    optional: (column) => text(column) || null,
    number: (column, { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = {}) => {
      const value = needed(column)
      const number = Number(value)
      if (value === '') return 0
      if (!Number.isFinite(number)) say('pack/not-a-number', { column, value })
      else if (number < from || number > to) say('pack/out-of-range', { column, value, from, to })
      return number
    },
    list: (column) =>
      text(column)
        .split('|')
        .map((part) => part.trim())
        .filter(Boolean),
    oneOf: (column, words) => {
      const value = text(column)
      const word = words.find((w) => w === value)
      if (word === undefined) say('pack/not-one-of', { column, value, words: words.join(', ') })
      return word ?? (words[0] as (typeof words)[number])
    },
    matching: (column, pattern, code) => {
      const value = needed(column)
      if (value !== '' && !pattern.test(value)) say(code, { column, value })
      return value
    },
    day: (column) => {
      const value = needed(column)
      const real = /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value)
      if (value !== '' && !real) say('pack/not-a-day', { column, value })
      return value
    },
    fault: say,
    good: () => good,
  }
}

function isDay(value: string): boolean {
  const at = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}
