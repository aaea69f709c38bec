/** Lines and polygons in memory, cut to tiles: clipped with a margin, thinned to what a pixel can show. */
import Flatbush from 'flatbush'
import { extent, type TileAt, tileWorld, worldBits, worldX, worldY } from './mercator.ts'
import type { MvtLayer, Path } from './mvt.ts'

type Position = readonly [number, number, ...number[]]
export type GeoJson =
  | { type: 'Point'; coordinates: Position }
  | { type: 'MultiPoint' | 'LineString'; coordinates: readonly Position[] }
  | { type: 'MultiLineString' | 'Polygon'; coordinates: readonly (readonly Position[])[] }
  | { type: 'MultiPolygon'; coordinates: readonly (readonly (readonly Position[])[])[] }

/** World units, flat; rings are closed by their last point being their first. */
type WorldPath = Float64Array
export interface Shape {
  kind: 'point' | 'line' | 'polygon'
  /** Lines, or rings with each outer one before its holes. */
  paths: readonly WorldPath[]
  box: readonly [west: number, north: number, east: number, south: number]
}

/** How far a tile reaches over its edge, so that strokes have no ends there. */
const margin = 80
/** Tile units (an eighth of a pixel) below which a step of a path is left out. */
const step = 3

const worldPath = (points: readonly Position[]): WorldPath => {
  const path = new Float64Array(points.length * 2)
  points.forEach(([lon, lat], i) => {
    path[i * 2] = worldX(lon)
    path[i * 2 + 1] = worldY(lat)
  })
  return path
}

export function shapeOf(geometry: GeoJson): Shape {
  const polygons =
    geometry.type === 'Polygon'
      ? [geometry.coordinates]
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates
        : null
  if (polygons) {
    const paths = polygons.flatMap((rings) =>
      rings.map((ring, i) => {
        const path = worldPath(ring)
        // Clockwise as drawn outside, the other way inside (Mapbox Vector Tile 2.1, 4.3.4.4).
        return areaOf(path) > 0 === (i === 0) ? path : reversed(path)
      }),
    )
    return { kind: 'polygon', paths, box: boxOf(paths) }
  }
  if (geometry.type === 'Point' || geometry.type === 'MultiPoint') {
    const paths = (geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates).map((p) => worldPath([p]))
    return { kind: 'point', paths, box: boxOf(paths) }
  }
  const lines = geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates
  const paths = (lines as readonly (readonly Position[])[]).map(worldPath)
  return { kind: 'line', paths, box: boxOf(paths) }
}

function boxOf(paths: readonly WorldPath[]): Shape['box'] {
  let [west, north, east, south] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0]
  for (const path of paths)
    for (let i = 0; i < path.length; i += 2) {
      const x = path[i] ?? 0
      const y = path[i + 1] ?? 0
      if (x < west) west = x
      if (x > east) east = x
      if (y < north) north = y
      if (y > south) south = y
    }
  return [west, north, east, south]
}

/** Twice the area; positive when clockwise with y down. */
function areaOf(path: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0, j = path.length - 2; i < path.length; j = i, i += 2)
    sum += (path[j] ?? 0) * (path[i + 1] ?? 0) - (path[i] ?? 0) * (path[j + 1] ?? 0)
  return sum
}

function reversed(path: WorldPath): WorldPath {
  const back = new Float64Array(path.length)
  for (let i = 0; i < path.length; i += 2) {
    back[path.length - 2 - i] = path[i] ?? 0
    back[path.length - 1 - i] = path[i + 1] ?? 0
  }
  return back
}

/** Shapes by place; `of` is what the caller keeps beside each. */
export class ShapeStore<T> {
  private readonly items: readonly { shape: Shape; of: T }[]
  private readonly index: Flatbush | undefined
  constructor(items: readonly { shape: Shape; of: T }[]) {
    this.items = items
    if (items.length === 0) return
    this.index = new Flatbush(items.length)
    for (const { shape } of items) this.index.add(...shape.box)
    this.index.finish()
  }
  get size(): number {
    return this.items.length
  }
  all(): readonly { shape: Shape; of: T }[] {
    return this.items
  }
  /** What may reach into a box of world units. */
  near(box: PlaneBox): { shape: Shape; of: T }[] {
    return (this.index?.search(...box) ?? []).flatMap((i) => this.items[i] ?? [])
  }
  /** What may reach into a tile, in the order in which it was given. */
  in({ z, x, y }: TileAt): { shape: Shape; of: T }[] {
    const size = tileWorld(z)
    const over = (size / extent) * margin
    const found =
      this.index?.search(x * size - over, y * size - over, (x + 1) * size + over, (y + 1) * size + over) ?? []
    return found.sort((a, b) => a - b).flatMap((i) => this.items[i] ?? [])
  }
}

/** Does any of it lie in a box of world units? */
export function reaches({ kind, paths }: Shape, box: PlaneBox): boolean {
  const [left, top, right, bottom] = box
  if (kind === 'point') return paths.some(([x = 0, y = 0]) => x >= left && x <= right && y >= top && y <= bottom)
  if (kind === 'line') return paths.some((path) => clipLine(path, box).length > 0)
  // A box inside a hole touches the outer ring as well as the hole: only an outer ring counts, and no hole may hold it all.
  return paths.some((path, i) => {
    if (areaOf(path) <= 0 || clipRing(path, box).length === 0) return false
    for (let j = i + 1; j < paths.length; j++) {
      const hole = paths[j]
      if (!hole || areaOf(hole) > 0) break
      const inHole = clipRing(hole, box)
      if (Math.abs(areaOf(inHole)) >= 2 * (right - left) * (bottom - top)) return false
    }
    return true
  })
}

