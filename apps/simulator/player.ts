/** Plays a recording: each monitor and each vehicle of it over a link of its own, and again what nobody answered for. */

import { createHj212Stream, encodeReport, formatQn } from '@pentad/hj212'
import { bearingDeg, distanceM } from '@pentad/platform/geo'
import { SECOND } from '@pentad/platform/time'
import type { Faults } from './faults.ts'
import type { Ledger, LedgerRow } from './ledger.ts'
import type { Simulated } from './monitor.ts'
import { seedOf } from './random.ts'
import type { Clockwork, Recording, ReplayFix, ReplayValue } from './replay.ts'
import { openTerminal } from './terminal.ts'
import { openWire, type Wire } from './wire.ts'

export interface PlayOptions {
  host: string
  hj212Port: number
  jt808Port: number
  seed: number
  recording: Recording
  clockwork: Clockwork
  faults?: Faults | undefined
  ledger?: Ledger | undefined
}

const answerMs = 10 * SECOND
const tickMs = 50
/** Messages of one device that nobody has answered yet; those behind them wait. */
const mostUnanswered = 20

interface Item {
  dueMs: number
  rows: LedgerRow[]
  /** Sends it, and gives the name under which it will be answered. */
  say: () => string | undefined
}

interface Courier {
  /** What was answered by that name, if it was awaited. */
  answered: (name: string) => Item | undefined
  tick: (now: number) => void
  left: () => number
}
/** One device: what is due goes out in order, and is done when it is answered. */
function courier(items: readonly Item[]): Courier {
  const awaited = new Map<string, { item: Item; sentAt: number }>()
  let again: Item[] = []
  let next = 0
  return {
    answered(name) {
      const found = awaited.get(name)?.item
      awaited.delete(name)
      return found
    },
    tick(now) {
      for (const [name, { item, sentAt }] of awaited) {
        if (now - sentAt <= answerMs) continue
        awaited.delete(name)
        again.push(item)
      }
      while (awaited.size < mostUnanswered) {
        const first = again[0] ?? items[next]
        const name = first && first.dueMs <= now ? first.say() : undefined
        if (!first || name === undefined) return
        awaited.set(name, { item: first, sentAt: now })
        if (again.length > 0) again = again.slice(1)
        else next++
      }
    },
    left: () => items.length - next + again.length + awaited.size,
  }
}

export function play(options: PlayOptions): Simulated & { done: Promise<void> } {
  const { recording } = options
  const counts = { sent: 0, answered: 0, pending: 0 }
  const note = (item: Item | undefined): void => {
    if (!item) return
    counts.answered++
    options.ledger?.note(item.rows)
  }
  const played = [
    ...[...recording.values].map(([mn, values]) => playMonitor(options, mn, values, counts, note)),
    ...[...recording.fixes].map(([phone, fixes]) => playVehicle(options, phone, fixes, counts, note)),
  ]
  const end = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    counts.pending = 0
    for (const device of played) {
      device.tick(Date.now())
      counts.pending += device.left()
    }
    if (counts.pending === 0) end.resolve()
  }, tickMs)
  return {
    counts,
    done: end.promise,
    async stop() {
      clearInterval(timer)
      end.resolve()
      await Promise.all(played.map((device) => device.wire.stop()))
    },
  }
}

interface Played {
  wire: Wire
  tick: (now: number) => void
  left: () => number
}
type Counts = Simulated['counts']

/** Values of one instant are one message (2011). */
function playMonitor(
  { host, hj212Port, seed, clockwork, faults }: PlayOptions,
  mn: string,
  values: readonly ReplayValue[],
  counts: Counts,
  note: (item: Item | undefined) => void,
): Played {
  let lastQn = 0
  const instants = Map.groupBy(values, (v) => v.atMs)
  const items = [...instants].map(([atMs, all]): Item => {
    const dataTime = new Date(clockwork.stampMs(atMs))
    const of = { protocol: 'hj212', device: mn, atMs: dataTime.getTime(), period: 'rtd' as const }
    return {
      dueMs: clockwork.dueMs(atMs),
      rows: all.map(({ factor, value }) => ({ what: 'value', ...of, factor, value })),
      say() {
        if (!wire.open) return undefined
        lastQn = Math.max(lastQn + 1, Date.now())
        const qn = formatQn(new Date(lastQn))
        counts.sent++
        const report = { qn, st: '23', cn: '2011' as const, pw: '123456', mn, dataTime }
        for (const frame of encodeReport({
          ...report,
          values: all.map(({ factor, value }) => ({ factor, rtd: value, flag: 'N' })),
        }))
          wire.send(frame)
        return qn
      },
    }
  })
  const { answered, tick, left } = courier(items)
  const stream = createHj212Stream()
  const wire = openWire({
    host,
    port: hj212Port,
    seed: seedOf(seed, mn, 'replay'),
    faults,
    onOpen: () => undefined,
    onData(chunk) {
      for (const result of stream.push(chunk))
        if (result.ok && result.frame.message.cn === '9014') note(answered(result.frame.message.qn ?? ''))
    },
  })
  return { wire, tick, left }
}

function playVehicle(
  { host, jt808Port, seed, clockwork, faults }: PlayOptions,
  phone: string,
  fixes: readonly ReplayFix[],
  counts: Counts,
  note: (item: Item | undefined) => void,
): Played {
  const items = fixes.map((fix, i): Item => {
    const before = fixes[i - 1]
    const time = new Date(clockwork.stampMs(fix.atMs))
    const metres = before ? distanceM([before.lon, before.lat], [fix.lon, fix.lat]) : 0
    const seconds = before ? (fix.atMs - before.atMs) / 1000 : 0
    return {
      dueMs: clockwork.dueMs(fix.atMs),
      rows: [
        {
          what: 'fix',
          protocol: 'jt808',
          device: phone,
          atMs: time.getTime(),
          lonE6: Math.round(fix.lon * 1e6),
          latE6: Math.round(fix.lat * 1e6),
        },
      ],
      say() {
        if (!terminal.wire.open || !terminal.authenticated) return undefined
        counts.sent++
        const own = terminal.say({
          kind: 'position',
          position: {
            accOn: true,
            fixed: true,
            latitudeDeg: fix.lat,
            longitudeDeg: fix.lon,
            speedKmh: seconds > 0 ? Math.min(200, (metres / seconds) * 3.6) : 0,
            courseDeg:
              before && metres > 0 ? Math.floor(bearingDeg([before.lon, before.lat], [fix.lon, fix.lat])) % 360 : 0,
            time,
          },
        })
        return String(own)
      },
    }
  })
  const { answered, tick, left } = courier(items)
  const terminal = openTerminal({
    host,
    port: jt808Port,
    seed: seedOf(seed, phone, 'replay'),
    faults,
    phone,
    plate: phone.slice(-8),
    model: 'REPLAY',
    onMessage(message) {
      if (message.kind === 'platform-ack' && message.ackedId !== 0x0102 && message.result === 0)
        note(answered(String(message.ackedSerial)))
    },
  })
  return { wire: terminal.wire, tick, left }
}
