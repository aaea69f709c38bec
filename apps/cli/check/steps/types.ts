/** tsc for what runs on Node, vue-tsc for each web. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../check.ts'
import { root } from '../files.ts'
import { complaint, tool } from '../tool.ts'

/** What was found right is remembered, so that a second run looks only at what has changed. */
const memory = 'node_modules/.cache/pentad'

const typed = (name: string, script: string, project: string): Check => ({
  name: `types of ${name}`,
  run: async () => {
    const remembered = join(root, memory, `${project.replaceAll('/', '-')}.tsbuildinfo`)
    const how = ['--pretty', 'false', '--incremental', '--tsBuildInfoFile', remembered]
    return { findings: complaint(await tool(script, ['-p', project, ...how])) }
  },
})

export const types: Check[] = [
  typed('the server', 'typescript/bin/tsc', 'tsconfig.json'),
  ...['web', 'apps/command', 'apps/officer', 'apps/citizen']
    .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))
    .map((folder) => typed(folder, 'vue-tsc/bin/vue-tsc.js', `${folder}/tsconfig.json`)),
]
