/** Where a point lies and how one says it, from indexes in memory: a city's cells and roads fit, and change seldom. */
import type { Db } from '@pentad/platform/db'
import { bearingDeg, distanceM, inRing, type LonLat, nearestOnLine, type Ring } from '@pentad/platform/geo'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import Flatbush from 'flatbush'
import { directions, type Place, type Point } from './model.ts'
import { allCells, areaNames, areasOf, type FeatureRow, mapFeatures, theCity } from './queries.ts'

export interface PlaceWords {
  'zh-CN': string
  en: string
}

export interface Locator {
  version: string
  /** The cell that holds a point, or `geography/outside-city`. */
  placeOf: (point: Point) => Place | Refusal
  /** The place as one would say it. */
  wordsFor: (point: Point, place: Place) => PlaceWords
  nameOf: (code: string) => string
  cellsIn: (west: number, south: number, east: number, north: number) => { code: string; ring: Ring }[]
  ringOf: (cellCode: string) => Ring | undefined
  /** Named things whose name holds the words, best first. */
  search: (words: string) => { name: string; kind: string; within: string; lon: number; lat: number }[]
}

/** By version of the city; a server that serves several databases (tests) holds a few. */
const held = new Map<string, Promise<Locator>>()
const mostHeld = 4

/** The locator of the city as it is now. */
export async function locatorOf(db: Db): Promise<Locator> {
  const version = (await theCity(db))?.version ?? 'empty'
  let locator = held.get(version)
  if (!locator) {
    locator = buildLocator(db, version)
    held.set(version, locator)
    locator.catch(() => held.delete(version))
    for (const old of held.keys()) if (held.size > mostHeld) held.delete(old)
  }
  return locator
}

async function buildLocator(db: Db, version: string): Promise<Locator> {
  const [cells, areas, features] = [await allCells(db), await areasOf(db, null, ''), await mapFeatures(db)]
  const names = await areaNames(db)
  const nameOf = (code: string) => names.get(code) ?? code
  const cellBoxes = indexOf(cells.map((c) => boxOf(c.ring)))
  const rings = new Map(cells.map((c) => [c.code, c.ring]))
  const roads = linesOf(features)
  const roadBoxes = indexOf(roads.map((r) => boxOf(r.line)))
  const places = features.flatMap((f) =>
    f.layer === 'place' && f.name && f.geometry.type === 'Point'
      ? [{ name: f.name, class: f.class, at: f.geometry.coordinates }]
      : [],
  )

  const placeOf: Locator['placeOf'] = ({ lon, lat }) => {
    for (const i of cellBoxes?.search(lon, lat, lon, lat) ?? []) {
      const cell = cells[i]
      if (cell && inRing([lon, lat], cell.ring)) return placeOfCell(cell.code)
    }
    const beside = cellBeside([lon, lat], cells, cellBoxes)
    if (beside) return placeOfCell(beside)
    return refuse('geography/outside-city', { lon, lat })
  }
  return {
    version,
    placeOf,
    nameOf,
    ringOf: (code) => rings.get(code),
    wordsFor: ({ lon, lat }, place) => placeWords([lon, lat], place, { nameOf, roads, roadBoxes, places }),
    cellsIn: (west, south, east, north) =>
      (cellBoxes?.search(west, south, east, north) ?? []).flatMap((i) => cells[i] ?? []),
    search: (words) => searchNames(words, { areas, cells, roads, places, nameOf, placeOf }),
  }
}

/** Where a border was drawn twice with other corners, a point may fall between by a rounding error: it is the nearest cell's. */
const seamM = 0.02
function cellBeside(at: LonLat, cells: readonly { code: string; ring: Ring }[], boxes: Flatbush | undefined) {
  const reach = seamM * degreesPerM
  const [lon, lat] = at
  const near = (boxes?.search(lon - reach, lat - reach, lon + reach, lat + reach) ?? [])
    .flatMap((i) => (cells[i] ? [{ code: cells[i].code, off: nearestOnLine(at, cells[i].ring).distanceM }] : []))
    .filter((c) => c.off <= seamM)
    .sort((a, b) => a.off - b.off || (a.code < b.code ? -1 : 1))
  return near[0]?.code
}

/** Codes nest (domain §2.1). */
export const placeOfCell = (cell: string): Place => ({
  cell,
  community: cell.slice(0, 12),
  street: cell.slice(0, 9),
  district: cell.slice(0, 6),
})

type Bounds = [number, number, number, number]
function boxOf(line: readonly LonLat[]): Bounds {
  const lons = line.map((p) => p[0])
  const lats = line.map((p) => p[1])
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}
function indexOf(boxes: readonly Bounds[]): Flatbush | undefined {
  if (boxes.length === 0) return undefined
  const index = new Flatbush(boxes.length)
  for (const [west, south, east, north] of boxes) index.add(west, south, east, north)
  index.finish()
  return index
}

