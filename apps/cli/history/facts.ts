/** What a whole file says about its columns, read once with little memory. */

import type { Record } from '@pentad/platform/pack'
import type { ColumnFacts } from './columns.ts'

/** More different values than this are no list of types. */
const longestList = 1500
const sampleSize = 600

export interface Row {
  fields: readonly string[]
}
export interface FileFacts {
  rows: number
  columns: ColumnFacts[]
  /** Rows from all over the file. */
  sample: readonly Row[]
}

export async function factsOf(records: AsyncIterable<Record>, names: readonly string[]): Promise<FileFacts> {
  const filled = names.map(() => 0)
  const values: (Map<string, number> | undefined)[] = names.map(() => new Map<string, number>())
  const sample: Row[] = []
  let rows = 0
  for await (const record of records) {
    if ('broken' in record || record.fields.length !== names.length) continue
    rows++
    keep(sample, record, rows)
    for (const [i, field] of record.fields.entries()) {
      const value = field.trim()
      if (value !== '') filled[i] = (filled[i] ?? 0) + 1
      const list = values[i]
      if (!list) continue
      const known = list.get(value)
      if (known === undefined) list.set(ownCopy(value), 1)
      else list.set(value, known + 1)
      if (list.size > longestList) values[i] = undefined
    }
  }
  const columns = names.map((name, i) => {
    const told = sample.map((r) => r.fields[i] ?? '')
    const full = told.filter((v) => v.trim() !== '')
    return {
      name,
      filled: filled[i] ?? 0,
      sample: told,
      values: values[i],
      unique: full.length ? new Set(full).size / full.length : 0,
    }
  })
  return { rows, columns, sample }
}

/** Every row has the same chance to be in the sample; the chance is reckoned, not drawn, so that a proposal is always the same. */
function keep(sample: Row[], row: Row, n: number): void {
  const place = sample.length < sampleSize ? sample.length : (Math.imul(n, 2_654_435_761) >>> 0) % n
  if (place < sampleSize) sample[place] = { fields: row.fields.map(ownCopy) }
}

/** A part of a long text keeps the whole of it in memory; a copy does not. */
const ownCopy = (text: string): string => Buffer.from(text).toString()
