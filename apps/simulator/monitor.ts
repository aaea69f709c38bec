/** A simulated noise monitor: real HJ 212 frames, kept and sent again until each minute was answered for. */
import { createHj212Stream, encodeReport, formatQn, type ReportValue } from '@pentad/hj212'
import { MINUTE, SECOND } from '@pentad/platform/time'
import { type MonitorWorks, monitorAnswers } from './answers.ts'
import type { Ledger, LedgerValue } from './ledger.ts'
import { historyOf } from './noise-history.ts'
import { levelAt, minuteAt, minutesBefore, type Site } from './noise-shape.ts'
import { chanceOf, seedOf } from './random.ts'
import { weatherAt } from './weather-shape.ts'
import { type Faults, openWire } from './wire.ts'

export interface MonitorOptions extends Site {
  host: string
  port: number
  /** Between two samples; 0 for minute records alone. */
  rtdEveryMs?: number
  /** Wind, rain and dust in each minute record, as a site's mast has them. */
  weather?: boolean
  /** A logger that comes back first tells what it measured meanwhile. */
  backfillMinutes?: number
  faults?: Faults | undefined
  ledger?: Ledger | undefined
  clock?: () => Date
}

export interface Simulated {
  stop: () => Promise<void>
  counts: { sent: number; answered: number; pending: number }
}

/** HJ 212-2017: an answer is waited for 10 s. */
const answerMs = 10 * SECOND
/** Minutes that a logger keeps for want of an answer. */
const mostKept = 1440
/** Frames sent again at one go. */
const mostAtOnce = 60

interface Kept {
  frame: Uint8Array
  sentAt: number
  rows: LedgerValue[]
}

export function simulateMonitor(options: MonitorOptions): Simulated {
  const { seed, mn, host, port, rtdEveryMs = 10 * SECOND, backfillMinutes = 30, faults, ledger } = options
  const clock = options.clock ?? (() => new Date())
  let driftMs = (chanceOf(seed, mn, 'drift') - 0.5) * 2 * (faults?.driftS ?? 0) * SECOND
  let intervalMs = rtdEveryMs
  const now = () => new Date(clock().getTime() + driftMs)
  const counts = { sent: 0, answered: 0, pending: 0 }
  const kept = new Map<string, Kept>()
  /** Samples by their QN: nobody sends them again. */
  const samples = new Map<string, LedgerValue[]>()
  let lastQn = 0

  const qnNow = (): string => {
    lastQn = Math.max(lastQn + 1, now().getTime())
    return formatQn(new Date(lastQn))
  }
  const head = () => ({ qn: qnNow(), st: '23', pw: '123456', mn })

  const wire = openWire({
    host,
    port,
    seed: seedOf(seed, mn, 'wire'),
    faults,
    onOpen: () => sendKept(true),
    onData(chunk) {
      for (const result of stream.push(chunk)) {
        if (!result.ok) continue
        const { message } = result.frame
        if (message.cn === '9014') {
          counts.answered++
          const qn = message.qn ?? ''
          ledger?.note(kept.get(qn)?.rows ?? samples.get(qn) ?? [])
          kept.delete(qn)
          samples.delete(qn)
        } else for (const frame of monitorAnswers(message, works)) wire.send(frame)
      }
      counts.pending = kept.size
    },
  })
  const stream = createHj212Stream()
  const works: MonitorWorks = {
    st: '23',
    now,
    setClock(to) {
      driftMs = to.getTime() - clock().getTime()
      lastQn = 0
    },
    interval: () => intervalMs / SECOND,
    setInterval(seconds) {
      intervalMs = seconds * SECOND
    },
    records: historyOf(options, now),
  }

  function send(frame: Uint8Array): void {
    if (!wire.open) return
    counts.sent++
    wire.send(frame)
  }
  const rowsOf = (period: LedgerValue['period'], at: Date, values: readonly ReportValue[]): LedgerValue[] =>
    values.map(({ factor, rtd, avg }) => {
      const atMs = Math.floor(at.getTime() / SECOND) * SECOND
      return { what: 'value', protocol: 'hj212', device: mn, atMs, factor, period, value: rtd ?? avg ?? Number.NaN }
    })
  function sendRtd(): void {
    const at = now()
    const values = [{ factor: 'LA', rtd: levelAt(options, at), flag: 'N' }]
    const report = { ...head(), cn: '2011' as const, dataTime: at, values }
    samples.set(report.qn, rowsOf('rtd', at, values))
    for (const oldest of samples.keys()) if (samples.size > mostAtOnce) samples.delete(oldest)
    for (const frame of encodeReport(report)) send(frame)
  }
  function keepMinute(from: Date): void {
    const { leq, max, min } = minuteAt(options, from)
    const values: ReportValue[] = [{ factor: 'Leq', avg: leq, max, min, flag: 'N' }]
    if (options.weather)
      for (const [factor, avg] of Object.entries(weatherAt(options, from))) values.push({ factor, avg, flag: 'N' })
    const report = { ...head(), cn: '2051' as const, dataTime: from, values }
    const [frame] = encodeReport(report)
    if (!frame) return
    kept.set(report.qn, { frame, sentAt: 0, rows: rowsOf('minute', from, values) })
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest)
    counts.pending = kept.size
  }
  /** What was not answered in time; after a new call, everything. */
  function sendKept(all = false): void {
    const before = clock().getTime() - answerMs
    let left = mostAtOnce
    for (const item of kept.values()) {
      if (left === 0 || !wire.open) break
      if (!all && item.sentAt > before) continue
      item.sentAt = clock().getTime()
      left--
      send(item.frame)
    }
  }

  function rtdAgain(): void {
    sendRtd()
    timers[0] = setTimeout(rtdAgain, intervalMs)
  }

  for (const minute of minutesBefore(now(), backfillMinutes)) keepMinute(minute)
  let lastMinute = Math.floor(now().getTime() / MINUTE)
  const timers: NodeJS.Timeout[] = [
    // Each begins at a time of its own, so that forty do not speak at once.
    setTimeout(
      () => {
        if (intervalMs > 0) rtdAgain()
      },
      intervalMs * chanceOf(seed, mn, 'begin'),
    ),
    setInterval(() => {
      const minute = Math.floor(now().getTime() / MINUTE)
      for (; lastMinute < minute; lastMinute++) keepMinute(new Date(lastMinute * MINUTE))
      sendKept()
    }, SECOND),
  ]
  return {
    counts,
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await wire.stop()
    },
  }
}
