import { type Db, sql } from '@pentad/platform/db'
import type { Picture } from './picture.ts'

export interface PhotoRow {
  id: string
  sha256: string
  mediaType: string
  widthPx: number
  heightPx: number
  dhash: string
  takenAt: Date | null
  takenLon: number | null
  takenLat: number | null
}
const columns = sql`id, sha256, media_type as "mediaType", width_px as "widthPx", height_px as "heightPx", dhash,
  taken_at as "takenAt", taken_lon as "takenLon", taken_lat as "takenLat"`

/** The photo's row; the sender's earlier one when the same bytes come again. */
export async function addPhotoRow(
  db: Db,
  p: Picture & { id: string; sha256: string; bytes: number; by: string; at: Date },
): Promise<PhotoRow | undefined> {
  await sql`insert into evidence.photo (id, sha256, media_type, bytes, width_px, height_px, dhash, taken_at, taken_lon, taken_lat, uploaded_by, uploaded_at)
    values (${p.id}, ${p.sha256}, ${p.mediaType}, ${p.bytes}, ${p.widthPx}, ${p.heightPx}, ${p.dhash}, ${p.takenAt},
      ${p.takenAtPoint?.lon ?? null}, ${p.takenAtPoint?.lat ?? null}, ${p.by}, ${p.at})
    on conflict (sha256, uploaded_by) do nothing`.execute(db)
  return (
    await sql<PhotoRow>`select ${columns} from evidence.photo where sha256 = ${p.sha256} and uploaded_by = ${p.by}`.execute(
      db,
    )
  ).rows[0]
}

export const photosById = async (db: Db, ids: readonly string[]): Promise<PhotoRow[]> =>
  ids.length === 0
    ? []
    : (await sql<PhotoRow>`select ${columns} from evidence.photo where id = any(${ids}::uuid[])`.execute(db)).rows
