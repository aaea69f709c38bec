/** Columns of numbers, one slot a case, and the words that the numbers stand for. Pure. */
import { type Status, statuses } from '../model/index.ts'

export interface StandingRow {
  status: Status
  area: string | null
  unit: string | null
  coUnits: readonly string[]
  by: string
  checker: string | null
  asked: string | null
  difficult: boolean
}

/** Words by number; 0 is for none. */
class Words {
  readonly list: string[] = ['']
  private readonly index = new Map<string, number>()
  of(word: string | null): number {
    if (word === null) return 0
    let n = this.index.get(word)
    if (n === undefined) {
      n = this.list.push(word) - 1
      this.index.set(word, n)
    }
    return n
  }
  /** A word that never came is nobody's number. */
  find = (word: string): number => this.index.get(word) ?? -2
  /** A byte for each word; none is never among them. */
  private mask(holds: (word: string) => boolean): Uint8Array {
    return Uint8Array.from(this.list.map((word, n) => (n > 0 && holds(word) ? 1 : 0)))
  }
  within = (prefixes: readonly string[]): Uint8Array => this.mask((word) => prefixes.some((p) => word.startsWith(p)))
  among = (words: readonly string[]): Uint8Array => this.mask((word) => words.includes(word))
  /** For words that are lists, parted by line feeds. */
  anyAmong = (words: readonly string[]): Uint8Array =>
    this.mask((list) => list.split('\n').some((word) => words.includes(word)))
}

const numbers = ['area', 'unit', 'coUnits', 'by', 'checker'] as const
const bytes = ['status', 'asked', 'difficult'] as const
type Held = Record<(typeof numbers)[number], Int32Array> & Record<(typeof bytes)[number], Uint8Array>

export class Columns {
  readonly areas = new Words()
  readonly units = new Words()
  readonly coUnits = new Words()
  readonly people = new Words()
  readonly asked = new Words()
  /** Slots that were ever taken; one that is free has status 0. */
  used = 0
  of: Held = grown(1024)
  private readonly slots = new Map<string, number>()
  private readonly free: number[] = []

  get size(): number {
    return this.slots.size
  }

  put(id: string, row: StandingRow): void {
    let slot = this.slots.get(id)
    if (slot === undefined) {
      slot = this.free.pop() ?? this.used++
      this.slots.set(id, slot)
      if (slot >= this.of.status.length) this.of = grown(this.of.status.length * 2, this.of)
    }
    const { of } = this
    of.status[slot] = statuses.indexOf(row.status) + 1
    of.area[slot] = this.areas.of(row.area)
    of.unit[slot] = this.units.of(row.unit)
    of.coUnits[slot] = row.coUnits.length > 0 ? this.coUnits.of(row.coUnits.join('\n')) : 0
    of.by[slot] = this.people.of(row.by)
    of.checker[slot] = this.people.of(row.checker)
    of.asked[slot] = this.asked.of(row.asked)
    of.difficult[slot] = row.difficult ? 1 : 0
  }

  remove(id: string): void {
    const slot = this.slots.get(id)
    if (slot === undefined) return
    this.slots.delete(id)
    this.free.push(slot)
    this.of.status[slot] = 0
  }
}

function grown(length: number, from?: Held): Held {
  const held = {} as Held
  for (const name of numbers) {
    held[name] = new Int32Array(length)
    if (from) held[name].set(from[name])
  }
  for (const name of bytes) {
    held[name] = new Uint8Array(length)
    if (from) held[name].set(from[name])
  }
  return held
}
