/** The rows that were left, as a table beside the file. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { leftAfter } from '@pentad/operations'
import type { Db } from '@pentad/platform/db'
import { type Reason, reasons } from './translate.ts'

const page = 10_000

export async function writeLeft(db: Db, importId: string, file: string, elsewhere: string): Promise<string> {
  const beside = `${file}.left.csv`
  const writable = await writeFile(`${beside}.tmp`, '').then(
    () => true,
    () => false,
  )
  if (!writable) await mkdir(elsewhere, { recursive: true })
  const path = writable ? beside : join(elsewhere, `${basename(file)}.left.csv`)
  // The mark lets spreadsheet programs read the Chinese.
  async function* lines() {
    yield '\uFEFFline,reason,meaning,detail\n'
    for (let line = -1; ; ) {
      const rows = await leftAfter(db, importId, line, page)
      for (const row of rows)
        yield `${row.line},${row.reason},${quoted(reasons[row.reason as Reason] ?? '')},${quoted(row.detail)}\n`
      const last = rows.at(-1)
      if (!last || rows.length < page) return
      line = last.line
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(`${path}.tmp`))
  await rename(`${path}.tmp`, path)
  return path
}

/** A detail that begins like a formula must not become one when the table is opened. */
const quoted = (text: string): string => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
