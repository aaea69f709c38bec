/** Things of the modules to try rights on. */
import type { Db } from '@pentad/platform/db'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { loadDevices } from '@pentad/sensing'

export interface Sample {
  inside: string
  outside: string
}
interface Point {
  lon: number
  lat: number
}

/** A noise monitor at each of two places, and an open alarm of each. */
export async function sampleDevices(db: Db, inside: Point, outside: Point): Promise<{ device: Sample; alarm: Sample }> {
  const monitor = (address: string, point: Point) => ({
    kind: 'noise_monitor' as const,
    address,
    nameZh: address,
    nameEn: address,
    ...point,
  })
  await loadDevices(db, [monitor('MATRIXINSIDE000000000001', inside), monitor('MATRIXOUTSIDE00000000001', outside)])
  const idOf = async (address: string): Promise<string> => {
    const { rows } = await sql<{ id: string }>`select id from sensing.device where address = ${address}`.execute(db)
    return rows[0]?.id ?? ''
  }
  const device = { inside: await idOf('MATRIXINSIDE000000000001'), outside: await idOf('MATRIXOUTSIDE00000000001') }
  const alarmOf = async (deviceId: string): Promise<string> => {
    const id = newId()
    await sql`insert into sensing.alarm (id, rule, level, device_id, raised_at, peak, limit_value, unit, standard)
      values (${id}, 'noise-leq', 'alarm', ${deviceId}, now(), 75, 70, 'dB(A)', 'GB 12523-2011')`.execute(db)
    return id
  }
  return { device, alarm: { inside: await alarmOf(device.inside), outside: await alarmOf(device.outside) } }
}
