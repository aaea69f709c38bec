/** Lengths and areas on the ground (GRS 80), in a Gauss–Krüger frame through the middle of the shape itself. Pure. */
import { type LonLat, type Ring, toDegrees, toMetres } from '@pentad/platform/geo'

const middleLon = (points: readonly LonLat[]): number => {
  const lons = points.map(([lon]) => lon)
  return (Math.min(...lons) + Math.max(...lons)) / 2
}

/** Metres along a line. */
export function lengthM(line: readonly LonLat[]): number {
  if (line.length < 2) return 0
  const meridian = middleLon(line)
  const at = line.map((p) => toMetres(p, meridian))
  return at.slice(1).reduce((sum, q, i) => {
    const p = at[i] ?? q
    return sum + Math.hypot(q.xM - p.xM, q.yM - p.yM)
  }, 0)
}

/** Square metres inside a ring, closed or not. */
export function areaM2(ring: Ring): number {
  if (ring.length < 3) return 0
  const meridian = middleLon(ring)
  const at = ring.map((p) => toMetres(p, meridian))
  const [origin] = at
  if (!origin) return 0
  let twice = 0
  at.forEach((p, i) => {
    const q = at[(i + 1) % at.length] ?? origin
    twice += (p.xM - origin.xM) * (q.yM - origin.yM) - (q.xM - origin.xM) * (p.yM - origin.yM)
  })
  return Math.abs(twice) / 2
}

/** A circle of so many metres as a closed ring. */
export function circleRing(centre: LonLat, radiusM: number, corners = 64): LonLat[] {
  const { xM, yM } = toMetres(centre, centre[0])
  const ring = Array.from({ length: corners }, (_, i): LonLat => {
    const angle = (2 * Math.PI * i) / corners
    return toDegrees(xM + radiusM * Math.cos(angle), yM + radiusM * Math.sin(angle), centre[0])
  })
  return ring[0] ? [...ring, ring[0]] : ring
}

/** 1, 2 or 5 times a power of ten metres that fits into so many pixels. */
export function scaleBar(metresPerPixel: number, mostPixels: number): { metres: number; pixels: number } {
  const most = metresPerPixel * mostPixels
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = ([5, 2, 1].find((n) => n * power <= most) ?? 1) * power
  return { metres, pixels: metres / metresPerPixel }
}

/** Metres of a CSS pixel in the web's Mercator with tiles of 512 pixels. */
export const metresPerPixel = (lat: number, zoom: number): number =>
  (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)
