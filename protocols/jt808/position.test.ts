import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PositionItems } from './items.ts'
import {
  alarmNames,
  decodePosition,
  encodePosition,
  type PositionInput,
  positionSlot,
  readPosition,
  statusNames,
} from './position.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const beijing: PositionInput = {
  accOn: true,
  fixed: true,
  latitudeDeg: 39.908722,
  longitudeDeg: 116.397499,
  altitudeM: 44,
  speedKmh: 36.5,
  courseDeg: 270,
  time: new Date('2024-05-08T14:30:15.000Z'),
}

test('[SEN-02] a vehicle position is read in degrees, metres, km/h and the time of China', () => {
  const body = hex(
    '00000001 00000003 0260F672 06F0153B 002C 016D 010E 240508223015 0104 000003E8 3001 1F 3101 0C 2504 00000001',
  )
  expect(decodePosition(body)).toEqual({
    alarm: 1,
    status: 3,
    accOn: true,
    fixed: true,
    latitudeDeg: 39.908978,
    longitudeDeg: 116.397371,
    altitudeM: 44,
    speedKmh: 36.5,
    courseDeg: 270,
    time: new Date('2024-05-08T14:30:15.000Z'),
    items: { mileageKm: 100, signalStrength: 31, satellites: 12, signals: 1 },
    quality: [],
  })
})

test('south and west are negative', () => {
  const decoded = decodePosition(encodePosition({ ...beijing, latitudeDeg: -33.5, longitudeDeg: -70.25 }))
  expect(decoded).toMatchObject({ latitudeDeg: -33.5, longitudeDeg: -70.25, quality: [] })
  expect(statusNames(decoded?.status ?? 0)).toEqual(['acc-on', 'fixed', 'south', 'west'])
})

test('what cannot be is decoded and flagged, never refused', () => {
  expect(decodePosition(encodePosition({ ...beijing, latitudeDeg: 116.4, longitudeDeg: 181 }))).toMatchObject({
    latitudeDeg: 116.4,
    longitudeDeg: 181,
    quality: ['latitude-out-of-range', 'longitude-out-of-range'],
  })
  expect(decodePosition(encodePosition({ ...beijing, time: null, courseDeg: 400 }))).toMatchObject({
    time: null,
    quality: ['course-out-of-range', 'time-invalid'],
  })
})

test.each([
  '240230120000',
  '241301120000',
  '2405081A0000',
  '24050824AA00',
  '240508240000',
  '240500120000',
  '2405082260FF',
])('the BCD %s is no time', (digits) => {
  const body = encodePosition(beijing)
  body.set(hex(digits), 22)
  expect(decodePosition(body)).toMatchObject({ time: null, quality: ['time-invalid'] })
})

test('the leap day is a day', () => {
  const time = new Date('2024-02-29T04:00:00.000Z')
  expect(decodePosition(encodePosition({ ...beijing, time }))?.time).toEqual(time)
})

test('items that are unknown, of the wrong length or cut short stay as bytes', () => {
  const body = hex(`${Buffer.from(encodePosition(beijing)).toString('hex')} 6402 AABB E100 0102 0001 3001`)
  const decoded = decodePosition(body)
  expect(decoded?.items).toEqual({
    raw: [
      { id: 0x64, value: hex('AABB') },
      { id: 0xe1, value: hex('') },
      { id: 0x01, value: hex('0001') },
    ],
  })
  expect(decoded?.quality).toEqual(['item-length', 'items-cut-short'])
})

test('a single byte behind the position is an item cut short', () => {
  expect(decodePosition(new Uint8Array([...encodePosition(beijing), 0x30]))?.quality).toEqual(['items-cut-short'])
})

test('fewer than 28 bytes are no position', () => {
  expect(decodePosition(encodePosition(beijing).subarray(0, 27))).toBeNull()
})

const tenths = (max: number) => fc.integer({ min: 0, max }).map((value) => value / 10)
const dwords = fc.integer({ min: 0, max: 0xffffffff })
const words = fc.integer({ min: 0, max: 0xffff })
const bytes = fc.integer({ min: 0, max: 255 })
const items: fc.Arbitrary<PositionItems> = fc.record(
  {
    mileageKm: tenths(0xffffffff),
    fuelL: tenths(0xffff),
    recorderSpeedKmh: tenths(0xffff),
    confirmAlarmId: words,
    overspeed: fc.oneof(fc.record({ kind: bytes }), fc.record({ kind: bytes, areaId: dwords })),
    area: fc.record({ kind: bytes, areaId: dwords, direction: fc.constantFrom('in' as const, 'out' as const) }),
    section: fc.record({
      sectionId: dwords,
      driveTimeS: words,
      result: fc.constantFrom('short' as const, 'long' as const),
    }),
    signals: dwords,
    ioStatus: words,
    signalStrength: bytes,
    satellites: bytes,
    raw: fc.array(fc.record({ id: fc.integer({ min: 0x64, max: 0xff }), value: fc.uint8Array({ maxLength: 60 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: [] },
)
const positions = fc.record({
  alarm: dwords,
  latitudeDeg: fc.integer({ min: -90_000_000, max: 90_000_000 }).map((value) => (value === 0 ? 0 : value / 1e6)),
  longitudeDeg: fc.integer({ min: -180_000_000, max: 180_000_000 }).map((value) => (value === 0 ? 0 : value / 1e6)),
  altitudeM: words,
  speedKmh: tenths(0xffff),
  courseDeg: fc.integer({ min: 0, max: 359 }),
  accOn: fc.boolean(),
  fixed: fc.boolean(),
  time: fc
    .integer({ min: Date.UTC(2000, 0, 2) / 1000, max: Date.UTC(2099, 11, 30) / 1000 })
    .map((seconds) => new Date(seconds * 1000)),
  items,
})

test('[SEN-02] a position reads back as it was written, items and all', () => {
  fc.assert(
    fc.property(positions, (position) => {
      const { status: _status, ...decoded } = decodePosition(encodePosition(position)) ?? { status: 0 }
      expect(decoded).toEqual({ ...position, quality: [] })
    }),
  )
})

test('the fast path reads the same numbers into a slot that is used again', () => {
  const slot = positionSlot()
  fc.assert(
    fc.property(positions, (position) => {
      const body = encodePosition(position)
      const decoded = decodePosition(body)
      expect(readPosition(body, 0, slot)).toBe(true)
      const { alarm, status, latitudeDeg, longitudeDeg, altitudeM, speedKmh, courseDeg, timeMs } = slot
      expect({ alarm, status, latitudeDeg, longitudeDeg, altitudeM, speedKmh, courseDeg }).toEqual({
        alarm: decoded?.alarm,
        status: decoded?.status,
        latitudeDeg: decoded?.latitudeDeg,
        longitudeDeg: decoded?.longitudeDeg,
        altitudeM: decoded?.altitudeM,
        speedKmh: decoded?.speedKmh,
        courseDeg: decoded?.courseDeg,
      })
      expect(timeMs).toBe(position.time.getTime())
    }),
  )
  expect(readPosition(new Uint8Array(27), 0, slot)).toBe(false)
})

test('no bytes make a position throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), (body) => {
      const decoded = decodePosition(body)
      expect(decoded === null).toBe(body.length < 28)
    }),
  )
})

test('alarm bits have names, the highest one too', () => {
  expect(alarmNames(0x80000003)).toEqual(['emergency', 'overspeed', 'illegal-door'])
  expect(alarmNames(0)).toEqual([])
})
