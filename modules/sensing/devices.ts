/** Registering devices: one by hand, many by a city pack. */
import { locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import { degreesFrom } from '@pentad/platform/crs'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import {
  addressOf,
  type CoordinateSystem,
  type DeviceKind,
  measuresOf,
  type Protocol,
  placedKinds,
  protocolOf,
  protocolsOf,
} from './model.ts'
import { addDeviceRow, type NewDevice, putDeviceRow } from './queries/index.ts'
import { beginDatastreams } from './registry/queries.ts'

export interface DeviceLoad {
  kind: DeviceKind
  /** MN of HJ 212, phone number of JT/T 808. */
  address: string
  nameZh: string
  nameEn: string
  label?: string | null | undefined
  unitId?: string | null | undefined
  lon?: number | null | undefined
  lat?: number | null | undefined
  nightPermit?: boolean | null | undefined
  /** Leniencies of its protocol (`Hj212Profile`), `password`; `simulated: true` lets the simulator play it. */
  profile?: Record<string, unknown>
  /** What it speaks, where that is not the first of its kind. */
  protocol?: Protocol | undefined
  /** The system of `lon` and `lat`, where it is not CGCS2000 or WGS84. */
  crs?: CoordinateSystem | undefined
  description?: string | null | undefined
}

/** The device with its place: the cell of its point; without a point, its unit's area. */
export async function placed(db: Db, load: DeviceLoad): Promise<NewDevice | Refusal> {
  const { kind, unitId = null, crs = 'cgcs2000' } = load
  const [x, y] = [load.lon ?? null, load.lat ?? null]
  const [lon, lat] = x === null || y === null ? [null, null] : degreesFrom(crs, x, y)
  const protocol = load.protocol ?? protocolOf[kind]
  if (!protocolsOf[kind].includes(protocol)) return refuse('sensing/wrong-protocol', { kind, protocol })
  const unit = unitId === null ? undefined : (await allUnits(db)).find((u) => u.id === unitId)
  if (unitId !== null && !unit) return refuse('sensing/unknown-unit', { unit: unitId })
  // A case needs a place to be sent to.
  if (placedKinds.includes(kind) && (lon === null || lat === null)) return refuse('sensing/no-place')
  let areaCode = unit?.areaCode ?? null
  if (lon !== null && lat !== null) {
    const place = (await locatorOf(db)).placeOf({ lon, lat })
    if (isRefusal(place)) return place
    areaCode = place.cell
  }
  return {
    id: newId(),
    kind,
    protocol,
    address: addressOf(protocol, load.address),
    nameZh: load.nameZh,
    nameEn: load.nameEn,
    label: load.label ?? null,
    unitId,
    areaCode,
    lon: lat === null ? null : lon,
    lat: lon === null ? null : lat,
    nightPermit: load.nightPermit ?? null,
    profile: load.profile ?? {},
    description: load.description ?? '',
    delivered: x === null || y === null ? null : { crs, x, y },
  }
}

export async function register(db: Db, device: NewDevice): Promise<string | Refusal> {
  if (!(await addDeviceRow(db, device))) return refuse('sensing/known-device', { address: device.address })
  await beginDatastreams(db, device.id, measuresOf[device.kind] ?? [])
  return device.id
}

/** The devices of a city pack, in the caller's transaction; loading them again renews what is said about them. */
export async function loadDevices(db: Db, rows: readonly DeviceLoad[]): Promise<void> {
  for (const row of rows) {
    const device = await placed(db, row)
    if (isRefusal(device)) throw new Error(`device ${row.address}: ${device.refused} ${JSON.stringify(device.detail)}`)
    await putDeviceRow(db, device)
  }
}
