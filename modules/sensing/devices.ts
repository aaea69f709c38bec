/** Registering devices: one by hand, many by a city pack. */
import { locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { addressOf, type DeviceKind, protocolOf } from './model.ts'
import { addDeviceRow, type NewDevice, putDeviceRow } from './queries/index.ts'

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
}

/** The device with its place: the cell of its point; without a point, its unit's area. */
export async function placed(db: Db, load: DeviceLoad): Promise<NewDevice | Refusal> {
  const { kind, lon = null, lat = null, unitId = null } = load
  const unit = unitId === null ? undefined : (await allUnits(db)).find((u) => u.id === unitId)
  if (unitId !== null && !unit) return refuse('sensing/unknown-unit', { unit: unitId })
  // A case needs a place to be sent to.
  if (kind === 'noise_monitor' && (lon === null || lat === null)) return refuse('sensing/no-place')
  let areaCode = unit?.areaCode ?? null
  if (lon !== null && lat !== null) {
    const place = (await locatorOf(db)).placeOf({ lon, lat })
    if (isRefusal(place)) return place
    areaCode = place.cell
  }
  const protocol = protocolOf[kind]
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
  }
}

export async function register(db: Db, device: NewDevice): Promise<string | Refusal> {
  return (await addDeviceRow(db, device)) ? device.id : refuse('sensing/known-device', { address: device.address })
}

/** The devices of a city pack, in the caller's transaction; loading them again renews what is said about them. */
export async function loadDevices(db: Db, rows: readonly DeviceLoad[]): Promise<void> {
  for (const row of rows) {
    const device = await placed(db, row)
    if (isRefusal(device)) throw new Error(`device ${row.address}: ${device.refused} ${JSON.stringify(device.detail)}`)
    await putDeviceRow(db, device)
  }
}
