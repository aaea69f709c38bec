import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hexWord, hj212Crc, modbusCrc, swapBytes } from './crc.ts'
import { encodeFrame } from './frame.ts'
import { createHj212Stream, type Hj212Result, type Hj212StreamOptions } from './stream.ts'

const annexA = 'QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&'
const noise =
  'QN=20240508223000000;ST=23;CN=2011;PW=123456;MN=NOISE0001;Flag=5;CP=&&DataTime=20240508223000;LA-Rtd=72.4,LA-Flag=N&&'

const encode = (text: string) => new TextEncoder().encode(text)
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const good = encodeFrame(annexA)

function read(bytes: Uint8Array, options: Hj212StreamOptions = {}): Hj212Result[] {
  return createHj212Stream(options).push(bytes)
}
const segments = (results: Hj212Result[]) => results.flatMap((result) => (result.ok ? [result.frame.segment] : []))
const errors = (results: Hj212Result[]) => results.flatMap((result) => (result.ok ? [] : [result.error]))
const codes = (results: Hj212Result[]) => errors(results).map((error) => error.code)

/** A frame by hand: any of its parts may lie. */
function forged(segment: string, lie: { declared?: number; crc?: string; tail?: string } = {}): Uint8Array {
  const { declared = encode(segment).length, crc = hexWord(hj212Crc(encode(segment))), tail = '\r\n' } = lie
  return encode(`##${String(declared).padStart(4, '0')}${segment}${crc}${tail}`)
}

test('the frame of appendix A is read as printed there', () => {
  expect(new TextDecoder().decode(good)).toBe(`##0101${annexA}1C80\r\n`)
  expect(read(good)).toEqual([
    {
      ok: true,
      offset: 0,
      frame: {
        segment: annexA,
        crc: '1C80',
        crcVariant: 'strict',
        message: {
          qn: '20160801085857223',
          st: '32',
          cn: '1062',
          pw: '100000',
          mn: '010000A8900016F000169DC0',
          flag: { bits: 5, answerWanted: true, packets: false, version: 2017 },
          cp: [{ RtdInterval: '30' }],
        },
      },
    },
  ])
})

test('[SEN-09] noise frames arrive whole however the network cuts them', () => {
  const long = forged(noise, { declared: 900 })
  const cut = encodeFrame(noise).subarray(0, 50)
  const bytes = join(
    encode('\r\n'),
    encodeFrame(noise),
    encode('~~#'),
    good,
    long,
    forged(noise, { crc: '0000' }),
    cut,
    good,
  )
  const atOnce = read(bytes)
  expect(segments(atOnce)).toEqual([noise, annexA, annexA])
  expect(codes(atOnce)).toEqual(['hj212/header', 'hj212/length', 'hj212/crc', 'hj212/length'])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (cuts) => {
      const stream = createHj212Stream()
      const results: Hj212Result[] = []
      let from = 0
      for (let turn = 0; from < bytes.length; turn++) {
        const to = from + (cuts[turn % cuts.length] ?? 1)
        results.push(...stream.push(bytes.subarray(from, to)))
        from = to
      }
      expect(results).toEqual(atOnce)
    }),
  )
})

test('a frame that is refused is named with its place in the stream', () => {
  const bytes = join(good, forged(noise, { crc: 'ABCD' }), good)
  expect(errors(read(bytes))).toEqual([
    {
      code: 'hj212/crc',
      offset: good.length,
      detail: { expected: hexWord(hj212Crc(encode(noise))), found: 'ABCD' },
    },
  ])
})

test('a check in small letters is the same check', () => {
  expect(segments(read(forged(annexA, { crc: '1c80' })))).toEqual([annexA])
})

test.each([
  ['swapped', hexWord(swapBytes(hj212Crc(encode(noise))))],
  ['modbus', hexWord(modbusCrc(encode(noise)))],
] as const)('a %s check is refused, named, and taken once the device is known for it', (variant, crc) => {
  const bytes = forged(noise, { crc })
  expect(errors(read(bytes))).toEqual([
    {
      code: 'hj212/crc',
      offset: 0,
      detail: { expected: hexWord(hj212Crc(encode(noise))), found: crc, looksLike: variant },
    },
  ])
  const taken = read(bytes, { profile: { crc: ['strict', variant] } })
  expect(taken.map((result) => result.ok && result.frame.crcVariant)).toEqual([variant])
  expect(codes(read(forged(noise, { crc: '0000' }), { profile: { crc: ['strict', variant] } }))).toEqual(['hj212/crc'])
})

test('a device without a check passes only where its owner allows none', () => {
  const bytes = join(forged(noise, { crc: 'XXXX' }), good)
  expect(codes(read(bytes))).toEqual(['hj212/length'])
  expect(segments(read(bytes, { profile: { crc: ['none'] } }))).toEqual([noise, annexA])
})

