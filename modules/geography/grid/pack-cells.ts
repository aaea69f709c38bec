/** Part `cells` of a city pack: squares (areas/cells.csv), polygons (areas/cells.geojson), or made by us (`cells: generate`). */
import { type Crs, crsNamed, degreesFrom, inMetres } from '@pentad/platform/crs'
import { distanceM, type LonLat, type Ring } from '@pentad/platform/geo'
import { announce } from '@pentad/platform/news'
import { covered, coversOf, featuresIn, noChanges, type PackReading, part, rowsIn } from '@pentad/platform/pack'
import { RefusalError, refuse } from '@pentad/platform/refusal'
import { type CheckedArea, checkGrid } from './check.ts'
import { generateCells } from './generate.ts'
import { type Cell, type CellAttributes, noAttributes, usualSideM } from './model.ts'
import { areasPart, outlineOf, type PackAreas, type PackGeometry } from './pack-areas.ts'
import { boxesMeetM2, boxOf, commonM2, indexOf, loopOf, meridianNear, middleOf, signedAreaOf } from './plane.ts'
import {
  type CellVersion,
  cellsWithoutArea,
  currentAreas,
  currentCells,
  type GridEdit,
  layCells,
  moveGroups,
  retiredCodes,
} from './queries.ts'

/** A cell as the pack has it; attributes that it leaves unsaid stay as they are. */
export interface PackCell extends Pick<Cell, 'code' | 'communityCode' | 'lon' | 'lat' | 'ring'> {
  attributes: Partial<CellAttributes>
  file: string
  line: number
}
export interface PackCells {
  cells: PackCell[]
  /** Made by us: only for communities that have none; what staff have changed since stays. */
  made: boolean
}

const squaresFile = 'areas/cells.csv'
const polygonsFile = 'areas/cells.geojson'
const manifestFile = 'pack.yaml'
const columns = {
  code: {},
  community_code: {},
  street_code: { optional: true },
  x_m: {},
  y_m: {},
  lon: { optional: true },
  lat: { optional: true },
  side_m: { optional: true },
}

export const cellsPart = part<PackCells | null>({
  name: 'cells',
  files: [squaresFile, polygonsFile, manifestFile],
  async read(reading) {
    const has = (path: string): boolean => reading.source.paths.includes(path)
    const areas = reading.of(areasPart) ?? undefined
    const manifest = manifestOf(reading)
    const cells = [
      ...(has(squaresFile) ? await squareCells(reading, manifest) : []),
      ...(has(polygonsFile) ? await polygonCells(reading) : []),
    ]
    if (has(squaresFile) || has(polygonsFile)) {
      const covers = coversOf(reading)
      for (const { code, file, line } of cells)
        if (!covered(covers, code))
          reading.fault(file, line, 'pack/not-covered', { what: code, covers: covers.join(', ') })
      sayFaults(reading, cells, await areasToCheck(reading, areas))
      return { cells, made: false }
    }
    return manifest.generate ? { cells: madeCells(reading, areas, manifest), made: true } : null
  },
  async lay({ db, editionId, now, covers, onProgress }, read) {
    const changes = noChanges()
    if (read) {
      const held = new Map((await currentCells(db)).map((c) => [c.code, c]))
      const edit = read.made ? firstCells(read.cells, held) : difference(read.cells, held, covers)
      refuseReuse(await retiredCodes(db, edit.added), edit.made)
      refuseOverlap(edit, held)
      refuseStrangers(edit.made, new Set((await currentAreas(db)).map((a) => a.code)))
      changes.added = edit.added.length
      changes.changed = edit.made.length - edit.added.length
      changes.retired = edit.ended.length - changes.changed
      changes.same = read.cells.length - edit.made.length
      if (edit.made.length + edit.ended.length) {
        await layCells(db, edit, { edition: editionId, now })
        const moves = edit.ended.flatMap((e) =>
          e.ending === 'pack' && !e.replacedBy.includes(e.code) ? [{ from: e.code, to: e.replacedBy }] : [],
        )
        await moveGroups(db, moves, { edition: editionId, now })
        await announceCells(db, { edition: editionId, act: 'pack', edit })
      }
      onProgress(read.cells.length, read.cells.length)
    }
    const lost = await cellsWithoutArea(db)
    if (lost[0]) throw new RefusalError(refuse('geography/area-in-use', { cells: lost.join(', ') }))
    return changes
  },
})

