/**
 * The live picture as the binary frames of `/api/live`: what lies in the cells that a map shows, and what changed in them. Pure; both ends
 * read it. The city is cut into cells of 8192 millionths of a degree (about 0.9 × 0.7 km); a thing is told by its place in its cell.
 *
 * | bytes | frame, little-endian |
 * | ----- | -------------------- |
 * | u8    | version, 2 |
 * | u8    | what follows: 1 things, 2 counts |
 * | u8    | subject: 0 what moves, its keys u32; 1 alarms, their keys the 16 bytes of a UUID |
 * | u8    | things: 1 when all that was told before is to be forgotten, else 0; counts: the edge of a bin is 2ⁿ cells |
 * | u32   | the server's clock in milliseconds, its lower half |
 * | 4×u16 | west, south, east, north: the cells in view, the last ones included; whatever lies outside is to be forgotten |
 *
 * Things: cells one after the other until the end.
 *
 * | bytes  | cell |
 * | ------ | ---- |
 * | 2×u16  | its column from 180° W and its row from 90° S |
 * | u16    | how many have left; 0xffff: none is named, all that was known in this cell is to be forgotten |
 * | u16    | how many came or changed |
 * | key …  | those that left |
 * | key, 2×u16, 4×u8 | each that came or changed: millionths of a degree from the cell's corner; heading in steps of 2° (255 unknown), km/h (255 unknown), kind, state |
 *
 * Counts: u16 column, u16 row, u32 how many, and 2×u8 their middle in 256ths of the bin; every bin with something in it.
 */
import type { Box } from './geo.ts'

export const cellE6 = 8192
const version = 2
const headerBytes = 16
const placeBytes = 8
const binBytes = 10
/** In place of the number that left. */
const allOfIt = 0xffff
const mostInChunk = 0xfffe

export const subjects = ['moving', 'alarms'] as const
export type Subject = (typeof subjects)[number]
export type Key = number | string
const keyBytes: Record<Subject, number> = { moving: 4, alarms: 16 }

/** Cells from west to east and south to north, the last ones included. */
export interface Rect {
  west: number
  south: number
  east: number
  north: number
}
export interface Thing {
  key: Key
  lonE6: number
  latE6: number
  headingDeg: number | null
  speedKmh: number | null
  /** A number below 32 that its subject knows. */
  kind: number
  state: number
}
export interface Bin {
  x: number
  y: number
  count: number
  /** The middle of those in it, 0–255 of its edge. */
  midX: number
  midY: number
}
export interface Head {
  what: 'things' | 'counts'
  subject: Subject
  forget: boolean
  /** Bins are so many cells wide and high. */
  binCells: number
  atMs: number
  rect: Rect
}

const lastColumn = Math.floor(360e6 / cellE6)
const lastRow = Math.floor(180e6 / cellE6)
const within = (n: number, last: number): number => Math.max(0, Math.min(last, n))
export const columnOf = (lonE6: number): number => within(Math.floor((lonE6 + 180e6) / cellE6), lastColumn)
export const rowOf = (latE6: number): number => within(Math.floor((latE6 + 90e6) / cellE6), lastRow)
export const cellKey = (x: number, y: number): number => y * 65_536 + x
/** The south-western corner, in millionths of a degree. */
export const cornerLonE6 = (x: number): number => x * cellE6 - 180e6
export const cornerLatE6 = (y: number): number => y * cellE6 - 90e6

export const rectOf = ([west, south, east, north]: Box): Rect => ({
  west: columnOf(west * 1e6),
  south: rowOf(south * 1e6),
  east: columnOf(east * 1e6),
  north: rowOf(north * 1e6),
})
export const inRect = (x: number, y: number, r: Rect): boolean =>
  x >= r.west && x <= r.east && y >= r.south && y <= r.north
export const sameRect = (a: Rect, b: Rect): boolean =>
  a.west === b.west && a.south === b.south && a.east === b.east && a.north === b.north

/** So many bins lie across a view at most: circles of counts stay apart. */
const mostAcross = 14
export function binCellsOf({ west, east, south, north }: Rect): number {
  const across = Math.max(east - west, north - south) + 1
  return 2 ** Math.max(0, Math.ceil(Math.log2(across / mostAcross)))
}

