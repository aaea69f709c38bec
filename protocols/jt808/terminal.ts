/** Messages a terminal sends, apart from the position itself: bodies of JT/T 808, clauses as in 2013. */

import { BodyWriter, dword, gbkText, word } from './bytes.ts'
import type { Jt808Revision } from './frame.ts'
import { decodePosition, encodePosition, type Position, type PositionInput, positionBytes } from './position.ts'

/**
 * 0x0100, 8.5. Field lengths: maker 5, model 8, terminal 7 in 2011; 5, 20, 7 in 2013; 11, 30, 30 in 2019.
 */
export type Register = {
  readonly kind: 'register'
  readonly layout: 2011 | 2013 | 2019
  /** GB/T 2260: first two digits of the division code, then the next four. */
  readonly province: number
  readonly city: number
  readonly maker: string
  readonly model: string
  readonly terminalId: string
  /** JT/T 415: 0 no plate, 1 blue, 2 yellow, 3 black, 4 white, 9 other. */
  readonly plateColour: number
  /** Without a plate: the VIN. */
  readonly plate: string
}

const registerLayouts = {
  2011: { maker: 5, model: 8, terminal: 7 },
  2013: { maker: 5, model: 20, terminal: 7 },
  2019: { maker: 11, model: 30, terminal: 30 },
} as const

const colourAt = (layout: keyof typeof registerLayouts) => {
  const { maker, model, terminal } = registerLayouts[layout]
  return 4 + maker + model + terminal
}

/**
 * The header cannot tell 2011 from 2013, so the length must. 37 to 42 bytes fit both (a VIN as plate in 2011, a short
 * plate in 2013): there the byte that is the colour in 2013 decides, which in 2011 lies in the letters of the plate.
 */
function registerLayout(body: Uint8Array, revision: Jt808Revision): Register['layout'] | null {
  if (revision === 2019 && body.length >= colourAt(2019) + 1) return 2019
  if (body.length <= colourAt(2011)) return null
  const { length } = body
  if (length < 37 || (length <= 42 && (body[24] ?? 0) <= 9 && (body[36] ?? 0) >= 0x30)) return 2011
  return 2013
}

export function decodeRegister(body: Uint8Array, revision: Jt808Revision): Register | null {
  const layout = registerLayout(body, revision)
  if (layout === null) return null
  const { maker, model } = registerLayouts[layout]
  const colour = colourAt(layout)
  return {
    kind: 'register',
    layout,
    province: word(body, 0),
    city: word(body, 2),
    maker: gbkText(body, 4, 4 + maker),
    model: gbkText(body, 4 + maker, 4 + maker + model),
    terminalId: gbkText(body, 4 + maker + model, colour),
    plateColour: body[colour] ?? 0,
    plate: gbkText(body, colour + 1, body.length),
  }
}

export function encodeRegister(of: Register): Uint8Array {
  const lengths = registerLayouts[of.layout]
  return new BodyWriter()
    .word(of.province)
    .word(of.city)
    .field(of.maker, lengths.maker)
    .field(of.model, lengths.model)
    .field(of.terminalId, lengths.terminal)
    .byte(of.plateColour)
    .text(of.plate)
    .done()
}

/** 0x0102, 8.8: the token of 0x8100; 2019 adds IMEI[15] and software version[20]. */
export type Auth = { readonly kind: 'auth'; readonly token: string; readonly imei?: string; readonly software?: string }

export function decodeAuth(body: Uint8Array, revision: Jt808Revision): Auth | null {
  if (revision === 2013) return { kind: 'auth', token: gbkText(body, 0, body.length) }
  const tokenEnd = 1 + (body[0] ?? 0)
  if (body.length < tokenEnd) return null
  return {
    kind: 'auth',
    token: gbkText(body, 1, tokenEnd),
    imei: gbkText(body, tokenEnd, tokenEnd + 15),
    software: gbkText(body, tokenEnd + 15, tokenEnd + 35),
  }
}

export function encodeAuth(of: Auth, revision: Jt808Revision): Uint8Array {
  const token = new BodyWriter().text(of.token).done()
  if (revision === 2013) return token
  return new BodyWriter()
    .byte(token.length)
    .raw(token)
    .field(of.imei ?? '', 15)
    .field(of.software ?? '', 20)
    .done()
}

/** 0x0704, 8.49 (since 2013): positions kept while there was no network. */
export type Batch = {
  readonly kind: 'batch'
  /** 0 is an ordinary batch, 1 is what was kept in a blind area; other values as sent. */
  readonly batchType: number
  readonly positions: readonly Position[]
  readonly quality: readonly ('count-mismatch' | 'cut-short' | 'position-short')[]
}

export function decodeBatch(body: Uint8Array): Batch | null {
  if (body.length < 3) return null
  const count = word(body, 0)
  const positions: Position[] = []
  const quality = new Set<Batch['quality'][number]>()
  let at = 3
  let seen = 0
  while (at < body.length) {
    const length = word(body, at)
    const end = at + 2 + length
    if (at + 2 > body.length || end > body.length) {
      quality.add('cut-short')
      break
    }
    seen++
    const position = decodePosition(body, at + 2, end)
    if (position) positions.push(position)
    else quality.add('position-short')
    at = end
  }
  if (seen !== count) quality.add('count-mismatch')
  return { kind: 'batch', batchType: body[2] ?? 0, positions, quality: [...quality] }
}

export type BatchInput = {
  readonly kind: 'batch'
  readonly batchType: number
  readonly positions: readonly PositionInput[]
}

export function encodeBatch(of: BatchInput): Uint8Array {
  const writer = new BodyWriter().word(of.positions.length).byte(of.batchType)
  for (const position of of.positions) {
    const bytes = encodePosition(position)
    writer.word(bytes.length).raw(bytes)
  }
  return writer.done()
}

/** 0x0801: a picture, sound or film; nearly always split. */
export type Media<Place = Position> = {
  readonly kind: 'media'
  readonly mediaId: number
  /** 0 picture, 1 sound, 2 film. */
  readonly mediaKind: number
  /** 0 JPEG, 1 TIF, 2 MP3, 3 WAV, 4 WMV. */
  readonly format: number
  /** 0 asked by the platform, 1 timer, 2 robbery alarm, 3 collision or rollover, 4 door opened … */
  readonly event: number
  readonly channel: number
  /** Absent in 2011. */
  readonly position?: Place
  readonly data: Uint8Array
}

const startOfJpeg = 0xffd8

export function decodeMedia(body: Uint8Array): Media | null {
  if (body.length < 8) return null
  const format = body[5] ?? 0
  // 2011 has no position there; a picture then begins at once. FFD8 as first alarm bits would be a dozen alarms at once.
  const is2011 = body.length < 8 + positionBytes || (format === 0 && word(body, 8) === startOfJpeg)
  const position = is2011 ? null : decodePosition(body, 8, 8 + positionBytes)
  return {
    kind: 'media',
    mediaId: dword(body, 0),
    mediaKind: body[4] ?? 0,
    format,
    event: body[6] ?? 0,
    channel: body[7] ?? 0,
    ...(position ? { position } : {}),
    data: body.subarray(position ? 8 + positionBytes : 8),
  }
}

export function encodeMedia(of: Media<PositionInput>): Uint8Array {
  const writer = new BodyWriter().dword(of.mediaId).byte(of.mediaKind).byte(of.format).byte(of.event).byte(of.channel)
  // The field is 28 bytes: items have no room in it.
  if (of.position) writer.raw(encodePosition({ ...of.position, items: {} }))
  return writer.raw(of.data).done()
}
