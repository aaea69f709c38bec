/**
 * Points of one layer in memory: columns of numbers, lists by tile of zoom 14 and counts by (square of zoom 16, area, unit).
 * A change costs a few steps, a tile reads only its own part, and what a caller may see is a byte per area and unit.
 */
import { type Keys, textKeys, uuidKeys } from './keys.ts'
import { type Mask, Words } from './mask.ts'
import { ancestorAt, type TileAt, tileKey, worldBits, worldX, worldY } from './mercator.ts'
import { Timeline } from './timeline.ts'

export interface PointColumn {
  name: string
  type: 'word' | 'number'
}
export interface PointStoreSpec {
  keys: 'uuid' | 'text'
  /** The worst last. */
  states: readonly string[]
  columns: readonly PointColumn[]
}
export interface PointRow {
  key: string
  lon: number
  lat: number
  areaCode: string | null
  unitId: string | null
  /** `green>yellow>red`: the second and third begin at the turns (seconds of the epoch; 0 for never). */
  state: string
  turn1: number
  turn2: number
  /** As `columns` are ordered; null for none. */
  values: readonly (string | number | null)[]
}

/** Things are listed by tile of this zoom; aggregates serve those below it. */
export const listZoom = 14
/** Counts are kept by squares of this zoom: eight across a tile of zoom 13. */
export const squareZoom = 16
const squareShift = worldBits - squareZoom
const listShift = worldBits - listZoom
/** No number. */
export const none = -(2 ** 31)

/** What lies in one tile of zoom 14, side by side: a tile is read from the beginning to the end and not from all over the memory. */
export interface Bucket {
  key: number
  slots: Int32Array
  x: Int32Array
  y: Int32Array
  group: Int32Array
  state: Uint8Array
  length: number
}
/** How many of a mask's things have an area code with these first digits: in all, then by state. */
export interface PrefixCounts {
  of: (prefix: string) => Int32Array | undefined
}
interface Prefixes {
  words: Words
  /** The number of each area's prefix. */
  ofArea: Int32Array
}
interface GroupList {
  groups: number[]
}

export class PointStore {
  readonly keys: Keys
  readonly states: readonly string[]
  readonly columns: readonly PointColumn[]
  readonly areas = new Words()
  readonly units = new Words()
  readonly dictionaries: readonly Words[]
  /** Grows with every change. */
  version = 1
  size = 0

  /** Of a slot its columns side by side: they are read together. */
  values: Int32Array<ArrayBuffer> = new Int32Array(0)
  private plan = new Uint8Array(0)
  private turn1 = new Uint32Array(0)
  private turn2 = new Uint32Array(0)
  /** Number of its bucket, and its place there; -1 for a slot that is free. */
  private bucket = new Int32Array(0)
  private place = new Int32Array(0)
  private used = 0
  private readonly free: number[] = []

  private readonly bucketList: Bucket[] = []
  /** By tile of zoom 14; one that has emptied stays. */
  readonly buckets = new Map<number, number>()

  private readonly plans: number[][] = []
  private readonly planIndex = new Map<string, number>()
  private readonly timeline = new Timeline()

  // Groups: what has one square, one area and one unit.
  groupArea = new Int32Array(0)
  groupUnit = new Int32Array(0)
  groupSquareX = new Uint16Array(0)
  groupSquareY = new Uint16Array(0)
  groupCount = new Int32Array(0)
  /** By group and state. */
  groupStates = new Int32Array(0)
  groupSumX = new Float64Array(0)
  groupSumY = new Float64Array(0)
  /** The slots of a group, each exclusive-or the others: of a single one it is that one. */
  groupSlots = new Int32Array(0)
  groupsUsed = 0
  private readonly squares = new Map<number, number>()
  private readonly scopes = new Map<number, number>()
  private readonly groupIndex = new Map<number, number>()
  /** Groups by tile of zoom 13. */
  readonly groupLists = new Map<number, GroupList>()

  private readonly prefixes = new Map<number, Prefixes>()

  /** By zoom: the version at which a tile changed last. Not kept while loading. */
  private readonly touched = Array.from({ length: listZoom + 1 }, () => new Map<number, number>())
  private loading = true

  constructor({ keys, states, columns }: PointStoreSpec) {
    this.keys = keys === 'uuid' ? uuidKeys() : textKeys()
    this.states = states
    this.columns = columns
    this.dictionaries = columns.map(() => new Words())
  }

  /** From now on every change is remembered by tile. */
  loaded(): void {
    this.loading = false
  }

