/** The grid that is in force, checked: of an area with what lies against it, or of the whole city. */
import type { Db } from '@pentad/platform/db'
import { outlines, theCity } from '../queries.ts'
import { type CheckedArea, checkGrid } from './check.ts'
import { gridMessages } from './messages.ts'
import type { GridFault } from './model.ts'
import { outlineOf } from './pack-areas.ts'
import { type Box4, boxOf, indexOf } from './plane.ts'
import { type CellVersion, currentAreas, currentCells } from './queries.ts'

export interface SaidFault {
  code: string
  said: { 'zh-CN': string; en: string }
  cells: string[]
  at: [number, number] | null
}

/** The whole city's check takes seconds for a large one; it is kept for the version it was made of. */
let whole: { version: string; faults: SaidFault[]; cells: number } | undefined

export async function faultsOf(db: Db, within: string): Promise<{ cells: number; faults: SaidFault[] }> {
  const version = (await theCity(db))?.version ?? ''
  if (within === '' && whole?.version === version) return whole
  const cells = await currentCells(db)
  const chosen = within ? beside(cells, within) : cells
  const faults = checkGrid({ cells: chosen, areas: await areasToCheck(db, within) })
    .filter((f) => within === '' || isAbout(f, within))
    .map(said)
  const count = within ? cells.filter((c) => c.code.startsWith(within)).length : cells.length
  if (within === '') whole = { version, faults, cells: count }
  return { cells: count, faults }
}

const isAbout = ({ cells, details }: GridFault, within: string): boolean =>
  cells.some((c) => c.startsWith(within)) || String(details.community ?? '').startsWith(within)

/** The cells of an area and those whose boxes meet theirs. */
function beside(cells: readonly CellVersion[], within: string): CellVersion[] {
  const boxes = cells.map((c) => boxOf(c.ring))
  const index = indexOf(boxes)
  const found = new Set<number>()
  for (const [i, cell] of cells.entries())
    if (cell.code.startsWith(within)) for (const j of index?.search(...(boxes[i] as Box4)) ?? []) found.add(j)
  return [...found].sort((a, b) => a - b).flatMap((i) => cells[i] ?? [])
}

/** Outlines of communities that are not looked at would miss the cells that are left out. */
async function areasToCheck(db: Db, within: string): Promise<CheckedArea[]> {
  const shapes = new Map((await outlines(db)).map((o) => [o.code, o.geometry]))
  return (await currentAreas(db)).map(({ code, level, name }) => {
    const geometry = shapes.get(code)
    const wanted = level !== 'community' || code.startsWith(within)
    const outline =
      geometry && wanted ? outlineOf({ geometry: geometry as { type: string; coordinates: unknown } }) : undefined
    return { code, level, name, outline: outline ?? null }
  })
}

function said({ code, cells, details, at }: GridFault): SaidFault {
  const sentence = (language: 'zh-CN' | 'en'): string =>
    (gridMessages[language][code] ?? code).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = String(details[name] ?? '')
      return gridMessages[language][`word/${value}`] ?? value
    })
  return { code, said: { 'zh-CN': sentence('zh-CN'), en: sentence('en') }, cells: [...cells], at: at && [at[0], at[1]] }
}
