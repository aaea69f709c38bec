/** Keeps the index like what the modules tell: from the last mark on, in batches, whatever wrote it and how much at once. */
import { type Db, markNow, type RawSql, sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import type { Logger } from '@pentad/platform/log'
import type pg from 'pg'
import { lay, made } from './lay.ts'
import { reading, type Source, type ToldRow } from './sources/index.ts'

export interface FollowTools {
  db: Db
  pool: pg.Pool
  log: Logger
}

interface Followed {
  made: number
  mark: string
  stamp: string | null
}

const batch = 4000

/**
 * Brings one kind up to date and returns how many things were read and written; null when another worker is at it. One
 * connection holds the picture that is read, another writes batches that stand at once: whoever stops in the
 * middle begins again from the old mark, and what is there already is not written twice.
 */
export function follow(
  { db, pool, log }: FollowTools,
  source: Source,
): Promise<{ read: number; written: number } | null> {
  return bulkTransaction(pool, async ({ db: reader }) => {
    const { rows: held } = await sql<{
      held: boolean
    }>`select pg_try_advisory_xact_lock(hashtext(${`analysis ${source.kind}`})) as held`.execute(reader)
    if (!held[0]?.held) return null
    const { rows: before } =
      await sql<Followed>`select made, mark::text, stamp from analysis.source where kind = ${source.kind}`.execute(
        reader,
      )
    // Taken before anything is read: what commits meanwhile has it or a higher one, and comes the next time.
    const mark = await markNow(reader)
    const last = before[0]
    const watched = source.xid ? source.beside && sql`select * from ${source.beside}` : reading(source)
    const stamp = watched ? await stampOf(reader, watched) : null
    const fresh = !last || last.made !== made || last.mark === '0' || BigInt(last.mark) > BigInt(mark)
    const whole = fresh || stamp !== last.stamp
    if (!whole && !source.xid) return { read: 0, written: 0 }
    const since = whole || !source.xid ? undefined : sql`${source.xid} >= ${sql.raw(`'${BigInt(last.mark)}'`)}::xid8`
    let read = 0
    let written = 0
    let earliest: Date | null = null
    let latest: Date | null = null
    for await (const rows of batches(reader, source, since)) {
      written += await lay(db, source.kind, rows)
      read += rows.length
      for (const { at } of rows) {
        if (at && (!earliest || at < earliest)) earliest = at
        if (at && (!latest || at > latest)) latest = at
      }
      if (read % (5 * batch) === 0) log.info({ kind: source.kind, read, written }, 'laying the index of search')
    }
    if (since === undefined) await dropMissing(db, source)
    await sql`insert into analysis.source (kind, made, mark, stamp, earliest, latest, followed_at)
      values (${source.kind}, ${made}, ${mark}::xid8, ${stamp}, ${earliest}, ${latest}, now())
      on conflict (kind) do update set made = excluded.made, mark = excluded.mark, stamp = excluded.stamp,
        earliest = least(source.earliest, excluded.earliest), latest = greatest(source.latest, excluded.latest), followed_at = now()`.execute(
      reader,
    )
    return { read, written }
  })
}

/** What a view looks like as a whole: another number when anything in it changed. */
async function stampOf(db: Db, view: RawSql): Promise<string> {
  const { rows } = await sql<{
    stamp: string
  }>`select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as stamp
    from (${view}) t`.execute(db)
  return rows[0]?.stamp ?? ''
}

async function* batches(db: Db, source: Source, since: RawSql | undefined): AsyncGenerator<ToldRow[]> {
  // A cursor takes no parameters: the mark stands in the text.
  await sql`declare told no scroll cursor for ${reading(source, since)}`.execute(db)
  for (;;) {
    const { rows } = await sql<ToldRow>`fetch ${sql.raw(String(batch))} from told`.execute(db)
    if (rows.length > 0) yield rows
    if (rows.length < batch) break
  }
  await sql`close told`.execute(db)
}

/** Takes out what the source does not tell any more. */
async function dropMissing(db: Db, source: Source): Promise<void> {
  await sql`delete from analysis.doc d where d.kind = ${source.kind}
    and not exists (select from (${reading(source)}) s where s.id = d.id and not s.gone)`.execute(db)
}
