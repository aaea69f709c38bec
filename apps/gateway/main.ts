/** The gateway as a process: `node apps/gateway/main.ts`, with the settings of the environment. */
import { giveSigns } from '@pentad/operations'
import { isOutage, openDatabase } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { settingsFrom } from '@pentad/platform/settings'
import { endWith, tellParent } from '../server/process.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { staffSignIn } from './mqtt/staff.ts'
import { thingsTopics } from './mqtt/things.ts'

const settings = settingsFrom(process.env)
const log = logger('gateway', settings.log)
if (!settings.databaseUrl) throw new Error('DATABASE_URL is not set; `./pentad up` starts an engine and sets it')
const { db, close } = openDatabase(settings.databaseUrl, { connections: 6, name: 'pentad gateway' })
const signs = giveSigns(db, 'gateway', log)

/** As SensorThings names itself in what is told over MQTT. */
const base = `${settings.publicUrl?.replace(/\/+$/, '') ?? `http://${settings.bind}:${settings.port}`}/sta/v1.1`
let gateway: Gateway | undefined
let ending = false
endWith(log, async () => {
  ending = true
  await gateway?.stop()
  await signs.stop()
  await close()
})

// Nothing can be taken before the devices are known; the database may still be starting.
while (!gateway && !ending) {
  try {
    gateway = await startGateway({
      settings,
      db,
      log,
      // Every connection of the pool may hang like that, each for a quarter of an hour. Nothing that waits was acknowledged.
      onHang() {
        log.fatal('the database neither answers nor hangs up: beginning anew')
        process.exit(1)
      },
      mqtt: { staff: staffSignIn(db, settings), things: thingsTopics(db, base, log) },
    })
    tellParent({ ready: true, ports: gateway.ports })
  } catch (error) {
    if (!isOutage(error)) throw error
    log.warn({ err: error }, 'the database is not there yet')
    await new Promise((again) => setTimeout(again, 500))
  }
}
