/** Driving along the roads of the base map at plausible speeds. Pure, by seed. */
import { bearingDeg, distanceM, type LonLat } from '@pentad/platform/geo'
import { chance } from './random.ts'

export interface Road {
  class: string
  line: readonly LonLat[]
}

export interface RoadNet {
  roads: readonly Road[]
  /** Roads that pass a vertex, with its place on them. */
  at: ReadonlyMap<string, readonly { road: number; index: number }[]>
}

/** km/h on a free road, by class. */
const usualSpeed: Record<string, number> = {
  ring: 60,
  trunk: 50,
  primary: 42,
  secondary: 35,
  tertiary: 28,
  lane: 16,
}
/** How one moves: km/h by class of road, at crossings a stop now and then, and whether lanes are gone into. */
export interface Pace {
  speedOf: (roadClass: string) => number
  /** Chance to stop at a crossing, and for how long, in seconds. */
  stops: { chance: number; least: number; most: number }
  /** Chance to stop anywhere in a second, and for how long. */
  pauses: { chance: number; least: number; most: number }
  laneChance: number
}
const driving: Pace = {
  speedOf: (roadClass) => usualSpeed[roadClass] ?? 25,
  stops: { chance: 0.25, least: 5, most: 30 },
  pauses: { chance: 0, least: 0, most: 0 },
  laneChance: 0.05,
}
/** An officer on foot: lanes as much as streets, a talk with a shop every few minutes. Ours. */
export const onFoot: Pace = {
  speedOf: () => 4.6,
  stops: { chance: 0.15, least: 10, most: 40 },
  pauses: { chance: 1 / 240, least: 30, most: 300 },
  laneChance: 1,
}

/** Vertices within some 10 m are one crossing. */
const keyOf = ([lon, lat]: LonLat): string => `${lon.toFixed(4)} ${lat.toFixed(4)}`

export function roadNet(roads: readonly Road[]): RoadNet {
  const at = new Map<string, { road: number; index: number }[]>()
  for (const [road, { line }] of roads.entries()) {
    for (const [index, point] of line.entries()) {
      const key = keyOf(point)
      const there = at.get(key)
      if (there) there.push({ road, index })
      else at.set(key, [{ road, index }])
    }
  }
  return { roads, at }
}

/** Roads of a GeoJSON base map, by its features. */
export function roadsOf(features: readonly Record<string, unknown>[]): Road[] {
  return features.flatMap((f): Road[] => {
    const properties = f.properties as { layer?: string; class?: string } | undefined
    const geometry = f.geometry as { type?: string; coordinates?: unknown } | undefined
    if (properties?.layer !== 'road' || geometry?.type !== 'LineString') return []
    const line = geometry.coordinates as LonLat[]
    return line.length > 1 ? [{ class: properties.class ?? 'lane', line }] : []
  })
}

export interface Motion {
  lon: number
  lat: number
  headingDeg: number
  speedKmh: number
}

/** A vehicle on the net, or somebody on foot; each step moves it on by so many seconds. `from` says where to begin, where that matters. */
export function createDrive(
  net: RoadNet,
  seed: number,
  { pace = driving, from = () => true }: { pace?: Pace; from?: (point: LonLat) => boolean } = {},
): (seconds: number) => Motion {
  const next = chance(seed)
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(next() * all.length)]
  const all = net.roads.flatMap((r, i) => (from(r.line[0] ?? [0, 0]) ? [i] : []))
  const main = all.filter((i) => pace.laneChance >= 1 || net.roads[i]?.class !== 'lane')
  const start = pick(main.length ? main : all.length ? all : net.roads.map((_, i) => i)) ?? 0
  let road = start
  let index = Math.floor(next() * Math.max(1, (net.roads[start]?.line.length ?? 1) - 1))
  // A road is long: its beginning was asked for.
  if (!from(net.roads[start]?.line[index] ?? [0, 0])) index = 0
  let step = next() < 0.5 ? 1 : -1
  let point: LonLat = net.roads[start]?.line[index] ?? [0, 0]
  let heading = 0
  let speed = 0
  let standing = 0

  /** At a vertex: stop for a light, turn off, or turn round at a dead end. */
  function atVertex(): void {
    const here = net.at.get(keyOf(point)) ?? []
    const others = here.filter(
      (o) => o.road !== road && (net.roads[o.road]?.class !== 'lane' || next() < pace.laneChance),
    )
    const { stops } = pace
    if (others.length > 0 && next() < stops.chance) standing = stops.least + next() * (stops.most - stops.least)
    const line = net.roads[road]?.line ?? []
    const ends = index + step < 0 || index + step >= line.length
    const turn = others.length > 0 && (ends || next() < 0.35) ? pick(others) : undefined
    if (turn) {
      road = turn.road
      index = turn.index
      step = next() < 0.5 ? 1 : -1
    }
    const last = (net.roads[road]?.line.length ?? 1) - 1
    if (index + step < 0 || index + step > last) step = -step
  }

  return (seconds) => {
    const { pauses } = pace
    if (pauses.chance > 0 && standing === 0 && next() < pauses.chance * seconds)
      standing = pauses.least + next() * (pauses.most - pauses.least)
    const free = pace.speedOf(net.roads[road]?.class ?? '')
    const wish = standing > 0 ? 0 : free * (0.75 + next() * 0.4)
    // 1.5 m/s² at most, up and down.
    const change = 1.5 * 3.6 * seconds
    speed += Math.max(-change, Math.min(change, wish - speed))
    standing = Math.max(0, standing - seconds)
    let left = (speed / 3.6) * seconds
    for (let vertices = 0; left > 0 && vertices < 50; vertices++) {
      const target = net.roads[road]?.line[index + step]
      if (!target) {
        atVertex()
        continue
      }
      const distance = distanceM(point, target)
      if (distance > 0) heading = bearingDeg(point, target)
      if (distance > left) {
        const share = left / distance
        point = [point[0] + (target[0] - point[0]) * share, point[1] + (target[1] - point[1]) * share]
        break
      }
      left -= distance
      point = target
      index += step
      atVertex()
      if (standing > 0) break
    }
    return {
      lon: point[0],
      lat: point[1],
      headingDeg: Math.floor(heading) % 360,
      speedKmh: Math.round(speed * 10) / 10,
    }
  }
}
