/** How long what devices said is kept, and what stays of it. Pure. */
import { DAY, type LegalDay, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import { type Fix, saysWhere } from '../tracks/model/fix.ts'
import { gapMs } from '../tracks/model/track.ts'

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
  /** What an alarm or a case rests on stays whole for so long after that is over. */
  evidenceDays: number
}

/** For rules set before they spoke of evidence: so long may a violation be pursued at most (Penalty Act §36). */
export const evidenceDaysAtFirst = 1825

/** Why a case holds what a device said: the alarm that it was filed from, or what was sensed near its place. */
export const holdReasons = ['alarm', 'near'] as const

/** Less would take away what is still being judged, replayed and asked about. */
export const leastDays = 7
/** With the first of each stretch two that follow lie less than two steps apart: a track that was thinned has no gap that it had not. */
export const mostStepSeconds = gapMs / 2000

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
  if ([...days, of.evidenceDays].some((d) => d < leastDays)) return 'sensing/keeping-too-short'
  if (of.trackStepSeconds > mostStepSeconds) return 'sensing/keeping-step'
  // What is finer never outlives what is made of it.
  if (of.realtimeDays > of.minuteDays || (of.hourDays !== null && of.minuteDays > of.hourDays))
    return 'sensing/keeping-order'
  return of.trackDays > of.trackThinDays ? 'sensing/keeping-order' : null
}

/** What was over before this holds nothing any more. */
export const heldSince = ({ evidenceDays }: Pick<Keeping, 'evidenceDays'>, now: Date): Date =>
  new Date(now.getTime() - evidenceDays * DAY)

/** The first legal day that stays whole; everything of earlier days goes. Null: everything stays. */
export function firstKept(store: KeepingStore, of: Keeping, now: Date): LegalDay | null {
  const days = daysOf(store, of)
  return days === null ? null : legalDayOf(new Date(startOfLegalDay(legalDayOf(now)).getTime() - days * DAY))
}

/**
 * One fix in so many seconds, the first of each stretch, and the first that says where it was; the last before it was not known where it
 * is, so that a gap stays as long as it was; and every one at which the alarm bits change, for that is what anybody will ask about.
 * Fixes in order. What was thinned already stays as it is.
 */
export function thinned(fixes: readonly Fix[], stepSeconds: number): Fix[] {
  let stretch = Number.NaN
  let alarm = Number.NaN
  let placedIn = Number.NaN
  const stepMs = stepSeconds * 1000
  const ends = endsOfRuns(fixes, stepMs)
  return fixes.filter((fix) => {
    const { atMs, alarmBits, quality } = fix
    const mine = Math.floor(atMs / stepMs)
    const places = saysWhere(quality)
    const kept = mine !== stretch || alarmBits !== alarm || (places && mine !== placedIn) || ends.has(fix)
    stretch = mine
    alarm = alarmBits
    if (places) placedIn = mine
    return kept
  })
}

/** Fixes that say where, after which none does for longer than a step. What comes after the last is not known here. */
function endsOfRuns(fixes: readonly Fix[], stepMs: number): Set<Fix> {
  const placed = fixes.filter((f) => saysWhere(f.quality))
  return new Set(placed.filter(({ atMs }, i) => (placed[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) - atMs > stepMs))
}
