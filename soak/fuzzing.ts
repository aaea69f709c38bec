/** Streams as a hostile or broken line brings them, for both codecs: true frames, damaged ones and rubbish, cut anywhere. */
import {
  createHj212Joiner,
  createHj212Stream,
  encodeReport,
  formatQn,
  type Hj212Stream,
  observations,
} from '@pentad/hj212'
import { createJt808Joiner, createJt808Stream, decodeMessage, encodeMessage, type OutgoingMessage } from '@pentad/jt808'
import fc from 'fast-check'

const base = Date.UTC(2026, 4, 21)
const instant = fc.integer({ min: 0, max: 30 * 86_400 }).map((s) => new Date(base + s * 1000))
const level = fc.integer({ min: 200, max: 1400 }).map((n) => n / 10)

const reportFrames = fc
  .record({
    at: instant,
    cn: fc.constantFrom('2011' as const, '2051' as const, '2061' as const, '2031' as const),
    mn: fc.stringMatching(/^[0-9A-Z]{14,24}$/),
    values: fc.array(
      fc.record({
        factor: fc.constantFrom('Leq', 'LA', 'a34002', 'a01007', 'rain'),
        avg: level,
        max: level,
        flag: fc.constantFrom('N', 'D'),
      }),
      { minLength: 1, maxLength: 30 },
    ),
    answerWanted: fc.boolean(),
    chars: fc.constantFrom(1024, 400),
  })
  .map(({ at, cn, mn, values, answerWanted, chars }) =>
    encodeReport({ qn: formatQn(at), st: '23', cn, pw: '123456', mn, answerWanted, dataTime: at, values }, chars),
  )

const place = fc
  .record({
    lat: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    lon: fc.integer({ min: -180_000_000, max: 180_000_000 }),
    speed: fc.integer({ min: 0, max: 3000 }),
    course: fc.integer({ min: 0, max: 359 }),
    alarm: fc.integer({ min: 0, max: 0xffffffff }),
    at: instant,
  })
  .map((p) => ({
    latitudeDeg: p.lat / 1e6,
    longitudeDeg: p.lon / 1e6,
    speedKmh: p.speed / 10,
    courseDeg: p.course,
    alarm: p.alarm,
    fixed: true,
    time: p.at,
    items: { mileageKm: 12, satellites: 9 },
  }))
const terminalMessage: fc.Arbitrary<OutgoingMessage> = fc.oneof(
  place.map((position): OutgoingMessage => ({ kind: 'position', position })),
  fc
    .array(place, { minLength: 1, maxLength: 40 })
    .map((positions): OutgoingMessage => ({ kind: 'batch', batchType: 1, positions })),
  fc.constant<OutgoingMessage>({ kind: 'heartbeat' }),
  fc.stringMatching(/^[0-9a-f]{1,32}$/).map((token): OutgoingMessage => ({ kind: 'auth', token })),
  fc
    .uint8Array({ maxLength: 3000 })
    .map(
      (data): OutgoingMessage => ({ kind: 'media', mediaId: 1, mediaKind: 0, format: 0, event: 0, channel: 1, data }),
    ),
)
const terminalFrames = fc
  .record({
    phone: fc.stringMatching(/^1\d{10}$/),
    revision: fc.constantFrom(2013 as const, 2019 as const),
    serial: fc.integer({ min: 0, max: 0xffff }),
    message: terminalMessage,
  })
  .map(({ phone, revision, serial, message }) => encodeMessage({ phone, revision }, serial, message))

const words = ['##', '#', '##9999', '##0001', '&&', '\r\n', 'CP=&&', '&&1C80\r\n', ';', '~', '}', 'QN='].map((w) =>
  new TextEncoder().encode(w),
)
const rubbish = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(
    ...words,
    Uint8Array.of(0x7e),
    Uint8Array.of(0x7d),
    Uint8Array.of(0x7d, 0x02),
    Uint8Array.of(0x7d, 0x7e),
  ),
  fc.nat(12_000).map((n) => new Uint8Array(n).fill(0x41)),
)

