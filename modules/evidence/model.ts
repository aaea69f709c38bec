/** Pictures and files as evidence: hashed when they arrive, kept as they were taken. Pure. */

export const photoTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
/** Bytes. A phone's picture has 2–8 MB. */
export const photoMaxBytes = 20 * 1024 * 1024
/** Pixels; more is refused before it is unpacked. */
export const photoMaxPixels = 100_000_000

/** Sizes in which a picture is shown: the longer side in pixels. */
export const views = { thumb: 320, full: 2048 } as const
export type View = keyof typeof views

/** Differing bits of two 64-bit dHashes up to which two pictures are the same picture. */
export const samePhotoBits = 8

/** Differing bits of two hashes, each 16 hexadecimal digits. */
export function hashDistance(a: string, b: string): number {
  let bits = 0
  for (let x = BigInt(`0x${a}`) ^ BigInt(`0x${b}`); x > 0n; x &= x - 1n) bits++
  return bits
}

/** A picture of one tone, of the night or of a wall, has no outlines to be known by: it is like any other such picture. */
export const tellsPhoto = (dhash: string): boolean => {
  const bits = hashDistance(dhash, '0'.repeat(16))
  return bits > samePhotoBits && bits < 64 - samePhotoBits
}

/** Bits of the three bands into which a hash is cut, highest first. */
const bandBits = [21, 21, 22] as const
/** In one of three bands two hashes of the same picture differ in at most so many bits. */
const bandRadius = Math.floor(samePhotoBits / bandBits.length)

/** For each band all values that a picture within `samePhotoBits` may have in it, if it is in this band that they differ least. */
export function bandsAround(dhash: string): [number[], number[], number[]] {
  let rest = BigInt(`0x${dhash}`)
  const values = [...bandBits].reverse().map((bits) => {
    const value = Number(rest & ((1n << BigInt(bits)) - 1n))
    rest >>= BigInt(bits)
    return around(value, bits, bandRadius)
  })
  const [c = [], b = [], a = []] = values
  return [a, b, c]
}

/** The value and all that differ from it in at most `radius` bits. */
const around = (value: number, bits: number, radius: number, from = 0): number[] =>
  radius === 0
    ? [value]
    : [
        value,
        ...Array.from({ length: bits - from }, (_, i) =>
          around(value ^ (1 << (from + i)), bits, radius - 1, from + i + 1),
        ).flat(),
      ]
