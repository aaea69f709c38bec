/** What the address of the search page holds, and where a hit opens. Pure. */
import { type Kind, kinds } from '@pentad/analysis/model'

export const spans = ['any', 'week', 'month', 'year'] as const
export type Span = (typeof spans)[number]
const daysOf: Record<Exclude<Span, 'any'>, number> = { week: 7, month: 30, year: 365 }

export interface SearchAddress {
  q: string
  kind: Kind | null
  /** Only what happened so lately. */
  span: Span
}
type Query = Record<string, unknown>

export const addressFrom = (query: Query): SearchAddress => ({
  q: typeof query.q === 'string' ? query.q.slice(0, 80) : '',
  kind: kinds.find((k) => k === query.kind) ?? null,
  span: spans.find((s) => s === query.span) ?? 'any',
})

/** The shortest address that says it. */
export const queryOf = ({ q, kind, span }: SearchAddress): Record<string, string> => ({
  ...(q ? { q } : {}),
  ...(kind ? { kind } : {}),
  ...(span === 'any' ? {} : { span }),
})

/** From the start of the hour, so that two looks within it ask the same. */
export function sinceOf(span: Span, now: Date): Date | null {
  if (span === 'any') return null
  const hour = Math.floor(now.getTime() / 3_600_000) * 3_600_000
  return new Date(hour - daysOf[span] * 86_400_000)
}

export interface Opens {
  href: string | null
  lon: number | null
  lat: number | null
}
/** Its own page; where this web has none, its place on the map; else nowhere. `known` says whether an address has a page. */
export function targetOf({ href, lon, lat }: Opens, known: (href: string) => boolean): string | null {
  if (href && known(href)) return href
  return lon === null || lat === null ? null : `/command/?map=${lon.toFixed(5)},${lat.toFixed(5)},16`
}

export interface Part {
  text: string
  marked: boolean
}
/** A text cut at its marked stretches, in order. */
export function partsOf(text: string, stretches: readonly (readonly [number, number])[]): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const [from, to] of stretches) {
    if (from > at) parts.push({ text: text.slice(at, from), marked: false })
    parts.push({ text: text.slice(from, to), marked: true })
    at = to
  }
  if (at < text.length) parts.push({ text: text.slice(at), marked: false })
  return parts
}
