/** What is declared or exported and used by nobody. Third-party packages are declared at the root alone. */
import type { KnipConfig } from 'knip'

/** The imports of a page are those of its scripts. */
const scriptsOf = (page: string): string =>
  [...page.matchAll(/<script[^>]*>(?<script>[\s\S]*?)<\/script>/g)].map((m) => m.groups?.script ?? '').join('\n')

export default {
  compilers: { vue: scriptsOf },
  workspaces: {
    '.': { entry: ['{bench,soak,e2e}/**/*.ts'], project: ['*.{ts,mjs}', '{bench,soak,e2e}/**/*.ts'] },
    'apps/*': { entry: ['main.ts', 'src/main.ts', 'vite.config.ts'], project: ['**/*.{ts,vue}'] },
    'modules/*': { project: ['**/*.ts'] },
    platform: { project: ['**/*.ts'] },
    'protocols/*': { project: ['**/*.ts'] },
    // Written by hand when the demo city is made anew: `node FILE`.
    'packs/*': {
      entry: ['map/lanes.ts', 'history/{fit,compare}.ts', '{components,places,ledgers}/*.ts'],
      project: ['**/*.ts'],
    },
    web: { project: ['**/*.{ts,vue}'] },
  },
  ignoreDependencies: [
    // Run by name: by `./pentad check` and by the front door.
    '@biomejs/biome',
    'node',
    'oxlint',
    'oxlint-tsgolint',
  ],
  ignoreBinaries: ['mosquitto_passwd', 'ogrinfo', 'openssl', 'pgbench'],
  // A type or a helper that its own file uses may be read from outside one day; what nobody uses at all may not stay.
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig
