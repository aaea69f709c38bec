/** How long what devices said is kept, and what stays of it. Pure. */
import { DAY, type LegalDay, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import type { Fix } from '../tracks/model/index.ts'

export const keepingStores = ['realtime', 'minute', 'hour', 'track', 'track-end', 'pass'] as const
export type KeepingStore = (typeof keepingStores)[number]

export interface Keeping {
  /** Samples are kept so long; then their hours stay. */
  realtimeDays: number
  /** Minutes are kept so long; then their hours stay. */
  minuteDays: number
  /** Hours are kept so long; null for ever. */
  hourDays: number | null
  /** Tracks keep every fix for so long, then one in so many seconds, and then go. */
  trackDays: number
  trackStepSeconds: number
  trackThinDays: number
  /** Who looked at which cell, hour by hour. */
  passDays: number
}

/** Less would take away what is still being judged, replayed and asked about. */
export const leastDays = 7

export const daysOf = (store: KeepingStore, of: Keeping): number | null =>
  store === 'realtime'
    ? of.realtimeDays
    : store === 'minute'
      ? of.minuteDays
      : store === 'hour'
        ? of.hourDays
        : store === 'track'
          ? of.trackDays
          : store === 'track-end'
            ? of.trackThinDays
            : of.passDays

/** Why this rule cannot be; null when it can. */
export function keepingFault(of: Keeping): string | null {
  const days = keepingStores.flatMap((store) => daysOf(store, of) ?? [])
  if (days.some((d) => d < leastDays)) return 'sensing/keeping-too-short'
  // What is finer never outlives what is made of it.
  if (of.realtimeDays > of.minuteDays || (of.hourDays !== null && of.minuteDays > of.hourDays))
    return 'sensing/keeping-order'
  return of.trackDays > of.trackThinDays ? 'sensing/keeping-order' : null
}

/** The first legal day that stays whole; everything of earlier days goes. Null: everything stays. */
export function firstKept(store: KeepingStore, of: Keeping, now: Date): LegalDay | null {
  const days = daysOf(store, of)
  return days === null ? null : legalDayOf(new Date(startOfLegalDay(legalDayOf(now)).getTime() - days * DAY))
}

/**
 * One fix in so many seconds, the first of each stretch; and every one at which the alarm bits change, for that is what anybody will ask
 * about. Fixes in order. What was thinned already stays as it is.
 */
export function thinned(fixes: readonly Fix[], stepSeconds: number): Fix[] {
  let stretch = Number.NaN
  let alarm = Number.NaN
  return fixes.filter(({ atMs, alarmBits }) => {
    const mine = Math.floor(atMs / (stepSeconds * 1000))
    const kept = mine !== stretch || alarmBits !== alarm
    stretch = mine
    alarm = alarmBits
    return kept
  })
}