/** More codes than this are not listed in a piece of news; who hears it looks at the whole city. */
const mostTold = 500
export async function announceCells(
  db: Parameters<typeof announce>[0],
  { edition, act, edit }: { edition: string; act: string; edit: Pick<GridEdit, 'made' | 'ended'> },
): Promise<void> {
  const made = edit.made.map((c) => c.code)
  const ended = edit.ended.map((c) => c.code)
  const many = made.length + ended.length > mostTold
  await announce(db, {
    topic: 'geography.cells-changed',
    about: { edition, act, many, made: many ? [] : made, ended: many ? [] : ended },
    may: 'geography.read',
    areaCode: made[0] ?? ended[0] ?? null,
  })
}

interface Manifest {
  crs: Crs | undefined
  generate: boolean
  sideM: number
}
/** What of pack.yaml cells need. */
function manifestOf({ settings, fault }: PackReading): Manifest {
  const { epsg, cells, cellSideM } = settings
  const crs = epsg === undefined ? undefined : crsNamed(String(epsg))
  if (epsg !== undefined && !(crs && inMetres(crs))) fault(manifestFile, null, 'pack/epsg', { epsg: String(epsg) })
  if (cells !== undefined && cells !== 'generate')
    fault(manifestFile, null, 'pack/not-one-of', { column: 'cells', value: String(cells), words: 'generate' })
  const side = Number(cellSideM ?? usualSideM)
  if (!(side >= 20 && side <= 5000))
    fault(manifestFile, null, 'pack/out-of-range', {
      column: 'cellSideM',
      value: String(cellSideM),
      from: 20,
      to: 5000,
    })
  return {
    crs: crs && inMetres(crs) ? crs : undefined,
    generate: cells === 'generate',
    sideM: side >= 20 ? side : usualSideM,
  }
}

async function squareCells(reading: PackReading, { crs }: Manifest): Promise<PackCell[]> {
  if (!crs) {
    reading.fault(manifestFile, null, 'pack/epsg', { epsg: '–' })
    return []
  }
  const corners = cornersIn(crs)
  const cells: PackCell[] = []
  for await (const row of rowsIn(reading, squaresFile, columns)) {
    const [code, communityCode] = [row.text('code'), row.text('community_code')]
    const [xM, yM] = [row.number('x_m'), row.number('y_m', { from: 0, to: 6_500_000 })]
    const sideM = row.optional('side_m') === null ? usualSideM : row.number('side_m', { from: 1, to: 5000 })
    const street = row.optional('street_code')
    if (street && !communityCode.startsWith(street)) row.fault('pack/cell-street', { cell: code, street })
    if (!row.good()) continue
    const middle = degreesFrom(crs, xM + sideM / 2, yM + sideM / 2)
    const given = row.optional('lon') && row.optional('lat') ? ([row.number('lon'), row.number('lat')] as const) : null
    if (given && !(distanceM(given, middle) <= sideM / 4)) row.fault('pack/cell-centre', { cell: code })
    const [lon, lat] = given ?? [Number(middle[0].toFixed(6)), Number(middle[1].toFixed(6))]
    if (row.good())
      cells.push({
        code,
        communityCode,
        lon,
        lat,
        ring: corners(xM, yM, sideM),
        attributes: {},
        file: squaresFile,
        line: row.line,
      })
  }
  return cells
}

/** Squares' rings; neighbours share their corners to the last digit, so that no point falls between them. */
function cornersIn(crs: Crs): (xM: number, yM: number, sideM: number) => Ring {
  const known = new Map<string, LonLat>()
  const corner = (x: number, y: number): LonLat => {
    const key = `${x} ${y}`
    const held = known.get(key) ?? degreesFrom(crs, x, y)
    known.set(key, held)
    return held
  }
  return (x, y, side) => [
    corner(x, y),
    corner(x + side, y),
    corner(x + side, y + side),
    corner(x, y + side),
    corner(x, y),
  ]
}

const words = { landUse: 'land_use', grade: 'grade', responsible: 'responsible', note: 'note' } as const

