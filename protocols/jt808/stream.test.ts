import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gbkBytes } from './bytes.ts'
import {
  checksum,
  encodeFrame,
  escapeFrame,
  type HeaderInput,
  type Jt808Result,
  maxBodyBytes,
  maxFrameBytes,
} from './frame.ts'
import { createJt808Stream } from './stream.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const read = (bytes: Uint8Array) => createJt808Stream().push(bytes)
const bodies = (results: Jt808Result[]) =>
  results.flatMap((result) => (result.ok ? [Buffer.from(result.frame.body).toString('hex')] : []))
const codes = (results: Jt808Result[]) => results.flatMap((result) => (result.ok ? [] : [result.error.code]))

const header: HeaderInput = { id: 0x0002, revision: 2013, phone: '13800138000', serial: 7 }
const good = encodeFrame(header, new Uint8Array())
const other = encodeFrame({ ...header, id: 0x0102, serial: 8 }, hex('7e7d30'))

const phones = fc.stringMatching(/^[1-9]\d{0,11}$/)
const headers: fc.Arbitrary<HeaderInput> = fc.oneof(
  fc.record({
    id: fc.integer({ min: 0, max: 0xffff }),
    revision: fc.constant(2013 as const),
    phone: phones,
    serial: fc.integer({ min: 0, max: 0xffff }),
  }),
  fc.record({
    id: fc.integer({ min: 0, max: 0xffff }),
    revision: fc.constant(2019 as const),
    protocolVersion: fc.constantFrom(1, 0x7d, 0x7e),
    phone: phones,
    serial: fc.integer({ min: 0, max: 0xffff }),
    split: fc.record({ total: fc.integer({ min: 1, max: 0xffff }), number: fc.integer({ min: 1, max: 0xffff }) }),
  }),
)
/** Bytes in which every other one must be escaped. */
const body = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x7d, 0x7e, 1, 2)), { maxLength: 120 })

test('a register frame of a 2013 terminal is read from its bytes', () => {
  const frame = hex(
    '7E0100002B0185005258650001000C007D02313235000031323600000000000000000000000000000000003031383530303104B7E1CCEF3836F37E',
  )
  expect(read(frame)).toMatchObject([
    {
      ok: true,
      offset: 0,
      frame: { header: { id: 0x0100, revision: 2013, encryption: 0, phone: '18500525865', serial: 1 } },
    },
  ])
  expect(bodies(read(frame))[0]).toMatch(/^000c007e313235/)
})

test('any frame reads back as it was written, however many bytes need escaping', () => {
  fc.assert(
    fc.property(headers, body, (of, bytes) => {
      const frame = encodeFrame(of, Uint8Array.from(bytes))
      expect(frame.subarray(1, -1)).not.toContain(0x7e)
      expect(read(frame)).toEqual([
        { ok: true, offset: 0, frame: { header: { encryption: 0, ...of }, body: Uint8Array.from(bytes) } },
      ])
    }),
  )
})

test('a check of 7E or 7D is itself escaped', () => {
  for (const check of [0x7e, 0x7d]) {
    const bare = encodeFrame(header, new Uint8Array([0]))
    const plain = new Uint8Array([...bare.subarray(1, -2)])
    plain[plain.length - 1] = (plain.at(-1) ?? 0) ^ checksum(plain) ^ check
    expect(checksum(plain)).toBe(check)
    const frame = escapeFrame(plain, check)
    expect([...frame.slice(-3)]).toEqual([0x7d, check === 0x7e ? 2 : 1, 0x7e])
    expect(read(frame)).toMatchObject([{ ok: true, frame: { header: { serial: 7 } } }])
  }
})

