/**
 * The position (位置信息) of 0x0200 (JT/T 808-2013, 8.18), of 0x0704 and of media.
 *
 * | byte | field | unit |
 * | --- | --- | --- |
 * | 0 | alarm DWORD | bits, `alarmBits` |
 * | 4 | status DWORD | bits, `statusBits` |
 * | 8 | latitude DWORD | 1e-6 degree WGS-84; status bit 2 is south |
 * | 12 | longitude DWORD | 1e-6 degree WGS-84; status bit 3 is west |
 * | 16 | altitude WORD | m |
 * | 18 | speed WORD | 0.1 km/h |
 * | 20 | course WORD | degree from north, clockwise, 0–359 |
 * | 22 | time BCD[6] | YYMMDDhhmmss, GMT+8 |
 * | 28 | items | id BYTE, length BYTE, value (`items.ts`) |
 *
 * What cannot be is still decoded, and flagged: the terminal's word is kept, the reader decides.
 */

import { BodyWriter, bcdTimeMs, dword, word } from './bytes.ts'
import { encodeItems, type PositionItems, readItems } from './items.ts'

export const positionBytes = 28

/** Bits of the alarm DWORD (报警标志位) of 0x0200; 15–17 are new in 2019, 31 is gone there. */
export const alarmBits = {
  0: 'emergency',
  1: 'overspeed',
  2: 'fatigue',
  3: 'danger',
  4: 'gnss-fault',
  5: 'gnss-antenna-open',
  6: 'gnss-antenna-short',
  7: 'power-low',
  8: 'power-lost',
  9: 'display-fault',
  10: 'tts-fault',
  11: 'camera-fault',
  12: 'ic-card-fault',
  13: 'overspeed-warning',
  14: 'fatigue-warning',
  15: 'driving-against-rules',
  16: 'tyre-pressure',
  17: 'right-blind-zone',
  18: 'driving-time-of-day',
  19: 'parked-too-long',
  20: 'area-crossed',
  21: 'route-crossed',
  22: 'section-time',
  23: 'route-left',
  24: 'vss-fault',
  25: 'fuel-abnormal',
  26: 'stolen',
  27: 'illegal-ignition',
  28: 'illegal-movement',
  29: 'collision',
  30: 'rollover',
  31: 'illegal-door',
} as const

/** Bits of the status DWORD (状态位) of 0x0200; 6, 7 and 22 are new in 2019. Bits 8 and 9 together are the load. */
export const statusBits = {
  0: 'acc-on',
  1: 'fixed',
  2: 'south',
  3: 'west',
  4: 'out-of-service',
  5: 'coordinates-encrypted',
  6: 'forward-collision',
  7: 'lane-departure',
  10: 'oil-cut',
  11: 'power-cut',
  12: 'doors-locked',
  13: 'front-door-open',
  14: 'middle-door-open',
  15: 'rear-door-open',
  16: 'driver-door-open',
  17: 'other-door-open',
  18: 'gps',
  19: 'beidou',
  20: 'glonass',
  21: 'galileo',
  22: 'moving',
} as const

export type AlarmName = (typeof alarmBits)[keyof typeof alarmBits]
export type StatusName = (typeof statusBits)[keyof typeof statusBits]

function namesOf<Name extends string>(table: Readonly<Record<number, Name>>, bits: number): Name[] {
  const names: Name[] = []
  for (let bit = 0; bit < 32; bit++) {
    const name = (bits >>> bit) & 1 ? table[bit] : undefined
    if (name !== undefined) names.push(name)
  }
  return names
}

export const alarmNames = (bits: number): AlarmName[] => namesOf<AlarmName>(alarmBits, bits)
export const statusNames = (bits: number): StatusName[] => namesOf<StatusName>(statusBits, bits)

export type PositionQuality =
  | 'latitude-out-of-range'
  | 'longitude-out-of-range'
  | 'course-out-of-range'
  | 'time-invalid'
  | 'coordinates-encrypted'
  | 'items-cut-short'
  | 'item-length'

/** Numbers only, meant to be reused: one slot serves a whole stream. */
export type PositionSlot = {
  alarm: number
  status: number
  latitudeDeg: number
  longitudeDeg: number
  altitudeM: number
  speedKmh: number
  courseDeg: number
  /** NaN when the terminal sent no time of the calendar. */
  timeMs: number
}

export const positionSlot = (): PositionSlot => ({
  alarm: 0,
  status: 0,
  latitudeDeg: 0,
  longitudeDeg: 0,
  altitudeM: 0,
  speedKmh: 0,
  courseDeg: 0,
  timeMs: Number.NaN,
})

