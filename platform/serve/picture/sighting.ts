/** What people of the same rights see of a picture: cut into cells, each that changed encoded once, whoever many look at it. */
import {
  type Bin,
  cellKey,
  columnOf,
  encodeCell,
  inRect,
  type Key,
  type Rect,
  rowOf,
  type Subject,
  type Thing,
} from '../../picture.ts'

export interface LiveThing extends Thing {
  areaCode: string | null
  unitId: string | null
}

const mostKinds = 32
interface Cell {
  x: number
  y: number
  things: Map<Key, LiveThing>
  byKind: Uint32Array
}
interface Change {
  x: number
  y: number
  gone: Set<Key>
  here: Map<Key, LiveThing>
}
interface Chunk {
  x: number
  y: number
  bytes: Uint8Array
}

/** What people of the same rights see of a source. */
export interface Sighting {
  /** Frames that were made in this turn, by what was asked for. */
  frames: Map<string, Uint8Array | null>
  put: (thing: LiveThing) => void
  remove: (key: Key) => void
  /** How many lie in view, of these kinds. */
  count: (rect: Rect, kinds: number) => number
  /** All of these cells, but those that lie in `known`. */
  whole: (rect: Rect, known: Rect | null) => Uint8Array[]
  /** What changed in these cells. */
  changes: (rect: Rect) => Uint8Array[]
  bins: (rect: Rect, binCells: number, kinds: number) => Bin[]
  /** A new turn: what changed in the last one was told. */
  turn: () => void
}

export function sightingOf(subject: Subject, sees: (thing: LiveThing) => boolean): Sighting {
  const things = new Map<Key, LiveThing>()
  const cells = new Map<number, Cell>()
  let changed = new Map<number, Change>()
  let chunks: Chunk[] | null = null
  let wholes = new Map<number, Uint8Array>()
  const frames = new Map<string, Uint8Array | null>()

  const changeAt = (x: number, y: number): Change => {
    const key = cellKey(x, y)
    let change = changed.get(key)
    if (!change) {
      change = { x, y, gone: new Set(), here: new Map() }
      changed.set(key, change)
    }
    return change
  }
  function leave(thing: LiveThing): void {
    const [x, y] = [columnOf(thing.lonE6), rowOf(thing.latE6)]
    const cell = cells.get(cellKey(x, y))
    if (!cell) return
    cell.things.delete(thing.key)
    cell.byKind[thing.kind] = (cell.byKind[thing.kind] ?? 1) - 1
    if (cell.things.size === 0) cells.delete(cellKey(x, y))
    const change = changeAt(x, y)
    change.here.delete(thing.key)
    change.gone.add(thing.key)
  }
  function remove(key: Key): void {
    const thing = things.get(key)
    if (!thing) return
    things.delete(key)
    leave(thing)
  }
  function put(thing: LiveThing): void {
    if (!sees(thing)) {
      remove(thing.key)
      return
    }
    const before = things.get(thing.key)
    const [x, y] = [columnOf(thing.lonE6), rowOf(thing.latE6)]
    if (before && (columnOf(before.lonE6) !== x || rowOf(before.latE6) !== y || before.kind !== thing.kind))
      leave(before)
    things.set(thing.key, thing)
    let cell = cells.get(cellKey(x, y))
    if (!cell) {
      cell = { x, y, things: new Map(), byKind: new Uint32Array(mostKinds) }
      cells.set(cellKey(x, y), cell)
    }
    if (!cell.things.has(thing.key)) cell.byKind[thing.kind] = (cell.byKind[thing.kind] ?? 0) + 1
    cell.things.set(thing.key, thing)
    const change = changeAt(x, y)
    change.gone.delete(thing.key)
    change.here.set(thing.key, thing)
  }

  /** Cells with something in them that lie in view, by whichever way is shorter. */
  function* cellsIn(rect: Rect): Iterable<Cell> {
    const size = (rect.east - rect.west + 1) * (rect.north - rect.south + 1)
    if (size > cells.size) {
      for (const cell of cells.values()) if (inRect(cell.x, cell.y, rect)) yield cell
    } else
      for (let y = rect.south; y <= rect.north; y++)
        for (let x = rect.west; x <= rect.east; x++) {
          const cell = cells.get(cellKey(x, y))
          if (cell) yield cell
        }
  }
  const ofKinds = ({ byKind }: Cell, kinds: number): number => {
    let sum = 0
    for (let k = 0; k < mostKinds; k++) if ((kinds >>> k) & 1) sum += byKind[k] ?? 0
    return sum
  }

  return {
    frames,
    put,
    remove,
    count(rect, kinds) {
      let sum = 0
      for (const cell of cellsIn(rect)) sum += ofKinds(cell, kinds)
      return sum
    },
    whole(rect, known) {
      const parts: Uint8Array[] = []
      for (const cell of cellsIn(rect)) {
        if (known && inRect(cell.x, cell.y, known)) continue
        const key = cellKey(cell.x, cell.y)
        let bytes = wholes.get(key)
        if (!bytes) {
          bytes = encodeCell(subject, cell.x, cell.y, null, [...cell.things.values()])
          wholes.set(key, bytes)
        }
        parts.push(bytes)
      }
      return parts
    },
    changes(rect) {
      chunks ??= [...changed.values()].map(({ x, y, gone, here }) => ({
        x,
        y,
        bytes: encodeCell(subject, x, y, [...gone], [...here.values()]),
      }))
      return chunks.flatMap((c) => (inRect(c.x, c.y, rect) ? [c.bytes] : []))
    },
    bins(rect, binCells, kinds) {
      const bins = new Map<number, { x: number; y: number; count: number; sumX: number; sumY: number }>()
      for (const cell of cellsIn(rect)) {
        const count = ofKinds(cell, kinds)
        if (count === 0) continue
        const [x, y] = [Math.floor(cell.x / binCells), Math.floor(cell.y / binCells)]
        const key = cellKey(x, y)
        const bin = bins.get(key) ?? { x, y, count: 0, sumX: 0, sumY: 0 }
        bin.count += count
        bin.sumX += count * (cell.x + 0.5 - x * binCells)
        bin.sumY += count * (cell.y + 0.5 - y * binCells)
        bins.set(key, bin)
      }
      return [...bins.values()].map(({ x, y, count, sumX, sumY }) => ({
        x,
        y,
        count,
        midX: Math.min(255, Math.round((sumX / count / binCells) * 256)),
        midY: Math.min(255, Math.round((sumY / count / binCells) * 256)),
      }))
    },
    turn() {
      changed = new Map()
      chunks = null
      wholes = new Map()
      frames.clear()
    },
  }
}
