import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { photoMaxBytes, photoTypes } from './model.ts'

export const Photo = z.object({
  id: z.uuid(),
  /** Of the bytes as they came, hexadecimal. */
  sha256: z.string(),
  widthPx: z.number(),
  heightPx: z.number(),
  /** What the camera wrote into the picture; proposed, not proved. */
  takenAt: z.iso.datetime().nullable(),
  takenAtPoint: z.object({ lon: z.number(), lat: z.number() }).nullable(),
})

/** A stranger's or an officer's picture. The same bytes by the same sender give the same id. */
export const addPhoto = route({
  method: 'POST',
  path: '/evidence/photos',
  summary: '上传照片 Add a photo',
  may: 'public',
  perMinute: 60,
  foreign: true,
  file: { types: photoTypes, maxBytes: photoMaxBytes },
  reply: Photo,
})
