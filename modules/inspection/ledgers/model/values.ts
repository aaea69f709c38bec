/** Are the values of an entry what its schema asks for? Pure; runs in the form, at the server and on the lines of a table. */
import { isCreditCode, isIdNumber, isPhone } from './codes.ts'
import { type Field, type LedgerSchema, patternOf } from './schema.ts'

/** By key. A value that is not there is not known; null is never kept. */
export type Values = Readonly<Record<string, unknown>>

export interface ValueFault {
  field: string
  /** `pack/ledger-value-…`; its sentence names the field by `{field}`. */
  code: string
  details: Readonly<Record<string, string | number>>
}

export const longestText = 4000
export const mostPhotos = 24
export const mostCorners = 500
/** One hundred thousand million yuan, in fen: more is a slip of the keyboard. */
export const mostFen = 1e13

/** A value as a fault names it; what is no word of itself is named by its type only. */
const wordOf = (v: unknown): string =>
  typeof v === 'string' ? v.slice(0, 40) : typeof v === 'number' || typeof v === 'boolean' ? String(v) : typeof v

type Say = (code: string, details?: ValueFault['details']) => void

const isPoint = (v: unknown): v is { lon: number; lat: number } => {
  const p = v as { lon?: unknown; lat?: unknown } | null
  return (
    typeof p === 'object' &&
    p !== null &&
    typeof p.lon === 'number' &&
    typeof p.lat === 'number' &&
    Math.abs(p.lon) <= 180 &&
    Math.abs(p.lat) <= 90 &&
    Object.keys(p).length === 2
  )
}
export const isLegalDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
const isCorner = (c: unknown): c is [number, number] =>
  Array.isArray(c) && c.length === 2 && isPoint({ lon: c[0], lat: c[1] })

/** At least three corners that are not one place; the first is not repeated at the end. */
const isOutline = (v: unknown): boolean =>
  Array.isArray(v) &&
  v.length >= 3 &&
  v.length <= mostCorners &&
  v.every(isCorner) &&
  new Set(v.map((c) => c.join())).size === v.length &&
  !crossesItself(v as [number, number][])

/** A bow tie has no inside. */
function crossesItself(ring: readonly (readonly [number, number])[]): boolean {
  const n = ring.length
  const side = (a: readonly number[], b: readonly number[], c: readonly number[]): number =>
    Math.sign(
      ((b[0] ?? 0) - (a[0] ?? 0)) * ((c[1] ?? 0) - (a[1] ?? 0)) -
        ((b[1] ?? 0) - (a[1] ?? 0)) * ((c[0] ?? 0) - (a[0] ?? 0)),
    )
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue
      const [a, b, c, d] = [ring[i], ring[(i + 1) % n], ring[j], ring[(j + 1) % n]]
      if (a && b && c && d && side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true
    }
  }
  return false
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function text(f: Field, v: unknown, say: Say, most = longestText): void {
  if (typeof v !== 'string') {
    say('pack/ledger-value-text')
    return
  }
  if (v.length > Math.min(f.to ?? most, most)) say('pack/ledger-value-long', { most: Math.min(f.to ?? most, most) })
  if (f.from !== undefined && v.length < f.from) say('pack/ledger-value-short', { least: f.from })
  if (f.pattern !== undefined && !patternOf(f.pattern)?.test(v))
    say('pack/ledger-value-pattern', { value: v.slice(0, 40) })
}

function number(f: Field, v: unknown, say: Say): void {
  if (typeof v !== 'number' || !Number.isFinite(v)) {
    say('pack/ledger-value-number', { value: wordOf(v) })
    return
  }
  if (f.type !== 'number' && !Number.isInteger(v)) {
    say('pack/ledger-value-whole', { value: v })
    return
  }
  const from = f.from ?? (f.type === 'money' ? 0 : Number.NEGATIVE_INFINITY)
  const to = f.to ?? (f.type === 'money' ? mostFen : Number.POSITIVE_INFINITY)
  if (v < from || v > to) say('pack/ledger-value-range', { value: v, from: String(from), to: String(to) })
}

const codes = {
  phone: [isPhone, 'pack/ledger-value-phone'],
  'id-number': [isIdNumber, 'pack/ledger-value-id'],
  'credit-code': [isCreditCode, 'pack/ledger-value-credit'],
  date: [isLegalDay, 'pack/ledger-value-day'],
  link: [(t: string) => uuid.test(t), 'pack/ledger-value-link'],
} as const

function one(f: Field, v: unknown, say: Say): void {
  switch (f.type) {
    case 'text':
      text(f, v, say)
      return
    case 'person':
      text(f, v, say, 64)
      return
    case 'party':
      text(f, v, say, 120)
      return
    case 'number':
    case 'integer':
    case 'money':
      number(f, v, say)
      return
    case 'choice':
      if (!f.choices?.some((c) => c.value === v)) say('pack/ledger-value-choice', { value: wordOf(v) })
      return
    case 'multi': {
      if (!Array.isArray(v) || new Set(v).size !== v.length) {
        say('pack/ledger-value-list')
        return
      }
      for (const x of v)
        if (!f.choices?.some((c) => c.value === x)) say('pack/ledger-value-choice', { value: wordOf(x) })
      return
    }
    case 'photo':
      if (!Array.isArray(v) || v.length > mostPhotos || !v.every((x) => typeof x === 'string' && uuid.test(x)))
        say('pack/ledger-value-photo', { most: mostPhotos })
      return
    case 'point':
      if (!isPoint(v)) say('pack/ledger-value-point')
      return
    case 'area':
      if (!isOutline(v)) say('pack/ledger-value-outline')
      return
    default: {
      const [proves, code] = codes[f.type]
      if (typeof v !== 'string' || !proves(v)) say(code, { value: wordOf(v) })
    }
  }
}

/** Nothing was filled in. */
export const isEmpty = (v: unknown): boolean =>
  v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)

/** Every fault of the values, in the order of the fields; none means that they may be kept. */
export function faultsIn(s: Pick<LedgerSchema, 'fields'>, values: Values): ValueFault[] {
  const faults: ValueFault[] = []
  for (const f of s.fields) {
    const v = Object.hasOwn(values, f.key) ? values[f.key] : undefined
    const say: Say = (code, details = {}) =>
      faults.push({ field: f.key, code, details: { field: f.title['zh-CN'], ...details } })
    if (isEmpty(v)) {
      if (f.required) say('pack/ledger-value-missing')
    } else one(f, v, say)
  }
  const known = new Set(s.fields.map((f) => f.key))
  for (const key of Object.keys(values))
    if (!known.has(key)) faults.push({ field: key, code: 'pack/ledger-value-unknown', details: { field: key } })
  return faults
}

/** Only what is filled in, in the order of the fields: equal entries are equal texts. */
export const tidy = (s: Pick<LedgerSchema, 'fields'>, values: Values): Values =>
  Object.fromEntries(s.fields.flatMap((f) => (isEmpty(values[f.key]) ? [] : [[f.key, values[f.key]]])))

/** Values with some changed; null takes one away. */
export const patched = (s: Pick<LedgerSchema, 'fields'>, values: Values, patch: Values): Values =>
  tidy(s, { ...values, ...patch })

/** Keys whose value is another than before. */
export const changedKeys = (before: Values, after: Values): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (k) => JSON.stringify(before[k]) !== JSON.stringify(after[k]),
  )
