/** JT/T 808 terminals: registered, authenticated, then believed; a position is stored, then answered by 0x8001. */
import {
  createJt808Joiner,
  createJt808Stream,
  decodeMessage,
  encodeMessage,
  type Jt808Frame,
  type Jt808Header,
  type Jt808Message,
  type OutgoingMessage,
  type Position,
} from '@pentad/jt808'
import { fixOf, type HotRow, type KnownDevice } from '@pentad/sensing'
import type { Batches } from './batches.ts'
import { jt808Command, jt808Heard } from './commands/jt808.ts'
import type { Carrier, Line } from './commands/lines.ts'
import type { Talk, Voice } from './links.ts'
import type { Registry } from './registry.ts'
import type { Tally } from './tally.ts'

const protocol = 'jt808'
/** Results of 0x8001. */
const ok = 0
const failed = 1
const wrong = 2
const unsupported = 3
/** Result of 0x8100: no such terminal. */
const noTerminal = 4
/** Terminals that may share one link (a concentrator). */
const mostOnOneLink = 1000

export interface Jt808Parts {
  registry: Registry
  tally: Tally
  writer: Batches<HotRow>
  carrier: Carrier
}

/** Several streams of one far end share it: over UDP every datagram is a stream of its own. */
export interface Jt808Link {
  hear: (frame: Jt808Frame) => void
  end: () => void
}

/** Serials are counted for each link: with its number they are those of one. */
let links = 0

export function jt808Link({ registry, tally, writer, carrier }: Jt808Parts, voice: Voice): Jt808Link {
  const joiner = createJt808Joiner()
  /** Those who may speak here, each with the way down to it. */
  const authenticated = new Map<string, { deviceId: string; line: Line }>()
  const link = ++links
  let serial = 0
  const refOf = (of: number): string => `${link}.${of}`

  const say = (to: Jt808Header, message: OutgoingMessage): void => {
    for (const frame of encodeMessage(to, serial, message)) {
      serial = (serial + 1) & 0xffff
      voice.say(frame)
    }
  }
  const acknowledge = (header: Jt808Header, result: number): void => {
    for (const ackedSerial of serialsOf(header)) {
      say(header, { kind: 'platform-ack', ackedSerial, ackedId: header.id, result })
    }
  }

  function hear(part: Jt808Frame): void {
    const { header } = part
    const { phone } = header
    const device = registry.find(protocol, phone)
    if (!device) {
      if (registry.barred(protocol, phone)) tally.reject(protocol, 'jt808/barred', phone)
      else tally.unknown(protocol, phone)
      if (header.id === 0x0100) say(header, { kind: 'register-answer', ackedSerial: header.serial, result: noTerminal })
      else acknowledge(header, failed)
      return
    }
    const joined = joiner.add(part, Date.now())
    if (joined.kind === 'refused') tally.reject(protocol, 'jt808/parts', phone)
    if (joined.kind !== 'whole') return
    const reading = decodeMessage(joined.frame)
    if (!reading.ok) {
      tally.reject(protocol, reading.error.code, phone)
      acknowledge(header, wrong)
      return
    }
    const { message } = reading
    if (message.kind === 'register' || message.kind === 'auth') greet(header, message)
    else if (authenticated.has(phone)) obey(header, device, message)
    else {
      tally.reject(protocol, 'jt808/not-authenticated', phone)
      acknowledge(header, failed)
    }
  }

  function greet(header: Jt808Header, message: Jt808Message & { kind: 'register' | 'auth' }): void {
    const { phone } = header
    if (message.kind === 'register') {
      const token = registry.tokenOf(phone)
      say(header, { kind: 'register-answer', ackedSerial: header.serial, result: ok, token })
      return
    }
    const right = registry.isToken(phone, message.token)
    if (right) {
      admit(header)
      voice.known()
    } else tally.reject(protocol, 'jt808/token', phone)
    acknowledge(header, right ? ok : failed)
  }

  function admit(header: Jt808Header): void {
    const { phone } = header
    const device = registry.find(protocol, phone)
    if (!device) return
    dismiss(phone)
    const line: Line = {
      refsLast: false,
      ref() {
        const own = serial
        serial = (serial + 1) & 0xffff
        return refOf(own)
      },
      say(order, ref) {
        const message = jt808Command(order, header.revision)
        if (!message) return false
        // What is said to a terminal fits one frame: it bears the serial alone.
        for (const frame of encodeMessage(header, Number(ref.split('.')[1]), message)) voice.say(frame)
        return true
      },
    }
    authenticated.set(phone, { deviceId: device.id, line })
    for (const oldest of authenticated.keys()) if (authenticated.size > mostOnOneLink) dismiss(oldest)
    carrier.open(device, line)
  }

  function dismiss(phone: string): void {
    const there = authenticated.get(phone)
    authenticated.delete(phone)
    if (there) carrier.close(there.deviceId, there.line)
  }

  function obey(header: Jt808Header, device: KnownDevice, message: Jt808Message): void {
    voice.known()
    const answer = jt808Heard(message)
    const keep = (positions: readonly Position[], answered = true): void =>
      writer.post({
        rows: positions.map((p) => rowOf(device, p, new Date())),
        deviceIds: [device.id],
        done(stored) {
          if (!stored) tally.reject(protocol, 'jt808/not-stored', header.phone)
          if (answered) acknowledge(header, stored ? ok : failed)
          if (answer) carrier.heard(device, refOf(answer.serial), answer.heard)
        },
      })
    switch (message.kind) {
      case 'position':
        keep([message.position])
        break
      case 'batch':
        if (message.quality.length > 0) tally.reject(protocol, 'jt808/batch', header.phone)
        keep(message.positions)
        break
      case 'position-answer':
        keep([message.position], false)
        break
      case 'heartbeat':
        keep([])
        break
      case 'log-off':
        keep([])
        dismiss(header.phone)
        break
      case 'terminal-ack':
      case 'parameters-answer':
        keep([], false)
        break
      default:
        tally.reject(protocol, 'jt808/not-supported', header.phone)
        acknowledge(header, unsupported)
    }
  }

  return {
    hear,
    end() {
      for (const phone of [...authenticated.keys()]) dismiss(phone)
    },
  }
}

