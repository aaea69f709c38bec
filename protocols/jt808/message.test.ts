import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Jt808Frame, Jt808Revision } from './frame.ts'
import { createJt808Joiner } from './join.ts'
import { decodeMessage, encodeBody, encodeMessage, messageIds, type OutgoingMessage } from './message.ts'
import { dwordParameter, parameterValue, textParameter } from './platform.ts'
import { createJt808Stream } from './stream.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const terminal = (revision: Jt808Revision) => ({ phone: '13912344323', revision })
const position = {
  latitudeDeg: 39.9,
  longitudeDeg: 116.4,
  altitudeM: 40,
  speedKmh: 12.5,
  courseDeg: 90,
  accOn: true,
  fixed: true,
  time: new Date('2024-05-08T14:30:15.000Z'),
}

function frames(bytes: Uint8Array): Jt808Frame[] {
  return createJt808Stream()
    .push(bytes)
    .map((result) => {
      if (!result.ok) throw new Error(result.error.code)
      return result.frame
    })
}
function only(bytes: Uint8Array) {
  const [frame] = frames(bytes)
  if (!frame) throw new Error('no frame')
  const reading = decodeMessage(frame)
  if (!reading.ok) throw new Error(reading.error.code)
  return reading.message
}
function through(message: OutgoingMessage, revision: Jt808Revision) {
  const [frame] = encodeMessage(terminal(revision), 1, message)
  return only(frame ?? new Uint8Array())
}

test('[SEN-02] registers of 2013 and 2019 are read from bytes of terminals', () => {
  expect(
    only(
      hex(
        '7e010000300000000000010001001f006e63643132337777772e3830382e636f6d0000000000000000003736353433323101b2e2413132333435363738797e',
      ),
    ),
  ).toEqual({
    kind: 'register',
    layout: 2013,
    province: 31,
    city: 110,
    maker: 'cd123',
    model: 'www.808.com',
    terminalId: '7654321',
    plateColour: 1,
    plate: '测A12345678',
  })
  expect(
    only(
      hex(
        '7e0100405601000000000139123443290000000b0002696431323334353637383974797065313233343536373839303132333435363738393031323334353669643132333435363738393031323334353637383930313233343536373801b8ca4a2d313233343539517e',
      ),
    ),
  ).toEqual({
    kind: 'register',
    layout: 2019,
    province: 11,
    city: 2,
    maker: 'id123456789',
    model: 'type12345678901234567890123456',
    terminalId: 'id1234567890123456789012345678',
    plateColour: 1,
    plate: '甘J-123459',
  })
})

test.each([
  [2011, '京A12345', 2013],
  [2011, '京AD12345', 2013],
  [2011, 'LSVAA4182E2123456', 2013],
  [2013, '京A12345', 2013],
  [2013, '', 2013],
  [2013, 'A1234', 2013],
  [2013, 'LSVAA4182E2123456', 2013],
  [2019, '京A12345', 2019],
] as const)('a register of %i with the plate «%s» is known by its length', (layout, plate, revision) => {
  const register = {
    kind: 'register' as const,
    layout,
    province: 11,
    city: 102,
    maker: 'PENTA',
    model: 'PT-1',
    terminalId: '0000001',
    plateColour: plate.startsWith('LSV') ? 0 : 1,
    plate,
  }
  expect(through(register, revision)).toEqual(register)
})

test('[SEN-02] a batch kept in a blind area gives every position, one frame of a real terminal', () => {
  const batch = only(
    hex(
      '7E070400E401583860765500040003010049000000000004000301D9F190073CA3C1000C00000000211204082941010400D728AD3001003101092504000000001404000000041504000000001604000000001702000118030000000049000000000004000301D9F190073CA3C1000C00000000211130171352010400D728AD3001003101092504000000001404000000041504000000001604000000001702000118030000000049000000000004000301D9F190073CA3C1000C00000000211130171357010400D728AD300115310109250400000000140400000004150400000000160400000000170200011803000000407E',
    ),
  )
  if (batch.kind !== 'batch') throw new Error(batch.kind)
  expect(batch.batchType).toBe(1)
  expect(batch.quality).toEqual([])
  expect(
    batch.positions.map(({ time, latitudeDeg, longitudeDeg, items }) => ({
      time: time?.toISOString(),
      latitudeDeg,
      longitudeDeg,
      mileageKm: items.mileageKm,
      satellites: items.satellites,
    })),
  ).toEqual(
    ['2021-12-04T00:29:41.000Z', '2021-11-30T09:13:52.000Z', '2021-11-30T09:13:57.000Z'].map((time) => ({
      time,
      latitudeDeg: 31.060368,
      longitudeDeg: 121.414593,
      mileageKm: 1410065.3,
      satellites: 9,
    })),
  )
})

