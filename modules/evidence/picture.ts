/** Looks into a picture: is it one, what did the camera write into it, what does it look like. */
import { type Refusal, refuse } from '@pentad/platform/refusal'
import exifr from 'exifr'
import sharp from 'sharp'
import { photoMaxPixels, type View, views } from './model.ts'

export interface Picture {
  mediaType: string
  widthPx: number
  heightPx: number
  dhash: string
  takenAt: Date | null
  takenAtPoint: { lon: number; lat: number } | null
}

const types: Record<string, string> = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }
const open = (bytes: Buffer) => sharp(bytes, { limitInputPixels: photoMaxPixels, failOn: 'error' })

/** What the bytes show, or `evidence/not-a-photo`: a name and a media type prove nothing, decoding does. */
export async function lookAt(bytes: Buffer): Promise<Picture | Refusal> {
  try {
    const { format, width, height, orientation = 1 } = await open(bytes).metadata()
    const mediaType = types[format ?? '']
    if (!mediaType || !width || !height) return refuse('evidence/not-a-photo')
    const turned = orientation >= 5
    return {
      mediaType,
      widthPx: turned ? height : width,
      heightPx: turned ? width : height,
      dhash: await dHash(bytes),
      ...(await cameraNotes(bytes)),
    }
  } catch {
    return refuse('evidence/not-a-photo')
  }
}

/** Each bit: is a point of the 9 × 8 grey picture brighter than its right neighbour? Decodes the whole picture. */
async function dHash(bytes: Buffer): Promise<string> {
  const grey = await open(bytes).rotate().greyscale().resize(9, 8, { fit: 'fill' }).raw().toBuffer()
  let bits = 0n
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) bits = (bits << 1n) | ((grey[y * 9 + x] ?? 0) > (grey[y * 9 + x + 1] ?? 0) ? 1n : 0n)
  }
  return bits.toString(16).padStart(16, '0')
}

interface Exif {
  DateTimeOriginal?: unknown
  OffsetTimeOriginal?: unknown
  latitude?: unknown
  longitude?: unknown
}
async function cameraNotes(bytes: Buffer): Promise<Pick<Picture, 'takenAt' | 'takenAtPoint'>> {
  // Notes that cannot be read are no notes; the picture stands.
  const exif = ((await exifr.parse(bytes, { gps: true, reviveValues: false }).catch(() => undefined)) ?? {}) as Exif
  const { latitude: lat, longitude: lon, DateTimeOriginal: taken, OffsetTimeOriginal: offset } = exif
  return {
    takenAt: instantOf(taken, offset),
    takenAtPoint: typeof lat === 'number' && typeof lon === 'number' ? { lon, lat } : null,
  }
}

/** EXIF writes local time as `YYYY:MM:DD hh:mm:ss`; without an offset a camera in the city shows the city's time. */
function instantOf(taken: unknown, offset: unknown): Date | null {
  if (typeof taken !== 'string') return null
  const m = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(taken)
  if (!m) return null
  const zone = typeof offset === 'string' && /^[+-]\d\d:\d\d$/.test(offset) ? offset : '+08:00'
  const at = new Date(`${m[1]}-${m[2]}-${m[3]}T${m[4]}${zone}`)
  return Number.isNaN(at.getTime()) ? null : at
}

/** The picture in a size to be shown: upright, without the camera's notes. */
export const viewOf = (bytes: Buffer, view: View): Promise<Buffer> =>
  open(bytes)
    .rotate()
    .resize({ width: views[view], height: views[view], fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: view === 'thumb' ? 72 : 84, mozjpeg: true })
    .toBuffer()
