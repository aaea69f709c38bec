/** Devices, what they say, and when that is an alarm: the door for the server and the gateways. */
import type { Db } from '@pentad/platform/db'
import type { Module } from '@pentad/platform/module'
import { announceAlarm } from './alarms/announce.ts'
import { alarmJobs, alarmTicks } from './alarms/jobs.ts'
import { alarmMessages } from './alarms/messages.ts'
import { settleCommands } from './commands/index.ts'
import { commandMessages } from './commands/messages.ts'
import { jobs } from './jobs.ts'
import { holdAlarm } from './keeping/hold.ts'
import { keepingMessages } from './keeping/messages.ts'
import { keepOnce } from './keeping/run.ts'
import { layers } from './layers.ts'
import { messages } from './messages.ts'
import { pack } from './pack.ts'
import { alarmById, linkAlarm } from './queries/index.ts'
import { routes } from './routes.ts'
import { packBays } from './tracks/index.ts'

export { frozenCurves } from './alarms/evidence.ts'
export { judgeFresh } from './alarms/judge/fresh.ts'
export { judgeClock } from './alarms/judge/timed.ts'
export { sensedNear } from './alarms/near.ts'
export { alarmSubject } from './alarms/routes.ts'
export { alarmOut } from './alarms/views.ts'
export {
  accepted as commandAccepted,
  acceptedAs as commandAcceptedAs,
  askForGaps,
  type Ending,
  ended as commandEnded,
  endedAs as commandEndedAs,
  type Order,
  ordersSince,
  sayAgain,
  setClock,
  settleCommands,
  takeInHand,
  talkOf,
} from './commands/index.ts'
export { type DeviceLoad, loadDevices } from './devices.ts'
export { createLately } from './ingest/heard.ts'
export {
  type ObservationIn,
  recordObservations,
  recordRejects,
  recordUnknown,
} from './ingest/index.ts'
export { endHolds, type Held, holdNear } from './keeping/hold.ts'
export { registerMetrics } from './metrics.ts'
export {
  type AlarmRow,
  alarmById,
  casesOfDevice,
  type DeviceRow,
  deviceById,
  devicesOf,
  devicesSince,
  type KnownDevice,
  type RejectCount,
  sharedSecret,
  simulatedDevices,
  simulatedGuests,
  type UnknownCount,
} from './queries/index.ts'
export { accountOf, barredAddresses } from './registry/queries.ts'
export { deviceSubject } from './routes.ts'
export { simulatedToken } from './simulated.ts'
export { guestActor } from './sta/guest.ts'
export type { Caller as ThingsCaller } from './sta/sight.ts'
export { createByTopic, mayListen, type Watch, watchTopic } from './sta/topics.ts'
export {
  type FixIn,
  fixesBetween,
  fixOf,
  type HotRow,
  type NearDevice,
  near,
  openPositionWriter,
  type PositionWriter,
  packBays,
  placesBetween,
  recordPositions,
} from './tracks/index.ts'
export { deviceOut } from './views.ts'

/** Says to which case an alarm belongs; what the alarm rests on is held with it. */
export async function linkCase(db: Db, alarmId: string, caseId: string): Promise<void> {
  const alarm = await alarmById(db, alarmId)
  if (!alarm) throw new Error(`there is no alarm ${alarmId}`)
  await linkAlarm(db, alarmId, caseId)
  await holdAlarm(db, caseId, alarm, new Date())
  await announceAlarm(db, alarmId, alarm.device, 'linked')
}

export { liveSources } from './live/sources.ts'

/** A bay rests for ten minutes at least before it is packed; one that waits longer loses nothing. */
const ticks = [
  { name: 'sensing.pack-tracks', everyMs: 30_000, run: ({ db }: { db: Db }) => packBays(db, new Date()) },
  // One portion, and at once the next while there is one.
  { name: 'sensing.keeping', everyMs: 60_000, run: ({ db }: { db: Db }) => keepOnce(db, new Date()) },
  { name: 'sensing.commands', everyMs: 2000, run: ({ db }: { db: Db }) => settleCommands(db, new Date()) },
]

export const sensing: Module = {
  name: 'sensing',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  jobs: [...jobs, ...alarmJobs],
  ticks: [...ticks, ...alarmTicks],
  layers,
  messages: {
    'zh-CN': {
      ...messages['zh-CN'],
      ...alarmMessages['zh-CN'],
      ...commandMessages['zh-CN'],
      ...keepingMessages['zh-CN'],
    },
    en: { ...messages.en, ...alarmMessages.en, ...commandMessages.en, ...keepingMessages.en },
  },
  pack,
}
