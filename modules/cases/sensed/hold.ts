/** What sensors said near a case is its evidence: held fast while the case is open, and as long after as the rules of keeping say. */
import { type Db, inTransaction } from '@pentad/platform/db'
import { job, laterAll } from '@pentad/platform/jobs'
import type { Listener } from '@pentad/platform/module'
import { MINUTE } from '@pentad/platform/time'
import { endHolds, type Held, holdNear, sensedNear } from '@pentad/sensing'
import { isOpen, type Status } from '../model/index.ts'
import { caseById, lineById, linesById } from '../queries/index.ts'
import { sensedAfterMinutes, sensedBeforeMinutes, sensedMatter, sensedRadiusM } from './model.ts'

const name = 'cases.hold-sensed'
/** Phones and vehicles without a network bring their fixes late. */
const late = 30 * MINUTE

const spanOf = (reportedAt: Date) => ({
  from: new Date(reportedAt.getTime() - sensedBeforeMinutes * MINUTE),
  until: new Date(reportedAt.getTime() + sensedAfterMinutes * MINUTE),
})

/** Sensors within the radius over the whole time; vehicles that passed, from when to when, with what lies around it. */
export async function holdSensed(db: Db, caseId: string, now: Date): Promise<void> {
  // Locked: a case that ends meanwhile says so after this.
  const c = await caseById(db, caseId, true)
  const line = await lineById(db, caseId)
  const matter = c && sensedMatter(c.kind, c.classCode)
  if (!matter || !line) return
  const span = spanOf(line.reportedAt)
  const near = await sensedNear(db, { lon: c.lon, lat: c.lat, radiusM: sensedRadiusM[matter], ...span })
  const held: Held[] = [
    ...near.sensors.map((s) => ({ deviceId: s.device.id, ...span })),
    ...near.alarms.map((a) => ({ deviceId: a.device.id, ...span })),
    ...near.passes.map((p) => ({ deviceId: p.device.id, ...span })),
  ]
  await holdNear(db, { caseId, endedAt: isOpen(c.status) ? null : (c.closedAt ?? now) }, held, now)
}

export const holdJobs = [
  job<{ caseId: string }>({
    name,
    run: ({ caseId }, { db }) => inTransaction(db, (tx) => holdSensed(tx, caseId, new Date())),
  }),
]

export const holds: Listener = {
  name: 'cases.holds',
  topics: ['case'],
  async hear(db, news) {
    const begun = news.filter(({ about }) => about.version === 1).map(({ about }) => String(about.id))
    const sensed = (await linesById(db, begun)).filter((c) => sensedMatter(c.kind, c.classCode))
    const jobs = sensed.map(({ id, reportedAt }) => ({
      payload: { caseId: id },
      key: `${name} ${id}`,
      runAt: new Date(spanOf(reportedAt).until.getTime() + late),
    }))
    if (jobs.length > 0) await laterAll(db, name, jobs)
    // The last word of each case counts.
    const last = new Map(news.map(({ about, at }) => [String(about.id), { status: about.status as Status, at }]))
    await endHolds(
      db,
      [...last].map(([caseId, { status, at }]) => ({ caseId, endedAt: isOpen(status) ? null : at })),
    )
  },
}