test('a batch whose count lies, or that is cut short, keeps what is whole', () => {
  const body = encodeBody({ kind: 'batch', batchType: 0, positions: [position, position] }, 2013)
  const read = (bytes: Uint8Array) => {
    const header = { id: messageIds.batch, revision: 2013 as const, encryption: 0, phone: '1', serial: 1 }
    const reading = decodeMessage({ header, body: bytes })
    if (!reading.ok || reading.message.kind !== 'batch') throw new Error('no batch')
    return [reading.message.positions.length, reading.message.quality]
  }
  expect(read(body)).toEqual([2, []])
  const lying = body.slice()
  lying[1] = 5
  expect(read(lying)).toEqual([2, ['count-mismatch']])
  expect(read(body.subarray(0, -3))).toEqual([1, ['cut-short', 'count-mismatch']])
})

test.each<OutgoingMessage>([
  { kind: 'heartbeat' },
  { kind: 'log-off' },
  { kind: 'ask-position' },
  { kind: 'terminal-ack', ackedSerial: 0x7e7d, ackedId: 0x8103, result: 0 },
  { kind: 'platform-ack', ackedSerial: 9, ackedId: 0x0200, result: 4 },
  { kind: 'register-answer', ackedSerial: 1, result: 0, token: 'T0KEN' },
  { kind: 'register-answer', ackedSerial: 1, result: 3 },
  { kind: 'parameters', parameters: [dwordParameter(0x29, 30), textParameter(0x83, '京A12345')] },
  { kind: 'follow', intervalS: 5, validS: 3600 },
  { kind: 'follow', intervalS: 0, validS: 0 },
  { kind: 'media-answer', mediaId: 77, missing: [] },
  { kind: 'media-answer', mediaId: 77, missing: [2, 5] },
  {
    kind: 'take-photo',
    channel: 1,
    command: 3,
    intervalS: 10,
    save: true,
    resolution: 2,
    quality: 1,
    brightness: 128,
    contrast: 64,
    saturation: 63,
    chroma: 127,
  },
])('a message $kind reads back as it was written, in both versions', (message) => {
  expect(through(message, 2013)).toEqual(message)
  expect(through(message, 2019)).toEqual(message)
})

test('what 2019 added is written and read in 2019 only', () => {
  const text = { kind: 'text' as const, flag: 4, textType: 2, text: '请前往东华门大街' }
  const { textType: _textType, ...text2013 } = text
  expect(through(text, 2019)).toEqual(text)
  expect(through(text, 2013)).toEqual(text2013)
  const auth = { kind: 'auth' as const, token: 'T0KEN', imei: '860000000000001', software: 'V1.0.2' }
  expect(through(auth, 2019)).toEqual(auth)
  expect(through(auth, 2013)).toEqual({ kind: 'auth', token: 'T0KEN' })
})

test('an answered question for the position carries the serial of the question', () => {
  expect(through({ kind: 'position-answer', ackedSerial: 300, position }, 2013)).toMatchObject({
    kind: 'position-answer',
    ackedSerial: 300,
    position,
  })
})

test('a picture is split, joined from parts in any order, and read with its place', () => {
  const data = Uint8Array.from({ length: 5000 }, (_, at) => (at * 31) & 0xff)
  const media = { kind: 'media' as const, mediaId: 5, mediaKind: 0, format: 0, event: 0, channel: 2, data }
  const parts = encodeMessage(terminal(2019), 65_534, { ...media, position })
  expect(parts).toHaveLength(5)
  fc.assert(
    fc.property(fc.shuffledSubarray(parts, { minLength: 5 }), (order) => {
      const joiner = createJt808Joiner()
      const results = order.flatMap(frames).map((frame) => joiner.add(frame, 0))
      const last = results.at(-1)
      if (last?.kind !== 'whole') throw new Error(last?.kind)
      expect(last.frame.header).toMatchObject({ id: 0x0801, serial: 65_534 })
      expect(decodeMessage(last.frame)).toMatchObject({ ok: true, message: { ...media, position } })
      expect(joiner.keptBytes).toBe(0)
    }),
  )
})

