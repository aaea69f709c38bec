/** An engine that dies is started again, on the port that everything else holds; nothing that it acknowledged is lost by that. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Engine, startEngine } from '@pentad/platform/db/embedded'

export interface Keeper {
  /** Ends the watch, and the engine that runs then. */
  stop: () => Promise<void>
}

const lookEveryMs = 300
const againAfterMs = 500

export function keepEngine(engine: Engine, folder: string, onDeath: () => void): Keeper {
  let current = engine
  let stopping = false

  async function revive(): Promise<void> {
    // Its sessions may hold the old memory for a moment after it was killed.
    while (!stopping) {
      try {
        current = await startEngine({ folder, port: engine.port })
        return
      } catch {
        await sleep(againAfterMs)
      }
    }
  }
  async function watch(): Promise<void> {
    while (!stopping) {
      await sleep(lookEveryMs)
      if (stopping || isAlive(current.pid)) continue
      onDeath()
      await revive()
    }
  }
  const watching = watch()
  return {
    async stop() {
      stopping = true
      await watching
      await current.stop()
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
