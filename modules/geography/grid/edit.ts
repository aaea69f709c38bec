/** 网格编辑: splitting, merging, reassigning, and the way back. Decides what ends and what is made; writes nothing. */
import type { LonLat } from '@pentad/platform/geo'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { splitAlong } from './cut.ts'
import { joined } from './generate.ts'
import { type Cell, type CellAttributes, freeCodes, inOrder, smallestCellM2 } from './model.ts'
import { boxOf, type Loop, loopOf, meridianNear, middleOf, ringOf, sharedBorderM, signedAreaOf, toXY } from './plane.ts'
import type { CellVersion, GridEdit } from './queries.ts'

const meridianOf = (cell: Cell): number => meridianNear(cell.lon)
/** Neighbours share at least so much border; a corner is not enough. */
const leastBorderM = 1

const attributesOf = ({ landUse, grade, responsible, note }: CellAttributes): CellAttributes => ({
  landUse,
  grade,
  responsible,
  note,
})
const cellOf = (code: string, loop: Loop, meridianDeg: number, attributes: CellAttributes): Cell => ({
  code,
  communityCode: code.slice(0, 12),
  ...middleOf(loop, meridianDeg),
  ring: ringOf(loop, meridianDeg),
  ...attributesOf(attributes),
})
const noCodes = (community: string): Refusal => refuse('geography/no-codes-left', { community })

/** Two or more cells with new numbers where there was one. `used`: all codes the community ever had. */
export function decideSplit(cell: Cell, line: readonly LonLat[], used: readonly string[]): GridEdit | Refusal {
  const meridianDeg = meridianOf(cell)
  const split = splitAlong(
    loopOf(cell.ring, meridianDeg),
    line.map((p) => toXY(p, meridianDeg)),
  )
  if ('fault' in split)
    return refuse(split.fault === 'misses' ? 'geography/line-misses-cell' : 'geography/line-crosses-itself', {
      cell: cell.code,
    })
  const smallest = Math.min(...split.parts.map(signedAreaOf))
  if (smallest < smallestCellM2)
    return refuse('geography/part-too-small', { areaM2: Math.round(smallest), leastM2: smallestCellM2 })
  const codes = freeCodes(cell.communityCode, used, split.parts.length)
  if (!codes) return noCodes(cell.communityCode)
  const parts = inOrder(split.parts.map((loop) => placeInOrder(loop)))
  return {
    made: parts.map(({ loop }, i) => cellOf(codes[i] ?? '', loop, meridianDeg, cell)),
    ended: [{ code: cell.code, ending: 'split', replacedBy: codes }],
  }
}
/** Parts whose northern edges lie within 20 m stand in one row. */
const rowM = 20
function placeInOrder(loop: Loop): { loop: Loop; row: number; x: number } {
  const [west, , , north] = boxOf(loop)
  return { loop, row: -Math.round(north / rowM), x: west }
}

/** One cell with a new number where there were several. */
export function decideMerge(cells: readonly Cell[], used: readonly string[]): GridEdit | Refusal {
  const [first] = cells
  if (!first || cells.length < 2) return refuse('geography/merge-needs-two')
  const stranger = cells.find((c) => c.communityCode !== first.communityCode)
  if (stranger) return refuse('geography/merge-across-communities', { cell: first.code, other: stranger.code })
  const meridianDeg = meridianOf(first)
  const loop = joined(cells.map((c) => loopOf(c.ring, meridianDeg)))
  if (!loop) return refuse('geography/not-adjacent', { cells: cells.map((c) => c.code).join(', ') })
  const [code] = freeCodes(first.communityCode, used, 1) ?? []
  if (!code) return noCodes(first.communityCode)
  const common = <K extends keyof CellAttributes>(key: K): string | null =>
    cells.every((c) => c[key] === first[key]) ? first[key] : null
  const attributes = {
    landUse: common('landUse'),
    grade: common('grade'),
    responsible: common('responsible'),
    note: common('note'),
  }
  return {
    made: [cellOf(code, loop, meridianDeg, attributes)],
    ended: cells.map((c) => ({ code: c.code, ending: 'merge', replacedBy: [code] })),
  }
}

