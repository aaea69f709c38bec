/** What strangers do to open ports. Each attack runs until it is stopped, and says how much it did. */
import { createSocket } from 'node:dgram'
import { createConnection, type Socket } from 'node:net'
import { encodeReport, formatQn } from '@pentad/hj212'
import { encodeMessage } from '@pentad/jt808'
import type { Ports } from './fleet.ts'

export interface Attack {
  /** What was done so far: connections, bytes, tries. */
  done: () => Record<string, number>
  /** Its connections that are open now. */
  open: () => number
  stop: () => void
}
export interface Target {
  ports: Ports
  /** Attackers come from 127.0.0.2 to 127.0.0.9, so that limits of one address are not all that holds. */
  addresses: number
  /** Names of devices whose passwords are guessed, and one that has an account of its own. */
  logins: readonly string[]
  phones: readonly string[]
  evil: { login: string; token: string }
}
export const attacks = ['endless', 'drip', 'crowd', 'guess', 'trespass'] as const
export type AttackName = (typeof attacks)[number]

const text = (words: string): Uint8Array => new TextEncoder().encode(words)
const fromAddress = (n: number, addresses: number): string => `127.0.0.${2 + (n % addresses)}`

function caller(target: Target) {
  const sockets = new Set<Socket>()
  let called = 0
  let refused = 0
  return {
    sockets,
    counts: () => ({ called, hungUpOn: refused }),
    call(port: number, onOpen: (socket: Socket) => void): void {
      const socket = createConnection({
        port,
        host: '127.0.0.1',
        localAddress: fromAddress(called++, target.addresses),
      })
      sockets.add(socket)
      socket.on('connect', () => onOpen(socket))
      socket.on('data', () => undefined)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        refused++
      })
    },
    stop() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
type Caller = ReturnType<typeof caller>

/** Keeps so many connections up, at most so many new ones in each tick. */
function keepUp(
  calls: Caller,
  ports: readonly number[],
  many: number,
  perTick: number,
  onOpen: (s: Socket, n: number) => void,
) {
  let turn = 0
  return setInterval(() => {
    for (let i = 0; i < perTick && calls.sockets.size < many; i++) {
      const n = turn++
      calls.call(ports[n % ports.length] ?? 0, (socket) => onOpen(socket, n % ports.length))
    }
  }, 50)
}

const portsOf = ({ ports }: Target): number[] => [ports.hj212, ports.jt808, ports.mqtt, ports.osmand]
/** A head that promises more than anybody has, by protocol in the order of `portsOf`. */
const hugeHeads = [
  text('##9999QN=20260521000000000;ST=23;CN=2011;'),
  Uint8Array.of(0x7e, 0x02, 0x00, 0x03, 0xff),
  // CONNECT with a remaining length of 256 MB.
  Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54),
  text('POST /osmand HTTP/1.1\r\nhost: a\r\ncontent-length: 999999999\r\n\r\n'),
]

/** An attack that goes on by timers until it is stopped. */
const pressing = (
  calls: ReturnType<typeof caller>,
  timers: readonly NodeJS.Timeout[],
  more: () => Record<string, number> = () => ({}),
): Attack => ({
  done: () => ({ ...calls.counts(), ...more() }),
  open: () => calls.sockets.size,
  stop() {
    for (const timer of timers) clearInterval(timer)
    calls.stop()
  },
})

/** Lengths beyond reason, and frames that never end. */
function endless(target: Target, { many = 200, bytesPerSecond = 4_000_000 } = {}): Attack {
  const calls = caller(target)
  let bytes = 0
  const chunk = new Uint8Array(16_384).fill(0x41)
  const connecting = keepUp(calls, portsOf(target), many, 20, (socket, n) => socket.write(hugeHeads[n] ?? chunk))
  const writing = setInterval(() => {
    let left = bytesPerSecond / 20
    for (const socket of calls.sockets) {
      if (left <= 0) break
      if (socket.connecting || socket.writableNeedDrain) continue
      socket.write(chunk)
      bytes += chunk.length
      left -= chunk.length
    }
  }, 50)
  return pressing(calls, [connecting, writing], () => ({ bytes }))
}

