/** What gateways hand over. Each call is one transaction; when it returns, everything is safe and may be acknowledged. */
import { type Db, inTransaction } from '@pentad/platform/db'
import { freshOf } from '../alarms/fresh.ts'
import { putFresh } from '../alarms/queries/index.ts'
import {
  type ObservationRow,
  type RejectCount,
  saveObservations,
  saveRejects,
  saveUnknown,
  type UnknownCount,
} from '../queries/index.ts'
import { beginMany, saveTroubles } from '../registry/queries.ts'
import { troublesOf } from '../registry/trouble.ts'
import { announceDevices, heard, type Lately } from './heard.ts'
import { observationQuality } from './quality.ts'

export type ObservationIn = Omit<ObservationRow, 'quality'> & { quality?: readonly string[] }

/** Stores what was measured and leaves it to the judge (`alarms/judge`). What is sent again changes nothing. `alsoHeard` gave a sign of life only. */
export async function recordObservations(
  db: Db,
  batch: readonly ObservationIn[],
  { now = new Date(), alsoHeard = [], lately }: { now?: Date; alsoHeard?: readonly string[]; lately?: Lately } = {},
): Promise<void> {
  if (batch.length === 0 && alsoHeard.length === 0) return
  const spoke = [...batch.map((o) => o.deviceId), ...alsoHeard]
  const due = lately ? lately.due(spoke, now) : spoke
  const rows = batch.map((o) => ({ ...o, quality: [...(o.quality ?? []), ...observationQuality(o, now)] }))
  await beginStreams(db, rows)
  await inTransaction(db, async (tx) => {
    await heard(tx, due, now)
    if (rows.length === 0) return
    await saveObservations(tx, rows, now)
    const { spans, factors } = freshOf(rows, now)
    if (spans.length > 0) await putFresh(tx, spans, factors)
    await noteTroubles(tx, rows, now)
  })
  lately?.written(due, now)
}

export async function recordRejects(db: Db, rows: readonly RejectCount[]): Promise<void> {
  if (rows.length > 0) await saveRejects(db, rows)
}
export async function recordUnknown(db: Db, rows: readonly UnknownCount[]): Promise<void> {
  if (rows.length > 0) await saveUnknown(db, rows)
}

/** Rows of values known to have begun, so that the database is asked once for each. */
const begun = new WeakMap<Db, Set<string>>()
const mostBegun = 200_000

async function beginStreams(db: Db, rows: readonly ObservationRow[]): Promise<void> {
  const known = begun.get(db) ?? new Set()
  begun.set(db, known)
  if (known.size > mostBegun) known.clear()
  const fresh = new Map(
    rows.flatMap((r) => {
      const key = `${r.deviceId} ${r.period} ${r.factor}`
      return known.has(key) ? [] : [[key, r] as const]
    }),
  )
  if (fresh.size === 0) return
  await beginMany(db, [...fresh.values()])
  for (const key of fresh.keys()) known.add(key)
}

/** What the newest values say against their devices, and the screens learn when that changed. */
export async function noteTroubles(db: Db, rows: readonly ObservationRow[], now: Date): Promise<void> {
  for (const device of await saveTroubles(db, troublesOf(rows), now))
    await announceDevices(db, [device], device.trouble ?? 'online')
}
