/** Bulk by COPY: as fast as the engine reads. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** null, numbers, words, instants, lists of words and JSON (any other object). */
export type CopyValue = string | number | boolean | null | Date | readonly string[] | object

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (text: string): string => text.replace(/[\\\n\r\t]/g, (c) => escapes[c] ?? c)

function field(value: CopyValue): string {
  if (value === null) return '\\N'
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) {
    return escaped(`{${value.map((v) => `"${String(v).replace(/["\\]/g, '\\$&')}"`).join(',')}}`)
  }
  return escaped(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** Copies rows into `table (columns)` inside the client's transaction and returns their number. */
export async function copyInto(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly CopyValue[]> | AsyncIterable<readonly CopyValue[]>,
): Promise<number> {
  let count = 0
  async function* lines(): AsyncGenerator<string> {
    let chunk = ''
    for await (const row of rows) {
      count++
      chunk += `${row.map(field).join('\t')}\n`
      if (chunk.length > 65_536) {
        yield chunk
        chunk = ''
      }
    }
    if (chunk) yield chunk
  }
  await pipeline(Readable.from(lines()), client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`)))
  return count
}
