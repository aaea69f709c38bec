/** Which complaints sensors can say something about, and how far to look. Pure. */
import { distanceM } from '@pentad/platform/geo'
import type { Kind } from '@pentad/rulebook/model'

export type SensedMatter = 'noise' | 'dust'

/** Classes of events (GB/T 30428.2-2013): construction nuisance, commercial and social-life noise; dust, uncovered earth, unpaved roads, muck trucks. */
const matters: Record<string, SensedMatter> = {
  '0301': 'noise',
  '0128': 'noise',
  '0189': 'noise',
  '0304': 'dust',
  '0305': 'dust',
  '0307': 'dust',
  '0308': 'dust',
  '0311': 'dust',
  '0312': 'dust',
}
export const sensedMatter = (kind: Kind, classCode: string): SensedMatter | null =>
  kind === 'event' ? (matters[classCode.slice(0, 4)] ?? null) : null

/** Noise carries some hundred metres through streets, dust farther. */
export const sensedRadiusM: Record<SensedMatter, number> = { noise: 300, dust: 500 }
/** People call while it goes on or soon after. */
export const sensedBeforeMinutes = 120
export const sensedAfterMinutes = 30

/** Factors that are about the matter. */
export const factorsOf: Record<SensedMatter, readonly string[]> = {
  noise: ['Leq'],
  dust: ['a34001', 'a34002', 'a34004'],
}

/** A fix this near in time says where somebody was when something was done, in milliseconds. */
const fixTellsMs = 5 * 60_000

interface Place {
  atMs: number
  lon: number
  lat: number
}
/** Of what was done, what lay within the radius of where the device was at that moment, and how far. Both in the order of time. */
export function alongTrack<T extends Place>(
  acts: readonly T[],
  places: readonly Place[],
  radiusM: number,
): (T & { distanceM: number })[] {
  let i = 0
  const away = (at: number, n: number): number => Math.abs((places[n]?.atMs ?? Number.POSITIVE_INFINITY) - at)
  return acts.flatMap((act) => {
    while (i + 1 < places.length && away(act.atMs, i + 1) <= away(act.atMs, i)) i++
    const nearest = places[i]
    if (!nearest || Math.abs(nearest.atMs - act.atMs) > fixTellsMs) return []
    const metres = distanceM([act.lon, act.lat], [nearest.lon, nearest.lat])
    return metres <= radiusM ? [{ ...act, distanceM: metres }] : []
  })
}
