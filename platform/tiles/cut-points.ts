/** A tile of points: counts below zoom 14, the things themselves from there on, and of a crowd the worst of each square. */
import type { Mask } from './mask.ts'
import { type TileAt, tileKey, tileWorld, worldBits } from './mercator.ts'
import { MvtLayer } from './mvt.ts'
import { type Bucket, listZoom, none, type PointStore, squareZoom } from './points.ts'

/** A layer of no more things than this is drawn thing by thing at every zoom. */
export const smallLayer = 3000
/** More things than this in a tile are thinned. */
const crowd = 1500
/** Squares across a tile, in which a crowd shows one thing each: 16 of the 512 pixels that a map gives a tile. */
const crowdSquares = 32
/** Squares across a tile of counts: 64 pixels each. */
const countSquares = 8

export interface PointCut {
  name: string
  at: TileAt
  mask: Mask
  /** Bits of the states that are asked for; -1 for all. */
  only: number
}

export function cutPoints(store: PointStore, cut: PointCut): MvtLayer {
  cut.mask.renew(store.areas, store.units)
  const layer = new MvtLayer(cut.name)
  if (cut.at.z >= listZoom || store.size <= smallLayer) drawThings(store, cut, layer)
  else drawCounts(store, cut, layer)
  return layer
}

/** Draws single things of a store into a layer. */
class Pen {
  private readonly tags: Int32Array
  private readonly idKey: number
  private readonly stateKey: number
  private readonly columnKeys: number[]
  private readonly words: Map<number, number>[]
  private readonly shift: number
  private readonly originX: number
  private readonly originY: number
  private readonly store: PointStore
  private readonly layer: MvtLayer

  constructor(store: PointStore, layer: MvtLayer, at: TileAt) {
    this.store = store
    this.layer = layer
    this.tags = new Int32Array(8 + store.columns.length * 2)
    this.idKey = layer.key('id')
    this.stateKey = store.states.length ? layer.key('state') : -1
    this.columnKeys = store.columns.map((c) => layer.key(c.name))
    this.words = store.columns.map(() => new Map())
    this.shift = 2 ** (worldBits - 12 - at.z)
    this.originX = at.x * tileWorld(at.z)
    this.originY = at.y * tileWorld(at.z)
  }

  /** Tile units of world units. */
  inTileX = (x: number): number => Math.floor((x - this.originX) / this.shift)
  inTileY = (y: number): number => Math.floor((y - this.originY) / this.shift)

  thing(slot: number, more: number): void {
    const { store, layer, tags } = this
    const { x, y, state } = store.standing(slot)
    let n = 0
    tags[n++] = this.idKey
    tags[n++] = store.keys.valueIn(layer, slot)
    if (this.stateKey >= 0) {
      tags[n++] = this.stateKey
      tags[n++] = layer.value(store.states[state] ?? '')
    }
    const row = slot * this.columnKeys.length
    for (let column = 0; column < this.columnKeys.length; column++) {
      const value = store.values[row + column] ?? none
      const isWord = store.columns[column]?.type === 'word'
      if (value === none || (isWord && value === 0)) continue
      const known = this.words[column]
      let index = known?.get(value)
      if (index === undefined) {
        index = layer.value(isWord ? (store.dictionaries[column]?.list[value] ?? '') : value)
        known?.set(value, index)
      }
      tags[n++] = this.columnKeys[column] ?? 0
      tags[n++] = index
    }
    if (more > 0) {
      tags[n++] = layer.key('more')
      tags[n++] = layer.value(more)
    }
    layer.point(this.inTileX(x), this.inTileY(y), tags, n)
  }
}

function bucketsIn(store: PointStore, { z, x, y }: TileAt): Bucket[] {
  if (z >= listZoom) {
    const by = 2 ** (z - listZoom)
    const bucket = store.bucketAt(tileKey(listZoom, Math.floor(x / by), Math.floor(y / by)))
    return bucket ? [bucket] : []
  }
  const down = listZoom - z
  return [...store.buckets.keys()].flatMap((key) =>
    Math.floor(key / 2 ** listZoom) >> down === x && (key % 2 ** listZoom) >> down === y
      ? (store.bucketAt(key) ?? [])
      : [],
  )
}

const crowdCells = crowdSquares * crowdSquares
/**
 * Kept between tiles, each of which is cut in one go: arrays made anew for every tile of a crowd let the memory outside the heap
 * grow so fast that the collector ran three times a second, 20 to 60 ms each.
 */
const firstSlots = new Int32Array(crowd)
const worst = new Int32Array(crowdCells)
const worstState = new Int8Array(crowdCells)
const counts = new Int32Array(crowdCells)

