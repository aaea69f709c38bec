/** Checks that a tool makes on its own, each by the settings at the root. */
import type { Check } from '../check.ts'
import { complaint, tool } from '../tool.ts'

/** biome.json */
export const lint: Check = {
  name: 'format and lint',
  run: async () => ({
    findings: complaint(
      await tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--max-diagnostics=50', '--colors=off']),
    ),
  }),
}

/** .oxlintrc.json: promises that nobody waits for, switches that forget a case. */
export const promises: Check = {
  name: 'promises and switches',
  run: async () => ({
    findings: complaint(await tool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings'])),
  }),
}

/** knip.ts */
export const unused: Check = {
  name: 'nothing unused',
  run: async () => ({
    findings: complaint(
      await tool('knip/bin/knip.js', ['--no-config-hints', '--no-progress', '--reporter', 'compact']),
    ),
  }),
}
