/** Part `areas` of a city pack: the tree of areas (areas/areas.csv) and their outlines (areas/*.geojson). */

import type { MultiPolygon, Ring } from '@pentad/platform/geo'
import { announce } from '@pentad/platform/news'
import {
  covered,
  coversOf,
  type Feature,
  featuresIn,
  noChanges,
  type PackReading,
  part,
  rowsIn,
} from '@pentad/platform/pack'
import { codeDigits, type Level } from '../model.ts'
import { ringFault } from './check.ts'
import { meridianNear } from './plane.ts'
import { type AreaNow, currentAreas, layAreas } from './queries.ts'

export interface PackGeometry {
  type: 'Polygon' | 'MultiPolygon'
  coordinates: unknown
}
export interface PackArea extends Omit<AreaNow, 'geometry'> {
  line: number
  geometry: PackGeometry | null
}
export interface PackAreas {
  areas: PackArea[]
  /** Does the pack say anything about outlines? If not, those that are there stay. */
  outlined: boolean
}

const file = 'areas/areas.csv'
const columns = {
  code: {},
  level: {},
  name: {},
  parent_code: { optional: true },
  name_en: { optional: true },
}
const levels = ['city', 'district', 'street', 'community'] as const
/** Cells have a file of their own. */
const cellsFile = 'areas/cells.geojson'

export const areasPart = part<PackAreas | null>({
  name: 'areas',
  files: [file, 'areas/*.geojson'],
  async read(reading) {
    if (!reading.source.paths.includes(file)) return null
    const areas = await areaRows(reading)
    checkTree(reading, areas, reading.db ? await currentAreas(reading.db) : [])
    const byCode = new Map(areas.map((a) => [a.code, a]))
    const files = reading.source.paths.filter((p) => /^areas\/[^/]+\.geojson$/.test(p) && p !== cellsFile)
    for (const path of files) await readOutlines(reading, path, byCode)
    return { areas, outlined: files.length > 0 }
  },
  async lay({ db, editionId, now, covers }, read) {
    const changes = noChanges()
    if (!read) return changes
    const held = new Map((await currentAreas(db)).map((a) => [a.code, a]))
    const made: AreaNow[] = []
    for (const { line: _, ...area } of read.areas) {
      const old = held.get(area.code)
      const next: AreaNow = {
        ...area,
        nameEn: area.nameEn ?? old?.nameEn ?? null,
        geometry: read.outlined ? area.geometry : (old?.geometry ?? null),
      }
      // The city above a district's pack is put there once, and is then others' to change.
      if (old && (sameArea(old, next) || !covered(covers, area.code))) changes.same++
      else {
        changes[old ? 'changed' : 'added']++
        made.push(next)
      }
      held.delete(area.code)
    }
    const ended = [...held.keys()].filter((code) => covered(covers, code))
    changes.retired = ended.length
    if (made.length + ended.length) {
      await layAreas(db, { made, ended }, { edition: editionId, now })
      await announce(db, {
        topic: 'geography.areas-changed',
        about: { edition: editionId },
        may: 'geography.read',
        areaCode: made[0]?.code ?? null,
      })
    }
    return changes
  },
})

const sameArea = (a: AreaNow, b: AreaNow): boolean =>
  a.level === b.level &&
  a.name === b.name &&
  a.nameEn === b.nameEn &&
  a.parentCode === b.parentCode &&
  sameShape(a.geometry, b.geometry)
/** The engine keeps JSON, but not the order of its keys. */
const sameShape = (a: unknown, b: unknown): boolean => {
  const shape = (g: unknown): string => {
    const { type, coordinates } = (g ?? {}) as { type?: string; coordinates?: unknown }
    return JSON.stringify([type, coordinates])
  }
  return shape(a) === shape(b)
}

