/** A place that somebody watches (电子围栏): when it holds, whom it concerns, and who is inside. Pure. */
import { type Box, inBox, inPolygon, type LonLat, type MultiPolygon } from '@pentad/platform/geo'

export interface Fence {
  id: string
  box: Box
  polygon: MultiPolygon
  /** Milliseconds; null without an end. */
  validFrom: number | null
  validUntil: number | null
  /** Empty: all that move. */
  kinds: readonly string[]
  /** Empty: whoever they belong to. */
  unitIds: readonly string[]
}

export const holdsAt = ({ validFrom, validUntil }: Pick<Fence, 'validFrom' | 'validUntil'>, atMs: number): boolean =>
  (validFrom === null || atMs >= validFrom) && (validUntil === null || atMs < validUntil)

export const concerns = (
  { kinds, unitIds }: Pick<Fence, 'kinds' | 'unitIds'>,
  d: { kind: string; unitId: string | null },
): boolean =>
  (kinds.length === 0 || kinds.includes(d.kind)) &&
  (unitIds.length === 0 || (d.unitId !== null && unitIds.includes(d.unitId)))

/** Inside it while it holds: outside its time nobody is. */
export const isInside = (fence: Fence, point: LonLat, atMs: number): boolean =>
  holdsAt(fence, atMs) && inBox(point, fence.box) && inPolygon(point, fence.polygon)

export function fenceOf(
  id: string,
  { coordinates }: { coordinates: LonLat[][] },
  rest: Partial<Omit<Fence, 'id' | 'box' | 'polygon'>> = {},
): Fence {
  const [outer = []] = coordinates
  const lons = outer.map(([lon]) => lon)
  const lats = outer.map(([, lat]) => lat)
  return {
    id,
    box: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
    polygon: { polygons: [coordinates] },
    ...{ validFrom: null, validUntil: null, kinds: [], unitIds: [], ...rest },
  }
}

/** A line that encloses something and closes where it began; undefined when it cannot. */
export function closedRing(points: readonly LonLat[]): LonLat[] | undefined {
  const [first] = points
  if (!first || new Set(points.map((p) => p.join())).size < 3) return undefined
  const last = points.at(-1)
  return last && last[0] === first[0] && last[1] === first[1] ? [...points] : [...points, first]
}
