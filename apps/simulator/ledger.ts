/**
 * The ledger of a simulator: what the platform acknowledged on the wire, a line each, appended and never changed. Laid beside the
 * store, it shows whether anything acknowledged was lost.
 */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface LedgerValue {
  what: 'value'
  protocol: string
  device: string
  atMs: number
  factor: string
  period: 'rtd' | 'minute'
  value: number
}
export interface LedgerFix {
  what: 'fix'
  protocol: string
  device: string
  atMs: number
  lonE6: number
  latE6: number
}
export type LedgerRow = LedgerValue | LedgerFix

export interface Ledger {
  note: (rows: readonly LedgerRow[]) => void
  /** Lines so far. */
  readonly count: number
  /** Writes down what is still in hand. */
  flush: () => void
  close: () => void
}

const flushEveryMs = 200
const flushAtLines = 1000

export function openLedger(file: string): Ledger {
  const handle = openSync(file, 'a')
  let lines: string[] = []
  let count = 0
  const flush = () => {
    if (lines.length === 0) return
    writeSync(handle, lines.join(''))
    lines = []
  }
  const timer = setInterval(flush, flushEveryMs)
  return {
    note(rows) {
      for (const row of rows) lines.push(lineOf(row))
      count += rows.length
      if (lines.length >= flushAtLines) flush()
    },
    get count() {
      return count
    },
    flush,
    close() {
      clearInterval(timer)
      flush()
      closeSync(handle)
    },
  }
}

const lineOf = (row: LedgerRow): string =>
  row.what === 'value'
    ? `value\t${row.protocol}\t${row.device}\t${row.atMs}\t${row.factor}\t${row.period}\t${row.value}\n`
    : `fix\t${row.protocol}\t${row.device}\t${row.atMs}\t${row.lonE6}\t${row.latE6}\n`

function rowOf(line: string): LedgerRow {
  const [what, protocol = '', device = '', at = '', a = '', b = '', c = ''] = line.split('\t')
  const atMs = Number(at)
  if (what === 'fix') return { what, protocol, device, atMs, lonE6: Number(a), latE6: Number(b) }
  if (what !== 'value' || (b !== 'rtd' && b !== 'minute')) throw new Error(`no line of a ledger: ${line}`)
  return { what, protocol, device, atMs, factor: a, period: b, value: Number(c) }
}

export async function* readLedger(file: string): AsyncGenerator<LedgerRow> {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) if (line) yield rowOf(line)
}
