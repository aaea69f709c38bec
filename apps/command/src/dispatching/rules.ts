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

/** What the names of the units of one kind have in common, whichever their district: 演示供水公司服务站; Demo Water Company, Station. */
export function commonName(units: readonly { label: string; district: string }[]): string {
  const names = units.map((u) => (u.district ? u.label.replace(u.district, '') : u.label))
  const [first = [], ...rest] = names.map((name) => name.split(' '))
  const shared = (at: (words: readonly string[], n: number) => string | undefined): number => {
    let n = 0
    while (n < first.length && rest.every((words) => at(words, n) === at(first, n))) n++
    return n
  }
  const head = shared((words, n) => words[n])
  if (head === first.length) return first.join(' ')
  const tail = shared((words, n) => words.at(-1 - n))
  return [...first.slice(0, head), ...first.slice(first.length - tail)].join(' ') || first.join(' ')
}

/** What a unit column may say: the street of the place, the unit of that kind in the district of the place, or one unit. */
export function unitChoices(
  units: readonly { id: string; label: string; axis: string; areaCode: string; district: string }[],
  street: string,
  inEach: (name: string) => string,
): { value: string; label: string; note?: string }[] {
  const able = units.filter((u) => u.axis === 'disposal')
  const endings = new Map<string, (typeof able)[number][]>()
  for (const u of able) {
    const ending = /^[a-z0-9]+-([a-z0-9-]+)$/.exec(u.id)?.[1]
    if (ending && u.areaCode.length === 6 && !u.areaCode.endsWith('00'))
      endings.set(ending, [...(endings.get(ending) ?? []), u])
  }
  return [
    { value: 'street', label: street },
    ...[...endings].flatMap(([ending, names]) =>
      names.length > 1 ? [{ value: `{district}-${ending}`, label: inEach(commonName(names)), note: ending }] : [],
    ),
    ...able.map((u) => ({ value: u.id, label: u.label })),
  ]
}

/** The share of right ones among those that a rule spoke of; null when none did. */
export const rightShare = ({ right, wrong }: { right: number; wrong: number }): number | null =>
  right + wrong ? right / (right + wrong) : null
