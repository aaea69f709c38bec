/** Which cell holds a point: exactly one inside the city. Pure. */
import { inRing, type LonLat, type Ring } from '@pentad/platform/geo'
import Flatbush from 'flatbush'

/**
 * The code of the cell that holds a point, or undefined outside. Cells are half-open: a point on a shared border belongs to one
 * of the two, always the same, since `inRing` counts each edge for one side only. Where two cells draw their border with other
 * corners (one of them was split), a point may fall between by a rounding error: it belongs to the one of them with the
 * least code.
 */
export function cellFinder(
  cells: readonly { code: string; ring: Ring }[],
): (point: { lon: number; lat: number }) => string | undefined {
  if (cells.length === 0) return () => undefined
  const index = new Flatbush(cells.length)
  for (const { ring } of cells) index.add(...boxOf(ring))
  index.finish()
  const holding = (lon: number, lat: number): string | undefined => {
    for (const i of index.search(lon, lat, lon, lat)) {
      const cell = cells[i]
      if (cell && inRing([lon, lat], cell.ring)) return cell.code
    }
    return undefined
  }
  return ({ lon, lat }) => holding(lon, lat) ?? seamAt(lon, lat, holding)
}

/** Metres to degrees, roughly; only as a reach. */
const seamDeg = 0.02 / 100_000
const around = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy] as const)).filter(([dx, dy]) => dx || dy)

/** The least code of those around a point that has cells on all sides of it, two centimetres away. */
function seamAt(
  lon: number,
  lat: number,
  holding: (lon: number, lat: number) => string | undefined,
): string | undefined {
  let least: string | undefined
  for (const [dx, dy] of around) {
    const code = holding(lon + dx * seamDeg, lat + dy * seamDeg)
    if (code === undefined) return undefined
    if (least === undefined || code < least) least = code
  }
  return least
}

export function boxOf(line: readonly LonLat[]): [west: number, south: number, east: number, north: number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of line) {
    west = Math.min(west, lon)
    south = Math.min(south, lat)
    east = Math.max(east, lon)
    north = Math.max(north, lat)
  }
  return [west, south, east, north]
}
