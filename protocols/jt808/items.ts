/**
 * Additional items (附加信息项) of a position: JT/T 808-2013, 8.18; 0x64–0x67 are of T/JSATL 12
 * (driver assistance, the Su standard).
 *
 * | id | length | value |
 * | --- | --- | --- |
 * | 01 | 4 | mileage, 0.1 km |
 * | 02 | 2 | fuel, 0.1 L |
 * | 03 | 2 | speed of the recorder, 0.1 km/h |
 * | 04 | 2 | number of an alarm to be confirmed by a person |
 * | 11 | 1 or 5 | overspeed: kind, area id |
 * | 12 | 6 | area or route crossed: kind, id, 0 in / 1 out |
 * | 13 | 7 | section time: id, seconds, 0 too short / 1 too long |
 * | 25 | 4 | vehicle signals |
 * | 2A | 2 | input and output states |
 * | 2B | 4 | analogue: bits 0–15 AD0, 16–31 AD1 |
 * | 30 | 1 | signal of the mobile network |
 * | 31 | 1 | satellites in use |
 *
 * Everything else, 0x64–0x67 and the makers' own 0xE0 and up included, is kept as bytes.
 */

import { BodyWriter, dword, word } from './bytes.ts'
import type { PositionQuality } from './position.ts'

export type RawItem = { readonly id: number; readonly value: Uint8Array }

export type PositionItems = {
  readonly mileageKm?: number
  readonly fuelL?: number
  readonly recorderSpeedKmh?: number
  readonly confirmAlarmId?: number
  /** Kind: 0 no area, 1 circle, 2 rectangle, 3 polygon, 4 section. */
  readonly overspeed?: { readonly kind: number; readonly areaId?: number }
  readonly area?: { readonly kind: number; readonly areaId: number; readonly direction: 'in' | 'out' }
  readonly section?: { readonly sectionId: number; readonly driveTimeS: number; readonly result: 'short' | 'long' }
  readonly signals?: number
  readonly ioStatus?: number
  readonly analog0?: number
  readonly analog1?: number
  readonly signalStrength?: number
  readonly satellites?: number
  /** Values are views of the body. */
  readonly raw?: readonly RawItem[]
}

type Draft = { -readonly [Key in keyof PositionItems]: PositionItems[Key] } & { raw?: RawItem[] }

export function readItems(body: Uint8Array, start: number, end: number, quality: PositionQuality[]): PositionItems {
  const items: Draft = {}
  let at = start
  while (at < end) {
    const id = body[at] ?? 0
    const length = body[at + 1] ?? 0
    const valueAt = at + 2
    if (valueAt + length > end || at + 1 >= end) {
      quality.push('items-cut-short')
      break
    }
    const outcome = readItem(items, id, body, { at: valueAt, length })
    if (outcome !== 'read') {
      items.raw ??= []
      items.raw.push({ id, value: body.subarray(valueAt, valueAt + length) })
      if (outcome === 'length' && !quality.includes('item-length')) quality.push('item-length')
    }
    at = valueAt + length
  }
  return items
}

/** `length`: an item of the table whose length is not that of the table. */
function readItem(
  items: Draft,
  id: number,
  body: Uint8Array,
  { at, length }: { at: number; length: number },
): 'read' | 'unknown' | 'length' {
  switch (id) {
    case 0x01:
      if (length !== 4) return 'length'
      items.mileageKm = dword(body, at) / 10
      return 'read'
    case 0x02:
      if (length !== 2) return 'length'
      items.fuelL = word(body, at) / 10
      return 'read'
    case 0x03:
      if (length !== 2) return 'length'
      items.recorderSpeedKmh = word(body, at) / 10
      return 'read'
    case 0x04:
      if (length !== 2) return 'length'
      items.confirmAlarmId = word(body, at)
      return 'read'
    case 0x11:
      if (length !== 1 && length !== 5) return 'length'
      items.overspeed = { kind: body[at] ?? 0, ...(length === 5 ? { areaId: dword(body, at + 1) } : {}) }
      return 'read'
    case 0x12:
      if (length !== 6) return 'length'
      items.area = { kind: body[at] ?? 0, areaId: dword(body, at + 1), direction: body[at + 5] === 0 ? 'in' : 'out' }
      return 'read'
    case 0x13:
      if (length !== 7) return 'length'
      items.section = {
        sectionId: dword(body, at),
        driveTimeS: word(body, at + 4),
        result: body[at + 6] === 0 ? 'short' : 'long',
      }
      return 'read'
    case 0x25:
      if (length !== 4) return 'length'
      items.signals = dword(body, at)
      return 'read'
    case 0x2a:
      if (length !== 2) return 'length'
      items.ioStatus = word(body, at)
      return 'read'
    case 0x2b:
      if (length !== 4) return 'length'
      items.analog0 = word(body, at + 2)
      items.analog1 = word(body, at)
      return 'read'
    case 0x30:
      if (length !== 1) return 'length'
      items.signalStrength = body[at] ?? 0
      return 'read'
    case 0x31:
      if (length !== 1) return 'length'
      items.satellites = body[at] ?? 0
      return 'read'
    default:
      return 'unknown'
  }
}

export function encodeItems(items: PositionItems): Uint8Array {
  const writer = new BodyWriter()
  const { mileageKm, fuelL, recorderSpeedKmh, confirmAlarmId, overspeed, area, section } = items
  if (mileageKm !== undefined)
    writer
      .byte(0x01)
      .byte(4)
      .dword(Math.round(mileageKm * 10))
  if (fuelL !== undefined)
    writer
      .byte(0x02)
      .byte(2)
      .word(Math.round(fuelL * 10))
  if (recorderSpeedKmh !== undefined)
    writer
      .byte(0x03)
      .byte(2)
      .word(Math.round(recorderSpeedKmh * 10))
  if (confirmAlarmId !== undefined) writer.byte(0x04).byte(2).word(confirmAlarmId)
  if (overspeed !== undefined) {
    writer
      .byte(0x11)
      .byte(overspeed.areaId === undefined ? 1 : 5)
      .byte(overspeed.kind)
    if (overspeed.areaId !== undefined) writer.dword(overspeed.areaId)
  }
  if (area !== undefined) {
    writer
      .byte(0x12)
      .byte(6)
      .byte(area.kind)
      .dword(area.areaId)
      .byte(area.direction === 'in' ? 0 : 1)
  }
  if (section !== undefined) {
    writer
      .byte(0x13)
      .byte(7)
      .dword(section.sectionId)
      .word(section.driveTimeS)
      .byte(section.result === 'short' ? 0 : 1)
  }
  const { signals, ioStatus, analog0, analog1, signalStrength, satellites, raw } = items
  if (signals !== undefined) writer.byte(0x25).byte(4).dword(signals)
  if (ioStatus !== undefined) writer.byte(0x2a).byte(2).word(ioStatus)
  if (analog0 !== undefined || analog1 !== undefined) {
    writer
      .byte(0x2b)
      .byte(4)
      .word(analog1 ?? 0)
      .word(analog0 ?? 0)
  }
  if (signalStrength !== undefined) writer.byte(0x30).byte(1).byte(signalStrength)
  if (satellites !== undefined) writer.byte(0x31).byte(1).byte(satellites)
  for (const { id, value } of raw ?? []) writer.byte(id).byte(value.length).raw(value)
  return writer.done()
}
