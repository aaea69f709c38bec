/** Parts `special-grids` (三网融合) and `duty-grids` (责任网格) of a city pack: sets of cells. */
import { covered, noChanges, type PackReading, part, rowsIn } from '@pentad/platform/pack'
import { RefusalError, refuse } from '@pentad/platform/refusal'
import { DAY, legalDayOf } from '@pentad/platform/time'
import { cutOff } from './edit.ts'
import {
  addDutyGrid,
  changeDutyGrid,
  currentSpecialGrids,
  type DutyGrid,
  dutyGrids,
  endDutyGrid,
  knownUnits,
  laySpecialGrids,
  type NewDutyGrid,
  peopleByLogin,
  type SpecialGrid,
} from './groups.ts'
import { codeOfDutyGrid } from './model.ts'
import { cellsPart, type PackCell } from './pack-cells.ts'
import { currentCells } from './queries.ts'

interface Placed {
  file: string
  line: number
}
const specialFile = 'grids/special-grids.csv'
const dutyFile = 'grids/duty-grids.csv'
const codeOrPrefix = /^\d{6}(?:\d{3}){0,3}$/

/** Codes of a sorted list that begin with one of the prefixes. */
function expanded(prefixes: readonly string[], codes: readonly string[]): string[] {
  const found = new Set<string>()
  for (const prefix of prefixes) {
    let [low, high] = [0, codes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((codes[middle] ?? '') < prefix) low = middle + 1
      else high = middle
    }
    for (let i = low; codes[i]?.startsWith(prefix); i++) found.add(codes[i] ?? '')
  }
  return [...found].sort()
}

/** Says prefixes that are no codes, or that hold no cell of the pack. */
function sayUnknown(
  prefixes: readonly string[],
  codes: readonly string[] | undefined,
  fault: (code: string, details: Record<string, string>) => void,
): void {
  for (const prefix of prefixes) {
    if (!codeOrPrefix.test(prefix) || (codes && expanded([prefix], codes).length === 0))
      fault('pack/grid-cell-unknown', { cell: prefix })
  }
}
/** The pack's cells, else those that are there. */
async function cellsIn(reading: PackReading): Promise<Map<string, Pick<PackCell, 'code' | 'ring'>> | undefined> {
  const read = reading.of(cellsPart)
  // Cells that are made only where there are none leave those that staff have changed since.
  const held = reading.db && (!read || read.made) ? await currentCells(reading.db) : []
  const cells = [...(read?.cells ?? []), ...held]
  return read || reading.db ? new Map(cells.map((c) => [c.code, c])) : undefined
}

type PackSpecialGrid = SpecialGrid & Placed

export const specialGridsPart = part<PackSpecialGrid[]>({
  name: 'special-grids',
  files: [specialFile],
  async read(reading) {
    const cells = await cellsIn(reading)
    const codes = cells && [...cells.keys()].sort()
    const grids: PackSpecialGrid[] = []
    const lines = new Map<string, number>()
    const held = new Map<string, string>()
    const columns = { scheme: {}, code: {}, name_zh: {}, name_en: { optional: true }, cells: {} }
    for await (const row of rowsIn(reading, specialFile, columns)) {
      const [scheme, code, nameZh] = [row.text('scheme'), row.text('code'), row.text('name_zh')]
      const prefixes = row.list('cells')
      if (prefixes.length === 0) row.fault('pack/missing', { column: 'cells' })
      if (!row.good()) continue
      const key = `${scheme} ${code}`
      const first = lines.get(key)
      if (first !== undefined) row.fault('pack/grid-twice', { code, scheme, first })
      lines.set(key, row.line)
      sayUnknown(prefixes, codes, row.fault)
      // Without the cells at hand, a prefix within another is the same cell twice.
      for (const cell of codes ? expanded(prefixes, codes) : prefixes) {
        const other = held.get(`${scheme} ${cell}`)
        if (other) row.fault('pack/cell-in-two-grids', { cell, scheme, grid: code, other })
        else held.set(`${scheme} ${cell}`, code)
      }
      if (row.good())
        grids.push({
          scheme,
          code,
          nameZh,
          nameEn: row.optional('name_en') ?? '',
          cells: prefixes,
          file: row.file,
          line: row.line,
        })
    }
    return grids
  },
  async lay({ db, editionId, now, covers }, rows) {
    const changes = noChanges()
    const codes = (await currentCells(db)).map((c) => c.code).sort()
    const held = new Map((await currentSpecialGrids(db)).map((g) => [`${g.scheme} ${g.code}`, g]))
    const made: SpecialGrid[] = []
    for (const { scheme, code, nameZh, nameEn, cells, file, line } of rows) {
      const key = `${scheme} ${code}`
      const next = { scheme, code, nameZh, nameEn, cells: expanded(cells, codes) }
      if (next.cells.length === 0) throw new RefusalError(refuse('geography/grid-without-cells', { code, file, line }))
      const old = held.get(key)
      held.delete(key)
      if (old && old.nameZh === nameZh && old.nameEn === nameEn && old.cells.join() === next.cells.join())
        changes.same++
      else {
        changes[old ? 'changed' : 'added']++
        made.push(next)
      }
    }
    const ended = [...held.values()]
      .filter((g) => g.cells.every((c) => covered(covers, c)))
      .map(({ scheme, code }) => ({ scheme, code }))
    changes.retired = ended.length
    if (made.length + ended.length) await laySpecialGrids(db, { made, ended }, { edition: editionId, now })
    return changes
  },
})

