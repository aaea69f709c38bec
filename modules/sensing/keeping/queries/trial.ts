/** What is there, and what would go. */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type LegalDay, startOfLegalDay } from '@pentad/platform/time'
import type { KeepingStore } from '../model.ts'
import { free, freeChunk, legalDay, type Went } from './parts.ts'

export interface WouldGo extends Went {
  /** What something holds. */
  pinned: number
  pinnedBytes: number
}
/** Before a day, of one store: how many rows and bytes would go, and how many are pinned. Of tracks that are thinned: how much of them. */
export async function wouldGo(
  db: Db,
  store: KeepingStore,
  before: LegalDay,
  { stepSeconds, since }: { stepSeconds: number; since: Date },
): Promise<WouldGo> {
  const until = startOfLegalDay(before)
  const sums = (from: RawSql, isFree: RawSql, share: RawSql = sql`1.0`) =>
    sql<WouldGo>`select coalesce(sum(n) filter (where free), 0)::bigint as rows,
        coalesce(sum(bytes) filter (where free), 0)::bigint as bytes, coalesce(sum(n) filter (where not free), 0)::bigint as pinned,
        coalesce(sum(bytes) filter (where not free), 0)::bigint as "pinnedBytes"
      from (select ${isFree} as free, count(*) as n, sum(pg_column_size(o.*) * ${share}) as bytes from ${from} group by 1) s`
  const empty = { rows: 0, bytes: 0, pinned: 0, pinnedBytes: 0 }
  const first = async (question: ReturnType<typeof sums>) => (await question.execute(db)).rows[0] ?? empty
  if (store === 'realtime' || store === 'hour') {
    const [table, at, which] =
      store === 'hour'
        ? [sql`sensing.hour`, sql`o.at`, sql`true`]
        : [sql`sensing.observation`, sql`o.observed_at`, sql`o.period = 'rtd'`]
    return first(sums(sql`${table} o where ${which} and ${at} < ${until}`, free(sql`o.device_id`, at, since)))
  }
  if (store === 'pass') return first(sums(sql`sensing.cell_pass o where o.at < ${until}`, sql`true`))
  if (store === 'minute') {
    const sent = await first(
      sums(
        sql`sensing.observation o where o.period = 'minute' and o.observed_at < ${until}`,
        free(sql`o.device_id`, sql`o.observed_at`, since),
      ),
    )
    const isFree = free(sql`o.device_id`, sql`o.at`, since)
    const made = await first(sums(sql`sensing.minute o where o.at < ${until}`, isFree))
    return {
      rows: sent.rows + made.rows,
      bytes: sent.bytes + made.bytes,
      pinned: sent.pinned + made.pinned,
      pinnedBytes: sent.pinnedBytes + made.pinnedBytes,
    }
  }
  const rest = sql`sensing.track o left join sensing.device d on d.handle = o.handle where o.at < ${until}`
  const isFree = freeChunk(sql`d.id`, sql`o.at`, since)
  if (store === 'track-end') return first(sums(rest, isFree))
  const left = Math.max(1, Math.ceil(600 / stepSeconds)) + 1
  const share = sql`(1 - least(1.0, ${left}::float8 / greatest(o.fixes, 1)))`
  return first(sums(sql`${rest} and o.step_seconds is null and o.fixes > ${left}`, isFree, share))
}

export interface StockRow {
  store: 'observation' | 'minute' | 'hour' | 'track'
  bytes: number
  /** As the database reckons it. */
  rows: number
  oldest: LegalDay | null
}
export async function stock(db: Db): Promise<StockRow[]> {
  const all: StockRow[] = []
  for (const store of ['observation', 'minute', 'hour', 'track'] as const) {
    const { rows } = await sql<{
      bytes: number
      rows: number
    }>`select coalesce(sum(pg_total_relation_size(t.relid)), 0)::bigint as bytes,
        coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint as rows
      from pg_partition_tree(${`sensing.${store}`}::regclass) t join pg_class c on c.oid = t.relid where t.isleaf`.execute(
      db,
    )
    const clock = store === 'observation' ? 'observed_at' : 'at'
    const { rows: days } = await sql<{
      day: LegalDay | null
    }>`select ${legalDay(sql`min(${sql.ref(clock)})`)} as day from ${sql.ref(`sensing.${store}`)}`.execute(db)
    all.push({ store, bytes: rows[0]?.bytes ?? 0, rows: rows[0]?.rows ?? 0, oldest: days[0]?.day ?? null })
  }
  return all
}
