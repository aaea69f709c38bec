/** What stands on the ground, made of the city's rows: roads with their plates, points, areas. Pure. */
import type { LonLat } from '@pentad/platform/geo'
import { areaInEnglish, inPinyin, roadInEnglish } from './english.ts'
import { numberOf } from './model/numerals.ts'
import type { PlaceKind } from './model.ts'
import { apart, type Line, lengthOf, nearestOn, type Plane, partOf, type Spot } from './plane.ts'

export interface AreaIn {
  code: string
  level: 'city' | 'district' | 'street' | 'community'
  name: string
}
export interface DrawnIn {
  layer: string
  class: string
  name: string | null
  geometry: { type: string; coordinates: unknown }
}
export interface PlaceIn {
  name: string
  nameEn: string | null
  aliases: readonly string[]
  kind: PlaceKind | 'component'
  lon: number
  lat: number
}
export interface AddressIn {
  road: string
  number: string
  estate: string | null
  building: string | null
  lon: number
  lat: number
}
export interface CityIn {
  areas: readonly AreaIn[]
  /** Middle of each cell. */
  cells: readonly { code: string; at: LonLat }[]
  drawn: readonly DrawnIn[]
  places: readonly PlaceIn[]
  addresses: readonly AddressIn[]
}

export interface Plate {
  number: number
  /** As it stands: 甲36号, 36号院. */
  text: string
  /** 甲, 乙 … or '' . */
  mark: string
  at: Spot
}
export interface Road {
  is: 'road'
  name: string
  en: string
  lines: Line[]
  lengthM: number
  plates: Plate[]
  /** A name over several roads that have names of their own: 两广路. */
  umbrella: boolean
}
export interface Point {
  is: 'point'
  kind: PlaceKind | 'component'
  name: string
  en: string
  at: Spot
  buildings: Map<number, Spot>
}
export interface Area {
  is: 'area'
  level: AreaIn['level']
  code: string
  name: string
  en: string
  at: Spot
}
export type Feature = Road | Point | Area

/** Lines of one name farther apart than this are two roads. */
const sameRoadM = 400
const onRoadM = 45

export interface Features {
  roads: Road[]
  points: Point[]
  areas: Area[]
  /** Other names, as rows give them. */
  aliases: Map<Feature, string[]>
}

export function featuresOf(city: CityIn, plane: Plane): Features {
  const roads = drawnRoads(city.drawn, plane)
  const points = new Map<string, Point>()
  const aliases = new Map<Feature, string[]>()
  layPlates(roads, city, plane)
  const byName = Map.groupBy(roads, (r) => r.name)
  for (const p of city.places) {
    const at = plane.flat([p.lon, p.lat])
    const own = p.kind === 'street-lane' ? byName.get(p.name) : undefined
    if (own) {
      for (const road of own) {
        aliases.set(road, [...(aliases.get(road) ?? []), ...p.aliases])
        if (p.nameEn) road.en = p.nameEn
      }
      continue
    }
    const point: Point = {
      is: 'point',
      kind: p.kind,
      name: p.name,
      en: p.nameEn || inPinyin(bare(p.name)),
      at,
      buildings: new Map(),
    }
    points.set(points.has(p.name) ? `${p.name}@${p.lon}` : p.name, point)
    aliases.set(point, [...p.aliases])
  }
  for (const d of city.drawn) {
    if (d.layer === 'road' || !d.name || points.has(d.name)) continue
    const at = middleOf(d, plane)
    if (at)
      points.set(d.name, {
        is: 'point',
        kind: d.layer === 'landuse' ? 'park' : 'landmark',
        name: d.name,
        en: inPinyin(d.name),
        at,
        buildings: new Map(),
      })
  }
  layBuildings(points, city.addresses, plane)
  return { roads, points: [...points.values()], areas: areasOf(city, plane), aliases }
}

/** A name without what is said of it in brackets. */
export const bare = (name: string): string => name.replace(/[（(].*?[)）]/g, '')

function drawnRoads(drawn: readonly DrawnIn[], plane: Plane): Road[] {
  const roads: Road[] = []
  const byName = new Map<string, Road[]>()
  for (const { layer, name, geometry } of drawn) {
    if (layer !== 'road' || !name) continue
    const lines =
      geometry.type === 'LineString'
        ? [geometry.coordinates]
        : geometry.type === 'MultiLineString'
          ? (geometry.coordinates as unknown[])
          : []
    for (const coordinates of lines) {
      const line = (coordinates as LonLat[]).map(plane.flat)
      const known = byName.get(name)?.find((r) => r.lines.some((l) => near(l, line, sameRoadM)))
      if (known) {
        known.lines.push(line)
        known.lengthM += lengthOf(line)
        continue
      }
      const road = newRoad(name, [line])
      roads.push(road)
      byName.set(name, [...(byName.get(name) ?? []), road])
    }
  }
  return roads
}
const newRoad = (name: string, lines: Line[]): Road => ({
  is: 'road',
  name,
  en: roadInEnglish(name),
  lines,
  lengthM: lines.reduce((sum, l) => sum + lengthOf(l), 0),
  plates: [],
  umbrella: false,
})
const near = (a: Line, b: Line, mostM: number): boolean =>
  [b[0], b.at(-1)].some((e) => e && nearestOn(e, a).distanceM <= mostM) ||
  [a[0], a.at(-1)].some((e) => e && nearestOn(e, b).distanceM <= mostM)

