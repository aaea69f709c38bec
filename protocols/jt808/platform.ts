/** Messages the platform sends: bodies of JT/T 808, clauses as in 2013. Read as well as written, for simulated terminals. */

import { BodyWriter, dword, gbkText, word } from './bytes.ts'
import type { Jt808Revision } from './frame.ts'

/** 0x8001 and 0x0001, 8.1 and 8.2. Result: 0 ok, 1 failed, 2 message wrong, 3 not supported, 4 alarm noted (0x8001). */
export type Acknowledgement<Kind extends string> = {
  readonly kind: Kind
  readonly ackedSerial: number
  readonly ackedId: number
  readonly result: number
}

export function decodeAcknowledgement<Kind extends string>(kind: Kind, body: Uint8Array): Acknowledgement<Kind> | null {
  if (body.length < 5) return null
  return { kind, ackedSerial: word(body, 0), ackedId: word(body, 2), result: body[4] ?? 0 }
}

export const encodeAcknowledgement = (of: Acknowledgement<string>): Uint8Array =>
  new BodyWriter().word(of.ackedSerial).word(of.ackedId).byte(of.result).done()

/** 0x8100, 8.6. Result: 0 ok, 1 vehicle known, 2 no such vehicle, 3 terminal known, 4 no such terminal. */
export type RegisterAnswer = {
  readonly kind: 'register-answer'
  readonly ackedSerial: number
  readonly result: number
  /** Only with result 0. */
  readonly token?: string
}

export function decodeRegisterAnswer(body: Uint8Array): RegisterAnswer | null {
  if (body.length < 3) return null
  const result = body[2] ?? 0
  const token = result === 0 ? { token: gbkText(body, 3, body.length) } : {}
  return { kind: 'register-answer', ackedSerial: word(body, 0), result, ...token }
}

export function encodeRegisterAnswer(of: RegisterAnswer): Uint8Array {
  const writer = new BodyWriter().word(of.ackedSerial).byte(of.result)
  return of.result === 0 ? writer.text(of.token ?? '').done() : writer.done()
}

/** Bits of the flag of 0x8300, 8.23; bit 5 set is a fault code, clear is navigation. Since 2019 bits 0–1 are a kind. */
export const textFlags = { urgent: 1, display: 4, speak: 8, advertise: 16, faultCode: 32 } as const

/** 0x8300. 2019 adds the type: 1 notice, 2 service. */
export type Text = { readonly kind: 'text'; readonly flag: number; readonly textType?: number; readonly text: string }

export function decodeText(body: Uint8Array, revision: Jt808Revision): Text | null {
  const textAt = revision === 2019 ? 2 : 1
  if (body.length < textAt) return null
  const textType = revision === 2019 ? { textType: body[1] ?? 0 } : {}
  return { kind: 'text', flag: body[0] ?? 0, ...textType, text: gbkText(body, textAt, body.length) }
}

export function encodeText(of: Text, revision: Jt808Revision): Uint8Array {
  const writer = new BodyWriter().byte(of.flag)
  if (revision === 2019) writer.byte(of.textType ?? 1)
  return writer.text(of.text).done()
}

/** 0x8103, 8.9: each parameter is id DWORD, length BYTE, value. */
export type Parameters = { readonly kind: 'parameters'; readonly parameters: readonly Parameter[] }
export type Parameter = { readonly id: number; readonly value: Uint8Array }

/** Ids of 0x8103 a platform sets most. Intervals are seconds, as DWORD. */
export const parameterIds = {
  heartbeatIntervalS: 0x0001,
  server: 0x0013,
  reportStrategy: 0x0020,
  reportIntervalAsleepS: 0x0027,
  reportIntervalEmergencyS: 0x0028,
  reportIntervalS: 0x0029,
  maxSpeedKmh: 0x0055,
  plate: 0x0083,
  plateColour: 0x0084,
} as const

export const byteParameter = (id: number, value: number): Parameter => ({
  id,
  value: new BodyWriter().byte(value).done(),
})
export const wordParameter = (id: number, value: number): Parameter => ({
  id,
  value: new BodyWriter().word(value).done(),
})
export const dwordParameter = (id: number, value: number): Parameter => ({
  id,
  value: new BodyWriter().dword(value).done(),
})
export const textParameter = (id: number, text: string): Parameter => ({
  id,
  value: new BodyWriter().text(text).done(),
})

export function decodeParameters(body: Uint8Array): Parameters | null {
  const parameters: Parameter[] = []
  let at = 1
  while (parameters.length < (body[0] ?? 0)) {
    const valueAt = at + 5
    const end = valueAt + (body[at + 4] ?? 0)
    if (valueAt > body.length || end > body.length) return null
    parameters.push({ id: dword(body, at), value: body.subarray(valueAt, end) })
    at = end
  }
  return body.length === 0 ? null : { kind: 'parameters', parameters }
}

