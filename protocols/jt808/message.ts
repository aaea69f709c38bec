/** From frames to messages and back: which body belongs to which id. */

import { word } from './bytes.ts'
import { encodeFrame, type Jt808Frame, type Jt808Header, type Jt808Revision, maxBodyBytes } from './frame.ts'
import {
  type Acknowledgement,
  decodeAcknowledgement,
  decodeFollow,
  decodeMediaAnswer,
  decodeParameters,
  decodeParametersAnswer,
  decodeRegisterAnswer,
  decodeTakePhoto,
  decodeText,
  encodeAcknowledgement,
  encodeFollow,
  encodeMediaAnswer,
  encodeParameters,
  encodeParametersAnswer,
  encodeRegisterAnswer,
  encodeTakePhoto,
  encodeText,
  type Follow,
  type MediaAnswer,
  type Parameters,
  type ParametersAnswer,
  type RegisterAnswer,
  type TakePhoto,
  type Text,
} from './platform.ts'
import { decodePosition, encodePosition, type Position, type PositionInput } from './position.ts'
import {
  type Auth,
  type Batch,
  type BatchInput,
  decodeAuth,
  decodeBatch,
  decodeMedia,
  decodeRegister,
  encodeAuth,
  encodeBatch,
  encodeMedia,
  encodeRegister,
  type Media,
  type Register,
} from './terminal.ts'

/** Message ids (消息ID) this codec reads and writes. */
export const messageIds = {
  'terminal-ack': 0x0001,
  heartbeat: 0x0002,
  'log-off': 0x0003,
  'parameters-answer': 0x0104,
  register: 0x0100,
  auth: 0x0102,
  position: 0x0200,
  'position-answer': 0x0201,
  batch: 0x0704,
  media: 0x0801,
  'platform-ack': 0x8001,
  'register-answer': 0x8100,
  parameters: 0x8103,
  'ask-parameters': 0x8104,
  'ask-position': 0x8201,
  follow: 0x8202,
  text: 0x8300,
  'media-answer': 0x8800,
  'take-photo': 0x8801,
} as const

type Bare<Kind extends string> = { readonly kind: Kind }

type Both =
  | Acknowledgement<'terminal-ack'>
  | Acknowledgement<'platform-ack'>
  | Bare<'heartbeat'>
  | Bare<'log-off'>
  | Bare<'ask-position'>
  | Bare<'ask-parameters'>
  | ParametersAnswer
  | Register
  | Auth
  | RegisterAnswer
  | Text
  | Parameters
  | Follow
  | TakePhoto
  | MediaAnswer

export type Jt808Message =
  | Both
  | { readonly kind: 'position'; readonly position: Position }
  /** 0x0201, the answer to 0x8201. */
  | { readonly kind: 'position-answer'; readonly ackedSerial: number; readonly position: Position }
  | Batch
  | Media
  /** An id this codec does not read, or an encrypted body. */
  | { readonly kind: 'unknown'; readonly id: number; readonly body: Uint8Array }

export type OutgoingMessage =
  | Both
  | { readonly kind: 'position'; readonly position: PositionInput }
  | { readonly kind: 'position-answer'; readonly ackedSerial: number; readonly position: PositionInput }
  | BatchInput
  | Media<PositionInput>

export type MessageReading =
  | { readonly ok: true; readonly message: Jt808Message }
  | { readonly ok: false; readonly error: { readonly code: 'jt808/body'; readonly id: number; readonly bytes: number } }

/** Give the frames of a split message joined. Byte values in the message are views of `frame.body`. */
export function decodeMessage(frame: Jt808Frame): MessageReading {
  const { header, body } = frame
  const message = header.encryption === 0 ? readBody(header, body) : { kind: 'unknown' as const, id: header.id, body }
  if (message === null) return { ok: false, error: { code: 'jt808/body', id: header.id, bytes: body.length } }
  return { ok: true, message }
}

