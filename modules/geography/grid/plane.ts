/**
 * Plane geometry of cells in Gauss–Krüger metres. Areas in common are summed from trapezoids, which needs no decision about
 * crossings and so cannot fail on borders that touch; the general clipper is kept for what is already known to be wrong.
 */
import { type LonLat, type Ring, toDegrees, toMetres } from '@pentad/platform/geo'
import Flatbush from 'flatbush'

export type XY = readonly [x: number, y: number]
/** A ring without its closing point, in metres. Outer ones run counter-clockwise, holes clockwise. */
export type Loop = readonly XY[]
export type Box4 = [west: number, south: number, east: number, north: number]

/** The nearest central meridian of the 3-degree zones. */
export const meridianNear = (lon: number): number => Math.round(lon / 3) * 3

export function toXY(at: LonLat, meridianDeg: number): XY {
  const { xM, yM } = toMetres(at, meridianDeg)
  return [xM, yM]
}

/** A closed ring of degrees as a loop; points that repeat are dropped. */
export const loopOf = (ring: Ring, meridianDeg: number): Loop => cleaned(ring.map((p) => toXY(p, meridianDeg)))

/** A tenth of a millimetre. */
const digits = 1e9
const rounded = (degrees: number): number => Math.round(degrees * digits) / digits
/** Back to degrees, closed. The same metres give the same digits, so that neighbours share their corners. */
export function ringOf(loop: Loop, meridianDeg: number): Ring {
  const ring = loop.map(([x, y]): LonLat => {
    const [lon, lat] = toDegrees(x, y, meridianDeg)
    return [rounded(lon), rounded(lat)]
  })
  return [...ring, ...ring.slice(0, 1)]
}

export function cleaned(loop: Loop): Loop {
  const kept = loop.filter((p, i) => !same(p, loop[(i + 1) % loop.length]))
  return kept.length === loop.length ? loop : kept
}
const same = (p: XY, q: XY | undefined): boolean => q !== undefined && p[0] === q[0] && p[1] === q[1]

/** Square metres; negative when it runs clockwise. */
export function signedAreaOf(loop: Loop): number {
  const [ox, oy] = loop[0] ?? [0, 0]
  let sum = 0
  let [px, py] = loop.at(-1) ?? [ox, oy]
  for (const [x, y] of loop) {
    sum += (px - ox) * (y - oy) - (x - ox) * (py - oy)
    px = x
    py = y
  }
  return sum / 2
}
export const perimeterOf = (loop: Loop): number =>
  loop.reduce((sum, p, i) => sum + distance(p, loop[(i + 1) % loop.length] ?? p), 0)
/** The width of what is long and thin. */
export const widthOf = (loop: Loop): number => (2 * Math.abs(signedAreaOf(loop))) / Math.max(perimeterOf(loop), 1e-9)

export const distance = (p: XY, q: XY): number => Math.hypot(p[0] - q[0], p[1] - q[1])
export const reversed = (loop: Loop): Loop => loop.toReversed()

export function boxOf(loop: Loop): Box4 {
  const box: Box4 = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]
  for (const [x, y] of loop) {
    if (x < box[0]) box[0] = x
    if (y < box[1]) box[1] = y
    if (x > box[2]) box[2] = x
    if (y > box[3]) box[3] = y
  }
  return box
}
export const boxesMeetM2 = (a: Box4, b: Box4): number =>
  Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]))

export function indexOf(boxes: readonly Box4[]): Flatbush | undefined {
  if (boxes.length === 0) return undefined
  const index = new Flatbush(boxes.length)
  for (const box of boxes) index.add(...box)
  index.finish()
  return index
}

export function inLoop([x, y]: XY, loop: Loop): boolean {
  let inside = false
  let [px, py] = loop.at(-1) ?? [0, 0]
  for (const [qx, qy] of loop) {
    if (qy > y !== py > y && x < ((px - qx) * (y - qy)) / (py - qy) + qx) inside = !inside
    px = qx
    py = qy
  }
  return inside
}
/** Even–odd over all loops, so that holes count as outside. */
export const inLoops = (p: XY, loops: readonly Loop[]): boolean => loops.filter((l) => inLoop(p, l)).length % 2 === 1

/** A point inside: the middle of the widest stretch of a line through the loop at mid-height. */
export function pointInside(loop: Loop): XY {
  const [, south, , north] = boxOf(loop)
  for (const share of [0.5, 0.37, 0.63, 0.21, 0.79, 0.05, 0.95]) {
    const y = south + (north - south) * share
    const xs = loop
      .flatMap((p, i) => {
        const q = loop[(i + 1) % loop.length] ?? p
        return p[1] > y !== q[1] > y ? [p[0] + ((q[0] - p[0]) * (y - p[1])) / (q[1] - p[1])] : []
      })
      .sort((a, b) => a - b)
    let best: XY | undefined
    let widest = 0
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const [from = 0, to = 0] = [xs[i], xs[i + 1]]
      if (to - from > widest) {
        widest = to - from
        best = [(from + to) / 2, y]
      }
    }
    if (best) return best
  }
  return loop[0] ?? [0, 0]
}

/** A point inside, in degrees to a decimetre. */
export function middleOf(loop: Loop, meridianDeg: number): { lon: number; lat: number } {
  const [lon, lat] = toDegrees(...pointInside(loop), meridianDeg)
  return { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) }
}

