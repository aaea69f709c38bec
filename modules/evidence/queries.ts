import { type Db, sql } from '@pentad/platform/db'
import { bandsAround, samePhotoBits, tellsPhoto } from './model.ts'
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

/** Of each photo the others that are the same bytes or look the same, and itself. */
export async function photosLike(
  db: Db,
  photos: readonly Pick<PhotoRow, 'id' | 'sha256' | 'dhash'>[],
): Promise<{ id: string; like: string }[]> {
  if (photos.length === 0) return []
  const alike = photos
    .filter((p) => tellsPhoto(p.dhash))
    .flatMap((p) => {
      const near = sql`bit_count(('x' || k.dhash)::bit(64) # ('x' || ${p.dhash})::bit(64)) <= ${samePhotoBits}`
      return bandsAround(p.dhash).map(
        (values, i) =>
          sql`select ${p.id}::uuid as id, k.id as "like" from evidence.photo k where k.${sql.ref(`band_${'abc'[i]}`)} = any(${values}::int[]) and ${near}`,
      )
    })
  const same = sql`select a.id, k.id as "like" from unnest(${photos.map((p) => p.id)}::uuid[], ${photos.map((p) => p.sha256)}::text[]) as a (id, sha256)
    join evidence.photo k on k.sha256 = a.sha256`
  return (await sql<{ id: string; like: string }>`${sql.join([same, ...alike], sql` union `)}`.execute(db)).rows
}
