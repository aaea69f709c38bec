/** Questions written down, so that they are read back as the same. Pure. */
import type { Expand, Expr, Query } from './odata.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const isoOf = (at: number): string => new Date(at).toISOString()

/** Written so that it is read back as the same. */
export function textOf(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return String(expr.value)
    case 'text':
      return quoted(expr.value)
    case 'bool':
      return String(expr.value)
    case 'null':
      return 'null'
    case 'time':
      return isoOf(expr.value)
    case 'interval':
      return `${isoOf(expr.from)}/${isoOf(expr.to)}`
    case 'duration':
      return `duration${quoted(expr.value)}`
    case 'geo':
      return `geography${quoted(expr.value)}`
    case 'path':
      return expr.steps.join('/')
    case 'call':
      return `${expr.name}(${expr.args.map(textOf).join(',')})`
    case 'not':
      return `not (${textOf(expr.of)})`
    case 'in':
      return `(${textOf(expr.of)}) in (${expr.list.map(textOf).join(',')})`
    case 'binary':
      return `(${textOf(expr.left)}) ${expr.op} (${textOf(expr.right)})`
  }
}

export function queryText(query: Query, between = '&', written: (s: string) => string = encodeURIComponent): string {
  const { filter, select, orderby, expand, top, skip, count, resultFormat } = query
  const parts: [string, string][] = []
  if (top !== undefined) parts.push(['$top', String(top)])
  if (skip !== undefined) parts.push(['$skip', String(skip)])
  if (count !== undefined) parts.push(['$count', String(count)])
  if (select) parts.push(['$select', select.join(',')])
  if (orderby)
    parts.push(['$orderby', orderby.map((o) => `${textOf(o.by)}${o.descending ? ' desc' : ' asc'}`).join(',')])
  if (expand) parts.push(['$expand', expand.map(expandText).join(',')])
  if (filter) parts.push(['$filter', textOf(filter)])
  if (resultFormat) parts.push(['$resultFormat', resultFormat])
  return parts.map(([k, v]) => `${k}=${written(v)}`).join(between)
}
function expandText({ path, query }: Expand): string {
  const inner = queryText(query, ';', (s) => s)
  return `${path.join('/')}${inner ? `(${inner})` : ''}`
}

/** `$select=name&$top=2` as its options; one that is said twice is a list. */
export function queryWords(text: string): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {}
  for (const [key, value] of new URLSearchParams(text)) {
    const there = out[key]
    out[key] = there === undefined ? value : [there, value].flat()
  }
  return out
}
