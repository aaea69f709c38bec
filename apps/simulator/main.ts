/**
 * The simulator of the demo (模拟): plays the devices that are marked as simulated, and speaks to the gateway as they would.
 *
 *     node apps/simulator/main.ts [--exceed MN --db 78] [--loss 0.05] [--garbage 0.01] [--drift 30] [--every 5] [--seed 1]
 *       [--vehicles 60] [--monitors 40] [--server http://127.0.0.1:8080]
 *
 * `--exceed first` makes the first site loud at once, by day too; its last minutes are loud already when it starts, so
 * that the alarm shows within seconds.
 */
import { parseArgs } from 'node:util'
import { baseMap } from '@pentad/geography/contract'
import { giveSigns } from '@pentad/operations'
import { client } from '@pentad/platform/client'
import { openDatabase } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { settingsFrom } from '@pentad/platform/settings'
import { MINUTE } from '@pentad/platform/time'
import { type DeviceRow, simulatedDevices } from '@pentad/sensing'
import { endWith, tellParent } from '../server/process.ts'
import { createDrive, type RoadNet, roadNet, roadsOf } from './drive.ts'
import { type Simulated, simulateMonitor } from './monitor.ts'
import { seedOf } from './random.ts'
import { simulateVehicle } from './vehicle.ts'

const { values } = parseArgs({
  options: {
    exceed: { type: 'string' },
    db: { type: 'string', default: '78' },
    loss: { type: 'string', default: '0' },
    garbage: { type: 'string', default: '0' },
    drift: { type: 'string', default: '0' },
    every: { type: 'string', default: '5' },
    seed: { type: 'string', default: '20260521' },
    vehicles: { type: 'string', default: '100000' },
    monitors: { type: 'string', default: '100000' },
    server: { type: 'string' },
  },
})
const settings = settingsFrom(process.env)
const log = logger('simulator', settings.log)
if (!settings.databaseUrl) throw new Error('DATABASE_URL is not set; the simulator reads its fleet from the database')
const { db, close } = openDatabase(settings.databaseUrl, { connections: 2, name: 'pentad simulator' })
const signs = giveSigns(db, 'simulator', log)
const host = settings.bind === '0.0.0.0' || settings.bind === '::' ? '127.0.0.1' : settings.bind
const seed = Number(values.seed)
const faults = { loss: Number(values.loss), garbage: Number(values.garbage), driftS: Number(values.drift) }

const fleet: Simulated[] = []
let ending = false
endWith(log, async () => {
  ending = true
  await Promise.all(fleet.map((device) => device.stop()))
  await signs.stop()
  await close()
})
tellParent({ ready: true })

/** Loud minutes that lie behind when a site is made loud on purpose: enough to be above a 20-minute limit. */
const loudBeforeMinutes = 6

async function untilThere<T>(what: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  while (!ending) {
    const found = await ask().catch((error) => {
      log.debug({ err: error, what }, 'not there yet')
      return undefined
    })
    if (found !== undefined) return found
    await new Promise((again) => setTimeout(again, 1000))
  }
  return undefined
}
const some = (devices: DeviceRow[]): DeviceRow[] | undefined => (devices.length > 0 ? devices : undefined)

async function playMonitors(): Promise<void> {
  const sites = await untilThere('monitors', async () => some(await simulatedDevices(db, 'noise_monitor')))
  const chosen = (sites ?? []).slice(0, Number(values.monitors))
  const exceeding = values.exceed === 'first' ? chosen[0]?.address : values.exceed
  const from = new Date(Date.now() - loudBeforeMinutes * MINUTE)
  for (const [i, { address: mn }] of chosen.entries()) {
    const exceed = mn === exceeding ? { db: Number(values.db), from } : undefined
    fleet.push(simulateMonitor({ host, port: settings.hj212Port, mn, seed, faults, loudAtNight: i === 0, exceed }))
  }
  log.info({ monitors: chosen.length, exceeding }, 'monitors speak (模拟)')
}

async function playVehicles(): Promise<void> {
  const vehicles = await untilThere('vehicles', async () => some(await simulatedDevices(db, 'vehicle')))
  const net = await untilThere('base map', roads)
  const chosen = (vehicles ?? []).slice(0, Number(values.vehicles))
  for (const { address: phone, label } of net ? chosen : []) {
    const drive = createDrive(net as RoadNet, seedOf(seed, phone))
    const everyMs = Number(values.every) * 1000
    fleet.push(
      simulateVehicle({ host, port: settings.jt808Port, phone, plate: label ?? phone, seed, drive, everyMs, faults }),
    )
  }
  log.info({ vehicles: chosen.length, roads: net?.roads.length }, 'vehicles drive (模拟)')
}

/** The base map is public; the simulator asks for it as any page does. */
async function roads(): Promise<RoadNet | undefined> {
  const { features } = await client(values.server ?? `http://${host}:${settings.port}`)(baseMap, { query: {} })
  const found = roadsOf(features)
  return found.length > 0 ? roadNet(found) : undefined
}

await Promise.all([playMonitors(), playVehicles()])
