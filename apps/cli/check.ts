/** `./pentad check`: everything that can be said about the code without running a city, at most two steps at once. */
import { parseArgs } from 'node:util'
import type { Check, Outcome } from './check/check.ts'
import { boundaries } from './check/steps/boundaries.ts'
import { features } from './check/steps/features.ts'
import { length } from './check/steps/length.ts'
import { licences } from './check/steps/licences.ts'
import { messages } from './check/steps/messages.ts'
import { openapi } from './check/steps/openapi.ts'
import { tables } from './check/steps/tables.ts'
import { lint, promises, unused } from './check/steps/tools.ts'
import { types } from './check/steps/types.ts'
import { wording } from './check/steps/wording.ts'
import { words } from './check/steps/words.ts'
import { complain, say } from './say.ts'

/** The longest first, so that the short ones fill the gaps. */
const checks: readonly Check[] = [
  ...types,
  promises,
  boundaries,
  unused,
  lint,
  openapi,
  messages,
  tables,
  wording,
  licences,
  features,
  words,
  length,
]

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { write: { type: 'boolean' } } })
  const chosen = checks.filter(({ name }) => positionals.length === 0 || positionals.some((p) => name.includes(p)))
  if (chosen.length === 0) {
    complain(`No such check. There are: ${checks.map((c) => c.name).join(', ')}`)
    return 2
  }
  const began = performance.now()
  const waiting = [...chosen]
  const failed: string[] = []
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await passes(check, values.write ?? false))) failed.push(check.name)
    }
  }
  await Promise.all([lane(), lane()])
  if (failed.length) complain(`\nNot in order: ${failed.join(', ')}`)
  say(`\n${secondsSince(began)} s for all`)
  say(`${chosen.length - failed.length} passed, ${failed.length} failed`)
  return failed.length ? 1 : 0
}

async function passes({ name, run: runs }: Check, write: boolean): Promise<boolean> {
  const began = performance.now()
  const {
    findings,
    warnings = [],
    note,
  } = await runs({ write }).catch(
    (error: unknown): Outcome => ({
      findings: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    }),
  )
  say(`  ${findings.length ? '✗' : '✓'} ${name}${note ? `, ${note}` : ''} (${secondsSince(began)} s)`)
  for (const finding of findings) complain(indented(finding))
  for (const warning of warnings) say(`      note: ${warning}`)
  return findings.length === 0
}

const secondsSince = (began: number): string => ((performance.now() - began) / 1000).toFixed(1)
const indented = (text: string): string => text.replace(/^/gm, '      ')
