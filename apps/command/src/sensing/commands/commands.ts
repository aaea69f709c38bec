/** Commands as they are shown: what was said and what came back, in words. Pure. */
import type { CommandState } from '@pentad/sensing/model'
import type { CommandShown } from './asked.ts'

export const commandTones = {
  queued: 'idle',
  sent: 'info',
  answered: 'ok',
  refused: 'bad',
  failed: 'bad',
  expired: 'warn',
  cancelled: 'idle',
} as const satisfies Record<CommandState, string>

/** A sentence by its key, with what it needs. */
export interface Sentence {
  key: string
  with: Record<string, unknown>
}
const sentence = (key: string, words: Record<string, unknown> = {}): Sentence => ({
  key: `command.${key}`,
  with: words,
})
const isNumber = (x: unknown): x is number => typeof x === 'number'
const isText = (x: unknown): x is string => typeof x === 'string'

/** What was asked for, beside its kind; null when the kind says all. `when` says an instant. */
export function saidOf({ kind, parameters: p }: CommandShown, when: (at: string) => string): Sentence | null {
  if (kind === 'text' && isText(p.text)) return sentence('said.text', { text: p.text })
  if (kind === 'ask-history' && isText(p.from) && isText(p.until))
    return sentence('said.history', { from: when(p.from), until: when(p.until) })
  if (kind === 'set-interval' && isNumber(p.seconds)) return sentence('said.interval', { n: p.seconds })
  if (kind === 'follow' && isNumber(p.seconds) && isNumber(p.forSeconds))
    return sentence('said.follow', { n: p.seconds, minutes: Math.round(p.forSeconds / 60) })
  if (kind === 'set-patience' && isNumber(p.seconds)) return sentence('said.patience', { n: p.seconds, tries: p.tries })
  if (kind === 'set-time' && isNumber(p.offSeconds) && p.offSeconds !== 0)
    return sentence(p.offSeconds > 0 ? 'said.ahead' : 'said.behind', { n: Math.abs(p.offSeconds) })
  return null
}

/** Why it did not go well, by the words of the protocols. */
export const reasons = [
  'no-answer',
  'cannot-be-said',
  'refused',
  'wrong-pw',
  'wrong-mn',
  'wrong-st',
  'wrong-flag',
  'wrong-qn',
  'wrong-cn',
  'wrong-crc',
  'failed',
  'condition-not-met',
  'timed-out',
  'busy',
  'system-fault',
  'message-wrong',
  'not-supported',
] as const

/** What came back; null while there is nothing to say. */
export function answerOf({ kind, answer: a, state }: CommandShown, when: (at: string) => string): Sentence | null {
  if (state === 'expired') return sentence('answer.expired')
  if (!a) return null
  if (state === 'refused' || state === 'failed') {
    const why = reasons.find((r) => r === a.why)
    if (why === 'no-answer' && a.accepted === true) return sentence('why.no-end')
    return why
      ? sentence(`why.${why}`)
      : isText(a.why)
        ? sentence('why.other', { why: a.why })
        : sentence('why.unknown')
  }
  if (kind === 'ask-history' && isNumber(a.values))
    return a.values === 0 ? sentence('answer.noValues') : sentence('answer.values', { n: a.values })
  if (isText(a.systemTime) && isNumber(a.offSeconds))
    return a.offSeconds === 0
      ? sentence('answer.right', { at: when(a.systemTime) })
      : sentence(a.offSeconds > 0 ? 'answer.ahead' : 'answer.behind', {
          at: when(a.systemTime),
          n: Math.abs(a.offSeconds),
        })
  if (isNumber(a.realtimeIntervalS)) return sentence('answer.interval', { n: a.realtimeIntervalS })
  if (isNumber(a.lon) && isNumber(a.lat))
    return sentence('answer.position', { lon: a.lon.toFixed(6), lat: a.lat.toFixed(6) })
  return null
}

/** Parameters of a JT/T 808 terminal, in the order of their ids. */
export const parametersOf = ({ answer }: CommandShown): [string, string][] =>
  typeof answer?.parameters === 'object' && answer.parameters !== null
    ? Object.entries(answer.parameters as Record<string, unknown>)
        .map(([id, value]): [string, string] => [id, String(value)])
        .sort(([a], [b]) => a.localeCompare(b))
    : []

/** Names of JT/T 808 parameters that have a word of their own (8.8). */
export const namedParameters = [
  '0x0001',
  '0x0013',
  '0x0020',
  '0x0027',
  '0x0028',
  '0x0029',
  '0x0055',
  '0x0083',
  '0x0084',
] as const
export const isNamed = (id: string): boolean => (namedParameters as readonly string[]).includes(id)

/** An instant as a field of date and time shows it, and back; wall time of China. */
export const fieldOf = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16)
export const instantOf = (field: string): string => new Date(`${field}:00+08:00`).toISOString()
