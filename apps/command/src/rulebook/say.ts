/** How the rulebook's figures and rules are put into words. Pure. */
import type { Duty } from './asked.ts'

type Say = (key: string, values?: Record<string, string | number>) => string

const yuan = (fen: number, language: string): string => new Intl.NumberFormat(language).format(fen / 100)

/** 300–3,000 yuan; undefined where the law sets no sum. */
export function fineSaid(from: number | null, to: number | null, language: string, t: Say): string | undefined {
  if (from === null && to === null) return undefined
  if (!from && to !== null) return t('rulebook.fine.upTo', { to: yuan(to, language) })
  if (from === to || to === null) return t('rulebook.fine.exact', { sum: yuan(from ?? 0, language) })
  return t('rulebook.fine.range', { from: yuan(from ?? 0, language), to: yuan(to, language) })
}

/** Who answers by a rule: the street office, the unit of each district, or one unit. */
export function dutySaid(
  { unitRule, unit }: Pick<Duty, 'unitRule' | 'unit'>,
  language: 'zh-CN' | 'en',
  t: Say,
): string {
  if (unitRule === 'street') return t('rulebook.duty.street')
  if (!unit) return unitRule
  return unitRule.startsWith('{district}') ? t('rulebook.duty.district', { unit: unit[language] }) : unit[language]
}

/** `scheme/version` of an address, or null. */
export function schemeFrom(words: unknown): { scheme: string; version: string } | null {
  const [scheme, version, rest] = typeof words === 'string' ? words.split('/') : []
  return scheme && version && rest === undefined ? { scheme, version } : null
}
export const schemeWords = ({ scheme, version }: { scheme: string; version: string }): string => `${scheme}/${version}`
