import { addAudit } from '@pentad/identity'
import { newId } from '@pentad/platform/id'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { DAY, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import { type AlarmRow, alarmById, alarmsSeen, alarmsToday, saveVerdict } from '../queries/index.ts'
import { scopeOf } from '../subjects.ts'
import { announceAlarm } from './announce.ts'
import { judgeAlarm, listAlarms, readAlarm, unmuteAlarm } from './contract.ts'
import { curvesAround, frozenCurves } from './evidence.ts'
import { mustMute, precisionDays } from './model/index.ts'
import { addMute, judgedOf, liftMute, muteOf, precisions, versionsOf } from './queries/index.ts'
import { ruleRoutes } from './rule-routes.ts'
import { alarmOut, precisionOut } from './views.ts'

export const alarmSubject: SubjectKind<AlarmRow> = {
  kind: 'alarm',
  load: alarmById,
  scope: ({ device }) => scopeOf(device),
}

const lately = (now: Date): Date => new Date(now.getTime() - precisionDays * DAY)

export const alarmRoutes = [
  ...ruleRoutes,

  serve(listAlarms, async ({ query: { device, ...wanted } }, { db, actor, now }) => {
    const alarms = await alarmsSeen(db, actor, { ...wanted, deviceId: device })
    const counted = alarms.length ? await precisions(db, lately(now)) : []
    return {
      alarms: alarms.map((a) => alarmOut(a, now)),
      today: await alarmsToday(db, actor, startOfLegalDay(legalDayOf(now))),
      rules: [...new Set(alarms.map((a) => a.rule))].map((rule) => ({
        rule,
        precision: precisionOut(counted.find((c) => c.rule === rule && c.deviceId === null)),
      })),
    }
  }),

  serveAbout(readAlarm, alarmSubject, async ({ subject }, { db, now }) => {
    const [frozen] = await frozenCurves(db, subject.id)
    const counted = await precisions(db, lately(now))
    const of = (deviceId: string | null) =>
      precisionOut(counted.find((c) => c.rule === subject.rule && c.deviceId === deviceId))
    const mute = await muteOf(db, subject.rule, subject.device.id)
    // An alarm that goes on is shown as it goes on; one that is over as it was frozen.
    const final =
      frozen?.moment === 'cleared' || (frozen && subject.clearedAt && now.getTime() - subject.clearedAt.getTime() > DAY)
    return {
      ...alarmOut(subject, now),
      curves: frozen && final ? frozen.curves : (await curvesAround(db, subject.id, now)).curves,
      frozen: frozen
        ? {
            takenAt: frozen.takenAt.toISOString(),
            from: frozen.from.toISOString(),
            until: frozen.until.toISOString(),
            sha256: frozen.sha256,
            moment: frozen.moment,
          }
        : null,
      precision: { rule: of(null), pair: of(subject.device.id) },
      mute: mute ? { since: mute.since.toISOString(), judged: mute.judged, right: mute.right } : null,
    }
  }),

  serveAbout(judgeAlarm, alarmSubject, async ({ subject, body }, { db, actor, now, address }) => {
    const { verdict } = body
    const note = body.note || null
    await saveVerdict(db, subject.id, { verdict, note, by: actor.id, at: now })
    // The alarm holds the last verdict; every one of them stays in the audit.
    const detail = { verdict, before: subject.verdict, ...(note ? { note } : {}) }
    await addAudit(db, { actorId: actor.id, act: 'judge-alarm', about: subject.id, result: 'done', address, detail })
    await announceAlarm(db, subject.id, subject.device, 'judged')
    const rule = (await versionsOf(db, subject.rule)).find((r) => r.state === 'in_force')?.rule
    const judged = await judgedOf(db, subject.rule, subject.device.id, lately(now))
    const silent = await muteOf(db, subject.rule, subject.device.id)
    const mutes = silent === undefined && rule !== undefined && mustMute(judged, rule.mute)
    if (mutes) {
      await addMute(db, {
        id: newId(now.getTime()),
        rule: subject.rule,
        deviceId: subject.device.id,
        since: now,
        ...judged,
      })
      await addAudit(db, {
        actorId: actor.id,
        act: 'mute-alarm-rule',
        about: subject.id,
        result: 'done',
        address,
        detail: judged,
      })
    }
    return { ...alarmOut({ ...subject, verdict, verdictNote: note }, now), mutes }
  }),

  serveAbout(unmuteAlarm, alarmSubject, async ({ subject }, { db, actor, now, address }) => {
    const mute = await muteOf(db, subject.rule, subject.device.id)
    if (!mute) return { lifted: false }
    await liftMute(db, mute.id, actor.id, now)
    await addAudit(db, { actorId: actor.id, act: 'unmute-alarm-rule', about: subject.id, result: 'done', address })
    return { lifted: true }
  }),
]
