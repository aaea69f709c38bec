/**
 * 网格校核: every code once and in its community; rings closed, simple and counter-clockwise; each community tiled without
 * overlap and without gap beyond the tolerances of the model (domain §2.1). Fifty thousand cells take seconds.
 */
import { type MultiPolygon, type Ring, toDegrees } from '@pentad/platform/geo'
import { difference, intersection } from 'polyclip-ts'
import { codeOfCell, type GridFault, toleranceM, toleranceM2 } from './model.ts'
import {
  type Box4,
  boxesMeetM2,
  boxOf,
  commonM2,
  indexOf,
  inLoops,
  knotOf,
  type Loop,
  loopOf,
  meridianNear,
  perimeterOf,
  pointInside,
  reversed,
  signedAreaOf,
  toXY,
  widthOf,
  type XY,
} from './plane.ts'
import { bordersOf } from './union.ts'

export interface CheckedCell {
  code: string
  communityCode: string
  ring: Ring
}
export interface CheckedArea {
  code: string
  level: string
  name?: string
  outline: MultiPolygon | null
}
export interface GridToCheck {
  cells: readonly CheckedCell[]
  /** Undefined where the areas are not known: then neither communities nor outlines are looked at. */
  areas: readonly CheckedArea[] | undefined
}

interface Placed {
  code: string
  loop: Loop
  box: Box4
  areaM2: number
}
interface Frame {
  meridianDeg: number
  faults: GridFault[]
  say: (code: string, cells: readonly string[], at: XY | null, details?: GridFault['details']) => void
}

/** Everything that is wrong with a grid, in the order of the cells. */
export function checkGrid({ cells, areas }: GridToCheck): GridFault[] {
  const meridianDeg = meridianNear(cells[0]?.ring[0]?.[0] ?? 117)
  const faults: GridFault[] = []
  const frame: Frame = {
    meridianDeg,
    faults,
    say: (code, named, place, details = {}) => {
      const at = place && toDegrees(place[0], place[1], meridianDeg)
      const where = at ? { lon: Number(at[0].toFixed(6)), lat: Number(at[1].toFixed(6)) } : {}
      faults.push({ code, cells: named, at, details: { ...details, ...where } })
    },
  }
  checkCodes(cells, areas, frame)
  const placed = cells.flatMap((c) => placedCell(c, frame) ?? [])
  if (areas) checkOutlines(placed, areas, frame)
  checkOverlaps(placed, frame)
  checkEnclosed(placed, new Set(areas?.flatMap((a) => (a.outline && a.level === 'community' ? a.code : []))), frame)
  return faults
}

function checkCodes(cells: readonly CheckedCell[], areas: readonly CheckedArea[] | undefined, { say }: Frame): void {
  const communities = areas && new Set(areas.filter((a) => a.level === 'community').map((a) => a.code))
  const seen = new Set<string>()
  for (const { code, communityCode } of cells) {
    if (!codeOfCell.test(code)) say('pack/cell-code', [code], null, { cell: code })
    else if (!code.startsWith(communityCode))
      say('pack/cell-community', [code], null, { cell: code, community: communityCode })
    else if (communities && !communities.has(communityCode))
      say('pack/no-community', [code], null, { cell: code, community: communityCode })
    if (seen.has(code)) say('pack/cell-twice', [code], null, { cell: code })
    seen.add(code)
  }
}

/** The sentence that names what is wrong with a ring by itself, and where. */
export function ringFault(ring: Ring, meridianDeg: number): { code: string; at: XY | null } | undefined {
  const [first, last] = [ring[0], ring.at(-1)]
  if (!first || ring.length < 4) return { code: 'pack/ring-short', at: null }
  if (ring.some(([lon, lat]) => !(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)))
    return { code: 'pack/ring-degrees', at: null }
  if (first[0] !== last?.[0] || first[1] !== last[1]) return { code: 'pack/ring-open', at: toXY(first, meridianDeg) }
  const loop = loopOf(ring, meridianDeg)
  if (loop.length < 3) return { code: 'pack/ring-short', at: null }
  const knot = knotOf(loop)
  if (knot) return { code: 'pack/bow-tie', at: knot }
  const area = signedAreaOf(loop)
  if (Math.abs(area) < toleranceM2) return { code: 'pack/ring-empty', at: loop[0] ?? null }
  if (area < 0) return { code: 'pack/ring-clockwise', at: loop[0] ?? null }
  return undefined
}

