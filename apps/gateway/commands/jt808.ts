/** Commands in JT/T 808: what is said, and what the answers mean. */
import {
  dwordParameter,
  type Jt808Message,
  type Jt808Revision,
  type OutgoingMessage,
  parameterIds,
  parameterValue,
  textFlags,
} from '@pentad/jt808'
import type { Order } from '@pentad/sensing'
import type { CommandSaid } from '@pentad/sensing/model'
import type { Heard } from './lines.ts'

/** Since 2019 bits 0 and 1 are a kind: 2 is urgent, 3 a notice; before, bit 0 is urgent. */
const flagsOf = (said: CommandSaid & { kind: 'text' }, revision: Jt808Revision): number =>
  (revision === 2019 ? (said.urgent ? 2 : 3) : said.urgent ? textFlags.urgent : 0) |
  (said.display ? textFlags.display : 0) |
  (said.speak ? textFlags.speak : 0)

export function jt808Command(
  order: Pick<Order, 'kind' | 'parameters'>,
  revision: Jt808Revision,
): OutgoingMessage | null {
  const said = { ...order.parameters, kind: order.kind } as CommandSaid
  switch (said.kind) {
    case 'text':
      return { kind: 'text', flag: flagsOf(said, revision), text: said.text }
    case 'ask-position':
      return { kind: 'ask-position' }
    case 'read-parameters':
      return { kind: 'ask-parameters' }
    case 'follow':
      return { kind: 'follow', intervalS: said.seconds, validS: said.forSeconds }
    case 'set-interval':
      return { kind: 'parameters', parameters: [dwordParameter(parameterIds.reportIntervalS, said.seconds)] }
    default:
      return null
  }
}

const results: Readonly<Record<number, string>> = { 1: 'failed', 2: 'message-wrong', 3: 'not-supported' }

/** What a message of a terminal says about the order with this serial; null when it answers none. */
export function jt808Heard(message: Jt808Message): { serial: number; heard: Heard } | null {
  const over = (
    serial: number,
    state: 'answered' | 'refused' | 'failed',
    answer: Record<string, unknown>,
  ): { serial: number; heard: Heard } => ({ serial, heard: { kind: 'ended', state, answer } })
  switch (message.kind) {
    case 'terminal-ack': {
      const { result, ackedSerial } = message
      // A question is answered by what was asked for; that it came is no answer yet.
      if (result === 0 && (message.ackedId === 0x8201 || message.ackedId === 0x8104))
        return { serial: ackedSerial, heard: { kind: 'accepted' } }
      if (result === 0) return over(ackedSerial, 'answered', { result })
      const why = results[result] ?? 'unknown'
      return over(ackedSerial, result === 2 || result === 3 ? 'refused' : 'failed', { result, why })
    }
    case 'position-answer': {
      const { longitudeDeg: lon, latitudeDeg: lat, speedKmh, time, fixed } = message.position
      return over(message.ackedSerial, 'answered', { lon, lat, speedKmh, fixed, at: time?.toISOString() ?? null })
    }
    case 'parameters-answer': {
      const parameters = Object.fromEntries(
        message.parameters.map((p) => [`0x${p.id.toString(16).padStart(4, '0').toUpperCase()}`, parameterValue(p)]),
      )
      return over(message.ackedSerial, 'answered', { parameters })
    }
    default:
      return null
  }
}
