import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{platform,protocols,modules,packs,apps,web,bench,soak}/**/*.test.ts'],
    globalSetup: './vitest.setup.ts',
    setupFiles: './vitest.each.ts',
    pool: 'forks',
    // A process reads the code once and not once a file: that was nearly half of the time.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
