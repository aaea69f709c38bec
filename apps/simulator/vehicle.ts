/** A simulated vehicle terminal: registers, authenticates, tells where it is, and later what nobody answered for. */
import type { Jt808Message, OutgoingMessage, PositionInput } from '@pentad/jt808'
import { SECOND } from '@pentad/platform/time'
import { type VehicleWorks, vehicleAnswers } from './answers.ts'
import type { Motion } from './drive.ts'
import type { Ledger, LedgerFix } from './ledger.ts'
import type { Simulated } from './monitor.ts'
import { chanceOf, seedOf } from './random.ts'
import { openTerminal } from './terminal.ts'
import type { Faults } from './wire.ts'

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
  /** By the serial under which they were sent last. */
  const awaited = new Map<number, { positions: PositionInput[]; sentAt: number }>()
  let kept: PositionInput[] = []
  let registeredAt = 0
  let lastMs = 0

  const terminal = openTerminal({
    host,
    port,
    seed: seedOf(seed, phone, 'wire'),
    faults,
    phone,
    plate,
    model: 'SIM-1',
    onRegister() {
      registeredAt = clock().getTime()
    },
    onMessage(message, { id, serial }) {
      hear(message)
      for (const answer of vehicleAnswers(message, id, serial, works)) terminal.say(answer)
    },
  })
  const { wire } = terminal

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

  function hear(message: Jt808Message): void {
    if (message.kind !== 'platform-ack') return
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
    if (!terminal.authenticated && wire.open && at.getTime() - registeredAt > answerMs) terminal.register()
    if (terminal.authenticated && wire.open) {
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
    awaited.set(terminal.say(message), { positions, sentAt: clock().getTime() })
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
