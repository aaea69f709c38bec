/** The dry run (试算): what the draft would have said of cases that ended, beside what was done, and what the rules in force say. */
import type { UnitRow } from '@pentad/identity'
import type { Kind } from '@pentad/rulebook/model'
import { saidOf } from './apply.ts'
import { type DispatchRule, nothingTallied, type Tally, tallied } from './model.ts'
import type { PastCase } from './queries.ts'

interface ClassTally {
  kind: Kind
  classCode: string
  className: { 'zh-CN': string; en: string }
  tally: Tally
  before: Tally
}
export interface WrongOne {
  past: PastCase
  said: UnitRow
  rule: string
}

export function tried(
  cases: readonly PastCase[],
  draft: { version: number; rules: readonly DispatchRule[] },
  inForce: { version: number; rules: readonly DispatchRule[] } | undefined,
  units: readonly UnitRow[],
): { tally: Tally; before: Tally; byClass: ClassTally[]; wrong: WrongOne[] } {
  const classes = new Map<string, ClassTally>()
  const wrong: WrongOne[] = []
  let tally = nothingTallied
  let before = nothingTallied
  for (const past of cases) {
    const [first] = saidOf(draft.rules, draft.version, past, units)
    const says = first?.unit.id ?? null
    const said = inForce ? (saidOf(inForce.rules, inForce.version, past, units)[0]?.unit.id ?? null) : null
    const key = `${past.kind} ${past.classCode}`
    const of = classes.get(key) ?? {
      kind: past.kind,
      classCode: past.classCode,
      className: { 'zh-CN': past.classZh, en: past.classEn },
      tally: nothingTallied,
      before: nothingTallied,
    }
    tally = tallied(tally, says, past.unitId)
    before = tallied(before, said, past.unitId)
    classes.set(key, {
      ...of,
      tally: tallied(of.tally, says, past.unitId),
      before: tallied(of.before, said, past.unitId),
    })
    if (first && says !== past.unitId) wrong.push({ past, said: first.unit, rule: first.said })
  }
  const weight = (c: ClassTally) => c.tally.wrong * 1_000_000 + c.tally.right + c.tally.silent
  return { tally, before, byClass: [...classes.values()].sort((a, b) => weight(b) - weight(a)), wrong }
}
