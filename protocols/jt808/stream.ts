/**
 * Frames out of a byte stream, in order, whatever the cuts of the network.
 *
 * Every `7E` ends what lies before it and may begin what follows: delimiters may be single, shared or doubled, and a
 * frame that was cut short costs no other. Bytes are unescaped as they come, into one buffer of fixed size.
 */

import { type Jt808Error, type Jt808ErrorCode, type Jt808Result, maxFrameBytes, readFrame } from './frame.ts'

export type Jt808Stream = {
  /** Frames and refusals of these bytes, in order. Bodies are copies and may be kept. */
  push(chunk: Uint8Array): Jt808Result[]
  /** The same without copies: a body is valid only until `visit` returns. */
  each(chunk: Uint8Array, visit: (result: Jt808Result) => void): void
  /** Unescaped bytes kept of a frame not yet whole; never above `maxFrameBytes`. */
  readonly bufferedBytes: number
}

export function createJt808Stream(options: { maxFrameBytes?: number } = {}): Jt808Stream {
  const limit = Math.max(13, options.maxFrameBytes ?? maxFrameBytes)
  const buffer = new Uint8Array(limit)
  let length = 0
  /** Stream offset of the next byte, and of the delimiter that opened this frame. */
  let position = 0
  let openedAt = 0
  let open = false
  let afterEscape = false
  /** Once a frame is wrong, the rest of it up to the next delimiter is only counted. */
  let fault: Jt808ErrorCode | null = null
  let faultByte = 0
  let passed = 0

  function each(chunk: Uint8Array, visit: (result: Jt808Result) => void): void {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (byte === 0x7e) close(visit)
      else if (!open || fault !== null) passed++
      else take(byte)
      position++
    }
  }

  function take(byte: number) {
    let plain = byte
    if (afterEscape) {
      afterEscape = false
      if (byte !== 0x01 && byte !== 0x02) {
        fault = 'jt808/escape'
        faultByte = byte
        return
      }
      plain = byte === 0x01 ? 0x7d : 0x7e
    } else if (byte === 0x7d) {
      afterEscape = true
      return
    }
    if (length === limit) {
      fault = 'jt808/too-long'
      return
    }
    buffer[length++] = plain
  }

  function close(visit: (result: Jt808Result) => void) {
    const offset = openedAt
    const size = length
    const error = endFault(offset)
    length = 0
    passed = 0
    fault = null
    afterEscape = false
    open = true
    openedAt = position
    if (error !== null) visit({ ok: false, error })
    else if (size > 0) visit(readFrame(buffer, size, offset))
  }

  function endFault(offset: number): Jt808Error | null {
    if (!open) return passed > 0 ? { code: 'jt808/delimiter', offset: 0, detail: { strayBytes: passed } } : null
    if (fault === 'jt808/escape') return { code: fault, offset, detail: { found: faultByte } }
    if (fault !== null) return { code: fault, offset, detail: { most: limit } }
    // 7D just before the delimiter: an escape of nothing.
    return afterEscape ? { code: 'jt808/escape', offset, detail: { found: 0x7e } } : null
  }

  function push(chunk: Uint8Array): Jt808Result[] {
    const results: Jt808Result[] = []
    each(chunk, (result) => {
      if (!result.ok) results.push(result)
      else results.push({ ...result, frame: { header: result.frame.header, body: result.frame.body.slice() } })
    })
    return results
  }

  return {
    push,
    each,
    get bufferedBytes() {
      return length
    },
  }
}
