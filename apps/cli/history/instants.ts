/** Instants as other systems write them. Pure. */
import { DAY, HOUR, SECOND } from '@pentad/platform/time'

/**
 * `ymd` year first (2021-03-04, 2021/3/4 5:06, 20210304, 2021年3月4日, ISO 8601), `mdy` month first (3/4/2021 5:06 PM, Mar 4, 2021),
 * `dmy` day first (4.3.2021), `epoch` seconds since 1970, `epoch-ms` milliseconds, `excel` days since 1899-12-30.
 */
export const instantFormats = ['ymd', 'mdy', 'dmy', 'epoch', 'epoch-ms', 'excel'] as const
export type InstantFormat = (typeof instantFormats)[number]

export interface Told {
  at: Date
  /** No time of day was told. */
  dayOnly: boolean
}

interface Parts {
  year: number
  month: number
  day: number
  /** Milliseconds since local midnight; undefined when only the day is told. */
  time: number | undefined
  /** Milliseconds east of UTC, when the text says so itself. */
  offset: number | undefined
}

/** Undefined when the text is no instant in any of these formats. */
export function instantIn(text: string, formats: readonly InstantFormat[], zone: string): Told | undefined {
  const said = text.trim()
  if (said === '') return undefined
  for (const format of formats) {
    const told = readers[format](said)
    if (told === undefined) continue
    if (typeof told === 'number') {
      const at = new Date(told)
      return Number.isNaN(at.getTime()) ? undefined : { at, dayOnly: false }
    }
    const at = instantOf(told, zone)
    if (at) return { at, dayOnly: told.time === undefined }
  }
  return undefined
}

const clock = String.raw`(?:[T\s]+(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?`
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${clock}$`)
const yearLast = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2}),?${clock}$`)
const chinese = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?\s*(?:(\d{1,2})[时:点](?:(\d{1,2})(?:分|:)?(?:(\d{1,2})秒?)?)?)?$/
const compact = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?$/
const named = new RegExp(
  String.raw`^(?:[A-Za-z]{3,9},?\s+)?(?:([A-Za-z]{3,9})\.?[\s-]+(\d{1,2})|(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?),?[\s-]+(\d{4})(?:,|\s+at)?${clock}$`,
)
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const readers: Readonly<Record<InstantFormat, (text: string) => Parts | number | undefined>> = {
  ymd(text) {
    const m = yearFirst.exec(text)
    if (m) return parts(m[1], m[2], m[3], timeOf(m.slice(4)))
    const c = chinese.exec(text) ?? compact.exec(text)
    return c ? parts(c[1], c[2], c[3], timeOf(c.slice(4))) : undefined
  },
  mdy(text) {
    const m = yearLast.exec(text)
    return m ? parts(m[3], m[1], m[2], timeOf(m.slice(4))) : byName(text)
  },
  dmy(text) {
    const m = yearLast.exec(text)
    return m ? parts(m[3], m[2], m[1], timeOf(m.slice(4))) : byName(text)
  },
  epoch: (text) => (/^\d{9,10}(\.\d+)?$/.test(text) ? Number(text) * SECOND : undefined),
  'epoch-ms': (text) => (/^\d{13}(\.\d+)?$/.test(text) ? Math.round(Number(text)) : undefined),
  excel(text) {
    if (!/^\d{5}(\.\d+)?$/.test(text)) return undefined
    const ms = Math.round(Number(text) * (DAY / SECOND)) * SECOND
    const at = new Date(Date.UTC(1899, 11, 30) + ms)
    const time = text.includes('.') ? at.getTime() % DAY : undefined
    return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), time, offset: undefined }
  },
}

function byName(text: string): Parts | undefined {
  const m = named.exec(text)
  if (!m) return undefined
  const month = months.indexOf((m[1] ?? m[4] ?? '').slice(0, 3).toLowerCase()) + 1
  return month ? parts(m[5], String(month), m[2] ?? m[3], timeOf(m.slice(6))) : undefined
}

interface Clock {
  time: number | undefined
  offset: number | undefined
}

