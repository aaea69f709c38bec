import { newId } from '@pentad/platform/id'
import { granted, isRefusal } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import { addPhoto } from './contract.ts'
import { lookAt } from './picture.ts'
import { addPhotoRow } from './queries.ts'

export const routes = [
  serve(addPhoto, async ({ file }, { db, blobs, actor, now }) => {
    const picture = await lookAt(file)
    if (isRefusal(picture)) return picture
    const sha256 = await blobs.put(file)
    const photo = granted(
      await addPhotoRow(db, { ...picture, id: newId(), sha256, bytes: file.length, by: actor.id, at: now }),
    )
    return {
      id: photo.id,
      sha256: photo.sha256,
      widthPx: photo.widthPx,
      heightPx: photo.heightPx,
      takenAt: photo.takenAt?.toISOString() ?? null,
      takenAtPoint:
        photo.takenLon === null || photo.takenLat === null ? null : { lon: photo.takenLon, lat: photo.takenLat },
    }
  }),
]
