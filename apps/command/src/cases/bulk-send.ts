/** Sends one step for many cases and says what became of each. */
import { takeStep } from '@pentad/cases/contract'
import { type Explained, explain, write } from '@pentad/web/api.ts'
import type { CaseLine } from './asked.ts'
import type { BulkStep } from './bulk.ts'

export interface BulkResult {
  line: CaseLine
  /** Nothing when it went through. */
  wrong: Explained | null
}

/** At once; more would only wait for each other. */
const lanes = 4

/**
 * Sends the step for each, a few at a time, every one under a key of its own; a refusal of one leaves the others alone.
 * Those not begun when `signal` says stop are left out of the results.
 */
export async function takeAll(
  lines: readonly CaseLine[],
  step: BulkStep,
  more: { unitId?: string },
  say: (key: string) => string,
  heard: (result: BulkResult) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...lines]
  const lane = async (): Promise<void> => {
    for (let line = waiting.shift(); line && !signal.aborted; line = waiting.shift()) {
      try {
        await write(takeStep, { params: { id: line.id }, body: { step, at: new Date().toISOString(), ...more } })
        heard({ line, wrong: null })
      } catch (error) {
        heard({ line, wrong: explain(error, say) })
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
