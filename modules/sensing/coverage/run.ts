/** Makes of what was heard who looked at which cell. Whatever it makes twice changes nothing, so that a crash only does it again. */
import { type Locator, locatorOf } from '@pentad/geography'
import { type Db, inTransaction } from '@pentad/platform/db'
import type { LonLat, Ring } from '@pentad/platform/geo'
import { isRefusal } from '@pentad/platform/refusal'
import { MINUTE } from '@pentad/platform/time'
import { isOnlyJudge } from '../alarms/queries/index.ts'
import { type DeviceKind, stateOf } from '../model.ts'
import { type CoverageRule, isWatching, joined, passesOf, reaches, watchOf } from './model.ts'
import { coverageRules, hotSince, type StandingDevice, savePasses, standingDevices, takeDue } from './queries.ts'

/** Ten-minute rows in a portion: some 60,000 fixes, a second of work. */
const dueAtOnce = 1000
/** Two ticks, so that one that is late leaves no hole; the rows of ten minutes close every other. */
const hotReach = 2 * MINUTE + MINUTE / 2

const noRule: CoverageRule = { reachM: {}, fastestKmh: 0 }
export const ruleInForce = async (db: Db): Promise<CoverageRule> =>
  (await coverageRules(db, 1))[0]?.definition ?? noRule

const cellBy = (locator: Locator) => (lon: number, lat: number) => {
  const place = locator.placeOf({ lon, lat })
  return isRefusal(place) ? undefined : place.cell
}

/** One portion of the ten-minute rows that wait; gives how many they were. */
export const lookThrough = (db: Db): Promise<number> =>
  inTransaction(db, async (tx) => {
    if (!(await isOnlyJudge(tx, 'coverage'))) return 0
    const { taken, moved } = await takeDue(tx, dueAtOnce)
    if (moved.length > 0) {
      const { fastestKmh } = await ruleInForce(tx)
      await savePasses(tx, passesOf(moved, cellBy(await locatorOf(db)), fastestKmh))
    }
    return taken
  })

/** What moves and what stays, as of this minute. */
export async function lookNow(db: Db, now: Date): Promise<number> {
  await inTransaction(db, async (tx) => {
    if (!(await isOnlyJudge(tx, 'coverage-now'))) return
    const rule = await ruleInForce(tx)
    const locator = await locatorOf(db)
    const moving = passesOf(await hotSince(tx, new Date(now.getTime() - hotReach)), cellBy(locator), rule.fastestKmh)
    const watching = (await standingDevices(tx, reachingKinds(rule))).flatMap((d) =>
      d.lastHeard && isWatching(stateOf(d.kind, d.lastHeard, now, d.trouble))
        ? watchOf({ ...d, lastHeard: d.lastHeard }, reachedBy(locator, d, rule))
        : [],
    )
    await savePasses(tx, joined(moving, watching))
  })
  // It rests until the next minute, whatever it found.
  return 0
}

export const reachingKinds = (rule: CoverageRule): DeviceKind[] =>
  (Object.entries(rule.reachM) as [DeviceKind, number][]).filter(([, m]) => m > 0).map(([kind]) => kind)

function middleOf(ring: Ring): LonLat {
  const [lons, lats] = [ring.map(([lon]) => lon), ring.map(([, lat]) => lat)]
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2]
}

/** The cells that a device reaches. */
export function reachedBy(
  locator: Pick<Locator, 'cellsIn'>,
  { lon, lat, areaCode, kind }: Pick<StandingDevice, 'lon' | 'lat' | 'areaCode' | 'kind'>,
  rule: CoverageRule,
): string[] {
  const reachM = rule.reachM[kind] ?? 0
  const dLat = reachM / 110_500
  const dLon = reachM / (111_320 * Math.cos((lat * Math.PI) / 180))
  const device = { at: [lon, lat] as const, cell: areaCode, reachM }
  return locator
    .cellsIn(lon - dLon, lat - dLat, lon + dLon, lat + dLat)
    .filter(({ code, ring }) => reaches(device, { code, middle: middleOf(ring) }))
    .map(({ code }) => code)
}
