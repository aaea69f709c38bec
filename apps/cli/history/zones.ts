/** The time zone in which a file's clocks run, when it does not say: told by where its points lie. */
import { inBox } from '@pentad/platform/geo'
import type { Point } from './places.ts'

/** West, south, east, north; roughly, in the order in which they are tried. */
const zones = [
  ['Asia/Shanghai', [73, 18, 135, 54]],
  ['America/New_York', [-85, 24, -66, 48]],
  ['America/Chicago', [-101, 24, -85, 50]],
  ['America/Denver', [-114, 24, -101, 50]],
  ['America/Los_Angeles', [-125, 24, -114, 50]],
  ['Europe/London', [-11, 49, 2, 61]],
  ['Europe/Berlin', [2, 36, 25, 71]],
] as const

export function zoneAt(points: readonly Point[]): { zone: string; why: string } {
  const middle = (of: (p: Point) => number) => points.map(of).sort((a, b) => a - b)[Math.floor(points.length / 2)] ?? 0
  if (points.length === 0) return { zone: 'Asia/Shanghai', why: 'of times that do not tell their own' }
  const [lon, lat] = [middle((p) => p.lon), middle((p) => p.lat)]
  const why = `of times that do not tell their own; proposed because the points lie around ${lon.toFixed(1)}, ${lat.toFixed(1)}`
  const found = zones.find(([, box]) => inBox([lon, lat], box))
  if (found) return { zone: found[0], why }
  const hours = Math.round(lon / 15)
  // These names count westward (IANA).
  return {
    zone: hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`,
    why: `${why}; without summer time`,
  }
}
