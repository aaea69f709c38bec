/** Pictures as evidence: the door for the server. Who may see one is decided by the thing that it belongs to. */
import type { Blobs } from '@pentad/platform/blobs'
import type { Db } from '@pentad/platform/db'
import type { Module } from '@pentad/platform/module'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { type Raw, raw } from '@pentad/platform/serve'
import { messages } from './messages.ts'
import type { View } from './model.ts'
import { viewOf } from './picture.ts'
import { type PhotoRow, photosById } from './queries.ts'
import { routes } from './routes.ts'

export { lookAt, type Picture } from './picture.ts'
export { type PhotoRow, photosLike } from './queries.ts'

/** The photos of these ids, in their order, or why one cannot be taken. */
export async function photosOf(db: Db, ids: readonly string[]): Promise<PhotoRow[] | Refusal> {
  const found = new Map((await photosById(db, ids)).map((p) => [p.id, p]))
  const photos = ids.flatMap((id) => found.get(id) ?? [])
  const missing = ids.find((id) => !found.has(id))
  return missing ? refuse('evidence/no-such-photo', { id: missing }) : photos
}

/** A photo to be shown; made once and kept. Asking for it is the caller's right to check. */
export async function showPhoto(db: Db, blobs: Blobs, id: string, view: View | 'original'): Promise<Raw | undefined> {
  const [photo] = await photosById(db, [id])
  if (!photo) return undefined
  // Bytes under a hash never change, but the right to see them may: kept by this person's browser only.
  const headers = { 'cache-control': 'private, max-age=86400', etag: `"${photo.sha256}-${view}"` }
  if (view === 'original') return raw({ raw: blobs.stream(photo.sha256), type: photo.mediaType, headers })
  const made = await blobs.read(photo.sha256, `${view}.jpg`)
  if (made) return raw({ raw: made, type: 'image/jpeg', headers })
  const original = await blobs.read(photo.sha256)
  if (!original) throw new Error(`blob ${photo.sha256} is missing`)
  const picture = await viewOf(original, view)
  await blobs.putDerived(photo.sha256, `${view}.jpg`, picture)
  return raw({ raw: picture, type: 'image/jpeg', headers })
}

export const evidence: Module = {
  name: 'evidence',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  messages,
}