  /** Puts a thing where it is now. False when nothing is different. */
  put(row: PointRow, nowSeconds: number): boolean {
    const x = worldX(row.lon)
    const y = worldY(row.lat)
    const area = this.areas.of(row.areaCode)
    const unit = this.units.of(row.unitId)
    const plan = this.planOf(row.state)
    let slot = this.keys.find(row.key)
    const isNew = slot < 0
    if (isNew) {
      slot = this.newSlot()
      this.keys.add(row.key, slot)
      this.size++
    } else {
      if (this.isSame(slot, { x, y, area, unit, plan }, row)) return false
      this.leave(slot)
    }
    this.plan[slot] = plan
    this.turn1[slot] = row.turn1
    this.turn2[slot] = row.turn2
    for (const [i, value] of row.values.entries()) this.setValue(i, slot, value)
    this.enter(slot, { x, y, area, unit, state: this.stateAt(slot, nowSeconds) })
    this.schedule(slot, nowSeconds)
    return true
  }

  /** False when it was not there. */
  remove(key: string): boolean {
    const slot = this.keys.find(key)
    if (slot < 0) return false
    this.leave(slot)
    this.keys.remove(slot)
    this.place[slot] = -1
    this.free.push(slot)
    this.size--
    return true
  }

  /** Lets the clock turn states. */
  advance(nowSeconds: number): void {
    this.timeline.advance(nowSeconds, (slot) => {
      const at = this.place[slot] ?? -1
      if (at < 0) return
      const bucket = this.bucketOf(slot)
      const state = this.stateAt(slot, nowSeconds)
      if (state === bucket.state[at]) return
      const group = bucket.group[at] ?? 0
      this.count(group, bucket.state[at] ?? 0, -1)
      this.count(group, state, 1)
      bucket.state[at] = state
      this.touch(bucket)
      this.schedule(slot, nowSeconds)
    })
  }

  /** When a tile changed last; 0 for never since it was loaded. */
  touchedAt(at: TileAt): number {
    const { z, x, y } = ancestorAt(at, listZoom)
    return this.touched[z]?.get(tileKey(z, x, y)) ?? 0
  }

  valueOf(column: number, slot: number): string | number | null {
    const value = this.values[slot * this.columns.length + column] ?? none
    if (this.columns[column]?.type === 'number') return value === none ? null : value
    return value === 0 ? null : (this.dictionaries[column]?.list[value] ?? null)
  }

  /** How many the mask shows, in all and by state. */
  totals(mask: Mask): { count: number; byState: number[] } {
    mask.renew(this.areas, this.units)
    const byState = this.states.map(() => 0)
    const states = this.statesEach
    let count = 0
    for (let g = 0; g < this.groupsUsed; g++) {
      const n = this.groupCount[g] ?? 0
      if (n === 0 || !mask.shows(this.groupArea[g] ?? 0, this.groupUnit[g] ?? 0)) continue
      count += n
      for (let s = 0; s < byState.length; s++) byState[s] = (byState[s] ?? 0) + (this.groupStates[g * states + s] ?? 0)
    }
    return { count, byState }
  }

  /** Counts by the first digits of the area code. */
  countsByPrefix(mask: Mask, digits: number): PrefixCounts {
    mask.renew(this.areas, this.units)
    const { words, ofArea } = this.prefixesOf(digits)
    const width = 1 + this.states.length
    const counts = new Int32Array(words.list.length * width)
    const states = this.statesEach
    for (let g = 0; g < this.groupsUsed; g++) {
      const n = this.groupCount[g] ?? 0
      const area = this.groupArea[g] ?? 0
      if (n === 0 || area === 0 || !mask.shows(area, this.groupUnit[g] ?? 0)) continue
      const into = (ofArea[area] ?? 0) * width
      counts[into] = (counts[into] ?? 0) + n
      for (let s = 0; s < this.states.length; s++)
        counts[into + 1 + s] = (counts[into + 1 + s] ?? 0) + (this.groupStates[g * states + s] ?? 0)
    }
    return {
      of: (prefix) => {
        const at = words.find(prefix) * width
        return at < 0 ? undefined : counts.subarray(at, at + width)
      },
    }
  }

  private prefixesOf(digits: number): Prefixes {
    let known = this.prefixes.get(digits)
    if (!known) {
      known = { words: new Words(), ofArea: new Int32Array(0) }
      this.prefixes.set(digits, known)
    }
    const { list } = this.areas
    const from = known.ofArea.length
    if (from < list.length) {
      known.ofArea = grownInt(known.ofArea, list.length)
      for (let i = from; i < list.length; i++) known.ofArea[i] = known.words.of((list[i] ?? '').slice(0, digits))
    }
    return known
  }