function writeKey(view: DataView, at: number, key: Key): void {
  if (typeof key === 'number') view.setUint32(at, key, true)
  else {
    const hex = key.replaceAll('-', '')
    for (let i = 0; i < 16; i++) view.setUint8(at + i, Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16))
  }
}
function readKey(view: DataView, at: number, subject: Subject): Key {
  if (subject === 'moving') return view.getUint32(at, true)
  let hex = ''
  for (let i = 0; i < 16; i++)
    hex += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** What changed in a cell, ready to be put into any number of frames. `gone` null: the cell is told whole. */
export function encodeCell(
  subject: Subject,
  x: number,
  y: number,
  gone: readonly Key[] | null,
  here: readonly Thing[],
): Uint8Array {
  const wide = keyBytes[subject]
  const first = here.slice(0, mostInChunk)
  const left = gone?.slice(0, mostInChunk) ?? []
  const view = new DataView(new ArrayBuffer(8 + left.length * wide + first.length * (wide + placeBytes)))
  view.setUint16(0, x, true)
  view.setUint16(2, y, true)
  view.setUint16(4, gone === null ? allOfIt : left.length, true)
  view.setUint16(6, first.length, true)
  let at = 8
  for (const key of left) {
    writeKey(view, at, key)
    at += wide
  }
  for (const thing of first) {
    writeKey(view, at, thing.key)
    at += wide
    view.setUint16(at, thing.lonE6 - cornerLonE6(x), true)
    view.setUint16(at + 2, thing.latE6 - cornerLatE6(y), true)
    view.setUint8(at + 4, thing.headingDeg === null ? 255 : Math.round(thing.headingDeg / 2) % 180)
    view.setUint8(at + 5, thing.speedKmh === null ? 255 : Math.max(0, Math.min(254, Math.round(thing.speedKmh))))
    view.setUint8(at + 6, thing.kind)
    view.setUint8(at + 7, thing.state)
    at += placeBytes
  }
  const bytes = new Uint8Array(view.buffer)
  if (first.length === here.length && left.length === (gone?.length ?? 0)) return bytes
  const rest = encodeCell(subject, x, y, gone?.slice(mostInChunk) ?? [], here.slice(mostInChunk))
  return joined([bytes, rest])
}

export function encodeBins(bins: readonly Bin[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(bins.length * binBytes))
  bins.forEach(({ x, y, count, midX, midY }, i) => {
    const at = i * binBytes
    view.setUint16(at, x, true)
    view.setUint16(at + 2, y, true)
    view.setUint32(at + 4, count, true)
    view.setUint8(at + 8, midX)
    view.setUint8(at + 9, midY)
  })
  return new Uint8Array(view.buffer)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function encodeFrame(head: Head, parts: readonly Uint8Array[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(headerBytes))
  view.setUint8(0, version)
  view.setUint8(1, head.what === 'things' ? 1 : 2)
  view.setUint8(2, subjects.indexOf(head.subject))
  view.setUint8(3, head.what === 'things' ? Number(head.forget) : Math.log2(head.binCells))
  view.setUint32(4, head.atMs % 2 ** 32, true)
  view.setUint16(8, head.rect.west, true)
  view.setUint16(10, head.rect.south, true)
  view.setUint16(12, head.rect.east, true)
  view.setUint16(14, head.rect.north, true)
  return joined([new Uint8Array(view.buffer), ...parts])
}

/** What a reader does with a frame: called in the order in which it stands there, so that nothing is made that is not needed. */
export interface Reader {
  begin: (head: Head) => void
  /** Whatever was known in this cell is no more. */
  cellGone?: (x: number, y: number) => void
  /** It has left this cell; where it is known to be elsewhere by now, it stays. */
  gone?: (key: Key, x: number, y: number) => void
  here?: (
    key: Key,
    lonE6: number,
    latE6: number,
    headingDeg: number | null,
    speedKmh: number | null,
    kind: number,
    state: number,
  ) => void
  bin?: (bin: Bin) => void
}

const headOf = (view: DataView): Head | undefined => {
  const subject = subjects[view.getUint8(2)]
  const what = ([undefined, 'things', 'counts'] as const)[view.getUint8(1)]
  if (view.getUint8(0) !== version || !subject || !what) return undefined
  return {
    what,
    subject,
    forget: what === 'counts' || view.getUint8(3) === 1,
    binCells: what === 'counts' ? 2 ** view.getUint8(3) : 1,
    atMs: view.getUint32(4, true),
    rect: {
      west: view.getUint16(8, true),
      south: view.getUint16(10, true),
      east: view.getUint16(12, true),
      north: view.getUint16(14, true),
    },
  }
}

/** False for a frame of another version, which a page that was left open overnight may get. */
export function readFrame(frame: ArrayBuffer, reader: Reader): boolean {
  const view = new DataView(frame)
  const head = view.byteLength < headerBytes ? undefined : headOf(view)
  if (!head) return false
  reader.begin(head)
  let at = headerBytes
  if (head.what === 'counts') {
    for (; at + binBytes <= view.byteLength; at += binBytes)
      reader.bin?.({
        x: view.getUint16(at, true),
        y: view.getUint16(at + 2, true),
        count: view.getUint32(at + 4, true),
        midX: view.getUint8(at + 8),
        midY: view.getUint8(at + 9),
      })
    return true
  }
  const wide = keyBytes[head.subject]
  while (at < view.byteLength) {
    const [x, y] = [view.getUint16(at, true), view.getUint16(at + 2, true)]
    const [left, here] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)]
    at += 8
    if (left === allOfIt) reader.cellGone?.(x, y)
    else
      for (let i = 0; i < left; i++) {
        reader.gone?.(readKey(view, at, head.subject), x, y)
        at += wide
      }
    const [cornerX, cornerY] = [cornerLonE6(x), cornerLatE6(y)]
    for (let i = 0; i < here; i++) {
      const place = at + wide
      const heading = view.getUint8(place + 4)
      const speed = view.getUint8(place + 5)
      reader.here?.(
        readKey(view, at, head.subject),
        cornerX + view.getUint16(place, true),
        cornerY + view.getUint16(place + 2, true),
        heading === 255 ? null : heading * 2,
        speed === 255 ? null : speed,
        view.getUint8(place + 6),
        view.getUint8(place + 7),
      )
      at = place + placeBytes
    }
  }
  return true
}