test('[SEN-02] frames of vehicles arrive whole however the network cuts them', () => {
  const shared = join(good, other.subarray(1))
  const bytes = join(hex('0102'), good, other, shared, hex('7e7e'), other.subarray(0, 9), good, hex('7e017d7e'), other)
  const atOnce = read(bytes)
  expect(codes(atOnce)).toEqual(['jt808/delimiter', 'jt808/short', 'jt808/escape'])
  expect(bodies(atOnce)).toEqual(['', '7e7d30', '', '7e7d30', '', '7e7d30'])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (cuts) => {
      const stream = createJt808Stream()
      const results: Jt808Result[] = []
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

test('a delimiter may be shared, doubled, or stand alone', () => {
  expect(bodies(read(join(good, other.subarray(1))))).toEqual(['', '7e7d30'])
  expect(read(hex('7e7e7e7e'))).toEqual([])
  const doubled = read(join(hex('7e7e'), good, hex('7e'), other))
  expect(doubled.map((result) => result.ok && result.offset)).toEqual([2, 2 + good.length + 1])
})

test('what is wrong is named, with the place of its delimiter, and the next frame is good', () => {
  const damaged = good.slice()
  damaged[3] = (damaged[3] ?? 0) ^ 1
  const plain = good.slice(1, -2)
  plain[3] = 9
  const lying = escapeFrame(plain, checksum(plain))
  const cases: [string, Uint8Array][] = [
    ['jt808/checksum', damaged],
    ['jt808/length', lying],
    ['jt808/short', hex('7e 00 02 00 00 7e')],
    ['jt808/escape', hex('7e 00 02 7d 03 00 7e')],
    ['jt808/escape', hex('7e 00 02 7d 7e')],
    ['jt808/checksum', join(hex('7e'), new Uint8Array(maxFrameBytes).fill(1), hex('7e'))],
    ['jt808/too-long', join(hex('7e'), new Uint8Array(maxFrameBytes + 1), hex('7e'))],
    ['jt808/too-long', join(hex('7e'), new Uint8Array(5000), hex('7e'))],
  ]
  for (const [code, bytes] of cases) {
    const results = read(join(good, bytes, other))
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: { code, offset: good.length } },
      { ok: true, offset: good.length + bytes.length },
    ])
  }
  expect(codes(read(damaged))).toEqual(['jt808/checksum'])
})

test('a header of 2019 needs its longer length', () => {
  // Thirteen bytes with a right check, but bit 14 claims seventeen of header alone.
  const plain = hex('00 02 40 00 01 00 00 00 00 01 38 00')
  expect(codes(read(escapeFrame(plain, checksum(plain))))).toEqual(['jt808/short'])
})

test('the longest body passes, and is told from one byte more', () => {
  const longest = encodeFrame(
    { ...header, revision: 2019, split: { total: 2, number: 1 } },
    new Uint8Array(maxBodyBytes).fill(0x7e),
  )
  expect(read(longest).map((result) => result.ok && result.frame.body.length)).toEqual([maxBodyBytes])
  expect(() => encodeFrame(header, new Uint8Array(maxBodyBytes + 1))).toThrow(RangeError)
})

test('rubbish between frames never costs a following good frame', () => {
  const rubbish = fc.array(
    fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom('7e', '7d', '7d7e', '7e00', '7d02').map(hex)),
  )
  fc.assert(
    fc.property(rubbish, (parts) => {
      const last = read(join(...parts, good)).at(-1)
      expect(last?.ok && last.frame.header.phone).toBe('13800138000')
    }),
    { numRuns: 1000 },
  )
})

test('nothing a terminal sends makes the stream throw, or hold more than one frame', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constant(good),
    fc.constant(new Uint8Array(400).fill(0x7d)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const stream = createJt808Stream({ maxFrameBytes: 200 })
      for (const chunk of pieces) {
        stream.push(chunk)
        expect(stream.bufferedBytes).toBeLessThanOrEqual(200)
      }
    }),
  )
})

test('bodies of push may be kept; bodies of each are views', () => {
  const stream = createJt808Stream()
  const [kept] = stream.push(other)
  stream.push(good)
  stream.push(encodeFrame({ ...header, id: 0x0102 }, hex('000000')))
  expect(kept?.ok && [...kept.frame.body]).toEqual([0x7e, 0x7d, 0x30])
  const seen: number[] = []
  stream.each(other, (result) => seen.push(result.ok ? result.frame.body.length : -1))
  expect(seen).toEqual([3])
})

test('plates and texts are GBK', () => {
  expect(Buffer.from(gbkBytes('京A12345')).toString('hex')).toBe('bea9413132333435')
  expect(Buffer.from(gbkBytes('测😀')).toString('hex')).toBe('b2e23f')
})
