import { type Db, sql } from '@pentad/platform/db'
import {
  type Changes,
  covered,
  coversOf,
  filesOf,
  noChanges,
  type PackReading,
  part,
  rowsIn,
  type TableSpec,
} from '@pentad/platform/pack'
import { legalDayOf } from '@pentad/platform/time'
import { axes } from '../model.ts'
import { allUnits, putUnit, type UnitRow } from '../queries.ts'

const columns = {
  id: {},
  parent_id: { optional: true },
  name_zh: {},
  name_en: { optional: true },
  kind: {},
  axis: {},
  area_code: { optional: true },
} as const satisfies TableSpec

export interface PackUnit extends UnitRow {
  line: number
}

export const unitsPart = part<PackUnit[]>({
  name: 'units',
  files: ['organisation/units.csv'],
  read: async (reading) => {
    const units: PackUnit[] = []
    for (const file of filesOf(reading.source, unitsPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const unit = {
          line: row.line,
          id: row.matching('id', /^[a-z0-9][a-z0-9-]{0,62}$/, 'pack/unit-id'),
          parentId: row.optional('parent_id'),
          nameZh: row.text('name_zh'),
          nameEn: row.optional('name_en') ?? row.text('name_zh'),
          kind: row.text('kind'),
          axis: row.oneOf('axis', axes),
          areaCode: row.optional('area_code') ?? '',
        }
        if (row.good()) units.push(unit)
      }
      sayWrongTree(reading, file, units, await unitsThere(reading))
      await sayOfOthers(reading, file, units)
    }
    return units
  },
  async lay({ db, now, covers }, units) {
    const changes = noChanges()
    const before = new Map((await unitsOfPacks(db)).map((u) => [u.id, u]))
    for (const unit of parentsFirst(units)) {
      const old = before.get(unit.id)
      before.delete(unit.id)
      const same = old && !old.ended && sayOf(old) === sayOf(unit)
      changes[same ? 'same' : old ? 'changed' : 'added']++
      if (!same) {
        await putUnit(db, unit)
        await sql`update identity.unit set from_pack = true, ended = null where id = ${unit.id}`.execute(db)
      }
    }
    const gone = [...before.values()]
      .filter((u) => u.fromPack && !u.ended && covered(covers, u.areaCode))
      .map((u) => u.id)
    await sql`update identity.unit set ended = ${legalDayOf(now)} where id = any(${gone})`.execute(db)
    return { ...changes, retired: gone.length } satisfies Changes
  },
})

/** A pack of one district neither changes the units of another nor makes any there; it may name them, as they stand, to hang its own below. */
async function sayOfOthers(reading: PackReading, file: string, units: readonly PackUnit[]): Promise<void> {
  const covers = coversOf(reading)
  if (!reading.db || covered(covers, '')) return
  const there = new Map((await unitsOfPacks(reading.db)).map((u) => [u.id, u]))
  for (const unit of units) {
    const old = there.get(unit.id)
    if (old && !covered(covers, old.areaCode)) {
      if (old.ended || sayOf(old) !== sayOf(unit))
        reading.fault(file, unit.line, 'pack/unit-taken', { unit: unit.id, name: old.nameZh })
    } else if (!covered(covers, unit.areaCode))
      reading.fault(file, unit.line, 'pack/not-covered', {
        what: unit.areaCode || unit.id,
        covers: covers.join(', '),
      })
  }
}

interface KnownUnit extends UnitRow {
  fromPack: boolean
  ended: string | null
}
const unitsOfPacks = async (db: Db): Promise<KnownUnit[]> =>
  (
    await sql<KnownUnit>`select id, parent_id as "parentId", name_zh as "nameZh", name_en as "nameEn", kind, axis, area_code as "areaCode",
      from_pack as "fromPack", ended::text from identity.unit`.execute(db)
  ).rows
const sayOf = ({ parentId, nameZh, nameEn, kind, axis, areaCode }: UnitRow): string =>
  JSON.stringify([parentId, nameZh, nameEn, kind, axis, areaCode])

/** A pack of a part of the city leans on the rest as it stands; one of the whole city stands by itself. */
async function unitsThere({ db, settings }: PackReading): Promise<ReadonlySet<string>> {
  return new Set(db && settings.covers ? (await allUnits(db)).map((u) => u.id) : [])
}

/** The units that other parts may name: the pack's own, and those of the city that it leans on; undefined where none are known. */
export async function unitIdsOf(reading: PackReading): Promise<ReadonlySet<string> | undefined> {
  const own = reading.of(unitsPart)
  if (!own && !reading.db) return undefined
  const there = own ? await unitsThere(reading) : (await allUnits(reading.db as Db)).map((u) => u.id)
  return new Set([...(own ?? []).map((u) => u.id), ...there])
}

function sayWrongTree(
  { fault }: PackReading,
  file: string,
  units: readonly PackUnit[],
  there: ReadonlySet<string>,
): void {
  const byId = new Map<string, PackUnit>()
  for (const unit of units) {
    const first = byId.get(unit.id)
    if (first) fault(file, unit.line, 'pack/twice', { what: unit.id, first: first.line })
    else byId.set(unit.id, unit)
  }
  for (const unit of units) {
    if (unit.parentId && !byId.has(unit.parentId) && !there.has(unit.parentId))
      fault(file, unit.line, 'pack/unknown-unit', { unit: unit.parentId })
    const seen = new Set<string>([unit.id])
    for (let above = unit.parentId; above; above = byId.get(above)?.parentId ?? null) {
      if (seen.has(above)) {
        fault(file, unit.line, 'pack/unit-below-itself', { unit: unit.id })
        break
      }
      seen.add(above)
    }
  }
}

/** A unit after the one above it, because the database asks for it. */
export function parentsFirst<T extends { id: string; parentId: string | null }>(units: readonly T[]): T[] {
  const byId = new Map(units.map((u) => [u.id, u]))
  const depth = (unit: T): number => {
    const above = unit.parentId === null ? undefined : byId.get(unit.parentId)
    return above ? depth(above) + 1 : 0
  }
  return units
    .map((unit) => ({ unit, at: depth(unit) }))
    .sort((a, b) => a.at - b.at)
    .map(({ unit }) => unit)
}
