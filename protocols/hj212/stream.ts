/**
 * Frames out of a byte stream, in order, whatever the cuts of the network.
 *
 * A frame that is wrong is refused with its place in the stream, and the search for `##` begins again two bytes after
 * its head, never after its declared end: a wrong length must not swallow the good frames behind it. For the same
 * reason a frame is refused as soon as a new head (`##` and four digits) or a frame's end (`&&`, four hex digits,
 * `\r\n`) shows inside its data. Work is linear in the bytes, memory is one frame.
 */

import { type CrcVariant, crcVariantOf, hexWord, hj212Crc } from './crc.ts'
import { frameOverheadBytes, maxSegmentBytes } from './frame.ts'
import { type Hj212Profile, profileOf } from './profile.ts'
import { type Hj212Message, parseSegment } from './segment.ts'

export type Hj212ErrorCode =
  | 'hj212/header'
  | 'hj212/too-long'
  | 'hj212/length'
  | 'hj212/crc'
  | 'hj212/tail'
  | 'hj212/segment'

export type Hj212Error = {
  readonly code: Hj212ErrorCode
  /** Byte offset in the stream of the first byte of what was refused. */
  readonly offset: number
  /** For `hj212/crc`: `expected`, `found`, and `looksLike` when another variant would have taken it. */
  readonly detail: Readonly<Record<string, string | number>>
}

export type Hj212Frame = {
  readonly segment: string
  readonly message: Hj212Message
  /** The four digits as sent. */
  readonly crc: string
  /** The variant by which the check was taken. */
  readonly crcVariant: CrcVariant
}

export type Hj212Result =
  | { readonly ok: true; readonly frame: Hj212Frame; readonly offset: number }
  | { readonly ok: false; readonly error: Hj212Error }

export type Hj212Stream = {
  push(chunk: Uint8Array): Hj212Result[]
  /** Bytes kept of a frame not yet whole. */
  readonly bufferedBytes: number
  /** Bytes of memory held; never above `maxFrameBytes`. */
  readonly capacityBytes: number
}

export type Hj212StreamOptions = { maxFrameBytes?: number; profile?: Partial<Hj212Profile> }

const hash = 0x23
const digit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39
/** Line ends and padding between frames are nobody's mistake. */
const blank = (byte: number) => byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09 || byte === 0