  get statesEach(): number {
    return Math.max(1, this.states.length)
  }

  private isSame(
    slot: number,
    to: { x: number; y: number; area: number; unit: number; plan: number },
    row: PointRow,
  ): boolean {
    const bucket = this.bucketOf(slot)
    const at = this.place[slot] ?? 0
    const group = bucket.group[at] ?? 0
    return (
      bucket.x[at] === to.x &&
      bucket.y[at] === to.y &&
      this.groupArea[group] === to.area &&
      this.groupUnit[group] === to.unit &&
      this.plan[slot] === to.plan &&
      this.turn1[slot] === row.turn1 &&
      this.turn2[slot] === row.turn2 &&
      row.values.every((value, i) => this.valueOf(i, slot) === value)
    )
  }

  private setValue(column: number, slot: number, value: string | number | null): void {
    const isNumber = this.columns[column]?.type === 'number'
    this.values[slot * this.columns.length + column] =
      typeof value === 'number'
        ? value
        : value === null && isNumber
          ? none
          : (this.dictionaries[column]?.of(value) ?? 0)
  }

  private planOf(words: string): number {
    let plan = this.planIndex.get(words)
    if (plan === undefined) {
      const states = words.split('>').map((word) => Math.max(0, this.states.indexOf(word)))
      plan = this.plans.push(states) - 1
      this.planIndex.set(words, plan)
    }
    return plan
  }

  private stateAt(slot: number, nowSeconds: number): number {
    const [first = 0, second = first, third = second] = this.plans[this.plan[slot] ?? 0] ?? []
    const turn1 = this.turn1[slot] ?? 0
    const turn2 = this.turn2[slot] ?? 0
    return turn2 && nowSeconds >= turn2 ? third : turn1 && nowSeconds >= turn1 ? second : first
  }

  private schedule(slot: number, nowSeconds: number): void {
    const turns = [this.turn1[slot] ?? 0, this.turn2[slot] ?? 0].filter((t) => t > nowSeconds)
    if (turns.length) this.timeline.add(slot, Math.min(...turns))
  }

  private newSlot(): number {
    const slot = this.free.pop() ?? this.used++
    if (slot >= this.place.length) {
      const length = Math.max(1024, Math.ceil(this.place.length * 1.5))
      this.bucket = grownInt(this.bucket, length)
      this.place = grownInt(this.place, length)
      this.values = grownInt(this.values, length * this.columns.length)
      this.plan = grownByte(this.plan, length)
      this.turn1 = grownUint(this.turn1, length)
      this.turn2 = grownUint(this.turn2, length)
    }
    return slot
  }

  /** The bucket in which a slot that is taken lies. */
  private bucketOf(slot: number): Bucket {
    const bucket = this.bucketList[this.bucket[slot] ?? 0]
    if (!bucket) throw new Error(`slot ${slot} lies nowhere`)
    return bucket
  }
  bucketAt(key: number): Bucket | undefined {
    const number = this.buckets.get(key)
    return number === undefined ? undefined : this.bucketList[number]
  }
  /** Where a slot stands, in world units, and its state. */
  standing(slot: number): { x: number; y: number; state: number } {
    const { x, y, state } = this.bucketOf(slot)
    const at = this.place[slot] ?? 0
    return { x: x[at] ?? 0, y: y[at] ?? 0, state: state[at] ?? 0 }
  }

  private enter(slot: number, to: { x: number; y: number; area: number; unit: number; state: number }): void {
    const key = tileKey(listZoom, to.x >> listShift, to.y >> listShift)
    let number = this.buckets.get(key)
    if (number === undefined) {
      number = this.bucketList.push(emptyBucket(key)) - 1
      this.buckets.set(key, number)
    }
    const bucket = this.bucketList[number]
    if (!bucket) return
    if (bucket.length === bucket.slots.length) growBucket(bucket)
    const at = bucket.length++
    this.bucket[slot] = number
    this.place[slot] = at
    const group = this.groupOf(to.x >> squareShift, to.y >> squareShift, to.area, to.unit)
    bucket.slots[at] = slot
    bucket.x[at] = to.x
    bucket.y[at] = to.y
    bucket.state[at] = to.state
    bucket.group[at] = group
    this.weigh(bucket, at, 1)
    this.touch(bucket)
  }

