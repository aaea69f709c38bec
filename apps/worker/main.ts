/** Jobs, timers, and what modules do on news. Several may run beside one another. */
import { join } from 'node:path'
import { giveSigns } from '@pentad/operations'
import { folderBlobs } from '@pentad/platform/blobs'
import { openDatabase } from '@pentad/platform/db'
import { startJobs } from '@pentad/platform/jobs'
import { logger } from '@pentad/platform/log'
import { startListening } from '@pentad/platform/news'
import { settingsFrom } from '@pentad/platform/settings'
import { startTicks } from '@pentad/platform/tick'
import { modules } from '../server/modules.ts'
import { endWith, tellParent } from '../server/process.ts'

const settings = settingsFrom(process.env)
const log = logger('worker', settings.log)
if (!settings.databaseUrl) throw new Error('DATABASE_URL is not set; `./pentad up` starts an engine and sets it')
const { db, pool, close } = openDatabase(settings.databaseUrl, { connections: 10, name: 'pentad worker' })
const jobs = await startJobs(
  modules.flatMap((m) => m.jobs ?? []),
  { db, pool, blobs: folderBlobs(join(settings.dataFolder, 'blobs')), log },
)
const listening = startListening(
  db,
  modules.flatMap((m) => m.on ?? []),
  log,
)
const ticks = startTicks(
  modules.flatMap((m) => m.ticks ?? []),
  db,
  log,
)
const signs = giveSigns(db, 'worker', log)
endWith(log, async () => {
  await listening.stop()
  await ticks.stop()
  await jobs.stop()
  await signs.stop()
  await close()
})
tellParent({ ready: true })
log.info('working')