async function areaRows(reading: PackReading): Promise<PackArea[]> {
  const areas: PackArea[] = []
  const covers = coversOf(reading)
  const seen = new Map<string, number>()
  for await (const row of rowsIn(reading, file, columns)) {
    const level = row.oneOf('level', levels)
    const area: PackArea = {
      code: row.text('code'),
      level,
      name: row.text('name'),
      nameEn: row.optional('name_en'),
      parentCode: row.optional('parent_code'),
      line: row.line,
      geometry: null,
    }
    if (!row.good()) continue
    if (!new RegExp(`^\\d{${codeDigits[level]}}$`).test(area.code))
      row.fault('pack/area-code', { code: area.code, digits: codeDigits[level], level: `level-${level}` })
    const first = seen.get(area.code)
    if (first !== undefined) row.fault('pack/area-twice', { code: area.code, first })
    seen.set(area.code, row.line)
    // What lies above the pack's ground is named so that its own has something to hang below.
    const above = level === 'city' || covers.some((code) => code.startsWith(area.code))
    if (!above && !covered(covers, area.code))
      row.fault('pack/not-covered', { what: area.code, covers: covers.join(', ') })
    if (row.good()) areas.push(area)
  }
  return areas
}

const above: Record<(typeof levels)[number], Level | null> = {
  city: null,
  district: 'city',
  street: 'district',
  community: 'street',
}

/** Every area hangs below one of the next level whose code its own begins with. */
function checkTree(reading: PackReading, areas: readonly PackArea[], held: readonly AreaNow[]): void {
  const byCode = new Map([...held, ...areas].map((a) => [a.code, a]))
  for (const { code, level, parentCode, line } of areas) {
    const wanted = above[level]
    if (!wanted) {
      if (parentCode) reading.fault(file, line, 'pack/area-parent', { code, parent: parentCode })
      continue
    }
    const parent = byCode.get(parentCode ?? '')
    const prefix = wanted === 'city' ? parentCode?.replace(/(?:00)+$/, '') : parentCode
    if (parent?.level !== wanted || !prefix || !code.startsWith(prefix))
      reading.fault(file, line, 'pack/area-parent', { code, parent: parentCode ?? '–' })
  }
}

async function readOutlines(reading: PackReading, path: string, areas: Map<string, PackArea>): Promise<void> {
  const said = await featuresIn(reading, path)
  for (const feature of said?.features ?? []) {
    reading.signal.throwIfAborted()
    const code = String(feature.properties.code ?? '')
    const area = areas.get(code)
    const fault = (what: string, details = {}) => reading.fault(path, feature.line, what, { code, ...details })
    if (!area) fault('pack/outline-unknown')
    else if (area.geometry) fault('pack/outline-twice')
    else {
      const outline = outlineOf(feature)
      const wrong = outline ? outlineFault(outline) : 'pack/not-a-polygon'
      if (wrong) fault(wrong, { cell: code })
      else area.geometry = feature.geometry as PackArea['geometry']
    }
  }
}

/** The polygons of a feature, or undefined where it is none. */
export function outlineOf({ geometry }: Pick<Feature, 'geometry'>): MultiPolygon | undefined {
  const { type, coordinates } = geometry
  const polygons = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : undefined
  const isPoint = (p: unknown) => Array.isArray(p) && typeof p[0] === 'number' && typeof p[1] === 'number'
  const good =
    Array.isArray(polygons) &&
    polygons.length > 0 &&
    polygons.every((p) => Array.isArray(p) && p.length > 0 && p.every((r) => Array.isArray(r) && r.every(isPoint)))
  return good ? { polygons: polygons as MultiPolygon['polygons'] } : undefined
}

/** Outlines are drawn by many programs, so their direction is not asked for. */
function outlineFault({ polygons }: MultiPolygon): string | undefined {
  for (const ring of polygons.flat() as Ring[]) {
    const fault = ringFault(ring, meridianNear(ring[0]?.[0] ?? 117))
    if (fault && fault.code !== 'pack/ring-clockwise') return fault.code
  }
  return undefined
}
