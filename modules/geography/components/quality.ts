/** Cells that a census passed over. Pure. */

/** A cell without any of a class is suspect when so many of the cells around it have some. */
export const gapNeighbours = 6

export interface CellAt {
  code: string
  /** Metres. */
  x: number
  y: number
}
/** Cells this near in both directions are neighbours: the eight around a square of 100 m. */
const neighbourM = 150

/** For each class, cells that have none while most of their neighbours have some: likely passed over by the survey. */
export function passedOver(
  cells: readonly CellAt[],
  present: Iterable<{ classCode: string; cell: string }>,
): { classCode: string; cells: string[] }[] {
  const around = neighboursOf(cells)
  const byClass = new Map<string, Set<string>>()
  for (const { classCode, cell } of present) {
    const has = byClass.get(classCode)
    if (has) has.add(cell)
    else byClass.set(classCode, new Set([cell]))
  }
  return [...byClass].flatMap(([classCode, has]) => {
    const seen = new Map<string, number>()
    for (const cell of has) for (const next of around.get(cell) ?? []) seen.set(next, (seen.get(next) ?? 0) + 1)
    const gaps = [...seen].flatMap(([cell, n]) => (n >= gapNeighbours && !has.has(cell) ? [cell] : []))
    return gaps.length ? [{ classCode, cells: gaps.sort() }] : []
  })
}

function neighboursOf(cells: readonly CellAt[]): Map<string, string[]> {
  const key = (x: number, y: number) => `${x}:${y}`
  const blocks = new Map<string, CellAt[]>()
  const blockOf = (m: number) => Math.floor(m / neighbourM)
  for (const cell of cells) {
    const at = key(blockOf(cell.x), blockOf(cell.y))
    const block = blocks.get(at)
    if (block) block.push(cell)
    else blocks.set(at, [cell])
  }
  return new Map(
    cells.map((cell) => {
      const near: string[] = []
      for (let dx = -1; dx <= 1; dx++)
        for (let dy = -1; dy <= 1; dy++)
          for (const other of blocks.get(key(blockOf(cell.x) + dx, blockOf(cell.y) + dy)) ?? [])
            if (other !== cell && Math.abs(other.x - cell.x) <= neighbourM && Math.abs(other.y - cell.y) <= neighbourM)
              near.push(other.code)
      return [cell.code, near]
    }),
  )
}