/** Draws what the mask shows of a tile: all of it, or of a crowd the worst of each square with the number of the others. */
function drawThings(store: PointStore, cut: PointCut, layer: MvtLayer): void {
  const { at, mask, only } = cut
  const size = tileWorld(at.z)
  const west = at.x * size
  const north = at.y * size
  // A bucket of this zoom or a higher one lies in the tile as a whole.
  const whole = at.z <= listZoom
  const everything = mask.isEverything
  const square = size / crowdSquares
  worst.fill(-1)
  worstState.fill(-1)
  counts.fill(0)
  let seen = 0
  for (const { slots, x, y, state, group, length } of bucketsIn(store, at)) {
    for (let i = 0; i < length; i++) {
      const dx = (x[i] ?? 0) - west
      const dy = (y[i] ?? 0) - north
      if (!whole && (dx < 0 || dy < 0 || dx >= size || dy >= size)) continue
      const s = state[i] ?? 0
      if (((only >> s) & 1) === 0) continue
      if (!everything) {
        const g = group[i] ?? 0
        if (!mask.shows(store.groupArea[g] ?? 0, store.groupUnit[g] ?? 0)) continue
      }
      const slot = slots[i] ?? 0
      if (seen < crowd) firstSlots[seen] = slot
      seen++
      const q = Math.floor(dy / square) * crowdSquares + Math.floor(dx / square)
      counts[q] = (counts[q] ?? 0) + 1
      const held = worstState[q] ?? -1
      // Of two that are as bad the same one is drawn every time, whatever the order in memory.
      if (s < held || (s === held && slot > (worst[q] ?? 0))) continue
      worst[q] = slot
      worstState[q] = s
    }
  }
  const pen = new Pen(store, layer, at)
  if (seen <= crowd) {
    for (let i = 0; i < seen; i++) pen.thing(firstSlots[i] ?? 0, 0)
    return
  }
  for (let q = 0; q < crowdCells; q++) {
    const slot = worst[q] ?? -1
    if (slot >= 0) pen.thing(slot, (counts[q] ?? 1) - 1)
  }
}

function drawCounts(store: PointStore, { at, mask, only }: PointCut, layer: MvtLayer): void {
  const { z, x, y } = at
  const states = store.statesEach
  const squares = countSquares * countSquares
  const counts = new Int32Array(squares)
  const byState = new Int32Array(squares * states)
  const sumX = new Float64Array(squares)
  const sumY = new Float64Array(squares)
  const lone = new Int32Array(squares)
  const down = 13 - z
  const fine = squareZoom - z - 3
  for (const [key, { groups }] of store.groupLists) {
    if (Math.floor(key / 8192) >> down !== x || (key % 8192) >> down !== y) continue
    for (let i = 0; i < groups.length; i++) {
      const g = groups[i] ?? 0
      const all = store.groupCount[g] ?? 0
      if (all === 0 || !mask.shows(store.groupArea[g] ?? 0, store.groupUnit[g] ?? 0)) continue
      const square =
        (((store.groupSquareY[g] ?? 0) >> fine) & (countSquares - 1)) * countSquares +
        (((store.groupSquareX[g] ?? 0) >> fine) & (countSquares - 1))
      let n = 0
      for (let s = 0; s < states; s++) {
        if (((only >> s) & 1) === 0) continue
        const of = store.groupStates[g * states + s] ?? 0
        byState[square * states + s] = (byState[square * states + s] ?? 0) + of
        n += of
      }
      if (n === 0) continue
      counts[square] = (counts[square] ?? 0) + n
      // Of a part by state the middle of the whole is near enough.
      sumX[square] = (sumX[square] ?? 0) + ((store.groupSumX[g] ?? 0) / all) * n
      sumY[square] = (sumY[square] ?? 0) + ((store.groupSumY[g] ?? 0) / all) * n
      lone[square] = all === 1 ? (store.groupSlots[g] ?? -1) : -1
    }
  }
  const pen = new Pen(store, layer, at)
  const countKey = layer.key('count')
  for (let square = 0; square < squares; square++) {
    const n = counts[square] ?? 0
    if (n === 0) continue
    const alone = lone[square] ?? -1
    if (n === 1 && alone >= 0) {
      pen.thing(alone, 0)
      continue
    }
    const tags = [countKey, layer.value(n)]
    for (let s = 0; s < store.states.length; s++) {
      const of = byState[square * states + s] ?? 0
      if (of) tags.push(layer.key(store.states[s] ?? ''), layer.value(of))
    }
    layer.point(pen.inTileX((sumX[square] ?? 0) / n), pen.inTileY((sumY[square] ?? 0) / n), tags)
  }
}
