/** A simulated vehicle terminal: registers, authenticates, tells where it is, and later what nobody answered for. */
import {
  createJt808Stream,
  decodeMessage,
  encodeMessage,
  type Jt808Message,
  type OutgoingMessage,
  type PositionInput,
} from '@pentad/jt808'
import { SECOND } from '@pentad/platform/time'
import { type VehicleWorks, vehicleAnswers } from './answers.ts'
import type { Motion } from './drive.ts'
import type { Ledger, LedgerFix } from './ledger.ts'
import type { Simulated } from './monitor.ts'
import { chanceOf, seedOf } from './random.ts'
import { type Faults, openWire } from './wire.ts'

export interface VehicleOptions {
  host: string
  port: number
  /** Phone number of the terminal. */
  phone: string
  plate: string
  seed: number
  /** Moves on by so many seconds and tells where it is. */
  drive: (seconds: number) => Motion
  everyMs?: number
  faults?: Faults | undefined
  ledger?: Ledger | undefined
  clock?: () => Date
}

/** A position not answered for so long waits for the next batch (0x0704). */
const answerMs = 10 * SECOND
const mostKept = 2000
/** Positions of one batch: one frame holds 34 of 30 bytes. */
const batchSize = 30

export function simulateVehicle(options: VehicleOptions): Simulated & { shown: readonly string[] } {
  const { host, port, phone, plate, seed, drive, faults, ledger } = options
  let everyMs = options.everyMs ?? 5 * SECOND
  let last: PositionInput | undefined
  const shown: string[] = []
  const clock = options.clock ?? (() => new Date())
  const driftMs = (chanceOf(seed, phone, 'drift') - 0.5) * 2 * (faults?.driftS ?? 0) * SECOND
  const counts = { sent: 0, answered: 0, pending: 0 }
  const terminal = { phone, revision: 2013 as const }
  /** By the serial under which they were sent last. */
  const awaited = new Map<number, { positions: PositionInput[]; sentAt: number }>()
  let kept: PositionInput[] = []
  let serial = 0
  let authenticated = false
  let registeredAt = 0
  let lastMs = 0

  const stream = createJt808Stream()
  const wire = openWire({
    host,
    port,
    seed: seedOf(seed, phone, 'wire'),
    faults,
    onOpen() {
      authenticated = false
      register()
    },
    onData(chunk) {
      for (const result of stream.push(chunk)) {
        const reading = result.ok ? decodeMessage(result.frame) : undefined
        if (!result.ok || !reading?.ok) continue
        hear(reading.message)
        const { id, serial: asked } = result.frame.header
        for (const answer of vehicleAnswers(reading.message, id, asked, works)) say(answer)
      }
    },
  })

  const works: VehicleWorks = {
    plate,
    shown,
    position: () => last ?? tick(0),
    everyMs: () => everyMs,
    setEvery(ms) {
      everyMs = ms
      clearTimeout(timer)
      timer = setTimeout(tickAgain, everyMs)
    },
  }

  function register(): void {
    registeredAt = clock().getTime()
    say({
      kind: 'register',
      layout: 2013,
      province: 11,
      city: 101,
      maker: 'SIM',
      model: 'SIM-1',
      terminalId: phone.slice(-7),
      plateColour: 1,
      plate,
    })
  }
  function say(message: OutgoingMessage): number {
    const own = serial
    for (const frame of encodeMessage(terminal, serial, message)) {
      serial = (serial + 1) & 0xffff
      wire.send(frame)
    }
    return own
  }
  function hear(message: Jt808Message): void {
    if (message.kind === 'register-answer' && message.token) say({ kind: 'auth', token: message.token })
    if (message.kind !== 'platform-ack') return
    if (message.ackedId === 0x0102) authenticated = message.result === 0
    const letter = awaited.get(message.ackedSerial)
    if (!letter || message.result !== 0) return
    counts.answered += letter.positions.length
    ledger?.note(letter.positions.map((p) => lineOf(phone, p)))
    awaited.delete(message.ackedSerial)
  }

  function tick(seconds = everyMs / 1000): PositionInput {
    const at = clock()
    const motion = drive(seconds)
    // Whole seconds, and none of them twice: an instant has one place.
    lastMs = Math.max(lastMs + SECOND, Math.floor((at.getTime() + driftMs) / SECOND) * SECOND)
    const position: PositionInput = {
      accOn: true,
      fixed: true,
      latitudeDeg: motion.lat,
      longitudeDeg: motion.lon,
      altitudeM: 45,
      speedKmh: motion.speedKmh,
      courseDeg: motion.headingDeg,
      time: new Date(lastMs),
      items: { signalStrength: 25, satellites: 11 },
    }
    last = position
    for (const [own, { positions, sentAt }] of awaited) {
      if (wire.open && at.getTime() - sentAt < answerMs) continue
      awaited.delete(own)
      kept.push(...positions)
    }
    if (!authenticated && wire.open && at.getTime() - registeredAt > answerMs) register()
    if (authenticated && wire.open) {
      send([position], { kind: 'position', position })
      const positions = kept.splice(0, batchSize)
      if (positions.length > 0) send(positions, { kind: 'batch', batchType: 1, positions })
    } else kept.push(position)
    if (kept.length > mostKept) kept = kept.slice(-mostKept)
    counts.pending = kept.length + awaited.size
    return position
  }
  function send(positions: PositionInput[], message: OutgoingMessage): void {
    counts.sent += positions.length
    awaited.set(say(message), { positions, sentAt: clock().getTime() })
  }

  function tickAgain(): void {
    tick()
    timer = setTimeout(tickAgain, everyMs)
  }
  let timer = setTimeout(tickAgain, everyMs * chanceOf(seed, phone, 'begin'))
  return {
    counts,
    shown,
    async stop() {
      clearTimeout(timer)
      await wire.stop()
    },
  }
}

const lineOf = (device: string, { time, longitudeDeg, latitudeDeg }: PositionInput): LedgerFix => ({
  what: 'fix',
  protocol: 'jt808',
  device,
  atMs: time?.getTime() ?? Number.NaN,
  lonE6: Math.round(longitudeDeg * 1e6),
  latE6: Math.round(latitudeDeg * 1e6),
})