export interface NewCommunity {
  code: string
  /** Its cells now. */
  cells: readonly Cell[]
  /** All codes it ever had. */
  used: readonly string[]
}
/** Cells go over to another community that they lie beside, with new numbers. */
export function decideReassign(cells: readonly Cell[], to: NewCommunity): GridEdit | Refusal {
  const [first] = cells
  if (!first) return refuse('geography/no-cells')
  const already = cells.find((c) => c.communityCode === to.code)
  if (already) return refuse('geography/already-there', { cell: already.code, community: to.code })
  const meridianDeg = meridianOf(first)
  const places = cells.map((cell) => ({ cell, loop: loopOf(cell.ring, meridianDeg) }))
  const home = to.cells.map((c) => loopOf(c.ring, meridianDeg))
  const cut = home.length ? unreached(places, home) : undefined
  if (cut) return refuse('geography/not-beside-community', { cell: cut.code, community: to.code })
  const codes = freeCodes(to.code, to.used, cells.length)
  if (!codes) return noCodes(to.code)
  const sorted = inOrder(places.map(({ cell, loop }) => ({ ...placeInOrder(loop), cell })))
  return {
    made: sorted.map(({ cell }, i) => ({ ...plain(cell), code: codes[i] ?? '', communityCode: to.code })),
    ended: sorted.map(({ cell }, i) => ({ code: cell.code, ending: 'reassign', replacedBy: codes.slice(i, i + 1) })),
  }
}
const plain = ({ code, communityCode, lon, lat, ring, ...rest }: Cell): Cell => ({
  code,
  communityCode,
  lon,
  lat,
  ring,
  ...attributesOf(rest),
})

/** One that does not reach `home` by shared borders, over the others; undefined when all do. */
function unreached(places: readonly { cell: Cell; loop: Loop }[], home: readonly Loop[]): Cell | undefined {
  const touches = (a: Loop, b: Loop): boolean => nearBoxes(a, b) && sharedBorderM(a, b) >= leastBorderM
  let reached: Loop[] = [...home]
  let left = [...places]
  while (left.length) {
    const next = left.filter((p) => reached.some((r) => touches(p.loop, r)))
    if (next.length === 0) return left[0]?.cell
    reached = next.map((p) => p.loop)
    left = left.filter((p) => !next.includes(p))
  }
  return undefined
}
function nearBoxes(a: Loop, b: Loop): boolean {
  const [p, q] = [boxOf(a), boxOf(b)]
  const slack = 0.2
  return p[0] <= q[2] + slack && q[0] <= p[2] + slack && p[1] <= q[3] + slack && q[1] <= p[3] + slack
}

/** The first cell that cannot be reached from the others over shared borders; undefined when they are one piece. */
export function cutOff(cells: readonly Pick<Cell, 'code' | 'ring'>[]): string | undefined {
  const meridianDeg = meridianNear(cells[0]?.ring[0]?.[0] ?? 117)
  const loops = cells.map((c) => ({ cell: c as Cell, loop: loopOf(c.ring, meridianDeg) }))
  const [first, ...rest] = loops
  return first && unreached(rest, [first.loop])?.code
}

/** Other words for the same ground. */
export function decideChange(cell: Cell, changes: Partial<CellAttributes>): GridEdit | Refusal {
  const next = { ...plain(cell), ...changes }
  const same = (['landUse', 'grade', 'responsible', 'note'] as const).every((k) => next[k] === cell[k])
  if (same) return refuse('geography/nothing-changed')
  return { made: [next], ended: [{ code: cell.code, ending: 'change', replacedBy: [cell.code] }] }
}

/** The way back, while nothing newer has touched what the edit made; codes that ended by it are the same ground again. */
export function decideUndo({
  made,
  ended,
}: {
  made: readonly CellVersion[]
  ended: readonly CellVersion[]
}): GridEdit | Refusal {
  if (made.length + ended.length === 0) return refuse('geography/nothing-to-undo')
  const touched = made.find((c) => c.validTo !== null)
  if (touched) return refuse('geography/touched-since', { cell: touched.code })
  const restored = ended.map((c) => c.code)
  return {
    made: ended.map(plain),
    ended: made.map((c) => ({
      code: c.code,
      ending: 'undo' as const,
      // A split's parts give way to the whole; of a merge's parts, and of cells that went over, each to its own.
      replacedBy: ended.flatMap((e) => (e.replacedBy.includes(c.code) ? [e.code] : [])).slice(0, restored.length),
    })),
  }
}
