/** Personal fields as strangers to the matter see them (domain §9.3). Pure. */
import { maskName, maskPhone } from '@pentad/identity/model'
import { isPhone } from './codes.ts'
import { type Field, isMaskable, type LedgerSchema } from './schema.ts'
import { isEmpty, type Values } from './values.ts'

/** Why somebody may see what is masked; each look is logged with it. */
export const purposes = ['contact', 'verify', 'enforce', 'urgent'] as const
export type Purpose = (typeof purposes)[number]

/** A masked value keeps its shape for a reader, never enough to be used: 张*, 138****1234, 110101…34. */
export function masked(f: Pick<Field, 'type'>, value: unknown): unknown {
  if (typeof value !== 'string') return null
  // What is not of its form gives nothing away by its form.
  if (['id-number', 'credit-code'].includes(f.type) && value.length !== 18) return '***'
  switch (f.type) {
    case 'phone':
      return isPhone(value) ? maskPhone(value) : '****'
    case 'id-number':
      return `${value.slice(0, 6)}${'*'.repeat(Math.max(0, value.length - 8))}${value.slice(-2)}`
    case 'credit-code':
      return `${value.slice(0, 2)}${'*'.repeat(Math.max(0, value.length - 4))}${value.slice(-2)}`
    case 'date':
      return `${value.slice(0, 4)}-**-**`
    case 'person':
    case 'party':
      return maskName(value)
    case 'text':
      return value.length > 1 ? `${value[0]}***` : '***'
    default:
      return null
  }
}

/** The values for those who may not see all; `hidden` names the fields that hold more than is shown. */
export function maskedValues(
  s: Pick<LedgerSchema, 'fields'>,
  values: Values,
): { values: Record<string, unknown>; hidden: string[] } {
  const shown: Record<string, unknown> = { ...values }
  const hidden: string[] = []
  for (const f of s.fields) {
    if (!isMaskable(f.dataClass) || isEmpty(values[f.key])) continue
    const mask = masked(f, values[f.key])
    if (mask === null) delete shown[f.key]
    else shown[f.key] = mask
    hidden.push(f.key)
  }
  // A key that the schema does not know has no class: it stays hidden.
  const known = new Set(s.fields.map((f) => f.key))
  for (const key of Object.keys(shown)) {
    if (known.has(key)) continue
    delete shown[key]
    hidden.push(key)
  }
  return { values: shown, hidden }
}
