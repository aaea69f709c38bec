/** Devices, what they say, and when that is an alarm (domain §8). Pure. */
import { type AlarmLevel, alarmLevels } from './alarms/model/index.ts'

export * from './alarms/model/index.ts'
export * from './commands/model/index.ts'
export {
  type CoverageRule,
  type CoverageSpan,
  coverageSpans,
  farthestReachM,
  type Looker,
  lookers,
  type Shares,
} from './coverage/model.ts'
export * from './keeping/model.ts'

/** New kinds come last: frames of the live picture say a kind by its place in the list. */
export const deviceKinds = [
  'noise_monitor',
  'vehicle',
  'phone',
  'radio',
  'dust_monitor',
  'weather',
  'water',
  'pipe',
  'meter',
  'counter',
  'rfid',
  'sensor',
] as const
export type DeviceKind = (typeof deviceKinds)[number]

/** What a device speaks. Phones of officers and trunk radios (800 MHz) come by ways of their own. */
export const protocols = ['hj212', 'jt808', 'app', 'trunk', 'mqtt', 'osmand', 'sta'] as const
export type Protocol = (typeof protocols)[number]
/** Which protocols a kind may speak; the first unless something else is said. */
export const protocolsOf: Record<DeviceKind, readonly [Protocol, ...Protocol[]]> = {
  noise_monitor: ['hj212', 'mqtt', 'sta'],
  vehicle: ['jt808', 'osmand', 'mqtt', 'sta'],
  phone: ['app', 'osmand', 'mqtt', 'sta'],
  radio: ['trunk', 'osmand', 'mqtt', 'sta'],
  dust_monitor: ['hj212', 'mqtt', 'sta'],
  weather: ['mqtt', 'hj212', 'sta'],
  water: ['mqtt', 'hj212', 'sta'],
  pipe: ['mqtt', 'sta'],
  meter: ['mqtt', 'sta'],
  counter: ['mqtt', 'sta'],
  rfid: ['mqtt', 'sta'],
  sensor: ['mqtt', 'hj212', 'sta'],
}
export const protocolOf = Object.fromEntries(deviceKinds.map((k) => [k, protocolsOf[k][0]])) as Record<
  DeviceKind,
  Protocol
>

export const movingKinds: readonly DeviceKind[] = ['vehicle', 'phone', 'radio']
/** Kinds that stay where they are put. */
export const standingKinds: readonly DeviceKind[] = deviceKinds.filter((k) => !movingKinds.includes(k))
/** Kinds that watch over a place: what they find becomes a case, and a case needs a place. */
export const placedKinds: readonly DeviceKind[] = ['noise_monitor', 'dust_monitor']

/** What a kind is taken to measure until its data say more: factors of `sensing.factor` and their periods. */
export const measuresOf: Readonly<Partial<Record<DeviceKind, readonly (readonly [string, Period])[]>>> = {
  noise_monitor: [
    ['Leq', 'minute'],
    ['LA', 'rtd'],
  ],
  dust_monitor: [
    ['a34002', 'minute'],
    ['a34004', 'minute'],
    ['a34001', 'minute'],
  ],
  weather: [
    ['rain', 'rtd'],
    ['snow', 'rtd'],
    ['a01001', 'rtd'],
    ['a01002', 'rtd'],
    ['a01007', 'rtd'],
    ['a01008', 'rtd'],
  ],
  water: [
    ['level', 'rtd'],
    ['flow', 'rtd'],
  ],
  pipe: [
    ['pressure', 'rtd'],
    ['flow', 'rtd'],
    ['gas', 'rtd'],
  ],
  meter: [['volume', 'rtd']],
  counter: [
    ['people-in', 'minute'],
    ['people-out', 'minute'],
    ['people', 'rtd'],
  ],
  rfid: [['seen', 'rtd']],
}

/** A device's address as it is kept: a terminal keeps its name when it moves from BCD[6] to BCD[10] (JT/T 808). */
export const addressOf = (protocol: Protocol, address: string): string =>
  protocol === 'jt808' ? address.trim().replace(/^0+(?=.)/, '') : address.trim()

/** What a value stands for: a moment, or a period that begins at its time. */
export const periods = ['rtd', 'minute', 'hour', 'day'] as const
export type Period = (typeof periods)[number]

/** What is held against the latest data of a device that does speak. */
export const troubles = ['faulty', 'clock-off', 'out-of-range'] as const
export type Trouble = (typeof troubles)[number]
export const deviceStates = ['online', 'silent', 'never', ...troubles] as const
export type DeviceState = (typeof deviceStates)[number]

/** A device that has said nothing for so long is silent, in seconds. */
export const silentAfterSeconds: Record<DeviceKind, number> = {
  noise_monitor: 180,
  vehicle: 120,
  phone: 300,
  radio: 600,
  dust_monitor: 300,
  weather: 900,
  water: 900,
  pipe: 3600,
  meter: 7200,
  counter: 600,
  rfid: 86_400,
  sensor: 3600,
}

export function stateOf(
  kind: DeviceKind,
  lastHeard: Date | null,
  now: Date,
  trouble: Trouble | null = null,
): DeviceState {
  if (!lastHeard) return 'never'
  return now.getTime() - lastHeard.getTime() > silentAfterSeconds[kind] * 1000 ? 'silent' : (trouble ?? 'online')
}

/** Who carries a device, or what it is mounted on. */
export const bearerKinds = ['person', 'vehicle', 'site'] as const
export type BearerKind = (typeof bearerKinds)[number]

/** Systems in which coordinates are delivered; they are kept as CGCS2000, and as they came. */
export const coordinateSystems = ['cgcs2000', 'wgs84', 'gcj02', 'bd09'] as const
export type CoordinateSystem = (typeof coordinateSystems)[number]

export const verdicts = ['true', 'false', 'known'] as const
export type Verdict = (typeof verdicts)[number]

/** States of a thing that moves: the number in a frame is the place in the list. */
export const movingStates = ['online', 'silent', 'never'] as const
export type MovingState = (typeof movingStates)[number]

export const kindNumber = (kind: DeviceKind): number => deviceKinds.indexOf(kind)
export const stateNumber = (state: string): number => Math.max(0, (movingStates as readonly string[]).indexOf(state))
/** Bits of kinds, as one asks for counts. */
export const kindBits = (kinds: readonly DeviceKind[]): number =>
  kinds.reduce((bits, kind) => (bits | (1 << kindNumber(kind))) >>> 0, 0)

export const levelNumber = (level: AlarmLevel): number => alarmLevels.indexOf(level)
export const levelOfNumber = (n: number): AlarmLevel => alarmLevels[n] ?? 'alarm'
