import { sql } from '@pentad/platform/db'
import { job } from '@pentad/platform/jobs'
import { follow } from './follow.ts'
import { type Kind, kinds } from './model/index.ts'
import { sources } from './sources/index.ts'

export const jobs = [
  /** Every minute: what changed since the last mark, whoever wrote it; a past that was laid at once comes in batches. */
  job<{ kinds?: Kind[] }>({
    name: 'analysis.follow',
    cron: '* * * * *',
    run: async ({ kinds: only }, tools) => {
      const wanted = Array.isArray(only) ? only : kinds
      for (const source of sources.filter((s) => wanted.includes(s.kind))) {
        const did = await follow(tools, source)
        if (did && did.written > 0)
          tools.log.info({ kind: source.kind, ...did }, 'the index of search was brought up to date')
      }
    },
  }),
  /** Lays the index anew from what the modules tell; what is there stays findable meanwhile. */
  job<{ kinds?: Kind[] }>({
    name: 'analysis.rebuild',
    run: async ({ kinds: only }, { db, pool, log }) => {
      const wanted = Array.isArray(only) ? only : kinds
      await sql`update analysis.source set mark = '0', stamp = null where kind = any(${wanted}::text[])`.execute(db)
      for (const source of sources.filter((s) => wanted.includes(s.kind))) await follow({ db, pool, log }, source)
    },
  }),
]
