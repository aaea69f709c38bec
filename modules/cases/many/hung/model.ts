/** Hung items (挂账、销账): black spots that are off the books only after they have stayed clean. Pure. */
import { DAY } from '@pentad/platform/time'

export const hungLevels = ['city', 'district', 'street'] as const
export const hungStates = ['hung', 'cleared'] as const
export type HungState = (typeof hungStates)[number]

/** A case belongs to a hung item within so many metres (比对). */
export const matchedWithinM = 50

export interface HungRule {
  /** Checks passed one after the other, and the days over which they lie. */
  passesNeeded: number
  daysNeeded: number
}
export interface HungCheck {
  at: Date
  passed: boolean
}
export interface HungLife {
  state: HungState
  clearedAt: Date | null
  relapses: number
  /** Passed one after the other up to now, and since when. */
  passes: number
  since: Date | null
}

/** What the checks make of an item, in the order in which they were made: cleared by enough passes over enough days, hung again by a failed one. */
export function lifeOf(checks: readonly HungCheck[], rule: HungRule): HungLife {
  const life: HungLife = { state: 'hung', clearedAt: null, relapses: 0, passes: 0, since: null }
  for (const { at, passed } of [...checks].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    if (!passed) {
      if (life.state === 'cleared') life.relapses++
      Object.assign(life, { state: 'hung', clearedAt: null, passes: 0, since: null })
      continue
    }
    life.passes++
    life.since ??= at
    const days = (at.getTime() - life.since.getTime()) / DAY
    if (life.state === 'hung' && life.passes >= rule.passesNeeded && days >= rule.daysNeeded)
      Object.assign(life, { state: 'cleared', clearedAt: at })
  }
  return life
}
