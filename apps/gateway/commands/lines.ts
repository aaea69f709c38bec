/** A way down to a device: how something is said to it on the connection that it holds open. */
import type { KnownDevice, Order } from '@pentad/sensing'

export interface Line {
  /** A number under which the next order will be said; the answer bears it. */
  ref: () => string
  /** The number means the same on another line of the device (QN, an id), or only on this one (a serial). */
  refsLast: boolean
  /** Puts it on the wire, again under the same number when it is repeated. False: it cannot be said this way. */
  say: (order: Order, ref: string) => boolean
}

/** What a device said about an order. */
export type Heard =
  | { kind: 'accepted' }
  | { kind: 'facts'; facts: Record<string, unknown> }
  | { kind: 'values'; count: number; from: Date; until: Date }
  | { kind: 'ended'; state: 'answered' | 'refused' | 'failed'; answer: Record<string, unknown> }

/** What talks with devices need of the commands. */
export interface Carrier {
  /** The device can be spoken to on this line from now on. */
  open: (device: KnownDevice, line: Line) => void
  close: (deviceId: string, line: Line) => void
  heard: (device: KnownDevice, ref: string, what: Heard) => void
  /** The order that was said to it under this number and is not over. */
  orderOf: (deviceId: string, ref: string) => string | undefined
  /** By how much the clock of a device differs, by a message that it has just sent. */
  clock: (device: KnownDevice, offsetMs: number) => void
  asksTime: (device: KnownDevice) => void
}
