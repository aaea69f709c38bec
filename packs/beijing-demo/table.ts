/** Reading the pack's CSV files: the header must be exactly the one we know, so that a moved column is a fault, never a wrong value. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'

export interface Row {
  /** The cell as it stands; empty is allowed. */
  text(column: string): string
  /** Null where the cell is empty. */
  optional(column: string): string | null
  number(column: string): number
  /** Parts between `|`; none where the cell is empty. */
  list(column: string): string[]
  /** One of the given words. */
  oneOf<T extends string>(column: string, words: readonly T[]): T
}

export function readTable<T>(folder: string, path: string, columns: string, toItem: (row: Row) => T): T[] {
  const [header, ...lines] = parse(readFileSync(join(folder, path), 'utf8'), { skip_empty_lines: true }) as string[][]
  if (header?.join(',') !== columns)
    throw new Error(`${path}: expected the columns ${columns}, found ${header?.join(',')}`)
  const at = new Map(header.map((column, i) => [column, i]))
  return lines.map((line, i) => toItem(rowOf(line, at, `${path} line ${i + 2}`)))
}

function rowOf(line: readonly string[], at: ReadonlyMap<string, number>, where: string): Row {
  const text = (column: string): string => {
    const value = line[at.get(column) ?? -1]
    if (value === undefined) throw new Error(`${where}: no column ${column}`)
    return value
  }
  return {
    text,
    optional: (column) => text(column) || null,
    number: (column) => {
      const value = Number(text(column))
      if (text(column) === '' || !Number.isFinite(value)) throw new Error(`${where}: ${column} is not a number`)
      return value
    },
    list: (column) => text(column).split('|').filter(Boolean),
    oneOf: (column, words) => {
      const word = words.find((w) => w === text(column))
      if (word === undefined)
        throw new Error(`${where}: ${column} is '${text(column)}', not one of ${words.join(', ')}`)
      return word
    },
  }
}
