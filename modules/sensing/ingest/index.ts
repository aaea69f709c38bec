/** What gateways hand over. Each call is one transaction; when it returns, everything is safe and may be acknowledged. */
import { locatorOf } from '@pentad/geography'
import { type Db, inTransaction } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import {
  type FixRow,
  type ObservationRow,
  type RejectCount,
  saveFixes,
  saveLatest,
  saveObservations,
  saveRejects,
  saveUnknown,
  type UnknownCount,
} from '../queries/index.ts'
import { beginMany, saveTroubles } from '../registry/queries.ts'
import { troublesOf } from '../registry/trouble.ts'
import { announceDevice, heard } from './heard.ts'
import { judgeNoise } from './judge-noise.ts'
import { clockAhead, observationQuality, saysWhere } from './quality.ts'

export type ObservationIn = Omit<ObservationRow, 'quality'> & { quality?: readonly string[] }
export type FixIn = Omit<FixRow, 'quality' | 'areaCode'> & { quality?: readonly string[] }

/** Stores what was measured and judges it. What is sent again changes nothing. `alsoHeard` gave a sign of life only. */
export async function recordObservations(
  db: Db,
  batch: readonly ObservationIn[],
  { now = new Date(), alsoHeard = [] }: { now?: Date; alsoHeard?: readonly string[] } = {},
): Promise<void> {
  if (batch.length === 0 && alsoHeard.length === 0) return
  const rows = batch.map((o) => ({ ...o, quality: [...(o.quality ?? []), ...observationQuality(o, now)] }))
  await beginStreams(db, rows)
  await inTransaction(db, async (tx) => {
    await heard(tx, [...rows.map((r) => r.deviceId), ...alsoHeard], now)
    if (rows.length === 0) return
    await saveObservations(tx, rows, now)
    await noteTroubles(tx, rows, now)
    await judgeNoise(tx, rows, now)
  })
}

/** Stores fixes; the newest that says where its device is becomes the latest. */
export async function recordPositions(
  db: Db,
  batch: readonly FixIn[],
  { now = new Date(), alsoHeard = [] }: { now?: Date; alsoHeard?: readonly string[] } = {},
): Promise<void> {
  if (batch.length === 0 && alsoHeard.length === 0) return
  const locator = await locatorOf(db)
  const rows = batch.map((fix): FixRow => {
    const quality = [...(fix.quality ?? []), ...(clockAhead(fix.at, now) ? ['clock-ahead'] : [])]
    const place = saysWhere(quality) ? locator.placeOf(fix) : undefined
    return { ...fix, quality, areaCode: place && !isRefusal(place) ? place.cell : null }
  })
  const telling = rows.filter((r) => saysWhere(r.quality))
  await inTransaction(db, async (tx) => {
    await heard(tx, [...rows.map((r) => r.deviceId), ...alsoHeard], now)
    if (rows.length > 0) await saveFixes(tx, rows, now)
    if (telling.length > 0) await saveLatest(tx, telling, now)
  })
}

export async function recordRejects(db: Db, rows: readonly RejectCount[]): Promise<void> {
  if (rows.length > 0) await saveRejects(db, rows)
}
export async function recordUnknown(db: Db, rows: readonly UnknownCount[]): Promise<void> {
  if (rows.length > 0) await saveUnknown(db, rows)
}

/** Rows of values known to have begun, so that the database is asked once for each. */
const begun = new Map<Db, Set<string>>()
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
    await announceDevice(db, device, device.trouble ?? 'online')
}