test('an answer may be addressed by the header of what it answers, a part of a picture included', () => {
  const header = {
    id: 0x0801,
    revision: 2019 as const,
    protocolVersion: 3,
    encryption: 1,
    phone: '13912344323',
    serial: 77,
    split: { total: 9, number: 2 },
  }
  const ack = { kind: 'platform-ack' as const, ackedSerial: 77, ackedId: 0x0801, result: 0 }
  const [answer] = encodeMessage(header, 5, ack)
  expect(frames(answer ?? new Uint8Array())[0]?.header).toEqual({
    id: 0x8001,
    revision: 2019,
    protocolVersion: 3,
    encryption: 0,
    phone: '13912344323',
    serial: 5,
  })
})

test('a picture of 2011 has no place in it', () => {
  const data = hex('FFD8FFE0 00104A46 49460001 01010048 00480000 FFDB0043 00080606 07060508 FFD9')
  const media = { kind: 'media' as const, mediaId: 5, mediaKind: 0, format: 0, event: 0, channel: 2, data }
  expect(through(media, 2013)).toEqual(media)
})

test('an unknown id and an encrypted body are handed on as bytes', () => {
  const body = hex('0102')
  const header = { id: 0x0f01, revision: 2013 as const, encryption: 0, phone: '1', serial: 1 }
  expect(decodeMessage({ header, body })).toEqual({ ok: true, message: { kind: 'unknown', id: 0x0f01, body } })
  expect(decodeMessage({ header: { ...header, id: 0x0200, encryption: 1 }, body })).toEqual({
    ok: true,
    message: { kind: 'unknown', id: 0x0200, body },
  })
})

test('no body makes a message throw; one too short is an error with its id', () => {
  const ids = fc.constantFrom(...Object.values(messageIds))
  const revision = fc.constantFrom<Jt808Revision>(2013, 2019)
  fc.assert(
    fc.property(ids, revision, fc.uint8Array({ maxLength: 120 }), (id, of, body) => {
      decodeMessage({ header: { id, revision: of, encryption: 0, phone: '1', serial: 1 }, body })
    }),
    { numRuns: 3000 },
  )
  const header = { id: messageIds.position, revision: 2013 as const, encryption: 0, phone: '1', serial: 1 }
  expect(decodeMessage({ header, body: new Uint8Array(27) })).toEqual({
    ok: false,
    error: { code: 'jt808/body', id: 0x0200, bytes: 27 },
  })
})

test('all parameters are asked for by an empty body and come back with the serial of the question', () => {
  const phone = { phone: '13912345678', revision: 2013 as const }
  const read = (message: OutgoingMessage) => {
    const [result] = createJt808Stream().push(encodeMessage(phone, 9, message)[0] ?? new Uint8Array())
    if (!result?.ok) throw new Error('no frame')
    return { id: result.frame.header.id, body: result.frame.body, reading: decodeMessage(result.frame) }
  }
  expect(read({ kind: 'ask-parameters' })).toMatchObject({
    id: 0x8104,
    reading: { message: { kind: 'ask-parameters' } },
  })
  const parameters = [
    dwordParameter(0x0029, 30),
    textParameter(0x0083, '京A12345'),
    { id: 0xf001, value: Uint8Array.of(1, 2, 3) },
  ]
  const { id, body, reading } = read({ kind: 'parameters-answer', ackedSerial: 0x1234, parameters })
  expect(id).toBe(0x0104)
  // JT/T 808-2013, 8.12: serial WORD, count BYTE, then id DWORD, length BYTE, value.
  expect([...body.subarray(0, 12)]).toEqual([0x12, 0x34, 3, 0, 0, 0, 0x29, 4, 0, 0, 0, 30])
  if (!reading.ok || reading.message.kind !== 'parameters-answer') throw new Error('no answer')
  expect(reading.message.ackedSerial).toBe(0x1234)
  expect(reading.message.parameters.map(parameterValue)).toEqual([30, '京A12345', '010203'])
  expect(
    decodeMessage({ header: { ...phone, id: 0x0104, encryption: 0, serial: 1 }, body: body.subarray(0, 9) }).ok,
  ).toBe(false)
})
