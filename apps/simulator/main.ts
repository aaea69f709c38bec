/**
 * The simulator of the demo (模拟): plays the devices that are marked as simulated, and speaks to the gateway as they would.
 *
 *     node apps/simulator/main.ts [--exceed MN --db 78] [--faults loss=0.05,cuts=0.01] [--faults vehicles:duplicates=0.1] [--seed 1]
 *       [--every 5] [--samples 10] [--vehicles 60] [--monitors 40] [--phones 24] [--sensors 24] [--ledger FILE] [--server URL]
 *       [--replay FILE.csv --speed 10 [--as-recorded]]
 *
 * `--exceed first` makes the first site loud at once, by day too; its last minutes are loud already when it starts, so
 * that the alarm shows within seconds. Monitors send a record each minute; `--samples 10` adds a sample every ten seconds.
 * `--replay` plays a recording in place of the fleet. The words of PENTAD_SIMULATOR are added to those of the command line.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { locatorOf } from '@pentad/geography'
import { baseMap } from '@pentad/geography/contract'
import { giveSigns } from '@pentad/operations'
import { client } from '@pentad/platform/client'
import { openDatabase } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { isRefusal } from '@pentad/platform/refusal'
import { settingsFrom } from '@pentad/platform/settings'
import { MINUTE } from '@pentad/platform/time'
import { simulatedDevices, simulatedGuests, simulatedToken } from '@pentad/sensing'
import { endWith, tellParent } from '../server/process.ts'
import { createDrive, onFoot, type RoadNet, roadNet, roadsOf } from './drive.ts'
import { facilities, facilityAt } from './facility-shape.ts'
import { faultsFrom } from './faults.ts'
import { openLedger } from './ledger.ts'
import { type Simulated, simulateMonitor } from './monitor.ts'
import { simulatePhone } from './phone.ts'
import { play } from './player.ts'
import { seedOf } from './random.ts'
import { clockwork, readRecording } from './replay.ts'
import { simulateSensor } from './sensor.ts'
import { simulateVehicle } from './vehicle.ts'

const all = '100000'
const { values } = parseArgs({
  args: [...process.argv.slice(2), ...(process.env.PENTAD_SIMULATOR ?? '').split(/\s+/).filter(Boolean)],
  options: {
    exceed: { type: 'string' },
    db: { type: 'string', default: '78' },
    faults: { type: 'string', multiple: true, default: [] },
    every: { type: 'string', default: '5' },
    samples: { type: 'string', default: '0' },
    seed: { type: 'string', default: '20260521' },
    vehicles: { type: 'string', default: all },
    monitors: { type: 'string', default: all },
    phones: { type: 'string', default: all },
    sensors: { type: 'string', default: all },
    ledger: { type: 'string' },
    replay: { type: 'string' },
    speed: { type: 'string', default: '1' },
    'as-recorded': { type: 'boolean', default: false },
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
const faults = faultsFrom(values.faults)
const ledger = values.ledger ? openLedger(values.ledger) : undefined

const fleet: Simulated[] = []
let ending = false
endWith(log, async () => {
  ending = true
  await Promise.all(fleet.map((device) => device.stop()))
  ledger?.close()
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
const some = <T>(devices: T[]): T[] | undefined => (devices.length > 0 ? devices : undefined)

async function playMonitors(): Promise<void> {
  const sites = await untilThere('monitors', async () => some(await simulatedDevices(db, 'noise_monitor')))
  const chosen = (sites ?? []).slice(0, Number(values.monitors))
  const exceeding = values.exceed === 'first' ? chosen[0]?.address : values.exceed
  const from = new Date(Date.now() - loudBeforeMinutes * MINUTE)
  for (const [i, { address: mn }] of chosen.entries()) {
    const exceed = mn === exceeding ? { db: Number(values.db), from } : undefined
    const rtdEveryMs = Number(values.samples) * 1000
    const of = { host, port: settings.hj212Port, mn, seed, faults: faults.monitors, ledger }
    fleet.push(simulateMonitor({ ...of, rtdEveryMs, weather: true, loudAtNight: i === 0, exceed }))
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
    const of = { host, port: settings.jt808Port, phone, plate: label ?? phone, seed, faults: faults.vehicles, ledger }
    fleet.push(simulateVehicle({ ...of, drive, everyMs }))
  }
  log.info({ vehicles: chosen.length, roads: net?.roads.length }, 'vehicles drive (模拟)')
}

/** Officers on foot in the street of their unit. A gateway on a port of its own choice is not found. */
async function playPhones(): Promise<void> {
  if (settings.osmandPort === 0) return
  const phones = await untilThere('phones', async () => some(await simulatedGuests(db, 'osmand')))
  const net = await untilThere('base map', roads)
  const locator = await untilThere('cells', () => locatorOf(db))
  const tokenOf = await simulatedToken(db)
  const chosen = (phones ?? []).slice(0, Number(values.phones))
  for (const { login: id, areaCode } of net && locator ? chosen : []) {
    const ours = ([lon, lat]: readonly [number, number]): boolean => {
      const place = locator?.placeOf({ lon, lat })
      return !areaCode || (place !== undefined && !isRefusal(place) && place.cell.startsWith(areaCode))
    }
    const drive = createDrive(net as RoadNet, seedOf(seed, id), { pace: onFoot, from: ours })
    const of = { host, port: settings.osmandPort, id, token: tokenOf(id), seed, faults: faults.phones, ledger }
    fleet.push(simulatePhone({ ...of, drive }))
  }
  log.info({ phones: chosen.length }, 'officers are out (模拟)')
}

async function playSensors(): Promise<void> {
  if (settings.mqttPort === 0 || settings.mqttUrl) return
  const sensors = await untilThere('sensors', async () => some(await simulatedGuests(db, 'mqtt')))
  const tokenOf = await simulatedToken(db)
  const chosen = (sensors ?? []).slice(0, Number(values.sensors))
  for (const { login, measures } of chosen) {
    const facility = facilities.find((f) => f === measures)
    if (!facility) continue
    const of = { host, port: settings.mqttPort, login, token: tokenOf(login), seed, faults: faults.sensors, ledger }
    fleet.push(simulateSensor({ ...of, measure: (at) => facilityAt(facility, seed, login, at) }))
  }
  log.info({ sensors: chosen.length }, 'sensors speak (模拟)')
}

async function replay(file: string): Promise<void> {
  const recording = readRecording(readFileSync(file, 'utf8'))
  const works = clockwork(recording, Number(values.speed), Date.now() + 1000, values['as-recorded'])
  const { hj212Port, jt808Port } = settings
  const playing = play({
    host,
    hj212Port,
    jt808Port,
    seed,
    recording,
    clockwork: works,
    faults: faults.monitors,
    ledger,
  })
  fleet.push(playing)
  const devices = recording.values.size + recording.fixes.size
  log.info({ file, devices, speed: values.speed }, 'the recording is played (回放)')
  await playing.done
  log.info({ ...playing.counts }, 'the recording is over')
}

/** The base map is public; the simulator asks for it as any page does. */
async function roads(): Promise<RoadNet | undefined> {
  const { features } = await client(values.server ?? `http://${host}:${settings.port}`)(baseMap, { query: {} })
  const found = roadsOf(features)
  return found.length > 0 ? roadNet(found) : undefined
}

if (values.replay) await replay(values.replay)
else await Promise.all([playMonitors(), playVehicles(), playPhones(), playSensors()])
