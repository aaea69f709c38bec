/** The life of an entry: states, who may move it, when it is to be looked at again, and checks against reality. Pure. */
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { fieldOf, type LedgerSchema, stateOf, type Transition } from './schema.ts'
import { isEmpty, type Values } from './values.ts'

/** A check of an entry against reality: as written, with differences, or nothing there. */
export const findings = ['confirmed', 'differs', 'not_found'] as const
export type Finding = (typeof findings)[number]

export const acts = ['add', 'change', 'state', 'verify', 'retire', 'restore', 'import', 'pack', 'migrate'] as const
export type Act = (typeof acts)[number]

const named = (roles: readonly string[], mine: readonly string[]): boolean =>
  roles.length === 0 || roles.some((r) => mine.includes(r))

export const mayRead = (s: LedgerSchema, roles: readonly string[]): boolean =>
  named(s.read, roles) || mayWrite(s, roles)
export const mayWrite = (s: LedgerSchema, roles: readonly string[]): boolean =>
  s.write.length > 0 ? named(s.write, roles) : named(s.read, roles)

/** Transitions open from a state to somebody of these posts. */
export const openTransitions = (s: LedgerSchema, state: string, roles: readonly string[]): Transition[] =>
  s.transitions.filter((t) => t.from === state && named(t.roles, roles))

/** May the entry go from its state to another? Says what stands against it. */
export function decideMove(
  s: LedgerSchema,
  { state, values }: { state: string; values: Values },
  to: string,
  roles: readonly string[],
): Transition | Refusal {
  const titleOf = (key: string) => stateOf(s, key)?.title['zh-CN'] ?? key
  const known = s.transitions.filter((t) => t.from === state && t.to === to)
  if (known.length === 0) return refuse('inspection/no-transition', { from: titleOf(state), to: titleOf(to) })
  const mine = known.find((t) => named(t.roles, roles))
  if (!mine) return refuse('inspection/not-your-transition', { to: titleOf(to) })
  const missing = mine.required.filter((key) => isEmpty(values[key]))
  if (missing.length > 0) {
    const fields = missing.map((key) => fieldOf(s, key)?.title['zh-CN'] ?? key).join('、')
    return refuse('inspection/fields-owed', { fields, missing })
  }
  return mine
}

/** The legal day on which an entry is to be looked at again; null: never. `sinceDay` is when it was last touched. */
export function dueDay(s: LedgerSchema, state: string, sinceDay: string): string | null {
  if (s.updateDays === null || stateOf(s, state)?.terminal) return null
  return new Date(Date.parse(`${sinceDay}T00:00:00Z`) + s.updateDays * 86_400_000).toISOString().slice(0, 10)
}
