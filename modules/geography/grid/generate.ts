/**
 * 网格生成: cells of about 100 m for a city that has none. Squares of the survey's own grid are cut to the outline of their
 * community; what is left too small joins the neighbour with the longest border in common; numbers run by DB11.
 */
import type { MultiPolygon, Ring } from '@pentad/platform/geo'
import { outlineLoops } from './check.ts'
import { cutAt } from './cut.ts'
import { inOrder, mostInCommunity, usualSideM } from './model.ts'
import {
  boxOf,
  cleaned,
  inLoop,
  knotOf,
  type Loop,
  meridianNear,
  pointInside,
  reversed,
  ringOf,
  signedAreaOf,
} from './plane.ts'
import { bordersOf } from './union.ts'

export interface GenerateOrder {
  /** Outlines of communities that tile the city. */
  communities: readonly { code: string; outline: MultiPolygon }[]
  sideM?: number
  /** Of the squares' frame; the nearest of the 3-degree zones when left out. */
  meridianDeg?: number
  /** A piece smaller than this share of a square joins a neighbour. */
  leastShare?: number
}
export interface GeneratedCell {
  code: string
  communityCode: string
  ring: Ring
  areaM2: number
}
export interface Generated {
  cells: GeneratedCell[]
  /** Communities with more pieces than there are numbers: a larger side is needed. */
  tooMany: { code: string; cells: number }[]
}

interface Piece {
  loop: Loop
  col: number
  row: number
}

export function generateCells(order: GenerateOrder): Generated {
  const { communities, sideM = usualSideM, leastShare = 0.3 } = order
  const lon = communities[0]?.outline.polygons[0]?.[0]?.[0]?.[0] ?? 117
  const meridianDeg = order.meridianDeg ?? meridianNear(lon)
  const cells: GeneratedCell[] = []
  const tooMany: Generated['tooMany'] = []
  for (const { code, outline } of communities) {
    const pieces = squares(outlineLoops(outline, meridianDeg), sideM)
    const kept = withoutSlivers(pieces, leastShare * sideM * sideM)
    if (kept.length > mostInCommunity) {
      tooMany.push({ code, cells: kept.length })
      continue
    }
    const numbered = inOrder(kept.map((p) => ({ ...p, row: -p.row, x: pointInside(p.loop)[0] })))
    for (const [i, { loop }] of numbered.entries()) {
      const areaM2 = signedAreaOf(loop)
      cells.push({
        code: code + String(i + 1).padStart(3, '0'),
        communityCode: code,
        ring: ringOf(loop, meridianDeg),
        areaM2,
      })
    }
  }
  return { cells, tooMany }
}

/** The ground cut into the squares of the grid; a piece is simple and has no hole. */
function squares(loops: readonly Loop[], sideM: number): Piece[] {
  return slices(loops, 0, sideM).flatMap(({ loops: column, n: col }) =>
    slices(column, 1, sideM).flatMap(({ loops: square, n: row }) =>
      withoutHoles(square).map((loop) => ({ loop, col, row })),
    ),
  )
}

function slices(loops: readonly Loop[], axis: 0 | 1, sideM: number): { loops: readonly Loop[]; n: number }[] {
  const corners = loops.flat()
  if (corners.length === 0) return []
  const [west, south, east, north] = boxOf(corners)
  const [from, to] = axis === 0 ? [west, east] : [south, north]
  const found: { loops: readonly Loop[]; n: number }[] = []
  let rest = loops
  for (let n = Math.floor(from / sideM); n * sideM < to; n++) {
    const { low, high } = cutAt(rest, axis, (n + 1) * sideM)
    if (low.length) found.push({ loops: low, n })
    rest = high
  }
  return found
}

/** A hole that lies wholly in one square is opened by a cut through its middle: a cell is one ring. */
function withoutHoles(loops: readonly Loop[], depth = 0): Loop[] {
  const holes = loops.filter((l) => signedAreaOf(l) < 0)
  const outers = loops.filter((l) => signedAreaOf(l) > 0)
  return outers.flatMap((outer) => {
    const own = holes.filter((h) => inLoop(pointInside(reversed(h)), outer))
    const [hole] = own
    if (!hole || depth > 20) return [outer]
    const [x] = pointInside(reversed(hole))
    const { low, high } = cutAt([outer, ...own], 0, x)
    return [...withoutHoles(low, depth + 1), ...withoutHoles(high, depth + 1)]
  })
}

const sideKey = (a: readonly number[], b: readonly number[]): string => `${a[0]},${a[1]};${b[0]},${b[1]}`

/** Small pieces joined to the neighbour along whose border they lie longest, the smallest first. */
function withoutSlivers(pieces: readonly Piece[], leastM2: number): Piece[] {
  const kept = new Set(pieces)
  const owner = new Map<string, Piece>()
  const enter = (piece: Piece): void => {
    for (const [i, p] of piece.loop.entries())
      owner.set(sideKey(p, piece.loop[(i + 1) % piece.loop.length] ?? p), piece)
  }
  for (const piece of pieces) enter(piece)
  const small = [...pieces].sort((a, b) => signedAreaOf(a.loop) - signedAreaOf(b.loop))
  for (let sliver = small.shift(); sliver; sliver = small.shift()) {
    if (!kept.has(sliver) || signedAreaOf(sliver.loop) >= leastM2) continue
    const shared = new Map<Piece, number>()
    for (const [i, p] of sliver.loop.entries()) {
      const q = sliver.loop[(i + 1) % sliver.loop.length] ?? p
      const beside = owner.get(sideKey(q, p))
      if (beside && kept.has(beside) && beside !== sliver)
        shared.set(beside, (shared.get(beside) ?? 0) + Math.hypot(p[0] - q[0], p[1] - q[1]))
    }
    const best = [...shared].sort((a, b) => b[1] - a[1])
    for (const [beside] of best) {
      const loop = joined([beside.loop, sliver.loop], exactM)
      if (!loop) continue
      const whole = { ...beside, loop }
      kept.delete(sliver)
      kept.delete(beside)
      kept.add(whole)
      enter(whole)
      small.push(whole)
      small.sort((a, b) => signedAreaOf(a.loop) - signedAreaOf(b.loop))
      break
    }
  }
  return [...kept]
}

/** What was cut here agrees to the last digits. */
const exactM = 1e-6

/** Pieces as one simple ring; undefined where they touch in a point only, or enclose something. */
export function joined(loops: readonly Loop[], nearM?: number): Loop | undefined {
  const borders = bordersOf(loops, 'inside', nearM)
  const [only] = borders
  if (borders.length !== 1 || !only) return undefined
  const loop = cleaned(only.loop)
  return signedAreaOf(loop) > 0 && !knotOf(loop) ? loop : undefined
}
