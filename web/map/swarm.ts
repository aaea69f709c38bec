/**
 * What moves on a map, ten thousand of it: typed arrays that the graphics card reads as they are. Each thing glides from where it is shown
 * to where it was last heard; the card does the gliding, so that a picture costs the page nothing but the call. Pure.
 */
import { columnOf, type Head, inRect, type Rect, readFrame, rowOf } from '@pentad/platform/picture'
import { glideMs, turnOf } from './motion.ts'

/** Floats of a thing: from x, y, to x, y, start in seconds, heading, turn, sprite. */
export const floatsEach = 8
/** Farther than this in one step nothing drives: it is shown where it is, in millionths of a degree. */
const leapE6 = 20_000
const hourS = 3600

export const mercatorX = (lon: number): number => (lon + 180) / 360
export const mercatorY = (lat: number): number => {
  const phi = (lat * Math.PI) / 180
  return (1 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / Math.PI) / 2
}

/** Which sprite a thing has; below zero it is not shown. */
export type SpriteOf = (kind: number, state: number, turns: boolean) => number

export interface Seen {
  handle: number
  lon: number
  lat: number
  heading: number
  kind: number
  state: number
}
export interface Bins {
  cells: number
  bins: { lon: number; lat: number; count: number }[]
}

export function swarm(spriteOf: SpriteOf, glide = glideMs) {
  let sprite = spriteOf
  let room = 1024
  let size = 0
  let floats = new Float32Array(room * floatsEach)
  let handles = new Uint32Array(room)
  let lons = new Int32Array(room)
  let lats = new Int32Array(room)
  let fromLons = new Int32Array(room)
  let fromLats = new Int32Array(room)
  let kinds = new Uint8Array(room)
  let states = new Uint8Array(room)
  let turns = new Uint8Array(room)
  let stale = new Uint8Array(room)
  const slots = new Map<number, number>()
  /** Mercator coordinates are kept relative to the first thing: single precision is then a hundredth of a millimetre. */
  let origin: [x: number, y: number] | null = null
  let baseMs = 0
  let lastStartMs = Number.NEGATIVE_INFINITY
  let version = 0

  function grow(): void {
    room *= 2
    const larger = <T extends Uint8Array | Uint32Array | Int32Array | Float32Array>(old: T, next: T): T => {
      next.set(old as never)
      return next
    }
    floats = larger(floats, new Float32Array(room * floatsEach))
    handles = larger(handles, new Uint32Array(room))
    lons = larger(lons, new Int32Array(room))
    lats = larger(lats, new Int32Array(room))
    fromLons = larger(fromLons, new Int32Array(room))
    fromLats = larger(fromLats, new Int32Array(room))
    kinds = larger(kinds, new Uint8Array(room))
    states = larger(states, new Uint8Array(room))
    turns = larger(turns, new Uint8Array(room))
    stale = larger(stale, new Uint8Array(room))
  }
  const f = (slot: number, i: number): number => floats[slot * floatsEach + i] ?? 0
  const n = (array: { [i: number]: number }, slot: number): number => array[slot] ?? 0
  const shareAt = (slot: number, nowMs: number): number =>
    glide === 0 ? 1 : Math.min(1, Math.max(0, (nowMs - baseMs - f(slot, 4) * 1000) / glide))
  const headingAt = (slot: number, share: number): number => f(slot, 5) + f(slot, 6) * Math.min(1, share * 3)

  function place(slot: number, lonE6: number, latE6: number, first: number): void {
    origin ??= [mercatorX(lonE6 / 1e6), mercatorY(latE6 / 1e6)]
    floats[slot * floatsEach + first] = mercatorX(lonE6 / 1e6) - origin[0]
    floats[slot * floatsEach + first + 1] = mercatorY(latE6 / 1e6) - origin[1]
  }
  function sign(slot: number): void {
    floats[slot * floatsEach + 7] = sprite(n(kinds, slot), n(states, slot), n(turns, slot) === 1)
  }

  function heard(
    handle: number,
    lonE6: number,
    latE6: number,
    headingDeg: number | null,
    speedKmh: number | null,
    kind: number,
    state: number,
    nowMs: number,
  ): void {
    if (size === 0) baseMs = nowMs
    let slot = slots.get(handle)
    const before = slot
    if (slot === undefined) {
      if (size === room) grow()
      slot = size++
      slots.set(handle, slot)
      handles[slot] = handle
    }
    stale[slot] = 0
    const still = before !== undefined && lons[slot] === lonE6 && lats[slot] === latE6
    const share = before === undefined ? 1 : shareAt(slot, nowMs)
    const wasHeading = before === undefined ? (headingDeg ?? 0) : headingAt(slot, share)
    if (!still) {
      const mix = (from: number, to: number) => Math.round(from + (to - from) * share)
      const [hereX, hereY] =
        before === undefined
          ? [lonE6, latE6]
          : [mix(n(fromLons, slot), n(lons, slot)), mix(n(fromLats, slot), n(lats, slot))]
      const leaps = Math.abs(hereX - lonE6) > leapE6 || Math.abs(hereY - latE6) > leapE6
      fromLons[slot] = leaps ? lonE6 : hereX
      fromLats[slot] = leaps ? latE6 : hereY
      lons[slot] = lonE6
      lats[slot] = latE6
      place(slot, n(fromLons, slot), n(fromLats, slot), 0)
      place(slot, lonE6, latE6, 2)
      floats[slot * floatsEach + 4] = (nowMs - baseMs) / 1000
      if (before !== undefined && !leaps) lastStartMs = nowMs
      floats[slot * floatsEach + 5] = wasHeading
      floats[slot * floatsEach + 6] = turnOf(wasHeading, headingDeg ?? wasHeading)
    }
    kinds[slot] = kind
    states[slot] = state
    turns[slot] = headingDeg !== null && (speedKmh ?? 0) > 0 ? 1 : 0
    sign(slot)
  }
  function drop(slot: number): void {
    slots.delete(n(handles, slot))
    const last = --size
    if (slot === last) return
    floats.copyWithin(slot * floatsEach, last * floatsEach, (last + 1) * floatsEach)
    for (const array of [handles, lons, lats, fromLons, fromLats, kinds, states, turns, stale])
      array[slot] = n(array, last)
    slots.set(n(handles, slot), slot)
  }
  function sweep(): void {
    for (let slot = size - 1; slot >= 0; slot--) if (n(stale, slot) === 1) drop(slot)
  }
  const inCell = (slot: number, x: number, y: number): boolean =>
    columnOf(n(lons, slot)) === x && rowOf(n(lats, slot)) === y
  function markOutside(rect: Rect): void {
    for (let slot = 0; slot < size; slot++)
      if (!inRect(columnOf(n(lons, slot)), rowOf(n(lats, slot)), rect)) stale[slot] = 1
  }
  const isIn = (box: readonly [number, number, number, number], slot: number): boolean => {
    const [lon, lat] = [n(lons, slot) / 1e6, n(lats, slot) / 1e6]
    return lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3]
  }
  function seen(slot: number, nowMs: number): Seen {
    const share = shareAt(slot, nowMs)
    const mix = (from: number, to: number) => (from + (to - from) * share) / 1e6
    return {
      handle: n(handles, slot),
      lon: mix(n(fromLons, slot), n(lons, slot)),
      lat: mix(n(fromLats, slot), n(lats, slot)),
      heading: headingAt(slot, share),
      kind: n(kinds, slot),
      state: n(states, slot),
    }
  }

  let lastRect: Rect | null = null
  return {
    /** Takes in a frame about what moves; bins when it is counted instead, null for a frame about something else. */
    take(frame: ArrayBuffer, nowMs: number): Bins | 'things' | null {
      let head: Head | undefined
      const bins: Bins['bins'] = []
      readFrame(frame, {
        begin(h) {
          head = h
          if (h.subject !== 'moving') return
          const other =
            !lastRect ||
            lastRect.west !== h.rect.west ||
            lastRect.east !== h.rect.east ||
            lastRect.south !== h.rect.south ||
            lastRect.north !== h.rect.north
          if (h.forget) stale.fill(1, 0, size)
          else if (other) markOutside(h.rect)
          lastRect = h.rect
        },
        cellGone(x, y) {
          if (head?.forget || head?.subject !== 'moving') return
          for (let slot = 0; slot < size; slot++) if (inCell(slot, x, y)) stale[slot] = 1
        },
        gone(key, x, y) {
          const slot = typeof key === 'number' ? slots.get(key) : undefined
          if (slot !== undefined && inCell(slot, x, y)) stale[slot] = 1
        },
        here(key, lonE6, latE6, headingDeg, speedKmh, kind, state) {
          if (typeof key === 'number') heard(key, lonE6, latE6, headingDeg, speedKmh, kind, state, nowMs)
        },
        bin({ x, y, count, midX, midY }) {
          const cells = head?.binCells ?? 1
          const of = (column: number, mid: number) => ((column + mid / 256) * cells * 8192) / 1e6
          bins.push({ lon: of(x, midX) - 180, lat: of(y, midY) - 90, count })
        },
      })
      if (head?.subject !== 'moving') return null
      sweep()
      version++
      return head.what === 'counts' ? { cells: head.binCells, bins } : 'things'
    },
    /** Layers or states were switched: signs are looked up anew. */
    signs(of: SpriteOf): void {
      sprite = of
      for (let slot = 0; slot < size; slot++) sign(slot)
      version++
    },
    clear(): void {
      size = 0
      slots.clear()
      version++
    },
    find(handle: number, nowMs: number): Seen | null {
      const slot = slots.get(handle)
      return slot === undefined ? null : seen(slot, nowMs)
    },
    /** The shown one that is nearest within so many degrees of longitude. */
    nearest(lon: number, lat: number, withinDeg: number, nowMs: number): Seen | null {
      const narrow = Math.cos((lat * Math.PI) / 180)
      let best: Seen | null = null
      let bestD = withinDeg * withinDeg
      for (let slot = 0; slot < size; slot++) {
        if (f(slot, 7) < 0 || Math.abs(n(lats, slot) / 1e6 - lat) > withinDeg + leapE6 / 1e6) continue
        const at = seen(slot, nowMs)
        const d = (at.lon - lon) ** 2 + ((at.lat - lat) / narrow) ** 2
        if (d <= bestD) [best, bestD] = [at, d]
      }
      return best
    },
    /** The shown ones in a box, or null when there are more than so many. */
    within(box: readonly [number, number, number, number], most: number, nowMs: number): Seen[] | null {
      const found: number[] = []
      for (let slot = 0; slot < size; slot++) {
        if (f(slot, 7) < 0 || !isIn(box, slot)) continue
        if (found.length === most) return null
        found.push(slot)
      }
      return found.map((slot) => seen(slot, nowMs))
    },
    moving: (nowMs: number): boolean => nowMs - lastStartMs < glide,
    size: (): number => size,
    count: (kind: number): number => {
      let sum = 0
      for (let slot = 0; slot < size; slot++) if (kinds[slot] === kind) sum++
      return sum
    },
    version: (): number => version,
    origin: (): readonly [number, number] => origin ?? [0, 0],
    /** What the card reads, of as many things as there are; seconds count from `base`. */
    floats(nowMs: number): { data: Float32Array; nowS: number; glideS: number } {
      const nowS = (nowMs - baseMs) / 1000
      if (nowS > hourS) {
        for (let slot = 0; slot < size; slot++) floats[slot * floatsEach + 4] = Math.max(-hourS, f(slot, 4) - nowS)
        baseMs = nowMs
        version++
        return { data: floats.subarray(0, size * floatsEach), nowS: 0, glideS: glide / 1000 }
      }
      return { data: floats.subarray(0, size * floatsEach), nowS, glideS: glide / 1000 }
    },
  }
}
export type Swarm = ReturnType<typeof swarm>
