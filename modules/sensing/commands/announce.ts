import type { Db } from '@pentad/platform/db'
import { announce } from '@pentad/platform/news'
import type { EndedRow } from './queries.ts'

/** The screens that show a device hear how its commands fare. */
export const announceCommand = (
  db: Db,
  { id, deviceId, state, areaCode, unitId }: EndedRow | (Omit<EndedRow, 'state'> & { state: string }),
): Promise<void> =>
  announce(db, {
    topic: 'command',
    about: { id, device: deviceId, state },
    may: 'sensing.read',
    areaCode,
    units: unitId ? [unitId] : [],
  })
