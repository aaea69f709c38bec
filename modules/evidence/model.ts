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
