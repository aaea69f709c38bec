import { type Db, sql } from '@pentad/platform/db'
import type { Changes, Fault } from '@pentad/platform/pack'
import type { LoadState } from './model.ts'

export interface PackLoadRow {
  id: string
  file: string
  bytes: number
  blob: string
  byPerson: string
  byName: string
  sentAt: Date
  state: LoadState
  progress: { part?: string; done?: number; of?: number }
  pack: string | null
  packVersion: string | null
  faults: Fault[]
  faultCount: number
  changes: Record<string, Changes>
  endedAt: Date | null
  error: string | null
}
const columns = sql`l.id, l.file, l.bytes, l.blob, l.by_person as "byPerson", p.name_zh as "byName", l.sent_at as "sentAt", l.state, l.progress,
  l.pack, l.pack_version as "packVersion", l.faults, l.fault_count as "faultCount", l.changes, l.ended_at as "endedAt", l.error`
const from = sql`from operations.pack_load l join identity.api_person p on p.id = l.by_person`

export async function addPackLoad(
  db: Db,
  l: Pick<PackLoadRow, 'id' | 'file' | 'bytes' | 'blob' | 'byPerson' | 'sentAt'>,
): Promise<void> {
  await sql`insert into operations.pack_load (id, file, bytes, blob, by_person, sent_at, state)
    values (${l.id}, ${l.file}, ${l.bytes}, ${l.blob}, ${l.byPerson}, ${l.sentAt}, 'checking')`.execute(db)
}

export const packLoadById = async (db: Db, id: string, lock = false): Promise<PackLoadRow | undefined> =>
  (
    await sql<PackLoadRow>`select ${columns} ${from} where l.id = ${id} ${lock ? sql`for update of l` : sql``}`.execute(
      db,
    )
  ).rows[0]

export const recentPackLoads = async (db: Db): Promise<PackLoadRow[]> =>
  (await sql<PackLoadRow>`select ${columns} ${from} order by l.sent_at desc limit 50`.execute(db)).rows

export async function setProgress(
  db: Db,
  id: string,
  progress: PackLoadRow['progress'],
): Promise<LoadState | undefined> {
  const { rows } = await sql<{
    state: LoadState
  }>`update operations.pack_load set progress = ${JSON.stringify(progress)}::jsonb
    where id = ${id} returning state`.execute(db)
  return rows[0]?.state
}

/** False where the load is no longer in that state: somebody was quicker. */
export async function movePackLoad(
  db: Db,
  id: string,
  from: readonly LoadState[],
  to: LoadState,
  more: Partial<
    Pick<PackLoadRow, 'pack' | 'packVersion' | 'faults' | 'faultCount' | 'changes' | 'endedAt' | 'error'>
  > & { editionId?: string } = {},
): Promise<boolean> {
  const { numAffectedRows } = await sql`update operations.pack_load set state = ${to}, progress = '{}',
      pack = coalesce(${more.pack ?? null}, pack), pack_version = coalesce(${more.packVersion ?? null}, pack_version),
      faults = coalesce(${more.faults ? JSON.stringify(more.faults) : null}::jsonb, faults), fault_count = coalesce(${more.faultCount ?? null}::int, fault_count),
      changes = coalesce(${more.changes ? JSON.stringify(more.changes) : null}::jsonb, changes), ended_at = ${more.endedAt ?? null}, error = ${more.error ?? null},
      edition_id = coalesce(${more.editionId ?? null}::uuid, edition_id)
    where id = ${id} and state = any(${from as LoadState[]})`.execute(db)
  return (numAffectedRows ?? 0n) > 0n
}

export interface EditionRow {
  id: string
  number: number
  at: Date
  kind: 'first' | 'pack' | 'census' | 'edit'
  byName: string | null
  note: string
  changes: Record<string, Changes>
  pack: string | null
  packVersion: string | null
}
export const editions = async (db: Db): Promise<EditionRow[]> =>
  (
    await sql<EditionRow>`select e.id, e.number::int as number, e.at, e.kind, p.name_zh as "byName", e.note, e.changes, k.pack, k.pack_version as "packVersion"
      from geography.api_edition e left join identity.api_person p on p.id = e.by_person
        left join operations.pack_edition k on k.edition_id = e.id
      order by e.number desc limit 100`.execute(db)
  ).rows
