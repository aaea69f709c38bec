/** How often a rule is right, and when it must be quiet. Pure. */

export interface Judged {
  /** True and known: the sensor was right. */
  right: number
  judged: number
}

/** 95 % interval of a share by Wilson; the whole range for nothing. */
export function wilson({ right, judged }: Judged): { low: number; high: number } {
  if (judged === 0) return { low: 0, high: 1 }
  const z = 1.959964
  const p = right / judged
  const base = 1 + z ** 2 / judged
  const middle = (p + z ** 2 / (2 * judged)) / base
  const half = (z * Math.sqrt((p * (1 - p)) / judged + z ** 2 / (4 * judged ** 2))) / base
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

export const mustMute = ({ right, judged }: Judged, { below, after }: { below: number; after: number }): boolean =>
  judged >= after && right / judged < below

/** Verdicts of so many days count. */
export const precisionDays = 90
