/** Shapes of SensorThings in degrees, and how two of them lie (OGC 06-103r4, §6.1.15), on the plane of degrees. Pure. */

export type XY = readonly [x: number, y: number]
export interface Shape {
  points: XY[]
  lines: XY[][]
  /** Outer ring first, then holes. */
  polygons: XY[][][]
}
export class ShapeError extends Error {}

const empty = (): Shape => ({ points: [], lines: [], polygons: [] })

/** `POINT (8 54)`, `POLYGON ((…))`, `LINESTRING (…)` and their MULTI kinds; heights are passed over. */
export function shapeOfWkt(wkt: string): Shape {
  const found = /^\s*(?:SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*(?:Z\s*)?(\(.*\))\s*$/is.exec(wkt)
  if (!found) throw new ShapeError(`${wkt.slice(0, 60)} is no WKT that is known here`)
  const json = (found[3] ?? '')
    .replaceAll(
      /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:\s+-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)+/g,
      (n) => `[${n.trim().split(/\s+/).join(',')}]`,
    )
    .replaceAll('(', '[')
    .replaceAll(')', ']')
  let read: unknown
  try {
    read = JSON.parse(json)
  } catch {
    throw new ShapeError(`${wkt.slice(0, 60)} cannot be read`)
  }
  const type = (found[2] ?? '').toUpperCase()
  const many = found[1] !== undefined
  const names: Record<string, string> = { POINT: 'Point', LINESTRING: 'LineString', POLYGON: 'Polygon' }
  // A point stands alone in its brackets; of many points each may have brackets of its own or none.
  const first = (x: unknown): unknown => (Array.isArray(x) ? x[0] : x)
  const coordinates =
    type === 'POINT' && !many
      ? first(read)
      : type === 'POINT'
        ? (read as unknown[]).map((p) => (Array.isArray(first(p)) ? first(p) : p))
        : read
  return shapeOf({ type: `${many ? 'Multi' : ''}${names[type]}`, coordinates })
}

/** The shape of a GeoJSON geometry, feature or collection; nothing of it when it is neither. */
export function shapeOf(json: unknown): Shape {
  const out = empty()
  gather(json, out, 0)
  return out
}
function gather(json: unknown, out: Shape, depth: number): void {
  if (typeof json !== 'object' || json === null || depth > 5) return
  const { type, coordinates, geometry, geometries, features } = json as Record<string, unknown>
  const list = (x: unknown): unknown[] => (Array.isArray(x) ? x : [])
  const xy = (x: unknown): XY[] => {
    const [a, b] = list(x)
    return typeof a === 'number' && typeof b === 'number' ? [[a, b]] : []
  }
  const ring = (x: unknown): XY[] => list(x).flatMap(xy)
  switch (type) {
    case 'Feature':
      gather(geometry, out, depth + 1)
      break
    case 'FeatureCollection':
      for (const f of list(features)) gather(f, out, depth + 1)
      break
    case 'GeometryCollection':
      for (const g of list(geometries)) gather(g, out, depth + 1)
      break
    case 'Point':
      out.points.push(...xy(coordinates))
      break
    case 'MultiPoint':
      out.points.push(...ring(coordinates))
      break
    case 'LineString':
      out.lines.push(ring(coordinates))
      break
    case 'MultiLineString':
      out.lines.push(...list(coordinates).map(ring))
      break
    case 'Polygon':
      out.polygons.push(list(coordinates).map(ring))
      break
    case 'MultiPolygon':
      out.polygons.push(...list(coordinates).map((p) => list(p).map(ring)))
  }
}

const eps = 1e-12
type Segment = readonly [XY, XY]
const pairs = (line: readonly XY[]): Segment[] =>
  line.slice(1).flatMap((b, i): Segment[] => {
    const a = line[i]
    return a ? [[a, b]] : []
  })
const edgesOf = (s: Shape): Segment[] => [...s.lines.flatMap(pairs), ...s.polygons.flatMap((p) => p.flatMap(pairs))]
export const dimensionOf = (s: Shape): number => (s.polygons.length ? 2 : s.lines.length ? 1 : s.points.length ? 0 : -1)
const isEmpty = (s: Shape): boolean => dimensionOf(s) < 0