test.each([-30, -7, -4, -2, -1, 1, 2, 3, 4, 6, 7, 8, 30, 400, 5000])(
  'a length wrong by %i does not swallow the frame behind it, nor hold it back',
  (by) => {
    const declared = Math.max(0, encode(noise).length + by)
    const results = read(join(forged(noise, { declared }), good))
    expect(segments(results)).toEqual([annexA])
    expect(codes(results)).toEqual(['hj212/length'])
  },
)

test('a frame cut short is refused as soon as the next head shows', () => {
  const stream = createHj212Stream()
  expect(stream.push(encodeFrame(noise).subarray(0, 40))).toEqual([])
  expect(stream.push(good.subarray(0, 5))).toEqual([])
  expect(errors(stream.push(good.subarray(5, 6)))).toEqual([
    { code: 'hj212/length', offset: 0, detail: { declared: encode(noise).length, nextHeadAfter: 34 } },
  ])
  expect(segments(stream.push(good.subarray(6)))).toEqual([annexA])
})

test('a frame that ends before its length is refused as soon as it ends', () => {
  const stream = createHj212Stream()
  const found = encode(noise).length
  const one = forged(noise, { declared: 900 })
  for (const byte of one.subarray(0, -1)) expect(stream.push(Uint8Array.of(byte))).toEqual([])
  expect(errors(stream.push(one.subarray(-1)))).toEqual([
    { code: 'hj212/length', offset: 0, detail: { declared: 900, found } },
  ])
})

test('a missing line end is refused, and taken where the profile says so', () => {
  const bytes = join(forged(noise, { tail: '' }), good, forged(noise, { tail: '' }))
  expect(codes(read(bytes))).toEqual(['hj212/tail'])
  expect(segments(read(bytes))).toEqual([annexA])
  expect(segments(read(bytes, { profile: { missingTail: true } }))).toEqual([noise, annexA, noise])
})

test('a length above the limit is refused at the head, without waiting for the bytes', () => {
  const results = read(join(encode('##9999'), good), { maxFrameBytes: 1024 })
  expect(errors(results)).toEqual([{ code: 'hj212/too-long', offset: 0, detail: { declared: 9999, most: 1012 } }])
  expect(segments(results)).toEqual([annexA])
})

test('a right frame around a wrong segment is refused as such', () => {
  const results = read(join(forged('QN=1;ST=23;CN=2011;MN=A;Flag=5;CP=&&&&'), good))
  expect(errors(results)).toEqual([
    { code: 'hj212/segment', offset: 0, detail: { reason: 'qn', key: 'QN', value: '1' } },
  ])
  expect(segments(results)).toEqual([annexA])
})

test('rubbish between frames is reported once and never costs a following good frame', () => {
  expect(errors(read(join(encode('noise of the line'), good)))).toEqual([
    { code: 'hj212/header', offset: 0, detail: { strayBytes: 14 } },
  ])
  const rubbish = fc.array(
    fc.oneof(
      fc.constantFrom('#', '##', '###', '##01', '##0', '##9999', '##0005', '##0101', '&&', '1C80\r\n', '&&1C80\r\n'),
      fc.string(),
    ),
  )
  fc.assert(
    fc.property(rubbish, (parts) => {
      const results = read(join(encode(parts.join('')), good))
      const last = results.at(-1)
      expect(last?.ok && last.frame.segment).toBe(annexA)
    }),
    { numRuns: 2000 },
  )
})

test('Chinese in a value is read, as UTF-8 or as GBK', () => {
  const segment = 'QN=20240508223000000;ST=23;CN=3020;PW=123456;MN=A;Flag=5;CP=&&i11001-Info=故障&&'
  expect(segments(read(encodeFrame(segment)))).toEqual([segment])
  const [before, after] = segment.split('故障')
  const gbk = join(encode(before ?? ''), new Uint8Array([0xb9, 0xca, 0xd5, 0xcf]), encode(after ?? ''))
  const frame = join(encode(`##00${gbk.length}`), gbk, encode(`${hexWord(hj212Crc(gbk))}\r\n`))
  expect(segments(read(frame))).toEqual([segment])
})

test('nothing a device sends makes the stream throw, or hold more than one frame', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.constantFrom('##0990', '##0240', '#', '&&', '\r\n', '##9999').map(encode),
    fc.constant(good),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const stream = createHj212Stream({ maxFrameBytes: 1024 })
      for (const chunk of pieces) {
        stream.push(chunk)
        expect(stream.bufferedBytes).toBeLessThanOrEqual(1024)
        expect(stream.capacityBytes).toBeLessThanOrEqual(1024)
      }
    }),
  )
})

test('an endless frame keeps no more than the limit', () => {
  const stream = createHj212Stream()
  stream.push(encode('##9998'))
  for (let turn = 0; turn < 64; turn++) {
    stream.push(new Uint8Array(4096).fill(0x41))
    expect(stream.capacityBytes).toBeLessThanOrEqual(10_011)
  }
  expect(segments(stream.push(good))).toEqual([annexA])
})
