/** The page of coverage as an address, how old a look is, and which cells come first. Pure. */
import { type CoverageSpan, coverageSpans, type Looker, type Shares } from '@pentad/sensing/model'
import { type MapView, viewFrom, viewWords } from '@pentad/web/map/view.ts'

export const tints = ['who', 'ago'] as const
export type Tint = (typeof tints)[number]
export interface CoverageAddress {
  span: CoverageSpan
  /** District, street or what lies in it; empty: the first district of the person's. */
  within: string
  tint: Tint
  cell: string | null
  /** Only cells in which something waits. */
  waiting: boolean
  view: MapView | null
}
const code = (x: unknown, digits: RegExp): string => (typeof x === 'string' && digits.test(x) ? x : '')

export const addressFrom = (query: Record<string, unknown>): CoverageAddress => ({
  span: coverageSpans.find((s) => s === query.span) ?? '4h',
  within: code(query.area, /^(\d{6}|\d{9}|\d{12})$/),
  tint: query.by === 'ago' ? 'ago' : 'who',
  cell: code(query.cell, /^\d{15}$/) || null,
  waiting: query.waiting === '1',
  view: viewFrom(query.map),
})
export const addressQuery = (a: CoverageAddress): Record<string, string> => ({
  ...(a.span === '4h' ? {} : { span: a.span }),
  ...(a.within ? { area: a.within } : {}),
  ...(a.tint === 'who' ? {} : { by: a.tint }),
  ...(a.cell ? { cell: a.cell } : {}),
  ...(a.waiting ? { waiting: '1' } : {}),
  ...(a.view ? { map: viewWords(a.view) } : {}),
})

/** How long ago: the beginnings of the steps in hours; the last is "never, as far as is kept". */
const ageSteps = [0, 1, 4, 24, 168] as const
export const ages = ['hour', 'four', 'day', 'week', 'older', 'never'] as const
export type Age = (typeof ages)[number]
export function ageOf(lastAt: string | null, now: Date): Age {
  if (lastAt === null) return 'never'
  const hours = (now.getTime() - Date.parse(lastAt)) / 3_600_000
  const step = ageSteps.findLastIndex((from) => hours >= from)
  return ages[Math.max(0, step)] ?? 'never'
}

/** Signs beside the colours, for those who see none and for paper. */
export const signOf: Record<Looker, string> = { both: '◆', fixed: '■', moving: '▲', none: '○' }

interface Unseen {
  code: string
  by: Looker
  lastAt: string | null
  sites: number
  open: number
  overdue: number
}
/** Nobody looked in the span: longest unseen first, those never seen before all; where that is the same, where more waits. */
export function unseenOf(
  cells: readonly Omit<Unseen, 'open' | 'overdue'>[],
  cases: readonly { code: string; open: number; overdue: number }[],
  waiting: boolean,
): Unseen[] {
  const of = new Map(cases.map((c) => [c.code, c]))
  return cells
    .filter((c) => c.by === 'none')
    .map((c) => ({ ...c, open: of.get(c.code)?.open ?? 0, overdue: of.get(c.code)?.overdue ?? 0 }))
    .filter((c) => !waiting || c.open + c.sites > 0)
    .sort(
      (a, b) =>
        (a.lastAt ?? '').localeCompare(b.lastAt ?? '') ||
        b.overdue - a.overdue ||
        b.open - a.open ||
        b.sites - a.sites ||
        a.code.localeCompare(b.code),
    )
}

export const shareOf = (shares: Shares, by: Looker): number => (shares.cells === 0 ? 0 : shares[by] / shares.cells)
