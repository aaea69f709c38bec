/** What the address of the components page holds: filters, the chosen one, the tab. Pure. */
import { type ComponentState, componentId, componentStates, type Flaw, flaws } from '@pentad/geography/model'

export interface ComponentFilter {
  within?: string
  classCode?: string
  state?: ComponentState
  flaw?: Flaw
  q?: string
}
export interface ComponentAddress {
  filter: ComponentFilter
  chosen: string | null
  tab: 'list' | 'quality'
}

const word = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === 'string' && pattern.test(value) ? value : undefined

export function addressFrom(query: Record<string, unknown>): ComponentAddress {
  const within = word(query.within, /^\d{6}(\d{3}){0,3}$/)
  const classCode = word(query.class, /^\d{2}(\d{2})?$/)
  const state = componentStates.find((s) => s === query.state)
  const flaw = flaws.find((f) => f === query.flaw)
  const q = word(query.q, /^.{1,40}$/)
  return {
    filter: {
      ...(within ? { within } : {}),
      ...(classCode ? { classCode } : {}),
      ...(state ? { state } : {}),
      ...(flaw ? { flaw } : {}),
      ...(q ? { q } : {}),
    },
    chosen: word(query.component, componentId) ?? null,
    tab: query.tab === 'quality' ? 'quality' : 'list',
  }
}

/** The shortest address that says it. */
export const queryOf = ({ filter: { classCode, ...rest }, chosen, tab }: ComponentAddress): Record<string, string> => ({
  ...rest,
  ...(classCode ? { class: classCode } : {}),
  ...(chosen ? { component: chosen } : {}),
  ...(tab === 'quality' ? { tab } : {}),
})

export const stateTones = { intact: 'ok', damaged: 'warn', lost: 'bad', abolished: 'idle', removed: 'idle' } as const
