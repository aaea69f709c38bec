/** The figures of a run, as its runner's own report gives them. */
import { existsSync, readFileSync } from 'node:fs'

export interface Tally {
  passed: number
  failed: number
  skipped: number
  /** What failed, and what passed only when it was run again, by name, so that the end of a long log says it. */
  remarks?: string[]
}

export const tallied = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
      remarks: [...(a.remarks ?? []), ...(b.remarks ?? [])],
    }),
    { passed: 0, failed: 0, skipped: 0, remarks: [] },
  )

export const tallyLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`

/** A runner that ended badly without a failed test, or left no report, counts as one that failed. */
export function orCrashed(tally: Tally | undefined, code: number): Tally {
  const { passed, failed, skipped, remarks = [] } = tally ?? { passed: 0, failed: 0, skipped: 0 }
  const silent = tally === undefined || passed + failed + skipped === 0
  return failed === 0 && (code !== 0 || silent)
    ? { passed, failed: 1, skipped, remarks: [...remarks, `failed: a runner ended with code ${code}`] }
    : { passed, failed, skipped, remarks }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests?: number
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[]
}

/** A file that could not even be loaded has no tests; it counts as one that failed. */
export function vitestTally(report: VitestReport): Tally {
  const broken = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0)
  const failed = report.testResults.flatMap((f) =>
    f.assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `${f.name} > ${fullName}`),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    remarks: [...broken.map(({ name }) => name), ...failed].map((name) => `failed: ${name}`),
  }
}

interface PlaywrightSuite {
  title: string
  suites?: PlaywrightSuite[]
  specs: { title: string; tests: { status: string }[] }[]
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  suites: PlaywrightSuite[]
}

const said: Readonly<Record<string, string>> = { unexpected: 'failed', flaky: 'passed only when run again' }

function remarksIn(suite: PlaywrightSuite): string[] {
  const own = suite.specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ status }) => (said[status] ? [`${said[status]}: ${suite.title} > ${title}`] : [])),
  )
  return [...own, ...(suite.suites ?? []).flatMap(remarksIn)]
}

export const playwrightTally = ({ stats, suites }: PlaywrightReport): Tally => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected,
  skipped: stats.skipped,
  remarks: suites.flatMap(remarksIn),
})

/** The report, or nothing when the runner died before it wrote one. */
export function reportIn<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
