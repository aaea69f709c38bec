/** Keeps the outbox going: after every letter, when the network or the person comes back, and by a timer that backs off. */
import { backOffMs } from './letter.ts'
import type { RoundEnd } from './round.ts'

/** Without trouble, how often the phone looks for news, in milliseconds. */
const idleMs = 60_000

export interface Turn {
  end: RoundEnd | 'busy'
}

export class Pump {
  private timer: ReturnType<typeof setTimeout> | undefined
  private turning: Promise<void> | undefined
  private again = false
  private failures = 0
  private stopped = false
  private readonly turn: () => Promise<Turn>

  constructor(turn: () => Promise<Turn>) {
    this.turn = turn
  }

  /** Turns now; a wish during a turn is one more turn after it. */
  kick(): Promise<void> {
    if (this.turning) {
      this.again = true
      return this.turning
    }
    this.turning = this.run().finally(() => {
      this.turning = undefined
    })
    return this.turning
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer)
    do {
      this.again = false
      const { end } = await this.turn()
      this.failures = end === 'no-answer' || end === 'resting' ? this.failures + 1 : 0
    } while (this.again && !this.stopped && this.failures === 0)
    if (this.stopped) return
    const jitter = 0.8 + Math.random() * 0.4
    this.timer = setTimeout(() => void this.kick(), (this.failures ? backOffMs(this.failures) : idleMs) * jitter)
  }
}

/** What makes it worth trying at once. */
export function kickOn(pump: Pump, target: Window): () => void {
  const kick = () => void pump.kick()
  const seen = () => target.document.visibilityState === 'visible' && kick()
  target.addEventListener('online', kick)
  target.addEventListener('focus', kick)
  target.document.addEventListener('visibilitychange', seen)
  return () => {
    target.removeEventListener('online', kick)
    target.removeEventListener('focus', kick)
    target.document.removeEventListener('visibilitychange', seen)
  }
}