/** One of the things that happen to a frame on its way. */
const damage = fc.oneof(
  fc.record({ how: fc.constant('flip' as const), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ how: fc.constant('cut' as const), at: fc.nat(), bits: fc.constant(0) }),
  fc.record({ how: fc.constant('lack' as const), at: fc.nat(), bits: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ how: fc.constant('swell' as const), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }),
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never
function damaged(frame: Uint8Array, { how, at, bits }: Damage): Uint8Array {
  const i = at % frame.length
  if (how === 'cut') return frame.slice(0, i)
  if (how === 'lack') return Uint8Array.from([...frame.subarray(0, i), ...frame.subarray(i + bits)])
  if (how === 'swell')
    return Uint8Array.from([...frame.subarray(0, i), ...new Uint8Array(bits).fill(bits), ...frame.subarray(i)])
  const out = frame.slice()
  out[i] = (out[i] ?? 0) ^ bits
  return out
}

type Piece = { kind: 'true'; bytes: Uint8Array[] } | { kind: 'damaged' | 'rubbish'; bytes: Uint8Array[] }
const piecesOf = (frames: fc.Arbitrary<Uint8Array[]>): fc.Arbitrary<Piece[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: frames.map((bytes): Piece => ({ kind: 'true', bytes })) },
      {
        weight: 3,
        arbitrary: fc.tuple(frames, fc.array(damage, { minLength: 1, maxLength: 3 })).map(
          ([bytes, all]): Piece => ({
            kind: 'damaged',
            bytes: bytes.map((frame) => all.reduce((f, d) => (f.length > 0 ? damaged(f, d) : f), frame)),
          }),
        ),
      },
      { weight: 2, arbitrary: rubbish.map((bytes): Piece => ({ kind: 'rubbish', bytes: [bytes] })) },
    ),
    { minLength: 1, maxLength: 12 },
  )
const cutsOf = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 })

export interface FuzzCount {
  streams: number
  frames: number
  refused: number
  bytes: number
}
export const nothing = (): FuzzCount => ({ streams: 0, frames: 0, refused: 0, bytes: 0 })

function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): Generator<Uint8Array> {
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const to = from + (cuts[turn % cuts.length] ?? 1)
    yield bytes.subarray(from, to)
    from = to
  }
}
const must = (right: boolean, what: string): void => {
  if (!right) throw new Error(what)
}

const mostBytes212 = 10_011
const hj212Good = encodeReport({
  qn: '20260521000000000',
  st: '23',
  cn: '2011',
  pw: '123456',
  mn: 'FUZZ0000000000000000GOOD',
  dataTime: new Date(base),
  values: [{ factor: 'LA', rtd: 55, flag: 'N' }],
})[0] as Uint8Array
const jt808Good = encodeMessage({ phone: '13900000000', revision: 2013 }, 1, { kind: 'heartbeat' })[0] as Uint8Array

/** Nothing throws, no more than a frame is kept, a true frame between true ones is read, and so is the one that follows it all. */
/** Where nothing was spoiled, each frame and the good one behind them are read. */
const losesNone = (pieces: readonly Piece[], read: readonly { ok: boolean }[]): boolean =>
  pieces.some((p) => p.kind !== 'true') ||
  read.filter((r) => r.ok).length === pieces.reduce((sum, p) => sum + p.bytes.length, 0) + 1

export const hj212Property = (count: FuzzCount) =>
  fc.property(piecesOf(reportFrames), cutsOf, (pieces, cuts) => {
    const stream: Hj212Stream = createHj212Stream()
    const joiner = createHj212Joiner()
    const bytes = Buffer.concat([...pieces.flatMap((p) => p.bytes), hj212Good])
    let last = ''
    for (const chunk of chunksOf(bytes, cuts)) {
      for (const result of stream.push(chunk)) {
        if (!result.ok) {
          count.refused++
          continue
        }
        count.frames++
        last = result.frame.message.mn
        observations(result.frame.message)
        joiner.add(result.frame.message, base)
      }
      must(
        stream.bufferedBytes <= mostBytes212 && stream.capacityBytes <= mostBytes212,
        'HJ 212 keeps more than a frame',
      )
    }
    must(last === 'FUZZ0000000000000000GOOD', 'HJ 212 does not find the good frame behind')
    must(losesNone(pieces, createHj212Stream().push(bytes)), 'HJ 212 loses a true frame')
    count.streams++
    count.bytes += bytes.length
  })

const mostBytes808 = 1045
export const jt808Property = (count: FuzzCount) =>
  fc.property(piecesOf(terminalFrames), cutsOf, (pieces, cuts) => {
    const stream = createJt808Stream()
    const joiner = createJt808Joiner()
    const bytes = Buffer.concat([...pieces.flatMap((p) => p.bytes), jt808Good])
    let last = ''
    for (const chunk of chunksOf(bytes, cuts)) {
      for (const result of stream.push(chunk)) {
        if (!result.ok) {
          count.refused++
          continue
        }
        count.frames++
        last = result.frame.header.phone
        const joined = joiner.add(result.frame, base)
        if (joined.kind === 'whole') decodeMessage(joined.frame)
      }
      must(stream.bufferedBytes <= mostBytes808, 'JT/T 808 keeps more than a frame')
      must(joiner.keptBytes <= 4 * (4 << 20), 'JT/T 808 keeps more parts than allowed')
    }
    must(last === '13900000000', 'JT/T 808 does not find the good frame behind')
    must(losesNone(pieces, createJt808Stream().push(bytes)), 'JT/T 808 loses a true frame')
    count.streams++
    count.bytes += bytes.length
  })
