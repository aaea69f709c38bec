/** What the network of devices is worth today: who is silent since when, and what that costs. Pure. */
import {
  type BearerKind,
  type DeviceKind,
  type DeviceState,
  deviceKinds,
  standingKinds,
  stateOf,
  type Trouble,
} from '../model.ts'

export interface Healthy {
  id: string
  kind: DeviceKind
  areaCode: string | null
  lastHeard: Date | null
  trouble: Trouble | null
  /** Who has it now. */
  bearer: { kind: BearerKind; personId: string | null; name: string } | null
}

export interface Silence<D extends Healthy = Healthy> {
  device: D
  state: Exclude<DeviceState, 'online'>
  /** Null: never heard. */
  since: Date | null
  /** Its cell has no other device of the kind whose word counts. */
  cellUnwatched: boolean
  /** Nor has its community. */
  communityUnwatched: boolean
  /** The person who has it is reached by no other device. */
  personUnreached: boolean
  /** Of all devices of its kind. */
  share: number
}

export interface KindHealth {
  kind: DeviceKind
  all: number
  counts: Record<DeviceState, number>
}

export interface Health<D extends Healthy = Healthy> {
  kinds: KindHealth[]
  silences: Silence<D>[]
  cellsUnwatched: number
  communitiesUnwatched: number
  personsUnreached: number
}

const communityOf = (areaCode: string | null): string | null =>
  areaCode !== null && areaCode.length >= 12 ? areaCode.slice(0, 12) : null

/** A device whose data cannot be believed watches nothing. */
const watches = (state: DeviceState): boolean => state === 'online' || state === 'clock-off'

export function healthOf<D extends Healthy>(devices: readonly D[], now: Date): Health<D> {
  const stated = devices.map((device) => ({
    device,
    state: stateOf(device.kind, device.lastHeard, now, device.trouble),
  }))
  const watched = new Set<string>()
  const reached = new Set<string>()
  for (const { device, state } of stated) {
    if (!watches(state)) continue
    if (device.areaCode !== null) watched.add(`${device.kind} ${device.areaCode}`)
    const community = communityOf(device.areaCode)
    if (community) watched.add(`${device.kind} ${community}`)
    if (device.bearer?.personId) reached.add(device.bearer.personId)
  }
  const kinds = deviceKinds.flatMap((kind): KindHealth[] => {
    const mine = stated.filter((s) => s.device.kind === kind)
    if (mine.length === 0) return []
    const count = (state: DeviceState) => mine.filter((s) => s.state === state).length
    return [
      {
        kind,
        all: mine.length,
        counts: {
          online: count('online'),
          silent: count('silent'),
          never: count('never'),
          faulty: count('faulty'),
          'clock-off': count('clock-off'),
          'out-of-range': count('out-of-range'),
        },
      },
    ]
  })
  const allOf = new Map(kinds.map((k) => [k.kind, k.all]))
  const silences = stated
    .flatMap(({ device, state }): Silence<D>[] => {
      if (state === 'online') return []
      const stands = standingKinds.includes(device.kind)
      const lost = (place: string | null) => stands && place !== null && !watched.has(`${device.kind} ${place}`)
      const person = device.bearer?.personId ?? null
      return [
        {
          device,
          state,
          since: device.lastHeard,
          cellUnwatched: lost(device.areaCode),
          communityUnwatched: lost(communityOf(device.areaCode)),
          personUnreached: person !== null && !reached.has(person),
          share: 1 / (allOf.get(device.kind) ?? 1),
        },
      ]
    })
    .sort(bySeverity)
  const distinct = (of: (s: Silence<D>) => string | null) => new Set(silences.map(of).filter((x) => x !== null)).size
  return {
    kinds,
    silences,
    cellsUnwatched: distinct((s) => (s.cellUnwatched ? s.device.areaCode : null)),
    communitiesUnwatched: distinct((s) => (s.communityUnwatched ? communityOf(s.device.areaCode) : null)),
    personsUnreached: distinct((s) => (s.personUnreached ? (s.device.bearer?.personId ?? null) : null)),
  }
}

/** What costs most first; then the longest silent; those never heard last. */
function bySeverity(a: Silence, b: Silence): number {
  const cost = (s: Silence) => (s.communityUnwatched ? 4 : 0) + (s.cellUnwatched ? 2 : 0) + (s.personUnreached ? 2 : 0)
  return (
    cost(b) - cost(a) ||
    (a.since?.getTime() ?? Number.POSITIVE_INFINITY) - (b.since?.getTime() ?? Number.POSITIVE_INFINITY) ||
    a.device.id.localeCompare(b.device.id)
  )
}
