/**
 * Devices in a city pack: sites with a noise and dust monitor (HJ 212), vehicles with a terminal (JT/T 808), officers' phones (OsmAnd)
 * and sensors at facilities (MQTT).
 */
import { loginsOf, unitIdsOf } from '@pentad/identity'
import { type Db, sql } from '@pentad/platform/db'
import {
  covered,
  filesOf,
  noChanges,
  type PackPart,
  type PackReading,
  part,
  type Row,
  rowsIn,
  type TableSpec,
} from '@pentad/platform/pack'
import { isRefusal } from '@pentad/platform/refusal'
import { reachPart } from './coverage/pack.ts'
import { type DeviceLoad, placed } from './devices.ts'
import { addressOf, deviceKinds, protocolOf, protocolsOf } from './model.ts'
import { putDeviceRow } from './queries/index.ts'
import { bindHolders, type Holding } from './registry/held.ts'
import { giveSimulatedAccounts } from './simulated.ts'

const siteColumns = {
  mn: {},
  site_zh: {},
  site_en: { optional: true },
  address_zh: { optional: true },
  lon: {},
  lat: {},
  unit_id: { optional: true },
  night_permit: { optional: true },
} as const satisfies TableSpec
const vehicleColumns = {
  terminal_phone: {},
  plate: {},
  kind: {},
  unit_id: { optional: true },
} as const satisfies TableSpec

const phoneColumns = {
  id: {},
  name_zh: {},
  name_en: { optional: true },
  unit_id: { optional: true },
  /** The login of the person who carries it, and between which days. */
  holder: { optional: true },
  held_from: { optional: true },
  held_until: { optional: true },
} as const satisfies TableSpec
const sensorColumns = {
  account: {},
  kind: {},
  measures: { optional: true },
  name_zh: {},
  name_en: { optional: true },
  lon: {},
  lat: {},
  unit_id: { optional: true },
} as const satisfies TableSpec

/** Vehicle kinds as one says them on the map. */
const vehicleWords = {
  enforcement: { zh: '执法车', en: 'Enforcement car' },
  command: { zh: '指挥车', en: 'Command car' },
  sweeper: { zh: '清扫车', en: 'Sweeper' },
  sprinkler: { zh: '洒水车', en: 'Sprinkler' },
  garbage_truck: { zh: '垃圾车', en: 'Refuse truck' },
  pump_truck: { zh: '抽排车', en: 'Pump truck' },
  greening: { zh: '绿化作业车', en: 'Greening truck' },
} as const
const vehicleKinds = Object.keys(vehicleWords) as (keyof typeof vehicleWords)[]

const sensorKinds = deviceKinds.filter(
  (kind) => protocolsOf[kind].includes('mqtt') && kind !== 'vehicle' && kind !== 'phone',
)
/** A name of an account, which is the device's address too. */
const accountForm = /^[A-Za-z0-9._-]{1,64}$/

const keyOf = ({ kind, address, protocol = protocolOf[kind] }: Pick<DeviceLoad, 'kind' | 'address' | 'protocol'>) =>
  `${protocol} ${addressOf(protocol, address)}`

type PackDevice = DeviceLoad & { file: string; line: number; held?: Holding | undefined }

export const devicesPart = part<PackDevice[]>({
  name: 'devices',
  files: ['devices/sites.csv', 'devices/vehicles.csv', 'devices/phones.csv', 'devices/sensors.csv'],
  read: async (reading) => {
    // A pack may say that its devices are played by the simulator; a real city's never are.
    const profile = reading.settings.simulated === true ? { simulated: true } : {}
    const devices = new Map<string, PackDevice>()
    for (const file of filesOf(reading.source, devicesPart)) {
      for await (const { row, device, held } of rowsOf(reading, file)) {
        const first = devices.get(keyOf(device))
        if (first) row.fault('pack/twice', { what: device.address, first: first.line })
        if (row.good())
          devices.set(keyOf(device), {
            ...device,
            profile: { ...device.profile, ...profile },
            file,
            line: row.line,
            held,
          })
      }
    }
    return [...devices.values()]
  },
  async lay({ db, now, covers }, devices) {
    const changes = noChanges()
    const before = new Map((await known(db)).map((d) => [keyOf(d), d]))
    for (const { file: _, line: __, held: ___, ...load } of devices) {
      const device = await placed(db, load)
      // Read checked what a pack alone can tell; the rest is the city's to refuse.
      if (isRefusal(device))
        throw new Error(`device ${load.address}: ${device.refused} ${JSON.stringify(device.detail)}`)
      const old = before.get(keyOf(load))
      before.delete(keyOf(load))
      const same = old && !old.retired && saysTheSame(old, device)
      changes[same ? 'same' : old ? 'changed' : 'added']++
      if (!same) await putDeviceRow(db, device)
    }
    await sql`update sensing.device set from_pack = true, retired = null
      where (not from_pack or retired is not null) and (protocol || ' ' || address) = any(${devices.map(keyOf)})`.execute(
      db,
    )
    await giveSimulatedAccounts(db, now)
    await bindHolders(db, devices, now)
    const gone = [...before.values()]
      .filter((d) => d.fromPack && !d.retired && covered(covers, d.areaCode ?? ''))
      .map((d) => d.id)
    await sql`update sensing.device set retired = ${now}, xid = pg_current_xact_id() where id = any(${gone}::uuid[])`.execute(
      db,
    )
    return { ...changes, retired: gone.length }
  },
})

