/**
 * Split messages (PNUM, PNO) joined by MN, CN and QN: HJ 212-2017, 6.3 and appendix C. Packets come in any order; what
 * is kept is bounded in count, size and age. No clock here: the time is given.
 */

import type { CpGroup, Hj212Message } from './segment.ts'

export type JoinLimits = {
  /** Split messages open at once; the oldest gives way. */
  readonly maxOpen: number
  readonly maxPackets: number
  /** Characters of keys and values kept for one message. */
  readonly maxChars: number
  readonly maxAgeMs: number
}

export const defaultJoinLimits: JoinLimits = { maxOpen: 8, maxPackets: 256, maxChars: 500_000, maxAgeMs: 60_000 }

export type Dropped = {
  readonly mn: string
  readonly cn: string
  readonly qn: string
  readonly have: number
  readonly of: number
  readonly why: 'too-old' | 'too-many-open' | 'too-large' | 'packet-count-changed'
}

export type Joined =
  | { readonly kind: 'whole'; readonly message: Hj212Message; readonly packets: number; readonly dropped: Dropped[] }
  | { readonly kind: 'waiting'; readonly have: number; readonly of: number; readonly dropped: Dropped[] }
  | { readonly kind: 'repeated'; readonly have: number; readonly of: number; readonly dropped: Dropped[] }
  | { readonly kind: 'refused'; readonly why: 'too-many-packets' | 'too-large'; readonly dropped: Dropped[] }

export type Hj212Joiner = {
  /** A message that is not split comes back whole at once. */
  add(message: Hj212Message, nowMs: number): Joined
  /** Gives up what is older than `maxAgeMs`. `add` does so too; call this when a link falls silent. */
  expire(nowMs: number): Dropped[]
  readonly openMessages: number
  readonly keptChars: number
}

type Open = {
  readonly mn: string
  readonly cn: string
  readonly qn: string
  readonly of: number
  readonly sinceMs: number
  readonly packets: Map<number, Hj212Message>
  chars: number
}

export function createHj212Joiner(partial: Partial<JoinLimits> = {}): Hj212Joiner {
  const limits = { ...defaultJoinLimits, ...partial }
  /** In order of first packet: the first entry is the oldest. */
  const open = new Map<string, Open>()

  function drop(key: string, why: Dropped['why'], dropped: Dropped[]) {
    const entry = open.get(key)
    if (!entry) return
    open.delete(key)
    dropped.push({ mn: entry.mn, cn: entry.cn, qn: entry.qn, have: entry.packets.size, of: entry.of, why })
  }

  function expire(nowMs: number): Dropped[] {
    const dropped: Dropped[] = []
    for (const [key, entry] of open) {
      if (nowMs - entry.sinceMs > limits.maxAgeMs) drop(key, 'too-old', dropped)
    }
    return dropped
  }

  function add(message: Hj212Message, nowMs: number): Joined {
    const dropped = expire(nowMs)
    const { pnum, pno, mn, cn, qn = '' } = message
    if (pnum === undefined || pno === undefined || pnum < 2) return { kind: 'whole', message, packets: 1, dropped }
    if (pnum > limits.maxPackets) return { kind: 'refused', why: 'too-many-packets', dropped }

    const key = `${mn}\n${cn}\n${qn}`
    if (open.get(key) && open.get(key)?.of !== pnum) drop(key, 'packet-count-changed', dropped)
    let entry = open.get(key)
    if (!entry) {
      const oldest = open.size >= limits.maxOpen ? open.keys().next().value : undefined
      if (oldest !== undefined) drop(oldest, 'too-many-open', dropped)
      entry = { mn, cn, qn, of: pnum, sinceMs: nowMs, packets: new Map(), chars: 0 }
      open.set(key, entry)
    }
    // A device that missed our answer sends the packet again; the first one stands.
    if (entry.packets.has(pno)) return { kind: 'repeated', have: entry.packets.size, of: pnum, dropped }
    entry.chars += charsOf(message.cp)
    if (entry.chars > limits.maxChars) {
      drop(key, 'too-large', dropped)
      return { kind: 'refused', why: 'too-large', dropped }
    }
    entry.packets.set(pno, message)
    if (entry.packets.size < pnum) return { kind: 'waiting', have: entry.packets.size, of: pnum, dropped }
    open.delete(key)
    return { kind: 'whole', message: merge(entry), packets: pnum, dropped }
  }

  return {
    add,
    expire,
    get openMessages() {
      return open.size
    },
    get keptChars() {
      let chars = 0
      for (const entry of open.values()) chars += entry.chars
      return chars
    },
  }
}

function charsOf(groups: readonly CpGroup[]): number {
  let chars = 0
  for (const group of groups) for (const key in group) chars += key.length + (group[key]?.length ?? 0)
  return chars
}

function merge(entry: Open): Hj212Message {
  const inOrder = [...entry.packets].sort(([a], [b]) => a - b).map(([, message]) => message)
  const first = inOrder[0]
  if (!first) throw new Error('a split message has at least one packet')
  const { pnum: _pnum, pno: _pno, ...whole } = first
  return { ...whole, cp: inOrder.flatMap((message) => message.cp) }
}