  private leave(slot: number): void {
    const bucket = this.bucketOf(slot)
    const at = this.place[slot] ?? 0
    this.weigh(bucket, at, -1)
    const last = --bucket.length
    const moved = bucket.slots[last] ?? slot
    bucket.slots[at] = moved
    bucket.x[at] = bucket.x[last] ?? 0
    bucket.y[at] = bucket.y[last] ?? 0
    bucket.state[at] = bucket.state[last] ?? 0
    bucket.group[at] = bucket.group[last] ?? 0
    this.place[moved] = at
    this.touch(bucket)
  }

  private weigh({ slots, x, y, state, group: groups }: Bucket, at: number, sign: 1 | -1): void {
    const group = groups[at] ?? 0
    this.groupCount[group] = (this.groupCount[group] ?? 0) + sign
    this.groupSumX[group] = (this.groupSumX[group] ?? 0) + sign * (x[at] ?? 0)
    this.groupSumY[group] = (this.groupSumY[group] ?? 0) + sign * (y[at] ?? 0)
    this.groupSlots[group] = (this.groupSlots[group] ?? 0) ^ (slots[at] ?? 0)
    this.count(group, state[at] ?? 0, sign)
  }
  private count(group: number, state: number, by: number): void {
    const at = group * this.statesEach + state
    this.groupStates[at] = (this.groupStates[at] ?? 0) + by
  }

  private groupOf(squareX: number, squareY: number, area: number, unit: number): number {
    const square = numbered(this.squares, tileKey(squareZoom, squareX, squareY))
    const scope = numbered(this.scopes, area * 2 ** 24 + unit)
    const key = square * 2 ** 24 + scope
    const known = this.groupIndex.get(key)
    if (known !== undefined) return known
    const group = this.groupsUsed++
    this.groupIndex.set(key, group)
    if (group >= this.groupArea.length) this.growGroups()
    this.groupArea[group] = area
    this.groupUnit[group] = unit
    this.groupSquareX[group] = squareX
    this.groupSquareY[group] = squareY
    const tile = tileKey(13, squareX >> (squareZoom - 13), squareY >> (squareZoom - 13))
    const list = this.groupLists.get(tile)
    if (list) list.groups.push(group)
    else this.groupLists.set(tile, { groups: [group] })
    return group
  }

  private growGroups(): void {
    const length = Math.max(256, Math.ceil(this.groupArea.length * 1.5))
    this.groupArea = grownInt(this.groupArea, length)
    this.groupUnit = grownInt(this.groupUnit, length)
    this.groupCount = grownInt(this.groupCount, length)
    this.groupSlots = grownInt(this.groupSlots, length)
    this.groupStates = grownInt(this.groupStates, length * this.statesEach)
    const squareX = new Uint16Array(length)
    squareX.set(this.groupSquareX)
    this.groupSquareX = squareX
    const squareY = new Uint16Array(length)
    squareY.set(this.groupSquareY)
    this.groupSquareY = squareY
    const sumX = new Float64Array(length)
    sumX.set(this.groupSumX)
    this.groupSumX = sumX
    const sumY = new Float64Array(length)
    sumY.set(this.groupSumY)
    this.groupSumY = sumY
  }

  private touch({ key }: Bucket): void {
    if (this.loading) return
    this.version++
    let x = Math.floor(key / 2 ** listZoom)
    let y = key % 2 ** listZoom
    for (let z = listZoom; z >= 0; z--) {
      this.touched[z]?.set(tileKey(z, x, y), this.version)
      x >>= 1
      y >>= 1
    }
  }
}

const emptyBucket = (key: number): Bucket => ({
  key,
  slots: new Int32Array(8),
  x: new Int32Array(8),
  y: new Int32Array(8),
  group: new Int32Array(8),
  state: new Uint8Array(8),
  length: 0,
})
function growBucket(bucket: Bucket): void {
  const length = Math.ceil(bucket.slots.length * 1.5)
  bucket.slots = grownInt(bucket.slots, length)
  bucket.x = grownInt(bucket.x, length)
  bucket.y = grownInt(bucket.y, length)
  bucket.group = grownInt(bucket.group, length)
  bucket.state = grownByte(bucket.state, length)
}

function numbered(numbers: Map<number, number>, key: number): number {
  let n = numbers.get(key)
  if (n === undefined) {
    n = numbers.size
    numbers.set(key, n)
  }
  return n
}

function grownInt(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(from)
  return larger
}
function grownUint(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length)
  larger.set(from)
  return larger
}
function grownByte(from: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(from)
  return larger
}
