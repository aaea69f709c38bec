/**
 * The data segment (数据段) of a frame, read into a message and written from one.
 *
 *     QN=yyyyMMddHHmmsszzz;ST=..;CN=....;PW=......;MN=..;Flag=n;[PNUM=n;PNO=n;]CP=&&...&&
 *
 * Inside CP, `;` separates groups and `,` separates the items of one group (HJ 212-2017, 6.3).
 */

import type { Hj212Profile } from './profile.ts'

export type Hj212Flag = {
  readonly bits: number
  /** Bit 0, A: the sender waits for an answer. */
  readonly answerWanted: boolean
  /** Bit 1, D: the segment carries PNUM and PNO. */
  readonly packets: boolean
  /** Bits 2–7: 0 is 2005, 1 is 2017, 2 is 2025; null is a version we do not know. */
  readonly version: 2005 | 2017 | 2025 | null
}

export type CpGroup = Readonly<Record<string, string>>

export type Hj212Message = {
  /** Number of the request, `yyyyMMddHHmmsszzz`; missing only under a lenient profile. */
  readonly qn?: string
  /** System code: 22 air, 23 noise, 36 noise source, 39 building-site dust, 91 interaction. */
  readonly st: string
  /** Command code, four digits. */
  readonly cn: string
  readonly pw?: string
  /** Number of the device. */
  readonly mn: string
  readonly flag?: Hj212Flag
  /** How many packets the message was split into, and which one this is, from 1. */
  readonly pnum?: number
  readonly pno?: number
  readonly cp: readonly CpGroup[]
  /** Keys before CP that the standard does not name, as sent. */
  readonly extra?: CpGroup
}

export type SegmentFault = { readonly reason: string; readonly key?: string; readonly value?: string }

export type SegmentReading =
  | { readonly ok: true; readonly message: Hj212Message }
  | { readonly ok: false; readonly fault: SegmentFault }

export function flagOf(bits: number): Hj212Flag {
  const version = bits >> 2
  return {
    bits,
    answerWanted: (bits & 1) === 1,
    packets: (bits & 2) === 2,
    version: version === 0 ? 2005 : version === 1 ? 2017 : version === 2 ? 2025 : null,
  }
}

export function flagBits(of: { version?: 2005 | 2017 | 2025; answerWanted?: boolean; packets?: boolean }): number {
  const version = of.version === 2005 ? 0 : of.version === 2025 ? 2 : 1
  return (version << 2) | (of.packets ? 2 : 0) | (of.answerWanted ? 1 : 0)
}

const named = ['QN', 'ST', 'CN', 'PW', 'MN', 'Flag', 'PNUM', 'PNO']

const refused = (reason: string, key?: string, value?: string): SegmentReading => ({
  ok: false,
  // What a device sent may be long: a fault is a note for a person, not a second copy.
  fault: {
    reason,
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value: value.slice(0, 64) }),
  },
})

/** A record without a prototype, so that no key a device invents can be an inherited one. */
const emptyGroup = (): Record<string, string> => Object.create(null) as Record<string, string>

