/** HJ 212 monitors in a process of their own: minute records over real TCP, each counted once its 9014 came. */
import { createConnection, type Socket } from 'node:net'
import { encodeReport, formatQn } from '@pentad/hj212'
import type { FleetOrder, FleetWord } from './fleet.ts'

const tell = (word: FleetWord) => process.send?.(word)
const mostUnanswered = 8
const tickMs = 10

interface Monitor {
  mn: string
  socket: Socket
  minuteMs: number
  waiting: number
  acked: number
}
const monitors: Monitor[] = []
let [sent, acked, heldBack] = [0, 0, 0]
let latenciesMs: number[] = []

function connectOne(port: number, mn: string, beginMs: number): Promise<void> {
  return new Promise((done, fail) => {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
    const m: Monitor = { mn, socket, minuteMs: beginMs, waiting: 0, acked: 0 }
    monitors.push(m)
    // Answers are told by their code alone: a frame has one CN.
    socket.on('data', (chunk) => {
      let from = 0
      for (;;) {
        const at = chunk.indexOf('CN=9014', from)
        if (at < 0) return
        from = at + 7
        m.waiting--
        m.acked++
        acked++
      }
    })
    socket.on('error', fail)
    socket.on('connect', done)
  })
}

function report(m: Monitor): void {
  if (m.socket.destroyed || m.waiting >= mostUnanswered) {
    heldBack++
    return
  }
  m.minuteMs += 60_000
  const level = 52 + ((m.minuteMs / 60_000) % 17)
  m.waiting++
  sent++
  const frames = encodeReport({
    qn: formatQn(new Date(m.minuteMs + 60_000)),
    st: '23',
    cn: '2051',
    pw: '123456',
    mn: m.mn,
    dataTime: new Date(m.minuteMs),
    values: [{ factor: 'Leq', avg: level, max: level + 9, min: level - 6, flag: 'N' }],
  })
  for (const frame of frames) m.socket.write(frame)
}

async function run(rate: number, seconds: number): Promise<void> {
  const began = performance.now()
  let [next, owed, last] = [0, 0, began]
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const now = performance.now()
      owed = Math.min(owed + ((now - last) / 1000) * rate, rate)
      last = now
      for (; owed >= 1; owed--) {
        const m = monitors[next++ % monitors.length]
        if (m) report(m)
      }
      if (now - began > seconds * 1000) {
        clearInterval(timer)
        done()
      }
    }, tickMs)
  })
  for (let i = 0; i < 100 && monitors.some((m) => m.waiting > 0); i++) await new Promise((go) => setTimeout(go, 100))
}

async function obey(order: FleetOrder): Promise<void> {
  if (order.act === 'connect') {
    const beginMs = Math.floor(Date.now() / 60_000 - 6 * 60) * 60_000
    const mns = order.phones ?? []
    for (let i = 0; i < mns.length; i += 100)
      await Promise.all(mns.slice(i, i + 100).map((mn) => connectOne(order.port ?? 0, mn, beginMs)))
    tell({ act: 'connected', connections: monitors.length })
  }
  if (order.act === 'run') {
    const say = () => {
      tell({ act: 'second', sent, acked, heldBack, latenciesMs, memoryMiB: process.memoryUsage().rss / 2 ** 20 })
      ;[sent, acked, heldBack, latenciesMs] = [0, 0, 0, []]
    }
    const timer = setInterval(say, 1000)
    await run(order.rate ?? 1000, order.seconds ?? 10)
    clearInterval(timer)
    say()
    tell({ act: 'done' })
  }
  if (order.act === 'ledger')
    tell({
      act: 'ledger',
      ledger: monitors.map((m) => ({ phone: m.mn, acked: m.acked, firstMs: 0, lastMs: m.minuteMs })),
    })
  if (order.act === 'end') process.exit(0)
}
process.on('message', (order: FleetOrder) => void obey(order))
