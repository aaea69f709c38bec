/** Stories across the faces, in the machine's own Chromium, against a demo city that is started for them. */
import { defineConfig } from '@playwright/test'
import { drawing } from './e2e/browser.ts'

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.story.ts',
  globalSetup: './e2e/city.ts',
  outputDir: 'test-results',
  // One city for all stories, two at a time; each has cases of its own.
  workers: process.env.CI ? 2 : 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  // A shared, loaded machine may be slow once; what passed only the second time is named at the end of the run.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: 'chromium',
    actionTimeout: 40_000,
    navigationTimeout: 30_000,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // Vehicles step instead of gliding: sixty pictures a second drawn without a graphics card leave nothing for the story.
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: drawing,
  },
})
