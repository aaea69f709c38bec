/**
 * Time in slices, newest first: days, then tens of days (旬), then months. What happened is laid under the keys of its slices,
 * so that a search walks back in time and stops when a page is full: common words end in the first days, rare ones
 * ask a few dozen slices, and a word of last winter is found in last winter. Pure.
 */
import { legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import { hashed } from './letters.ts'

export interface Slice {
  key: number
  /** Its first instant. */
  from: Date
}

const dekadOf = (day: string): string =>
  `${day.slice(0, 7)}-${'ABC'[Math.min(2, Math.floor((Number(day.slice(8)) - 1) / 10))]}`
const keyOf = (kind: string, slice: string): number => hashed(`@${kind} ${slice}`)

/** The keys of an instant: its day, ten days and month. */
export function sliceKeys(kind: string, at: Date): number[] {
  const day = legalDayOf(at)
  return [keyOf(kind, day), keyOf(kind, dekadOf(day)), keyOf(kind, day.slice(0, 7))]
}

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)

/** So many days and tens of days come one by one before months do. */
const daysFirst = 7
const dekadsFirst = 6

/** Slices without gap or overlap from an instant back to another. `fine`: no months, for a city with many things a month. */
export function slicesBack(kind: string, latest: Date, earliest: Date, fine = false): Slice[] {
  const slices: Slice[] = []
  const last = legalDayOf(earliest)
  let day = legalDayOf(latest)
  let days = 0
  let dekads = 0
  // Steps are whole: days until ten of them end, tens until a month ends.
  while (day >= last) {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    const endsDekad = dekadOf(next) !== dekadOf(day)
    const endsMonth = next.slice(0, 7) !== day.slice(0, 7)
    if (!fine && endsMonth && dekads >= dekadsFirst) {
      slices.push({ key: keyOf(kind, day.slice(0, 7)), from: startOfLegalDay(`${day.slice(0, 7)}-01`) })
      day = dayBefore(`${day.slice(0, 7)}-01`)
    } else if (endsDekad && days >= daysFirst) {
      const first = `${day.slice(0, 7)}-${['01', '11', '21'][Math.min(2, Math.floor((Number(day.slice(8)) - 1) / 10))]}`
      slices.push({ key: keyOf(kind, dekadOf(day)), from: startOfLegalDay(first) })
      dekads++
      day = dayBefore(first)
    } else {
      slices.push({ key: keyOf(kind, day), from: startOfLegalDay(day) })
      days++
      day = dayBefore(day)
    }
  }
  return slices
}
