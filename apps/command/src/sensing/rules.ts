/** Alarm rules as the desk shows and edits them. Pure. */
import type { Reply } from '@pentad/platform/contract'
import type { listRules, previewRule } from '@pentad/sensing/contract'
import { inScope, isLevel } from '@pentad/sensing/model'
import type { Say } from '@pentad/web/i18n.ts'

export type RuleLine = Reply<typeof listRules>['rules'][number]
export type Edition = NonNullable<RuleLine['inForce']>
export type Rule = Edition['rule']
export type Precision = RuleLine['precision']
export type Preview = Reply<typeof previewRule>

/** What stands for a rule in the list: what is in force, else its draft, else what it was. */
export const shownOf = ({ inForce, draft, last }: RuleLine): Edition | null => inForce ?? draft ?? last

export const toneOfLevel = (level: Rule['level']): 'warn' | 'bad' => (level === 'warn' ? 'warn' : 'bad')

/** Factors of HJ 212 and of people counters that have a word of their own. */
const namedFactors = new Set([
  ...['a34001', 'a34002', 'a34004', 'a01001', 'a01002', 'a01006', 'a01007', 'a01008'],
  ...['people-in', 'people-out', 'people'],
])
export const sayFactor = (factor: string, t: Say): string =>
  factor === 'Leq' ? t('rules.noise') : namedFactors.has(factor) ? t(`rules.factors.${factor}`) : factor
const percent = (share: number): number => Math.round(share * 100)

/** The rule as a sentence. */
export function sayRule(rule: Rule, nameOf: (id: string) => string, t: Say): string {
  const { condition: c } = rule
  const hours = t(`rules.hours.${rule.hours}`)
  switch (c.kind) {
    case 'threshold': {
      const limit =
        c.limit.by === 'number'
          ? t('rules.limitNumber', { day: c.limit.day ?? '–', night: c.limit.night ?? '–' })
          : t('rules.limitStandard', { over: c.limit.over })
      const measure = t(`rules.measure.${c.measure}`)
      const share = percent(c.validShare)
      const said = {
        hours,
        factor: sayFactor(c.factor, t),
        n: c.averagingMinutes,
        measure,
        limit,
        for: c.forMinutes,
        share,
      }
      return t('rules.threshold', said)
    }
    case 'rate':
      return t('rules.rate', {
        hours,
        factor: sayFactor(c.factor, t),
        n: c.withinMinutes,
        direction: t(`rules.direction.${c.direction}`),
        by: c.by,
      })
    case 'missing':
      return t('rules.missing', {
        hours,
        factor: sayFactor(c.factor, t),
        n: c.windowMinutes,
        share: percent(c.missingShare),
      })
    case 'silence':
      return t('rules.silence', { hours, n: c.minutes })
    case 'fence':
      return t('rules.fence', {
        hours,
        fence: nameOf(c.fenceId),
        act: t(`rules.act.${c.act}`),
        n: c.dwellMinutes,
        kmh: c.overKmh ?? '–',
      })
    case 'combination':
      return t('rules.combination', {
        hours,
        how: t(`rules.how.${c.how}`),
        n: c.withinMinutes,
        m: c.withinM,
        rules: c.rules.map(nameOf).join(' · '),
      })
  }
}

export const averagedHow = (rule: Rule): 'energy' | 'mean' | null =>
  rule.condition.kind === 'threshold' && rule.condition.measure === 'mean'
    ? isLevel(rule.condition.factor)
      ? 'energy'
      : 'mean'
    : null

/** A condition of a kind to begin with. */
export function blankCondition(kind: Rule['condition']['kind']): Rule['condition'] {
  switch (kind) {
    case 'threshold':
      return {
        ...{ kind, factor: 'Leq', measure: 'mean', averagingMinutes: 20, validShare: 0.75, forMinutes: 0 },
        limit: { by: 'number', day: 70, night: 55 },
      }
    case 'rate':
      return { kind, factor: 'Leq', direction: 'up', by: 20, withinMinutes: 5 }
    case 'missing':
      return { kind, factor: 'Leq', windowMinutes: 60, missingShare: 0.5 }
    case 'silence':
      return { kind, minutes: 30 }
    case 'fence':
      return { kind, act: 'enter', fenceId: '', dwellMinutes: 0, overKmh: null }
    case 'combination':
      return { kind, how: 'all', rules: [], withinMinutes: 30, withinM: 100 }
  }
}

export const blankRule = (): Rule => ({
  name: { 'zh-CN': '', en: '' },
  level: 'warn',
  caseClass: null,
  basis: '',
  verified: false,
  scope: { kinds: ['noise_monitor'], deviceIds: [], areas: [], siteClasses: [] },
  condition: blankCondition('threshold'),
  hours: 'any',
  clear: { margin: 3, minutes: 10 },
  coolDownMinutes: 30,
  doubtful: [],
  mute: { below: 0.3, after: 10 },
})

/** Devices that may still be picked for a scope: of its kinds and areas, and not picked yet. */
export const deviceChoices = <D extends { id: string; kind: string; areaCode: string | null }>(
  devices: readonly D[],
  { kinds, areas, deviceIds }: Rule['scope'],
): D[] =>
  devices.filter(
    (d) =>
      !deviceIds.includes(d.id) && inScope({ kinds, areas, deviceIds: [], siteClasses: [] }, { ...d, siteClass: null }),
  )

/** A curve and, beside it, the same where it would be an alarm. */
export function partedBySpans(preview: Preview): { all: [number, number][]; over: [number, number | null][] } {
  const spans = preview.spans.map((s) => [
    Date.parse(s.raisedAt),
    s.clearedAt ? Date.parse(s.clearedAt) : Number.POSITIVE_INFINITY,
  ])
  const all = preview.points.map((p): [number, number] => [Date.parse(p.at), p.value])
  const over = all.map(([at, value]): [number, number | null] => [
    at,
    spans.some(([from = 0, until = 0]) => from <= at && at <= until) ? value : null,
  ])
  return { all, over }
}

/** Words parted by blanks or commas, each once. */
export const wordsIn = (said: string): string[] => [...new Set(said.split(/[\s,，、]+/).filter(Boolean))]
