/** From a point to the place as one would say it: door plate, crossing and direction, landmark and direction, community. Pure. */
import type { LonLat } from '@pentad/platform/geo'
import Flatbush from 'flatbush'
import { areaInEnglish } from './english.ts'
import { bare, type Features, type Plate, type Point, type Road } from './features.ts'
import { apart, directionFrom, type Line, meetings, nearestOn, type Plane, type Spot } from './plane.ts'

export interface Words {
  'zh-CN': string
  en: string
}
export interface Surroundings {
  /** The nearest door plate, with its distance. */
  plate: { road: string; number: string; distanceM: number } | null
  /** The road one stands on. */
  road: { name: string; distanceM: number } | null
  crossing: { roads: [string, string]; distanceM: number; direction: number } | null
  landmark: { name: string; distanceM: number; direction: number } | null
}
export interface Teller {
  around: (at: LonLat) => Surroundings
  /** `street` and `community` are the Chinese names of the areas that hold the point. */
  say: (at: LonLat, areas: { street: string; community: string }) => Words
}

const onRoadM = 60
const atPlateM = 16
const nearPlateM = 45
const crossingWithinM = 400
const landmarkWithinM = 600
/** Nearer than this one stands at it. */
const hereM = 20

interface Crossing {
  at: Spot
  a: Road
  b: Road
}

export function tellerOf({ roads, points }: Features, plane: Plane): Teller {
  const told = roads.filter((r) => !r.umbrella)
  const lines = [...told, ...roads.filter((r) => r.umbrella)].flatMap((road) =>
    road.lines.map((line) => ({ road, line })),
  )
  const segments = lines.flatMap(({ road, line }) =>
    line.slice(1).map((q, i) => ({ road, line: [line[i] as Spot, q] as Line })),
  )
  const segmentIndex = indexOf(segments.map((s) => s.line))
  const crossings = crossingsOf(told)
  const crossingsBy = new Map<Road, Crossing[]>()
  for (const c of crossings) for (const road of [c.a, c.b]) crossingsBy.set(road, [...(crossingsBy.get(road) ?? []), c])
  const plates = roads.flatMap((road) => road.plates.map((plate) => ({ road, plate })))
  const plateIndex = indexOf(plates.map(({ plate }) => [plate.at]))
  const marks = points.filter((p) => p.kind !== 'component' && p.kind !== 'door-plate')
  const markIndex = indexOf(marks.map((p) => [p.at]))

  const nearestRoad = (at: Spot): { road: Road; distanceM: number } | undefined => {
    const near = segmentIndex?.search(at[0] - onRoadM, at[1] - onRoadM, at[0] + onRoadM, at[1] + onRoadM) ?? []
    let best: { road: Road; distanceM: number; rank: number } | undefined
    for (const i of near) {
      const segment = segments[i]
      if (!segment) continue
      const { distanceM } = nearestOn(at, segment.line)
      // An umbrella name gives way to the road's own.
      const rank = distanceM + (segment.road.umbrella ? 40 : 0)
      if (distanceM <= onRoadM && (!best || rank < best.rank)) best = { road: segment.road, distanceM, rank }
    }
    return best
  }
  const look = (at: Spot) => {
    const road = nearestRoad(at)
    const plate = plates[plateIndex?.neighbors(at[0], at[1], 1, nearPlateM)[0] ?? -1]
    const crossing = nearestOf(road ? (crossingsBy.get(road.road) ?? []) : [], at, crossingWithinM)
    const mark = marks[markIndex?.neighbors(at[0], at[1], 1, landmarkWithinM)[0] ?? -1]
    return { road, plate, crossing, mark }
  }

  return {
    around: (place) => {
      const at = plane.flat(place)
      const { road, plate, crossing, mark } = look(at)
      return {
        plate: plate
          ? { road: plate.road.name, number: plate.plate.text, distanceM: Math.round(apart(plate.plate.at, at)) }
          : null,
        road: road ? { name: road.road.name, distanceM: Math.round(road.distanceM) } : null,
        crossing: crossing
          ? {
              roads: [crossing.a.name, crossing.b.name],
              distanceM: Math.round(apart(crossing.at, at)),
              direction: directionFrom(crossing.at, at),
            }
          : null,
        landmark: mark
          ? { name: bare(mark.name), distanceM: Math.round(apart(mark.at, at)), direction: directionFrom(mark.at, at) }
          : null,
      }
    },
    say: (place, areas) => {
      const at = plane.flat(place)
      const words = sentence(at, look(at))
      const street = areaInEnglish(areas.street)
      if (!words)
        return { 'zh-CN': `${areas.community}(${areas.street})`, en: `${areaInEnglish(areas.community)}, ${street}` }
      return { 'zh-CN': `${words['zh-CN']}(${areas.street})`, en: `${words.en}, ${street}` }
    },
  }
}

