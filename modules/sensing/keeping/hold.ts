/** What cases rest on is held fast: called by those above, in the transaction in which a case begins, grows or ends. */
import type { Db } from '@pentad/platform/db'
import { DAY, HOUR } from '@pentad/platform/time'
import type { AlarmRow } from '../queries/index.ts'
import { addHolds, type HoldRow } from './queries/index.ts'

export { endHolds } from './queries/index.ts'

export type Held = Omit<HoldRow, 'caseId' | 'because' | 'endedAt'>

const around = HOUR
/** Of an alarm that is still open nobody knows the end; its curve is frozen over its first day. */
const longest = DAY

/** An hour before an alarm until an hour after it. */
export const holdAlarm = (
  db: Db,
  caseId: string,
  { device, raisedAt, clearedAt }: AlarmRow,
  now: Date,
): Promise<void> =>
  addHolds(
    db,
    [
      {
        ...{ caseId, deviceId: device.id, endedAt: null },
        because: 'alarm',
        from: new Date(raisedAt.getTime() - around),
        until: new Date((clearedAt?.getTime() ?? raisedAt.getTime() + longest) + around),
      },
    ],
    now,
  )

/** What was sensed near the place of a case; `endedAt` is null while the case is open. */
export const holdNear = (
  db: Db,
  of: { caseId: string; endedAt: Date | null },
  held: readonly Held[],
  now: Date,
): Promise<void> =>
  addHolds(
    db,
    held.map((h) => ({ ...h, ...of, because: 'near' })),
    now,
  )
