/** Small readers and writers for JT/T 808: big-endian numbers, BCD, GBK. None of them throws on what a device sent. */

export function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

export function dword(bytes: Uint8Array, at: number): number {
  return word(bytes, at) * 0x10000 + word(bytes, at + 2)
}

const zoneMs = 8 * 3_600_000
const nibbles = '0123456789abcdef'

/** Digits of packed BCD; a nibble that is no digit stays visible as a letter. */
export function bcd(bytes: Uint8Array, at: number, length: number): string {
  let digits = ''
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] ?? 0
    digits += (nibbles[byte >> 4] ?? '') + (nibbles[byte & 15] ?? '')
  }
  return digits
}

/** Two decimal digits in one byte; NaN when a nibble is no digit. */
function twoDigits(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN
  const tens = byte >> 4
  const ones = byte & 15
  return tens > 9 || ones > 9 ? Number.NaN : tens * 10 + ones
}

/**
 * BCD[6] `YYMMDDhhmmss` at GMT+8, as milliseconds since 1970; NaN when it is no time of the calendar.
 * Allocates nothing: it is reckoned for every position.
 */
export function bcdTimeMs(bytes: Uint8Array, at: number): number {
  const year = 2000 + twoDigits(bytes[at])
  const month = twoDigits(bytes[at + 1])
  const day = twoDigits(bytes[at + 2])
  const hour = twoDigits(bytes[at + 3])
  const minute = twoDigits(bytes[at + 4])
  const second = twoDigits(bytes[at + 5])
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN
  const leap = year % 4 === 0
  const days = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  if (!(day <= days)) return Number.NaN
  return Date.UTC(year, month - 1, day, hour, minute, second) - zoneMs
}

const gbkDecoder = new TextDecoder('gbk')

/** GBK text of a fixed or trailing field; devices pad with NUL or blanks, before or behind. */
export function gbkText(bytes: Uint8Array, at: number, end: number): string {
  let from = at
  let to = Math.min(end, bytes.length)
  while (from < to && bytes[from] === 0) from++
  while (to > from && bytes[to - 1] === 0) to--
  return gbkDecoder.decode(bytes.subarray(from, to)).trim()
}

let gbkTable: Map<string, number> | undefined

/** The platform decodes GBK but does not encode it; the table is the decoder turned round, made on first use. */
function gbkCodes(): Map<string, number> {
  if (gbkTable) return gbkTable
  gbkTable = new Map()
  const pair = new Uint8Array(2)
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue
      pair[0] = lead
      pair[1] = trail
      const text = gbkDecoder.decode(pair)
      if (text.length === 1 && text !== '\ufffd' && !gbkTable.has(text)) gbkTable.set(text, (lead << 8) | trail)
    }
  }
  return gbkTable
}

/** What GBK has no character for is written as `?`. */
export function gbkBytes(text: string): Uint8Array {
  const out: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0x3f
    if (code < 0x80) {
      out.push(code)
      continue
    }
    const pair = gbkCodes().get(character)
    if (pair === undefined) out.push(0x3f)
    else out.push(pair >> 8, pair & 0xff)
  }
  return Uint8Array.from(out)
}

/** Writes a body front to back. Values that do not fit their field are a bug of the caller, and throw. */
export class BodyWriter {
  #bytes = new Uint8Array(64)
  #length = 0

  #room(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return at
  }

  #number(value: number, count: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * count)) {
      throw new RangeError(`JT/T 808 cannot write ${value} in ${count} bytes`)
    }
    const at = this.#room(count)
    for (let index = 0; index < count; index++) {
      this.#bytes[at + index] = Math.floor(value / 2 ** (8 * (count - 1 - index))) & 0xff
    }
    return this
  }

  byte(value: number): this {
    return this.#number(value, 1)
  }
  word(value: number): this {
    return this.#number(value, 2)
  }
  dword(value: number): this {
    return this.#number(value, 4)
  }
  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }
  /** GBK to the end of the body. */
  text(text: string): this {
    return this.raw(gbkBytes(text))
  }
  /** GBK in a field of fixed length, filled with NUL behind. */
  field(text: string, length: number): this {
    const bytes = gbkBytes(text)
    if (bytes.length > length) throw new RangeError(`JT/T 808 cannot write ${JSON.stringify(text)} in ${length} bytes`)
    const filled = new Uint8Array(length)
    filled.set(bytes)
    return this.raw(filled)
  }
  /** Packed digits, filled with 0 in front. */
  bcd(digits: string, length: number): this {
    if (!/^\d*$/.test(digits) || digits.length > length * 2) {
      throw new RangeError(`JT/T 808 cannot write ${JSON.stringify(digits)} in BCD[${length}]`)
    }
    const padded = digits.padStart(length * 2, '0')
    for (let at = 0; at < padded.length; at += 2) this.byte(Number.parseInt(padded.slice(at, at + 2), 16))
    return this
  }
  /** BCD[6] at GMT+8. Null is written as zeros, which read back as no time. */
  time(at: Date | null): this {
    if (at === null) return this.bcd('', 6)
    const wall = new Date(at.getTime() + zoneMs).toISOString()
    return this.bcd(wall.slice(2, 19).replaceAll(/[-T:]/g, ''), 6)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
