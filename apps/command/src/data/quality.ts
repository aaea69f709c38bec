/** Figures of the board: shares by aspect, signs, the points of a trend. Pure. */
import type { SetQuality } from './asked.ts'

export const aspects = ['complete', 'unique', 'placed', 'linked', 'valid', 'fresh'] as const

/** The share that holds over some checks; null where nothing was looked at. */
export function shareOf(checks: readonly { total: number; bad: number }[]): number | null {
  const total = checks.reduce((n, c) => n + c.total, 0)
  return total === 0 ? null : 1 - checks.reduce((n, c) => n + c.bad, 0) / total
}

export const aspectShare = ({ checks }: Pick<SetQuality, 'checks'>, aspect: string): number | null =>
  shareOf(checks.filter((c) => c.aspect === aspect))

export const toneOf = (share: number | null): 'ok' | 'warn' | 'bad' | 'idle' =>
  share === null ? 'idle' : share >= 0.995 ? 'ok' : share >= 0.9 ? 'warn' : 'bad'

/** A share as it stands on the board: never 100 % while one does not hold. */
export const honest = (share: number): number => (share < 1 && share > 0.999 ? 0.999 : share)

/** The points of a line in a box of that size; runs without a value are passed over. */
export function linePoints(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.flatMap((v, i) => (v === null ? [] : [[i, v] as const]))
  if (known.length < 2) return ''
  const low = Math.min(...known.map(([, v]) => v), 0.98)
  const span = 1 - low || 1
  const step = width / Math.max(1, values.length - 1)
  return known
    .map(([i, v]) => `${(i * step).toFixed(1)},${(height - ((v - low) / span) * height).toFixed(1)}`)
    .join(' ')
}
