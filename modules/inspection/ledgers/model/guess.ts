/** A first schema from a table that exists already (most ledgers of a city are spreadsheets): heads and cells say what fields are. Pure. */
import { isCreditCode, isIdNumber, isPhone } from './codes.ts'
import { dayMeant } from './delimited.ts'
import type { Choice, Field, FieldType } from './schema.ts'

const mostChoices = 12

/** Proposed fields, one for each head. A person looks them over before they are published. */
export function fieldsFrom(heads: readonly string[], rows: readonly (readonly string[])[]): Field[] {
  const lon = heads.findIndex((h) => /^(?:经度|lon|lng|longitude)$/i.test(h.trim()))
  const lat = heads.findIndex((h) => /^(?:纬度|lat|latitude)$/i.test(h.trim()))
  const hasPoint = lon >= 0 && lat >= 0
  const fields = heads.flatMap((head, i): Field[] => {
    const title = head.replace(/^\uFEFF/, '').trim()
    if (!title || (hasPoint && (i === lon || i === lat))) return []
    const cells = rows.map((r) => (r[i] ?? '').trim()).filter(Boolean)
    const type = typeOf(title, cells)
    return [
      {
        key: `f${i + 1}`,
        title: { 'zh-CN': title, en: title },
        type,
        required: cells.length === rows.length && rows.length > 0,
        dataClass: classOf(type, title),
        ...(type === 'choice' ? { choices: choicesOf(cells) } : {}),
      },
    ]
  })
  if (!hasPoint) return fields
  const place: Field = {
    key: 'place',
    title: { 'zh-CN': '位置', en: 'Place' },
    type: 'point',
    required: false,
    dataClass: 'public',
  }
  return [...fields, place]
}

const all = (cells: readonly string[], holds: (cell: string) => boolean): boolean =>
  cells.length > 0 && cells.filter(holds).length >= cells.length * 0.9

function typeOf(title: string, cells: readonly string[]): FieldType {
  if (all(cells, (c) => isIdNumber(c.toUpperCase()))) return 'id-number'
  if (all(cells, (c) => isCreditCode(c.toUpperCase()))) return 'credit-code'
  if (all(cells, (c) => isPhone(c.replace(/[\s-]/g, '')))) return 'phone'
  if (all(cells, (c) => dayMeant(c) !== null)) return 'date'
  if (all(cells, (c) => /^1[0-4]\d\.\d+[,，\s]+\d{2}\.\d+$/.test(c))) return 'point'
  if (all(cells, (c) => /^-?\d{1,3}(?:,?\d{3})*(?:\.\d+)?$/.test(c))) {
    if (/[额款元价费]/.test(title)) return 'money'
    return cells.some((c) => c.includes('.')) ? 'number' : 'integer'
  }
  if (/(?:姓名|联系人|负责人|法人代表|法定代表人)$/.test(title)) return 'person'
  if (/(?:单位|企业|公司|商户|当事人|字号)(?:名称)?$/.test(title)) return 'party'
  const kinds = new Set(cells)
  if (
    cells.length >= 8 &&
    kinds.size <= Math.min(mostChoices, cells.length / 3) &&
    [...kinds].every((k) => k.length <= 12 && !k.includes('|'))
  )
    return 'choice'
  return 'text'
}

const classOf = (type: FieldType, title: string): Field['dataClass'] => {
  if (type === 'id-number') return 'sensitive'
  if (type === 'phone' || type === 'person' || /(?:住址|家庭)/.test(title)) return 'personal'
  return 'internal'
}

const choicesOf = (cells: readonly string[]): Choice[] =>
  [...new Set(cells)].sort().map((value) => ({ value, title: { 'zh-CN': value, en: value } }))
