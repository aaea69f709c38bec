/** What goes wrong between a device and the platform, on purpose and by seed. Pure. */

/** Shares are of frames, from 0 to 1. */
export interface Faults {
  /** Never sent. */
  loss?: number | undefined
  /** Sent twice. */
  duplicates?: number | undefined
  /** Sent after the one that follows. */
  reordering?: number | undefined
  /** With a wrong byte. */
  garbage?: number | undefined
  /** With rubbish before them. */
  noise?: number | undefined
  /** Cut in the middle, and the connection with them. */
  cuts?: number | undefined
  /** The device's clock is off by at most so many seconds. */
  driftS?: number | undefined
}
const words = ['loss', 'duplicates', 'reordering', 'garbage', 'noise', 'cuts'] as const

export const fleets = ['monitors', 'vehicles', 'phones', 'sensors'] as const
export type Fleet = (typeof fleets)[number]

/** `loss=0.05,drift=30` for all, `vehicles:cuts=0.02` for one fleet; later words add to earlier ones. */
export function faultsFrom(said: readonly string[]): Record<Fleet, Faults> {
  const all: Record<Fleet, Faults> = { monitors: {}, vehicles: {}, phones: {}, sensors: {} }
  for (const part of said) {
    const colon = part.indexOf(':')
    const whose = colon < 0 ? fleets : fleets.filter((fleet) => fleet === part.slice(0, colon))
    if (whose.length === 0) throw new Error(`${part}: there is no such fleet; there are ${fleets.join(', ')}`)
    for (const pair of part.slice(colon + 1).split(',')) {
      const [name = '', text = ''] = pair.split('=')
      const value = text.trim() === '' ? Number.NaN : Number(text)
      const word = words.find((w) => w === name)
      const good = value >= 0 && (word === undefined ? name === 'drift' : value <= 1)
      if (!good) throw new Error(`${pair}: say ${words.join(', ')} as a share from 0 to 1, or drift in seconds`)
      for (const fleet of whose) all[fleet][word ?? 'driftS'] = value
    }
  }
  return all
}

/** What goes out instead of a frame, in order; after `cut` the line is dead. */
export type Sent = Uint8Array | 'cut'

const mostNoiseBytes = 40

/** Turns each frame into what really goes out. Without faults, into itself. */
export function createSpoiler(faults: Faults, next: () => number): (frame: Uint8Array) => Sent[] {
  let late: Uint8Array | undefined
  const happens = (share = 0) => next() < share
  const spoiled = (frame: Uint8Array): Uint8Array => {
    const bytes = frame.slice()
    const at = Math.floor(next() * bytes.length)
    // What has no check of its own (JSON, a query) must not become another true value by it.
    bytes[at] = (bytes[at] ?? 0) ^ 0x80
    return bytes
  }
  const noise = () =>
    Uint8Array.from({ length: 1 + Math.floor(next() * mostNoiseBytes) }, () => Math.floor(next() * 256))
  return (frame) => {
    if (happens(faults.loss)) return []
    const before = late
    late = undefined
    if (!before && happens(faults.reordering)) {
      late = frame
      return []
    }
    const out: Sent[] = []
    if (happens(faults.noise)) out.push(noise())
    if (happens(faults.cuts)) {
      // What was held back is lost with the line.
      out.push(frame.subarray(0, Math.floor(frame.length / 2)), 'cut')
      return out
    }
    out.push(happens(faults.garbage) ? spoiled(frame) : frame)
    if (happens(faults.duplicates)) out.push(frame)
    if (before) out.push(before)
    return out
  }
}
