/** Classes proposed without a network: by words, and by what was found near here lately. Pure. */
import type { Point } from '@pentad/geography/model'
import type { Reply } from '@pentad/platform/contract'
import type { listClasses } from '@pentad/rulebook/contract'
import { type Habit, type Proposal, proposeClasses } from '@pentad/rulebook/model'
import type { CaseHeld } from '../outbox/store.ts'
import { distanceM } from './cards.ts'

export type CaseClass = Reply<typeof listClasses>['classes'][number]
export const classKey = ({ kind, code }: { kind: string; code: string }): string => `${kind}:${code}`

/** Metres within which a case speaks for what is usual here. */
const nearM = 800

export function habitNear(point: Point | null, held: readonly CaseHeld[]): Habit {
  const habit: Record<string, number> = {}
  for (const c of held) {
    if (point && distanceM(point, c) > nearM) continue
    const key = `${c.kind}:${c.classCode}`
    habit[key] = (habit[key] ?? 0) + 1
  }
  return habit
}

export function proposeHere(text: string, classes: readonly CaseClass[], habit: Habit): Proposal[] {
  const words = leaves(classes).map((c) => ({
    kind: c.kind,
    code: c.code,
    name: c.name['zh-CN'],
    words: [c.name.en, ...c.words],
  }))
  return proposeClasses(text, words, habit)
}

/** The minor classes: those that can be reported. */
export const leaves = (classes: readonly CaseClass[]): CaseClass[] => classes.filter((c) => c.parentCode !== null)

/** Found by name in either language, or by code. */
export function findClasses(q: string, classes: readonly CaseClass[]): CaseClass[] {
  const said = q.trim().toLowerCase()
  return leaves(classes).filter(
    (c) =>
      !said ||
      c.code.startsWith(said) ||
      [c.name['zh-CN'], c.name.en, ...c.words].some((w) => w.toLowerCase().includes(said)),
  )
}
