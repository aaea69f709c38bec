/** Points as other systems write them. Pure. */

export interface Point {
  lon: number
  lat: number
}
export const frames = ['wgs84', 'gcj02'] as const
export type Frame = (typeof frames)[number]

/** Undefined when there is none, or it is the nought that stands for none. */
export function pointOf(lonText: string, latText: string, crs: Frame): Point | undefined {
  const lon = degreesIn(lonText)
  const lat = degreesIn(latText)
  if (lon === undefined || lat === undefined) return undefined
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90 || (lon === 0 && lat === 0)) return undefined
  return crs === 'gcj02' ? fromGcj02({ lon, lat }) : { lon, lat }
}

const degreesIn = (text: string): number | undefined => {
  const said = text
    .trim()
    .replace(/°$/, '')
    .replace(/^(-?\d+),(\d+)$/, '$1.$2')
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(said) ? Number(said) : undefined
}

/** `POINT (lon lat)` as geographers write it; `(lat, lon)` as offices do. */
export function pairIn(text: string): [lon: string, lat: string] | undefined {
  const wkt = /POINT\s*Z?\s*\(\s*(\S+)\s+([^\s)]+)[^)]*\)/i.exec(text)
  if (wkt) return [wkt[1] ?? '', wkt[2] ?? '']
  const json = /"coordinates"\s*:\s*\[\s*([-\d.]+)\s*,\s*([-\d.]+)/.exec(text)
  if (json) return [json[1] ?? '', json[2] ?? '']
  const named = /lat(?:itude)?[^-\w]+([-\d.]+).*?lon(?:gitude|g)?[^-\w]+([-\d.]+)/i.exec(text)
  if (named) return [named[2] ?? '', named[1] ?? '']
  const pair = /^\D*?([+-]?\d+\.\d+)\s*[,;\s，]\s*([+-]?\d+\.\d+)\D*$/.exec(text.trim())
  if (!pair) return undefined
  const [first = '', second = ''] = [pair[1], pair[2]]
  // No latitude is beyond 90; China's longitudes all are not.
  return Math.abs(Number(first)) > 90 ? [first, second] : [second, first]
}

const a = 6_378_245
const e2 = 0.006_693_421_622_965_943

/** The shift that Chinese web maps lay on degrees (GCJ-02), as known since 2010; none abroad. */
function toGcj02({ lon, lat }: Point): Point {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return { lon, lat }
  const x = lon - 105
  const y = lat - 35
  const wave = (v: number, parts: readonly (readonly [number, number])[]) =>
    parts.reduce((sum, [size, turn]) => sum + (size * Math.sin(v * turn * Math.PI) * 2) / 3, 0)
  const ripple = wave(x, [
    [20, 6],
    [20, 2],
  ])
  const dLat =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * Math.sqrt(Math.abs(x)) +
    ripple +
    wave(y, [
      [20, 1],
      [40, 1 / 3],
      [160, 1 / 12],
      [320, 1 / 30],
    ])
  const dLon =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * Math.sqrt(Math.abs(x)) +
    ripple +
    wave(x, [
      [20, 1],
      [40, 1 / 3],
      [150, 1 / 12],
      [300, 1 / 30],
    ])
  const phi = (lat / 180) * Math.PI
  const magic = 1 - e2 * Math.sin(phi) ** 2
  const m = (a * (1 - e2)) / (magic * Math.sqrt(magic))
  const n = a / Math.sqrt(magic)
  return {
    lon: lon + (dLon * 180) / (n * Math.cos(phi) * Math.PI),
    lat: lat + (dLat * 180) / (m * Math.PI),
  }
}

/** Found by going back until the shift leads to where one began; to a centimetre. */
export function fromGcj02(shifted: Point): Point {
  let at = shifted
  for (let i = 0; i < 5; i++) {
    const there = toGcj02(at)
    at = { lon: at.lon + shifted.lon - there.lon, lat: at.lat + shifted.lat - there.lat }
  }
  return at
}
