/**
 * Days of which nothing is left give their partition back. With a default partition there is no detaching beside writers, so each is dropped
 * under a lock that is asked for shortly: whoever writes waits a tenth of a second at most, and what is busy is left for the next time.
 */
import { type Db, inTransaction, sql } from '@pentad/platform/db'
import type { KeepingStore } from './model.ts'
import { type Emptied, emptied, isEmpty, progressAt } from './queries/index.ts'

/** By which stores each parent's days are gone through. */
const storesOf = {
  observation: ['realtime', 'minute'],
  minute: ['minute'],
  track: ['track-end'],
} as const satisfies Record<string, readonly KeepingStore[]>
type Parent = keyof typeof storesOf

const mostAtOnce = 30
const waitMs = 100
const lockNotAvailable = '55P03'

/** Drops partitions of days that the keeping is past and of which nothing is left; gives their names. */
export async function dropEmptied(db: Db): Promise<string[]> {
  const dropped: string[] = []
  for (const parent of Object.keys(storesOf) as Parent[]) {
    const days = await Promise.all(storesOf[parent].map(async (s) => (await progressAt(db, s))?.day))
    const [before] = days.some((d) => d === undefined) ? [] : days.sort((a, b) => String(a).localeCompare(String(b)))
    if (!before) continue
    for (const part of await emptied(db, parent, before, mostAtOnce)) {
      // Gives the room of what was deleted back, beside writers, so that under the lock a look at the size tells that it is empty.
      await sql`vacuum (truncate) ${sql.table(`sensing.${part.name}`)}`.execute(db)
      if (await drop(db, parent, part)) dropped.push(part.name)
    }
  }
  return dropped
}

async function drop(db: Db, parent: Parent, { name }: Emptied): Promise<boolean> {
  try {
    return await inTransaction(db, async (tx) => {
      await sql.raw(`set local lock_timeout = '${waitMs}ms'`).execute(tx)
      // Not beside the making of partitions.
      await sql`select pg_advisory_xact_lock(hashtext('sensing.ensure_partition'))`.execute(tx)
      await sql`lock table only ${sql.table(`sensing.${parent}`)} in access exclusive mode`.execute(tx)
      // Somebody may have brought a late value while we came.
      if (!(await isEmpty(tx, name))) return false
      await sql`drop table ${sql.table(`sensing.${name}`)}`.execute(tx)
      return true
    })
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return false
    throw error
  }
}
