/** A dispatch rule as it is being written. Pure. */
import type { DispatchRuleShown } from '../notices/asked.ts'

export const blankRule = (): DispatchRuleShown => ({
  kind: 'event',
  classPrefix: '',
  area: '',
  keeper: '',
  unit: 'street',
  coUnits: [],
  direct: false,
  self: false,
  priority: 0,
  note: '',
})

/** What a unit column may say: the street of the place, the unit of that kind in the district of the place, or one unit. */
export function unitChoices(
  units: readonly { id: string; label: string; axis: string; areaCode: string }[],
  street: string,
): { value: string; label: string; note?: string }[] {
  const able = units.filter((u) => u.axis === 'disposal')
  const endings = new Map<string, string[]>()
  for (const u of able) {
    const ending = /^[a-z0-9]+-([a-z0-9-]+)$/.exec(u.id)?.[1]
    if (ending && u.areaCode.length === 6 && !u.areaCode.endsWith('00'))
      endings.set(ending, [...(endings.get(ending) ?? []), u.label])
  }
  return [
    { value: 'street', label: street },
    ...[...endings].flatMap(([ending, names]) =>
      names.length > 1 ? [{ value: `{district}-${ending}`, label: `{district}-${ending}`, note: names[0] ?? '' }] : [],
    ),
    ...able.map((u) => ({ value: u.id, label: u.label })),
  ]
}

/** The share of right ones among those that a rule spoke of; null when none did. */
export const rightShare = ({ right, wrong }: { right: number; wrong: number }): number | null =>
  right + wrong ? right / (right + wrong) : null
