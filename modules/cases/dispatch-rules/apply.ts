/** What the rules in force say of a case, and the machine that follows those that ask for it. */
import { allUnits, type UnitRow } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import type { Listener } from '@pentad/platform/module'
import { caseById } from '../queries/index.ts'
import { carryOut } from '../take-step.ts'
import { type DispatchRule, type Matter, rulesFor, sayRule } from './model.ts'
import { editionIn, keepersOf } from './queries.ts'
import { unitOfRule } from './units.ts'

export interface RuleSays {
  unit: UnitRow
  coUnits: string[]
  rule: DispatchRule
  /** `v3 #12 event 0301… → street`, for people. */
  said: string
}

/** Each rule that speaks with the unit that it means there, the one to follow first. */
export function saidOf(
  rules: readonly DispatchRule[],
  version: number,
  m: Matter,
  units: readonly UnitRow[],
): RuleSays[] {
  return rulesFor(rules, m).flatMap(({ rule, index }) => {
    const unit = unitOfRule(rule.unit, m.areaCode, units)
    if (unit?.axis !== 'disposal') return []
    const coUnits = rule.coUnits.flatMap((co) => {
      const found = unitOfRule(co, m.areaCode, units)
      return found?.axis === 'disposal' && found.id !== unit.id ? [found.id] : []
    })
    return [{ unit, coUnits: [...new Set(coUnits)], rule, said: `v${version} #${index + 1} ${sayRule(rule)}` }]
  })
}

export async function rulesSay(
  db: Db,
  m: Omit<Matter, 'keepers'> & { componentId?: string | null | undefined },
): Promise<RuleSays[]> {
  const inForce = await editionIn(db, 'in_force')
  if (!inForce) return []
  const keepers = m.componentId ? await keepersOf(db, m.componentId) : []
  return saidOf(inForce.rules, inForce.version, { ...m, keepers }, await allUnits(db))
}

/** Acts after which a case waits to be dispatched for the first time; one that a unit gave back is for a person to judge. */
const newlyFiled = new Set<unknown>(['file', 'accept', 'report', 'submit'])

/** 直派: utilities (微循环), safety cases and what a street solves by itself (自循环) are dispatched as soon as they are filed. */
export const dispatches: Listener = {
  name: 'cases.direct-dispatch',
  topics: ['case'],
  async hear(db, news) {
    const filed = news.filter(({ about }) => about.status === 'pending_dispatch' && newlyFiled.has(about.act))
    if (filed.length === 0) return
    // Most cities leave most cases to people: then nothing is read of them here.
    const inForce = await editionIn(db, 'in_force')
    if (!inForce?.rules.some((rule) => rule.direct || rule.self)) return
    for (const { about } of filed) await dispatchByRule(db, String(about.id))
  },
}

async function dispatchByRule(db: Db, caseId: string): Promise<void> {
  const c = await caseById(db, caseId, true)
  if (c?.status !== 'pending_dispatch' || !c.areaCode || c.returns > 0 || c.clockStart) return
  const matter = { kind: c.kind, classCode: c.classCode, areaCode: c.areaCode, componentId: c.componentId }
  // Only the rule to follow first counts: a weaker one must not dispatch what a stronger one leaves to people.
  const [first] = await rulesSay(db, matter)
  if (!first || !(first.rule.direct || first.rule.self)) return
  const now = new Date()
  const { rule, unit, coUnits, said } = first
  const reason = `${rule.self ? '自循环' : '直派'}:派遣规则 ${said}`
  // A refusal leaves the case with the dispatcher, where it is anyway.
  await carryOut(db, c, { step: 'dispatch', at: now, unitId: unit.id, coUnitIds: coUnits, reason }, 'machine', now)
}
