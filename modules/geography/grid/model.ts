/** 单元网格: codes, tolerances and words of cells, special grids and duty grids (domain §2.1, §2.2). Pure. */
import type { LonLat, Ring } from '@pentad/platform/geo'

/** Two cells may cover the same ground, or leave ground between them, up to this area or this width: what surveying cannot tell apart. */
export const toleranceM2 = 1
export const toleranceM = 0.5
/** A cell smaller than this is no unit of work. */
export const smallestCellM2 = 100
/** The original idea of the cell: 万米单元网格, about 100 m by 100 m. */
export const usualSideM = 100
export const mostInCommunity = 999

export const codeOfCell = /^\d{15}$/
/** Free, we use street + G + number (domain §2.2). */
export const codeOfDutyGrid = /^\d{9}G\d{3}$/

/** What a pack or an editor may say of a cell beside its ground (DB11). */
export interface CellAttributes {
  landUse: string | null
  grade: string | null
  /** Null: the territorial authority answers (属地兜底). */
  responsible: string | null
  note: string | null
}
export const noAttributes: CellAttributes = { landUse: null, grade: null, responsible: null, note: null }

/** A cell as it is laid: closed ring, counter-clockwise; `lon`, `lat` a point in its middle. */
export interface Cell extends CellAttributes {
  code: string
  communityCode: string
  lon: number
  lat: number
  ring: Ring
}

/** Why a version of a cell ended. */
export const endings = ['split', 'merge', 'reassign', 'change', 'pack', 'undo'] as const
export type Ending = (typeof endings)[number]

/** Something of the grid that breaks a rule; the sentence is the message `code`. */
export interface GridFault {
  code: string
  /** The cells it is about; the first is the one to be named. */
  cells: readonly string[]
  details: Readonly<Record<string, string | number>>
  /** Where to look. */
  at: LonLat | null
}

/** The next free numbers of a community; a retired code is never given again, so `used` holds all there ever were. */
export function freeCodes(communityCode: string, used: Iterable<string>, count: number): string[] | undefined {
  let last = 0
  for (const code of used) if (code.startsWith(communityCode)) last = Math.max(last, Number(code.slice(12)))
  if (last + count > mostInCommunity) return undefined
  return Array.from({ length: count }, (_, i) => communityCode + String(last + i + 1).padStart(3, '0'))
}

/** The sequence of DB11: northern rows first, in each from west to east. `row` grows to the south. */
export const inOrder = <T extends { row: number; x: number }>(places: readonly T[]): T[] =>
  [...places].sort((a, b) => a.row - b.row || a.x - b.x)
