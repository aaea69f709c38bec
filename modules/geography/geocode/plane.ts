/** A flat picture of a city in metres, good to a thousandth over twenty kilometres, and what one does with lines on it. Pure. */
import type { LonLat } from '@pentad/platform/geo'

/** Metres east and north of the city's middle. */
export type Spot = readonly [x: number, y: number]
export type Line = readonly Spot[]

export interface Plane {
  flat: (at: LonLat) => Spot
  degrees: (at: Spot) => { lon: number; lat: number }
}

const metresPerDegree = (6_371_008.8 * Math.PI) / 180

export function planeAround([lon0, lat0]: LonLat): Plane {
  const perLon = metresPerDegree * Math.cos((lat0 * Math.PI) / 180)
  return {
    flat: ([lon, lat]) => [(lon - lon0) * perLon, (lat - lat0) * metresPerDegree],
    degrees: ([x, y]) => ({ lon: lon0 + x / perLon, lat: lat0 + y / metresPerDegree }),
  }
}

export const apart = (a: Spot, b: Spot): number => Math.hypot(a[0] - b[0], a[1] - b[1])
export const lengthOf = (line: Line): number => {
  let sum = 0
  for (let i = 1; i < line.length; i++) sum += apart(line[i - 1] as Spot, line[i] as Spot)
  return sum
}

export interface OnLine {
  at: Spot
  distanceM: number
  /** Metres from the line's beginning. */
  alongM: number
  /** Unit vector of the line there. */
  heading: Spot
}

/** The point of a line that is nearest to a spot. */
export function nearestOn(spot: Spot, line: Line): OnLine {
  let best: OnLine = { at: line[0] ?? spot, distanceM: Number.POSITIVE_INFINITY, alongM: 0, heading: [1, 0] }
  let before = 0
  for (let i = 1; i < line.length; i++) {
    const [px, py] = line[i - 1] as Spot
    const [qx, qy] = line[i] as Spot
    const [dx, dy] = [qx - px, qy - py]
    const length = Math.hypot(dx, dy)
    if (length === 0) continue
    const t = Math.min(1, Math.max(0, ((spot[0] - px) * dx + (spot[1] - py) * dy) / (length * length)))
    const at: Spot = [px + dx * t, py + dy * t]
    const distanceM = apart(spot, at)
    if (distanceM < best.distanceM)
      best = { at, distanceM, alongM: before + length * t, heading: [dx / length, dy / length] }
    before += length
  }
  return best
}

/** The spot so many metres from the line's beginning. */
export function spotAlong(line: Line, alongM: number): Spot {
  let rest = alongM
  for (let i = 1; i < line.length; i++) {
    const p = line[i - 1] as Spot
    const q = line[i] as Spot
    const length = apart(p, q)
    if (rest <= length && length > 0) {
      const t = Math.max(0, rest / length)
      return [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t]
    }
    rest -= length
  }
  return line.at(-1) ?? [0, 0]
}

/** The part of a line between two distances from its beginning. */
export function partOf(line: Line, fromM: number, toM: number): Spot[] {
  const [low, high] = fromM <= toM ? [fromM, toM] : [toM, fromM]
  const part: Spot[] = [spotAlong(line, low)]
  let run = 0
  for (let i = 1; i < line.length; i++) {
    run += apart(line[i - 1] as Spot, line[i] as Spot)
    if (run > low && run < high) part.push(line[i] as Spot)
  }
  part.push(spotAlong(line, high))
  return part
}

/** Where two lines meet at an angle; where they only come near one another, the middle of the gap, if it is no wider than `gapM`. */
export function meetings(a: Line, b: Line, gapM: number): Spot[] {
  const found: Spot[] = []
  for (let i = 1; i < a.length; i++) {
    for (let k = 1; k < b.length; k++) {
      const at = crossing(a[i - 1] as Spot, a[i] as Spot, b[k - 1] as Spot, b[k] as Spot)
      if (at && !found.some((f) => apart(f, at) < 30)) found.push(at)
    }
  }
  if (found.length) return found
  const ends = [a[0], a.at(-1)].flatMap((e) => (e ? [{ e, on: nearestOn(e, b) }] : []))
  const others = [b[0], b.at(-1)].flatMap((e) => (e ? [{ e, on: nearestOn(e, a) }] : []))
  const [nearest] = [...ends, ...others].sort((p, q) => p.on.distanceM - q.on.distanceM)
  if (!nearest || nearest.on.distanceM > gapM) return []
  return [[(nearest.e[0] + nearest.on.at[0]) / 2, (nearest.e[1] + nearest.on.at[1]) / 2]]
}

/** Lines closer in heading than this run along one another and do not cross. */
const leastSine = Math.sin((15 * Math.PI) / 180)

function crossing(p: Spot, q: Spot, r: Spot, s: Spot): Spot | undefined {
  const [ax, ay] = [q[0] - p[0], q[1] - p[1]]
  const [bx, by] = [s[0] - r[0], s[1] - r[1]]
  const turn = ax * by - ay * bx
  if (Math.abs(turn) < leastSine * Math.hypot(ax, ay) * Math.hypot(bx, by) || turn === 0) return undefined
  const t = ((r[0] - p[0]) * by - (r[1] - p[1]) * bx) / turn
  const u = ((r[0] - p[0]) * ay - (r[1] - p[1]) * ax) / turn
  // A millimetre of grace: roads are drawn to meet at a common vertex.
  const grace = 1e-6
  if (t < -grace || t > 1 + grace || u < -grace || u > 1 + grace) return undefined
  return [p[0] + ax * t, p[1] + ay * t]
}

/** Eight directions as `bearing / 45`, north first. */
export const compass: readonly Spot[] = [0, 45, 90, 135, 180, 225, 270, 315].map((deg) => [
  Math.sin((deg * Math.PI) / 180),
  Math.cos((deg * Math.PI) / 180),
])
export const directionFrom = (from: Spot, to: Spot): number =>
  (Math.round((Math.atan2(to[0] - from[0], to[1] - from[1]) * 180) / Math.PI / 45) + 8) % 8
