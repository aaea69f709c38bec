/** Instants as fields of date and time hold them: the city's own clock, wherever the browser stands. Pure. */

/** `2026-05-21T07:30`. */
export const localOf = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16)
export function instantOf(local: string): Date | null {
  const at = new Date(`${local.length === 16 ? `${local}:00` : local}+08:00`)
  return local === '' || Number.isNaN(at.getTime()) ? null : at
}
