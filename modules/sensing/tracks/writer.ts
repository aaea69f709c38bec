/** What a gateway writes with: fixes safe in a bay by one COPY a commit, and the latest of them written down as fast as it may. */
import type { Db } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'
import { appendFixes, type HotRow } from './bays.ts'
import { openLatest } from './latest.ts'
import { clockIsAhead, qualityBits } from './model/index.ts'

export interface PositionWriter {
  /** When it returns, everything is safe and may be acknowledged. `alsoHeard` gave a sign of life only. */
  store: (rows: readonly HotRow[], alsoHeard: readonly string[]) => Promise<void>
  stop: () => Promise<void>
}

/**
 * Between two writings of the latest: so long at least, in milliseconds, and the more devices move the more times what the last one took.
 * A few thousand are on the screens within a second; where tens of thousands move, being safe and answered goes first.
 */
const restMs = 100
const restTimes = (moved: number): number => Math.min(3, moved / 3000)

const clockAhead = qualityBits(['clock-ahead'])

export async function openPositionWriter(db: Db, log: Logger): Promise<PositionWriter> {
  const latest = await openLatest(db)
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()
  let stopped = false

  async function flush(): Promise<void> {
    const began = performance.now()
    let moved = 0
    try {
      moved = await latest.flush(new Date())
    } catch (error) {
      log.debug({ err: error }, 'the latest positions wait')
    }
    if (!stopped) timer = setTimeout(go, Math.max(restMs, (performance.now() - began) * restTimes(moved)))
  }
  const go = () => {
    flushing = flush()
  }
  go()

  return {
    async store(rows, alsoHeard) {
      const now = new Date()
      const kept = latest.judge(
        rows.map((row) =>
          clockIsAhead(row.atMs, now.getTime()) ? { ...row, quality: row.quality | clockAhead } : row,
        ),
      )
      await appendFixes(db, kept, now)
      latest.moved(kept)
      latest.heard(alsoHeard)
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await flushing
      await latest
        .flush(new Date())
        .catch((error) => log.debug({ err: error }, 'the latest positions were not written'))
    },
  }
}