function readBody({ id, revision }: Jt808Header, body: Uint8Array): Jt808Message | null {
  switch (id) {
    case messageIds['terminal-ack']:
      return decodeAcknowledgement('terminal-ack', body)
    case messageIds.heartbeat:
      return { kind: 'heartbeat' }
    case messageIds['log-off']:
      return { kind: 'log-off' }
    case messageIds.register:
      return decodeRegister(body, revision)
    case messageIds.auth:
      return decodeAuth(body, revision)
    case messageIds.position: {
      const position = decodePosition(body)
      return position && { kind: 'position', position }
    }
    case messageIds['position-answer']: {
      const position = decodePosition(body, 2)
      return position && { kind: 'position-answer', ackedSerial: word(body, 0), position }
    }
    case messageIds.batch:
      return decodeBatch(body)
    case messageIds.media:
      return decodeMedia(body)
    case messageIds['platform-ack']:
      return decodeAcknowledgement('platform-ack', body)
    case messageIds['register-answer']:
      return decodeRegisterAnswer(body)
    case messageIds.parameters:
      return decodeParameters(body)
    case messageIds['parameters-answer']:
      return decodeParametersAnswer(body)
    case messageIds['ask-parameters']:
      return { kind: 'ask-parameters' }
    case messageIds['ask-position']:
      return { kind: 'ask-position' }
    case messageIds.follow:
      return decodeFollow(body)
    case messageIds.text:
      return decodeText(body, revision)
    case messageIds['media-answer']:
      return decodeMediaAnswer(body)
    case messageIds['take-photo']:
      return decodeTakePhoto(body)
    default:
      return { kind: 'unknown', id, body }
  }
}

export function encodeBody(message: OutgoingMessage, revision: Jt808Revision): Uint8Array {
  switch (message.kind) {
    case 'heartbeat':
    case 'log-off':
    case 'ask-position':
    case 'ask-parameters':
      return new Uint8Array()
    case 'parameters-answer':
      return encodeParametersAnswer(message)
    case 'terminal-ack':
    case 'platform-ack':
      return encodeAcknowledgement(message)
    case 'register':
      return encodeRegister(message)
    case 'auth':
      return encodeAuth(message, revision)
    case 'position':
      return encodePosition(message.position)
    case 'position-answer': {
      const { ackedSerial } = message
      return Uint8Array.of(ackedSerial >> 8, ackedSerial & 0xff, ...encodePosition(message.position))
    }
    case 'batch':
      return encodeBatch(message)
    case 'media':
      return encodeMedia(message)
    case 'register-answer':
      return encodeRegisterAnswer(message)
    case 'parameters':
      return encodeParameters(message)
    case 'follow':
      return encodeFollow(message)
    case 'text':
      return encodeText(message, revision)
    case 'media-answer':
      return encodeMediaAnswer(message)
    case 'take-photo':
      return encodeTakePhoto(message)
  }
}

/** Whom a frame is for or from; the header of a frame received will do. */
export type Terminal = {
  readonly phone: string
  readonly revision: Jt808Revision
  readonly protocolVersion?: number
}

/**
 * The frames of one message: one, or as many as the length needs. Parts take the serials from `serial` on, so the next
 * message begins at `serial + frames.length`.
 */
export function encodeMessage(terminal: Terminal, serial: number, message: OutgoingMessage): Uint8Array[] {
  const body = encodeBody(message, terminal.revision)
  const { phone, revision, protocolVersion } = terminal
  const address = { phone, revision, ...(protocolVersion === undefined ? {} : { protocolVersion }) }
  const id = messageIds[message.kind]
  const total = Math.max(1, Math.ceil(body.length / maxBodyBytes))
  return Array.from({ length: total }, (_, at) => {
    // Field by field: a header given as terminal may carry the split and the encryption of another message.
    const header = { ...address, id, serial: (serial + at) & 0xffff }
    const part = body.subarray(at * maxBodyBytes, (at + 1) * maxBodyBytes)
    return encodeFrame(total === 1 ? header : { ...header, split: { total, number: at + 1 } }, part)
  })
}
