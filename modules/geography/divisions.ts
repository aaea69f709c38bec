/** A table of administrative divisions (code, level 1–4, name, parent_code), as the area tree of a pack. Pure: text in, text out. */
import { delimiterOf, takeFrom } from '@pentad/platform/pack'

const levels = ['city', 'district', 'street', 'community'] as const
const digits = { city: 6, district: 6, street: 9, community: 12 }

export interface Divisions {
  /** `areas/areas.csv`. */
  text: string
  counts: Readonly<Record<(typeof levels)[number], number>>
  left: string[]
}

/** `within` keeps one branch: a district's code, or a city's. Codes longer than their level needs lose their zeros (110101001000 is street 110101001). */
export function readDivisions(text: string, within = ''): Divisions {
  const plain = text.replace(/^\uFEFF/, '')
  const { records } = takeFrom(plain, { delimiter: delimiterOf(plain.slice(0, 10_000)), line: 1, last: true })
  const [head, ...rest] = records
  const columns = head && 'fields' in head ? head.fields.map((f) => f.trim()) : []
  const counts = { city: 0, district: 0, street: 0, community: 0 }
  const missing = ['code', 'level', 'name', 'parent_code'].filter((c) => !columns.includes(c))
  if (missing.length > 0) return { text: '', counts, left: [`the table has no column ${missing.join(', ')}`] }
  const left: string[] = []
  const areas = new Map<string, { code: string; level: (typeof levels)[number]; name: string; parent: string }>()
  for (const record of rest) {
    const cells = 'fields' in record ? record.fields : []
    const of = (column: string): string => (cells[columns.indexOf(column)] ?? '').trim()
    const level = levels[Number(of('level')) - 1] ?? levels.find((l) => l === of('level'))
    const code = level
      ? of('code')
          .replace(/^(\d+?)0*$/, '$1')
          .padEnd(digits[level], '0')
      : ''
    const name = of('name')
    if (!level || !/^\d+$/.test(code) || code.length !== digits[level] || !name || areas.has(code))
      left.push(
        `line ${record.line}: ${areas.has(code) ? `code ${code} stands twice` : 'no level, name or code of its length'}`,
      )
    else areas.set(code, { code, level, name, parent: of('parent_code') })
  }
  const rows: string[] = []
  for (const { code, level, name, parent } of areas.values()) {
    const parentCode =
      level === 'city' ? '' : [parent, parent.slice(0, 9), parent.slice(0, 6)].find((p) => areas.has(p))
    if (parentCode === undefined) {
      left.push(`${code} ${name}: its parent ${parent} is not in the table`)
      continue
    }
    const holds = level === 'city' || code.startsWith(within.replace(/(?:00)+$/, ''))
    if (!holds) continue
    counts[level]++
    rows.push([code, level, /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name, parentCode].join(','))
  }
  return { text: `code,level,name,parent_code\n${rows.join('\n')}\n`, counts, left }
}
