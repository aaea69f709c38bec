/** What a run of fixes tells: bounds, way, stops, gaps, a shape for the map, and when it was inside a place. Pure. */
import { distanceM, inPolygon, type LonLat, type MultiPolygon } from '@pentad/platform/geo'
import { type Fix, fixQualities, saysWhere } from './fix.ts'

export interface Bounds {
  west: number
  south: number
  east: number
  north: number
}

/** In millionths of a degree, of the fixes that say where the device was. */
export function boundsOf(fixes: readonly Fix[]): Bounds | null {
  let bounds: Bounds | null = null
  for (const { lonE6, latE6, quality } of fixes) {
    if (!saysWhere(quality)) continue
    if (!bounds) bounds = { west: lonE6, south: latE6, east: lonE6, north: latE6 }
    else {
      if (lonE6 < bounds.west) bounds.west = lonE6
      if (lonE6 > bounds.east) bounds.east = lonE6
      if (latE6 < bounds.south) bounds.south = latE6
      if (latE6 > bounds.north) bounds.north = latE6
    }
  }
  return bounds
}

const pointOf = (fix: Fix): LonLat => [fix.lonE6 / 1e6, fix.latE6 / 1e6]
export const metresBetween = (a: Fix, b: Fix): number => distanceM(pointOf(a), pointOf(b))

/** Nothing on a city's roads is faster, in metres per second (250 km/h); and so far a bad fix may lie without being noticed. */
const mostMetresPerSecond = 70
const jumpM = 300
/** So many fixes of one place to the millionth, while the device says that it drives. */
const frozenFixes = 5
const drivingDkmh = 50

const bitOf = (name: (typeof fixQualities)[number]): number => 1 << fixQualities.indexOf(name)
const jump = bitOf('jump')
const frozen = bitOf('frozen')

/** What a fix must be compared with, kept for each device. */
export interface Standing {
  last: Fix
  sameFor: number
}

/** What only the fix before shows: a leap no vehicle makes, a receiver that repeats itself. Older fixes are left as they are. */
export function judged(fix: Fix, before: Standing | undefined): { fix: Fix; standing: Standing | undefined } {
  if (!saysWhere(fix.quality)) return { fix, standing: before }
  if (!before) return { fix, standing: { last: fix, sameFor: 0 } }
  if (fix.atMs <= before.last.atMs) return { fix, standing: before }
  const metres = metresBetween(before.last, fix)
  if (metres > jumpM && metres > ((fix.atMs - before.last.atMs) / 1000) * mostMetresPerSecond) {
    return { fix: { ...fix, quality: fix.quality | jump }, standing: before }
  }
  const same = fix.lonE6 === before.last.lonE6 && fix.latE6 === before.last.latE6 && (fix.speedDkmh ?? 0) >= drivingDkmh
  const sameFor = same ? before.sameFor + 1 : 0
  const told = sameFor >= frozenFixes ? { ...fix, quality: fix.quality | frozen } : fix
  return { fix: told, standing: { last: told, sameFor } }
}

/** Beyond this nothing is known of what lies between two fixes, in milliseconds. */
export const gapMs = 5 * 60_000

export interface Gap {
  from: number
  until: number
}
/** When nothing said where it was, the ends of the time asked for included: never to be taken for absence. */
export function gapsOf(fixes: readonly Fix[], from: number, until: number): Gap[] {
  const gaps: Gap[] = []
  let last = from
  for (const { atMs, quality } of fixes) {
    if (!saysWhere(quality)) continue
    if (atMs - last > gapMs) gaps.push({ from: last, until: atMs })
    last = Math.max(last, atMs)
  }
  if (until - last > gapMs) gaps.push({ from: last, until })
  return gaps
}

/** The way driven, in metres: over fixes that say where, not over gaps. A receiver at rest wanders; steps below its error do not count. */
export function wayM(fixes: readonly Fix[]): number {
  const errorM = 5
  let sum = 0
  let before: Fix | undefined
  for (const fix of fixes) {
    if (!saysWhere(fix.quality)) continue
    if (!before || fix.atMs - before.atMs > gapMs) before = fix
    else {
      const metres = metresBetween(before, fix)
      if (metres < errorM) continue
      sum += metres
      before = fix
    }
  }
  return sum
}

