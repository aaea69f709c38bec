import { job } from '@pentad/platform/jobs'

export const jobs = [
  /** Timers were jobs of their own until each case knew by itself when it wakes; those that were set then have nothing to do. */
  job<unknown>({ name: 'cases.timer', run: async () => undefined }),
]
