/** The life of one simulated case in time: forward from its report, or back from the moment at which it is still open. */
import type { Random } from '../random.ts'
import type { Standard } from '../types.ts'
import { dayMs, hourMs, localHour, midnight, minuteMs, type WorkClock } from './clock.ts'
import { limitUsedFactor, limitUsedMost } from './overlay.ts'
import type { CaseStatus, OpenStatus } from './types.ts'

/** Milliseconds since 1970; null where the step was not reached. */
export interface Life {
  readonly reported: number
  readonly accepted: number | null
  readonly filed: number | null
  readonly dispatched: number | null
  readonly signed: number | null
  readonly feedback: number | null
  readonly checked: number | null
  readonly closed: number | null
  readonly due: number | null
  readonly reworkCount: number
  readonly outcome: CaseStatus
}

export interface LifeOrder {
  readonly standard: Standard
  /** Time taken as a part of the limit at `quantileAt`, as fitted. */
  readonly limitUsed: readonly number[]
  readonly quantileAt: readonly number[]
  /** Reported by the public: is verified (核实) before it is filed, and refused more often. */
  readonly fromPublic: boolean
  readonly clock: WorkClock
  readonly random: Random
}

/** A skewed time around its median. */
const about = (random: Random, medianMinutes: number, spread = 0.6): number =>
  medianMinutes * minuteMs * Math.exp(spread * random.normal())

const limitOf = (s: Standard) => ({ value: s.limitValue, unit: s.limitUnit })

function usedPart({ limitUsed, quantileAt, random }: LifeOrder): number {
  const at = random.next()
  const i = quantileAt.findIndex((q) => q >= at)
  const [q1, q2] = i < 0 ? [quantileAt.at(-1) ?? 0, 1] : [quantileAt[i - 1] ?? 0, quantileAt[i] ?? 1]
  const [v1, v2] =
    i < 0
      ? [limitUsed.at(-1) ?? 1, (limitUsed.at(-1) ?? 1) * 1.5]
      : [limitUsed[i - 1] ?? (limitUsed[0] ?? 0) / 2, limitUsed[i] ?? 1]
  const part = (v1 + ((v2 - v1) * (at - q1)) / Math.max(1e-9, q2 - q1)) * limitUsedFactor
  return Math.min(limitUsedMost, Math.max(0.03, part))
}

/** Inspectors do not walk at night: a check asked for late is made after seven. Urgent matters are checked at once. */
function checkedAfter(feedback: number, order: LifeOrder): number {
  const ready = feedback + about(order.random, 50)
  const hour = localHour(ready)
  if (order.standard.limitUnit === 'URGENT_HOUR' || (hour >= 7 && hour < 21)) return ready
  const morning = midnight(ready) + (hour >= 21 ? dayMs : 0) + 7 * hourMs
  return morning + order.random.between(0, 110) * minuteMs
}

function untilDispatch(reported: number, { fromPublic, random }: LifeOrder) {
  const verifying = fromPublic && random.next() < 0.6 ? about(random, 26) : 0
  const accepted = reported + about(random, 5) + verifying
  const filed = accepted + about(random, 6)
  return { accepted, filed, dispatched: filed + about(random, 7) }
}

const publicRefusal = 0.075
const inspectorRefusal = 0.012
const reworkShare = 0.06

/** A life that has come to its end. */
export function endedLife(reported: number, order: LifeOrder): Life {
  const { random, clock, standard, fromPublic } = order
  const { accepted, filed, dispatched } = untilDispatch(reported, order)
  const none = { signed: null, feedback: null, checked: null, due: null, reworkCount: 0 }
  if (random.next() < (fromPublic ? publicRefusal : inspectorRefusal)) {
    return {
      reported,
      accepted,
      filed: null,
      dispatched: null,
      closed: accepted + about(random, 8),
      outcome: 'rejected',
      ...none,
    }
  }
  const limit = limitOf(standard)
  let feedback = clock.after(dispatched, limit, usedPart(order))
  const signed = dispatched + Math.min(about(random, 14, 0.9), (feedback - dispatched) / 2)
  let checked = checkedAfter(feedback, order)
  let reworkCount = 0
  while (reworkCount < 3 && random.next() < reworkShare * (reworkCount ? 3 : 1)) {
    feedback = clock.after(checked, limit, random.between(0.08, 0.45))
    checked = checkedAfter(feedback, order)
    reworkCount += 1
  }
  const closed = checked + about(random, 12)
  const due = clock.after(dispatched, limit, 1)
  return {
    reported,
    accepted,
    filed,
    dispatched,
    signed,
    feedback,
    checked,
    closed,
    due,
    reworkCount,
    outcome: 'closed',
  }
}

/** How much of its limit an open case has used: some are late, some are about to be. */
function partSoFar(random: Random): number {
  const which = random.next()
  if (which < 0.14) return random.between(1.03, 1.5)
  return which < 0.34 ? random.between(0.8, 0.99) : random.between(0.04, 0.8)
}

/** A life that stands in `state` at `until`: the steps are laid backwards from there. */
export function openLife(until: number, state: OpenStatus, order: LifeOrder): Life {
  const { random, clock, standard } = order
  const limit = limitOf(standard)
  const waiting = {
    signed: null,
    feedback: null,
    checked: null,
    closed: null,
    due: null,
    reworkCount: 0,
    outcome: state,
  }
  // Centre steps are allowed a quarter of an hour; a few are beyond it.
  const inState = about(random, 7, 0.7)
  if (state === 'reported') {
    return { reported: until - inState, accepted: null, filed: null, dispatched: null, ...waiting }
  }
  if (state === 'pending_file') {
    const accepted = until - inState
    return { reported: accepted - about(random, 6), accepted, filed: null, dispatched: null, ...waiting }
  }
  const lead = untilDispatch(0, order)
  const back = (dispatched: number) => ({
    reported: dispatched - lead.dispatched,
    accepted: dispatched - lead.dispatched + lead.accepted,
    filed: dispatched - lead.dispatched + lead.filed,
  })
  if (state === 'pending_dispatch') {
    const filed = until - inState
    const shift = filed - lead.filed
    return { reported: shift, accepted: shift + lead.accepted, filed, dispatched: null, ...waiting }
  }
  const tracked = (dispatched: number) => ({
    ...waiting,
    ...back(dispatched),
    dispatched,
    due: clock.after(dispatched, limit, 1),
  })
  if (state === 'pending_sign') return tracked(until - about(random, 12, 0.8))
  const part = partSoFar(random)
  if (state === 'disposing') {
    const dispatched = Math.min(clock.after(until, limit, -part), until - 10 * minuteMs)
    return { ...tracked(dispatched), signed: dispatched + Math.min(about(random, 14, 0.9), (until - dispatched) / 2) }
  }
  const checked = state === 'pending_close' || state === 'rework' ? until - about(random, 10, 0.8) : null
  const feedback =
    checked === null ? until - about(random, state === 'checking' ? 25 : 9, 0.7) : checked - about(random, 40)
  const dispatched = Math.min(clock.after(feedback, limit, -part), feedback - 15 * minuteMs)
  const signed = dispatched + Math.min(about(random, 14, 0.9), (feedback - dispatched) / 2)
  return { ...tracked(dispatched), signed, feedback, checked, reworkCount: state === 'rework' ? 1 : 0 }
}
