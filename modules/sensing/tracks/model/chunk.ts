/**
 * Ten minutes of one device as a run of differences: 6 to 9 bytes a fix. Pure.
 *
 * | field | form |
 * | --- | --- |
 * | version | byte, 1 |
 * | unit of time | byte: 1 whole seconds, 0 milliseconds |
 * | number of fixes | varint |
 * | each: time since the last one (the first: since the slot began), shifted by one; the lowest bit says that the states follow | varint |
 * | states, when they changed: what is there (bit 0 speed, bit 1 heading), alarm, status, quality | byte, three varints |
 * | longitude, latitude since the last one | two zigzag varints |
 * | speed, heading since the last one, where they are there; heading by the shorter way round | zigzag varints |
 */
import type { Fix } from './fix.ts'

export const slotMs = 600_000
export const slotOf = (atMs: number): number => Math.floor(atMs / slotMs) * slotMs

const version = 1
/** Time, states, place, speed and heading at their longest. */
const mostBytesEach = 64

class Writer {
  bytes: Uint8Array
  length = 0
  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }
  /** Whole numbers below 2^53; beyond 32 bits by division, for shifts would lose them. */
  varint(value: number): void {
    let left = value
    while (left >= 0x80) {
      this.bytes[this.length++] = (left % 0x80) | 0x80
      left = Math.floor(left / 0x80)
    }
    this.bytes[this.length++] = left
  }
  zigzag(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2)
  }
}

class Reader {
  readonly bytes: Uint8Array
  at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new RangeError('a chunk of a track ends too early')
    return byte
  }
  varint(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 0x80
    }
  }
  zigzag(): number {
    const value = this.varint()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }
}

const turned = (from: number, to: number): number => ((((to - from + 180) % 360) + 360) % 360) - 180

/** Fixes of one slot in the order of their times, none twice (`merged`). */
export function encodeChunk(slotStartMs: number, fixes: readonly Fix[]): Uint8Array {
  const writer = new Writer(8 + fixes.length * mostBytesEach)
  const seconds = fixes.every(({ atMs }) => atMs % 1000 === 0)
  const unitMs = seconds ? 1000 : 1
  writer.varint(version)
  writer.varint(seconds ? 1 : 0)
  writer.varint(fixes.length)
  let [time, lon, lat, speed, heading] = [slotStartMs, 0, 0, 0, 0]
  let [there, alarm, status, quality] = [-1, 0, 0, 0]
  for (const fix of fixes) {
    const isThere = (fix.speedDkmh === null ? 0 : 1) | (fix.headingDeg === null ? 0 : 2)
    const changed = isThere !== there || fix.alarmBits !== alarm || fix.statusBits !== status || fix.quality !== quality
    writer.varint(((fix.atMs - time) / unitMs) * 2 + (changed ? 1 : 0))
    if (changed) {
      writer.varint(isThere)
      writer.varint(fix.alarmBits)
      writer.varint(fix.statusBits)
      writer.varint(fix.quality)
      ;[there, alarm, status, quality] = [isThere, fix.alarmBits, fix.statusBits, fix.quality]
    }
    writer.zigzag(fix.lonE6 - lon)
    writer.zigzag(fix.latE6 - lat)
    if (fix.speedDkmh !== null) {
      writer.zigzag(fix.speedDkmh - speed)
      speed = fix.speedDkmh
    }
    if (fix.headingDeg !== null) {
      writer.zigzag(turned(heading, fix.headingDeg))
      heading = fix.headingDeg
    }
    ;[time, lon, lat] = [fix.atMs, fix.lonE6, fix.latE6]
  }
  return writer.bytes.slice(0, writer.length)
}

/** The fixes of a chunk, in order. A chunk that was damaged throws a RangeError. */
export function decodeChunk(slotStartMs: number, chunk: Uint8Array): Fix[] {
  const reader = new Reader(chunk)
  const found = reader.varint()
  if (found !== version) throw new RangeError(`a chunk of a track has version ${found}, not ${version}`)
  const unitMs = reader.varint() === 1 ? 1000 : 1
  const count = reader.varint()
  const fixes: Fix[] = []
  let [atMs, lonE6, latE6, speed, heading] = [slotStartMs, 0, 0, 0, 0]
  let [there, alarmBits, statusBits, quality] = [0, 0, 0, 0]
  for (let n = 0; n < count; n++) {
    const step = reader.varint()
    atMs += Math.floor(step / 2) * unitMs
    if (step % 2 === 1) {
      there = reader.varint()
      alarmBits = reader.varint()
      statusBits = reader.varint()
      quality = reader.varint()
    }
    lonE6 += reader.zigzag()
    latE6 += reader.zigzag()
    if (there & 1) speed += reader.zigzag()
    if (there & 2) heading = (((heading + reader.zigzag()) % 360) + 360) % 360
    fixes.push({
      atMs,
      lonE6,
      latE6,
      speedDkmh: there & 1 ? speed : null,
      headingDeg: there & 2 ? heading : null,
      alarmBits,
      statusBits,
      quality,
    })
  }
  return fixes
}

/** Each instant once, in order; of two fixes of one instant the one that was there first stands. */
export function merged(known: readonly Fix[], more: readonly Fix[]): Fix[] {
  const byTime = new Map<number, Fix>()
  for (const fix of known) if (!byTime.has(fix.atMs)) byTime.set(fix.atMs, fix)
  for (const fix of more) if (!byTime.has(fix.atMs)) byTime.set(fix.atMs, fix)
  return [...byTime.values()].sort((a, b) => a.atMs - b.atMs)
}
