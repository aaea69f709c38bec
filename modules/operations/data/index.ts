/** What data the city has, who answers for it, and how good it is. */
import { type Job, job } from '@pentad/platform/jobs'
import { checkData } from './run.ts'

export { dataMessages } from './messages.ts'
export { dataRoutes } from './routes.ts'

export const dataJobs: readonly Job[] = [
  job<{ runId?: string }>({
    name: 'operations.check-data',
    // 03:23 in Beijing, when nobody waits for the engine.
    cron: '23 19 * * *',
    run: async ({ runId }, { db }) => {
      await checkData(db, new Date(), runId)
    },
  }),
]