/** Hour, minute, second, fraction, half of the day, zone, as they were matched; undefined when no such time exists. */
function timeOf([hour, minute, second, fraction, half, zone]: (string | undefined)[]): Clock | undefined {
  if (hour === undefined) return { time: undefined, offset: undefined }
  let h = Number(hour)
  const m = Number(minute ?? 0)
  const s = Number(second ?? 0)
  if (half) {
    if (h < 1 || h > 12) return undefined
    h = (h % 12) + (/^p/i.test(half) ? 12 : 0)
  }
  if (h > 24 || m > 59 || s > 60 || (h === 24 && m + s > 0)) return undefined
  const ms = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'))
  return { time: h * HOUR + m * 60 * SECOND + s * SECOND + ms, offset: zone ? offsetSaid(zone) : undefined }
}

function offsetSaid(zone: string): number {
  const m = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * HOUR + Number(m[3] ?? 0) * 60 * SECOND) : 0
}

function parts(year = '', month = '', day = '', time?: Clock): Parts | undefined {
  if (!time) return undefined
  // A year of two digits is of this century up to 69, as POSIX has it.
  const y = year.length === 2 ? Number(year) + (Number(year) < 70 ? 2000 : 1900) : Number(year)
  const p = { year: y, month: Number(month), day: Number(day), ...time }
  const exists = new Date(Date.UTC(p.year, p.month - 1, p.day))
  return exists.getUTCMonth() === p.month - 1 && exists.getUTCDate() === p.day && p.month >= 1 ? p : undefined
}

function instantOf({ year, month, day, time = 0, offset }: Parts, zone: string): Date {
  const local = Date.UTC(year, month - 1, day) + time
  if (offset !== undefined) return new Date(local - offset)
  return new Date(local - offsetAt(zone, local))
}

const offsets = new Map<string, number>()
const formatters = new Map<string, Intl.DateTimeFormat>()
const mostOffsets = 200_000

/** Milliseconds east of UTC at a local time; in the hour that an autumn night has twice, the first. Reckoned once an hour. */
function offsetAt(zone: string, local: number): number {
  const key = `${zone} ${Math.floor(local / HOUR)}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const hour = Math.floor(local / HOUR) * HOUR
  const before = offsetOf(zone, hour - offsetOf(zone, hour - DAY))
  const first = offsetOf(zone, hour - before)
  if (offsets.size > mostOffsets) offsets.clear()
  offsets.set(key, first)
  return first
}

function offsetOf(zone: string, at: number): number {
  let format = formatters.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, format)
  }
  const p = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const local = Date.UTC(p.year ?? 0, (p.month ?? 1) - 1, p.day ?? 1, p.hour ?? 0, p.minute ?? 0, p.second ?? 0)
  return local - Math.floor(at / SECOND) * SECOND
}

/** Which formats a column's values are in: all that occur, the commonest first; and whether day and month can be told apart. */
export function formatsOf(values: readonly string[]): { formats: InstantFormat[]; share: number; sure: boolean } {
  const filled = values.filter((v) => v.trim() !== '')
  const fits = (f: InstantFormat) => filled.filter((v) => instantIn(v, [f], 'UTC')).length
  const counts = new Map(instantFormats.map((f) => [f, fits(f)]))
  const mdy = counts.get('mdy') ?? 0
  const dmy = counts.get('dmy') ?? 0
  const halves = filled.some((v) => /\d\s*[ap]\.?m/i.test(v) && !/^\d{4}/.test(v.trim()))
  const loser: InstantFormat = dmy > mdy || (dmy === mdy && !halves) ? 'mdy' : 'dmy'
  const clear =
    mdy !== dmy || mdy === 0 || halves || filled.every((v) => /[A-Za-z]{3}/.test(v) || /^\d{4}/.test(v.trim()))
  const epochs = (counts.get('epoch-ms') ?? 0) >= (counts.get('epoch') ?? 0) ? 'epoch' : 'epoch-ms'
  // A bare day number is a compact date, an epoch or Excel's; the first reading that makes sense wins.
  const formats = instantFormats
    .filter((f) => f !== loser && f !== epochs && (counts.get(f) ?? 0) > 0)
    .toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
  const read = filled.filter((v) => instantIn(v, formats, 'UTC')).length
  return { formats, share: filled.length ? read / filled.length : 0, sure: clear }
}
