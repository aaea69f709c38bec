import { job } from '@pentad/platform/jobs'
import { holdJobs } from './sensed/hold.ts'

export const jobs = [
  ...holdJobs,
  /** Timers were jobs of their own until each case knew by itself when it wakes; those that were set then have nothing to do. */
  job<unknown>({ name: 'cases.timer', run: async () => undefined }),
]