/** The fixed 28 bytes into a slot, without allocation; false when there are fewer. Items are left alone. */
export function readPosition(body: Uint8Array, at: number, slot: PositionSlot): boolean {
  if (body.length - at < positionBytes) return false
  const status = dword(body, at + 4)
  slot.alarm = dword(body, at)
  slot.status = status
  const latitudeDeg = dword(body, at + 8) / 1e6
  const longitudeDeg = dword(body, at + 12) / 1e6
  slot.latitudeDeg = status & 4 && latitudeDeg !== 0 ? -latitudeDeg : latitudeDeg
  slot.longitudeDeg = status & 8 && longitudeDeg !== 0 ? -longitudeDeg : longitudeDeg
  slot.altitudeM = word(body, at + 16)
  slot.speedKmh = word(body, at + 18) / 10
  slot.courseDeg = word(body, at + 20)
  slot.timeMs = bcdTimeMs(body, at + 22)
  return true
}

export type Position = {
  /** Bits as sent; `alarmNames` and `statusNames` read them. */
  readonly alarm: number
  readonly status: number
  readonly accOn: boolean
  /** The terminal says that it knows where it is; without it the coordinates are the last known, or zero. */
  readonly fixed: boolean
  /** WGS-84; south and west are negative. */
  readonly latitudeDeg: number
  readonly longitudeDeg: number
  readonly altitudeM: number
  readonly speedKmh: number
  /** From north, clockwise. */
  readonly courseDeg: number
  readonly time: Date | null
  readonly items: PositionItems
  readonly quality: readonly PositionQuality[]
}

const scratch = positionSlot()

/** Null when there are fewer than 28 bytes: then it is no position at all. */
export function decodePosition(body: Uint8Array, start = 0, end = body.length): Position | null {
  const bytes = end === body.length ? body : body.subarray(0, end)
  if (!readPosition(bytes, start, scratch)) return null
  const quality: PositionQuality[] = []
  if (Math.abs(scratch.latitudeDeg) > 90) quality.push('latitude-out-of-range')
  if (Math.abs(scratch.longitudeDeg) > 180) quality.push('longitude-out-of-range')
  // The tables say 0–359; some terminals write 360 for north.
  if (scratch.courseDeg > 360) quality.push('course-out-of-range')
  if (Number.isNaN(scratch.timeMs)) quality.push('time-invalid')
  if (scratch.status & 0x20) quality.push('coordinates-encrypted')
  const { alarm, status, latitudeDeg, longitudeDeg, altitudeM, speedKmh, courseDeg, timeMs } = scratch
  const items = readItems(bytes, start + positionBytes, bytes.length, quality)
  return {
    alarm,
    status,
    accOn: (status & 1) !== 0,
    fixed: (status & 2) !== 0,
    latitudeDeg,
    longitudeDeg,
    altitudeM,
    speedKmh,
    courseDeg,
    time: Number.isNaN(timeMs) ? null : new Date(timeMs),
    items,
    quality,
  }
}

/** For simulators. Bits 0–3 of the status follow from the other fields and need not be set. */
export type PositionInput = {
  readonly alarm?: number
  readonly status?: number
  readonly accOn?: boolean
  readonly fixed?: boolean
  readonly latitudeDeg: number
  readonly longitudeDeg: number
  readonly altitudeM?: number
  readonly speedKmh?: number
  readonly courseDeg?: number
  readonly time: Date | null
  readonly items?: PositionItems
}

export function encodePosition(of: PositionInput): Uint8Array {
  const given = of.status ?? 0
  const bit = (value: boolean | undefined, mask: number) => ((value ?? (given & mask) !== 0) ? mask : 0)
  const signs = bit(of.accOn, 1) | bit(of.fixed, 2) | (of.latitudeDeg < 0 ? 4 : 0) | (of.longitudeDeg < 0 ? 8 : 0)
  return new BodyWriter()
    .dword(of.alarm ?? 0)
    .dword(((given & ~15) | signs) >>> 0)
    .dword(Math.round(Math.abs(of.latitudeDeg) * 1e6))
    .dword(Math.round(Math.abs(of.longitudeDeg) * 1e6))
    .word(of.altitudeM ?? 0)
    .word(Math.round((of.speedKmh ?? 0) * 10))
    .word(of.courseDeg ?? 0)
    .time(of.time)
    .raw(encodeItems(of.items ?? {}))
    .done()
}
