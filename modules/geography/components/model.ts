/** 部件: what stands in the streets and has a number (domain §2.3). Pure. */
import { type Refusal, refuse } from '@pentad/platform/refusal'

/** 完好, 破损, 丢失, 废除, 移除. */
export const componentStates = ['intact', 'damaged', 'lost', 'abolished', 'removed'] as const
export type ComponentState = (typeof componentStates)[number]
/** No longer looked after: 废除 and 移除. */
export const isGone = (state: ComponentState): boolean => state === 'abolished' || state === 'removed'

/** Mean error of the position: A up to 0.5 m, B up to 1 m, C up to 10 m. */
export const accuracies = ['A', 'B', 'C'] as const
export type Accuracy = (typeof accuracies)[number]

/** 主管部门, 权属单位, 养护单位. */
export const dutyRoles = ['competent', 'owner', 'maintainer'] as const
export type DutyRole = (typeof dutyRoles)[number]
/** Who; a code of the unit where the census has one. */
export interface Party {
  code: string | null
  name: string
}

/**
 * How a change came about: a later census says otherwise (`census`) or has it no more (`missing`); someone reported its
 * `state`, `moved` it, changed who answers for it (`duty`).
 */
export const componentEventKinds = ['census', 'missing', 'state', 'moved', 'duty'] as const
export type ComponentEventKind = (typeof componentEventKinds)[number]

/** The facts that events compare. Keys are words, so that a history reads by itself years later. */
export interface ComponentFacts {
  name: string
  state: ComponentState
  lon: number
  lat: number
  cell: string
  competent: Party | null
  owner: Party | null
  maintainer: Party | null
  accuracy: Accuracy | null
  source: string | null
  initialOn: string | null
  changedOn: string | null
  note: string | null
}

/** 16 digits: 6 district + 2 major class + 2 minor class + 6 serial. */
export const componentId = /^[1-8]\d{15}$/
export interface IdParts {
  district: string
  /** Major and minor class: digits 7–10. */
  classCode: string
  serial: number
}
export const partsOf = (id: string): IdParts => ({
  district: id.slice(0, 6),
  classCode: id.slice(6, 10),
  serial: Number(id.slice(10)),
})

/** What is wrong with an id; null where nothing is. */
export function idFault(id: string): 'not-16-digits' | 'no-class' | null {
  if (!componentId.test(id)) return 'not-16-digits'
  const { classCode } = partsOf(id)
  return classCode.startsWith('00') || classCode.endsWith('00') ? 'no-class' : null
}

/** Which facts differ between before and after, in the order of `ComponentFacts`. */
export function changedFacts(
  before: Partial<ComponentFacts>,
  after: Partial<ComponentFacts>,
): (keyof ComponentFacts)[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof ComponentFacts)[]
  return keys.filter((key) => JSON.stringify(before[key] ?? null) !== JSON.stringify(after[key] ?? null))
}

/** States that whoever walks by can see; what was abolished or taken away is known to the desk. */
export const seenStates: readonly ComponentState[] = ['intact', 'damaged', 'lost']

/** May the state become this one? `manages` is whoever keeps the base data. */
export function stateRefusal(from: ComponentState, to: ComponentState, manages: boolean): Refusal | null {
  if (from === to) return refuse('geography/component-same-state', { state: to })
  if (!manages && (isGone(from) || isGone(to))) return refuse('geography/component-desk-only', { state: to })
  return null
}

/** A move shorter than this is none: the measuring is not finer. */
const leastMoveM = 0.01

/** May it move there? Its number says its district, and cannot change with it. */
export function moveRefusal(
  component: { id: string; state: ComponentState },
  to: { district: string; distanceM: number },
): Refusal | null {
  if (isGone(component.state)) return refuse('geography/component-gone', { state: component.state })
  if (to.distanceM < leastMoveM) return refuse('geography/component-same-place')
  const { district } = partsOf(component.id)
  if (district !== to.district) return refuse('geography/component-other-district', { district, there: to.district })
  return null
}

/** Nearer than this, a case of its class is proposed to be about it. */
export const proposedWithinM = 30

/** What a delivery says of components that are not in it: nothing; gone if of a class in it; gone in any case. */
export const coverages = ['changes', 'classes', 'city'] as const
export type Covers = (typeof coverages)[number]

/** A census that staff brought, from its arrival to its edition. */
export const censusStates = ['checking', 'faulty', 'ready', 'loading', 'loaded', 'failed'] as const
export type CensusState = (typeof censusStates)[number]

/** Each opens the list of the components that have it. */
export const flaws = ['no-owner', 'no-maintainer', 'no-accuracy', 'double', 'out-of-series', 'old'] as const
export type Flaw = (typeof flaws)[number]

/** Two of a class nearer than this are one that was counted twice, or should be looked at. */
export const doubleWithinM = 0.5
/** A serial this far above the one before it in its district and class was not given in order. */
export const seriesGap = 1000
/** Nobody has looked at it for so many years. */
export const oldYears = 5
