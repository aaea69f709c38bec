import { job } from '@pentad/platform/jobs'
import { announceCase } from './announce.ts'
import { type TimerPayload, usedSeconds } from './clock.ts'
import { isOpen } from './model.ts'
import { caseById, saveNote, trailOf } from './queries/index.ts'
import { chained } from './trail.ts'

/** What the machine does in its own name. */
export const machine = 'machine'

export const jobs = [
  /** 80 % and 100 % of the disposal limit (催办, 超期): says so once in the trail, if the clock still runs. */
  job<TimerPayload>({
    name: 'cases.timer',
    run: async ({ caseId, act }, { transaction, log }) => {
      await transaction(async (db) => {
        const c = await caseById(db, caseId, true)
        if (!c || !isOpen(c.status) || c.clockStopped || !c.due || !c.urgeAt) return
        const now = new Date()
        const at = act === 'urge' ? c.urgeAt : c.due
        if (at > now) return
        if ((await trailOf(db, caseId)).some((e) => e.act === act)) return
        const entry = chained(
          {
            caseId,
            seq: c.version + 1,
            act,
            actorId: machine,
            actorUnit: null,
            from: c.status,
            to: c.status,
            at,
            recorded: now,
            reason: null,
            standardId: null,
            unitId: c.leadUnitId,
            photoIds: [],
            lon: null,
            lat: null,
            usedSeconds: await usedSeconds(db, c, now),
          },
          c.lastHash,
        )
        await saveNote(db, entry)
        await announceCase(db, { ...c, version: entry.seq }, act, c.status)
        log.info({ caseId, act }, 'a case was told')
      })
    },
  }),
]
