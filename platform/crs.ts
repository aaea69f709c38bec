/**
 * Coordinates as they are delivered, and as we keep them: CGCS2000/WGS84 degrees. Converted once, where they come in; what was
 * delivered is kept beside it.
 */
import gcoord from 'gcoord'
import { type LonLat, toDegrees, toMetres } from './geo.ts'

/**
 * `cgcs2000` (EPSG:4490) and `wgs84` (4326) are the same to well under a metre and pass unchanged; `gcj02` is what phones' maps
 * show in China, `bd09` Baidu's; `epsg:…` a Gauss–Krüger frame on CGCS2000, in metres.
 */
export type Crs = 'cgcs2000' | 'wgs84' | 'gcj02' | 'bd09' | `epsg:${number}`

/** A Gauss–Krüger frame: its meridian, and what is added to the easting (with the zone's number in front, or without). */
interface Frame {
  centralMeridianDeg: number
  falseEastingM: number
}
const plainEastingM = 500_000

/** EPSG:4491–4554, the Gauss–Krüger frames of CGCS2000: 6° and 3° wide, eastings with the zone's number and without. */
function frameOf(epsg: number): Frame | undefined {
  const zoned = (zone: number, centralMeridianDeg: number): Frame => ({
    centralMeridianDeg,
    falseEastingM: zone * 1_000_000 + plainEastingM,
  })
  const plain = (centralMeridianDeg: number): Frame => ({ centralMeridianDeg, falseEastingM: plainEastingM })
  if (epsg >= 4491 && epsg <= 4501) return zoned(epsg - 4478, (epsg - 4478) * 6 - 3)
  if (epsg >= 4502 && epsg <= 4512) return plain(75 + (epsg - 4502) * 6)
  if (epsg >= 4513 && epsg <= 4533) return zoned(epsg - 4488, (epsg - 4488) * 3)
  if (epsg >= 4534 && epsg <= 4554) return plain(75 + (epsg - 4534) * 3)
  return undefined
}

const words: Readonly<Record<string, Crs>> = {
  cgcs2000: 'cgcs2000',
  epsg4490: 'cgcs2000',
  '4490': 'cgcs2000',
  wgs84: 'wgs84',
  wgs1984: 'wgs84',
  crs84: 'wgs84',
  epsg4326: 'wgs84',
  '4326': 'wgs84',
  gcj02: 'gcj02',
  bd09: 'bd09',
  bd09ll: 'bd09',
}

/** The system that a word names: `GCJ-02`, `bd09`, `EPSG:4548`, `4490`; undefined where we know none. */
export function crsNamed(word: string): Crs | undefined {
  const plain = word.toLowerCase().replaceAll(/[\s:_-]/g, '')
  const known = words[plain]
  if (known) return known
  const epsg = Number(/^(?:epsg)?(\d{4})$/.exec(plain)?.[1])
  return frameOf(epsg) ? `epsg:${epsg}` : undefined
}

/** The system that a shapefile's `.prj` describes (WKT 1); undefined where it is none of ours: Beijing 54, Xi'an 80, UTM … */
export function crsOfWkt(wkt: string): Crs | undefined {
  const china = /(?:CGCS_?2000|China_?2000|China_Geodetic_Coordinate_System_2000)/i.test(wkt)
  if (!china && !/WGS_?(?:19)?84/i.test(wkt)) return undefined
  if (!/^\s*PROJCS/i.test(wkt)) return china ? 'cgcs2000' : 'wgs84'
  if (!china || !/Gauss_Kruger|Transverse_Mercator/i.test(wkt)) return undefined
  const given = (name: string) => Number(new RegExp(`"${name}"\\s*,\\s*(-?[\\d.]+)`, 'i').exec(wkt)?.[1])
  if ((given('Scale_Factor') || 1) !== 1) return undefined
  const [meridian, easting] = [given('Central_Meridian'), given('False_Easting')]
  for (let epsg = 4554; epsg >= 4491; epsg--) {
    const frame = frameOf(epsg)
    if (frame?.centralMeridianDeg === meridian && frame.falseEastingM === easting) return `epsg:${epsg}`
  }
  return undefined
}

/** Is it in metres rather than degrees? */
export const inMetres = (crs: Crs): boolean => crs.startsWith('epsg:')

/** Northings of China in metres; no easting of a frame is among them, so that X and Y can be told apart. */
const isNorthing = (m: number): boolean => m > 1_200_000 && m < 6_500_000

/**
 * CGCS2000/WGS84 degrees of delivered coordinates: x is the longitude or easting, y the latitude or northing. Surveyors call
 * the northing X: metres are taken in either order, since a northing looks like no easting.
 */
export function degreesFrom(crs: Crs, x: number, y: number): LonLat {
  if (crs === 'cgcs2000' || crs === 'wgs84') return [x, y]
  if (crs === 'gcj02' || crs === 'bd09') return undone(crs, [x, y])
  const { centralMeridianDeg, falseEastingM } = knownFrame(crs)
  const [east, north] = isNorthing(x) && !isNorthing(y) ? [y, x] : [x, y]
  return toDegrees(east - falseEastingM + plainEastingM, north, centralMeridianDeg)
}

/** The same point as another system has it: [longitude, latitude] or [easting, northing]. */
export function degreesTo(crs: Crs, point: LonLat): LonLat {
  if (crs === 'cgcs2000' || crs === 'wgs84') return point
  if (crs === 'gcj02' || crs === 'bd09') return shifted(crs, point)
  const { centralMeridianDeg, falseEastingM } = knownFrame(crs)
  const { xM, yM } = toMetres(point, centralMeridianDeg)
  return [xM - plainEastingM + falseEastingM, yM]
}

function knownFrame(crs: Crs): Frame {
  const frame = frameOf(Number(crs.slice('epsg:'.length)))
  if (!frame) throw new Error(`${crs} is no Gauss–Krüger frame of CGCS2000`)
  return frame
}

function shifted(crs: 'gcj02' | 'bd09', [lon, lat]: LonLat): LonLat {
  const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, crs === 'gcj02' ? gcoord.GCJ02 : gcoord.BD09)
  return [x, y]
}

/**
 * The shift has no formula back. Taking off what a guess is wrong by comes to a millimetre in a few steps; the steps are
 * counted, since at the frame of China, where the shift ends, there may be no such point.
 */
function undone(crs: 'gcj02' | 'bd09', wanted: LonLat): LonLat {
  let [lon, lat] = wanted
  for (let i = 0; i < 20; i++) {
    const got = shifted(crs, [lon, lat])
    const wrong = [got[0] - wanted[0], got[1] - wanted[1]] as const
    lon -= wrong[0]
    lat -= wrong[1]
    if (Math.abs(wrong[0]) < 1e-9 && Math.abs(wrong[1]) < 1e-9) break
  }
  return [lon, lat]
}
