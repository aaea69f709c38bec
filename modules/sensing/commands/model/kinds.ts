/** What may be said to a device, by the protocol that it speaks. Pure. */
import { HOUR, MINUTE } from '@pentad/platform/time'
import type { Protocol } from '../../model.ts'

export const commandKinds = [
  'set-time',
  'read-time',
  'ask-history',
  'set-interval',
  'read-interval',
  'set-patience',
  'text',
  'ask-position',
  'follow',
  'read-parameters',
] as const
export type CommandKind = (typeof commandKinds)[number]

/**
 * OsmAnd, the officers' app and trunk radios have no way down here; SensorThings devices publish and are never spoken to.
 * HJ 212: CN 1012, 1011, 2031–2061, 1062 and 1064, 1061 and 1063, 1000. JT/T 808: 0x8300, 0x8201, 0x8202, 0x8103, 0x8104.
 */
export const commandsOf: Readonly<Record<Protocol, readonly CommandKind[]>> = {
  hj212: ['ask-history', 'set-time', 'read-time', 'set-interval', 'read-interval', 'set-patience'],
  jt808: ['text', 'ask-position', 'follow', 'set-interval', 'read-parameters'],
  mqtt: ['text', 'set-time', 'ask-position', 'ask-history', 'set-interval'],
  app: [],
  trunk: [],
  osmand: [],
  sta: [],
}

/** These change how a device works: whoever orders one must be allowed to manage devices as well. */
const changing: ReadonlySet<CommandKind> = new Set(['set-time', 'set-interval', 'set-patience', 'follow'])
export const changesDevice = (kind: CommandKind): boolean => changing.has(kind)

/** What a person reads is not shown twice because an answer was lost; everything else may be said again. */
export const mayRepeat = (kind: CommandKind): boolean => kind !== 'text'

export const historyPeriods = ['minute', 'hour', 'day'] as const
export type HistoryPeriod = (typeof historyPeriods)[number]
/** The longest stretch that is asked for at once, in milliseconds: loggers answer value by value. */
export const longestHistory: Readonly<Record<HistoryPeriod, number>> = {
  minute: 48 * HOUR,
  hour: 31 * 24 * HOUR,
  day: 366 * 24 * HOUR,
}

/** HJ 212-2017, MinInterval: minutes between minute records. */
export const minuteIntervals: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]
/** HJ 212-2017, RtdInterval: 30 s to an hour; JT/T 808 0x0029 has no bound of its own. */
const intervalBounds: Readonly<Partial<Record<Protocol, readonly [number, number]>>> = {
  hj212: [30, 3600],
  jt808: [1, 3600],
  mqtt: [1, 86_400],
}

export const seriesKinds = ['realtime', 'minute'] as const

export type CommandSaid =
  | { kind: 'set-time' | 'read-time' | 'read-interval' | 'ask-position' | 'read-parameters' }
  | { kind: 'ask-history'; period: HistoryPeriod; from: string; until: string }
  | { kind: 'set-interval'; series: (typeof seriesKinds)[number]; seconds: number }
  | { kind: 'set-patience'; seconds: number; tries: number }
  | { kind: 'text'; text: string; urgent: boolean; speak: boolean; display: boolean }
  | { kind: 'follow'; seconds: number; forSeconds: number }

export interface Fault {
  code: string
  detail: Record<string, unknown>
}

/** Why this cannot be said to a device of this protocol; null when it can. */
export function faultOf(protocol: Protocol, said: CommandSaid, now: Date): Fault | null {
  const ways = commandsOf[protocol]
  if (ways.length === 0) return { code: 'sensing/no-way-down', detail: { protocol } }
  if (!ways.includes(said.kind)) return { code: 'sensing/not-a-command', detail: { protocol, kind: said.kind } }
  if (said.kind === 'ask-history') {
    const [from, until] = [Date.parse(said.from), Date.parse(said.until)]
    const most = longestHistory[said.period]
    if (until <= from || until - from > most || from > now.getTime())
      return { code: 'sensing/history-span', detail: { hours: most / HOUR } }
  }
  if (said.kind === 'set-interval') {
    const [least, most] = intervalBounds[protocol] ?? [1, 3600]
    const ofMinutes = said.series === 'minute'
    if (ofMinutes && protocol !== 'hj212') return { code: 'sensing/no-minute-series', detail: { protocol } }
    if (ofMinutes && !minuteIntervals.includes(said.seconds / 60))
      return { code: 'sensing/interval-minutes', detail: { minutes: minuteIntervals.join(', ') } }
    if (!ofMinutes && (said.seconds < least || said.seconds > most))
      return { code: 'sensing/interval-range', detail: { least, most } }
  }
  return null
}

/** Until when it is worth saying, when nobody says otherwise, in minutes. */
export function expiresAfterMinutes(kind: CommandKind): number {
  if (kind === 'ask-position' || kind === 'read-time') return 10
  return kind === 'text' || kind === 'follow' ? 30 : (24 * HOUR) / MINUTE
}

/** Times an order is said before its silence is taken for an answer, and how long an answer is waited for. */
export interface Patience {
  tries: number
  /** Milliseconds that the n-th saying is waited for, from 1. */
  waitMs: (tries: number) => number
  /** Between the signs of life of an order that is being carried out. */
  workMs: number
}
const hj212AnswerMs = 10_000
const longestWaitMs = 10 * MINUTE
/**
 * HJ 212: 10 s, three times. JT/T 808, 6.2: each repetition waits longer by T(n+1) = T(n) × (n+1). MQTT has no rule of its own.
 */
export const patienceOf: Readonly<Partial<Record<Protocol, Patience>>> = {
  hj212: { tries: 3, waitMs: () => hj212AnswerMs, workMs: MINUTE },
  jt808: { tries: 3, waitMs: (n) => Math.min(longestWaitMs, 5000 * factorial(n)), workMs: MINUTE },
  mqtt: { tries: 3, waitMs: () => 20_000, workMs: 5 * MINUTE },
}
const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
