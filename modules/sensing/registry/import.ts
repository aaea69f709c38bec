/** Devices from a table: every fault is said by its line, and with one of them nothing is written. */
import type { Db } from '@pentad/platform/db'
import { type PackReading, type PackSource, type Row, rowsIn, type TableSpec } from '@pentad/platform/pack'
import { isRefusal } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { type DeviceLoad, placed, register } from '../devices.ts'
import { addressOf, coordinateSystems, deviceKinds, type Protocol, protocolOf, protocols } from '../model.ts'
import type { NewDevice } from '../queries/devices.ts'
import { deviceById } from '../queries/index.ts'
import { scopeOf } from '../subjects.ts'
import { changeDeviceRow, deviceAt, factsOf, setRetired } from './queries.ts'

export const importColumns = {
  kind: {},
  address: {},
  protocol: { optional: true },
  name_zh: {},
  name_en: { optional: true },
  label: { optional: true },
  unit_id: { optional: true },
  lon: { optional: true },
  lat: { optional: true },
  crs: { optional: true },
  night_permit: { optional: true },
  description: { optional: true },
} as const satisfies TableSpec
type Column = keyof typeof importColumns

export interface ImportFault {
  line: number | null
  code: string
  details: Readonly<Record<string, string | number>>
}
export interface ImportResult {
  rows: number
  added: number
  changed: number
  same: number
  faults: ImportFault[]
}

/** Tables leave a Chinese office as GBK as often as UTF-8. */
function utf8Of(bytes: Uint8Array): Uint8Array {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return bytes
  } catch {
    return new TextEncoder().encode(new TextDecoder('gb18030').decode(bytes))
  }
}

const file = 'devices.csv'
function sourceOf(bytes: Uint8Array): PackSource {
  return {
    paths: [file],
    sizeOf: () => bytes.length,
    bytes: async () => bytes,
    stream: async function* () {
      yield bytes
    },
  }
}

const mostFaults = 200

/** Reads, judges and, unless it is a trial or has faults, writes; in the caller's transaction. */
export async function importFrom(db: Db, bytes: Uint8Array, actor: Actor, trial: boolean): Promise<ImportResult> {
  const result: ImportResult = { rows: 0, added: 0, changed: 0, same: 0, faults: [] }
  const say = (line: number | null, code: string, details: ImportFault['details'] = {}): void => {
    if (result.faults.length < mostFaults) result.faults.push({ line, code, details })
  }
  const reading: PackReading = {
    source: sourceOf(utf8Of(bytes)),
    settings: {},
    db,
    fault: (_, line, code, details) => say(line, code, details),
    of: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  }
  const planned: { device: NewDevice; id: string | null; same: boolean }[] = []
  const lines = new Map<string, number>()
  for await (const row of rowsIn(reading, file, importColumns)) {
    result.rows++
    const load = loadOf(row)
    if (!row.good()) continue
    const protocol = load.protocol ?? protocolOf[load.kind]
    const key = `${protocol} ${addressOf(protocol, load.address)}`
    const first = lines.get(key)
    if (first !== undefined) {
      say(row.line, 'sensing/address-twice', { address: load.address, first })
      continue
    }
    lines.set(key, row.line)
    const there = await deviceAt(db, protocol, addressOf(protocol, load.address))
    const device = await placed(db, { ...load, profile: there?.profile ?? {} })
    if (isRefusal(device)) {
      say(row.line, device.refused, wordsOf(device.detail))
      continue
    }
    const mine = [device, ...(there ? [there] : [])].every((d) => permits(actor, 'sensing.manage-devices', scopeOf(d)))
    if (!mine) {
      say(row.line, 'sensing/not-yours')
      continue
    }
    planned.push({ device, id: there?.id ?? null, same: there ? await saysTheSame(db, there.id, device) : false })
  }
  result.same = planned.filter((p) => p.same).length
  result.added = planned.filter((p) => p.id === null).length
  result.changed = planned.length - result.same - result.added
  if (trial || result.faults.length > 0) return result
  for (const { device, id, same } of planned) {
    if (same) continue
    if (id === null) await register(db, device)
    else {
      await changeDeviceRow(db, id, device)
      await setRetired(db, id, null)
    }
  }
  return result
}

function loadOf(row: Row<Column>): DeviceLoad {
  const lon = row.optional('lon') === null ? null : row.number('lon', { from: -180, to: 180 })
  const lat = row.optional('lat') === null ? null : row.number('lat', { from: -90, to: 90 })
  if ((lon === null) !== (lat === null)) row.fault('sensing/no-half-place')
  const nameZh = row.text('name_zh')
  const address = row.text('address')
  if (address.length > 64) row.fault('pack/too-long', { column: 'address', most: 64 })
  return {
    kind: row.oneOf('kind', deviceKinds),
    address,
    protocol: row.optional('protocol') === null ? undefined : row.oneOf('protocol', protocols),
    nameZh,
    nameEn: row.optional('name_en') ?? nameZh,
    label: row.optional('label'),
    unitId: row.optional('unit_id'),
    lon,
    lat,
    crs: row.optional('crs') === null ? undefined : row.oneOf('crs', coordinateSystems),
    nightPermit: row.optional('night_permit') === null ? null : row.oneOf('night_permit', ['yes', 'no']) === 'yes',
    description: row.optional('description') ?? '',
  }
}

async function saysTheSame(db: Db, id: string, d: NewDevice): Promise<boolean> {
  const [old, facts] = [await deviceById(db, id), await factsOf(db, id)]
  if (!old || !facts || facts.retired !== null) return false
  const say = (x: unknown[]) => JSON.stringify(x)
  return (
    say([old.nameZh, old.nameEn, old.label, old.unitId, old.lon, old.lat, old.nightPermit, facts.description]) ===
    say([d.nameZh, d.nameEn, d.label, d.unitId, d.lon, d.lat, d.nightPermit, d.description ?? ''])
  )
}

const wordsOf = (detail: Readonly<Record<string, unknown>>): ImportFault['details'] =>
  Object.fromEntries(Object.entries(detail).map(([k, v]) => [k, typeof v === 'number' ? v : String(v)]))

/** Protocols whose devices sign in with an account of ours. */
export const accountProtocols: readonly Protocol[] = ['mqtt', 'osmand', 'sta', 'app']
