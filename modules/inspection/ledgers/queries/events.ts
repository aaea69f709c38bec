import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { toMetres } from '@pentad/platform/geo'
import type { Act, Values } from '../model/index.ts'
import type { EntryRow } from './entries.ts'

export interface EventIn {
  entryId: string
  seq: number
  act: Act
  actorId: string | null
  actorUnit: string | null
  at: Date
  recorded: Date
  version: number
  before: Values
  after: Values
  note?: string
  point?: { lon: number; lat: number } | undefined
  photoIds?: readonly string[]
}

export type EntryIn = Omit<EntryRow, 'keeperZh' | 'keeperEn'> & { words: string }

const entryColumns = {
  id: 'uuid',
  ledger_id: 'text',
  version: 'int',
  no: 'text',
  code: 'text',
  title: 'text',
  words: 'text',
  values: 'jsonb',
  state: 'text',
  lon: 'float8',
  lat: 'float8',
  xy: 'point',
  area_code: 'text',
  place_zh: 'text',
  place_en: 'text',
  keeper_unit: 'text',
  created_by: 'text',
  created_at: 'timestamptz',
  changed_at: 'timestamptz',
  verified_at: 'timestamptz',
  finding: 'text',
  due_on: 'date',
  retired_at: 'timestamptz',
  pack_digest: 'text',
  rev: 'int',
}
const replaced = Object.keys(entryColumns)
  .filter((c) => !['id', 'ledger_id', 'no', 'code', 'created_by', 'created_at'].includes(c))
  .map((c) => `${c} = excluded.${c}`)
  .join(', ')

const xyOf = (lon: number | null, lat: number | null): string | null => {
  if (lon === null || lat === null) return null
  const { xM, yM } = toMetres([lon, lat])
  return `(${xM},${yM})`
}

/** Writes entries as they are now, and what happened to each, all in a few statements. */
export async function putEntries(db: Db, entries: readonly EntryIn[], events: readonly EventIn[]): Promise<void> {
  const rows = entries.map((e) => ({
    id: e.id,
    ledger_id: e.ledgerId,
    version: e.version,
    no: e.no,
    code: e.code,
    title: e.title,
    words: e.words,
    values: e.values,
    state: e.state,
    lon: e.lon,
    lat: e.lat,
    xy: xyOf(e.lon, e.lat),
    area_code: e.areaCode,
    place_zh: e.placeZh,
    place_en: e.placeEn,
    keeper_unit: e.keeperUnit,
    created_by: e.createdBy,
    created_at: e.createdAt,
    changed_at: e.changedAt,
    verified_at: e.verifiedAt,
    finding: e.finding,
    due_on: e.dueOn,
    retired_at: e.retiredAt,
    pack_digest: e.packDigest,
    rev: e.rev,
  }))
  await insertRows(
    db,
    'inspection.entry',
    entryColumns,
    rows,
    `on conflict (id) do update set ${replaced}, xid = pg_current_xact_id()`,
  )
  await insertRows(
    db,
    'inspection.entry_event',
    {
      entry_id: 'uuid',
      seq: 'int',
      act: 'text',
      actor_id: 'text',
      actor_unit: 'text',
      at: 'timestamptz',
      recorded: 'timestamptz',
      version: 'int',
      before: 'jsonb',
      after: 'jsonb',
      note: 'text',
      lon: 'float8',
      lat: 'float8',
      photo_ids: 'uuid[]',
    },
    events.map((e) => ({
      entry_id: e.entryId,
      seq: e.seq,
      act: e.act,
      actor_id: e.actorId,
      actor_unit: e.actorUnit,
      at: e.at,
      recorded: e.recorded,
      version: e.version,
      before: e.before,
      after: e.after,
      note: e.note ?? '',
      lon: e.point?.lon ?? null,
      lat: e.point?.lat ?? null,
      photo_ids: e.photoIds ?? [],
    })),
  )
}

export interface EventRow {
  seq: number
  act: Act
  actor: string | null
  unitZh: string | null
  unitEn: string | null
  at: Date
  recorded: Date
  version: number
  before: Values
  after: Values
  note: string
  photoIds: string[]
}
export const eventsOf = async (db: Db, entryId: string): Promise<EventRow[]> =>
  (
    await sql<EventRow>`select v.seq, v.act, p.name_zh as actor, u.name_zh as "unitZh", u.name_en as "unitEn", v.at, v.recorded, v.version,
        v.before, v.after, v.note, v.photo_ids as "photoIds"
      from inspection.entry_event v left join identity.api_person p on p.id::text = v.actor_id
        left join identity.api_unit u on u.id = v.actor_unit
      where v.entry_id = ${entryId} order by v.seq desc`.execute(db)
  ).rows

/** Photos of an entry: in its values, or taken at a check. */
export const photosOf = async (db: Db, entryId: string): Promise<Set<string>> =>
  new Set(
    (
      await sql<{
        id: string
      }>`select unnest(photo_ids)::text as id from inspection.entry_event where entry_id = ${entryId}`.execute(db)
    ).rows.map((r) => r.id),
  )
