import { isOutage } from '@pentad/platform/db'
import { job } from '@pentad/platform/jobs'
import { follow } from './follow.ts'
import { sources } from './sources/index.ts'

export const jobs = [
  /** Every minute: what changed since the last mark, whoever wrote it; a past that was laid at once comes in batches. */
  job<object>({
    name: 'analysis.follow',
    cron: '* * * * *',
    run: async (_, tools) => {
      for (const source of sources) {
        const { kind } = source
        try {
          const did = await follow(tools, source)
          if (did && did.written > 0) tools.log.info({ kind, ...did }, 'the index of search was brought up to date')
        } catch (error) {
          if (isOutage(error)) throw error
          // The other kinds go on, and the next minute begins this one again from its old mark.
          tools.log.error({ err: error, kind }, 'following for search failed')
        }
      }
    },
  }),
]
