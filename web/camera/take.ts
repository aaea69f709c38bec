/** A picture from the camera, made small enough for a bad network, with what the camera wrote kept. */
import { views } from '@pentad/evidence/model'
import { exifOf, upright, withExif } from './exif.ts'

export interface Taken {
  bytes: ArrayBuffer
  type: 'image/jpeg'
  /** By the file, which a camera has just written. */
  takenAt: Date
}

/** Quality of the smaller picture, 0–1: number plates stay readable at 2048 pixels. */
const quality = 0.86

export async function takePicture(file: File): Promise<Taken> {
  const original = new Uint8Array(await file.arrayBuffer())
  const takenAt = new Date(Math.min(file.lastModified || Date.now(), Date.now()))
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, views.full / Math.max(picture.width, picture.height))
  const small = await drawn(picture, Math.round(picture.width * scale), Math.round(picture.height * scale))
  picture.close()
  const segment = exifOf(original)
  const bytes = segment ? withExif(small, upright(segment)) : small
  return { bytes: bytes.buffer, type: 'image/jpeg', takenAt }
}

async function drawn(picture: ImageBitmap, width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))
  if (!blob) throw new Error('the picture could not be drawn')
  return new Uint8Array(await blob.arrayBuffer())
}
