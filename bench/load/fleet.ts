/**
 * A fleet in a process of its own: so many terminals over real TCP, registered and authenticated by the protocol, that report at a
 * given rate and count what is answered. Told what to do by its parent; keeps a ledger of what was acknowledged.
 */
import { createConnection, type Socket } from 'node:net'
import { createJt808Stream, decodeMessage, encodeMessage } from '@pentad/jt808'

export interface FleetOrder {
  act: 'connect' | 'run' | 'ledger' | 'end'
  port?: number
  phones?: string[]
  /** Fixes a second of the whole fleet. */
  rate?: number
  seconds?: number
  /** Fixes a message: 1 is 0x0200, more are 0x0704. */
  batch?: number
  /** By the clock of the machine and with marks, so that somebody can say how old a fix is when it is seen. */
  live?: boolean
}
export interface FleetWord {
  act: 'connected' | 'second' | 'done' | 'ledger'
  sent?: number
  acked?: number
  heldBack?: number
  latenciesMs?: number[]
  memoryMiB?: number
  connections?: number
  /** Where some terminals said they were, and when they said it. */
  marks?: { phone: string; lonE6: number; atMs: number }[]
  ledger?: { phone: string; acked: number; firstMs: number; lastMs: number }[]
}
const tell = (word: FleetWord) => process.send?.(word)

/** Unanswered messages of one terminal, beyond which it waits. */
const mostUnanswered = 4
const tickMs = 10
/** One latency in so many is kept. */
const sampled = 20

interface Terminal {
  phone: string
  socket: Socket
  serial: number
  authenticated: boolean
  /** By serial: when it was sent, how many fixes, the time of the last. */
  waiting: Map<number, { at: number; fixes: number; last: number }>
  lon: number
  lat: number
  clockMs: number
  firstMs: number
  lastAckedMs: number
  acked: number
}
const terminals: Terminal[] = []
let sent = 0
let acked = 0
let heldBack = 0
let counted = 0
let latenciesMs: number[] = []
let live = false
let marks: NonNullable<FleetWord['marks']> = []

const bcd = (n: number) => ((Math.floor(n / 10) % 10) << 4) | (n % 10)

/** The 28 bytes of a position, written without the objects that the codec would take. */
function writePosition(out: Buffer, at: number, t: Terminal, timeMs: number): void {
  out.writeUInt32BE(0, at)
  out.writeUInt32BE(0x4_0003, at + 4)
  out.writeUInt32BE(t.lat, at + 8)
  out.writeUInt32BE(t.lon, at + 12)
  out.writeUInt16BE(45, at + 16)
  out.writeUInt16BE(300 + ((timeMs / 1000) % 90), at + 18)
  out.writeUInt16BE((timeMs / 4000) % 360, at + 20)
  const local = new Date(timeMs + 8 * 3_600_000)
  out[at + 22] = bcd(local.getUTCFullYear() % 100)
  out[at + 23] = bcd(local.getUTCMonth() + 1)
  out[at + 24] = bcd(local.getUTCDate())
  out[at + 25] = bcd(local.getUTCHours())
  out[at + 26] = bcd(local.getUTCMinutes())
  out[at + 27] = bcd(local.getUTCSeconds())
}

function framed(id: number, t: Terminal, serial: number, body: Buffer): Buffer {
  const plain = Buffer.allocUnsafe(12 + body.length + 1)
  plain.writeUInt16BE(id, 0)
  plain.writeUInt16BE(body.length, 2)
  plain.write(t.phone.padStart(12, '0'), 4, 'hex')
  plain.writeUInt16BE(serial, 10)
  body.copy(plain, 12)
  let check = 0
  for (let i = 0; i < plain.length - 1; i++) check ^= plain[i] ?? 0
  plain[plain.length - 1] = check
  const out = Buffer.allocUnsafe(plain.length * 2 + 2)
  let length = 0
  out[length++] = 0x7e
  for (const byte of plain) {
    if (byte === 0x7e || byte === 0x7d) {
      out[length++] = 0x7d
      out[length++] = byte === 0x7e ? 2 : 1
    } else out[length++] = byte
  }
  out[length++] = 0x7e
  return out.subarray(0, length)
}

function report(t: Terminal, batch: number): void {
  if (!t.authenticated || t.socket.destroyed || t.waiting.size >= mostUnanswered) {
    heldBack += batch
    return
  }
  const each = 28
  const body = Buffer.allocUnsafe(batch === 1 ? each : 3 + batch * (2 + each))
  if (batch > 1) {
    body.writeUInt16BE(batch, 0)
    body[2] = 0
  }
  for (let n = 0; n < batch; n++) {
    // JT/T 808 counts in seconds; a fleet that reports faster than that runs ahead by its own clock.
    t.clockMs = live ? Math.max(Math.floor(Date.now() / 1000) * 1000, t.clockMs + 1000) : t.clockMs + 1000
    t.lon += 13
    t.lat += (t.clockMs / 1000) % 60 < 30 ? 7 : -7
    const at = batch === 1 ? 0 : 3 + n * (2 + each) + 2
    if (batch > 1) body.writeUInt16BE(each, at - 2)
    writePosition(body, at, t, t.clockMs)
  }
  const serial = t.serial
  t.serial = (t.serial + 1) & 0xffff
  t.waiting.set(serial, { at: performance.now(), fixes: batch, last: t.clockMs })
  t.socket.write(framed(batch === 1 ? 0x0200 : 0x0704, t, serial, body))
  sent += batch
  if (live && counted % sampled === 0) marks.push({ phone: t.phone, lonE6: t.lon, atMs: Date.now() })
}