function rowsOf(reading: PackReading, file: string): AsyncGenerator<Read<string>> {
  if (file.endsWith('sites.csv')) return sitesIn(reading, file)
  if (file.endsWith('phones.csv')) return phonesIn(reading, file)
  return file.endsWith('sensors.csv') ? sensorsIn(reading, file) : vehiclesIn(reading, file)
}

interface Read<C extends string> {
  row: Pick<Row<C>, 'line' | 'fault' | 'good'>
  device: DeviceLoad
  held?: Holding | undefined
}

async function* sitesIn(reading: PackReading, file: string): AsyncGenerator<Read<keyof typeof siteColumns>> {
  const units = await unitIdsOf(reading)
  for await (const row of rowsIn(reading, file, siteColumns)) {
    const device = {
      kind: 'noise_monitor' as const,
      address: row.matching('mn', /^[0-9A-Za-z]{14,24}$/, 'pack/mn'),
      nameZh: row.text('site_zh'),
      nameEn: row.optional('site_en') ?? row.text('site_zh'),
      label: row.optional('address_zh'),
      unitId: unitOf(units, row),
      lon: row.number('lon', { from: -180, to: 180 }),
      lat: row.number('lat', { from: -90, to: 90 }),
      nightPermit: row.optional('night_permit') !== null && row.oneOf('night_permit', ['yes', 'no']) === 'yes',
    }
    yield { row, device }
  }
}

async function* vehiclesIn(reading: PackReading, file: string): AsyncGenerator<Read<keyof typeof vehicleColumns>> {
  const units = await unitIdsOf(reading)
  for await (const row of rowsIn(reading, file, vehicleColumns)) {
    const words = vehicleWords[row.oneOf('kind', vehicleKinds)]
    const plate = row.text('plate')
    const device = {
      kind: 'vehicle' as const,
      address: row.matching('terminal_phone', /^\d{6,20}$/, 'pack/terminal'),
      nameZh: `${words.zh} ${plate}`,
      nameEn: `${words.en} ${plate}`,
      label: plate,
      unitId: unitOf(units, row),
    }
    yield { row, device }
  }
}

async function* phonesIn(reading: PackReading, file: string): AsyncGenerator<Read<keyof typeof phoneColumns>> {
  const units = await unitIdsOf(reading)
  const logins = await loginsOf(reading)
  for await (const row of rowsIn(reading, file, phoneColumns)) {
    const device = {
      kind: 'phone' as const,
      protocol: 'osmand' as const,
      address: row.matching('id', accountForm, 'pack/account'),
      nameZh: row.text('name_zh'),
      nameEn: row.optional('name_en') ?? row.text('name_zh'),
      unitId: unitOf(units, row),
    }
    yield { row, device, held: holdingOf(logins, row) }
  }
}

function holdingOf(logins: ReadonlySet<string> | undefined, row: Row<keyof typeof phoneColumns>): Holding | undefined {
  const login = row.optional('holder')
  if (login === null) return undefined
  if (logins && !logins.has(login)) row.fault('pack/unknown-login', { login })
  const from = row.day('held_from')
  const until = row.optional('held_until') === null ? null : row.day('held_until')
  if (until !== null && until < from) row.fault('pack/days-turned', { from, to: until })
  return { login, from, until }
}

async function* sensorsIn(reading: PackReading, file: string): AsyncGenerator<Read<keyof typeof sensorColumns>> {
  const units = await unitIdsOf(reading)
  for await (const row of rowsIn(reading, file, sensorColumns)) {
    const measures = row.optional('measures')
    const device = {
      kind: row.oneOf('kind', sensorKinds),
      protocol: 'mqtt' as const,
      address: row.matching('account', accountForm, 'pack/account'),
      nameZh: row.text('name_zh'),
      nameEn: row.optional('name_en') ?? row.text('name_zh'),
      unitId: unitOf(units, row),
      lon: row.number('lon', { from: -180, to: 180 }),
      lat: row.number('lat', { from: -90, to: 90 }),
      ...(measures === null ? {} : { profile: { measures } }),
    }
    yield { row, device }
  }
}

function unitOf(units: ReadonlySet<string> | undefined, row: Row<'unit_id'>): string | null {
  const unit = row.optional('unit_id')
  if (unit !== null && units && !units.has(unit)) row.fault('pack/unknown-unit', { unit })
  return unit
}

interface KnownLoad extends DeviceLoad {
  id: string
  areaCode: string | null
  fromPack: boolean
  retired: Date | null
}
const known = async (db: Db): Promise<KnownLoad[]> =>
  (
    await sql<KnownLoad>`select id, kind, protocol, address, name_zh as "nameZh", name_en as "nameEn", label, unit_id as "unitId", lon, lat,
      night_permit as "nightPermit", area_code as "areaCode", profile, from_pack as "fromPack", retired from sensing.device`.execute(
      db,
    )
  ).rows
const saysTheSame = (a: DeviceLoad, b: DeviceLoad): boolean => sayOf(a) === sayOf(b)
const sayOf = (d: DeviceLoad): string =>
  JSON.stringify([
    d.kind,
    d.nameZh,
    d.nameEn,
    d.label ?? null,
    d.unitId ?? null,
    d.lon ?? null,
    d.lat ?? null,
    d.nightPermit ?? null,
    d.profile ?? {},
  ])

export const pack: readonly PackPart[] = [devicesPart, reachPart]
