/** A device was heard: its state follows, and the screens learn when that changed. */
import type { Db } from '@pentad/platform/db'
import { announceAll } from '@pentad/platform/news'
import type { DeviceState } from '../model.ts'
import { heardEverySeconds, notOnline, type ScopedDevice, saveHeard } from '../queries/index.ts'

export async function heard(db: Db, deviceIds: Iterable<string>, at: Date): Promise<void> {
  const ids = [...new Set(deviceIds)].sort()
  if (ids.length === 0) return
  const back = await notOnline(db, ids)
  await saveHeard(db, ids, at)
  await announceDevices(db, back, 'online')
}

/** Whose sign of life is due to be written down, for one who hears thousands a second. */
export interface Lately {
  due: (deviceIds: Iterable<string>, now: Date) => string[]
  /** They were, in a transaction that is safe. */
  written: (deviceIds: readonly string[], now: Date) => void
}
export function createLately(): Lately {
  const known = new Map<string, number>()
  return {
    due: (ids, now) =>
      [...new Set(ids)].filter((id) => now.getTime() - (known.get(id) ?? 0) >= heardEverySeconds * 1000),
    written(ids, now) {
      for (const id of ids) known.set(id, now.getTime())
    },
  }
}

export const announceDevices = (db: Db, devices: readonly ScopedDevice[], state: DeviceState): Promise<void> =>
  announceAll(
    db,
    devices.map(({ id, areaCode, unitId }) => ({
      topic: 'device',
      about: { id, state },
      may: 'sensing.read',
      areaCode,
      units: unitId ? [unitId] : [],
    })),
  )
