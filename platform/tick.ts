/** Work that the worker looks for again and again; where it finds some it looks again at once. Several workers may do so. */
import type { Db } from './db/index.ts'
import type { Logger } from './log.ts'

export interface Tick {
  name: string
  everyMs: number
  /** How much it did. */
  run: (tools: { db: Db; log: Logger }) => Promise<number>
}

export function startTicks(ticks: readonly Tick[], db: Db, log: Logger): { stop: () => Promise<void> } {
  let stopped = false
  const wakers = new Set<() => void>()
  const rest = (ms: number) =>
    new Promise<void>((done) => {
      const wake = () => {
        clearTimeout(timer)
        wakers.delete(wake)
        done()
      }
      const timer = setTimeout(wake, ms)
      wakers.add(wake)
    })
  const loop = async ({ name, everyMs, run }: Tick) => {
    while (!stopped) {
      const did = await run({ db, log }).catch((error) => {
        log.error({ err: error, tick: name }, 'a tick failed')
        return 0
      })
      if (did === 0 && !stopped) await rest(everyMs)
    }
  }
  const loops = ticks.map(loop)
  return {
    stop: async () => {
      stopped = true
      for (const wake of wakers) wake()
      await Promise.all(loops)
    },
  }
}
