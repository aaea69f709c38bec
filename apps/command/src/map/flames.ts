/** Open alarms as the live picture tells them: kept by their id, some hundreds at most. Pure. */
import { columnOf, type Head, inRect, readFrame, rowOf } from '@pentad/platform/picture'

export interface Flame {
  id: string
  lon: number
  lat: number
  state: number
}

export function flames() {
  const open = new Map<string, Flame>()
  let bins: { lon: number; lat: number; count: number }[] = []
  const cellOf = ({ lon, lat }: Flame) => [columnOf(Math.round(lon * 1e6)), rowOf(Math.round(lat * 1e6))] as const
  return {
    /** False for a frame about something else. */
    take(frame: ArrayBuffer): boolean {
      let head: Head | undefined
      readFrame(frame, {
        begin(h) {
          head = h
          if (h.subject !== 'alarms') return
          bins = []
          for (const flame of open.values()) if (h.forget || !inRect(...cellOf(flame), h.rect)) open.delete(flame.id)
        },
        cellGone(x, y) {
          if (head?.subject !== 'alarms') return
          for (const flame of open.values()) {
            const [column, row] = cellOf(flame)
            if (column === x && row === y) open.delete(flame.id)
          }
        },
        gone(key, x, y) {
          const flame = head?.subject === 'alarms' ? open.get(String(key)) : undefined
          if (!flame) return
          const [column, row] = cellOf(flame)
          if (column === x && row === y) open.delete(flame.id)
        },
        here(key, lonE6, latE6, _heading, _speed, _kind, state) {
          if (head?.subject === 'alarms')
            open.set(String(key), { id: String(key), lon: lonE6 / 1e6, lat: latE6 / 1e6, state })
        },
        bin({ x, y, count, midX, midY }) {
          if (head?.subject !== 'alarms') return
          const of = (column: number, mid: number) => ((column + mid / 256) * (head?.binCells ?? 1) * 8192) / 1e6
          bins.push({ lon: of(x, midX) - 180, lat: of(y, midY) - 90, count })
        },
      })
      return head?.subject === 'alarms'
    },
    all: (): Flame[] => [...open.values()],
    bins: () => bins,
  }
}
