/** What the address of a ledger holds: filter, order, choice, so that any screen can be sent to a colleague. Pure. */
import { findings } from '@pentad/inspection/model'

const sorts = ['changed', 'no', 'title', 'due'] as const
const seen = [...findings, 'none'] as const
export const entrySorts = sorts
export const findingFilters = seen

export interface EntryFilter {
  q: string
  state: string
  street: string
  overdue: boolean
  finding: (typeof seen)[number] | ''
  retired: boolean
  sort: (typeof sorts)[number]
}

const words = (x: unknown, most: number): string => (typeof x === 'string' ? x.slice(0, most) : '')

export const filterFrom = (query: Record<string, unknown>): EntryFilter => ({
  q: words(query.q, 80),
  state: words(query.state, 40),
  street: /^\d{6,9}$/.test(words(query.street, 9)) ? words(query.street, 9) : '',
  overdue: query.overdue === '1',
  finding: seen.find((f) => f === query.finding) ?? '',
  retired: query.retired === '1',
  sort: sorts.find((s) => s === query.sort) ?? 'changed',
})

/** The shortest address that says it: what is usual is left out. */
export const addressOf = (f: EntryFilter, entry: string | null): Record<string, string> => ({
  ...(f.q ? { q: f.q } : {}),
  ...(f.state ? { state: f.state } : {}),
  ...(f.street ? { street: f.street } : {}),
  ...(f.overdue ? { overdue: '1' } : {}),
  ...(f.finding ? { finding: f.finding } : {}),
  ...(f.retired ? { retired: '1' } : {}),
  ...(f.sort === 'changed' ? {} : { sort: f.sort }),
  ...(entry ? { entry } : {}),
})

/** As the contract asks; the wire speaks of true in words. */
export const filterQuery = (f: EntryFilter) => ({
  ...(f.q ? { q: f.q } : {}),
  ...(f.state ? { state: f.state } : {}),
  ...(f.street ? { street: f.street } : {}),
  ...(f.overdue ? { overdue: 'true' } : {}),
  ...(f.finding ? { finding: f.finding } : {}),
  ...(f.retired ? { retired: 'true' } : {}),
})
