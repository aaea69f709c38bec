/** Commands in HJ 212: what is said, and what the answers mean. */
import {
  answerResult,
  type CommandAddress,
  exeRtn,
  factsOf,
  type Hj212Message,
  historyCommand,
  minuteIntervalCommand,
  qnRtn,
  realtimeIntervalCommand,
  realtimeIntervalQuery,
  timeCommand,
  timeoutCommand,
  timeQuery,
} from '@pentad/hj212'
import type { Order } from '@pentad/sensing'
import type { CommandSaid } from '@pentad/sensing/model'
import type { Heard } from './lines.ts'

/** The time in it is that of the moment in which it is said. */
export function hj212Command(order: Pick<Order, 'kind' | 'parameters'>, to: CommandAddress): Uint8Array | null {
  const said = { ...order.parameters, kind: order.kind } as CommandSaid
  switch (said.kind) {
    case 'set-time':
      return timeCommand(to, new Date())
    case 'read-time':
      return timeQuery(to)
    case 'read-interval':
      return realtimeIntervalQuery(to)
    case 'ask-history':
      return historyCommand(to, said.period, { begin: new Date(said.from), end: new Date(said.until) })
    case 'set-interval':
      return said.series === 'minute'
        ? minuteIntervalCommand(to, said.seconds / 60)
        : realtimeIntervalCommand(to, said.seconds)
    case 'set-patience':
      return timeoutCommand(to, said.seconds, said.tries)
    default:
      return null
  }
}

const wordOf = (table: Readonly<Record<number, string>>, code: number): string => table[code] ?? 'unknown'

/** What 9011, 9012, 1011, 1061 and 1063 say about the order whose QN they bear; null for anything else. */
export function hj212Heard(message: Hj212Message, now: Date): Heard | null {
  const result = answerResult(message)
  if (result !== null && 'qnRtn' in result) {
    const { qnRtn: code } = result
    if (code === 1) return { kind: 'accepted' }
    return { kind: 'ended', state: 'refused', answer: { qnRtn: code, why: wordOf(qnRtn, code) } }
  }
  if (result !== null) {
    const { exeRtn: code } = result
    // That there is nothing is an answer to a question, and the only one there can be.
    if (code === 1 || code === 100) return { kind: 'ended', state: 'answered', answer: { exeRtn: code } }
    return { kind: 'ended', state: 'failed', answer: { exeRtn: code, why: wordOf(exeRtn, code) } }
  }
  const facts = factsOf(message, true)
  if (facts === null) return null
  if (!('systemTime' in facts)) return { kind: 'facts', facts }
  const { systemTime } = facts
  // It says whole seconds: the moment lies somewhere within.
  const offSeconds = Math.round((systemTime.getTime() + 500 - now.getTime()) / 1000) || 0
  return { kind: 'facts', facts: { systemTime: systemTime.toISOString(), offSeconds } }
}
