/**
 * Keeps what the camera wrote (time, place, make) when a picture is made smaller: canvases throw it away. Pure.
 * JPEG: ITU-T T.81; Exif 2.32 §4.5: the APP1 segment holds a TIFF whose tag 0x0112 is the orientation.
 */

const APP1 = 0xe1
const SOS = 0xda
const ORIENTATION = 0x0112

/** The Exif segment of a JPEG with its marker, or null. */
export function exifOf(jpeg: Uint8Array): Uint8Array | null {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return null
  for (let at = 2; at + 4 <= jpeg.length; ) {
    const marker = jpeg[at + 1]
    if (jpeg[at] !== 0xff || marker === SOS) return null
    const length = ((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0)
    if (length < 2 || at + 2 + length > jpeg.length) return null
    const isExif = marker === APP1 && String.fromCharCode(...jpeg.subarray(at + 4, at + 8)) === 'Exif'
    if (isExif) return new Uint8Array(jpeg.subarray(at, at + 2 + length))
    at += 2 + length
  }
  return null
}

/** The segment for a picture that was turned upright already. */
export function upright(segment: Uint8Array): Uint8Array {
  const copy = new Uint8Array(segment)
  const tiff = 10
  const view = new DataView(copy.buffer)
  if (copy.length < tiff + 8) return copy
  const little = view.getUint16(tiff) === 0x4949
  const directory = tiff + view.getUint32(tiff + 4, little)
  if (directory + 2 > copy.length) return copy
  const entries = view.getUint16(directory, little)
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12
    if (entry + 12 > copy.length) break
    if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little)
  }
  return copy
}

/** The JPEG with this Exif segment right behind its first marker. */
export function withExif(jpeg: Uint8Array, segment: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(jpeg.length + segment.length)
  whole.set(jpeg.subarray(0, 2))
  whole.set(segment, 2)
  whole.set(jpeg.subarray(2), 2 + segment.length)
  return whole
}
