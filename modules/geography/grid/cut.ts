/** Cutting ground: along a grid line, and along a line that somebody drew. */
import { cleaned, crossing, distance, fromSegment, inLoop, knotOf, type Loop, signedAreaOf, type XY } from './plane.ts'

interface Crossing {
  at: XY
  /** Along the cutting line. */
  position: number
  /** Does the border go to the high side here? */
  up: boolean
}
interface Chain {
  points: XY[]
  high: boolean
  from: Crossing
  to: Crossing
}

/**
 * Cuts polygons (outer loops counter-clockwise, holes clockwise) at x = `at` (axis 0) or y = `at` (axis 1). A corner on the
 * line counts as above it, so that every border crosses clearly; both sides get the same new corners to the last digit.
 */
export function cutAt(loops: readonly Loop[], axis: 0 | 1, at: number): { low: Loop[]; high: Loop[] } {
  const low: Loop[] = []
  const high: Loop[] = []
  const chains: Chain[] = []
  const crossings: Crossing[] = []
  for (const loop of loops) {
    const isHigh = (p: XY): boolean => p[axis] >= at
    const start = loop.findIndex((p, i) => isHigh(p) !== isHigh(loop.at(i - 1) ?? p))
    if (start < 0) {
      ;(loop[0] && isHigh(loop[0]) ? high : low).push(loop)
      continue
    }
    chains.push(...chainsOf([...loop.slice(start), ...loop.slice(0, start)], axis, at, crossings))
  }
  const partner = paired(crossings, axis)
  for (const side of [true, false]) {
    const open = new Map(chains.filter((c) => c.high === side).map((c) => [c.from, c]))
    for (const first of [...open.values()]) {
      if (!open.has(first.from)) continue
      const points: XY[] = []
      let chain: Chain | undefined = first
      while (chain && open.delete(chain.from)) {
        points.push(chain.from.at, ...chain.points, chain.to.at)
        const next = partner.get(chain.to)
        chain = next && open.get(next)
      }
      const loop = cleaned(points)
      if (loop.length > 2 && Math.abs(signedAreaOf(loop)) > 1e-6) (side ? high : low).push(loop)
    }
  }
  return { low, high }
}

/** The stretches of a loop on either side; the loop begins right after a crossing. */
function chainsOf(loop: Loop, axis: 0 | 1, at: number, crossings: Crossing[]): Chain[] {
  const other = axis === 0 ? 1 : 0
  const cross = (p: XY, q: XY): Crossing => {
    // From the lower to the higher end, so that a border drawn the other way round gives the same digits.
    const [a, b] = p[axis] < q[axis] ? [p, q] : [q, p]
    const position = a[other] + ((b[other] - a[other]) * (at - a[axis])) / (b[axis] - a[axis])
    const c = { at: (axis === 0 ? [at, position] : [position, at]) as XY, position, up: q[axis] > p[axis] }
    crossings.push(c)
    return c
  }
  const first = cross(loop.at(-1) ?? [0, 0], loop[0] ?? [0, 0])
  const chains: Chain[] = []
  let from = first
  let points: XY[] = []
  for (const [i, p] of loop.entries()) {
    points.push(p)
    const q = loop[i + 1]
    const high = p[axis] >= at
    if (q && q[axis] >= at === high) continue
    const to = q ? cross(p, q) : first
    chains.push({ points, high, from, to })
    from = to
    points = []
  }
  return chains
}

/** Along the line one enters the ground, leaves it, enters it …; corners that coincide are put into that order. */
function paired(crossings: readonly Crossing[], axis: 0 | 1): Map<Crossing, Crossing> {
  const sorted = [...crossings].sort((a, b) => a.position - b.position)
  const near = 1e-7
  const pairs = new Map<Crossing, Crossing>()
  for (let i = 0; i < sorted.length; i++) {
    const wanted = (i % 2 === 0) === (axis === 0)
    const here = sorted[i]
    if (!here) break
    if (here.up !== wanted) {
      const j = sorted.findIndex((c, k) => k > i && c.up === wanted && c.position - here.position < near)
      const better = sorted[j]
      if (better) {
        sorted[j] = here
        sorted[i] = better
      }
    }
    const [a, b] = [sorted[i - 1], sorted[i]]
    if (i % 2 === 1 && a && b) {
      pairs.set(a, b)
      pairs.set(b, a)
    }
  }
  return pairs
}