function toSegment([px, py]: XY, [[ax, ay], [bx, by]]: Segment): number {
  const [dx, dy] = [bx - ax, by - ay]
  const t = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(px - ax - t * dx, py - ay - t * dy)
}
const cross = ([ax, ay]: XY, [bx, by]: XY, [cx, cy]: XY): number => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

/** Where along the first segment the second meets it, from 0 to 1. */
function meetings(s: Segment, o: Segment): number[] {
  const [a, b] = s
  const [c, d] = o
  const out: number[] = []
  const denominator = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
  const along = (p: XY): number => {
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
    return ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy || 1)
  }
  if (Math.abs(denominator) > eps) {
    const t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / denominator
    const u = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / denominator
    if (t >= -eps && t <= 1 + eps && u >= -eps && u <= 1 + eps) out.push(Math.min(1, Math.max(0, t)))
  } else if (Math.abs(cross(a, b, c)) <= eps) {
    for (const p of [c, d]) {
      const t = along(p)
      if (t >= -eps && t <= 1 + eps) out.push(Math.min(1, Math.max(0, t)))
    }
  }
  return out
}

export type Side = 'in' | 'edge' | 'out'
function inPolygon(p: XY, rings: readonly (readonly XY[])[]): Side {
  let inside = false
  for (const ring of rings) {
    for (const [a, b] of pairs(ring)) {
      if (toSegment(p, [a, b]) <= eps) return 'edge'
      if (a[1] > p[1] !== b[1] > p[1] && p[0] < ((b[0] - a[0]) * (p[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside
    }
  }
  return inside ? 'in' : 'out'
}
/** Ends of a line are its boundary; a closed line has none. */
function onLine(p: XY, line: readonly XY[]): Side {
  if (!pairs(line).some((s) => toSegment(p, s) <= eps)) return 'out'
  const [first, last] = [line[0], line.at(-1)]
  if (!first || !last || same(first, last)) return 'in'
  return same(p, first) || same(p, last) ? 'edge' : 'in'
}
const same = (a: XY, b: XY): boolean => Math.abs(a[0] - b[0]) <= eps && Math.abs(a[1] - b[1]) <= eps

export function sideOf(p: XY, s: Shape): Side {
  const sides: Side[] = [
    ...s.points.map((q): Side => (same(p, q) ? 'in' : 'out')),
    ...s.lines.map((l) => onLine(p, l)),
    ...s.polygons.map((r) => inPolygon(p, r)),
  ]
  return sides.includes('in') ? 'in' : sides.includes('edge') ? 'edge' : 'out'
}

/** Middles of the pieces into which the edges of one shape are cut by those of the other. */
export function middlesOf(a: Shape, b: Shape): XY[] {
  const others = edgesOf(b)
  return edgesOf(a).flatMap((s) => {
    const cuts = [
      ...new Set([
        0,
        1,
        ...others.flatMap((o) => meetings(s, o)),
        ...b.points.filter((p) => toSegment(p, s) <= eps).flatMap((p) => meetings(s, [p, p])),
      ]),
    ].sort((x, y) => x - y)
    return cuts.slice(1).flatMap((t, i): XY[] => {
      const m = (t + (cuts[i] ?? 0)) / 2
      return t - (cuts[i] ?? 0) <= eps ? [] : [[s[0][0] + m * (s[1][0] - s[0][0]), s[0][1] + m * (s[1][1] - s[0][1])]]
    })
  })
}
export const cornersOf = (s: Shape): XY[] => [...s.points, ...s.lines.flat(), ...s.polygons.flat(2)]

/** A point of a polygon's inside. */
export function insideOf(rings: readonly (readonly XY[])[]): XY | undefined {
  const outer = rings[0] ?? []
  for (let i = 0; i + 2 < outer.length; i++) {
    for (let j = i + 2; j < outer.length; j++) {
      const [a, b] = [outer[i], outer[j]]
      if (!a || !b) continue
      const p: XY = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
      if (inPolygon(p, rings) === 'in') return p
    }
  }
  return undefined
}

/** No point of the first lies outside the second. */
function covers(b: Shape, a: Shape): boolean {
  if (isEmpty(a)) return false
  if ([...cornersOf(a), ...middlesOf(a, b)].some((p) => sideOf(p, b) === 'out')) return false
  if (a.polygons.length === 0) return true
  // A hole of the second inside the first would show no edge of the first.
  return (
    b.polygons.length > 0 &&
    !middlesOf({ ...empty(), polygons: b.polygons }, a).some((p) => holeEdge(p, b) && sideOf(p, a) === 'in')
  )
}
const holeEdge = (p: XY, s: Shape): boolean =>
  s.polygons.some((rings) => rings.slice(1).some((ring) => pairs(ring).some((e) => toSegment(p, e) <= eps)))

/** The highest dimension of what the insides have in common; -1 for nothing. */
function insidesMeet(a: Shape, b: Shape): number {
  const [da, db] = [dimensionOf(a), dimensionOf(b)]
  const both = (p: XY): boolean => sideOf(p, a) === 'in' && sideOf(p, b) === 'in'
  if (da === 2 && db === 2) {
    const found =
      middlesOf(a, b).some((p) => sideOf(p, b) === 'in') ||
      middlesOf(b, a).some((p) => sideOf(p, a) === 'in') ||
      [...a.polygons, ...b.polygons].some((rings) => {
        const p = insideOf(rings)
        return p !== undefined && both(p)
      })
    return found ? 2 : -1
  }
  if ([...middlesOf(a, b), ...middlesOf(b, a)].some(both)) return Math.min(da, db)
  return [...a.points, ...b.points, ...crossingsOf(a, b)].some(both) ? 0 : -1
}
/** Points in which edges of the one meet edges of the other. */
export const crossingsOf = (a: Shape, b: Shape): XY[] =>
  edgesOf(a).flatMap((s) =>
    edgesOf(b).flatMap((o) =>
      meetings(s, o).map((t): XY => [s[0][0] + t * (s[1][0] - s[0][0]), s[0][1] + t * (s[1][1] - s[0][1])]),
    ),
  )

export function distance(a: Shape, b: Shape): number {
  if (isEmpty(a) || isEmpty(b)) return Number.POSITIVE_INFINITY
  if (cornersOf(a).some((p) => sideOf(p, b) !== 'out') || cornersOf(b).some((p) => sideOf(p, a) !== 'out')) return 0
  const [ea, eb] = [edgesOf(a), edgesOf(b)]
  if (ea.some((s) => eb.some((o) => meetings(s, o).length > 0))) return 0
  return Math.min(
    ...cornersOf(a).flatMap((p) => [
      ...eb.map((s) => toSegment(p, s)),
      ...b.points.map((q) => Math.hypot(p[0] - q[0], p[1] - q[1])),
    ]),
    ...cornersOf(b).flatMap((p) => ea.map((s) => toSegment(p, s))),
  )
}
export const lengthOf = (s: Shape): number =>
  s.lines.flatMap(pairs).reduce((sum, [a, b]) => sum + Math.hypot(a[0] - b[0], a[1] - b[1]), 0)

const intersects = (a: Shape, b: Shape): boolean => distance(a, b) <= eps
const within = (a: Shape, b: Shape): boolean => covers(b, a) && insidesMeet(a, b) >= 0

export const relations: Readonly<Record<string, (a: Shape, b: Shape) => boolean>> = {
  st_intersects: intersects,
  st_disjoint: (a, b) => !intersects(a, b),
  st_within: within,
  st_contains: (a, b) => within(b, a),
  st_equals: (a, b) => covers(a, b) && covers(b, a),
  st_touches: (a, b) => intersects(a, b) && insidesMeet(a, b) < 0,
  st_crosses: (a, b) => {
    const meet = insidesMeet(a, b)
    const [da, db] = [dimensionOf(a), dimensionOf(b)]
    if (meet < 0) return false
    return da === db ? da === 1 && meet === 0 : meet < Math.max(da, db) && !covers(a, b) && !covers(b, a)
  },
  st_overlaps: (a, b) =>
    dimensionOf(a) === dimensionOf(b) && insidesMeet(a, b) === dimensionOf(a) && !covers(a, b) && !covers(b, a),
  'geo.intersects': intersects,
}
