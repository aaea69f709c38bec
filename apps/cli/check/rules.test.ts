import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, expect, test } from 'vitest'
import order from '../../../modules/order.mjs'
import { root } from './files.ts'
import { rulesFrom } from './rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'pentad-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Files of a small project that keeps every rule; each breach adds or changes some. */
const innocent = {
  'platform/refusal.ts': 'export const refuse = 1',
  'platform/client.ts': "import { refuse } from './refusal.ts'\nexport const client = refuse",
  'platform/db/index.ts': "import { connect } from 'node:net'\nexport const db = connect",
  'platform/testing/index.ts': "import { db } from '../db/index.ts'\nexport const testServer = db",
  'modules/identity/model.ts': "import { refuse } from '../../platform/refusal.ts'\nexport const roles = [refuse]",
  'modules/identity/queries.ts': "import { db } from '../../platform/db/index.ts'\nexport const people = db",
  'modules/identity/index.ts': "export { people } from './queries.ts'",
  'modules/identity/testing.ts': "import { people } from './queries.ts'\nexport const somebody = people",
  'modules/rulebook/model/index.ts': "import { z } from 'zod'\nexport const classes = z",
  'modules/cases/model.ts':
    "import { roles } from '../identity/model.ts'\nimport { classes } from '../rulebook/model/index.ts'\nexport const steps = [roles, classes]",
  'modules/cases/contract.ts': "import { steps } from './model.ts'\nexport const takeStep = steps",
  'modules/cases/routes.ts':
    "import { people } from '../identity/index.ts'\nimport { takeStep } from './contract.ts'\nexport const routes = [people, takeStep]",
  'modules/cases/index.ts': "export { routes } from './routes.ts'",
  'modules/cases/routes.test.ts':
    "import { testServer } from '../../platform/testing/index.ts'\nimport { somebody } from '../identity/testing.ts'\nimport { modules } from '../../apps/server/modules.ts'\nexport default [testServer, somebody, modules]",
  'apps/server/modules.ts': "import { routes } from '../../modules/cases/index.ts'\nexport const modules = routes",
  'protocols/hj212/index.ts': 'export const read = 1',
  'web/api.ts': "import { client } from '../platform/client.ts'\nexport const call = client",
  'apps/officer/src/main.ts':
    "import { takeStep } from '../../../modules/cases/contract.ts'\nimport { call } from '../../../web/api.ts'\nexport const app = [takeStep, call]",
  'packs/demo/index.ts': 'export const pack = 1',
}

let trees = 0
/** The rules that this tree breaks. */
async function broken(changes: Record<string, string>): Promise<string[]> {
  const tree = join(folder, String(trees++))
  for (const [file, text] of Object.entries({ ...innocent, ...changes })) {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), text)
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  const { output } = await cruise(['platform', 'modules', 'protocols', 'apps', 'web', 'packs'], {
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden: rulesFrom(order) },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  })
  const { summary } = output as ICruiseResult
  return [...new Set(summary.violations.map((v) => v.rule.name))].sort()
}

test('a project that calls down and enters by the door breaks nothing', async () => {
  expect(await broken({})).toEqual([])
})