interface Looked {
  road: { road: Road; distanceM: number } | undefined
  plate: { road: Road; plate: Plate } | undefined
  crossing: Crossing | undefined
  mark: Point | undefined
}

function sentence(at: Spot, { road, plate, crossing, mark }: Looked): Words | undefined {
  if (plate && apart(plate.plate.at, at) <= atPlateM && (!crossing || apart(crossing.at, at) > hereM))
    return plateWords(plate)
  if (road && crossing) {
    // The road one stands on is named first.
    const [first, second] = crossing.a === road.road ? [crossing.a, crossing.b] : [crossing.b, crossing.a]
    const zh = `${first.name}与${second.name}交叉口`
    const en = `the corner of ${first.en} and ${second.en}`
    const distance = apart(crossing.at, at)
    if (distance <= hereM) return { 'zh-CN': zh, en }
    return away(zh, en, directionFrom(crossing.at, at), distance)
  }
  if (plate) {
    const { 'zh-CN': zh, en } = plateWords(plate)
    return { 'zh-CN': `${zh}附近`, en: `near ${en}` }
  }
  if (mark) {
    const distance = apart(mark.at, at)
    if (distance <= hereM) return { 'zh-CN': bare(mark.name), en: mark.en }
    return away(bare(mark.name), mark.en, directionFrom(mark.at, at), distance)
  }
  return road ? { 'zh-CN': `${road.road.name}旁`, en: `by ${road.road.en}` } : undefined
}
const plateWords = ({ road, plate }: { road: Road; plate: Plate }): Words => {
  const yard = /院$/.test(plate.text) ? ', yard' : ''
  const letter = plate.mark ? ' 甲乙丙丁'.indexOf(plate.mark) : 0
  const number = `${plate.number}${letter > 0 ? ' ABCD'.charAt(letter) : ''}`
  return { 'zh-CN': `${road.name}${plate.text}`, en: `No. ${number}${yard}, ${road.en}` }
}
const inChinese = ['北', '东北', '东', '东南', '南', '西南', '西', '西北'] as const
const inEnglish = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'] as const
function away(zh: string, en: string, direction: number, distanceM: number): Words {
  const metres = Math.max(10, Math.round(distanceM / 10) * 10)
  return {
    'zh-CN': `${zh}以${inChinese[direction]}约 ${metres} 米`,
    en: `about ${metres} m ${inEnglish[direction]} of ${en}`,
  }
}

function nearestOf(crossings: readonly Crossing[], at: Spot, mostM: number): Crossing | undefined {
  let best: Crossing | undefined
  let least = mostM
  for (const c of crossings) {
    const distance = apart(c.at, at)
    if (distance <= least) {
      best = c
      least = distance
    }
  }
  return best
}

/** Where two named roads meet; a gap of a lane's width is none. */
function crossingsOf(roads: readonly Road[]): Crossing[] {
  const pieces = roads.flatMap((road) => road.lines.map((line) => ({ road, line })))
  const index = indexOf(pieces.map((p) => p.line))
  const crossings: Crossing[] = []
  pieces.forEach(({ road: a, line }, i) => {
    const [west, south, east, north] = boxOf(line)
    for (const k of index?.search(west - 25, south - 25, east + 25, north + 25) ?? []) {
      const other = pieces[k]
      if (!other || k <= i || other.road.name === a.name) continue
      for (const at of meetings(line, other.line, 25)) crossings.push({ at, a, b: other.road })
    }
  })
  return crossings
}

function boxOf(line: Line): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of line) {
    west = Math.min(west, x)
    south = Math.min(south, y)
    east = Math.max(east, x)
    north = Math.max(north, y)
  }
  return [west, south, east, north]
}
function indexOf(lines: readonly Line[]): Flatbush | undefined {
  if (lines.length === 0) return undefined
  const index = new Flatbush(lines.length)
  for (const line of lines) index.add(...boxOf(line))
  index.finish()
  return index
}