export function parseSegment(segment: string, profile: Hj212Profile): SegmentReading {
  const cpAt = segment.startsWith('CP=&&') ? 0 : segment.indexOf(';CP=&&') + 1
  if (cpAt === 0 && !segment.startsWith('CP=&&')) return refused('no-cp')
  const bodyAt = cpAt + 5
  const bodyEnd = segment.length - 2
  if (bodyEnd < bodyAt || !segment.endsWith('&&')) return refused('cp-not-closed')

  const head = emptyGroup()
  const extra = emptyGroup()
  let extras = 0
  for (const field of segment.slice(0, cpAt).split(';')) {
    if (field.trim() === '') continue
    const equals = field.indexOf('=')
    if (equals < 0) return refused('field-without-value', field.slice(0, 32))
    const key = field.slice(0, equals).trim()
    const into = named.includes(key) ? head : extra
    if (into[key] !== undefined) return refused('field-twice', key)
    into[key] = field.slice(equals + 1).trim()
    if (into === extra) extras++
  }

  const { QN: qn, ST: st, CN: cn, PW: pw, MN: mn } = head
  if (!profile.missingQnOrFlag && (qn === undefined || !/^\d{17}$/.test(qn))) return refused('qn', 'QN', qn)
  if (st === undefined || st === '') return refused('missing', 'ST')
  if (cn === undefined || !/^\d{4}$/.test(cn)) return refused('cn', 'CN', cn)
  if (mn === undefined || mn === '') return refused('missing', 'MN')
  const bits = smallNumber(head.Flag, 255)
  if (bits === null && (head.Flag !== undefined || !profile.missingQnOrFlag)) return refused('flag', 'Flag', head.Flag)
  const pnum = smallNumber(head.PNUM, 9999)
  const pno = smallNumber(head.PNO, 9999)
  if (head.PNUM !== undefined || head.PNO !== undefined) {
    if (pnum === null || pnum === 0) return refused('packets', 'PNUM', head.PNUM)
    if (pno === null || pno === 0 || pno > pnum) return refused('packets', 'PNO', head.PNO)
  }

  return {
    ok: true,
    message: {
      ...(qn === undefined ? {} : { qn }),
      st,
      cn,
      ...(pw === undefined ? {} : { pw }),
      mn,
      ...(bits === null ? {} : { flag: flagOf(bits) }),
      ...(pnum === null || pno === null ? {} : { pnum, pno }),
      cp: parseGroups(segment.slice(bodyAt, bodyEnd)),
      ...(extras === 0 ? {} : { extra }),
    },
  }
}

function smallNumber(text: string | undefined, most: number): number | null {
  if (text === undefined || !/^\d{1,4}$/.test(text)) return null
  const number = Number(text)
  return number <= most ? number : null
}

function parseGroups(body: string): CpGroup[] {
  const groups: CpGroup[] = []
  for (const part of body.split(';')) {
    if (part.trim() === '') continue
    const group = emptyGroup()
    for (const item of part.split(',')) {
      const equals = item.indexOf('=')
      const key = (equals < 0 ? item : item.slice(0, equals)).trim()
      if (key !== '') group[key] = equals < 0 ? '' : item.slice(equals + 1).trim()
    }
    groups.push(group)
  }
  return groups
}

/** A message to be written; `flag` is the whole number as sent (see `flagBits`). */
export type OutgoingMessage = {
  readonly qn?: string
  readonly st: string
  readonly cn: string
  readonly pw?: string
  readonly mn: string
  readonly flag?: number
  readonly pnum?: number
  readonly pno?: number
  readonly cp?: readonly Readonly<Record<string, string | number>>[]
}

/** Throws a RangeError when a key or value holds a separator: it would read back as something else. */
export function encodeSegment(message: OutgoingMessage): string {
  const fields: string[] = []
  const field = (key: string, value: string | number | undefined) => {
    if (value !== undefined) fields.push(`${key}=${safe(String(value))}`)
  }
  field('QN', message.qn)
  field('ST', message.st)
  field('CN', message.cn)
  field('PW', message.pw)
  field('MN', message.mn)
  field('Flag', message.flag)
  field('PNUM', message.pnum)
  field('PNO', message.pno)
  const groups = (message.cp ?? []).map((group) =>
    Object.entries(group)
      .map(([key, value]) => `${safeKey(key)}=${safe(String(value))}`)
      .join(','),
  )
  return `${fields.join(';')};CP=&&${groups.join(';')}&&`
}

function safe(text: string): string {
  if (/[;,&\r\n]|##/.test(text)) throw new RangeError(`HJ 212 cannot carry ${JSON.stringify(text)} as a key or value`)
  return text
}

function safeKey(text: string): string {
  if (text === '' || text.includes('=')) throw new RangeError(`HJ 212 cannot carry ${JSON.stringify(text)} as a key`)
  return safe(text)
}
