/**
 * Where everything is now, and in which fences: kept in memory by whoever writes, and written down a few times a second. A fix is safe in
 * its bay before it is looked at here; what a crash takes from here is found again in the bays (`recovered`).
 */
import { locatorOf } from '@pentad/geography'
import { type Db, inTransaction, sql } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import { createLately, heard } from '../ingest/heard.ts'
import { fixOfColumns, type HotColumns, type HotRow, hotColumns } from './bays.ts'
import { insideOf } from './fences/queries.ts'
import { crossings, type Watched, watchedFences } from './fences/watch.ts'
import { type Fix, judged, latOf, lonOf, type Standing, saysWhere, standingFix } from './model/index.ts'
import { type LatestRow, type StayChange, saveLatest, saveStays } from './queries.ts'

const fencesEveryMs = 5000

interface Known {
  standing: Standing | undefined
  inside: Set<string>
}

export interface Latest {
  /** Judges fixes against those before, notes where their devices are, and gives them as they are to be kept. */
  judge: (rows: readonly HotRow[]) => HotRow[]
  /** What was judged is safe now: it may be shown. */
  moved: (rows: readonly HotRow[]) => void
  heard: (deviceIds: readonly string[]) => void
  /** Writes down what changed; gives how many devices that were. */
  flush: (now: Date) => Promise<number>
}

export async function openLatest(db: Db): Promise<Latest> {
  const known = new Map<number, Known>()
  let dirty = new Map<number, Fix>()
  let stays: StayChange[] = []
  let alive = new Set<string>()
  const lately = createLately()
  let watched: Watched = { fences: [], concerned: new Map() }
  let fencesAt = 0

  const of = (handle: number): Known => {
    const there = known.get(handle)
    if (there) return there
    const fresh: Known = { standing: undefined, inside: new Set() }
    known.set(handle, fresh)
    return fresh
  }
  const lookAtFences = async (now: number) => {
    if (now - fencesAt < fencesEveryMs) return
    fencesAt = now
    watched = await watchedFences(db)
  }

  function moved(rows: readonly HotRow[]): void {
    for (const row of rows) {
      if (!saysWhere(row.quality)) continue
      const before = dirty.get(row.handle)
      if (before && before.atMs >= row.atMs) continue
      const there = of(row.handle)
      // What a device sends of its past is kept, and moves nothing.
      if (there.standing && there.standing.last.atMs > row.atMs) continue
      dirty.set(row.handle, row)
      if (watched.fences.length > 0) stays.push(...crossings(watched, row.handle, there.inside, row))
    }
  }

  await lookAtFences(Date.now())
  for (const { handle, fix } of await standing(db)) of(handle).standing = { last: fix, sameFor: 0 }
  for (const [handle, inside] of await insideOf(db, null)) of(handle).inside = inside
  moved(await recovered(db))

  return {
    judge: (rows) =>
      rows.map((row) => {
        const there = of(row.handle)
        const { fix, standing } = judged(row, there.standing)
        there.standing = standing
        return fix === row ? row : { ...fix, handle: row.handle }
      }),
    moved,
    heard(deviceIds) {
      for (const id of deviceIds) alive.add(id)
    },
    async flush(now) {
      await lookAtFences(now.getTime())
      const [moving, went, spoke] = [dirty, stays, alive]
      ;[dirty, stays, alive] = [new Map(), [], new Set()]
      const due = lately.due(spoke, now)
      if (moving.size === 0 && went.length === 0 && due.length === 0) return 0
      try {
        const locator = await locatorOf(db)
        const rows = [...moving].map(([handle, fix]): LatestRow => {
          const place = locator.placeOf({ lon: lonOf(fix), lat: latOf(fix) })
          return { handle, fix, areaCode: isRefusal(place) ? null : place.cell }
        })
        await inTransaction(db, async (tx) => {
          await heard(tx, due, now)
          await saveLatest(tx, rows, now)
          await saveStays(tx, went)
        })
        lately.written(due, now)
        return rows.length
      } catch (error) {
        // Newer ones stand; the rest is tried again.
        for (const [handle, fix] of moving) if (!dirty.has(handle)) dirty.set(handle, fix)
        stays = [...went, ...stays]
        for (const id of spoke) alive.add(id)
        throw error
      }
    },
  }
}

const standing = async (db: Db): Promise<{ handle: number; fix: Fix }[]> =>
  (
    await sql<{ handle: number; atMs: number; lon: number; lat: number }>`select d.handle,
      extract(epoch from p.at) * 1000 as "atMs", p.lon, p.lat from sensing.position p join sensing.device d on d.id = p.device_id`.execute(
      db,
    )
  ).rows.map(({ handle, atMs, lon, lat }) => ({ handle, fix: standingFix(atMs, lon, lat) }))

/** The newest fix of each device that is in a bay and newer than what was written down. */
async function recovered(db: Db): Promise<HotRow[]> {
  const { rows } = await sql<Record<string, number>>`select f.* from sensing.device d
    left join sensing.position p on p.device_id = d.id
    cross join lateral (select ${sql.raw(hotColumns)} from sensing.fix_hot where handle = d.handle order by at_ms desc limit 1) f
    where p.at is null or f.at_ms > extract(epoch from p.at) * 1000`.execute(db)
  return rows.map((row) => {
    const columns = Object.values(row) as HotColumns
    return { ...fixOfColumns(columns), handle: columns[1] }
  })
}
