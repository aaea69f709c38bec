/** The check of HJ 212-2017, appendix A: not CRC-16/MODBUS, though it shares the polynomial 0xA001. */

/** Which way of reckoning or writing the four hex digits a device follows. */
export type CrcVariant = 'strict' | 'swapped' | 'modbus' | 'none'

/** Eight rounds of the polynomial for each byte. Both checks are one step through this table. */
const table = new Uint16Array(256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let round = 0; round < 8; round++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  table[byte] = crc
}

/**
 * Appendix A: the high byte of the register moves down and takes the next byte; its low byte is dropped. That loss is
 * the difference from MODBUS, and it must stay, or no device agrees with us.
 */
export function hj212Crc(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff
  for (let at = start; at < end; at++) crc = table[(crc >> 8) ^ (bytes[at] ?? 0)] ?? 0
  return crc
}

/** CRC-16/MODBUS, which some devices send by mistake. */
export function modbusCrc(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff
  for (let at = start; at < end; at++) crc = (crc >> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return crc
}

export function swapBytes(word: number): number {
  return ((word & 0xff) << 8) | (word >> 8)
}

/** Four upper-case hex digits, high byte first (appendix A). */
export function hexWord(word: number): string {
  return word.toString(16).toUpperCase().padStart(4, '0')
}

/** The first variant by which `found` is right for these bytes, or null. MODBUS is known in both byte orders. */
export function crcVariantOf(found: number, bytes: Uint8Array, start = 0, end = bytes.length): CrcVariant | null {
  const right = hj212Crc(bytes, start, end)
  if (found === right) return 'strict'
  if (found === swapBytes(right)) return 'swapped'
  const modbus = modbusCrc(bytes, start, end)
  if (found === modbus || found === swapBytes(modbus)) return 'modbus'
  return null
}
