/** `./pentad …`: finds the command and runs it. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { complain } from './say.ts'

interface Command {
  does: string
  run: (args: string[]) => Promise<number>
}

const lazily =
  (load: () => Promise<{ run: Command['run'] }>): Command['run'] =>
  async (args) =>
    (await load()).run(args)

const commands: Record<string, Command> = {
  up: {
    does: 'start everything here: engine, server, worker, gateway, demo simulators',
    run: lazily(() => import('./up.ts')),
  },
  check: {
    does: 'boundaries, types, lint, messages, licences …; --write makes generated files anew; NAME… runs only those',
    run: lazily(() => import('./check.ts')),
  },
  test: {
    does: 'all tests; --unit | --db | --story | --outside (on Debian’s PostgreSQL) or a FILTER of file names',
    run: lazily(() => import('./test.ts')),
  },
  features: {
    does: 'what is owed and what proves it; --write refreshes docs/features.md',
    run: lazily(() => import('./features.ts')),
  },
  bench: { does: 'NAME: a measurement of bench/', run: lazily(() => import('./bench.ts')) },
  soak: { does: 'NAME: a campaign of soak/', run: lazily(() => import('./soak.ts')) },
  pack: {
    does: 'check DIR | load DIR [--dry] | template DIR: a city as a folder of files (docs/pack.md)',
    run: lazily(() => import('./pack.ts')),
  },
  backup: {
    does: 'FOLDER: everything of the running city into one folder, without stopping it',
    run: lazily(() => import('./backup.ts')),
  },
  restore: {
    does: 'BACKUP --data FOLDER: a backup into an empty data folder',
    run: lazily(() => import('./restore.ts')),
  },
  verify: {
    does: '[FOLDER]: is this backup or export whole; without FOLDER: are trails, counts and blobs of the city right',
    run: lazily(() => import('./verify.ts')),
  },
  export: {
    does: 'FOLDER: the city as files that any PostgreSQL from 15 on can take in',
    run: lazily(() => import('./export.ts')),
  },
  import: {
    does: 'FOLDER: an exported city | cases FILE [--map MAPPING] [--propose]: cases of another system (CSV) | standards FILE, laws DIR, divisions FILE --into PACKDIR: outside tables into a pack',
    run: lazily(() => import('./import.ts')),
  },
  user: { does: 'add NAME ROLE UNIT [AREA…] | password NAME | list', run: lazily(() => import('./user.ts')) },
}

function help(): void {
  console.log('Pentad 五位一体 — ./pentad COMMAND\n')
  for (const [name, { does }] of Object.entries(commands)) console.log(`  ${name.padEnd(9)} ${does}`)
  console.log('\n  --data FOLDER and --port N go with every command that needs them; see README.md')
}

const [name = 'help', ...args] = process.argv.slice(2)
const { values } = parseArgs({ args, strict: false, options: { data: { type: 'string' }, port: { type: 'string' } } })
// A folder is meant as seen from where the command was called, not from where the project lies.
const from = process.env.PENTAD_CALLED_FROM ?? process.cwd()
if (typeof values.data === 'string') process.env.PENTAD_DATA = resolve(from, values.data)
if (typeof values.port === 'string') process.env.PENTAD_PORT = values.port
const command = commands[name]
if (!command) {
  help()
  process.exit(name === 'help' || name === '--help' ? 0 : 2)
}
try {
  process.exitCode = await command.run(args)
} catch (error) {
  // Whoever stands in the machine room needs the sentence; the trace is for us.
  complain(`\n  ✗ ${error instanceof Error ? error.message : String(error)}`)
  if (process.env.PENTAD_LOG === 'debug') complain(error instanceof Error ? (error.stack ?? '') : '')
  process.exitCode = 1
}