interface PackDutyGrid extends Omit<NewDutyGrid, 'personIds'>, Placed {
  logins: string[]
}

export const dutyGridsPart = part<PackDutyGrid[]>({
  name: 'duty-grids',
  files: [dutyFile],
  async read(reading) {
    const cells = await cellsIn(reading)
    const codes = cells && [...cells.keys()].sort()
    const grids: PackDutyGrid[] = []
    const columns = {
      code: {},
      name_zh: {},
      name_en: { optional: true },
      cells: {},
      logins: { optional: true },
      unit_id: { optional: true },
      valid_from: {},
      valid_to: { optional: true },
    }
    for await (const row of rowsIn(reading, dutyFile, columns)) {
      const grid: PackDutyGrid = {
        code: row.matching('code', codeOfDutyGrid, 'pack/duty-code'),
        nameZh: row.text('name_zh'),
        nameEn: row.optional('name_en') ?? '',
        unitId: row.optional('unit_id'),
        logins: row.list('logins'),
        cells: row.list('cells'),
        validFrom: row.day('valid_from'),
        validTo: row.optional('valid_to') && row.day('valid_to'),
        file: row.file,
        line: row.line,
      }
      if (grid.cells.length === 0) row.fault('pack/missing', { column: 'cells' })
      if (!row.good()) continue
      const { code, validFrom, validTo } = grid
      if (validTo && validTo < validFrom) row.fault('pack/day-order', { from: validFrom, to: validTo })
      if (!grid.unitId && grid.logins.length === 0) row.fault('pack/duty-holder', { code })
      const other = grids.find((g) => g.code === code && overlap(g, grid))
      if (other) row.fault('pack/duty-overlap', { code, first: other.line })
      sayUnknown(grid.cells, codes, row.fault)
      if (cells && codes && row.good())
        sayCutOff(expanded(grid.cells, codes), cells, (cell) => row.fault('pack/duty-not-adjacent', { code, cell }))
      if (row.good()) grids.push(grid)
    }
    return grids
  },
  async lay({ db, editionId, now, covers }, rows) {
    const changes = noChanges()
    const codes = (await currentCells(db)).map((c) => c.code).sort()
    const people = await peopleByLogin(db, [...new Set(rows.flatMap((r) => r.logins))])
    const units = await knownUnits(db, [...new Set(rows.flatMap((r) => r.unitId ?? []))])
    const held = new Map(
      (await dutyGrids(db, { day: null, cell: null, within: '' })).map((g) => [`${g.code} ${g.validFrom}`, g]),
    )
    const laying = { edition: editionId, now }
    for (const row of rows) {
      const { file, line, logins, ...grid } = row
      const stranger = logins.find((l) => !people.has(l))
      if (stranger) throw new RefusalError(refuse('geography/unknown-login', { login: stranger, file, line }))
      if (grid.unitId && !units.has(grid.unitId))
        throw new RefusalError(refuse('geography/unknown-unit', { unit: grid.unitId, file, line }))
      const next: NewDutyGrid = {
        ...grid,
        cells: expanded(grid.cells, codes),
        personIds: logins.flatMap((l) => people.get(l) ?? []),
      }
      if (next.cells.length === 0)
        throw new RefusalError(refuse('geography/grid-without-cells', { code: grid.code, file, line }))
      const key = `${grid.code} ${grid.validFrom}`
      const old = held.get(key)
      held.delete(key)
      if (!old) {
        await addDutyGrid(db, next, laying)
        changes.added++
      } else if (sameDuty(old, next)) changes.same++
      else {
        await changeDutyGrid(db, old.id, next, laying)
        changes.changed++
      }
    }
    // What is in force and no longer said ended yesterday; what is over stays as it was.
    const yesterday = legalDayOf(new Date(now.getTime() - DAY))
    for (const { id, code } of held.values())
      if (covered(covers, code) && (await endDutyGrid(db, id, yesterday))) changes.retired++
    return changes
  },
})

const overlap = (a: Pick<DutyGrid, 'validFrom' | 'validTo'>, b: Pick<DutyGrid, 'validFrom' | 'validTo'>): boolean =>
  (a.validTo === null || a.validTo >= b.validFrom) && (b.validTo === null || b.validTo >= a.validFrom)

const sameDuty = (old: DutyGrid, next: NewDutyGrid): boolean =>
  old.nameZh === next.nameZh &&
  old.nameEn === next.nameEn &&
  old.unitId === next.unitId &&
  old.validTo === next.validTo &&
  old.cells.join() === [...next.cells].sort().join() &&
  old.people
    .map((p) => p.id)
    .sort()
    .join() === [...next.personIds].sort().join()

function sayCutOff(
  codes: readonly string[],
  cells: ReadonlyMap<string, Pick<PackCell, 'code' | 'ring'>>,
  say: (cell: string) => void,
): void {
  const cell = cutOff(codes.flatMap((c) => cells.get(c) ?? []))
  if (cell) say(cell)
}
