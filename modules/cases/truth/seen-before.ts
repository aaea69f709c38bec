/** Photos that come with a step and were shown before: in another case, or in an earlier act of this one. */
import { type PhotoRow, photosLike } from '@pentad/evidence'
import type { Db } from '@pentad/platform/db'
import { photosShown } from './queries.ts'

/** The ids among these photos of which the same bytes, or a picture that looks the same, belong to a case already. */
export async function seenBefore(db: Db, photos: readonly PhotoRow[]): Promise<string[]> {
  const alike = await photosLike(db, photos)
  const shown = new Set(await photosShown(db, [...new Set(alike.map((a) => a.like))]))
  return [...new Set(alike.filter((a) => shown.has(a.like)).map((a) => a.id))]
}
