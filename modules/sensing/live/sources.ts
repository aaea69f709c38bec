/** What moves and which alarms are open, for the live picture. */
import { type Db, markNow } from '@pentad/platform/db'
import type { LiveChange, LiveSource, LiveThing } from '@pentad/platform/serve'
import { kindNumber, levelNumber, stateNumber } from '../model.ts'
import {
  allBurning,
  allMoving,
  type BurningRow,
  burningSince,
  type MovingRow,
  movedSince,
  restatedSince,
} from './queries.ts'

const e6 = (degrees: number): number => Math.round(degrees * 1e6)

const movingOut = (r: MovingRow): LiveThing => ({
  key: r.handle,
  lonE6: e6(r.lon),
  latE6: e6(r.lat),
  headingDeg: r.headingDeg,
  speedKmh: r.speedKmh,
  kind: kindNumber(r.kind),
  state: stateNumber(r.state),
  areaCode: r.areaCode,
  unitId: r.unitId,
})
const burningOut = (r: BurningRow): LiveThing => ({
  key: r.id,
  lonE6: e6(r.lon),
  latE6: e6(r.lat),
  headingDeg: null,
  speedKmh: null,
  kind: 0,
  state: levelNumber(r.level),
  areaCode: r.areaCode,
  unitId: r.unitId,
})

/** States are looked at only every so many turns: they change by the minute. */
const restatedEvery = 14

/** The cursor: mark of what moved, mark of what was restated, turns since then. */
async function changedMoving(db: Db, cursor: string | null): Promise<LiveChange> {
  const mark = await markNow(db)
  if (cursor === null) return { cursor: `${mark} ${mark} 0`, here: (await allMoving(db)).map(movingOut), gone: [] }
  const [moved = '0', restated = '0', turns = '0'] = cursor.split(' ')
  const look = Number(turns) + 1 >= restatedEvery
  const rows = [...(look ? await restatedSince(db, restated) : []), ...(await movedSince(db, moved))]
  return {
    cursor: look ? `${mark} ${mark} 0` : `${mark} ${restated} ${Number(turns) + 1}`,
    here: rows.filter((r) => !r.gone).map(movingOut),
    gone: rows.filter((r) => r.gone).map((r) => r.handle),
  }
}

async function changedAlarms(db: Db, cursor: string | null): Promise<LiveChange> {
  const mark = await markNow(db)
  const rows = cursor === null ? await allBurning(db) : await burningSince(db, cursor)
  return {
    cursor: mark,
    here: rows.filter((r) => r.open).map(burningOut),
    gone: rows.filter((r) => !r.open).map((r) => r.id),
  }
}

export const liveSources: readonly LiveSource[] = [
  { subject: 'moving', everyMs: 150, may: 'sensing.read', most: 12_000, changed: changedMoving },
  { subject: 'alarms', everyMs: 500, may: 'sensing.read', most: 1000, changed: changedAlarms },
]
