/** A row of another system as a case of the past, or the reason why it cannot be one. Pure. */
import type { HistoricCase } from '@pentad/cases'
import type { Source } from '@pentad/cases/model'
import type { Locator } from '@pentad/geography'
import { isRefusal } from '@pentad/platform/refusal'
import { CLOCK_AHEAD_ALLOWED, DAY } from '@pentad/platform/time'
import type { ClassKey } from '@pentad/rulebook/model'
import type { ClassFinder } from './classes.ts'
import { type InstantFormat, instantIn, type Told } from './instants.ts'
import { columnsOf, type Mapping } from './mapping.ts'
import { pairIn, pointOf } from './places.ts'

/** Why a row was left; the words go into the report beside the file. */
export const reasons = {
  ragged: 'has more or fewer fields than there are columns',
  'open-quote': 'a quote is opened and never closed',
  'no-id': 'has no number of its own',
  'repeated-id': 'the number stands in this file before',
  'already-here': 'a case of this source and number is here already',
  'no-created-time': 'the time of the report is missing or cannot be read',
  'out-of-time': 'the time of the report lies before 1970 or in the future',
  'no-point': 'has no coordinates, or none that can be read',
  'outside-city': 'lies outside the city, and the mapping says to leave those',
  'class-unknown': 'no class is given for its type',
  'class-left': 'the mapping says to leave its type',
  'status-left': 'the mapping says to leave its status',
  'closed-without-time': 'is closed or rejected, and no time of it is told',
  'closed-before-reported': 'was closed before it was reported',
} as const
export type Reason = keyof typeof reasons

export interface Left {
  line: number
  reason: Reason
  detail: string
}
export type Outcome = 'open' | 'closed' | 'rejected'

/** A case that still lacks its number. */
export interface Translated {
  line: number
  sourceNo: string
  district: string
  past: Omit<HistoricCase, 'no'>
}

export interface TranslateParts {
  mapping: Mapping
  columns: readonly string[]
  finder: ClassFinder
  locator: Pick<Locator, 'placeOf' | 'wordsFor'>
  /** The area whose numbers cases outside the city get. */
  cityCode: string
  /** Stands for the file where rows have no number of their own. */
  fileMark: string
  importId: string
  now: Date
}

export type Translate = (line: number, fields: readonly string[]) => Translated | Left

/** What the file said about who did it: nobody with an account here. */
const nobody = {
  reportedBy: 'import',
  acceptedBy: null,
  filedBy: null,
  dispatchedBy: null,
  signedBy: null,
  feedbackBy: null,
  checkedBy: null,
  closedBy: 'import',
} as const

const neverReached = {
  acceptedAt: null,
  filedAt: null,
  dispatchedAt: null,
  signedAt: null,
  feedbackAt: null,
  checkedAt: null,
  leadUnit: null,
  standard: null,
  reworkCount: 0,
} as const

/** PostgreSQL's text knows no NUL. */
const clean = (text: string) => text.replaceAll('\0', '').trim()
const longestText = 4000