async function polygonCells(reading: PackReading): Promise<PackCell[]> {
  const said = await featuresIn(reading, polygonsFile)
  return (said?.features ?? []).flatMap((feature) => {
    const { properties, line, file } = feature
    const code = String(properties.code ?? '')
    const polygons = outlineOf(feature)?.polygons
    const [polygon] = polygons ?? []
    const [ring, ...holes] = polygon ?? []
    if (!ring || polygons?.length !== 1) {
      reading.fault(file, line, 'pack/not-a-polygon', { cell: code })
      return []
    }
    if (holes.length) {
      reading.fault(file, line, 'pack/cell-hole', { cell: code })
      return []
    }
    const attributes: Partial<CellAttributes> = {}
    for (const [key, name] of Object.entries(words) as [keyof CellAttributes, string][]) {
      const value = properties[name]
      if (name in properties) attributes[key] = value === null || value === '' ? null : String(value)
    }
    const meridianDeg = meridianNear(ring[0]?.[0] ?? 117)
    const plain: Ring = ring.map(([lon, lat]) => [lon, lat])
    const communityCode = String(properties.community_code ?? code.slice(0, 12))
    return [
      {
        code,
        communityCode,
        ...middleOf(loopOf(plain, meridianDeg), meridianDeg),
        ring: plain,
        attributes,
        file,
        line,
      },
    ]
  })
}

const checkedAreas = (areas: PackAreas | undefined): CheckedArea[] | undefined =>
  areas?.areas.map((a) => ({
    code: a.code,
    level: a.level,
    outline: (a.geometry && outlineOf({ geometry: a.geometry })) ?? null,
  }))

/** The pack's areas, else those that are there; of these only what the pack speaks for is meant to be tiled by it. */
async function areasToCheck(reading: PackReading, areas: PackAreas | undefined): Promise<CheckedArea[] | undefined> {
  const { db } = reading
  if (areas || !db) return checkedAreas(areas)
  const covers = coversOf(reading)
  return (await currentAreas(db)).map(({ code, level, geometry }) => {
    const tiled = level !== 'community' || covered(covers, code)
    const outline = geometry && tiled ? outlineOf({ geometry: geometry as PackGeometry }) : undefined
    return { code, level, outline: outline ?? null }
  })
}

function sayFaults(reading: PackReading, cells: readonly PackCell[], areas: CheckedArea[] | undefined): void {
  // A code that is there twice is meant by its second line.
  const lines = new Map(cells.map((c) => [c.code, c]))
  for (const { code, cells: named, details } of checkGrid({ cells, areas })) {
    const where = lines.get(named[0] ?? '')
    reading.fault(where?.file ?? squaresFile, where?.line ?? null, code, { ...details })
  }
}

function madeCells(reading: PackReading, areas: PackAreas | undefined, { crs, sideM }: Manifest): PackCell[] {
  const known = checkedAreas(areas) ?? []
  const byCode = new Map(known.map((a) => [a.code, a]))
  const communities = known.filter((a) => a.level === 'community')
  const fault = (code: string, details: Record<string, string | number>, line: number | null = null) =>
    reading.fault('areas/areas.csv', line, code, details)
  if (communities.length === 0) fault('pack/generate-nothing', {})
  const lineOf = (code: string) => areas?.areas.find((a) => a.code === code)?.line ?? null
  for (const street of known.filter((a) => a.level === 'street' && a.outline))
    if (!communities.some((c) => c.code.startsWith(street.code)))
      fault('pack/generate-no-community', { street: street.code }, lineOf(street.code))
  const outlined = communities.flatMap(({ code, outline }) => {
    const alone = communities.filter((c) => c.code.startsWith(code.slice(0, 9))).length === 1
    const ground = outline ?? (alone ? byCode.get(code.slice(0, 9))?.outline : null)
    if (!ground) fault('pack/generate-no-outline', { community: code }, lineOf(code))
    return ground ? [{ code, outline: ground }] : []
  })
  const meridian = crs && degreesFrom(crs, zoneMiddleM(crs), 4_000_000)[0]
  const made = generateCells({
    communities: outlined,
    sideM,
    ...(meridian === undefined ? {} : { meridianDeg: Math.round(meridian) }),
  })
  for (const { code, cells } of made.tooMany)
    fault('pack/generate-too-many', { community: code, cells, sideM }, lineOf(code))
  return made.cells.map(({ code, communityCode, ring }) => {
    const meridianDeg = meridianNear(ring[0]?.[0] ?? 117)
    const middle = middleOf(loopOf(ring, meridianDeg), meridianDeg)
    return { code, communityCode, ...middle, ring, attributes: {}, file: manifestFile, line: 1 }
  })
}
/** The easting of a frame's meridian: with the zone's number in front, or without. */
function zoneMiddleM(crs: Crs): number {
  const epsg = Number(crs.slice(5))
  if (epsg <= 4501) return (epsg - 4478) * 1_000_000 + 500_000
  return epsg >= 4513 && epsg <= 4533 ? (epsg - 4488) * 1_000_000 + 500_000 : 500_000
}

const sameRing = (a: Ring, b: Ring): boolean =>
  a.length === b.length && a.every(([lon, lat], i) => lon === b[i]?.[0] && lat === b[i]?.[1])

