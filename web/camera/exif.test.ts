import exifr from 'exifr'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { exifOf, upright, withExif } from './exif.ts'

const taken = { IFD0: { Make: 'Phone' }, IFD2: { DateTimeOriginal: '2026:05:07 08:05:11' } }
const gps = { GPSLatitudeRef: 'N', GPSLatitude: '39/1 55/1 30/1', GPSLongitudeRef: 'E', GPSLongitude: '116/1 24/1 0/1' }
const jpeg = (width: number) => sharp({ create: { width, height: 40, channels: 3, background: '#888' } }).jpeg()

test('a picture made smaller keeps the time and place that the camera wrote, and stands upright [SEN-11]', async () => {
  const original = await jpeg(400)
    .withExif({ ...taken, IFD3: gps })
    .withMetadata({ orientation: 6 })
    .toBuffer()
  const segment = exifOf(original)
  if (!segment) throw new Error('the test picture has no Exif')
  const small = withExif(await jpeg(100).toBuffer(), upright(segment))
  expect(await sharp(small).metadata()).toMatchObject({ width: 100, orientation: 1 })
  const read = await exifr.parse(Buffer.from(small), { gps: true, translateValues: false })
  expect(read.DateTimeOriginal).toEqual((await exifr.parse(original)).DateTimeOriginal)
  expect(read).toMatchObject({ Make: 'Phone', latitude: 39.925, longitude: 116.4 })
})

test('a picture without Exif, and what is no JPEG, have none', async () => {
  expect(exifOf(await jpeg(40).toBuffer())).toBeNull()
  expect(exifOf(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))).toBeNull()
  expect(exifOf(new Uint8Array([0xff, 0xd8, 0xff, 0xe1, 0xff]))).toBeNull()
})
