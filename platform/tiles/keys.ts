/** From a thing's key to its slot in memory and back. A million UUIDs take 24 bytes each, not the hundred of a map of words. */
import type { MvtLayer } from './mvt.ts'

export interface Keys {
  /** The slot of a key; -1 where there is none. */
  find: (key: string) => number
  add: (key: string, slot: number) => void
  remove: (slot: number) => void
  textOf: (slot: number) => string
  /** Writes the key into a tile and gives the number of the value. */
  valueIn: (layer: MvtLayer, slot: number) => number
}

export function textKeys(): Keys {
  const slots = new Map<string, number>()
  const texts: string[] = []
  return {
    find: (key) => slots.get(key) ?? -1,
    add: (key, slot) => {
      slots.set(key, slot)
      texts[slot] = key
    },
    remove: (slot) => {
      slots.delete(texts[slot] ?? '')
      texts[slot] = ''
    },
    textOf: (slot) => texts[slot] ?? '',
    valueIn: (layer, slot) => layer.ownValue(texts[slot] ?? ''),
  }
}

const empty = 0
const gone = -1

/** Open addressing over four 32-bit words a key; entries are slots + 1. */
export function uuidKeys(): Keys {
  let words = new Uint32Array(4 * 1024)
  let table = new Int32Array(2048)
  /** Entries in use and those that were. */
  let filled = 0
  let live = 0
  const wanted = new Uint32Array(4)

  const read = (key: string): void => {
    for (let word = 0, at = 0; word < 4; word++) {
      let value = 0
      for (let digits = 0; digits < 8; at++) {
        const code = key.charCodeAt(at)
        if (code === 0x2d) continue
        value = (value << 4) | (code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57)
        digits++
        if (at > 40) throw new Error(`not a UUID: ${key}`)
      }
      wanted[word] = value
    }
  }
  // UUIDs of version 7 share their first bits and are random in their last.
  const placeOf = (from: Uint32Array, at: number): number =>
    ((from[at + 3] ?? 0) ^ Math.imul((from[at + 2] ?? 0) ^ (from[at] ?? 0), 0x9e37_79b1)) & (table.length - 1)
  const same = (slot: number): boolean => {
    const at = slot * 4
    return (
      words[at + 3] === wanted[3] &&
      words[at + 2] === wanted[2] &&
      words[at + 1] === wanted[1] &&
      words[at] === wanted[0]
    )
  }
  const place = (slot: number): void => {
    let i = placeOf(words, slot * 4)
    while (table[i] !== empty && table[i] !== gone) i = (i + 1) & (table.length - 1)
    if (table[i] === empty) filled++
    table[i] = slot + 1
  }
  const renew = (): void => {
    const old = table
    table = new Int32Array(live * 4 > old.length ? old.length * 2 : old.length)
    filled = 0
    for (const entry of old) if (entry > 0) place(entry - 1)
  }
  return {
    find: (key) => {
      read(key)
      for (let i = placeOf(wanted, 0); table[i] !== empty; i = (i + 1) & (table.length - 1)) {
        const entry = table[i] ?? 0
        if (entry > 0 && same(entry - 1)) return entry - 1
      }
      return -1
    },
    add: (key, slot) => {
      if ((slot + 1) * 4 > words.length) {
        const larger = new Uint32Array(Math.max((slot + 1) * 4, words.length * 2))
        larger.set(words)
        words = larger
      }
      read(key)
      words.set(wanted, slot * 4)
      live++
      if ((filled + 1) * 2 > table.length) renew()
      place(slot)
    },
    remove: (slot) => {
      let i = placeOf(words, slot * 4)
      while (table[i] !== empty && table[i] !== slot + 1) i = (i + 1) & (table.length - 1)
      if (table[i] === slot + 1) {
        table[i] = gone
        live--
      }
    },
    textOf: (slot) => {
      const digits = [0, 1, 2, 3].map((w) => (words[slot * 4 + w] ?? 0).toString(16).padStart(8, '0')).join('')
      return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    },
    valueIn: (layer, slot) => layer.uuidValue(words, slot * 4),
  }
}