/** What differs from the grid that is there; `added` are codes that are not in force now. */
function difference(
  cells: readonly PackCell[],
  held: Map<string, CellVersion>,
  covers: readonly string[],
): GridEdit & { added: string[] } {
  const made: Cell[] = []
  const ended: GridEdit['ended'][number][] = []
  const added: string[] = []
  const gone = new Map(held)
  for (const { attributes, file: _, line: __, ...cell } of cells) {
    const old = held.get(cell.code)
    gone.delete(cell.code)
    const { landUse, grade, responsible, note } = { ...noAttributes, ...old, ...attributes }
    const next: Cell = { ...cell, landUse, grade, responsible, note }
    if (!old) added.push(cell.code)
    else if (
      sameRing(old.ring, next.ring) &&
      (['communityCode', 'landUse', 'grade', 'responsible', 'note'] as const).every((k) => old[k] === next[k])
    )
      continue
    else ended.push({ code: cell.code, ending: 'pack', replacedBy: [cell.code] })
    made.push(next)
  }
  const retired = [...gone.values()].filter((c) => covered(covers, c.code))
  if (retired.length) {
    const heirs = heirsAmong(cells)
    for (const old of retired) ended.push({ code: old.code, ending: 'pack', replacedBy: heirs(old.ring) })
  }
  return { made, ended, added }
}

/** Cells for the communities that have none yet. */
function firstCells(cells: readonly PackCell[], held: Map<string, CellVersion>): GridEdit & { added: string[] } {
  const settled = new Set([...held.values()].map((c) => c.communityCode))
  return difference(
    cells.filter((c) => !settled.has(c.communityCode)),
    new Map(),
    [],
  )
}

/** Cells of the pack that take over a good part (a twentieth) of some ground. */
function heirsAmong(cells: readonly PackCell[]): (ring: Ring) => string[] {
  const meridianDeg = meridianNear(cells[0]?.lon ?? 117)
  const places = cells.map((c) => {
    const loop = loopOf(c.ring, meridianDeg)
    return { code: c.code, loop, box: boxOf(loop) }
  })
  const index = indexOf(places.map((p) => p.box))
  return (ring) => {
    const loop = loopOf(ring, meridianDeg)
    const [box, least] = [boxOf(loop), signedAreaOf(loop) / 20]
    return (index?.search(...box) ?? []).flatMap((i) => {
      const place = places[i]
      return place && boxesMeetM2(place.box, box) > least && commonM2([place.loop], [loop]) > least ? [place.code] : []
    })
  }
}

/** A retired code is never given to other ground; the same ground may have it again. */
function refuseReuse(retired: readonly CellVersion[], made: readonly Cell[]): void {
  const last = new Map(retired.map((c) => [c.code, c]))
  for (const cell of made) {
    const old = last.get(cell.code)
    if (!old) continue
    const meridianDeg = meridianNear(cell.lon)
    const [was, is] = [loopOf(old.ring, meridianDeg), loopOf(cell.ring, meridianDeg)]
    if (commonM2([was], [is]) < 0.9 * Math.max(signedAreaOf(was), signedAreaOf(is)))
      throw new RefusalError(
        refuse('geography/code-retired', { cell: cell.code, day: old.validTo?.toISOString().slice(0, 10) ?? '' }),
      )
  }
}

/** New ground must not lie over cells that stay, which another pack has brought. */
function refuseOverlap({ made, ended }: GridEdit, held: ReadonlyMap<string, CellVersion>): void {
  const gone = new Set([...ended.map((e) => e.code), ...made.map((c) => c.code)])
  const index = indexOf(made.map((c) => boxOf(c.ring)))
  const stay = [...held.values()].filter((c) => !gone.has(c.code) && index?.search(...boxOf(c.ring)).length)
  if (stay.length === 0) return
  const theirs = new Set(stay.map((c) => c.code))
  const fault = checkGrid({ cells: [...made, ...stay], areas: undefined }).find(
    (f) => f.code === 'pack/cell-overlap' && f.cells.some((c) => theirs.has(c)) && f.cells.some((c) => !theirs.has(c)),
  )
  if (fault) throw new RefusalError(refuse('geography/cells-overlap', { ...fault.details }))
}

function refuseStrangers(made: readonly Cell[], areas: ReadonlySet<string>): void {
  const stray = made.find((c) => !areas.has(c.communityCode))
  if (stray)
    throw new RefusalError(refuse('geography/no-community', { cell: stray.code, community: stray.communityCode }))
}