function connectOne(port: number, phone: string, index: number, beginMs: number): Promise<void> {
  return new Promise((done, fail) => {
    // A gateway takes so many from one address: a fleet comes from several.
    const socket = createConnection({
      port,
      host: '127.0.0.1',
      localAddress: `127.0.0.${2 + (index % 8)}`,
      noDelay: true,
    })
    const t: Terminal = {
      phone,
      socket,
      serial: 0,
      authenticated: false,
      waiting: new Map(),
      lon: 116_380_000 + (index % 100) * 300,
      lat: 39_900_000 + Math.floor(index / 100) * 300,
      clockMs: beginMs,
      firstMs: beginMs + 1000,
      lastAckedMs: beginMs,
      acked: 0,
    }
    terminals.push(t)
    const stream = createJt808Stream()
    const say = (message: Parameters<typeof encodeMessage>[2]) => {
      for (const frame of encodeMessage({ phone, revision: 2013 }, t.serial, message)) {
        t.serial = (t.serial + 1) & 0xffff
        socket.write(frame)
      }
    }
    socket.on('data', (chunk) =>
      stream.each(chunk, (result) => {
        if (!result.ok) return
        const { header, body } = result.frame
        if (header.id === 0x8001 && t.authenticated) {
          const serial = ((body[0] ?? 0) << 8) | (body[1] ?? 0)
          const letter = t.waiting.get(serial)
          if (!letter) return
          t.waiting.delete(serial)
          if (body[4] !== 0) return
          acked += letter.fixes
          t.acked += letter.fixes
          t.lastAckedMs = Math.max(t.lastAckedMs, letter.last)
          if (counted++ % sampled === 0) latenciesMs.push(performance.now() - letter.at)
          return
        }
        const reading = decodeMessage({ header, body: body.slice() })
        if (!reading.ok) return
        const { message } = reading
        if (message.kind === 'register-answer' && message.token) say({ kind: 'auth', token: message.token })
        if (message.kind === 'platform-ack' && message.ackedId === 0x0102) {
          t.authenticated = message.result === 0
          done()
        }
      }),
    )
    socket.on('error', fail)
    socket.on('connect', () =>
      say({
        kind: 'register',
        layout: 2013,
        province: 11,
        city: 101,
        maker: 'BENCH',
        model: 'B1',
        terminalId: phone.slice(-7),
        plateColour: 2,
        plate: `京B${phone.slice(-5)}`,
      }),
    )
  })
}

async function run(rate: number, seconds: number, batch: number): Promise<void> {
  const began = performance.now()
  let next = 0
  let owed = 0
  let last = began
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const now = performance.now()
      owed = Math.min(owed + ((now - last) / 1000) * (rate / batch), rate / batch)
      last = now
      for (; owed >= 1; owed--) {
        const t = terminals[next++ % terminals.length]
        if (t) report(t, batch)
      }
      if (now - began > seconds * 1000) {
        clearInterval(timer)
        done()
      }
    }, tickMs)
  })
  // What is under way still comes.
  for (let i = 0; i < 100 && terminals.some((t) => t.waiting.size > 0); i++)
    await new Promise((go) => setTimeout(go, 100))
}

async function obey(order: FleetOrder): Promise<void> {
  if (order.act === 'connect') {
    // By whole seconds, and far enough back that nobody's clock runs ahead of ours.
    const beginMs = Math.floor(Date.now() / 1000 - 20 * 3600) * 1000
    const phones = order.phones ?? []
    live = order.live ?? false
    for (let i = 0; i < phones.length; i += 100)
      await Promise.all(phones.slice(i, i + 100).map((p, n) => connectOne(order.port ?? 0, p, i + n, beginMs)))
    tell({ act: 'connected', connections: terminals.filter((t) => t.authenticated).length })
  }
  if (order.act === 'run') {
    const timer = setInterval(
      () => {
        const word: FleetWord = {
          act: 'second',
          sent,
          acked,
          heldBack,
          latenciesMs,
          marks,
          memoryMiB: process.memoryUsage().rss / 2 ** 20,
          connections: terminals.filter((t) => !t.socket.destroyed).length,
        }
        ;[sent, acked, heldBack, latenciesMs, marks] = [0, 0, 0, [], []]
        tell(word)
      },
      live ? 50 : 1000,
    )
    await run(order.rate ?? 1000, order.seconds ?? 10, order.batch ?? 1)
    clearInterval(timer)
    tell({ act: 'done' })
  }
  if (order.act === 'ledger') {
    tell({
      act: 'ledger',
      ledger: terminals.map((t) => ({ phone: t.phone, acked: t.acked, firstMs: t.firstMs, lastMs: t.lastAckedMs })),
    })
  }
  if (order.act === 'end') process.exit(0)
}
process.on('message', (order: FleetOrder) => void obey(order))
