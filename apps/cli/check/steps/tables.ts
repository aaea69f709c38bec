/** A module's tables are its own: others name them only as `schema.api_…`, and only downwards. */

import ts from 'typescript'
import order from '../../../../modules/order.mjs'
import type { Check } from '../check.ts'
import { projectFiles, textOf } from '../files.ts'
import { each, fixedText, lineOf, parsed } from '../syntax.ts'

export const schemaOf = (module: string): string => module.replaceAll('-', '_')

/** Methods whose first argument is SQL or a table's name. */
const takesSql = /^(?:query|raw|selectFrom|insertInto|updateTable|deleteFrom|innerJoin|leftJoin|rightJoin|fullJoin)$/

export interface Statement {
  line: number
  sql: string
}

/** Every piece of SQL in a TypeScript file. */
export function statementsIn(file: string, text: string): Statement[] {
  const source = parsed(file, text)
  const found: Statement[] = []
  const keep = (node: ts.Node, sql: string | undefined) => {
    if (sql !== undefined) found.push({ line: lineOf(source, node), sql })
  }
  each(source, (node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText(source) === 'sql') keep(node, fixedText(node.template))
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [first] = node.arguments
      if (first && takesSql.test(node.expression.name.text)) keep(node, fixedText(first))
    }
  })
  return found
}

const named = new RegExp(String.raw`\b(${order.map(schemaOf).join('|')})\.(\w+)`, 'g')

/** What this SQL of a module reaches that it may not. `refs`: `references` may name a table, for a foreign key. */
export function reachesIn(module: string, { line, sql }: Statement): string[] {
  const own = order.indexOf(module)
  const bare = sql.replace(/--.*$/gm, '').replace(/\breferences\s+\w+\.\w+/g, '')
  return [...bare.matchAll(named)].flatMap(([whole, schema, table]) => {
    const other = order.findIndex((m) => schemaOf(m) === schema)
    if (other === own) return []
    if (other > own) return [`${line}: ${module} reads ${whole}, which lies above it`]
    return table?.startsWith('api_') ? [] : [`${line}: ${module} reads ${whole}; others may read ${schema}.api_… only`]
  })
}

export const tables: Check = {
  name: 'tables',
  async run() {
    const files = projectFiles().filter(
      (f) => /^modules\/[^/]+\/.*\.(?:ts|sql)$/.test(f) && !/(?:\.test|(?:^|\/)testing)\.ts$/.test(f),
    )
    const findings = files.flatMap((file) => {
      const module = file.split('/')[1] ?? ''
      const text = textOf(file)
      const statements = file.endsWith('.sql')
        ? text.split('\n').map((sql, i) => ({ line: i + 1, sql }))
        : statementsIn(file, text)
      return statements.flatMap((s) => reachesIn(module, s)).map((f) => `${file}:${f}`)
    })
    return { findings, note: `${files.length} files` }
  },
}