const breaches: [what: string, file: string, text: string, rule: string | string[]][] = [
  [
    'a module calls one above it',
    'modules/identity/index.ts',
    "import { steps } from '../cases/model.ts'\nexport const people = steps",
    ['identity-looks-down-only'],
  ],
  [
    'even a type is knowledge of what lies above',
    'modules/identity/index.ts',
    "import type { routes } from '../cases/index.ts'\nexport const people = {} as typeof routes",
    ['identity-looks-down-only'],
  ],
  [
    'a module reaches behind the door of another',
    'modules/cases/routes.ts',
    "import { people } from '../identity/queries.ts'\nexport const routes = people",
    'public-door-only',
  ],
  [
    'a test reaches behind the door of another module',
    'modules/cases/life.test.ts',
    "import { people } from '../identity/queries.ts'\nexport default people",
    'tests-enter-by-door-or-testing',
  ],
  [
    'a process reaches behind a door',
    'apps/server/main.ts',
    "import { people } from '../../modules/identity/queries.ts'\nexport default people",
    'outside-enters-by-door',
  ],
  [
    'code that is no test uses the help of tests',
    'modules/cases/history.ts',
    "import { somebody } from '../identity/testing.ts'\nexport default somebody",
    ['public-door-only', 'test-help-is-for-tests'],
  ],
  [
    'a model reads the clock of Node.js',
    'modules/cases/model.ts',
    "import { hrtime } from 'node:process'\nexport const steps = hrtime",
    'model-and-contract-are-pure',
  ],
  [
    'a file behind a model asks the database',
    'modules/rulebook/model/clock.ts',
    "import { db } from '../../../platform/db/index.ts'\nexport const clock = db",
    'model-and-contract-are-pure',
  ],
  [
    'a contract takes a package of the server',
    'modules/cases/contract.ts',
    "import pg from 'pg'\nexport const takeStep = pg",
    'model-and-contract-are-pure',
  ],
  [
    'a page enters by the door of the server',
    'apps/officer/src/page.ts',
    "import { routes } from '../../../modules/cases/index.ts'\nexport default routes",
    'webs-enter-by-pure-doors',
  ],
  [
    'a page talks to the database',
    'web/rows.ts',
    "import { db } from '../platform/db/index.ts'\nexport default db",
    'webs-use-browser-safe-platform',
  ],
  [
    'a page uses Node.js',
    'web/disk.ts',
    "import { readFileSync } from 'node:fs'\nexport default readFileSync",
    'webs-without-node',
  ],
  [
    'one web knows another',
    'apps/citizen/src/main.ts',
    "import { app } from '../../officer/src/main.ts'\nexport default app",
    'webs-know-only-themselves',
  ],
  [
    'what webs share knows one of them',
    'web/theme.ts',
    "import { app } from '../apps/officer/src/main.ts'\nexport default app",
    ['webs-know-only-themselves'],
  ],
  [
    'a browser-safe file of the platform stops being one',
    'platform/refusal.ts',
    "import { hostname } from 'node:os'\nexport const refuse = hostname",
    'platform-keeps-its-browser-promise',
  ],
  [
    'a codec knows the platform',
    'protocols/hj212/index.ts',
    "import { refuse } from '../../platform/refusal.ts'\nexport const read = refuse",
    'protocols-stand-alone',
  ],
  [
    'the platform knows a module',
    'platform/client.ts',
    "import { roles } from '../modules/identity/model.ts'\nexport const client = roles",
    ['platform-keeps-its-browser-promise', 'platform-knows-no-domain'],
  ],
  [
    'a module knows a pack',
    'modules/cases/demo.ts',
    "import { pack } from '../../packs/demo/index.ts'\nexport default pack",
    'modules-know-no-app',
  ],
  [
    'a module brings up the whole server',
    'modules/cases/all.ts',
    "export { modules } from '../../apps/server/modules.ts'",
    'only-tests-run-all-modules',
  ],
  [
    'a pack uses the server side of a module',
    'packs/demo/index.ts',
    "import { people } from '../../modules/identity/index.ts'\nexport const pack = people",
    'packs-are-data',
  ],
  [
    'the server imports a page',
    'apps/server/main.ts',
    "import { call } from '../../web/api.ts'\nexport default call",
    'servers-know-no-page',
  ],
  [
    'two files need each other',
    'modules/cases/model.ts',
    "import { takeStep } from './contract.ts'\nexport const steps = () => takeStep",
    'no-circle',
  ],
  ['an import leads nowhere', 'web/lost.ts', "export { lost } from './found.ts'", 'everything-is-there'],
]

test.for(breaches)('%s: reported', { timeout: 30_000 }, async ([, file, text, rule]) => {
  expect(await broken({ [file]: text })).toEqual([rule].flat())
})
