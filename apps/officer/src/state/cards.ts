/** Today's work as cards: what the server said, what was done here since, what comes next and how urgent it is. Pure. */
import { blocked, type CaseState, defaultFlow, type Flow, type StepName, type Taker } from '@pentad/cases/model'
import type { Point } from '@pentad/geography/model'
import { type Light, lightAt } from '@pentad/rulebook/model'
import { asSeenHere, isWaiting, type Letter } from '../outbox/letter.ts'
import { type CaseHeld, stateOf } from '../outbox/store.ts'

/** The steps that are taken on the spot. */
export const phoneSteps = [
  'submit',
  'sign',
  'report_done',
  'verify_true',
  'verify_false',
  'pass_check',
  'fail_check',
] as const satisfies readonly StepName[]
export type PhoneStep = (typeof phoneSteps)[number]
/** Done with one tap; the others want a photo. */
export const isOneTap = (step: PhoneStep): boolean => step === 'sign' || step === 'submit'

/** What is found out on the spot: the outcome is left open until a photo is there. */
export const outcomesOf = {
  check: ['pass_check', 'fail_check'],
  verify: ['verify_true', 'verify_false'],
} as const satisfies Record<string, readonly PhoneStep[]>
export type Finding = keyof typeof outcomesOf
export const findingOf = (step: string): Finding | null =>
  (Object.keys(outcomesOf) as Finding[]).find(
    (f) => f === step || (outcomesOf[f] as readonly string[]).includes(step),
  ) ?? null
export const isBadNews = (step: StepName | undefined): boolean => step === 'fail_check' || step === 'verify_false'

/** What whoever answers for the unit may ask of the centre, or order within the unit. */
export const askSteps = [
  'assign',
  'ask_extension',
  'ask_return',
  'ask_suspension',
] as const satisfies readonly StepName[]
export type AskStep = (typeof askSteps)[number]

export type Clock = NonNullable<CaseHeld['clock']>

export interface Card {
  case: CaseHeld
  /** As this phone sees it. */
  state: CaseState
  /** By which it is decided, here as there. */
  flow: Flow
  steps: PhoneStep[]
  /** Out of the way of the work: asked for, or handed on within the unit. */
  asks: AskStep[]
  light: Light | 'rest'
  due: Date | null
  clock: Clock | null
  /** Letters about it that the server has not received. */
  waiting: Letter[]
  refused: Letter | null
  distanceM: number | null
}

export function cardOf(
  held: CaseHeld,
  letters: readonly Letter[],
  taker: Taker,
  now: Date,
  here: Point | null,
  flow: Flow = defaultFlow,
): Card {
  const state = asSeenHere(stateOf(held, taker.id), letters, taker, now, flow)
  const own = letters.filter((l) => l.caseId === held.id)
  const steps = phoneSteps.filter((s) => blocked(state, s, taker, flow) === null)
  const asks = askSteps.filter((s) => blocked(state, s, taker, flow) === null)
  const clock = clockOf(held, state.status, flow)
  const due = clock ? new Date(clock.due) : null
  return {
    case: held,
    state,
    flow,
    steps,
    asks,
    light: clock && due ? lightAt(new Date(clock.urgeAt), due, now) : 'rest',
    due,
    clock,
    waiting: own.filter(isWaiting),
    refused: own.find((l) => l.state === 'refused') ?? null,
    distanceM: here ? distanceM(here, held) : null,
  }
}

/** What runs now. A step taken here ends the clock of its stage; of the disposal the phone knows the end, not the calendar. */
function clockOf(held: CaseHeld, status: CaseState['status'], { urgeShare }: Flow): Clock | null {
  if (status === held.status) return held.clock
  if (status !== 'disposing' || !held.due || !held.limit || !held.clockStart) return null
  const [start, due] = [Date.parse(held.clockStart), Date.parse(held.due)]
  const urgeAt = new Date(start + (due - start) * urgeShare).toISOString()
  return { kind: 'disposal', unit: held.limit.unit, value: held.limit.value, urgeAt, due: held.due }
}

export const byDeadline = (a: Card, b: Card): number =>
  (a.due?.getTime() ?? Number.POSITIVE_INFINITY) - (b.due?.getTime() ?? Number.POSITIVE_INFINITY) ||
  b.case.version - a.case.version

/** What waits for me by deadline, and what waits for others. */
export function queueOf(cards: readonly Card[]): { mine: Card[]; others: Card[] } {
  const sorted = [...cards].sort(byDeadline)
  return {
    mine: sorted.filter((c) => c.steps.length > 0 || c.refused),
    others: sorted.filter((c) => !c.steps.length && !c.refused),
  }
}

const EARTH_M = 6_371_000
/** Metres over ground; flat enough inside a city. */
export function distanceM(a: Point, b: Point): number {
  const rad = Math.PI / 180
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad)
  return Math.round(Math.hypot(x, (b.lat - a.lat) * rad) * EARTH_M)
}