function placedCell({ code, ring }: CheckedCell, { meridianDeg, say }: Frame): Placed | undefined {
  const fault = ringFault(ring, meridianDeg)
  if (fault) {
    say(fault.code, [code], fault.at, { cell: code })
    return undefined
  }
  const loop = loopOf(ring, meridianDeg)
  return { code, loop, box: boxOf(loop), areaM2: signedAreaOf(loop) }
}

/** Loops of an outline: outer ones counter-clockwise, holes clockwise. */
export const outlineLoops = ({ polygons }: MultiPolygon, meridianDeg: number): Loop[] =>
  polygons.flatMap((polygon) =>
    polygon.map((ring, i) => {
      const loop = loopOf(ring, meridianDeg)
      return signedAreaOf(loop) > 0 === (i === 0) ? loop : reversed(loop)
    }),
  )

/** The parts of a ground as the clipper gives them, in metres. */
const asPolygon = (loops: readonly Loop[]) =>
  loops.map((l) => [...l, ...l.slice(0, 1)].map(([x, y]) => [x, y])) as never
function partsOf(clip: () => readonly (readonly Loop[])[]): Loop[] {
  try {
    return clip().flatMap(([outer]) => (outer ? [outer.slice(0, -1)] : []))
  } catch {
    // The clipper gives up on some borders that nearly touch; the area alone has been measured.
    return []
  }
}
/** The largest part that is both larger and wider than the tolerances. */
const worst = (parts: readonly Loop[]): Loop | undefined =>
  parts
    .filter((p) => Math.abs(signedAreaOf(p)) > toleranceM2 && widthOf(p) > toleranceM)
    .sort((a, b) => Math.abs(signedAreaOf(b)) - Math.abs(signedAreaOf(a)))[0]

/** Is so much ground, within loops of such a border, for certain wider than the tolerance? */
const surelyWide = (areaM2: number, borderM: number): boolean => (2 * areaM2) / borderM > toleranceM

function checkOverlaps(cells: readonly Placed[], { say }: Frame): void {
  const index = indexOf(cells.map((c) => c.box))
  for (const [i, a] of cells.entries()) {
    const near = index?.search(...a.box, (j) => j > i) ?? []
    for (const j of near.sort((p, q) => p - q)) {
      const b = cells[j]
      if (!b || boxesMeetM2(a.box, b.box) <= toleranceM2) continue
      const areaM2 = commonM2([a.loop], [b.loop])
      if (areaM2 <= toleranceM2) continue
      const parts = partsOf(() => intersection([asPolygon([a.loop])], [asPolygon([b.loop])]) as never)
      const part = worst(parts)
      if (!part && !surelyWide(areaM2, Math.min(perimeterOf(a.loop), perimeterOf(b.loop)))) continue
      say('pack/cell-overlap', [a.code, b.code], pointInside(part ?? a.loop), {
        cell: a.code,
        other: b.code,
        areaM2: Math.round(areaM2),
      })
    }
  }
}

function checkOutlines(cells: readonly Placed[], areas: readonly CheckedArea[], frame: Frame): void {
  for (const level of ['community', 'street', 'district'] as const) {
    const outlines = new Map(
      areas.flatMap((a) =>
        a.level === level && a.outline ? [[a.code, outlineLoops(a.outline, frame.meridianDeg)] as const] : [],
      ),
    )
    if (outlines.size === 0) continue
    // A finer outline says more than a coarser one; only communities' are meant to be tiled to the border.
    if (level === 'community') checkTiling(cells, outlines, frame)
    checkPlaces(cells, outlines, level, frame)
  }
}

