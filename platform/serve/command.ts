/** A write is one transaction with its key: the same key, sent again, even at once, does nothing twice. */
import { digest } from '../crypto.ts'
import { type Db, inTransaction, sql, type Transaction } from '../db/index.ts'
import { RefusalError, refuse } from '../refusal.ts'

export interface CommandKey {
  actorId: string
  key: string
  route: string
  input: unknown
}

export const commandRef = ({ actorId, key, route, input }: CommandKey) => ({
  actorId,
  key,
  route,
  digest: digest(JSON.stringify([route, input])),
})

/** Runs the work once for a key; a repetition gets the first reply. A refusal leaves no trace, so it can be tried again. */
export const command = <R>(db: Db, of: CommandKey, work: (db: Transaction) => Promise<R>): Promise<R> =>
  commandBy(db, commandRef(of), work)

/** The same for a handler that was given its command (`serveDirect`). */
export function commandBy<R>(
  db: Db,
  { actorId, key, route, digest: fingerprint }: ReturnType<typeof commandRef>,
  work: (db: Transaction) => Promise<R>,
): Promise<R> {
  return inTransaction(db, async (tx) => {
    // Waits here while the same key is being carried out elsewhere.
    const { rows } = await sql`insert into platform.command (actor, key, route, digest)
      values (${actorId}, ${key}, ${route}, ${fingerprint}) on conflict do nothing returning 1 as fresh`.execute(tx)
    if (rows.length === 0) {
      const earlier = await sql<{ digest: string; reply: R }>`select digest, reply from platform.command
        where actor = ${actorId} and key = ${key}`.execute(tx)
      const first = earlier.rows[0]
      if (!first || first.digest !== fingerprint) throw new RefusalError(refuse('platform/key-reused'))
      return first.reply
    }
    const reply = await work(tx)
    await sql`update platform.command set reply = ${JSON.stringify(reply)}::jsonb where actor = ${actorId} and key = ${key}`.execute(
      tx,
    )
    return reply
  })
}

/** Keys are kept so long; a phone that was away for longer must not send again. */
export const commandKeptDays = 60
export async function forgetOldCommands(db: Db): Promise<void> {
  await sql`delete from platform.command where at < now() - make_interval(days => ${commandKeptDays})`.execute(db)
  await sql`delete from platform.news where at < now() - interval '14 days'`.execute(db)
}