export interface Stop {
  from: number
  until: number
  lon: number
  lat: number
}
/** Where it stayed within so many metres for so long; a gap ends a stop. */
export function stopsOf(fixes: readonly Fix[], withinM = 50, forMs = 3 * 60_000): Stop[] {
  const stops: Stop[] = []
  let run: Fix[] = []
  const close = () => {
    const [first, last] = [run[0], run.at(-1)]
    if (first && last && last.atMs - first.atMs >= forMs) {
      const mean = (of: (f: Fix) => number) => run.reduce((sum, f) => sum + of(f), 0) / run.length / 1e6
      stops.push({ from: first.atMs, until: last.atMs, lon: mean((f) => f.lonE6), lat: mean((f) => f.latE6) })
    }
    run = []
  }
  for (const fix of fixes) {
    if (!saysWhere(fix.quality)) continue
    const [anchor, last] = [run[0], run.at(-1)]
    if (anchor && last && (fix.atMs - last.atMs > gapMs || metresBetween(anchor, fix) > withinM)) close()
    run.push(fix)
  }
  close()
  return stops
}

/** The shape within a tolerance (Ramer–Douglas–Peucker), in pieces cut at the gaps; fixes that say nothing of the place are left out. */
export function shapeOf(fixes: readonly Fix[], toleranceM: number): Fix[][] {
  const pieces: Fix[][] = []
  let last: Fix | undefined
  for (const fix of fixes) {
    if (!saysWhere(fix.quality)) continue
    const piece = pieces.at(-1)
    if (!piece || !last || fix.atMs - last.atMs > gapMs) pieces.push([fix])
    else piece.push(fix)
    last = fix
  }
  return pieces.map((piece) => simplified(piece, toleranceM))
}

function simplified(piece: readonly Fix[], toleranceM: number): Fix[] {
  const [first] = piece
  if (!first || piece.length < 3 || toleranceM <= 0) return [...piece]
  const metresPerE6 = 0.111_32
  const narrow = Math.cos((first.latE6 / 1e6) * (Math.PI / 180)) * metresPerE6
  const x = piece.map((f) => (f.lonE6 - first.lonE6) * narrow)
  const y = piece.map((f) => (f.latE6 - first.latE6) * metresPerE6)
  const kept = new Uint8Array(piece.length)
  kept[0] = kept[piece.length - 1] = 1
  // A day of fixes is deeper than a stack: the spans yet to be looked at wait in a list.
  const spans: [number, number][] = [[0, piece.length - 1]]
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, until] = span
    const [x0, y0] = [x[from] ?? 0, y[from] ?? 0]
    const [dx, dy] = [(x[until] ?? 0) - x0, (y[until] ?? 0) - y0]
    const length2 = dx * dx + dy * dy
    let [farthest, most] = [-1, toleranceM * toleranceM]
    for (let i = from + 1; i < until; i++) {
      const [px, py] = [(x[i] ?? 0) - x0, (y[i] ?? 0) - y0]
      const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2))
      const [ex, ey] = [px - t * dx, py - t * dy]
      const away = ex * ex + ey * ey
      if (away > most) [farthest, most] = [i, away]
    }
    if (farthest > 0) {
      kept[farthest] = 1
      spans.push([from, farthest], [farthest, until])
    }
  }
  return piece.filter((_, i) => kept[i] === 1)
}

export interface Stay {
  from: number
  /** The last fix inside. */
  until: number
  /** How it began and ended: it was seen to come and to go, or only that we heard it inside. */
  entered: boolean
  left: boolean
}
/** When a track was inside an area; a gap ends a stay without its having been seen to leave. */
export function staysIn(place: MultiPolygon, fixes: readonly Fix[]): Stay[] {
  const stays: Stay[] = []
  let stay: Stay | undefined
  let last: Fix | undefined
  for (const fix of fixes) {
    if (!saysWhere(fix.quality)) continue
    if (stay && last && fix.atMs - last.atMs > gapMs) {
      stays.push(stay)
      stay = undefined
      last = undefined
    }
    if (inPolygon(pointOf(fix), place)) {
      if (stay) stay.until = fix.atMs
      else stay = { from: fix.atMs, until: fix.atMs, entered: last !== undefined, left: false }
    } else if (stay) {
      stays.push({ ...stay, left: true })
      stay = undefined
    }
    last = fix
  }
  if (stay) stays.push(stay)
  return stays
}

/** When it was within a radius of a place: the nearest it came, and from when until when. */
export interface Nearness {
  from: number
  until: number
  nearestM: number
  nearestAt: number
}
export function nearnessOf(fixes: readonly Fix[], at: LonLat, radiusM: number): Nearness | null {
  let near: Nearness | null = null
  for (const fix of fixes) {
    if (!saysWhere(fix.quality)) continue
    const metres = distanceM(pointOf(fix), at)
    if (metres > radiusM) continue
    if (!near) near = { from: fix.atMs, until: fix.atMs, nearestM: metres, nearestAt: fix.atMs }
    else {
      near.until = fix.atMs
      if (metres < near.nearestM) [near.nearestM, near.nearestAt] = [metres, fix.atMs]
    }
  }
  return near
}
