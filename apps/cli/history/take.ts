/** Takes the rows in, batch by batch: each batch with its counter in one transaction, so that a cut loses no row and doubles none. */
import { knownReports, layCases, nextSerials } from '@pentad/cases'
import { caseNo } from '@pentad/cases/model'
import type { Locator } from '@pentad/geography'
import { type ImportRow, importAdvanced, lockImport } from '@pentad/operations'
import type { Db } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import type { Record } from '@pentad/platform/pack'
import { legalDayOf } from '@pentad/platform/time'
import type { WorkCalendar } from '@pentad/rulebook/model'
import type pg from 'pg'
import { seenIds } from './seen-ids.ts'
import type { Left, Translate, Translated } from './translate.ts'

export interface TakeParts {
  pool: pg.Pool
  begun: ImportRow
  records: AsyncIterable<Record>
  translate: Translate
  locator: Locator
  calendar: WorkCalendar
  scheme: string
  schemeVersion: string
  onProgress: (count: { read: number; taken: number; left: number }) => void
  batchSize?: number
}

export async function takeRows(parts: TakeParts): Promise<void> {
  const { pool, begun, records, translate, onProgress, batchSize = 2000 } = parts
  const seen = seenIds()
  const count = { read: begun.rowsRead, taken: begun.rowsTaken, left: begun.rowsLeft }
  let skipped = 0
  let batch: (Translated | Left)[] = []
  const flush = async () => {
    if (batch.length === 0) return
    const rows = batch
    batch = []
    const { taken, left } = await bulkTransaction(pool, ({ db, client }) =>
      takeBatch({ db, client }, rows, { ...parts, at: count.read }),
    )
    count.read += rows.length
    count.taken += taken
    count.left += left
    onProgress({ ...count })
  }
  for await (const record of records) {
    const row = read(record, translate)
    const first = 'reason' in row ? undefined : seen.firstLine(row.sourceNo, row.line)
    // What an earlier call has committed is only looked at for its numbers.
    if (skipped < begun.rowsRead) {
      skipped++
      continue
    }
    batch.push(
      first === undefined
        ? row
        : { line: row.line, reason: 'repeated-id', detail: `${numberOf(row)}: first in line ${first}` },
    )
    if (batch.length >= batchSize) await flush()
  }
  await flush()
}

const numberOf = (row: Translated | Left): string => ('reason' in row ? '' : row.sourceNo)

const read = (record: Record, translate: Translate): Translated | Left =>
  'broken' in record
    ? { line: record.line, reason: 'open-quote', detail: record.broken.slice(0, 200) }
    : translate(record.line, record.fields)

async function takeBatch(
  { db, client }: { db: Db; client: pg.PoolClient },
  rows: readonly (Translated | Left)[],
  { begun, at, locator, calendar, scheme, schemeVersion }: TakeParts & { at: number },
): Promise<{ taken: number; left: number }> {
  const now = await lockImport(db, begun.id)
  if (now?.rowsRead !== at) throw new Error('another call is importing this file; it goes on, this one stops')
  const good = rows.flatMap((r) => ('reason' in r ? [] : [r]))
  const left = rows.flatMap((r) => ('reason' in r ? [r] : []))
  const here = await knownReports(
    db,
    good.map((r) => ({ source: r.past.channel, sourceNo: r.sourceNo })),
  )
  const fresh = good.filter((r) => !here.has(`${r.past.channel}:${r.sourceNo}`))
  left.push(
    ...good
      .filter((r) => here.has(`${r.past.channel}:${r.sourceNo}`))
      .map((r) => ({ line: r.line, reason: 'already-here' as const, detail: `${r.sourceNo} from ${r.past.channel}` })),
  )
  const numberFor = await numbers(db, fresh)
  await layCases(
    fresh.map((r) => ({ ...r.past, no: numberFor(r) })),
    { client, locator, calendar, scheme, schemeVersion, origin: 'import' },
  )
  await importAdvanced(db, client, { id: begun.id, read: rows.length, taken: fresh.length, left })
  return { taken: fresh.length, left: left.length }
}

/** Numbers in the order of the rows, after those that the district gave on that day already. */
async function numbers(db: Db, rows: readonly Translated[]): Promise<(row: Translated) => string> {
  const keyOf = (r: Translated) => `${r.district} ${legalDayOf(r.past.reportedAt)}`
  const counts = new Map<string, number>()
  for (const r of rows) counts.set(keyOf(r), (counts.get(keyOf(r)) ?? 0) + 1)
  const wanted = [...counts].map(([key, count]) => {
    const [district = '', day = ''] = key.split(' ')
    return { district, day, count }
  })
  const given = await nextSerials(db, wanted)
  const next = new Map(given.map(({ district, day, first }) => [`${district} ${day}`, first]))
  return (r) => {
    const key = keyOf(r)
    const serial = next.get(key) ?? 0
    next.set(key, serial + 1)
    return caseNo(r.district, legalDayOf(r.past.reportedAt), r.past.channel, serial)
  }
}
