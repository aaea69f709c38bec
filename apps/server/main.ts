/** The HTTP server: pages, API, live channel. Several may run beside one another. */
import { join } from 'node:path'
import { authenticateWith } from '@pentad/identity'
import { giveSigns } from '@pentad/operations'
import { folderBlobs } from '@pentad/platform/blobs'
import { openDatabase } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { startDefaultMetrics } from '@pentad/platform/metrics'
import { buildServer } from '@pentad/platform/serve'
import { settingsFrom } from '@pentad/platform/settings'
import { registerMetrics } from '@pentad/sensing'
import { liveSources, modules } from './modules.ts'
import { endWith, tellParent } from './process.ts'
import { serveWebs } from './statics.ts'

const settings = settingsFrom(process.env)
const log = logger('server', settings.log)
if (!settings.databaseUrl) throw new Error('DATABASE_URL is not set; `./pentad up` starts an engine and sets it')
const database = openDatabase(settings.databaseUrl, { connections: 20, name: 'pentad server' })
startDefaultMetrics()
registerMetrics(database.db)
const server = await buildServer({
  modules,
  db: database.db,
  blobs: folderBlobs(join(settings.dataFolder, 'blobs')),
  settings,
  log,
  authenticate: authenticateWith(settings.secondFactor),
  live: { sources: liveSources },
})
await serveWebs(server, join(import.meta.dirname, '..'))
const signs = giveSigns(database.db, 'server', log)
endWith(log, async () => {
  await server.close()
  await signs.stop()
  await database.close()
})
const address = await server.listen({ host: settings.bind, port: settings.port })
tellParent({ ready: true, address })
log.info({ address }, 'serving')