export function jt808Talk(parts: Jt808Parts, voice: Voice): Talk {
  const stream = createJt808Stream()
  const link = jt808Link(parts, voice)
  return { take: (chunk) => passFrames(parts.tally, stream.push(chunk), link, voice.remote), end: link.end }
}

export function passFrames(
  tally: Tally,
  results: ReturnType<ReturnType<typeof createJt808Stream>['push']>,
  link: Jt808Link,
  remote: string,
): void {
  for (const result of results) {
    if (result.ok) link.hear(result.frame)
    else tally.reject(protocol, result.error.code, remote)
  }
}

/** The serials of all parts of a message: each part is answered, once the whole is safe. */
function serialsOf({ serial, split }: Jt808Header): number[] {
  if (!split) return [serial]
  const first = serial - (split.number - 1)
  return Array.from({ length: split.total }, (_, i) => (first + i) & 0xffff)
}

/** Without a time of its own a fix counts for when it came, and says so (`time-invalid`). */
export const rowOf = (device: KnownDevice, p: Position, now: Date): HotRow => ({
  handle: device.handle,
  ...fixOf(
    {
      deviceId: device.id,
      at: p.time ?? now,
      lon: p.longitudeDeg,
      lat: p.latitudeDeg,
      headingDeg: p.courseDeg,
      speedKmh: p.speedKmh,
      alarmBits: p.alarm,
      statusBits: p.status,
      quality: [...p.quality, ...(p.fixed ? [] : ['not-fixed'])],
    },
    now,
  ),
})