/** Plates go to the road of their name; a road that only its plates name takes the line of the map along which they stand. */
function layPlates(roads: Road[], { addresses, drawn }: CityIn, plane: Plane): void {
  const named = Map.groupBy(roads, (r) => r.name)
  const homeless = new Map<string, Plate[]>()
  for (const a of addresses) {
    if (a.building) continue
    const plate = plateOf(a.number, plane.flat([a.lon, a.lat]))
    if (!plate) continue
    const own = named.get(a.road)
    const road =
      own?.length === 1 ? own[0] : own?.find((r) => r.lines.some((l) => nearestOn(plate.at, l).distanceM < onRoadM * 2))
    if (road) road.plates.push(plate)
    else homeless.set(a.road, [...(homeless.get(a.road) ?? []), plate])
  }
  const umbrellas = [...roads]
  const unnamed = drawn.flatMap(({ layer, name, geometry }) =>
    layer === 'road' && !name && geometry.type === 'LineString'
      ? [(geometry.coordinates as LonLat[]).map(plane.flat)]
      : [],
  )
  for (const [name, plates] of homeless) {
    plates.sort((a, b) => a.number - b.number)
    const over = umbrellas.find((r) => r.lines.some((l) => along(l, plates)))
    const line = over?.lines.find((l) => along(l, plates)) ?? unnamed.find((l) => along(l, plates))
    const road = newRoad(name, [line ? stretch(line, plates) : thread(plates)])
    road.plates = plates
    roads.push(road)
    if (over) over.umbrella = true
  }
  for (const road of roads) road.plates.sort((a, b) => a.number - b.number || a.mark.localeCompare(b.mark))
}
/** Looks at a few plates first: most lines are far away. */
function along(line: Line, plates: readonly Plate[]): boolean {
  const first = plates[plates.length >> 1]
  if (!first || nearestOn(first.at, line).distanceM > onRoadM) return false
  const beside = plates.filter((p) => nearestOn(p.at, line).distanceM <= onRoadM).length
  return beside >= plates.length * 0.9
}
function stretch(line: Line, plates: readonly Plate[]): Line {
  const total = lengthOf(line)
  const at = plates.map((p) => nearestOn(p.at, line).alongM).sort((a, b) => a - b)
  const [low, high] = [at[0] ?? 0, at.at(-1) ?? total]
  // Round the seam of a ring road: the plates leave the largest gap in the middle.
  const first = line[0] as Spot
  const last = line.at(-1) as Spot
  if (apart(first, last) < 1 && high - low > total / 2) {
    const gapAt = at.findIndex((a, i) => i > 0 && a - (at[i - 1] ?? 0) > total / 2)
    if (gapAt > 0) return [...partOf(line, at[gapAt] ?? 0, total), ...partOf(line, 0, at[gapAt - 1] ?? 0)]
  }
  return partOf(line, Math.max(0, low - 20), Math.min(total, high + 20))
}
/** A line through plates of one side, thinned. */
function thread(plates: readonly Plate[]): Line {
  const odd = plates.filter((p) => p.number % 2 === 1)
  const side = odd.length >= 2 ? odd : plates
  return side.filter((_, i) => i % 3 === 0 || i === side.length - 1).map((p) => p.at)
}

const plateText = /^([甲乙丙丁戊附])?([0-9零〇一二三四五六七八九十百千]+)([甲乙丙丁])?/
export function plateOf(text: string, at: Spot): Plate | undefined {
  const [, before = '', digits = '', after = ''] = plateText.exec(text.normalize('NFKC')) ?? []
  const number = numberOf(digits)
  return number === undefined ? undefined : { number, mark: before || after, text, at }
}

function middleOf({ geometry }: DrawnIn, plane: Plane): Spot | undefined {
  if (geometry.type === 'Point') return plane.flat(geometry.coordinates as LonLat)
  const ring = geometry.type === 'Polygon' ? (geometry.coordinates as LonLat[][])[0] : undefined
  if (!ring?.length) return undefined
  const spots = ring.map(plane.flat)
  return [spots.reduce((s, p) => s + p[0], 0) / spots.length, spots.reduce((s, p) => s + p[1], 0) / spots.length]
}

function layBuildings(points: ReadonlyMap<string, Point>, addresses: readonly AddressIn[], plane: Plane): void {
  for (const a of addresses) {
    const number = /\d+/.exec(a.building ?? '')?.[0]
    if (a.estate && number) points.get(a.estate)?.buildings.set(Number(number), plane.flat([a.lon, a.lat]))
  }
}

/** An area's middle is that of the cell nearest to the middle of its cells, so that it lies inside whatever its shape. */
function areasOf({ areas, cells }: CityIn, plane: Plane): Area[] {
  const members = new Map<string, Spot[]>()
  for (const { code, at } of cells) {
    const spot = plane.flat(at)
    for (const digits of [6, 9, 12]) {
      const key = code.slice(0, digits)
      const list = members.get(key)
      if (list) list.push(spot)
      else members.set(key, [spot])
    }
  }
  return areas.flatMap(({ code, level, name }) => {
    const inside = members.get(code)
    if (!inside?.length || level === 'city') return []
    const mean: Spot = [
      inside.reduce((s, p) => s + p[0], 0) / inside.length,
      inside.reduce((s, p) => s + p[1], 0) / inside.length,
    ]
    const at = inside.reduce((best, p) => (apart(p, mean) < apart(best, mean) ? p : best))
    return [{ is: 'area' as const, level, code, name, en: areaInEnglish(name), at }]
  })
}

/** The frame of a city's plane: the middle of its cells, or of China where there are none yet. */
export function middleOfCells({ cells }: CityIn): LonLat {
  if (cells.length === 0) return [104, 35]
  let [lon, lat] = [0, 0]
  for (const { at } of cells) {
    lon += at[0]
    lat += at[1]
  }
  return [lon / cells.length, lat / cells.length]
}
