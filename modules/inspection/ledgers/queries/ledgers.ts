import { type Db, sql } from '@pentad/platform/db'
import type { LedgerSchema, SchemaVersion } from '../model/index.ts'

export interface LedgerRow {
  id: string
  version: number
  origin: 'pack' | 'desk'
  packDigest: string | null
  retiredAt: Date | null
  /** In order; the last is in force. */
  versions: (SchemaVersion & { publishedAt: Date; by: string | null })[]
  schema: LedgerSchema
}

interface Read extends Omit<LedgerRow, 'versions' | 'schema'> {
  versions: { version: number; schema: LedgerSchema; publishedAt: string; by: string | null }[]
}

const columns = sql`l.id, l.version, l.origin, l.pack_digest as "packDigest", l.retired_at as "retiredAt",
  (select json_agg(json_build_object('version', v.version, 'schema', v.schema, 'publishedAt', v.published_at,
      'by', coalesce(p.name_zh, v.published_by)) order by v.version)
    from inspection.ledger_version v left join identity.api_person p on p.id::text = v.published_by
    where v.ledger_id = l.id) as versions`

function whole(row: Read): LedgerRow {
  const versions = row.versions.map((v) => ({ ...v, publishedAt: new Date(v.publishedAt) }))
  const schema = versions.find((v) => v.version === row.version)?.schema
  if (!schema) throw new Error(`ledger ${row.id} has no version ${row.version}`)
  return { ...row, versions, schema }
}

export const allLedgers = async (db: Db): Promise<LedgerRow[]> =>
  (await sql<Read>`select ${columns} from inspection.ledger l order by l.id`.execute(db)).rows.map(whole)

export async function ledgerById(db: Db, id: string, lock = false): Promise<LedgerRow | undefined> {
  if (lock) await sql`select from inspection.ledger where id = ${id} for update`.execute(db)
  const { rows } = await sql<Read>`select ${columns} from inspection.ledger l where l.id = ${id}`.execute(db)
  return rows[0] ? whole(rows[0]) : undefined
}

export interface NewVersion {
  schema: LedgerSchema
  version: number
  origin: 'pack' | 'desk'
  packDigest: string | null
  at: Date
  by: string | null
}
/** A new version in force; of a new ledger the first. */
export async function putVersion(db: Db, { schema, version, origin, packDigest, at, by }: NewVersion): Promise<void> {
  await sql`insert into inspection.ledger (id, version, origin, pack_digest) values (${schema.id}, ${version}, ${origin}, ${packDigest})
    on conflict (id) do update set version = excluded.version, origin = excluded.origin,
      pack_digest = coalesce(excluded.pack_digest, inspection.ledger.pack_digest), retired_at = null`.execute(db)
  await sql`insert into inspection.ledger_version (ledger_id, version, schema, published_at, published_by)
    values (${schema.id}, ${version}, ${JSON.stringify(schema)}::jsonb, ${at}, ${by})`.execute(db)
}

export async function setRetired(db: Db, id: string, at: Date | null): Promise<void> {
  await sql`update inspection.ledger set retired_at = ${at} where id = ${id}`.execute(db)
}

/** Takes the next numbers of a ledger, one after the other without a hole. */
export async function takeNumbers(db: Db, id: string, count: number): Promise<number> {
  const { rows } = await sql<{ last: number }>`update inspection.ledger set last_no = last_no + ${count}
    where id = ${id} returning last_no as last`.execute(db)
  return (rows[0]?.last ?? count) - count + 1
}
