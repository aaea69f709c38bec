/** The first pass over a census: every row is looked at and every fault said; nothing is kept but which ids came where. */
import type { Crs } from '@pentad/platform/crs'
import { isRefusal, type Refusal } from '@pentad/platform/refusal'
import type { Place, Point } from '../../model.ts'
import { partsOf } from '../model.ts'
import { IdSet } from './id-set.ts'
import { type CensusRow, censusRow } from './row.ts'
import { type CensusReading, rawRows } from './rows.ts'

/** Where a point lies. */
export interface Placing {
  placeOf: (point: Point) => Place | Refusal
}

export interface CensusOrder {
  reading: CensusReading
  files: readonly string[]
  /** For coordinates of rows that name no system. */
  crs: Crs | undefined
  /** None where there is no city yet to place them in: then only the rows themselves are checked. */
  placing: Placing | undefined
  /** Area prefixes that the delivery may touch; '' is everywhere. */
  within: readonly string[]
}

/** `drains-changes.csv` adds and changes; what is not in it stays. */
export const isChangesFile = (file: string): boolean => /-changes\.\w+$/.test(file)

export interface PlacedRow extends CensusRow {
  cell: string
  file: string
  line: number
}

/** Rows read, all faults said through the reading. */
export async function checkCensus(order: CensusOrder): Promise<{ rows: number }> {
  const seen = { whole: new IdSet(), changes: new IdSet() }
  const begun = { whole: [] as Begin[], changes: [] as Begin[] }
  let rows = 0
  for (const file of order.files) {
    const part = isChangesFile(file) ? 'changes' : 'whole'
    const from = begun[part].at(-1)?.to ?? 0
    const begin: Begin = { file, from, to: from }
    begun[part].push(begin)
    for await (const { row, line } of checkedRows(order, file)) {
      rows++
      begin.to = Math.max(begin.to, from + line)
      const earlier = seen[part].add(row.id, from + line)
      if (earlier === undefined) continue
      const first = begun[part].findLast((b) => b.from < earlier) ?? begin
      order.reading.fault(file, line, 'pack/component-twice', {
        id: row.id,
        file: first.file,
        first: earlier - first.from,
      })
    }
  }
  return { rows }
}

/** Lines of all files counted on, so that a number says both. */
interface Begin {
  file: string
  from: number
  to: number
}

/** Good rows of a file with their cells. */
export async function* checkedRows(
  { reading, crs, placing, within }: CensusOrder,
  file: string,
): AsyncGenerator<{ row: PlacedRow; line: number }> {
  for await (const raw of rawRows(reading, file)) {
    const row = censusRow(raw.values, raw.crs ?? crs, raw.say)
    if (!row) continue
    if (!placing) {
      yield { row: { ...row, cell: '', file, line: raw.line }, line: raw.line }
      continue
    }
    const place = placing.placeOf(row)
    if (isRefusal(place)) {
      raw.say('pack/component-outside', { id: row.id, lon: row.lon, lat: row.lat })
      continue
    }
    const fault = placeFault(row, place, within)
    if (fault)
      raw.say(fault, { id: row.id, district: partsOf(row.id).district, cell: place.cell, said: row.saidCell ?? '' })
    else yield { row: { ...row, cell: place.cell, file, line: raw.line }, line: raw.line }
  }
}

/** The number says the district and may say the cell; the place decides. */
function placeFault(row: CensusRow, place: Place, within: readonly string[]): string | null {
  if (partsOf(row.id).district !== place.district) return 'pack/component-district'
  if (row.saidCell !== null && row.saidCell !== place.cell) return 'pack/component-cell'
  if (!within.some((area) => place.cell.startsWith(area))) return 'pack/component-not-yours'
  return null
}
