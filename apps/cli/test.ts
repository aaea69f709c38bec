/** `./pentad test`: Vitest (pure and database tests), then the stories in a browser; one line of figures over all. */
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { root } from './check/files.ts'
import { complain, say } from './say.ts'
import { outsideDatabase } from './test/outside.ts'
import { runStories, runVitest } from './test/runners.ts'
import { type Tally, tallied, tallyLine } from './test/tally.ts'
import { kindOf, testFiles } from './test/which.ts'

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      unit: { type: 'boolean' },
      db: { type: 'boolean' },
      story: { type: 'boolean' },
      outside: { type: 'boolean' },
    },
  })
  const all = !(values.unit || values.db || values.story || values.outside)
  const chosen = (file: string) => positionals.length === 0 || positionals.some((p) => file.includes(p))
  const files = testFiles().filter(chosen)
  const pure = files.filter((f) => kindOf(f) === 'unit')
  const db = files.filter((f) => kindOf(f) === 'db')
  const stories = globSync('e2e/**/*.story.ts', { cwd: root }).filter(chosen)
  const tallies: Tally[] = []
  if (all || values.unit || values.db) {
    const wanted = [...(all || values.unit ? pure : []), ...(all || values.db ? db : [])]
    const withDatabase = all || values.db === true
    if (wanted.length) tallies.push(await runVitest(wanted, { withDatabase: withDatabase && db.length > 0 }))
  }
  if (values.outside && db.length) {
    const outside = await outsideDatabase()
    try {
      say(`\n· the database tests once more, on PostgreSQL ${outside.version}`)
      tallies.push(await runVitest(db, { withDatabase: true, url: outside.url }))
    } finally {
      await outside.remove()
    }
  }
  if ((all || values.story) && stories.length) tallies.push(await runStories(stories))
  if (tallies.length === 0) {
    complain(`No test is named so: ${positionals.join(' ') || args.join(' ')}`)
    return 2
  }
  const sum = tallied(tallies)
  if (sum.remarks?.length) complain(`\n${sum.remarks.join('\n')}`)
  say(`\n${tallyLine(sum)}`)
  return sum.failed ? 1 : 0
}
