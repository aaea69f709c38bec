/**
 * Split messages joined from their parts: JT/T 808, 4.4. The parts of one message have serials that follow each
 * other, so phone, id and the serial of the first part name it. What is kept is bounded; the time is given.
 */

import type { Jt808Frame, Jt808Header } from './frame.ts'

export type JoinLimits = {
  /** Split messages open at once; the oldest gives way. */
  readonly maxOpen: number
  readonly maxParts: number
  /** Bytes of one message. */
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** `any`: for terminals whose parts do not count on; then one message of an id at a time. */
  readonly serials: 'consecutive' | 'any'
}

export const defaultJoinLimits: JoinLimits = {
  maxOpen: 4,
  maxParts: 4096,
  maxBytes: 4 << 20,
  maxAgeMs: 120_000,
  serials: 'consecutive',
}

export type Dropped = {
  readonly phone: string
  readonly id: number
  readonly firstSerial: number
  readonly have: number
  readonly of: number
  readonly why: 'too-old' | 'too-many-open' | 'too-large' | 'begun-anew'
}

export type Joined =
  | { readonly kind: 'whole'; readonly frame: Jt808Frame; readonly parts: number; readonly dropped: Dropped[] }
  | {
      readonly kind: 'waiting' | 'repeated'
      readonly have: number
      readonly of: number
      readonly firstSerial: number
      readonly dropped: Dropped[]
    }
  | {
      readonly kind: 'refused'
      readonly why: 'part-number' | 'too-many-parts' | 'too-large'
      readonly dropped: Dropped[]
    }

export type Jt808Joiner = {
  /** A frame that is not split comes back whole at once. Bodies are kept by reference: give copies (`push`). */
  add(frame: Jt808Frame, nowMs: number): Joined
  expire(nowMs: number): Dropped[]
  /** Part numbers, from 1, still missing of an open message, for 0x8800 or 0x8003. */
  missing(header: Jt808Header): number[]
  readonly openMessages: number
  readonly keptBytes: number
}

type Open = {
  readonly header: Jt808Header
  readonly firstSerial: number
  readonly of: number
  readonly sinceMs: number
  readonly parts: Map<number, Uint8Array>
  bytes: number
}

export function createJt808Joiner(partial: Partial<JoinLimits> = {}): Jt808Joiner {
  const limits = { ...defaultJoinLimits, ...partial }
  /** In order of first part: the first entry is the oldest. */
  const open = new Map<string, Open>()

  const firstSerialOf = ({ serial, split }: Jt808Header) => (serial - ((split?.number ?? 1) - 1)) & 0xffff
  const keyOf = (header: Jt808Header) =>
    `${header.phone} ${header.id}${limits.serials === 'any' ? '' : ` ${firstSerialOf(header)}`}`

  function drop(key: string, why: Dropped['why'], dropped: Dropped[]) {
    const entry = open.get(key)
    if (!entry) return
    open.delete(key)
    const { phone, id } = entry.header
    dropped.push({ phone, id, firstSerial: entry.firstSerial, have: entry.parts.size, of: entry.of, why })
  }

  function expire(nowMs: number): Dropped[] {
    const dropped: Dropped[] = []
    for (const [key, entry] of open) {
      if (nowMs - entry.sinceMs > limits.maxAgeMs) drop(key, 'too-old', dropped)
    }
    return dropped
  }

  function add(frame: Jt808Frame, nowMs: number): Joined {
    const dropped = expire(nowMs)
    const { header, body } = frame
    if (!header.split) return { kind: 'whole', frame, parts: 1, dropped }
    const { total, number } = header.split
    if (number < 1 || number > total) return { kind: 'refused', why: 'part-number', dropped }
    if (total > limits.maxParts) return { kind: 'refused', why: 'too-many-parts', dropped }

    const key = keyOf(header)
    if (open.get(key) && open.get(key)?.of !== total) drop(key, 'begun-anew', dropped)
    let entry = open.get(key)
    if (!entry) {
      const oldest = open.size >= limits.maxOpen ? open.keys().next().value : undefined
      if (oldest !== undefined) drop(oldest, 'too-many-open', dropped)
      entry = { header, firstSerial: firstSerialOf(header), of: total, sinceMs: nowMs, parts: new Map(), bytes: 0 }
      open.set(key, entry)
    }
    const { firstSerial } = entry
    const state = (kind: 'waiting' | 'repeated'): Joined => ({
      kind,
      have: entry.parts.size,
      of: total,
      firstSerial,
      dropped,
    })
    if (entry.parts.has(number)) return state('repeated')
    entry.bytes += body.length
    if (entry.bytes > limits.maxBytes) {
      drop(key, 'too-large', dropped)
      return { kind: 'refused', why: 'too-large', dropped }
    }
    entry.parts.set(number, body)
    if (entry.parts.size < total) return state('waiting')
    open.delete(key)
    return { kind: 'whole', frame: merge(entry), parts: total, dropped }
  }

  return {
    add,
    expire,
    missing(header) {
      const entry = open.get(keyOf(header))
      const missing: number[] = []
      for (let number = 1; entry && number <= entry.of; number++) if (!entry.parts.has(number)) missing.push(number)
      return missing
    },
    get openMessages() {
      return open.size
    },
    get keptBytes() {
      let bytes = 0
      for (const entry of open.values()) bytes += entry.bytes
      return bytes
    },
  }
}

function merge(entry: Open): Jt808Frame {
  const body = new Uint8Array(entry.bytes)
  let at = 0
  for (let number = 1; number <= entry.of; number++) {
    const part = entry.parts.get(number) ?? new Uint8Array()
    body.set(part, at)
    at += part.length
  }
  const { split: _split, ...header } = entry.header
  return { header: { ...header, serial: entry.firstSerial }, body }
}
