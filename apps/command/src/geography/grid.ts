/** The grid on the screen: the tree of areas, the box that is asked for, the edit in hand. Pure. */
import type { gridAreas } from '@pentad/geography/contract'
import type { Reply } from '@pentad/platform/contract'
import { DAY, legalDayOf, startOfLegalDay } from '@pentad/platform/time'

export type GridArea = Reply<typeof gridAreas>['areas'][number]
export type Tool = 'split' | 'merge' | 'reassign' | 'duty'
export const tools: readonly Tool[] = ['split', 'merge', 'reassign', 'duty']

export interface TreeRow {
  area: GridArea
  depth: number
  open: boolean
  /** Has it areas below with cells? */
  opens: boolean
  faults: number
}

/** What begins with the chosen code; the city's stands for all. */
export const under = ({ code, level }: Pick<GridArea, 'code' | 'level'>): string => (level === 'city' ? '' : code)

/** The areas that hold cells, those on the way to the chosen one open. */
export function treeRows(
  areas: readonly GridArea[],
  opened: ReadonlySet<string>,
  faulty: readonly string[],
): TreeRow[] {
  const children = Map.groupBy(
    areas.filter((a) => a.cells > 0),
    (a) => a.parentCode ?? '',
  )
  const rows: TreeRow[] = []
  const walk = (parent: string, depth: number): void => {
    for (const area of children.get(parent) ?? []) {
      const opens = children.has(area.code)
      const open = opens && (depth === 0 || opened.has(area.code))
      const faults = faulty.filter((c) => c.startsWith(under(area))).length
      rows.push({ area, depth, open, opens, faults })
      if (open) walk(area.code, depth + 1)
    }
  }
  walk('', 0)
  return rows
}

/** The areas above a code, and itself. */
export const wayTo = (code: string): string[] => [6, 9, 12].filter((n) => n <= code.length).map((n) => code.slice(0, n))

/** Cells are shown from here on: at less there would be more than an eye can part. */
export const leastZoom = 12.6

export type Box = readonly [west: number, south: number, east: number, north: number]
/** The box in view, widened to steps, so that a small move asks nothing anew. */
export function askedBox([west, south, east, north]: Box, step = 0.01): Box {
  const to = (n: number): number => Number((n * step).toFixed(6))
  return [
    to(Math.floor(west / step)),
    to(Math.floor(south / step)),
    to(Math.ceil(east / step)),
    to(Math.ceil(north / step)),
  ]
}

/** The end of a legal day, as the grid is asked for; undefined for today and for what is no day before. */
export function endOf(day: string, now: Date): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day >= legalDayOf(now)) return undefined
  const start = startOfLegalDay(day).getTime()
  return Number.isNaN(start) ? undefined : new Date(start + DAY - 1).toISOString()
}

/** A few tints by turns, so that one community is told from the next. */
export function tintsOf(communities: readonly string[]): Map<string, number> {
  return new Map([...new Set(communities)].sort().map((code, i) => [code, i % 4]))
}
