/** What an address holds, so that any screen can be sent to a colleague: queue, selection, filters, map view. Pure. */
import { queues } from '@pentad/cases/contract'
import { type MapView, viewFrom, viewWords } from '@pentad/web/map/view.ts'
import type { Queue } from './cases/asked.ts'
import { type LightFilter, lightFilters } from './cases/lights.ts'

export type Selected = { kind: 'case' | 'alarm'; id: string } | null

export interface Situation {
  queue: Queue
  selected: Selected
  view: MapView | null
  light: LightFilter
}
type Query = Record<string, unknown>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const idIn = (words: unknown): string | null => (typeof words === 'string' && uuid.test(words) ? words : null)
const oneOf = <T extends string>(all: readonly T[], words: unknown, otherwise: T): T =>
  all.find((x) => x === words) ?? otherwise

export function situationFrom(query: Query): Situation {
  const caseId = idIn(query.case)
  const alarmId = idIn(query.alarm)
  return {
    queue: oneOf(queues, query.queue, 'mine'),
    selected: caseId ? { kind: 'case', id: caseId } : alarmId ? { kind: 'alarm', id: alarmId } : null,
    view: viewFrom(query.map),
    light: oneOf(lightFilters, query.light, 'all'),
  }
}

/** The shortest address that says it: what is usual is left out. */
export function situationQuery({ queue, selected, view, light }: Situation): Record<string, string> {
  return {
    ...(queue === 'mine' ? {} : { queue }),
    ...(light === 'all' ? {} : { light }),
    ...(selected ? { [selected.kind]: selected.id } : {}),
    ...(view ? { map: viewWords(view) } : {}),
  }
}

export interface ListFilter {
  queue: Queue
  q: string
  street: string
  classCode: string
  light: LightFilter
}
const wordsIn = (x: unknown, most: number): string => (typeof x === 'string' ? x.slice(0, most) : '')
export const listFrom = (query: Query): ListFilter => ({
  queue: oneOf(queues, query.queue, 'open'),
  q: wordsIn(query.q, 80),
  street: wordsIn(query.street, 9),
  classCode: wordsIn(query.class, 8),
  light: oneOf(lightFilters, query.light, 'all'),
})
export const listQuery = ({ queue, q, street, classCode, light }: ListFilter): Record<string, string> => ({
  ...(queue === 'open' ? {} : { queue }),
  ...(q ? { q } : {}),
  ...(street ? { street } : {}),
  ...(classCode ? { class: classCode } : {}),
  ...(light === 'all' ? {} : { light }),
})