interface Edge {
  x1: number
  y1: number
  x2: number
  y2: number
  sign: number
}
/** Edges from left to right, with the sign by which what lies under them counts. */
const edgesOf = (loops: readonly Loop[], base: number): Edge[] =>
  loops.flatMap((loop) =>
    loop.flatMap(([px, py], i) => {
      const [qx, qy] = loop[(i + 1) % loop.length] ?? [px, py]
      if (px === qx) return []
      return px < qx
        ? [{ x1: px, y1: py - base, x2: qx, y2: qy - base, sign: -1 }]
        : [{ x1: qx, y1: qy - base, x2: px, y2: py - base, sign: 1 }]
    }),
  )
const heightAt = ({ x1, y1, x2, y2 }: Edge, x: number): number => y1 + ((y2 - y1) * (x - x1)) / (x2 - x1)

/**
 * Square metres that two polygons (loops with their holes) have in common: over all pairs of edges, what lies under both,
 * with their signs. Exact but for rounding, for any simple polygons, however they touch.
 */
export function commonM2(a: readonly Loop[], b: readonly Loop[]): number {
  const base = Math.min(...[...a, ...b].flat().map((p) => p[1]))
  const under = edgesOf(b, base)
  let sum = 0
  for (const e of edgesOf(a, base)) {
    for (const f of under) {
      const from = Math.max(e.x1, f.x1)
      const to = Math.min(e.x2, f.x2)
      if (to <= from) continue
      const [e0, e1, f0, f1] = [heightAt(e, from), heightAt(e, to), heightAt(f, from), heightAt(f, to)]
      const [d0, d1] = [e0 - f0, e1 - f1]
      let mean = (Math.min(e0, f0) + Math.min(e1, f1)) / 2
      if (d0 * d1 < 0) {
        const t = d0 / (d0 - d1)
        const middle = e0 + t * (e1 - e0)
        mean = ((Math.min(e0, f0) + middle) * t + (middle + Math.min(e1, f1)) * (1 - t)) / 2
      }
      sum += e.sign * f.sign * mean * (to - from)
    }
  }
  return sum
}

/** How near to a line a point counts as on it. */
const onLineM = 1e-6
export function fromSegment(p: XY, a: XY, b: XY): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length2 = dx * dx + dy * dy
  const t = length2 ? Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2)) : 0
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)
}
const side = (a: XY, b: XY, p: XY): number => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
const crossProperly = (a: XY, b: XY, c: XY, d: XY): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0

/** Where two segments cross, if they do so inside both. */
export function crossing(a: XY, b: XY, c: XY, d: XY): XY | undefined {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]]
  const turn = rx * sy - ry * sx
  if (turn === 0) return undefined
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / turn
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / turn
  const slack = 1e-9
  return t < -slack || t > 1 + slack || u < -slack || u > 1 + slack ? undefined : [a[0] + t * rx, a[1] + t * ry]
}

/** Where a loop meets itself: the knot of a bow tie, a spike, or a point passed twice. Undefined for a simple one. */
export function knotOf(loop: Loop): XY | undefined {
  const n = loop.length
  const at = (i: number): XY => loop[i % n] ?? [0, 0]
  const index = n > 24 ? indexOf(loop.map((p, i) => boxOf([p, at(i + 1)]))) : undefined
  for (let i = 0; i < n; i++) {
    const [a, b] = [at(i), at(i + 1)]
    const back = at(i + 2)
    if (fromSegment(back, a, b) < onLineM || fromSegment(a, b, back) < onLineM) return b
    const others = index ? index.search(...boxOf([a, b])) : Array.from({ length: n - i - 1 }, (_, k) => i + 1 + k)
    for (const j of others) {
      if (j <= i + 1 || (i === 0 && j === n - 1)) continue
      const [c, d] = [at(j), at(j + 1)]
      if (crossProperly(a, b, c, d)) return crossing(a, b, c, d) ?? a
      for (const [p, q, r] of [
        [c, a, b],
        [d, a, b],
        [a, c, d],
        [b, c, d],
      ] as const)
        if (fromSegment(p, q, r) < onLineM) return p
    }
  }
  return undefined
}

/** Metres of border that two loops share: their edges run along one another within `nearM`. */
export function sharedBorderM(a: Loop, b: Loop, nearM = 0.1): number {
  let sum = 0
  for (const [i, p] of a.entries()) {
    const q = a[(i + 1) % a.length] ?? p
    const length = distance(p, q)
    if (length === 0) continue
    const along = ([x, y]: XY): number => ((x - p[0]) * (q[0] - p[0]) + (y - p[1]) * (q[1] - p[1])) / length
    const off = (r: XY): number => Math.abs(side(p, q, r)) / length
    for (const [j, r] of b.entries()) {
      const s = b[(j + 1) % b.length] ?? r
      const [t0, t1] = [along(r), along(s)]
      const from = Math.max(0, Math.min(t0, t1))
      const to = Math.min(length, Math.max(t0, t1))
      if (to - from <= nearM) continue
      const at = (t: number): XY => {
        const share = t1 === t0 ? 0 : (t - t0) / (t1 - t0)
        return [r[0] + (s[0] - r[0]) * share, r[1] + (s[1] - r[1]) * share]
      }
      if (off(at(from)) <= nearM && off(at(to)) <= nearM) sum += to - from
    }
  }
  return sum
}
