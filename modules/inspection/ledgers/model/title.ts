/** How an entry is called, and how a value reads. Pure. */
import { type Field, isMaskable, type LedgerSchema } from './schema.ts'
import { isEmpty, type Values } from './values.ts'

type Language = 'zh-CN' | 'en'

/** A value as one reads it; money in yuan, choices by their title. */
export function sayValue(f: Field, value: unknown, language: Language): string {
  if (isEmpty(value)) return ''
  const titleOf = (v: unknown) => f.choices?.find((c) => c.value === v)?.title[language] ?? String(v)
  switch (f.type) {
    case 'choice':
      return titleOf(value)
    case 'multi':
      return Array.isArray(value) ? value.map(titleOf).join(language === 'en' ? ', ' : '、') : ''
    case 'money':
      return typeof value === 'number' ? (value / 100).toFixed(2) : String(value)
    case 'point': {
      const p = value as { lon: number; lat: number }
      return `${p.lon.toFixed(6)},${p.lat.toFixed(6)}`
    }
    case 'area':
      return Array.isArray(value) ? value.map((c) => (c as number[]).join(' ')).join(';') : ''
    case 'photo':
      return Array.isArray(value) ? String(value.length) : ''
    default:
      return String(value)
  }
}

/** The title by the schema's template; personal fields never enter it. */
export function titleOf(s: LedgerSchema, values: Values): string {
  const title = s.titleTemplate.replace(/\{(\w+)\}/g, (_, key: string) => {
    const f = s.fields.find((x) => x.key === key)
    return f && !isMaskable(f.dataClass) ? sayValue(f, values[key], 'zh-CN') : ''
  })
  return title.trim().slice(0, 200)
}

/** What a search by words finds: title and all that is public or internal text. */
export const searchText = (s: LedgerSchema, values: Values): string =>
  [
    titleOf(s, values),
    ...s.fields.flatMap((f) =>
      !isMaskable(f.dataClass) && ['text', 'party', 'credit-code', 'choice'].includes(f.type)
        ? [sayValue(f, values[f.key], 'zh-CN')]
        : [],
    ),
  ]
    .filter(Boolean)
    .join(' ')
    .slice(0, 4000)
    .toLowerCase()
