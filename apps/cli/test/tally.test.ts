import { expect, test } from 'vitest'
import { orCrashed, playwrightTally, tallied, tallyLine, vitestTally } from './tally.ts'

test('the figures of all runners stand in one line', () => {
  const unit = vitestTally({
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 1,
    testResults: [],
  })
  const stories = playwrightTally({
    stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 0 },
    suites: [
      {
        title: 'e2e/loop.story.ts',
        specs: [{ title: 'a loop', tests: [{ status: 'expected' }] }],
        suites: [
          {
            title: 'in English',
            specs: [
              { title: 'a case', tests: [{ status: 'unexpected' }] },
              { title: 'a map', tests: [{ status: 'flaky' }] },
            ],
          },
        ],
      },
    ],
  })
  expect(stories.remarks).toEqual(['failed: in English > a case', 'passed only when run again: in English > a map'])
  expect(tallyLine(tallied([unit, stories]))).toBe('8 passed, 2 failed, 1 skipped')
  expect(tallyLine(tallied([]))).toBe('0 passed, 0 failed')
})

test('a file that could not be loaded counts as a failed test', () => {
  const broken = { name: 'a.test.ts', status: 'failed', assertionResults: [] }
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [broken] }
  expect(vitestTally(report)).toMatchObject({ failed: 1, remarks: ['failed: a.test.ts'] })
})

test('a runner that died, left no report or ran nothing counts as failed', () => {
  expect(orCrashed(undefined, 0).failed).toBe(1)
  expect(orCrashed({ passed: 3, failed: 0, skipped: 0 }, 1).failed).toBe(1)
  expect(orCrashed({ passed: 0, failed: 0, skipped: 0 }, 0).failed).toBe(1)
  expect(orCrashed({ passed: 3, failed: 2, skipped: 0 }, 1).failed).toBe(2)
  expect(orCrashed({ passed: 3, failed: 0, skipped: 1 }, 0)).toMatchObject({ passed: 3, failed: 0, skipped: 1 })
})
