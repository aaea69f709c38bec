/** `./pentad features`: what is owed, and which tests prove it. */
import { parseArgs } from 'node:util'
import order from '../../modules/order.mjs'
import { fresh, projectFiles, textOf } from './check/files.ts'
import { literals } from './check/syntax.ts'
import { complain, say } from './say.ts'

const tableFile = 'docs/features.md'
const idPattern = /\[(?<id>[A-Z]{3}-\d{2})\]/g
const rowPattern =
  /^\| (?<id>[A-Z]{3}-\d{2}) \| (?<zh>.+?) \| (?<en>.+?) \| (?<module>[a-z-]+) \| (?<owes>.+?) \| (?<proof>.*?) ?\|$/

interface Row {
  id: string
  module: string
  owes: string
  proved: boolean
}
export interface Proof {
  id: string
  /** The test's sentence, without its numbers. */
  sentence: string
  file: string
}

/** What the tests of a file say they prove. */
export const proofsIn = (file: string, text: string): Proof[] =>
  literals(file, text).flatMap(({ text: sentence }) =>
    [...sentence.matchAll(idPattern)].map((m) => ({
      id: m.groups?.id ?? '',
      sentence: sentence.replace(idPattern, '').replace(/\s+/g, ' ').trim(),
      file,
    })),
  )

export const allProofs = (): Proof[] =>
  projectFiles()
    .filter((f) => /\.test\.ts$|^e2e\/.*\.ts$/.test(f) && !f.startsWith('apps/cli/'))
    .flatMap((f) => proofsIn(f, textOf(f)))

const cell = (proofs: readonly Proof[]): string =>
  proofs.map(({ sentence, file }) => `${sentence.replaceAll('|', '\\|')} (${file})`).join('<br>')

/** The table with its last column written anew. */
export const withProofs = (table: string, proofs: readonly Proof[]): string =>
  table.replace(new RegExp(rowPattern.source, 'gm'), (...found) => {
    const { id, zh, en, module, owes } = found.at(-1) as Record<string, string>
    const proof = cell(proofs.filter((p) => p.id === id))
    return `| ${id} | ${zh} | ${en} | ${module} | ${owes} | ${proof}${proof ? ' ' : ''}|`
  })

/** What is wrong between the table and the tests. */
export function featureFindings(table: string, proofs: readonly Proof[], write: boolean): string[] {
  const rows = rowsOf(table, proofs)
  const ids = new Set(rows.map((r) => r.id))
  const unknown = proofs
    .filter((p) => !ids.has(p.id))
    .map((p) => `${p.file}: [${p.id}] stands in no row of ${tableFile}`)
  const nobody = rows.filter((r) => !order.includes(r.module)).map((r) => `${r.id}: there is no module ${r.module}`)
  const twice = rows.length - ids.size
  return [
    ...unknown,
    ...nobody,
    ...(twice ? [`${twice} ids stand in more than one row`] : []),
    ...fresh(tableFile, withProofs(table, proofs), write),
  ]
}

function rowsOf(table: string, proofs: readonly Proof[]): Row[] {
  const proved = new Set(proofs.map((p) => p.id))
  return table.split('\n').flatMap((line) => {
    const { id = '', module = '', owes = '' } = rowPattern.exec(line)?.groups ?? {}
    return id ? [{ id, module, owes, proved: proved.has(id) }] : []
  })
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { write: { type: 'boolean' }, open: { type: 'boolean' } } })
  const table = textOf(tableFile)
  const proofs = allProofs()
  const rows = rowsOf(table, proofs)
  const titles = new Map([...table.matchAll(/^## (\w{3}) (.+)$/gm)].map(([, group = '', title = '']) => [group, title]))
  for (const [group, title] of titles) {
    const own = rows.filter((r) => r.id.startsWith(group))
    say(
      `  ${group}  ${String(own.filter((r) => r.proved).length).padStart(3)} of ${String(own.length).padStart(3)}  ${title}`,
    )
    if (values.open) for (const r of own.filter((o) => !o.proved)) say(`         ${r.id} ${r.module}: ${r.owes}`)
  }
  const done = rows.filter((r) => r.proved).length
  say(
    `\n  ${rows.length} rows: ${done} with proof, ${rows.length - done} without${values.open ? '' : ' (--open lists them)'}`,
  )
  const findings = featureFindings(table, proofs, values.write ?? false)
  for (const finding of findings) complain(`  ✗ ${finding}`)
  return findings.length ? 1 : 0
}
