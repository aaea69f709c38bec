/** A recording of one's own, to be played over the real protocols: `device,at,factor,value` and `device,at,lon,lat`. Pure. */
import { parse } from 'csv-parse/sync'

export interface ReplayValue {
  atMs: number
  factor: string
  value: number
}
export interface ReplayFix {
  atMs: number
  lon: number
  lat: number
}
export interface Recording {
  /** By MN. */
  values: Map<string, ReplayValue[]>
  /** By phone number of the terminal. */
  fixes: Map<string, ReplayFix[]>
  fromMs: number
  untilMs: number
}

/** ISO 8601 (Beijing time without a zone), seconds or milliseconds since 1970. */
function instantIn(text: string): number {
  if (/^\d{9,14}$/.test(text)) return Number(text) < 1e11 ? Number(text) * 1000 : Number(text)
  return Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text.replace(' ', 'T')}+08:00`)
}

/** Throws with the line that cannot be read: a replay that leaves rows out would show another day. */
export function readRecording(csv: string): Recording {
  const rows = parse(csv, { columns: true, skip_empty_lines: true, trim: true, bom: true }) as Record<string, string>[]
  const recording: Recording = {
    values: new Map(),
    fixes: new Map(),
    fromMs: Number.POSITIVE_INFINITY,
    untilMs: Number.NEGATIVE_INFINITY,
  }
  rows.forEach((row, i) => {
    const { device = '', at = '', factor = '', value = '', lon = '', lat = '' } = row
    const atMs = instantIn(at)
    const number = (text: string) => (text === '' ? Number.NaN : Number(text))
    const isValue = factor !== '' && Number.isFinite(number(value))
    const isFix = Math.abs(number(lon)) <= 180 && Math.abs(number(lat)) <= 90
    if (device === '' || Number.isNaN(atMs) || (!isValue && !isFix))
      throw new Error(`line ${i + 2}: say device, at, and factor with value or lon with lat`)
    if (isValue) listOf(recording.values, device).push({ atMs, factor, value: Number(value) })
    if (isFix) listOf(recording.fixes, device).push({ atMs, lon: Number(lon), lat: Number(lat) })
    recording.fromMs = Math.min(recording.fromMs, atMs)
    recording.untilMs = Math.max(recording.untilMs, atMs)
  })
  if (rows.length === 0) throw new Error('the recording is empty')
  const inOrder = (a: { atMs: number }, b: { atMs: number }) => a.atMs - b.atMs
  for (const list of recording.values.values()) list.sort(inOrder)
  for (const list of recording.fixes.values()) list.sort(inOrder)
  return recording
}

function listOf<T>(all: Map<string, T[]>, device: string): T[] {
  const there = all.get(device)
  if (there) return there
  const fresh: T[] = []
  all.set(device, fresh)
  return fresh
}

export interface Clockwork {
  /** When what was recorded then is to be sent. */
  dueMs: (atMs: number) => number
  /** Under which time it is sent. */
  stampMs: (atMs: number) => number
}
/**
 * So many times as fast, beginning at `startMs`. What is sent bears a time as if the recording ended when its replay ends: nothing
 * lies in the future, and what comes last is fresh. `asRecorded` keeps the times of the file.
 */
export function clockwork(
  { fromMs, untilMs }: Recording,
  speed: number,
  startMs: number,
  asRecorded = false,
): Clockwork {
  const lastsMs = (untilMs - fromMs) / speed
  const shift = speed >= 1 ? startMs + lastsMs - untilMs : startMs - fromMs
  return {
    dueMs: (atMs) => startMs + (atMs - fromMs) / speed,
    stampMs: (atMs) => (asRecorded ? atMs : Math.floor((atMs + shift) / 1000) * 1000),
  }
}
