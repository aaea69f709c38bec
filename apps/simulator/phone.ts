/** A simulated officer's phone with the Traccar client: tells where it is over OsmAnd's HTTP, and later what was not answered 200. */
import { Agent, request } from 'node:http'
import { MINUTE, SECOND, secondOfLegalDay } from '@pentad/platform/time'
import type { Motion } from './drive.ts'
import { createSpoiler, type Faults } from './faults.ts'
import type { Ledger, LedgerRow } from './ledger.ts'
import type { Simulated } from './monitor.ts'
import { chance, chanceOf, seedOf } from './random.ts'

export interface PhoneOptions {
  host: string
  port: number
  /** Identifier of the device, and the token of its account. */
  id: string
  token: string
  seed: number
  drive: (seconds: number) => Motion
  everyMs?: number
  faults?: Faults | undefined
  ledger?: Ledger | undefined
  clock?: () => Date
}

const knotsToKmh = 1.852
const mostKept = 2000
const answerMs = 10 * SECOND
const pauseMs = 2 * SECOND

/** Full when the shift begins, at seven; charged again from eleven at night. Ours. */
export function batteryAt(seed: number, id: string, at: Date): number {
  const hours = secondOfLegalDay(at) / 3600
  const perHour = 4.5 + chanceOf(seed, id, 'battery') * 2
  if (hours >= 23 || hours < 7) {
    const empty = 100 - 16 * perHour
    return Math.min(100, Math.round(empty + ((hours + 1) % 24) * 40))
  }
  return Math.round(100 - (hours - 7) * perHour)
}

interface Kept {
  query: string
  rows: LedgerRow[]
}

export function simulatePhone(options: PhoneOptions): Simulated {
  const { host, port, id, token, seed, drive, everyMs = 30 * SECOND, faults = {}, ledger } = options
  const clock = options.clock ?? (() => new Date())
  const driftMs = (chanceOf(seed, id, 'drift') - 0.5) * 2 * (faults.driftS ?? 0) * SECOND
  const counts = { sent: 0, answered: 0, pending: 0 }
  const spoil = createSpoiler(faults, chance(seedOf(seed, id, 'wire')))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let kept: Kept[] = []
  let lastMs = 0
  let sending = false
  let stopped = false
  let again: NodeJS.Timeout | undefined

  function tick(): void {
    const at = clock()
    const { lon, lat, speedKmh, headingDeg } = drive(everyMs / 1000)
    lastMs = Math.max(lastMs + SECOND, Math.floor((at.getTime() + driftMs) / SECOND) * SECOND)
    const [lonE6, latE6] = [Math.round(lon * 1e6), Math.round(lat * 1e6)]
    const batt = batteryAt(seed, id, at)
    const query = new URLSearchParams({
      id,
      lat: String(latE6 / 1e6),
      lon: String(lonE6 / 1e6),
      timestamp: String(lastMs / 1000),
      speed: (speedKmh / knotsToKmh).toFixed(3),
      bearing: String(headingDeg),
      altitude: '45',
      accuracy: '8',
      batt: String(batt),
    })
    const of = { protocol: 'osmand', device: id, atMs: lastMs }
    kept.push({
      query: query.toString(),
      rows: [
        { what: 'fix', ...of, lonE6, latE6 },
        { what: 'value', ...of, factor: 'battery', period: 'rtd', value: batt },
      ],
    })
    if (kept.length > mostKept) kept = kept.slice(-mostKept)
    counts.pending = kept.length
    void send()
  }

  /** The oldest first, one after the other; after a failure not at once again. */
  async function send(): Promise<void> {
    if (sending || again) return
    sending = true
    for (let first = kept[0]; first && !stopped; first = kept[0]) {
      counts.sent++
      if (!(await said(first.query))) {
        again = setTimeout(() => {
          again = undefined
          void send()
        }, pauseMs)
        break
      }
      counts.answered++
      ledger?.note(first.rows)
      kept = kept.filter((other) => other !== first)
      counts.pending = kept.length
    }
    sending = false
  }

  /** True when what was really said was the whole of it, and it was answered 200. */
  async function said(query: string): Promise<boolean> {
    const words = new TextEncoder().encode(query)
    let whole = false
    for (const piece of spoil(words)) {
      if (piece === 'cut') return false
      const text = new TextDecoder().decode(piece)
      const answered = await get(text)
      if (answered && text === query) whole = true
    }
    return whole
  }
  const get = (query: string): Promise<boolean> =>
    new Promise((done) => {
      const path = `/osmand/${token}?${query.replace(/[^\x21-\x7e]/g, '_')}`
      const call = request({ host, port, path, agent, timeout: answerMs }, (response) => {
        response.resume()
        response.on('end', () => done(response.statusCode === 200))
        response.on('error', () => done(false))
      })
      call.on('timeout', () => call.destroy())
      call.on('error', () => done(false))
      call.end()
    })

  const timers = [
    setTimeout(
      () => {
        tick()
        timers.push(setInterval(tick, everyMs))
      },
      Math.min(everyMs, MINUTE) * chanceOf(seed, id, 'begin'),
    ),
  ]
  return {
    counts,
    async stop() {
      stopped = true
      clearTimeout(again)
      for (const timer of timers) clearTimeout(timer)
      agent.destroy()
    },
  }
}
