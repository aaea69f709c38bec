/** Lays a ledger beside the store, row by row: what was acknowledged is there once, and says the same. */
import { type Db, sql } from '@pentad/platform/db'
import { DAY } from '@pentad/platform/time'
import { fixesBetween } from '@pentad/sensing'
import { type LedgerRow, readLedger } from '../apps/simulator/ledger.ts'

export interface Comparison {
  /** Rows of the ledger, and how many different ones: what is sent twice is acknowledged twice. */
  acknowledged: number
  different: number
  lost: string[]
  twice: string[]
  /** Stored under the same key, saying something else. */
  changed: string[]
  /** Rows of these devices in the store that the ledger does not have: sent, stored, and the answer was lost. */
  unanswered: number
}

interface Device {
  id: string
  handle: number
  rows: Map<string, LedgerRow>
}

export async function compare(db: Db, file: string): Promise<Comparison> {
  const result: Comparison = { acknowledged: 0, different: 0, lost: [], twice: [], changed: [], unanswered: 0 }
  const devices = await registered(db)
  for await (const row of readLedger(file)) {
    result.acknowledged++
    const device = devices.get(`${row.protocol} ${row.device}`)
    if (device) device.rows.set(keyOf(row), row)
    else result.lost.push(`${row.device}: no such device`)
  }
  for (const [name, device] of devices) {
    if (device.rows.size === 0) continue
    result.different += device.rows.size
    const stored = await storedOf(db, device)
    for (const [key, row] of device.rows) {
      const there = stored.get(key) ?? []
      if (there.length === 0) result.lost.push(`${name} ${key}`)
      else if (there.length > 1) result.twice.push(`${name} ${key}`)
      else if (there[0] !== saidBy(row)) result.changed.push(`${name} ${key}: ${saidBy(row)} is stored as ${there[0]}`)
    }
    for (const key of stored.keys()) if (!device.rows.has(key)) result.unanswered++
  }
  return result
}

const keyOf = (row: LedgerRow): string =>
  row.what === 'fix' ? `fix ${row.atMs}` : `${row.factor} ${row.period} ${row.atMs}`
const saidBy = (row: LedgerRow): string => (row.what === 'fix' ? `${row.lonE6} ${row.latE6}` : String(row.value))

async function registered(db: Db): Promise<Map<string, Device>> {
  const { rows } = await sql<{
    id: string
    handle: number
    name: string
  }>`select id, handle, protocol || ' ' || address as name
    from sensing.device`.execute(db)
  return new Map(rows.map(({ id, handle, name }) => [name, { id, handle, rows: new Map() }]))
}

/** Everything that is stored of a device, by the same keys. */
async function storedOf(db: Db, { id, handle, rows }: Device): Promise<Map<string, string[]>> {
  const stored = new Map<string, string[]>()
  const put = (key: string, said: string) => {
    const there = stored.get(key)
    if (there) there.push(said)
    else stored.set(key, [said])
  }
  const values = await sql<{ factor: string; period: string; at: Date; value: number }>`
    select factor, period, observed_at as at, value from sensing.observation where device_id = ${id}`.execute(db)
  for (const { factor, period, at, value } of values.rows) put(`${factor} ${period} ${at.getTime()}`, String(value))
  const times = [...rows.values()].map((row) => row.atMs)
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))]
  for (const fix of await fixesBetween(db, handle, new Date(first - DAY), new Date(last + DAY)))
    put(`fix ${fix.atMs}`, `${fix.lonE6} ${fix.latE6}`)
  return stored
}
