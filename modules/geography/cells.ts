/** Which cell holds a point: exactly one inside the city. Pure. */
import { inRing, type LonLat, nearestOnLine, type Ring } from '@pentad/platform/geo'
import Flatbush from 'flatbush'

/**
 * The code of the cell that holds a point, or undefined outside. Cells are half-open: a point on a shared border belongs to one
 * of the two, always the same, since `inRing` counts each edge for one side only.
 */
export function cellFinder(
  cells: readonly { code: string; ring: Ring }[],
): (point: { lon: number; lat: number }) => string | undefined {
  if (cells.length === 0) return () => undefined
  const index = new Flatbush(cells.length)
  for (const { ring } of cells) index.add(...boxOf(ring))
  index.finish()
  return ({ lon, lat }) => {
    for (const i of index.search(lon, lat, lon, lat)) {
      const cell = cells[i]
      if (cell && inRing([lon, lat], cell.ring)) return cell.code
    }
    return beside([lon, lat], cells, index)
  }
}

/** Where a border was drawn twice with other corners, a point may fall between by a rounding error: it is the nearest cell's. */
const seamM = 0.02
const degreesPerM = 1 / 85_000
function beside(at: LonLat, cells: readonly { code: string; ring: Ring }[], index: Flatbush): string | undefined {
  const reach = seamM * degreesPerM
  const [lon, lat] = at
  const near = index
    .search(lon - reach, lat - reach, lon + reach, lat + reach)
    .flatMap((i) => (cells[i] ? [{ code: cells[i].code, off: nearestOnLine(at, cells[i].ring).distanceM }] : []))
    .filter((c) => c.off <= seamM)
    .sort((a, b) => a.off - b.off || (a.code < b.code ? -1 : 1))
  return near[0]?.code
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