export function translator({ mapping: m, columns, finder, locator, ...parts }: TranslateParts): Translate {
  const at = new Map(columns.map((name, i) => [name, i]))
  const missing = columnsOf(m).filter((c) => !at.has(c))
  if (missing.length > 0)
    throw new Error(
      `the mapping names columns that the file has not: ${missing.join(', ')}. It has: ${columns.join(', ')}`,
    )
  const kept = columnsOf(m)
  const earliest = 0
  const latest = parts.now.getTime() + CLOCK_AHEAD_ALLOWED

  return (line, fields) => {
    const left = (reason: Reason, detail: string): Left => ({ line, reason, detail: clean(detail).slice(0, 500) })
    const value = (column: string | null | undefined) =>
      column === null || column === undefined ? '' : clean(fields[at.get(column) ?? -1] ?? '')
    const time = (i: { column: string; formats: InstantFormat[] } | null): Told | undefined =>
      i ? instantIn(value(i.column), i.formats, m.zone) : undefined

    if (fields.length !== columns.length) return left('ragged', `${fields.length} fields instead of ${columns.length}`)
    const number = m.id.column === null ? `${parts.fileMark}#${line}` : value(m.id.column)
    if (number === '') return left('no-id', `${m.id.column} is empty`)
    const sourceNo = m.id.prefix + number
    const created = time(m.created)
    if (!created) return left('no-created-time', `${sourceNo}: ${m.created.column} is “${value(m.created.column)}”`)
    if (created.at.getTime() < earliest || created.at.getTime() > latest)
      return left('out-of-time', `${sourceNo}: ${value(m.created.column)}`)

    const cls = classOf(m.type, value, finder)
    if (typeof cls === 'string') return left(cls, `${sourceNo}: ${typeWords(m.type, value) || '(empty)'}`)
    const status = value(m.status?.column)
    const closed = time(m.closed)
    const outcome = outcomeOf(m, status, closed !== undefined)
    if (outcome === 'leave') return left('status-left', `${sourceNo}: ${status}`)
    const ended = outcome === 'open' ? undefined : (closed ?? time(m.updated))
    if (outcome !== 'open' && !ended) return left('closed-without-time', `${sourceNo}: ${status}`)
    const closedAt = ended ? endAfter(created, ended) : null
    if (closedAt && closedAt < created.at)
      return left('closed-before-reported', `${sourceNo}: ${created.at.toISOString()}, then ${closedAt.toISOString()}`)

    const [lon, lat] =
      'point' in m.place ? (pairIn(value(m.place.point)) ?? ['', '']) : [value(m.place.lon), value(m.place.lat)]
    const point = pointOf(lon, lat, m.place.crs)
    if (!point) return left('no-point', `${sourceNo}: “${lon}”, “${lat}”`)
    const place = locator.placeOf(point)
    const outside = isRefusal(place)
    if (outside && m.outside === 'leave') return left('outside-city', `${sourceNo}: ${point.lon}, ${point.lat}`)

    const address = texts(m.address.map(value))
    const said = texts(m.description.map(value)) || texts([typeWords(m.type, value), address])
    const channel: Source = m.channel.map[value(m.channel.column)] ?? m.channel.rest
    return {
      line,
      sourceNo,
      district: outside ? parts.cityCode : place.district,
      past: {
        ...neverReached,
        sourceNo,
        channel,
        kind: cls.kind,
        classCode: cls.code,
        point,
        cellCode: outside ? null : place.cell,
        ...(outside && address ? { place: { 'zh-CN': address, en: address } } : {}),
        description: said.slice(0, longestText),
        original: {
          origin: 'import',
          import: parts.importId,
          line,
          row: Object.fromEntries(kept.map((c) => [c, value(c).slice(0, longestText)])),
        },
        reportedAt: created.at,
        closedAt,
        outcome: outcome === 'open' ? 'reported' : outcome,
        actors: nobody,
      },
    }
  }
}

const texts = (parts: readonly string[]): string => parts.filter((p) => p !== '').join('; ')

function outcomeOf(m: Mapping, status: string, closingTold: boolean): Outcome | 'leave' {
  const said = m.status?.map[status] ?? m.status?.rest ?? 'by-time'
  return said === 'by-time' ? (closingTold ? 'closed' : 'open') : said
}

/** A day without a time that is the day of the report lies after it. */
const endAfter = (created: Told, ended: Told): Date =>
  ended.dayOnly && ended.at < created.at && created.at.getTime() - ended.at.getTime() < DAY ? created.at : ended.at

type Value = (column: string | null | undefined) => string

export const typeJoint = ' / '
export function typeWords(type: Mapping['type'], value: Value): string {
  const columns = 'columns' in type ? type.columns : [...type.name, type.kind, type.code]
  return columns
    .map(value)
    .filter((v) => v !== '')
    .join(typeJoint)
}

export function classOf(
  type: Mapping['type'],
  value: Value,
  finder: ClassFinder,
): ClassKey | 'class-unknown' | 'class-left' {
  const asked = (word: string): ClassKey | 'class-unknown' | 'class-left' => {
    if (word === 'leave') return 'class-left'
    const [kind, code] = word.split(' ')
    const key = finder.byCode(kind ?? null, code ?? '')
    return key ?? 'class-unknown'
  }
  if (!('columns' in type)) {
    const direct = finder.byCode(type.kind ? value(type.kind) : null, value(type.code))
    if (direct) return direct
    const named = type.name.map((c) => finder.byWords(value(c))).find((c) => c !== undefined)
    return named ? { kind: named.kind, code: named.code } : asked(type.rest)
  }
  // The whole first, then the narrowest column.
  const said = [typeWords(type, value), ...type.columns.map(value).toReversed()]
  for (const word of said) {
    const mapped = type.map[word]
    if (mapped !== undefined) return asked(mapped)
  }
  if (type.rest !== 'words') return asked(type.rest)
  const found = [...said.slice(1), said[0] ?? ''].map((w) => finder.byWords(w)).find((c) => c !== undefined)
  return found ? { kind: found.kind, code: found.code } : 'class-unknown'
}
