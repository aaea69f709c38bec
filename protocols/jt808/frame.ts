/**
 * The frame around a message: JT/T 808, 4.4.
 *
 * `7E` · header · body · check · `7E`; the check is the XOR of header and body. After it is reckoned, every 7E between
 * the delimiters is written 7D 02 and every 7D is written 7D 01, in header and check as well.
 *
 * | header field | 2011, 2013 | 2019 |
 * | --- | --- | --- |
 * | message id | WORD | WORD |
 * | properties | WORD: bits 0–9 length, 10–12 encryption, 13 split, 14 = 0 | bit 14 = 1 |
 * | protocol version | – | BYTE, counts from 1 |
 * | phone | BCD[6] | BCD[10] |
 * | serial | WORD | WORD |
 * | if split | total WORD, number WORD from 1 | same |
 */

import { BodyWriter, bcd, word } from './bytes.ts'

/** Ten bits of length. */
export const maxBodyBytes = 1023
/** Header of 2019 with the split fields, body and check, without delimiters and unescaped. */
export const maxFrameBytes = 21 + maxBodyBytes + 1

export type Jt808Revision = 2013 | 2019

export type Jt808Header = {
  readonly id: number
  /** Told by bit 14: 2013 stands for 2011 as well. */
  readonly revision: Jt808Revision
  /** Only of 2019. */
  readonly protocolVersion?: number
  /** Bits 10–12: 0 is plain, 1 is RSA; what else a maker means by it is not ours to read. */
  readonly encryption: number
  /** Without the zeros in front, so that a terminal keeps its name when it moves from BCD[6] to BCD[10]. */
  readonly phone: string
  readonly serial: number
  readonly split?: { readonly total: number; readonly number: number }
}

export type Jt808Frame = { readonly header: Jt808Header; readonly body: Uint8Array }

export type Jt808ErrorCode =
  | 'jt808/delimiter'
  | 'jt808/escape'
  | 'jt808/short'
  | 'jt808/checksum'
  | 'jt808/length'
  | 'jt808/too-long'

export type Jt808Error = {
  readonly code: Jt808ErrorCode
  /** Byte offset in the stream of the delimiter that opened what was refused. */
  readonly offset: number
  readonly detail: Readonly<Record<string, number>>
}

export type Jt808Result =
  | { readonly ok: true; readonly frame: Jt808Frame; readonly offset: number }
  | { readonly ok: false; readonly error: Jt808Error }

export function checksum(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let check = 0
  for (let at = start; at < end; at++) check ^= bytes[at] ?? 0
  return check
}

/** What lies between two delimiters, unescaped, the check included. The body is a view of `bytes`. */
export function readFrame(bytes: Uint8Array, length: number, offset: number): Jt808Result {
  const refused = (code: Jt808ErrorCode, detail: Jt808Error['detail']): Jt808Result => ({
    ok: false,
    error: { code, offset, detail },
  })
  // The shortest header and the check: anything less has no check to compare.
  if (length < 13) return refused('jt808/short', { bytes: length })
  const expected = checksum(bytes, 0, length - 1)
  const found = bytes[length - 1] ?? 0
  if (found !== expected) return refused('jt808/checksum', { expected, found })

  const properties = word(bytes, 2)
  const is2019 = (properties & 0x4000) !== 0
  const isSplit = (properties & 0x2000) !== 0
  const headerBytes = (is2019 ? 17 : 12) + (isSplit ? 4 : 0)
  if (length < headerBytes + 1) return refused('jt808/short', { bytes: length })
  const declared = properties & 0x3ff
  const bodyBytes = length - 1 - headerBytes
  if (declared !== bodyBytes) return refused('jt808/length', { declared, found: bodyBytes })

  const phoneAt = is2019 ? 5 : 4
  const serialAt = headerBytes - (isSplit ? 6 : 2)
  const header: Jt808Header = {
    id: word(bytes, 0),
    revision: is2019 ? 2019 : 2013,
    ...(is2019 ? { protocolVersion: bytes[4] ?? 0 } : {}),
    encryption: (properties >> 10) & 7,
    phone: bcd(bytes, phoneAt, serialAt - phoneAt).replace(/^0+(?=.)/, ''),
    serial: word(bytes, serialAt),
    ...(isSplit ? { split: { total: word(bytes, headerBytes - 4), number: word(bytes, headerBytes - 2) } } : {}),
  }
  return { ok: true, offset, frame: { header, body: bytes.subarray(headerBytes, length - 1) } }
}

export type HeaderInput = {
  readonly id: number
  readonly revision: Jt808Revision
  readonly protocolVersion?: number
  readonly encryption?: number
  readonly phone: string
  readonly serial: number
  readonly split?: { readonly total: number; readonly number: number }
}

/** One frame with its delimiters, escaped. Longer bodies are split by `encodeMessage`. */
export function encodeFrame(header: HeaderInput, body: Uint8Array): Uint8Array {
  if (body.length > maxBodyBytes) throw new RangeError(`JT/T 808 cannot frame a body of ${body.length} bytes`)
  const is2019 = header.revision === 2019
  const writer = new BodyWriter()
    .word(header.id)
    .word(body.length | (((header.encryption ?? 0) & 7) << 10) | (header.split ? 0x2000 : 0) | (is2019 ? 0x4000 : 0))
  if (is2019) writer.byte(header.protocolVersion ?? 1).bcd(header.phone, 10)
  else writer.bcd(header.phone, 6)
  writer.word(header.serial)
  if (header.split) writer.word(header.split.total).word(header.split.number)
  const plain = writer.raw(body).done()
  return escapeFrame(plain, checksum(plain))
}

/** Delimiters and escapes around header, body and check. */
export function escapeFrame(plain: Uint8Array, check: number): Uint8Array {
  const out = new Uint8Array(plain.length * 2 + 4)
  let length = 0
  const put = (byte: number) => {
    if (byte === 0x7e || byte === 0x7d) {
      out[length++] = 0x7d
      out[length++] = byte === 0x7e ? 0x02 : 0x01
    } else out[length++] = byte
  }
  out[length++] = 0x7e
  for (const byte of plain) put(byte)
  put(check)
  out[length++] = 0x7e
  return out.slice(0, length)
}
