/** What is to be written down about commands: in order, many in one transaction; while the database is away it waits, bounded. */
import { type Db, errorCode, inTransaction } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'

/** In the transaction at hand. */
export type Letter = (tx: Db) => Promise<unknown>

const mostInOne = 100
const mostWaiting = 50_000

export interface Letters {
  /** False when no more can wait. */
  post: (letter: Letter) => boolean
  readonly waiting: boolean
  write: () => Promise<void>
}

export function createLetters(db: Db, log: Logger): Letters {
  let letters: Letter[] = []

  async function writeDown(some: readonly Letter[]): Promise<void> {
    try {
      await inTransaction(db, async (tx) => {
        for (const letter of some) await letter(tx)
      })
    } catch (error) {
      if (!/^(22|23)/.test(errorCode(error) ?? '')) throw error
      // What the database will never take must not hold up the rest.
      if (some.length === 1) log.error({ err: error }, 'an answer of a device cannot be written down')
      else for (const letter of some) await writeDown([letter])
    }
  }

  return {
    post(letter) {
      if (letters.length >= mostWaiting) return false
      letters.push(letter)
      return true
    },
    get waiting() {
      return letters.length > 0
    },
    async write() {
      while (letters.length > 0) {
        const some = letters.slice(0, mostInOne)
        await writeDown(some)
        letters = letters.slice(some.length)
      }
    },
  }
}
