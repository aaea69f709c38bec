import { job } from '@pentad/platform/jobs'
import { DAY, legalDayOf, SECOND } from '@pentad/platform/time'
import { announceDevices } from './ingest/heard.ts'
import { dropEmptied } from './keeping/partitions.ts'
import { deviceKinds, silentAfterSeconds } from './model.ts'
import { ensurePartitions, forgetStrangers, markSilent } from './queries/index.ts'

/** Should the job fail for a week, rows fall into the default partition and move over later. */
const daysAhead = 7
const strangersKeptDays = 90

export const jobs = [
  job({
    name: 'sensing.partitions',
    cron: '17 */6 * * *',
    run: async (_, { transaction, log, db }) => {
      const now = Date.now()
      for (let d = -1; d <= daysAhead; d++) {
        // One day at a time: making one holds up whoever writes into the default partition.
        const made = await transaction((tx) => ensurePartitions(tx, [legalDayOf(new Date(now + d * DAY))]))
        if (made > 0) log.info({ made, day: d }, 'partitions were made')
      }
      await forgetStrangers(db, new Date(now - strangersKeptDays * DAY))
    },
  }),
  job({
    name: 'sensing.drop-partitions',
    cron: '47 * * * *',
    run: async (_, { log, db }) => {
      const dropped = await dropEmptied(db)
      if (dropped.length > 0) log.info({ dropped }, 'empty partitions were dropped')
    },
  }),
  job({
    name: 'sensing.silence',
    cron: '* * * * *',
    run: async (_, { transaction, log }) => {
      const now = Date.now()
      const silent = await transaction(async (db) => {
        let count = 0
        for (const kind of deviceKinds) {
          const devices = await markSilent(db, kind, new Date(now - silentAfterSeconds[kind] * SECOND))
          await announceDevices(db, devices, 'silent')
          count += devices.length
        }
        return count
      })
      if (silent > 0) log.info({ silent }, 'devices fell silent')
    },
  }),
]