interface Road {
  name: string
  line: readonly LonLat[]
}
const linesOf = (features: readonly FeatureRow[]): Road[] =>
  features.flatMap(({ layer, name, geometry }) => {
    if (layer !== 'road' || !name) return []
    if (geometry.type === 'LineString') return [{ name, line: geometry.coordinates }]
    if (geometry.type === 'MultiLineString') return geometry.coordinates.map((line) => ({ name, line }))
    return []
  })

interface Surroundings {
  nameOf: (code: string) => string
  roads: readonly Road[]
  roadBoxes: Flatbush | undefined
  places: readonly { name: string; class: string; at: LonLat }[]
}

/** A road this near is where one stands; a second one makes it a crossing. */
const onRoadM = 120
const nearPlaceM = 800
const degreesPerM = 1 / 85_000

function placeWords(at: LonLat, place: Place, { nameOf, roads, roadBoxes, places }: Surroundings): PlaceWords {
  const [lon, lat] = at
  const reach = onRoadM * degreesPerM
  const near = (roadBoxes?.search(lon - reach, lat - reach, lon + reach, lat + reach) ?? [])
    .flatMap((i) => (roads[i] ? [{ name: roads[i].name, distance: nearestOnLine(at, roads[i].line).distanceM }] : []))
    .filter((r) => r.distance <= onRoadM)
    .sort((a, b) => a.distance - b.distance)
  const [first] = near
  const second = near.find((r) => r.name !== first?.name)
  const street = nameOf(place.street)
  const community = nameOf(place.community)
  if (first && second) {
    return {
      'zh-CN': `${first.name}与${second.name}路口附近(${street})`,
      en: `near ${first.name} and ${second.name}, ${street}`,
    }
  }
  if (first)
    return { 'zh-CN': `${first.name}旁,${community}(${street})`, en: `by ${first.name}, ${community}, ${street}` }
  const landmark = places
    .map((p) => ({ ...p, distance: distanceM(p.at, at) }))
    .filter((p) => p.distance <= nearPlaceM)
    .sort((a, b) => a.distance - b.distance)[0]
  if (landmark) {
    const direction = Math.round(bearingDeg(landmark.at, at) / 45) % 8
    const metres = Math.max(10, Math.round(landmark.distance / 10) * 10)
    return {
      'zh-CN': `${landmark.name}以${chineseDirections[direction]}约 ${metres} 米,${community}(${street})`,
      en: `about ${metres} m ${directions[direction]} of ${landmark.name}, ${community}, ${street}`,
    }
  }
  return { 'zh-CN': `${community}(${street})`, en: `${community}, ${street}` }
}
const chineseDirections = ['北', '东北', '东', '东南', '南', '西南', '西', '西北'] as const

interface Named extends Pick<Surroundings, 'nameOf' | 'roads' | 'places'> {
  areas: Awaited<ReturnType<typeof areasOf>>
  cells: readonly { code: string; ring: Ring }[]
  placeOf: Locator['placeOf']
}
function searchNames(
  words: string,
  { areas, cells, roads, places, nameOf, placeOf }: Named,
): ReturnType<Locator['search']> {
  const wanted = words.trim()
  const middle = (line: readonly LonLat[]): LonLat => line[Math.floor(line.length / 2)] ?? [0, 0]
  const centreOf = (code: string): LonLat | undefined => {
    const inside = cells.filter((c) => c.code.startsWith(code))
    const ring = inside[Math.floor(inside.length / 2)]?.ring
    return ring?.[0]
  }
  const within = ([lon, lat]: LonLat): string => {
    const place = placeOf({ lon, lat })
    return 'refused' in place ? '' : nameOf(place.street)
  }
  const score = (name: string) =>
    name === wanted ? 3 : name.startsWith(wanted) ? 2 : name.includes(wanted) || wanted.includes(name) ? 1 : 0
  const found = [
    ...roads.map((r) => ({ name: r.name, kind: 'road', at: middle(r.line) })),
    ...places.map((p) => ({ name: p.name, kind: 'place', at: p.at })),
    ...areas
      .filter((a) => score(a.name) > 0 && a.level !== 'city')
      .map((a) => ({ name: a.name, kind: a.level, at: centreOf(a.code) })),
  ].flatMap((f) => {
    const s = score(f.name)
    return s > 0 && f.at ? [{ ...f, at: f.at, s }] : []
  })
  found.sort((a, b) => b.s - a.s || b.name.length - a.name.length || a.name.localeCompare(b.name))
  const seen = new Set<string>()
  return found
    .map(({ name, kind, at }) => ({ name, kind, within: within(at), lon: at[0], lat: at[1] }))
    .filter(({ name, within: w }) => !seen.has(name + w) && seen.add(name + w))
    .slice(0, 8)
}
