/** A device's own messages, for simulators and tests: values into frames, split when they do not fit. */

import { encodeFrame } from './frame.ts'
import type { Observation } from './observations.ts'
import { encodeSegment, flagBits, type OutgoingMessage } from './segment.ts'
import { formatTime } from './time.ts'

export type ReportValue = Omit<Observation, 'dataTime' | 'reportedAs'>

export type Report = {
  readonly qn: string
  readonly st: string
  readonly cn: '2011' | '2031' | '2051' | '2061'
  readonly pw: string
  readonly mn: string
  readonly version?: 2017 | 2025
  readonly answerWanted?: boolean
  readonly dataTime: Date
  readonly values: readonly ReportValue[]
}

/** HJ 212-2017, 6.3: a data segment holds at most 1024 characters. */
export const standardSegmentChars = 1024

/** One frame, or as many as `maxSegmentChars` asks for. Each packet repeats DataTime, so that each can stand alone. */
export function encodeReport(report: Report, maxSegmentChars = standardSegmentChars): Uint8Array[] {
  const time = { DataTime: formatTime(report.dataTime) }
  const groups = report.values.map(groupOf)
  const whole = segmentOf(report, [time, ...groups])
  if (whole.length <= maxSegmentChars) return [encodeFrame(whole)]

  const room = maxSegmentChars - segmentOf(report, [time], { pnum: 9999, pno: 9999 }).length
  const packets: Record<string, string | number>[][] = []
  let left = 0
  for (const group of groups) {
    const chars =
      encodeSegment({ st: '', cn: '', mn: '', cp: [group] }).length -
      encodeSegment({ st: '', cn: '', mn: '' }).length +
      1
    let packet = packets.at(-1)
    if (!packet || chars > left) {
      packet = [time]
      packets.push(packet)
      left = room
    }
    packet.push(group)
    left -= chars
  }
  return packets.map((cp, at) => encodeFrame(segmentOf(report, cp, { pnum: packets.length, pno: at + 1 })))
}

function segmentOf(report: Report, cp: OutgoingMessage['cp'] = [], packet?: { pnum: number; pno: number }): string {
  const { qn, st, cn, pw, mn, version = 2017, answerWanted = true } = report
  const flag = flagBits({ version, answerWanted, packets: packet !== undefined })
  return encodeSegment({ qn, st, cn, pw, mn, flag, ...packet, cp })
}

function groupOf(value: ReportValue): Record<string, string | number> {
  const group: Record<string, string | number> = {}
  const put = (suffix: string, of: string | number | undefined) => {
    if (of !== undefined) group[`${value.factor}-${suffix}`] = of
  }
  put('Cou', value.cou)
  put('Min', value.min)
  put('Avg', value.avg)
  put('Max', value.max)
  put('Rtd', value.rtd)
  for (const [suffix, of] of Object.entries(value.other ?? {})) put(suffix, of)
  put('Flag', value.flag)
  return group
}
