/** Days and hours in the fields of forms. */

/** `yyyy-mm-ddThh:mm` of a field, by the reader's clock, as an instant; null while it is empty. */
export function instantOf(local: string): string | null {
  const at = new Date(local)
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : null
}
/** So many days from now at 18:00, as such a field has it. */
export function daysAhead(days: number, now = new Date()): string {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 18)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T18:00`
}