export function encodeParameters(of: Parameters): Uint8Array {
  const writer = new BodyWriter().byte(of.parameters.length)
  for (const { id, value } of of.parameters) writer.dword(id).byte(value.length).raw(value)
  return writer.done()
}

/** 0x0104, 8.12: all parameters of a terminal, in answer to 0x8104; from the terminal, written as 0x8103 writes them. */
export type ParametersAnswer = {
  readonly kind: 'parameters-answer'
  readonly ackedSerial: number
  readonly parameters: readonly Parameter[]
}

export function decodeParametersAnswer(body: Uint8Array): ParametersAnswer | null {
  const read = body.length < 3 ? null : decodeParameters(body.subarray(2))
  return read && { kind: 'parameters-answer', ackedSerial: word(body, 0), parameters: read.parameters }
}

export const encodeParametersAnswer = (of: ParametersAnswer): Uint8Array =>
  new BodyWriter()
    .word(of.ackedSerial)
    .raw(encodeParameters({ kind: 'parameters', parameters: of.parameters }))
    .done()

const textIds: ReadonlySet<number> = new Set([0x0010, 0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x0083])

/** A value as a number or a text: texts by their id, everything of one, two or four bytes as a number, the rest as hex. */
export function parameterValue({ id, value }: Parameter): number | string {
  if (textIds.has(id)) return gbkText(value, 0, value.length)
  if (value.length === 1) return value[0] ?? 0
  if (value.length === 2) return word(value, 0)
  if (value.length === 4) return dword(value, 0)
  return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** 0x8202, 8.21: a position every so many seconds, for so long. Interval 0 ends it, and then nothing follows. */
export type Follow = { readonly kind: 'follow'; readonly intervalS: number; readonly validS: number }

export function decodeFollow(body: Uint8Array): Follow | null {
  const intervalS = word(body, 0)
  if (body.length < 2 || (intervalS !== 0 && body.length < 6)) return null
  return { kind: 'follow', intervalS, validS: intervalS === 0 ? 0 : dword(body, 2) }
}

export function encodeFollow(of: Follow): Uint8Array {
  const writer = new BodyWriter().word(of.intervalS)
  return of.intervalS === 0 ? writer.done() : writer.dword(of.validS).done()
}

/** 0x8801. */
export type TakePhoto = {
  readonly kind: 'take-photo'
  readonly channel: number
  /** 0 stops, 0xFFFF films, anything else is how many pictures. */
  readonly command: number
  /** Seconds between pictures, or of the film; 0 is the least the terminal can do. */
  readonly intervalS: number
  readonly save: boolean
  /** 1 is 320×240, 2 is 640×480, 3 is 800×600, 4 is 1024×768 … */
  readonly resolution: number
  /** 1 is the best, 10 the smallest. */
  readonly quality: number
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
  readonly chroma: number
}

export function decodeTakePhoto(body: Uint8Array): TakePhoto | null {
  if (body.length < 12) return null
  const [channel = 0, , , , , save = 0, resolution = 0, quality = 0, brightness = 0, contrast = 0] = body
  const pictures = { brightness, contrast, saturation: body[10] ?? 0, chroma: body[11] ?? 0 }
  const how = { command: word(body, 1), intervalS: word(body, 3), save: save === 1 }
  return { kind: 'take-photo', channel, ...how, resolution, quality, ...pictures }
}

export const encodeTakePhoto = (of: TakePhoto): Uint8Array =>
  new BodyWriter()
    .byte(of.channel)
    .word(of.command)
    .word(of.intervalS)
    .byte(of.save ? 1 : 0)
    .byte(of.resolution)
    .byte(of.quality)
    .byte(of.brightness)
    .byte(of.contrast)
    .byte(of.saturation)
    .byte(of.chroma)
    .done()

/** 0x8800: a medium has come; parts named here are to be sent again. */
export type MediaAnswer = {
  readonly kind: 'media-answer'
  readonly mediaId: number
  readonly missing: readonly number[]
}

export function decodeMediaAnswer(body: Uint8Array): MediaAnswer | null {
  if (body.length < 4) return null
  const count = body[4] ?? 0
  if (body.length < 5 + count * 2 && count > 0) return null
  return {
    kind: 'media-answer',
    mediaId: dword(body, 0),
    missing: Array.from({ length: count }, (_, at) => word(body, 5 + at * 2)),
  }
}

/** When nothing is missing nothing follows the id. */
export function encodeMediaAnswer(of: MediaAnswer): Uint8Array {
  const writer = new BodyWriter().dword(of.mediaId)
  if (of.missing.length === 0) return writer.done()
  writer.byte(of.missing.length)
  for (const number of of.missing) writer.word(number)
  return writer.done()
}
