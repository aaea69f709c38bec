/** docs/openapi.json is what the contracts say. */
import type { Check } from '../check.ts'
import { fresh } from '../files.ts'

export const openapi: Check = {
  name: 'openapi.json',
  async run({ write }) {
    const [{ modules }, { openApiOf }] = await Promise.all([
      import('../../../server/modules.ts'),
      import('@pentad/platform/openapi'),
    ])
    const routes = modules.flatMap((m) => (m.routes ?? []).map((r) => r.contract))
    const document = `${JSON.stringify(openApiOf(routes), null, 2)}\n`
    return { findings: fresh('docs/openapi.json', document, write), note: `${routes.length} routes` }
  },
}