export type Split = { parts: Loop[] } | { fault: 'misses' | 'knot' }

/** Splits a simple counter-clockwise loop along a drawn line, which must come in and go out at least once. */
export function splitAlong(loop: Loop, line: readonly XY[]): Split {
  const chords = chordsOf(loop, line)
  if (chords.length === 0) return { fault: 'misses' }
  let parts: Loop[] = [loop]
  for (const chord of chords) {
    const [a, b] = [chord[0], chord[1]]
    if (!a || !b) continue
    const middle: XY = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    const part = parts.find(
      (p) => inLoop(middle, p) && chord.at(-1) && onBorder(chord.at(-1) ?? a, p) && onBorder(a, p),
    )
    if (!part) return { fault: 'knot' }
    parts = parts.flatMap((p) => (p === part ? halves(part, chord) : [p]))
  }
  return parts.some((p) => p.length < 3 || knotOf(p)) ? { fault: 'knot' } : { parts }
}

const nearM = 1e-5
const onBorder = (p: XY, loop: Loop): boolean =>
  loop.some((a, i) => fromSegment(p, a, loop[(i + 1) % loop.length] ?? a) < nearM)

/** The stretches of the line inside the loop, each from border to border. */
function chordsOf(loop: Loop, line: readonly XY[]): XY[][] {
  const hits: { at: XY; segment: number; far: number }[] = []
  for (let s = 0; s + 1 < line.length; s++) {
    const [a, b] = [line[s], line[s + 1]]
    if (!a || !b) continue
    for (const [i, c] of loop.entries()) {
      const at = crossing(a, b, c, loop[(i + 1) % loop.length] ?? c)
      if (at) hits.push({ at, segment: s, far: distance(a, at) })
    }
  }
  hits.sort((p, q) => p.segment - q.segment || p.far - q.far)
  const single = hits.filter((h, i) => i === 0 || distance(h.at, hits[i - 1]?.at ?? [0, 0]) > nearM)
  return single.slice(1).flatMap((to, i) => {
    const from = single[i]
    if (!from) return []
    const path = [from.at, ...line.slice(from.segment + 1, to.segment + 1), to.at]
    const chord = path.filter((p, k) => k === 0 || distance(p, path[k - 1] ?? p) > nearM)
    const [a, b] = [chord[0], chord[1]]
    return a && b && inLoop([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], loop) ? [chord] : []
  })
}

/** A corner at this place of the border, put in where there is none. */
function withCorner(loop: Loop, p: XY): { loop: Loop; index: number } {
  const held = loop.findIndex((c) => distance(c, p) < nearM)
  if (held >= 0) return { loop, index: held }
  const before = loop.findIndex((a, i) => fromSegment(p, a, loop[(i + 1) % loop.length] ?? a) < nearM)
  return { loop: [...loop.slice(0, before + 1), p, ...loop.slice(before + 1)], index: before + 1 }
}

function halves(loop: Loop, chord: readonly XY[]): Loop[] {
  const p: XY = chord[0] ?? [0, 0]
  const q: XY = chord.at(-1) ?? p
  const whole = withCorner(withCorner(loop, p).loop, q)
  const i = withCorner(whole.loop, p).index
  const j = whole.index
  const between = chord.slice(1, -1)
  const around = (from: number, to: number): XY[] =>
    from <= to ? whole.loop.slice(from, to + 1) : [...whole.loop.slice(from), ...whole.loop.slice(0, to + 1)]
  return [
    [...around(i, j), ...between.toReversed()],
    [...around(j, i), ...between],
  ]
}
