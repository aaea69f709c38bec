/** How the platform talks with one device: kept in its profile, with the defaults where that says nothing. Pure. */
import { type ClockRule, defaultClockRule, defaultGapMinutes } from './model/index.ts'

export interface Talk extends ClockRule {
  /** Version in the flag of an HJ 212 message to it; null: as it speaks itself. */
  version: 2005 | 2017 | 2025 | null
  gapMinutes: number
}

const number = (x: unknown, otherwise: number): number =>
  typeof x === 'number' && Number.isFinite(x) && x >= 0 ? x : otherwise

/** Profiles come from a person's hand by way of the database: only what is of the right kind counts. */
export function talkOf(profile: Readonly<Record<string, unknown>>): Talk {
  const talk = (typeof profile.talk === 'object' && profile.talk !== null ? profile.talk : {}) as Record<
    string,
    unknown
  >
  const { version } = talk
  return {
    version: version === 2005 || version === 2017 || version === 2025 ? version : null,
    boundSeconds: number(talk.clockBoundSeconds, defaultClockRule.boundSeconds),
    everyHours: number(talk.clockEveryHours, defaultClockRule.everyHours) || defaultClockRule.everyHours,
    gapMinutes: number(talk.gapMinutes, defaultGapMinutes),
  }
}
