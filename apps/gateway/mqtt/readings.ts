/** What a device says in JSON: `{ "t": …, "Leq": 61.2, "a34002": { "value": 80, "max": 95 } }`, with `lon` and `lat` where it moves. Pure. */

export interface Reading {
  factor: string
  at: Date
  value: number | null
  max: number | null
  min: number | null
  flag: string | null
  /** The payload gave no time: it counts for when it came, and says so. */
  timed: boolean
}
export interface Place {
  at: Date
  lon: number
  lat: number
  speedKmh: number | null
  headingDeg: number | null
  timed: boolean
}
export interface Said {
  readings: Reading[]
  places: Place[]
}

/** Items of one message, and factors of one item. */
const mostItems = 1000
const mostFactors = 200
const longestFactor = 32

const timeKeys = ['t', 'time', 'timestamp', 'at'] as const
const placeKeys = new Set([
  'lon',
  'lng',
  'longitude',
  'lat',
  'latitude',
  'speed',
  'heading',
  'course',
  'bearing',
  'altitude',
  'accuracy',
])

/** What was said, or the code of why it cannot be read. */
export function readingsIn(payload: Uint8Array, now: Date): Said | string {
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return 'mqtt/not-json'
  }
  const items = Array.isArray(said) ? said : [said]
  if (items.length > mostItems) return 'mqtt/too-many-values'
  const out: Said = { readings: [], places: [] }
  for (const item of items) {
    const fault = take(item, now, out)
    if (fault) return fault
  }
  return out.readings.length + out.places.length > 0 ? out : 'mqtt/no-values'
}

function take(item: unknown, now: Date, out: Said): string | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'mqtt/not-an-object'
  const values = item as Readonly<Record<string, unknown>>
  const timeKey = timeKeys.find((k) => Object.hasOwn(values, k))
  const at = timeKey === undefined ? now : instantOf(values[timeKey])
  if (!at) return 'mqtt/time'
  const timed = timeKey !== undefined
  const place = placeOf(values)
  if (place === 'wrong') return 'mqtt/place'
  if (place) out.places.push({ at, timed, ...place })
  const factors = Object.keys(values).filter((k) => k !== timeKey && !placeKeys.has(k))
  if (factors.length > mostFactors) return 'mqtt/too-many-values'
  for (const factor of factors) {
    if (!/^[\p{L}\p{N}._:-]{1,32}$/u.test(factor) || factor.length > longestFactor) return 'mqtt/factor'
    const reading = valueIn(values[factor])
    if (!reading) return 'mqtt/value'
    out.readings.push({ factor, at, timed, ...reading })
  }
  return undefined
}

type Value = Pick<Reading, 'value' | 'max' | 'min' | 'flag'>
function valueIn(said: unknown): Value | undefined {
  const plain = numberOf(said)
  if (plain !== undefined) return { value: plain, max: null, min: null, flag: null }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return undefined
  const { value, max, min, flag } = said as Readonly<Record<string, unknown>>
  const [v, high, low] = [numberOf(value), numberOf(max), numberOf(min)]
  if (v === undefined && high === undefined && low === undefined) return undefined
  return {
    value: v ?? null,
    max: high ?? null,
    min: low ?? null,
    flag: typeof flag === 'string' ? flag.slice(0, 8) : null,
  }
}

const numberOf = (x: unknown): number | undefined =>
  typeof x === 'number' && Number.isFinite(x) ? x : typeof x === 'boolean' ? Number(x) : undefined

/** Seconds, milliseconds or ISO 8601; what lies before 2000 or after 2100 is no time of a device. */
export function instantOf(said: unknown): Date | undefined {
  const number =
    typeof said === 'number' ? said : typeof said === 'string' && /^\d{9,14}$/.test(said) ? Number(said) : undefined
  const at =
    number !== undefined
      ? new Date(number < 1e11 ? number * 1000 : number)
      : typeof said === 'string'
        ? new Date(/(?:Z|[+-]\d{2}:?\d{2})$/.test(said) ? said : `${said}+08:00`)
        : undefined
  if (!at || Number.isNaN(at.getTime())) return undefined
  return at.getUTCFullYear() >= 2000 && at.getUTCFullYear() < 2100 ? at : undefined
}

function placeOf(values: Readonly<Record<string, unknown>>): Omit<Place, 'at' | 'timed'> | 'wrong' | undefined {
  const first = (...keys: string[]) => keys.map((k) => values[k]).find((v) => v !== undefined)
  const [lon, lat] = [first('lon', 'lng', 'longitude'), first('lat', 'latitude')]
  if (lon === undefined && lat === undefined) return undefined
  if (typeof lon !== 'number' || typeof lat !== 'number' || !Number.isFinite(lon) || !Number.isFinite(lat))
    return 'wrong'
  const speed = numberOf(first('speed'))
  const heading = numberOf(first('heading', 'course', 'bearing'))
  return { lon, lat, speedKmh: speed ?? null, headingDeg: heading ?? null }
}

/** What cannot be is flagged, not thrown away, with the words that the other protocols use. */
export const placeQuality = ({ lon, lat, timed }: Pick<Place, 'lon' | 'lat' | 'timed'>): string[] => [
  ...(Math.abs(lat) > 90 ? ['latitude-out-of-range'] : []),
  ...(Math.abs(lon) > 180 ? ['longitude-out-of-range'] : []),
  ...(timed ? [] : ['time-invalid']),
]
