/** A message of a device, whichever broker brought it: read, put to the batches, and answered when all of it is safe. */
import { degreesFrom } from '@pentad/platform/crs'
import { fixOf, type HotRow, type KnownDevice, type ObservationIn } from '@pentad/sensing'
import { coordinateSystems } from '@pentad/sensing/model'
import type { Batches } from '../batches.ts'
import type { Tally } from '../tally.ts'
import { type Place, placeQuality, type Reading, readingsIn } from './readings.ts'

export interface Writers {
  observations: Batches<ObservationIn>
  positions: Batches<HotRow>
  tally: Tally
}

/** Resolves when what the message carries is stored; with the code of why nothing was, when it cannot be read. */
export async function takeMessage(
  writers: Writers,
  device: KnownDevice,
  payload: Uint8Array,
  now = new Date(),
): Promise<string | undefined> {
  const said = readingsIn(payload, now)
  if (typeof said === 'string') {
    writers.tally.reject(device.protocol, said, device.address)
    return said
  }
  const stored = await Promise.all([
    said.readings.length > 0
      ? post(
          writers.observations,
          device.id,
          said.readings.map((r) => observationOf(device, r)),
        )
      : true,
    said.places.length > 0
      ? post(
          writers.positions,
          device.id,
          said.places.map((p) => placeFixOf(device, p, now)),
        )
      : true,
  ])
  if (stored.every(Boolean)) return undefined
  writers.tally.reject(device.protocol, 'mqtt/not-stored', device.address)
  return 'mqtt/not-stored'
}

/** Waits for room first: whoever brings more than can be stored is held up. */
export async function post<Row>(writer: Batches<Row>, deviceId: string, rows: readonly Row[]): Promise<boolean> {
  while (writer.full) await new Promise<void>((room) => writer.onRoom(room))
  return new Promise((done) => writer.post({ rows, deviceIds: [deviceId], done }))
}

const observationOf = (device: KnownDevice, r: Reading): ObservationIn => ({
  deviceId: device.id,
  factor: r.factor,
  // A largest and a smallest value belong to a stretch of time.
  period: r.max !== null || r.min !== null ? 'minute' : 'rtd',
  observedAt: r.at,
  value: r.value,
  max: r.max,
  min: r.min,
  flag: r.flag,
  quality: r.timed ? [] : ['no-time'],
})

/** Phones in China show GCJ-02, and some send it; the profile says so. */
export function placeFixOf(device: KnownDevice, p: Place, now: Date, more: readonly string[] = []): HotRow {
  const crs = coordinateSystems.find((c) => c === device.profile.crs) ?? 'wgs84'
  const quality = [...placeQuality(p), ...more]
  const [lon, lat] = quality.some((q) => q.endsWith('out-of-range')) ? [p.lon, p.lat] : degreesFrom(crs, p.lon, p.lat)
  const { at, headingDeg, speedKmh } = p
  return {
    handle: device.handle,
    ...fixOf({ deviceId: device.id, at, lon, lat, headingDeg, speedKmh, alarmBits: 0, statusBits: 0, quality }, now),
  }
}
