/** Identifiers: UUID version 7 (RFC 9562) inside, short spoken codes outside. Runs in the browser too. */

/** A UUID that sorts by time of birth, so that an index on it grows at one end. */
export function newId(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let ms = now
  for (let i = 5; i >= 0; i--) {
    bytes[i] = ms % 256
    ms = Math.floor(ms / 256)
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Letters that are not mistaken for one another when read aloud (Crockford's base 32). */
const spoken = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A code to be told over the phone; 10 signs hold 50 bits, too many to guess through a rate limit. */
export const newSpokenCode = (length = 10): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (b) => spoken[b % 32]).join('')

/** What a person typed, as the code that was meant: case, blanks and the look-alikes O, I, L forgiven. */
export const spokenCode = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