export function createHj212Stream(options: Hj212StreamOptions = {}): Hj212Stream {
  const limit = Math.max(64, options.maxFrameBytes ?? maxSegmentBytes + frameOverheadBytes)
  const profile = profileOf(options.profile)
  let buffer = new Uint8Array(Math.min(limit, 1024))
  let length = 0
  /** Stream offset of `buffer[0]`. */
  let base = 0
  /** Stream offset up to which the data of the frame at hand is known to hold no head and no end. */
  let scanned = 0
  /** After a refusal what follows belongs to the refused frame, until a head: it is not reported again. */
  let recovering = false
  let strayBytes = 0
  let strayOffset = 0

  function push(chunk: Uint8Array): Hj212Result[] {
    const results: Hj212Result[] = []
    for (let from = 0; from < chunk.length; ) {
      const take = Math.min(chunk.length - from, limit - length)
      if (length + take > buffer.length) {
        const grown = new Uint8Array(Math.min(limit, Math.max(length + take, buffer.length * 2)))
        grown.set(buffer.subarray(0, length))
        buffer = grown
      }
      buffer.set(chunk.subarray(from, from + take), length)
      length += take
      from += take
      const used = drain(results)
      buffer.copyWithin(0, used, length)
      length -= used
      base += used
    }
    return results
  }

  /** Reads all that is whole; gives the count of bytes done with. At least one when the buffer is full. */
  function drain(results: Hj212Result[]): number {
    let at = 0
    for (;;) {
      const head = findHead(at)
      if (head < 0) return length > at && buffer[length - 1] === hash ? length - 1 : length
      at = head
      if (length - at < 6) return at
      if (strayBytes > 0 && !recovering) {
        refuse(results, 'hj212/header', strayOffset, { strayBytes })
      }
      strayBytes = 0
      const next = readFrame(at, results)
      if (next === at) return at
      at = next
    }
  }

  /** The next `##`, counting what is passed over. A third `#` means that the first was stray. */
  function findHead(from: number): number {
    for (let at = from; at < length - 1; at++) {
      if (buffer[at] === hash && buffer[at + 1] === hash && buffer[at + 2] !== hash) return at
      if (buffer[at] === hash && buffer[at + 1] === hash && at + 2 >= length) return at
      stray(at)
    }
    const last = length - 1
    if (last >= from && buffer[last] !== hash) stray(last)
    return -1
  }

  function stray(at: number) {
    if (recovering || blank(buffer[at] ?? 0)) return
    if (strayBytes === 0) strayOffset = base + at
    strayBytes++
  }

  function refuse(results: Hj212Result[], code: Hj212ErrorCode, offset: number, detail: Hj212Error['detail']) {
    results.push({ ok: false, error: { code, offset, detail } })
  }

  /** The index after the frame at `at`; `at` itself when bytes are missing. */
  function readFrame(at: number, results: Hj212Result[]): number {
    const offset = base + at
    const again = (code: Hj212ErrorCode, detail: Hj212Error['detail']) => {
      refuse(results, code, offset, detail)
      recovering = true
      scanned = 0
      return at + 2
    }
    for (let digits = at + 2; digits < at + 6; digits++) {
      if (digit(buffer[digits])) continue
      // Two hashes in the rubbish after a refused frame are part of that rubbish.
      if (recovering) return at + 2
      return again('hj212/header', { found: latin(at, at + 6) })
    }
    const declared = Number(latin(at + 2, at + 6))
    if (declared === 0) return again('hj212/length', { declared })
    if (declared + frameOverheadBytes > limit)
      return again('hj212/too-long', { declared, most: limit - frameOverheadBytes })

    const dataAt = at + 6
    const dataEnd = dataAt + declared
    for (let last = Math.max(dataAt + 5, scanned - base); last < Math.min(dataEnd, length); last++) {
      if (headEndsAt(last)) return again('hj212/length', { declared, nextHeadAfter: last - 5 - dataAt })
      if (frameEndsAt(last, dataAt)) return again('hj212/length', { declared, found: last - 5 - dataAt })
    }
    scanned = base + Math.min(dataEnd, length)
    if (length < dataEnd + 4) return at

    const sent = latin(dataEnd, dataEnd + 4)
    const closed = buffer[dataEnd - 1] === 0x26 && buffer[dataEnd - 2] === 0x26
    const found = /^[0-9a-fA-F]{4}$/.test(sent) ? Number.parseInt(sent, 16) : null
    const variant = found === null ? null : crcVariantOf(found, buffer, dataAt, dataEnd)
    const taken =
      variant !== null && profile.crc.includes(variant) ? variant : profile.crc.includes('none') ? 'none' : null
    if (taken === null) {
      // Without `&&` before the check, or without a check there, it is the length that is wrong.
      if (found === null || (!closed && variant === null))
        return again('hj212/length', { declared, atDeclaredEnd: sent })
      const expected = hexWord(hj212Crc(buffer, dataAt, dataEnd))
      return again('hj212/crc', { expected, found: sent, ...(variant === null ? {} : { looksLike: variant }) })
    }

    let end = dataEnd + 4
    if (!profile.missingTail) {
      if (length < end + 2) return at
      if (buffer[end] !== 0x0d || buffer[end + 1] !== 0x0a) return again('hj212/tail', { found: latin(end, end + 2) })
      end += 2
    }
    const segment = decodeText(buffer.subarray(dataAt, dataEnd))
    const reading = parseSegment(segment, profile)
    if (!reading.ok) return again('hj212/segment', reading.fault)
    recovering = false
    scanned = 0
    results.push({ ok: true, offset, frame: { segment, message: reading.message, crc: sent, crcVariant: taken } })
    return end
  }

  function headEndsAt(last: number): boolean {
    if (buffer[last - 5] !== hash || buffer[last - 4] !== hash) return false
    return digit(buffer[last - 3]) && digit(buffer[last - 2]) && digit(buffer[last - 1]) && digit(buffer[last])
  }

  /** `&&`, four hex digits, `\r\n`: the end of some frame, inside the data of this one. */
  function frameEndsAt(last: number, dataAt: number): boolean {
    if (buffer[last] !== 0x0a || buffer[last - 1] !== 0x0d || last - 7 < dataAt) return false
    return buffer[last - 6] === 0x26 && buffer[last - 7] === 0x26 && /^[0-9a-fA-F]{4}$/.test(latin(last - 5, last - 1))
  }

  function latin(from: number, to: number): string {
    let text = ''
    for (let at = from; at < to; at++) text += String.fromCharCode(buffer[at] ?? 0)
    return text
  }

  return {
    push,
    get bufferedBytes() {
      return length
    },
    get capacityBytes() {
      return buffer.length
    },
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const gb18030 = new TextDecoder('gb18030')

/** The standard is ASCII; Chinese in an Info value is UTF-8 from some devices, GBK from others. */
function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return gb18030.decode(bytes)
  }
}
