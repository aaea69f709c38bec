/** Times of HJ 212 are wall time of China, fixed +08:00, written as digits without a zone. */

const zoneMs = 8 * 3_600_000

/**
 * `yyyyMMddHHmmss`, and with `milliseconds` also `yyyyMMddHHmmsszzz`. Null when it is no day or hour of the calendar.
 */
export function parseTime(text: string, milliseconds = false): Date | null {
  if (text.length !== 14 && !(milliseconds && text.length === 17)) return null
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return null
  }
  const month = Number(text.slice(4, 6))
  const day = Number(text.slice(6, 8))
  const hour = Number(text.slice(8, 10))
  const minute = Number(text.slice(10, 12))
  const second = Number(text.slice(12, 14))
  if (hour > 23 || minute > 59 || second > 59) return null
  const wall = new Date(0)
  wall.setUTCFullYear(Number(text.slice(0, 4)), month - 1, day)
  // A day that the month has not got falls into another month.
  if (wall.getUTCMonth() !== month - 1) return null
  wall.setUTCHours(hour, minute, second, text.length === 17 ? Number(text.slice(14)) : 0)
  return new Date(wall.getTime() - zoneMs)
}

/** DataTime, BeginTime, EndTime, SystemTime: `yyyyMMddHHmmss`. */
export function formatTime(at: Date): string {
  return new Date(at.getTime() + zoneMs).toISOString().replaceAll(/[-T:Z]|\.\d+/g, '')
}

/** QN, the number of a request: `yyyyMMddHHmmsszzz`. */
export function formatQn(at: Date): string {
  return new Date(at.getTime() + zoneMs).toISOString().replaceAll(/[-T:.Z]/g, '')
}
