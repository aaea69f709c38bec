/** How two shapes lie to one another in nine letters (DE-9IM, OGC 06-103r4 §6.1.15.2). Pure. */
import {
  cornersOf,
  crossingsOf,
  dimensionOf,
  insideOf,
  middlesOf,
  type Shape,
  ShapeError,
  type Side,
  sideOf,
  type XY,
} from './geometry.ts'

const sides: readonly Side[] = ['in', 'edge', 'out']
/** Dimension of the inside, the edge and the outside of a shape. */
const dimensionsOf = (s: Shape): Readonly<Record<Side, number>> => {
  const d = dimensionOf(s)
  return { in: d, edge: d - 1, out: 2 }
}

/**
 * `212101212`: row by row inside, edge and outside of the first, in it those of the second; the dimension of what they have in
 * common, F for nothing. Found by points that stand for all others: corners, crossings, middles of the pieces between them.
 */
export function relate(a: Shape, b: Shape): string {
  const found = new Map<string, number>()
  const [da, db] = [dimensionsOf(a), dimensionsOf(b)]
  const open = (side: Side, d: typeof da): boolean => side === 'out' || (side === 'in' && d.in === 2)
  const mark = (x: Side, y: Side, dimension: number): void => {
    // What is open and meets a thing meets a piece of it that is as wide as the thing.
    const wide = open(x, da) || open(y, db) ? Math.min(da[x], db[y]) : dimension
    found.set(`${x}/${y}`, Math.max(found.get(`${x}/${y}`) ?? -1, wide))
  }
  const see = (p: XY, dimension: number): void => {
    const [x, y] = [sideOf(p, a), sideOf(p, b)]
    mark(x, y, dimension)
    // On either side of an area's edge lie its inside and its outside.
    if (y === 'edge' && db.in === 2 && open(x, da)) for (const side of ['in', 'out'] as const) mark(x, side, 0)
    if (x === 'edge' && da.in === 2 && open(y, db)) for (const side of ['in', 'out'] as const) mark(side, y, 0)
  }
  for (const p of [...cornersOf(a), ...cornersOf(b), ...crossingsOf(a, b)]) see(p, 0)
  for (const p of [...middlesOf(a, b), ...middlesOf(b, a)]) see(p, 1)
  for (const rings of [...a.polygons, ...b.polygons]) {
    const p = insideOf(rings)
    if (p) see(p, 2)
  }
  // Every shape here is bounded.
  mark('out', 'out', 2)
  return sides
    .flatMap((x) => sides.map((y) => found.get(`${x}/${y}`) ?? -1))
    .map((d) => (d < 0 ? 'F' : String(d)))
    .join('')
}

/** Does it lie as a pattern says? `T` any dimension, `F` none, `*` whatever, `0`, `1`, `2` that one. */
export function relates(matrix: string, pattern: string): boolean {
  if (!/^[TF*012]{9}$/i.test(pattern)) throw new ShapeError(`${pattern.slice(0, 20)} is no pattern of nine letters`)
  return [...pattern.toUpperCase()].every(
    (wanted, i) => wanted === '*' || (wanted === 'T' ? matrix[i] !== 'F' : matrix[i] === wanted),
  )
}
