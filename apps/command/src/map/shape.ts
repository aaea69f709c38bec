/** What somebody drew: kept by its few deciding points, and written compactly into an address (polyline with five digits). Pure. */
import { type Box, inRing, type LonLat, type Ring } from '@pentad/platform/geo'
import { circleRing, lengthM } from './measure.ts'

export const shapeKinds = ['line', 'area', 'polygon', 'box', 'circle'] as const
/** `line` and `area` are measured; inside the others things are selected. A box has two corners, a circle its centre and a point of its edge. */
export type ShapeKind = (typeof shapeKinds)[number]
export interface Shape {
  kind: ShapeKind
  points: readonly LonLat[]
}

const fewest: Record<ShapeKind, number> = { line: 2, area: 3, polygon: 3, box: 2, circle: 2 }
const exactly: Partial<Record<ShapeKind, number>> = { box: 2, circle: 2 }
/** An address stays short enough for every mail program. */
export const mostPoints = 200

const precision = 1e5
export const rounded = ([lon, lat]: LonLat): LonLat => [
  Math.round(lon * precision) / precision,
  Math.round(lat * precision) / precision,
]

// The usual polyline, with an alphabet that an address needs not escape: base 32 chunks of five bits, lowest first.
const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_'

function number(n: number): string {
  let rest = n < 0 ? -n * 2 - 1 : n * 2
  let out = ''
  do {
    const low = rest % 32
    rest = Math.floor(rest / 32)
    out += alphabet[low + (rest > 0 ? 32 : 0)]
  } while (rest > 0)
  return out
}

export function shapeWords({ kind, points }: Shape): string {
  let x = 0
  let y = 0
  const words = points.map(([lon, lat]) => {
    const nx = Math.round(lon * precision)
    const ny = Math.round(lat * precision)
    const word = number(nx - x) + number(ny - y)
    x = nx
    y = ny
    return word
  })
  return `${kind}.${words.join('')}`
}

function numbersIn(words: string): number[] | null {
  const out: number[] = []
  let value = 0
  let scale = 1
  for (const letter of words) {
    const code = alphabet.indexOf(letter)
    if (code < 0) return null
    value += (code % 32) * scale
    if (code >= 32) {
      scale *= 32
      if (scale > 2 ** 40) return null
      continue
    }
    out.push(value % 2 ? -(value + 1) / 2 : value / 2)
    value = 0
    scale = 1
  }
  return scale === 1 ? out : null
}

/** The shape in an address; null for anything else, also for one that lies outside the world. */
export function shapeFrom(words: unknown): Shape | null {
  if (typeof words !== 'string' || words.length > 6000) return null
  const dot = words.indexOf('.')
  const kind = shapeKinds.find((k) => k === words.slice(0, dot))
  const steps = kind ? numbersIn(words.slice(dot + 1)) : null
  if (!kind || !steps || steps.length % 2) return null
  const count = steps.length / 2
  if (count < fewest[kind] || count > mostPoints || (exactly[kind] ?? count) !== count) return null
  let x = 0
  let y = 0
  const points: LonLat[] = []
  for (let i = 0; i < steps.length; i += 2) {
    x += steps[i] ?? 0
    y += steps[i + 1] ?? 0
    if (Math.abs(x) > 180 * precision || Math.abs(y) > 85 * precision) return null
    points.push([x / precision, y / precision])
  }
  return { kind, points }
}

/** The closed outline; of a line, itself. */
export function ringOf({ kind, points }: Shape): LonLat[] {
  const [p, q] = points
  if (!p || !q) return [...points]
  if (kind === 'line') return [...points]
  if (kind === 'circle') return circleRing(p, lengthM([p, q]))
  if (kind === 'box') return [p, [q[0], p[1]], q, [p[0], q[1]], p]
  return [...points, p]
}

export const boxOf = (ring: Ring): Box => {
  const lons = ring.map(([lon]) => lon)
  const lats = ring.map(([, lat]) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}
/** Whether the middle of a thing lies inside. */
export const inShape = (point: LonLat, ring: Ring): boolean => inRing(point, ring)

/** Things are selected inside it. */
export const selects = ({ kind }: Shape): boolean => kind === 'polygon' || kind === 'box' || kind === 'circle'
