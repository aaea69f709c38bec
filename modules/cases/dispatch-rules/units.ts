/** From the word of a rule to a unit of the place. */
import type { UnitRow } from '@pentad/identity'

/** `street` is the street office of the place; `{district}-drainage` that of the place's district; else a unit by its id. */
export function unitOfRule(rule: string, areaCode: string, units: readonly UnitRow[]): UnitRow | undefined {
  if (rule === 'street') return units.find((u) => u.kind === 'street_office' && u.areaCode === areaCode.slice(0, 9))
  if (!rule.startsWith('{district}')) return units.find((u) => u.id === rule)
  const ending = rule.slice('{district}'.length)
  return units.find((u) => u.id.endsWith(ending) && u.areaCode === areaCode.slice(0, 6))
}
