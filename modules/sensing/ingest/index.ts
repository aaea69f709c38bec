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
import { heard, type Lately } from './heard.ts'
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
  await inTransaction(db, async (tx) => {
    await heard(tx, due, now)
    if (rows.length === 0) return
    await saveObservations(tx, rows, now)
    const { spans, factors } = freshOf(rows, now)
    if (spans.length > 0) await putFresh(tx, spans, factors)
  })
}

export async function recordRejects(db: Db, rows: readonly RejectCount[]): Promise<void> {
  if (rows.length > 0) await saveRejects(db, rows)
}
export async function recordUnknown(db: Db, rows: readonly UnknownCount[]): Promise<void> {
  if (rows.length > 0) await saveUnknown(db, rows)
}
