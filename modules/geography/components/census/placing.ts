/** Places by cells: those that a pack brings, and the city's own for the rest. */
import { inRing, type Ring } from '@pentad/platform/geo'
import { refuse } from '@pentad/platform/refusal'
import Flatbush from 'flatbush'
import { placeOfCell } from '../../locator.ts'
import type { Placing } from './check.ts'

/** By the given cells, and where none of them holds the point by `otherwise`; undefined where there is nothing to place by. */
export function placingBy(
  cells: readonly { code: string; ring: Ring }[],
  otherwise: Placing | undefined,
): Placing | undefined {
  if (cells.length === 0) return otherwise
  const index = new Flatbush(cells.length)
  for (const { ring } of cells) {
    const [lons, lats] = [ring.map((p) => p[0]), ring.map((p) => p[1])]
    index.add(Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats))
  }
  index.finish()
  return {
    placeOf: (point) => {
      const { lon, lat } = point
      for (const i of index.search(lon, lat, lon, lat)) {
        const cell = cells[i]
        if (cell && inRing([lon, lat], cell.ring)) return placeOfCell(cell.code)
      }
      return otherwise?.placeOf(point) ?? refuse('geography/outside-city', { lon, lat })
    },
  }
}
