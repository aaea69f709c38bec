/** What was sensed near a place around a time: for a complaint that somebody made there (人机物匹配). */
import type { Db } from '@pentad/platform/db'
import { type Box, distanceM, type LonLat } from '@pentad/platform/geo'
import type { z } from 'zod'
import type { Curve } from '../contract/parts.ts'
import { curvesOf } from '../curve.ts'
import { limitsAt } from '../noise/model/standard.ts'
import { type AlarmRow, alarmsNear, type DeviceRow, sensorsIn, vehiclesByHandle } from '../queries/index.ts'
import { type NearWanted, near } from '../tracks/index.ts'
import { nightsOf } from './queries/index.ts'

interface NearSensor {
  device: DeviceRow
  distanceM: number
  curves: z.input<typeof Curve>[]
}
interface NearPass {
  device: DeviceRow
  /** The nearest fix, and when. */
  distanceM: number
  at: Date
  /** From when to when it was within the radius; fixes, not what lies between them. */
  from: Date
  until: Date
}
interface Near {
  /** Nearest first. */
  sensors: NearSensor[]
  alarms: (AlarmRow & { distanceM: number })[]
  passes: NearPass[]
}

const mostSensors = 5
const mostPasses = 20

/** Degrees around a place that hold the circle. */
function boxAround({ lon, lat, radiusM }: NearWanted): Box {
  const dLat = radiusM / 110_500
  const dLon = radiusM / (111_320 * Math.cos((lat * Math.PI) / 180))
  return [lon - dLon, lat - dLat, lon + dLon, lat + dLat]
}

export async function sensedNear(db: Db, wanted: NearWanted): Promise<Near> {
  const { radiusM, from, until } = wanted
  const here: LonLat = [wanted.lon, wanted.lat]
  const away = (d: { lon: number | null; lat: number | null }): number =>
    d.lon === null || d.lat === null ? Number.POSITIVE_INFINITY : distanceM([d.lon, d.lat], here)
  const sensors = (await sensorsIn(db, boxAround(wanted)))
    .map((device) => ({ device, distanceM: away(device) }))
    .filter((s) => s.distanceM <= radiusM)
    .sort((a, b) => a.distanceM - b.distanceM)
  const limits = limitsAt(new Date((from.getTime() + until.getTime()) / 2), await nightsOf(db))
  const drawn: NearSensor[] = []
  for (const s of sensors.slice(0, mostSensors))
    drawn.push({ ...s, curves: await curvesOf(db, s.device.id, { from, until, limits }) })
  const alarms = await alarmsNear(
    db,
    sensors.map((s) => s.device.id),
    from,
    until,
  )
  return {
    sensors: drawn,
    alarms: alarms.map((a) => ({ ...a, distanceM: away(a.device) })),
    passes: await passesNear(db, wanted),
  }
}

/** Vehicles that had a fix within the radius in that time, nearest first. */
async function passesNear(db: Db, wanted: NearWanted): Promise<NearPass[]> {
  const found = await near(db, wanted)
  const devices = await vehiclesByHandle(
    db,
    found.map((n) => n.handle),
  )
  return found
    .flatMap(({ handle, nearestM, nearestAt, from, until }) => {
      const device = devices.get(handle)
      if (!device) return []
      return [{ device, distanceM: nearestM, at: new Date(nearestAt), from: new Date(from), until: new Date(until) }]
    })
    .slice(0, mostPasses)
}
