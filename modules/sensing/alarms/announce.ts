import type { Db } from '@pentad/platform/db'
import { announce } from '@pentad/platform/news'

/** Tells the screens that an alarm changed. */
export const announceAlarm = (
  db: Db,
  id: string,
  { areaCode, unitId }: { areaCode: string | null; unitId: string | null },
  act: 'raised' | 'cleared' | 'withdrawn' | 'judged' | 'linked',
): Promise<void> =>
  announce(db, {
    topic: 'alarm',
    about: { id, act },
    may: 'sensing.read',
    areaCode,
    units: unitId ? [unitId] : [],
  })
