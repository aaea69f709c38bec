/** The border of several loops taken together: what two of them share is cancelled, the rest is traced. */
import { cleaned, fromSegment, indexOf, type Loop, type XY } from './plane.ts'

/** Corners nearer than this are one corner: surveys of one border differ by so much. */
const surveyedM = 0.01

export interface Border {
  /** Counter-clockwise: outer borders; clockwise: what they enclose. */
  loop: Loop
  /** Numbers of the given loops that lie along it. */
  along: ReadonlySet<number>
}

interface Side {
  from: number
  to: number
  of: number
}

/**
 * The borders of the union of loops that do not overlap. With `apart: 'inside'` parts that touch in one corner are
 * loops of their own; with `'outside'` the holes are.
 */
export function bordersOf(loops: readonly Loop[], apart: 'inside' | 'outside' = 'inside', nearM = surveyedM): Border[] {
  const corners = registry(nearM)
  const sides = loops.flatMap((loop, of) => {
    const ids = loop.map(corners.idOf)
    return ids.flatMap((from, i) => {
      const to = ids[(i + 1) % ids.length] ?? from
      return from === to ? [] : [{ from, to, of }]
    })
  })
  const left = cancelled(sides)
  return traced(cancelled(atCorners(left, corners.points, nearM)), corners.points, apart)
}

function registry(nearM: number) {
  const points: XY[] = []
  const buckets = new Map<number, number[]>()
  const key = (ix: number, iy: number): number => (ix % 0x3ffffff) * 0x4000000 + (iy % 0x3ffffff)
  const idOf = ([x, y]: XY): number => {
    const [ix, iy] = [Math.floor(x / nearM), Math.floor(y / nearM)]
    const [nx, ny] = [x / nearM - ix < 0.5 ? ix - 1 : ix + 1, y / nearM - iy < 0.5 ? iy - 1 : iy + 1]
    for (const [bx, by] of [
      [ix, iy],
      [nx, iy],
      [ix, ny],
      [nx, ny],
    ] as const)
      for (const id of buckets.get(key(bx, by)) ?? []) {
        const [px, py] = points[id] ?? [0, 0]
        if (Math.abs(px - x) < nearM / 2 && Math.abs(py - y) < nearM / 2) return id
      }
    const id = points.push([x, y]) - 1
    const k = key(ix, iy)
    const held = buckets.get(k)
    if (held) held.push(id)
    else buckets.set(k, [id])
    return id
  }
  return { points, idOf }
}

/** Without the sides that run both ways. */
function cancelled(sides: readonly Side[]): Side[] {
  const many = 2 ** 26
  const open = new Map<number, Side[]>()
  for (const side of sides) {
    const back = side.to * many + side.from
    const others = open.get(back)
    if (others?.length) {
      others.pop()
      if (others.length === 0) open.delete(back)
      continue
    }
    const k = side.from * many + side.to
    const held = open.get(k)
    if (held) held.push(side)
    else open.set(k, [side])
  }
  return [...open.values()].flat()
}

/** Sides cut at the corners of others that lie on them. */
function atCorners(sides: readonly Side[], points: readonly XY[], nearM: number): Side[] {
  const ids = [...new Set(sides.map((s) => s.from))]
  const index = indexOf(
    ids.map((id) => {
      const [x, y] = points[id] ?? [0, 0]
      return [x, y, x, y]
    }),
  )
  if (!index) return []
  return sides.flatMap((side) => {
    const a: XY = points[side.from] ?? [0, 0]
    const b: XY = points[side.to] ?? a
    const on = index
      .search(
        Math.min(a[0], b[0]) - nearM,
        Math.min(a[1], b[1]) - nearM,
        Math.max(a[0], b[0]) + nearM,
        Math.max(a[1], b[1]) + nearM,
      )
      .flatMap((i) => {
        const id = ids[i] ?? side.from
        const p = points[id] ?? a
        return id !== side.from && id !== side.to && fromSegment(p, a, b) < nearM
          ? [{ id, far: Math.hypot(p[0] - a[0], p[1] - a[1]) }]
          : []
      })
      .sort((p, q) => p.far - q.far)
    const stops = [side.from, ...on.map((o) => o.id), side.to]
    return stops.slice(1).map((to, i) => ({ from: stops[i] ?? side.from, to, of: side.of }))
  })
}

function traced(sides: readonly Side[], points: readonly XY[], apart: 'inside' | 'outside'): Border[] {
  const leaving = new Map<number, Side[]>()
  for (const side of sides) {
    const ways = leaving.get(side.from)
    if (ways) ways.push(side)
    else leaving.set(side.from, [side])
  }
  const done = new Set<Side>()
  const heading = (from: number, to: number): number => {
    const [[ax, ay], [bx, by]] = [points[from] ?? [0, 0], points[to] ?? [0, 0]]
    return Math.atan2(by - ay, bx - ax)
  }
  /** Turned clockwise from where one came from: the first way keeps the same ground on the left, the last the same hole on the right. */
  const nextOf = ({ from, to }: Side, first: Side): Side | undefined => {
    const ways = (leaving.get(to) ?? []).filter((way) => way === first || !done.has(way))
    if (ways.length <= 1) return ways[0]
    const back = heading(to, from)
    const turned = (way: Side): number => {
      const turn = (back - heading(to, way.to)) % (2 * Math.PI)
      return turn <= 1e-12 ? turn + 2 * Math.PI : turn
    }
    const sorted = [...ways].sort((p, q) => turned(p) - turned(q))
    return apart === 'inside' ? sorted[0] : sorted.at(-1)
  }
  const borders: Border[] = []
  for (const first of sides) {
    if (done.has(first)) continue
    const loop: XY[] = []
    const along = new Set<number>()
    let side: Side | undefined = first
    while (side && !done.has(side)) {
      done.add(side)
      loop.push(points[side.from] ?? [0, 0])
      along.add(side.of)
      side = nextOf(side, first)
    }
    if (side === first && loop.length > 2) borders.push({ loop: cleaned(loop), along })
  }
  return borders
}
