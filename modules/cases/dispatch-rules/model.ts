/** Dispatch rules (派遣规则): class × area × keeper of the component → lead unit and co-units. Pure; the desk previews by it too. */
import type { Kind } from '@pentad/rulebook/model'

export interface DispatchRule {
  kind: Kind
  /** '' is every class of the kind. */
  classPrefix: string
  /** The start of an area code; '' is everywhere. */
  area: string
  /** Code or name of whoever owns, maintains or is competent for the component; '' is any, or none. */
  keeper: string
  /** As in duties: `street`, `{district}-…`, or the id of a unit. */
  unit: string
  coUnits: readonly string[]
  /** Dispatched by the machine as soon as it is filed (微循环直派, safety cases). */
  direct: boolean
  /** Solved at the level of the street without leaving it (自循环), still counted. */
  self: boolean
  /** A higher one goes first; otherwise the more exact one. */
  priority: number
  note: string
}

export interface Matter {
  kind: Kind
  classCode: string
  areaCode: string
  /** All codes and names behind the component. */
  keepers: readonly string[]
}

export const holdsFor = (r: DispatchRule, m: Matter): boolean =>
  r.kind === m.kind &&
  m.classCode.startsWith(r.classPrefix) &&
  m.areaCode.startsWith(r.area) &&
  (r.keeper === '' || m.keepers.includes(r.keeper))

/** How exactly a rule speaks: the keeper weighs most, then the class, then the place. */
const exactness = (r: DispatchRule): number => (r.keeper ? 1000 : 0) + r.classPrefix.length * 20 + r.area.length

/** Rules that hold for the matter, the one to follow first; of equals the one that was written first. */
export const rulesFor = (rules: readonly DispatchRule[], m: Matter): { rule: DispatchRule; index: number }[] =>
  rules
    .flatMap((rule, index) => (holdsFor(rule, m) ? [{ rule, index }] : []))
    .sort((a, b) => b.rule.priority - a.rule.priority || exactness(b.rule) - exactness(a.rule) || a.index - b.index)

/** A rule in one line: `event 0301… · 110101 → {district}-urban`. */
export const sayRule = (r: DispatchRule): string =>
  `${r.kind} ${r.classPrefix}…${r.area ? ` · ${r.area}` : ''}${r.keeper ? ` · ${r.keeper}` : ''} → ${r.unit}`

/** The first rule that can never be followed or contradicts itself, and why. */
export function faultIn(
  rules: readonly DispatchRule[],
): { index: number; why: 'twice' | 'self' | 'co-unit' } | undefined {
  const said = new Set<string>()
  for (const [index, r] of rules.entries()) {
    const key = [r.kind, r.classPrefix, r.area, r.keeper, r.priority].join(' ')
    if (said.has(key)) return { index, why: 'twice' }
    said.add(key)
    if (r.self && r.unit !== 'street') return { index, why: 'self' }
    if (r.coUnits.includes(r.unit)) return { index, why: 'co-unit' }
  }
  return undefined
}

/** Those that stand in one of the two and not in the other: what a new edition changes. */
export function changedRules(old: readonly DispatchRule[], fresh: readonly DispatchRule[]): DispatchRule[] {
  const keyed = (rules: readonly DispatchRule[]) => new Map(rules.map((r) => [JSON.stringify(inOrder(r)), r]))
  const before = keyed(old)
  const after = keyed(fresh)
  return [
    ...[...before].flatMap(([key, r]) => (after.has(key) ? [] : [r])),
    ...[...after].flatMap(([key, r]) => (before.has(key) ? [] : [r])),
  ]
}
const inOrder = (r: DispatchRule) => [
  r.kind,
  r.classPrefix,
  r.area,
  r.keeper,
  r.unit,
  r.coUnits,
  r.direct,
  r.self,
  r.priority,
  r.note,
]

/** What a trial found: of cases that ended, did the rule name the unit that had them in the end? */
export interface Tally {
  right: number
  wrong: number
  /** No rule spoke. */
  silent: number
}
export const nothingTallied: Tally = { right: 0, wrong: 0, silent: 0 }
export const tallied = (t: Tally, said: string | null, did: string): Tally => ({
  right: t.right + (said === did ? 1 : 0),
  wrong: t.wrong + (said !== null && said !== did ? 1 : 0),
  silent: t.silent + (said === null ? 1 : 0),
})
