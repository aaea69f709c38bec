/** Starts the runners, shows what they say, and reads their reports. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../check/files.ts'
import { complain } from '../say.ts'
import { findBrowser } from './browser.ts'
import { orCrashed, playwrightTally, reportIn, type Tally, vitestTally } from './tally.ts'

function runner(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.once('error', fail)
    child.once('close', (code) => done(code ?? 1))
  })
}

async function withReport(run: (file: string) => Promise<Tally>): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'pentad-report-'))
  try {
    return await run(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface VitestOrder {
  withDatabase: boolean
  /** An outside engine instead of our own. */
  url?: string
}

export const runVitest = (files: readonly string[], { withDatabase, url }: VitestOrder): Promise<Tally> =>
  withReport(async (report) => {
    const code = await runner(
      'vitest/vitest.mjs',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files],
      {
        ...(withDatabase ? {} : { PENTAD_TEST_WITHOUT_DATABASE: '1' }),
        ...(url ? { PENTAD_TEST_DATABASE_URL: url } : {}),
      },
    )
    const said = reportIn<Parameters<typeof vitestTally>[0]>(report)
    return orCrashed(said && vitestTally(said), code)
  })

export const runStories = (files: readonly string[]): Promise<Tally> =>
  withReport(async (report) => {
    const browser = await findBrowser()
    if (typeof browser !== 'string') {
      complain(browser.missing)
      return { passed: 0, failed: 1, skipped: 0 }
    }
    const code = await runner('@playwright/test/cli.js', ['test', '--reporter=list,json', ...files], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      PENTAD_CHROMIUM: browser,
    })
    const said = reportIn<Parameters<typeof playwrightTally>[0]>(report)
    return orCrashed(said && playwrightTally(said), code)
  })