/** Draws what of a shape lies in a tile; nothing when nothing does. */
export function drawShape(layer: MvtLayer, shape: Shape, at: TileAt, tags: readonly number[]): void {
  const scale = 2 ** (worldBits - 12 - at.z)
  const originX = at.x * tileWorld(at.z)
  const originY = at.y * tileWorld(at.z)
  const inTile = (path: WorldPath): number[] => {
    const tile = new Array<number>(path.length)
    for (let i = 0; i < path.length; i += 2) {
      tile[i] = ((path[i] ?? 0) - originX) / scale
      tile[i + 1] = ((path[i + 1] ?? 0) - originY) / scale
    }
    return tile
  }
  if (shape.kind === 'point') {
    for (const path of shape.paths) {
      const [x = 0, y = 0] = inTile(path)
      if (x >= 0 && y >= 0 && x < extent && y < extent) layer.point(Math.floor(x), Math.floor(y), tags)
    }
    return
  }
  if (shape.kind === 'line') {
    const parts = shape.paths
      .flatMap((path) => clipLine(inTile(path), tileAndMargin))
      .map(thinned)
      .filter((p) => p.length >= 4)
    if (parts.length) layer.line(parts, tags)
    return
  }
  const rings: Path[] = []
  let outside = false
  for (const path of shape.paths) {
    const outer = areaOf(path) > 0
    // The holes of a ring that is not in the tile are not either.
    if (!outer && outside) continue
    const ring = closedRing(thinned(clipRing(inTile(path), tileAndMargin)))
    const drawn = ring.length >= 6 && areaOf(ring) !== 0 && areaOf(ring) > 0 === outer
    if (outer) outside = !drawn
    if (drawn) rings.push(ring)
  }
  if (rings.length) layer.polygon(rings, tags)
}

/** Whole units, without steps too small to see; the ends stay. */
function thinned(path: readonly number[]): number[] {
  const thin: number[] = []
  let px = Number.NaN
  let py = Number.NaN
  for (let i = 0; i < path.length; i += 2) {
    const x = Math.round(path[i] ?? 0)
    const y = Math.round(path[i + 1] ?? 0)
    const last = i === path.length - 2
    if (x === px && y === py) continue
    if (!last && Math.abs(x - px) < step && Math.abs(y - py) < step) continue
    thin.push(x, y)
    px = x
    py = y
  }
  return thin
}

/** Without the last point where it is the first again. */
const closedRing = (ring: number[]): number[] =>
  ring.length >= 4 && ring[0] === ring.at(-2) && ring[1] === ring.at(-1) ? ring.slice(0, -2) : ring

type PlaneBox = readonly [left: number, top: number, right: number, bottom: number]
const tileAndMargin: PlaneBox = [-margin, -margin, extent + margin, extent + margin]

/** Sutherland–Hodgman against the four edges. */
function clipRing(ring: ArrayLike<number> & Iterable<number>, [left, top, right, bottom]: PlaneBox): readonly number[] {
  let path: readonly number[] = [...ring]
  if (path.every((n, i) => (i % 2 ? n >= top && n <= bottom : n >= left && n <= right))) return path
  for (const [axis, edge, keep] of [
    [0, left, 1],
    [0, right, -1],
    [1, top, 1],
    [1, bottom, -1],
  ] as const) {
    if (path.length === 0) return path
    const next: number[] = []
    let px = path.at(-2) ?? 0
    let py = path.at(-1) ?? 0
    for (let i = 0; i < path.length; i += 2) {
      const x = path[i] ?? 0
      const y = path[i + 1] ?? 0
      const now = ((axis === 0 ? x : y) - edge) * keep >= 0
      const before = ((axis === 0 ? px : py) - edge) * keep >= 0
      if (now !== before) {
        const t = axis === 0 ? (edge - px) / (x - px) : (edge - py) / (y - py)
        next.push(axis === 0 ? edge : px + (x - px) * t, axis === 0 ? py + (y - py) * t : edge)
      }
      if (now) next.push(x, y)
      px = x
      py = y
    }
    path = next
  }
  return path
}

/** The parts of a line inside a box (Liang–Barsky for each step). */
function clipLine(line: ArrayLike<number>, [left, top, right, bottom]: PlaneBox): number[][] {
  const parts: number[][] = []
  let part: number[] = []
  for (let i = 2; i < line.length; i += 2) {
    const x0 = line[i - 2] ?? 0
    const y0 = line[i - 1] ?? 0
    const dx = (line[i] ?? 0) - x0
    const dy = (line[i + 1] ?? 0) - y0
    let from = 0
    let to = 1
    for (const [p, q] of [
      [-dx, x0 - left],
      [dx, right - x0],
      [-dy, y0 - top],
      [dy, bottom - y0],
    ] as const) {
      if (p === 0) {
        if (q < 0) to = -1
      } else if (p < 0) from = Math.max(from, q / p)
      else to = Math.min(to, q / p)
    }
    if (from > to) continue
    if (part.length === 0 || from > 0) {
      if (part.length) parts.push(part)
      part = [x0 + dx * from, y0 + dy * from]
    }
    part.push(x0 + dx * to, y0 + dy * to)
    if (to < 1) {
      parts.push(part)
      part = []
    }
  }
  if (part.length) parts.push(part)
  return parts
}
