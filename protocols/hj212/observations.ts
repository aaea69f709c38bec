/**
 * What was measured, out of a message that reports data.
 *
 * Keys are `factor-Suffix`; `DataTime` sets the time of the groups after it (a history answer may hold several).
 */

import type { DataFlag } from './factors.ts'
import { type Hj212Profile, profileOf } from './profile.ts'
import type { CpGroup, Hj212Message } from './segment.ts'
import { parseTime } from './time.ts'

/** CN of messages that report data, and the period each value stands for (2013, 2052 and 2062 since HJ 212-2025). */
export const reports = {
  '2011': 'realtime',
  '2013': 'realtime',
  '2031': 'day',
  '2051': 'minute',
  '2052': 'minute',
  '2061': 'hour',
  '2062': 'hour',
} as const satisfies Record<string, 'realtime' | 'minute' | 'hour' | 'day'>

export type ReportPeriod = (typeof reports)[keyof typeof reports]

export function reportPeriod(cn: string): ReportPeriod | null {
  return Object.hasOwn(reports, cn) ? reports[cn as keyof typeof reports] : null
}

export type Observation = {
  /** Code of appendix B, after the vendor's names were mapped. */
  readonly factor: string
  /** The name as sent, when it was another. */
  readonly reportedAs?: string
  /** Null when DataTime is missing or no time of the calendar: the receiver decides, not the codec. */
  readonly dataTime: Date | null
  readonly rtd?: number
  readonly avg?: number
  readonly min?: number
  readonly max?: number
  readonly cou?: number
  /** The data flag; N is normal. Anything but one letter of the table stays as sent. */
  readonly flag?: DataFlag | (string & {})
  /** Every other suffix as sent (`DayData`, `NightData`, `ZsRtd`, `EFlag` …), and values that are no numbers. */
  readonly other?: Readonly<Record<string, string>>
}

type Draft = { -readonly [Key in keyof Observation]: Observation[Key] } & { other?: Record<string, string> }

const numeric = { Rtd: 'rtd', Avg: 'avg', Min: 'min', Max: 'max', Cou: 'cou' } as const
type NumericSuffix = keyof typeof numeric

/** Empty when the message reports no data. Give the packets of a split message joined. */
export function observations(message: Hj212Message, partial: Partial<Hj212Profile> = {}): Observation[] {
  if (reportPeriod(message.cn) === null) return []
  const profile = profileOf(partial)
  const found: Draft[] = []
  let dataTime = firstTime(message.cp, profile)
  let current = new Map<string, Draft>()

  for (const group of message.cp) {
    for (const key in group) {
      const value = group[key] ?? ''
      if (key === 'DataTime') {
        dataTime = parseTime(value, profile.dataTimeMilliseconds)
        current = new Map()
        continue
      }
      const dash = key.lastIndexOf('-')
      // A bare key is a value only where the device's owner has named it so.
      if (dash <= 0 && !Object.hasOwn(profile.vendorFactors, key)) continue
      const reportedAs = dash > 0 ? key.slice(0, dash) : key
      const suffix = dash > 0 ? key.slice(dash + 1) : 'Rtd'
      const draft = current.get(reportedAs)
      if (draft && !set(draft, suffix)) {
        note(draft, suffix, value)
        continue
      }
      // The same suffix twice for one factor and time: a second measurement, not a correction.
      const fresh = start(reportedAs, dataTime, profile)
      note(fresh, suffix, value)
      current.set(reportedAs, fresh)
      found.push(fresh)
    }
  }
  return found
}

function start(reportedAs: string, dataTime: Date | null, profile: Hj212Profile): Draft {
  const factor = Object.hasOwn(profile.vendorFactors, reportedAs)
    ? (profile.vendorFactors[reportedAs] ?? reportedAs)
    : /^A\d{5}$/.test(reportedAs)
      ? reportedAs.toLowerCase()
      : reportedAs
  return { factor, ...(factor === reportedAs ? {} : { reportedAs }), dataTime }
}

function set(draft: Draft, suffix: string): boolean {
  if (draft.other && Object.hasOwn(draft.other, suffix)) return true
  if (suffix === 'Flag') return draft.flag !== undefined
  return Object.hasOwn(numeric, suffix) && draft[numeric[suffix as NumericSuffix]] !== undefined
}

function note(draft: Draft, suffix: string, value: string) {
  if (suffix === 'Flag') {
    draft.flag = value
    return
  }
  if (Object.hasOwn(numeric, suffix)) {
    const number = decimal(value)
    if (number !== null) {
      draft[numeric[suffix as NumericSuffix]] = number
      return
    }
  }
  draft.other ??= Object.create(null) as Record<string, string>
  draft.other[suffix] = value
}

/** Only plain decimals: `Number('')` is 0 and `Number('0x1F')` is 31, and neither was measured. */
function decimal(text: string): number | null {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return null
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

function firstTime(groups: readonly CpGroup[], profile: Hj212Profile): Date | null {
  for (const group of groups) {
    if (group.DataTime !== undefined) return parseTime(group.DataTime, profile.dataTimeMilliseconds)
  }
  return null
}
