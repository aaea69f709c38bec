/** Fixes that come a few at a time (phones, sensors that move): stored, judged and shown in one transaction. */
import { locatorOf } from '@pentad/geography'
import { type Db, inTransaction, sql } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import { heard } from '../ingest/heard.ts'
import { insertFixes } from './bays.ts'
import { insideOf } from './fences/queries.ts'
import { crossings, watchedFences } from './fences/watch.ts'
import { clockIsAhead, type Fix, judged, qualityBits, type Standing, saysWhere, standingFix } from './model/index.ts'
import { type StayChange, saveLatest, saveStays } from './queries.ts'

export interface FixIn {
  deviceId: string
  at: Date
  /** WGS-84. */
  lon: number
  lat: number
  headingDeg: number | null
  speedKmh: number | null
  alarmBits: number
  statusBits: number
  /** Words of `fixQualities`. */
  quality?: readonly string[]
}

/** In whole numbers, as it is kept. */
export function fixOf(
  { at, lon, lat, headingDeg, speedKmh, alarmBits, statusBits, quality = [] }: FixIn,
  now: Date,
): Fix {
  const atMs = at.getTime()
  return {
    atMs,
    lonE6: Math.round(lon * 1e6),
    latE6: Math.round(lat * 1e6),
    headingDeg: headingDeg === null ? null : ((Math.round(headingDeg) % 360) + 360) % 360,
    speedDkmh: speedKmh === null ? null : Math.min(30_000, Math.max(0, Math.round(speedKmh * 10))),
    alarmBits,
    statusBits,
    quality: qualityBits(quality) | (clockIsAhead(atMs, now.getTime()) ? qualityBits(['clock-ahead']) : 0),
  }
}

/** Stores fixes; the newest that says where its device is becomes the latest. `alsoHeard` gave a sign of life only. */
export async function recordPositions(
  db: Db,
  batch: readonly FixIn[],
  { now = new Date(), alsoHeard = [] }: { now?: Date; alsoHeard?: readonly string[] } = {},
): Promise<void> {
  if (batch.length === 0 && alsoHeard.length === 0) return
  const locator = await locatorOf(db)
  await inTransaction(db, async (tx) => {
    await heard(tx, [...batch.map((r) => r.deviceId), ...alsoHeard], now)
    const known = await standings(tx, [...new Set(batch.map((r) => r.deviceId))])
    const newest = new Map<number, Fix>()
    const watched = await watchedFences(tx)
    const inside = watched.fences.length
      ? await insideOf(
          tx,
          [...known.values()].map((d) => d.handle),
        )
      : new Map<number, Set<string>>()
    const stays: StayChange[] = []
    const rows = [...batch]
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .flatMap((given) => {
        const device = known.get(given.deviceId)
        if (!device) return []
        const before = device.standing?.last.atMs ?? Number.NEGATIVE_INFINITY
        const { fix, standing } = judged(fixOf(given, now), device.standing)
        device.standing = standing
        if (saysWhere(fix.quality)) {
          newest.set(device.handle, fix)
          // What a device sends of its past is kept, and moves nothing.
          const mine: Set<string> = inside.get(device.handle) ?? new Set()
          inside.set(device.handle, mine)
          if (fix.atMs > before) stays.push(...crossings(watched, device.handle, mine, fix))
        }
        return [{ ...fix, handle: device.handle }]
      })
    await insertFixes(tx, rows, now)
    const latest = [...newest].map(([handle, fix]) => {
      const place = locator.placeOf({ lon: fix.lonE6 / 1e6, lat: fix.latE6 / 1e6 })
      return { handle, fix, areaCode: isRefusal(place) ? null : place.cell }
    })
    await saveLatest(tx, latest, now)
    await saveStays(tx, stays)
  })
}

interface Device {
  handle: number
  standing: Standing | undefined
}

async function standings(db: Db, ids: readonly string[]): Promise<Map<string, Device>> {
  const { rows } = await sql<{ id: string; handle: number; at: Date | null; lon: number; lat: number }>`
    select d.id, d.handle, p.at, p.lon, p.lat from sensing.device d left join sensing.position p on p.device_id = d.id
    where d.id = any(${ids}::uuid[])`.execute(db)
  return new Map(
    rows.map(({ id, handle, at, lon, lat }) => [
      id,
      {
        handle,
        standing: at ? { last: standingFix(at.getTime(), lon, lat), sameFor: 0 } : undefined,
      },
    ]),
  )
}
