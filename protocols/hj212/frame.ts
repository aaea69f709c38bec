/**
 * The frame (通讯包) around a data segment: HJ 212-2017, 6.3.
 *
 * | part | bytes | content |
 * | --- | --- | --- |
 * | head | 2 | `##` |
 * | length | 4 | decimal count of bytes in the data segment |
 * | data segment | 0–9999 | the standard names 1024 as the most; devices send more |
 * | check | 4 | hex, see `hj212Crc` |
 * | tail | 2 | `\r\n` |
 */

import { hexWord, hj212Crc } from './crc.ts'
import { encodeSegment, type OutgoingMessage } from './segment.ts'

/** Four digits of length cannot say more. */
export const maxSegmentBytes = 9999
/** `##`, length, check and `\r\n`. */
export const frameOverheadBytes = 12

const text = new TextEncoder()

export function encodeFrame(segment: string): Uint8Array {
  const data = text.encode(segment)
  if (data.length === 0 || data.length > maxSegmentBytes) {
    throw new RangeError(`HJ 212 cannot frame a data segment of ${data.length} bytes`)
  }
  const frame = new Uint8Array(data.length + frameOverheadBytes)
  frame.set(text.encode(`##${String(data.length).padStart(4, '0')}`))
  frame.set(data, 6)
  frame.set(text.encode(`${hexWord(hj212Crc(data))}\r\n`), 6 + data.length)
  return frame
}

export function encodeMessage(message: OutgoingMessage): Uint8Array {
  return encodeFrame(encodeSegment(message))
}
