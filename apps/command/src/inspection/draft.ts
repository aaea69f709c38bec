/** Drafts of schemas on this machine, and texts of the designer. Pure, but for the store. */
import type { Choice, LedgerSchema } from '@pentad/inspection/model'

const keyOf = (id: string): string => `pentad.ledger-draft.${id}`

export function keptDraft(id: string): LedgerSchema | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') as LedgerSchema | null
  } catch {
    return null
  }
}
export const keepDraft = (id: string, schema: LedgerSchema): void =>
  localStorage.setItem(keyOf(id), JSON.stringify(schema))
export const dropDraft = (id: string): void => localStorage.removeItem(keyOf(id))

/** Choices as lines: value, Chinese, English; what is left out is the value. */
export const choiceLines = (choices: readonly Choice[] | undefined): string =>
  (choices ?? [])
    .map((c) => [c.value, c.title['zh-CN'], c.title.en])
    .map(([value, zh, en]) =>
      zh === value && en === value ? value : en === zh ? `${value} ${zh}` : `${value} ${zh} ${en}`,
    )
    .join('\n')

export const choicesIn = (lines: string): Choice[] =>
  lines
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [value = '', zh = value, ...en] = line.split(/\s+/)
      return { value, title: { 'zh-CN': zh, en: en.join(' ') || zh } }
    })
