/** A letter: one command on its way from this phone to the centre, and what the lights say about it. Pure. */
import { type CaseState, type Command, decide, type Flow, type StepName, type Taker } from '@pentad/cases/model'
import type { Point } from '@pentad/geography/model'
import { isRefusal } from '@pentad/platform/refusal'
import type { Kind } from '@pentad/rulebook/model'

/** Saved here ●, on the wire or unanswered ◐, received by the server ✓; or refused, which waits for a person. */
export const letterStates = ['saved', 'sent', 'received', 'refused'] as const
export type LetterState = (typeof letterStates)[number]

export interface Said {
  'zh-CN': string
  en: string
}

export interface StepSaid {
  kind: 'step'
  step: StepName
  reason: string | null
  /** One of the kinds of reason that the flow knows. */
  reasonCode?: string
  personId?: string
  /** More of the limit, in its own unit. */
  value?: number
  /** The instant at which a suspension ends. */
  until?: string
}
export interface ReportSaid {
  kind: 'report'
  classKind: Kind
  classCode: string
  description: string
  source: 'inspector' | 'patrol'
  /** Handled on the spot: the letter behind it says so. */
  draft?: boolean
}

export interface Letter {
  /** Order of writing on this phone. */
  seq: number
  /** Also the Idempotency-Key: the same letter sent again does nothing twice. */
  key: string
  /** Letters about one case travel in the order in which they were written. */
  caseId: string
  what: StepSaid | ReportSaid
  /** When and where it was done, not when it is sent. */
  at: string
  point: Point | null
  photoKeys: string[]
  state: LetterState
  /** How often it was put on the wire. */
  tries: number
  refusal: { refused: string; detail: Record<string, unknown>; sentence: string } | null
  receivedAt: string | null
  /** What a list shows while the case itself may be gone. */
  title: Said
  place: Said | null
  /** The number that the centre gave to a report. */
  no: string | null
}

export interface Lights {
  saved: number
  sent: number
  received: number
}

/** Each light counts all that came at least so far: 本机 128 · 已发 121 · 对方收到 121. */
export function lights(letters: readonly Letter[]): Lights {
  const received = letters.filter((l) => l.state === 'received').length
  const answered = received + letters.filter((l) => l.state === 'refused').length
  return { saved: letters.length, sent: answered + letters.filter((l) => l.state === 'sent').length, received }
}

export const isWaiting = (l: Letter): boolean => l.state === 'saved' || l.state === 'sent'

/** Waits behind a refused letter about the same case: it may rest on what was refused. */
export const isHeld = (l: Letter, letters: readonly Letter[]): boolean =>
  isWaiting(l) && letters.some((o) => o.caseId === l.caseId && o.seq < l.seq && o.state === 'refused')

/** The next to be sent, in the order of writing; cases in `resting` sit out this round. */
export function nextLetter(letters: readonly Letter[], resting: ReadonlySet<string> = new Set()): Letter | undefined {
  return [...letters]
    .sort((a, b) => a.seq - b.seq)
    .find((l) => isWaiting(l) && !resting.has(l.caseId) && !isHeld(l, letters))
}

/** The case as this phone sees it: what the server said, and then what was done here since, by the server's own rules. */
export function asSeenHere(
  held: CaseState,
  letters: readonly Letter[],
  taker: Taker,
  now: Date,
  flow?: Flow,
): CaseState {
  let state = held
  const mine = letters.filter((l) => l.caseId === held.id && isWaiting(l) && !isHeld(l, letters))
  for (const letter of mine.sort((a, b) => a.seq - b.seq)) {
    if (letter.what.kind !== 'step') continue
    const after = decide(state, commandOf(letter), taker, now, flow)
    if (!isRefusal(after)) state = after
  }
  return state
}

export function commandOf(letter: Letter): Command {
  if (letter.what.kind !== 'step') throw new TypeError(`letter ${letter.key} is no step`)
  const { step, reason, until, kind: _, ...more } = letter.what
  return {
    step,
    at: new Date(letter.at),
    reason: reason ?? undefined,
    photoIds: letter.photoKeys,
    ...(until ? { until: new Date(until) } : {}),
    ...more,
  }
}

/** Milliseconds to wait after so many rounds without an answer: 5 s, doubling, at most 5 minutes. */
export const backOffMs = (rounds: number): number => Math.min(5_000 * 2 ** Math.max(0, rounds - 1), 300_000)
