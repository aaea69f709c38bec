/** A device was heard: its state follows, and the screens learn when that changed. */
import type { Db } from '@pentad/platform/db'
import { announce } from '@pentad/platform/news'
import type { DeviceState } from '../model.ts'
import { notOnline, type ScopedDevice, saveHeard } from '../queries/index.ts'

export async function heard(db: Db, deviceIds: Iterable<string>, at: Date): Promise<void> {
  const ids = [...new Set(deviceIds)].sort()
  if (ids.length === 0) return
  const back = await notOnline(db, ids)
  await saveHeard(db, ids, at)
  for (const device of back) await announceDevice(db, device, 'online')
}

export const announceDevice = (db: Db, { id, areaCode, unitId }: ScopedDevice, state: DeviceState): Promise<void> =>
  announce(db, {
    topic: 'device',
    about: { id, state },
    may: 'sensing.read',
    areaCode,
    units: unitId ? [unitId] : [],
  })
