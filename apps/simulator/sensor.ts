/** A simulated sensor over MQTT 3.1.1: publishes at QoS 1 below its own topic, and goes on until each value was acknowledged. */
import { SECOND } from '@pentad/platform/time'
import mqtt from 'mqtt'
import { createSpoiler, type Faults } from './faults.ts'
import type { Ledger, LedgerValue } from './ledger.ts'
import type { Simulated } from './monitor.ts'
import { chance, chanceOf, seedOf } from './random.ts'

export interface SensorOptions {
  host: string
  port: number
  /** Name of the account, which is the client id too, and its token. */
  login: string
  token: string
  seed: number
  /** What it measures at an instant, by factor. */
  measure: (at: Date) => Record<string, number>
  everyMs?: number
  faults?: Faults | undefined
  ledger?: Ledger | undefined
  clock?: () => Date
}

const mostKept = 2000
const answerMs = 10 * SECOND

interface Kept {
  payload: string
  rows: LedgerValue[]
  sentAt: number
}

export function simulateSensor(options: SensorOptions): Simulated {
  const { host, port, login, token, seed, measure, everyMs = 60 * SECOND, faults = {}, ledger } = options
  const clock = options.clock ?? (() => new Date())
  const driftMs = (chanceOf(seed, login, 'drift') - 0.5) * 2 * (faults.driftS ?? 0) * SECOND
  const counts = { sent: 0, answered: 0, pending: 0 }
  const spoil = createSpoiler(faults, chance(seedOf(seed, login, 'wire')))
  const kept = new Set<Kept>()
  let lastMs = 0
  const client = mqtt.connect({
    host,
    port,
    protocolVersion: 4,
    clientId: login,
    username: login,
    password: token,
    reconnectPeriod: 1000 + Math.floor(chanceOf(seed, login, 'again') * 1000),
  })
  client.on('error', () => undefined)
  client.on('connect', () => {
    for (const item of kept) item.sentAt = 0
    send()
  })

  function tick(): void {
    const at = clock()
    lastMs = Math.max(lastMs + SECOND, Math.floor((at.getTime() + driftMs) / SECOND) * SECOND)
    const values = measure(at)
    const rows = Object.entries(values).map(
      ([factor, value]): LedgerValue => ({
        what: 'value',
        protocol: 'mqtt',
        device: login,
        atMs: lastMs,
        factor,
        period: 'rtd',
        value,
      }),
    )
    kept.add({ payload: JSON.stringify({ t: lastMs, ...values }), rows, sentAt: 0 })
    for (const oldest of kept) if (kept.size > mostKept) kept.delete(oldest)
    send()
  }
  function send(): void {
    const before = clock().getTime() - answerMs
    for (const item of kept) {
      if (!client.connected) break
      if (item.sentAt > before) continue
      item.sentAt = clock().getTime()
      publish(item)
    }
    counts.pending = kept.size
  }
  function publish(item: Kept): void {
    counts.sent++
    for (const piece of spoil(new TextEncoder().encode(item.payload))) {
      if (piece === 'cut') {
        client.stream.destroy()
        return
      }
      const payload = Buffer.from(piece)
      // The one that is answered says itself which it was: what was held back comes with another's turn.
      const text = payload.toString()
      client.publish(`devices/${login}/data`, payload, { qos: 1 }, (failed) => {
        if (!failed) acknowledged(text)
      })
    }
  }
  function acknowledged(payload: string): void {
    for (const item of kept) {
      if (item.payload !== payload) continue
      kept.delete(item)
      counts.answered++
      counts.pending = kept.size
      ledger?.note(item.rows)
      return
    }
  }

  const timers = [
    setTimeout(
      () => {
        tick()
        timers.push(setInterval(tick, everyMs))
      },
      everyMs * chanceOf(seed, login, 'begin'),
    ),
  ]
  return {
    counts,
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await client.endAsync(true)
    },
  }
}