/** One byte a second, for ever. */
function drip(target: Target, { many = 2000 } = {}): Attack {
  const calls = caller(target)
  let bytes = 0
  const connecting = keepUp(calls, portsOf(target), many, 50, () => undefined)
  const writing = setInterval(() => {
    for (const socket of calls.sockets) {
      if (socket.connecting) continue
      socket.write('#')
      bytes++
    }
  }, 1000)
  return pressing(calls, [connecting, writing], () => ({ bytes }))
}

/** As many connections as can be had, that say nothing. */
function crowd(target: Target, { many = 50_000 } = {}): Attack {
  const calls = caller(target)
  const connecting = keepUp(calls, portsOf(target), many, 250, () => undefined)
  return pressing(calls, [connecting])
}

/** Packets of MQTT 3.1.1, of less than 128 bytes. */
const worded = (words: string): number[] => [words.length >> 8, words.length & 0xff, ...text(words)]
const packet = (kind: number, body: readonly number[]): Uint8Array => Uint8Array.of(kind, body.length, ...body)
const connect = (login: string, password: string): Uint8Array =>
  packet(0x10, [...worded('MQTT'), 4, 0xc2, 0, 60, ...worded(login), ...worded(login), ...worded(password)])
const subscribe = (topic: string): Uint8Array => packet(0x82, [0, 1, ...worded(topic), 0])
const publish = (topic: string, payload: string): Uint8Array => packet(0x32, [...worded(topic), 0, 2, ...text(payload)])

/** Guessed passwords of devices and of people, guessed tokens, spoofed datagrams. */
function guess(target: Target, { perSecond = 400 } = {}): Attack {
  const calls = caller(target)
  const udp = createSocket('udp4')
  udp.on('error', () => undefined)
  let tries = 0
  const trying = setInterval(() => {
    for (let i = 0; i < perSecond / 20; i++) {
      const n = tries++
      const login = target.logins[n % target.logins.length] ?? 'nobody'
      const phone = target.phones[n % target.phones.length] ?? '13800000000'
      const auth = encodeMessage({ phone, revision: 2013 }, n & 0xffff, { kind: 'auth', token: `guess${n}` })
      if (n % 5 === 0) calls.call(target.ports.mqtt, (s) => s.end(connect(login, `guess${n}`)))
      else if (n % 5 === 1) calls.call(target.ports.mqtt, (s) => s.end(connect(`person${n % 50}`, `guess${n}`)))
      else if (n % 5 === 2) calls.call(target.ports.jt808, (s) => s.end(auth[0] ?? ''))
      else if (n % 5 === 3)
        calls.call(target.ports.osmand, (s) =>
          s.end(
            `GET /osmand/guess${n}?id=${login}&lat=39.9&lon=116.4 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
          ),
        )
      else for (const frame of auth) udp.send(frame, target.ports.jt808, '127.0.0.1', () => undefined)
      if (n % 10 === 0) {
        const [frame] = encodeReport({
          qn: formatQn(new Date()),
          st: '23',
          cn: '2011',
          pw: 'guess',
          mn: `STRANGER${n % 3000}`,
          dataTime: new Date(),
          values: [{ factor: 'LA', rtd: 99 }],
        })
        calls.call(target.ports.hj212, (s) => s.end(frame ?? ''))
      }
    }
  }, 50)
  return {
    done: () => ({ ...calls.counts(), tries }),
    open: () => calls.sockets.size,
    stop() {
      clearInterval(trying)
      calls.stop()
      udp.close()
    },
  }
}

/** A device with an account publishes where others do, listens where others listen, and comes back each time it is hung up on. */
function trespass(target: Target, { perSecond = 100 } = {}): Attack {
  const calls = caller(target)
  let tries = 0
  const { login, token } = target.evil
  const trying = setInterval(() => {
    for (let i = 0; i < perSecond / 20; i++) {
      const victim = target.logins[tries++ % target.logins.length] ?? 'nobody'
      calls.call(target.ports.mqtt, (socket) => {
        socket.write(connect(login, token))
        const payload = JSON.stringify({ t: Date.now(), level: 99 })
        socket.write(subscribe('devices/#'))
        socket.write(publish(`devices/${victim}/data`, payload))
      })
    }
  }, 50)
  return pressing(calls, [trying], () => ({ tries }))
}

export interface Force {
  many?: number
  perSecond?: number
  bytesPerSecond?: number
}
export const attack = (name: AttackName, target: Target, force: Force = {}): Attack =>
  ({ endless, drip, crowd, guess, trespass })[name](target, force)
