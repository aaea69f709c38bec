/** Call down, announce up, enter by the door: dependency-cruiser with rules made from modules/order.mjs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ICruiseResult } from 'dependency-cruiser'
import type { Check } from '../check.ts'
import { root } from '../files.ts'
import { complaint, tool } from '../tool.ts'

const folders = ['platform', 'protocols', 'modules', 'apps', 'web', 'packs', 'bench', 'soak', 'e2e']

export const boundaries: Check = {
  name: 'boundaries',
  async run() {
    const said = await tool('dependency-cruiser/bin/dependency-cruiser.mjs', [
      ...['--config', '.dependency-cruiser.mjs', '--output-type', 'json'],
      ...folders.filter((f) => existsSync(join(root, f))),
    ])
    if (!said.out.startsWith('{')) return { findings: complaint({ ...said, code: said.code || 1 }) }
    const { summary } = JSON.parse(said.out) as ICruiseResult
    return {
      findings: summary.violations.map(
        ({ from, to, rule, cycle, comment }) =>
          `${from} → ${cycle?.map((c) => c.name).join(' → ') || to}\n${rule.name}: ${comment ?? ''}`,
      ),
      note: `${summary.totalCruised} files`,
    }
  },
}
