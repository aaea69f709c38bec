import { type Db, sql } from '@pentad/platform/db'
import type { LegalDay } from '@pentad/platform/time'
import { counted, freeChunk, inRange, rangeOf, type Went } from './parts.ts'

export interface ChunkRow {
  handle: number
  at: Date
  fixes: number
  body: Buffer
  pinned: boolean
}
/**
 * Ten-minute rows of a day, in the order of devices and times, after the one that was done last. To be thinned are only those that were
 * not thinned so far already.
 */
export const chunksAfter = async (
  db: Db,
  day: LegalDay,
  after: string,
  { most, since, stepSeconds }: { most: number; since: Date; stepSeconds: number | null },
): Promise<ChunkRow[]> => {
  const [handle = '0', at = '1970-01-01T00:00:00Z'] = after === '' ? [] : after.split(' ')
  const wanted = stepSeconds === null ? sql`` : sql`and coalesce(t.step_seconds, 0) < ${stepSeconds}`
  return (
    await sql<ChunkRow>`select t.handle, t.at, t.fixes, t.body,
        not ${freeChunk(sql`d.id`, sql`t.at`, since)} as pinned
      from sensing.track t left join sensing.device d on d.handle = t.handle
      where ${inRange(sql`t.at`, rangeOf(day))} and (t.handle, t.at) > (${Number(handle)}::int, ${at}::timestamptz) ${wanted}
      order by t.handle, t.at limit ${most} for update of t`.execute(db)
  ).rows
}
export async function writeThin(
  db: Db,
  rows: readonly Pick<ChunkRow, 'handle' | 'at' | 'fixes' | 'body'>[],
  step: number,
): Promise<void> {
  await sql`update sensing.track t set fixes = u.fixes, body = u.body, step_seconds = ${step}
    from unnest(${rows.map((r) => r.handle)}::int[], ${rows.map((r) => r.at)}::timestamptz[], ${rows.map((r) => r.fixes)}::int[],
      ${rows.map((r) => r.body)}::bytea[]) as u (handle, at, fixes, body)
    where t.handle = u.handle and t.at = u.at`.execute(db)
}
export async function endChunks(db: Db, rows: readonly Pick<ChunkRow, 'handle' | 'at'>[]): Promise<Went> {
  const { rows: gone } = await sql<Went>`with gone as (delete from sensing.track t
      using unnest(${rows.map((r) => r.handle)}::int[], ${rows.map((r) => r.at)}::timestamptz[]) as u (handle, at)
      where t.handle = u.handle and t.at = u.at returning pg_column_size(t.*) as bytes) ${counted}`.execute(db)
  return gone[0] ?? { rows: 0, bytes: 0 }
}
