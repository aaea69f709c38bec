/** Devices, what they say, and when that is an alarm (domain §8). Pure. */

export * from './alarms/model/index.ts'

export const deviceKinds = ['noise_monitor', 'vehicle', 'phone', 'radio'] as const
export type DeviceKind = (typeof deviceKinds)[number]

/** What a device speaks. Phones of officers and trunk radios (800 MHz) come by ways of their own. */
export const protocols = ['hj212', 'jt808', 'app', 'trunk'] as const
export type Protocol = (typeof protocols)[number]
export const protocolOf: Record<DeviceKind, Protocol> = {
  noise_monitor: 'hj212',
  vehicle: 'jt808',
  phone: 'app',
  radio: 'trunk',
}

/** A device's address as it is kept: a terminal keeps its name when it moves from BCD[6] to BCD[10] (JT/T 808). */
export const addressOf = (protocol: Protocol, address: string): string =>
  protocol === 'jt808' ? address.trim().replace(/^0+(?=.)/, '') : address.trim()

/** What a value stands for: a moment, or a period that begins at its time. */
export const periods = ['rtd', 'minute', 'hour', 'day'] as const
export type Period = (typeof periods)[number]

export const deviceStates = ['online', 'silent', 'never'] as const
export type DeviceState = (typeof deviceStates)[number]

/** A device that has said nothing for so long is silent, in seconds. */
export const silentAfterSeconds: Record<DeviceKind, number> = {
  noise_monitor: 180,
  vehicle: 120,
  phone: 300,
  radio: 600,
}

export function stateOf(kind: DeviceKind, lastHeard: Date | null, now: Date): DeviceState {
  if (!lastHeard) return 'never'
  return now.getTime() - lastHeard.getTime() > silentAfterSeconds[kind] * 1000 ? 'silent' : 'online'
}

export const verdicts = ['true', 'false', 'known'] as const
export type Verdict = (typeof verdicts)[number]

/** A position on its way to a browser; `handle` is the device's short number in `positionsIn`. */
export interface LivePosition {
  handle: number
  kind: DeviceKind
  lon: number
  lat: number
  headingDeg: number | null
  speedKmh: number | null
}

const frameVersion = 1
const bytesEach = 16

/**
 * Positions as a binary frame of `/api/live`, little-endian: version u8, kind of frame u8 (1), count u16; then for each
 * handle u32, longitude i32 and latitude i32 in millionths of a degree, heading u16 in degrees (0xffff unknown),
 * speed u8 in km/h (0xff unknown), kind u8.
 */
export function encodePositions(positions: readonly LivePosition[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + positions.length * bytesEach))
  view.setUint8(0, frameVersion)
  view.setUint8(1, 1)
  view.setUint16(2, positions.length, true)
  positions.forEach((p, i) => {
    const at = 4 + i * bytesEach
    view.setUint32(at, p.handle, true)
    view.setInt32(at + 4, Math.round(p.lon * 1e6), true)
    view.setInt32(at + 8, Math.round(p.lat * 1e6), true)
    view.setUint16(at + 12, p.headingDeg === null ? 0xffff : Math.round(p.headingDeg) % 360, true)
    view.setUint8(at + 14, p.speedKmh === null ? 0xff : Math.min(254, Math.round(p.speedKmh)))
    view.setUint8(at + 15, deviceKinds.indexOf(p.kind))
  })
  return new Uint8Array(view.buffer)
}

export function decodePositions(frame: ArrayBuffer): LivePosition[] {
  const view = new DataView(frame)
  if (view.byteLength < 4 || view.getUint8(0) !== frameVersion || view.getUint8(1) !== 1) return []
  return Array.from({ length: view.getUint16(2, true) }, (_, i) => {
    const at = 4 + i * bytesEach
    const heading = view.getUint16(at + 12, true)
    const speed = view.getUint8(at + 14)
    return {
      handle: view.getUint32(at, true),
      lon: view.getInt32(at + 4, true) / 1e6,
      lat: view.getInt32(at + 8, true) / 1e6,
      headingDeg: heading === 0xffff ? null : heading,
      speedKmh: speed === 0xff ? null : speed,
      kind: deviceKinds[view.getUint8(at + 15)] ?? 'vehicle',
    }
  })
}