/** A cell whose middle lies in the outline of another area than its code says, or in none. */
function checkPlaces(
  cells: readonly Placed[],
  outlines: ReadonlyMap<string, readonly Loop[]>,
  level: string,
  { say, faults }: Frame,
): void {
  const known = new Set(faults.filter((f) => f.code === 'pack/cell-elsewhere').flatMap((f) => f.cells))
  const codes = [...outlines.keys()]
  const digits = codes[0]?.length ?? 0
  const boxes = indexOf(codes.map((c) => boxOf((outlines.get(c) ?? []).flat())))
  for (const { code, loop } of cells) {
    const own = code.slice(0, digits)
    if (known.has(code) || !outlines.has(own)) continue
    const middle = pointInside(loop)
    if (inLoops(middle, outlines.get(own) ?? [])) continue
    const other = boxes
      ?.search(...middle, ...middle)
      .map((i) => codes[i] ?? '')
      .find((c) => inLoops(middle, outlines.get(c) ?? []))
    say('pack/cell-elsewhere', [code], middle, { cell: code, area: own, other: other ?? '–', level: `level-${level}` })
  }
}

function checkTiling(cells: readonly Placed[], outlines: ReadonlyMap<string, readonly Loop[]>, { say }: Frame): void {
  const byCommunity = Map.groupBy(cells, (c) => c.code.slice(0, 12))
  for (const [community, outline] of outlines) {
    const inside = byCommunity.get(community) ?? []
    let covered = 0
    for (const cell of inside) {
      const common = commonM2([cell.loop], outline)
      covered += common
      const out = cell.areaM2 - common
      if (out <= toleranceM2) continue
      const part = worst(partsOf(() => difference([asPolygon([cell.loop])], asPolygons(outline)) as never))
      // What lies wholly elsewhere is said as such.
      if (part && common > cell.areaM2 / 2)
        say('pack/cell-outside', [cell.code], pointInside(part), {
          cell: cell.code,
          area: community,
          areaM2: Math.round(out),
        })
    }
    const whole = outline.reduce((sum, l) => sum + signedAreaOf(l), 0)
    if (whole - covered <= toleranceM2) continue
    const ground = inside.map((c) => asPolygon([c.loop]))
    const parts =
      ground.length === 0
        ? [...outline]
        : partsOf(() => difference(asPolygons(outline), ...ground.map((g) => [g] as never)) as never)
    const part = worst(parts)
    const lost = parts.filter((p) => widthOf(p) > toleranceM).reduce((sum, p) => sum + Math.abs(signedAreaOf(p)), 0)
    if (part)
      say(
        'pack/community-gap',
        inside.slice(0, 1).map((c) => c.code),
        pointInside(part),
        {
          community,
          areaM2: Math.round(lost),
        },
      )
  }
}

/** An outline's loops as polygons with their holes. */
function asPolygons(loops: readonly Loop[]): never {
  const holes = loops.filter((l) => signedAreaOf(l) < 0)
  return loops
    .filter((l) => signedAreaOf(l) > 0)
    .map((outer) => asPolygon([outer, ...holes.filter((h) => inLoops(pointInside(reversed(h)), [outer]))])) as never
}

/** Ground that cells of one district enclose and none covers, where no outline of a community says so already. */
function checkEnclosed(cells: readonly Placed[], outlined: ReadonlySet<string>, { say }: Frame): void {
  const loops = cells.map((c) => c.loop)
  for (const { loop, along } of bordersOf(loops, 'outside')) {
    const areaM2 = -signedAreaOf(loop)
    if (areaM2 <= toleranceM2 || widthOf(loop) <= toleranceM) continue
    const around = [...along].flatMap((i) => cells[i]?.code ?? []).sort()
    if (around.every((c) => outlined.has(c.slice(0, 12)))) continue
    if (new Set(around.map((c) => c.slice(0, 6))).size > 1) continue
    const at = pointInside(reversed(loop))
    // Loops that overlap leave borders too; ground that some cell covers is no gap.
    if (cells.some((c) => inBoxes(at, c.box) && inLoops(at, [c.loop]))) continue
    say('pack/cell-gap', around, at, { cell: around[0] ?? '', areaM2: Math.round(areaM2) })
  }
}
const inBoxes = ([x, y]: XY, [west, south, east, north]: Box4): boolean =>
  x >= west && x <= east && y >= south && y <= north
