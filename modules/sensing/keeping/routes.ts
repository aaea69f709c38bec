import { addAudit } from '@pentad/identity'
import { newId } from '@pentad/platform/id'
import { refuse } from '@pentad/platform/refusal'
import { serve, serveAbout } from '@pentad/platform/serve'
import { DAY, legalDayOf } from '@pentad/platform/time'
import { deviceSubject } from '../subjects.ts'
import { listPins, pinValues, readKeeping, setKeeping, tryKeeping, unpinValues } from './contract.ts'
import {
  evidenceDaysAtFirst,
  firstKept,
  heldSince,
  keepingFault,
  keepingStores,
  leastDays,
  mostStepSeconds,
} from './model.ts'
import {
  addPin,
  addRule,
  countPins,
  holdsOf,
  keepingRules,
  liftPin,
  pinsOf,
  stock,
  wentSince,
  wouldGo,
} from './queries/index.ts'

const wentDays = 30
const machine = 'machine'

export const keepingRoutes = [
  serve(readKeeping, async (_, { db, now }) => {
    const rules = await keepingRules(db)
    return {
      versions: rules.map(({ definition, setBy, setByName, setAt, ...r }) => ({
        ...r,
        rule: definition,
        setBy: setBy === machine ? null : (setByName ?? setBy),
        setAt: setAt.toISOString(),
      })),
      stock: await stock(db),
      went: await wentSince(db, legalDayOf(new Date(now.getTime() - wentDays * DAY))),
      pinned: await countPins(db, heldSince(rules[0]?.definition ?? { evidenceDays: evidenceDaysAtFirst }, now)),
    }
  }),

  serve(tryKeeping, async ({ query: { hourDays = null, ...rest } }, { db, now }) => {
    const rule = { ...rest, hourDays }
    const fault = keepingFault(rule)
    if (fault) return refuse(fault, { least: leastDays, step: mostStepSeconds })
    const stores = []
    for (const store of keepingStores) {
      const from = firstKept(store, rule, now)
      const none = { rows: 0, bytes: 0, pinned: 0, pinnedBytes: 0 }
      stores.push({
        store,
        from,
        ...(from === null
          ? none
          : await wouldGo(db, store, from, { stepSeconds: rule.trackStepSeconds, since: heldSince(rule, now) })),
      })
    }
    return { stores }
  }),

  serve(setKeeping, async ({ body: { after, rule, note } }, { db, actor, now, address }) => {
    const fault = keepingFault(rule)
    if (fault) return refuse(fault, { least: leastDays, step: mostStepSeconds })
    const [last] = await keepingRules(db, 1)
    const version = after + 1
    const row = { version, definition: rule, note, setBy: actor.id, setAt: now }
    if ((last?.version ?? 0) !== after || !(await addRule(db, row))) return refuse('sensing/keeping-changed')
    const detail = { version, before: last?.definition ?? null, after: rule, note }
    await addAudit(db, { actorId: actor.id, act: 'set-keeping', about: '', result: 'done', address, detail })
    return { version }
  }),

  serveAbout(listPins, deviceSubject, async ({ subject }, { db }) => {
    const [rule] = await keepingRules(db, 1)
    const evidenceMs = (rule?.definition.evidenceDays ?? evidenceDaysAtFirst) * DAY
    return {
      pins: (await pinsOf(db, subject.id)).map(({ from, until, at, by, byName, liftedAt, ...p }) => ({
        ...p,
        from: from.toISOString(),
        until: until.toISOString(),
        by: byName ?? by,
        at: at.toISOString(),
        liftedAt: liftedAt?.toISOString() ?? null,
      })),
      holds: (await holdsOf(db, subject.id)).map(({ caseId, from, until, because, endedAt }) => ({
        ...{ caseId, because, from: from.toISOString(), until: until.toISOString() },
        keptUntil: endedAt && new Date(endedAt.getTime() + evidenceMs).toISOString(),
      })),
    }
  }),

  serveAbout(pinValues, deviceSubject, async ({ subject, body }, { db, actor, now, address }) => {
    const [from, until] = [new Date(body.from), new Date(body.until)]
    if (until <= from) return refuse('sensing/pin-time')
    const id = newId()
    const { reason } = body
    await addPin(db, { id, deviceId: subject.id, from, until, reason, by: actor.id, at: now })
    const detail = { pin: id, ...body }
    await addAudit(db, { actorId: actor.id, act: 'pin-values', about: subject.id, result: 'done', address, detail })
    return { id }
  }),

  serveAbout(unpinValues, deviceSubject, async ({ subject, body: { pinId } }, { db, actor, now, address }) => {
    if (!(await liftPin(db, subject.id, pinId, actor.id, now))) return refuse('platform/not-found')
    const detail = { pin: pinId }
    await addAudit(db, { actorId: actor.id, act: 'unpin-values', about: subject.id, result: 'done', address, detail })
    return { id: pinId }
  }),
]
