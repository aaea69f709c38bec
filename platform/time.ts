/** Instants are UTC; legal days are dates in Asia/Shanghai, which has had no daylight saving since 1991. */

/** Milliseconds. */
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Asia/Shanghai against UTC, in milliseconds. */
export const SHANGHAI_OFFSET = 8 * HOUR

/** A legal day, `YYYY-MM-DD` in Asia/Shanghai. */
export type LegalDay = string

export const legalDayOf = (at: Date): LegalDay => new Date(at.getTime() + SHANGHAI_OFFSET).toISOString().slice(0, 10)

/** The instant at which a legal day begins. */
export const startOfLegalDay = (day: LegalDay): Date => new Date(Date.parse(`${day}T00:00:00Z`) - SHANGHAI_OFFSET)

export const nextLegalDay = (day: LegalDay): LegalDay =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10)

/** Seconds since local midnight in Asia/Shanghai. */
export const secondOfLegalDay = (at: Date): number => Math.floor(((at.getTime() + SHANGHAI_OFFSET) % DAY) / SECOND)

/** A phone's clock may be behind by any time (it worked without a network), but ahead by no more than this, in milliseconds. */
export const CLOCK_AHEAD_ALLOWED = 5 * MINUTE
