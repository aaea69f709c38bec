/** Plain values as XML, the way GeoReport v2 shows them: an element for each field, null as an empty one. */

const escapes: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }
// Control characters other than tab and line ends may not stand in XML at all.
const escaped = (text: string): string =>
  Array.from(text, (c) => escapes[c] ?? (c < ' ' && !'\t\n\r'.includes(c) ? ' ' : c)).join('')

function element(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return `<${name}/>`
  if (Array.isArray(value)) return `<${name}>${value.map((v) => element(singular(name), v)).join('')}</${name}>`
  if (typeof value === 'object') return `<${name}>${fields(value)}</${name}>`
  return `<${name}>${escaped(String(value))}</${name}>`
}
const fields = (value: object): string =>
  Object.entries(value)
    .map(([name, v]) => element(name, v))
    .join('')
const singular = (name: string): string => (name.endsWith('s') ? name.slice(0, -1) : name)

export const xml = (root: string, item: string, rows: readonly object[]): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<${root}>${rows.map((row) => `<${item}>${fields(row)}</${item}>`).join('')}</${root}>\n`
