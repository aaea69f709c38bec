/** Rules as staff edit them: draft, replay, in force. */
import { reachOf } from '@pentad/geography'
import { addAudit } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { later } from '@pentad/platform/jobs'
import { granted, refuse } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import { DAY, HOUR, MINUTE } from '@pentad/platform/time'
import { endOpenAlarms } from '../queries/index.ts'
import { fencesInForce } from '../tracks/fences/queries.ts'
import { announceAlarm } from './announce.ts'
import {
  cancelTrial,
  draftRule,
  dropRuleDraft,
  endRule as endRuleRoute,
  enforceRule,
  listRules,
  previewRule,
  readRule,
  readTrial,
  setNight as setNightRoute,
  tryRule,
} from './contract.ts'
import { factorsNeeded } from './judge/fresh.ts'
import {
  type AlarmRule,
  byMinutes,
  endsOf,
  inScope,
  lookBackMinutes,
  minutesFrom,
  precisionDays,
  ruleFault,
} from './model/index.ts'
import {
  addTrial,
  currentRules,
  devicesById,
  devicesInService,
  dropDraft,
  endRule,
  endTrial,
  findingsOf,
  keepTrialOf,
  knownFactors,
  minutesIn,
  mutesInForce,
  nightsOf,
  precisions,
  putDraft,
  putInForce,
  recordedSum,
  setNight,
  trialById,
  trialSum,
  versionsOf,
} from './queries/index.ts'
import { mayRead, scopeRoutes, setRules, within } from './rule-scope.ts'
import { wouldRaise } from './trial.ts'
import { editionOut, precisionOut, trialOut } from './views.ts'

export const ruleRoutes = [
  serve(listRules, async (_, { db, actor, now }) => {
    const rows = await currentRules(db)
    const counted = await precisions(db, new Date(now.getTime() - precisionDays * DAY))
    const mutes = await mutesInForce(db)
    const devices = new Map(
      (
        await devicesById(
          db,
          mutes.map((m) => m.deviceId),
        )
      )
        .filter(mayRead(actor))
        .map((d) => [d.id, d]),
    )
    const [night] = [...(await nightsOf(db))].reverse()
    const of = (id: string, state: string) => rows.find((r) => r.id === id && r.state === state)
    const edition = (id: string, state: string) => {
      const row = of(id, state)
      return row ? editionOut(row) : null
    }
    return {
      rules: [...new Set(rows.map((r) => r.id))].map((id) => ({
        id,
        inForce: edition(id, 'in_force'),
        draft: edition(id, 'draft'),
        last: edition(id, 'old'),
        precision: precisionOut(counted.find((c) => c.rule === id && c.deviceId === null)),
        muted: mutes.flatMap((m) => {
          const device = m.rule === id ? devices.get(m.deviceId) : undefined
          if (!device) return []
          const { deviceId, judged, right } = m
          return [
            {
              deviceId,
              judged,
              right,
              since: m.since.toISOString(),
              name: { 'zh-CN': device.nameZh, en: device.nameEn },
            },
          ]
        }),
      })),
      factors: await knownFactors(db),
      night: { fromMinute: night?.fromMinute ?? 0, since: (night?.since ?? now).toISOString() },
    }
  }),

  serve(readRule, async ({ params }, { db }) => {
    const editions = await versionsOf(db, params.rule)
    const draft = editions.find((e) => e.state === 'draft')
    // A text that was changed since has not been tried.
    const trial = draft?.trialId ? await trialById(db, draft.trialId) : undefined
    return { editions: editions.map(editionOut), trial: trial ? trialOut(trial, await trialSum(db, trial.id)) : null }
  }),

  serve(draftRule, async ({ params, body }, { db, actor, now, address }) => {
    const before = await versionsOf(db, params.rule, true)
    granted(await within(db, actor, [before.find((r) => r.state === 'in_force')?.rule, body.rule]))
    const others = new Map((await currentRules(db)).map((r) => [r.id, r.rule.condition.kind]))
    const fences = new Set((await fencesInForce(db)).map((f) => f.id))
    const { deviceIds } = body.rule.scope
    const known = (await devicesById(db, deviceIds)).filter(mayRead(actor))
    if (known.length < new Set(deviceIds).size) return refuse('sensing/rule-fault-devices')
    const fault = ruleFault(params.rule, body.rule, others, fences)
    if (fault) return refuse(`sensing/rule-fault-${fault}`)
    const version = await putDraft(db, { id: params.rule, rule: body.rule, note: body.note, by: actor.id, at: now })
    await addAudit(db, {
      ...{ actorId: actor.id, act: 'draft-alarm-rule', about: `${params.rule} v${version}` },
      result: 'done',
      address,
    })
    return { version }
  }),

  serve(dropRuleDraft, async ({ params }, { db, actor }) => {
    const draft = (await versionsOf(db, params.rule, true)).find((r) => r.state === 'draft')
    if (!draft) return { dropped: false }
    granted(await within(db, actor, [draft.rule]))
    await dropDraft(db, params.rule)
    return { dropped: true }
  }),

  serve(tryRule, async ({ params, body }, { db, actor, now }) => {
    const draft = (await versionsOf(db, params.rule, true)).find((r) => r.state === 'draft')
    if (!draft) return refuse('sensing/no-rule-draft')
    granted(await within(db, actor, [draft.rule]))
    const devices = (await devicesInService(db)).filter((d) => inScope(draft.rule.scope, d)).length
    const id = newId(now.getTime())
    const from = new Date(now.getTime() - body.days * DAY)
    await addTrial(db, {
      ...{ id, rule: draft.id, version: draft.version, definition: draft.rule },
      ...{ from, until: now, askedBy: actor.id, askedAt: now, devices },
    })
    await keepTrialOf(db, draft.id, draft.version, id)
    await later(db, 'sensing.try-rule', { payload: { trialId: id } })
    return { id }
  }),

  serve(readTrial, async ({ params }, { db, actor }) => {
    const t = granted(await trialById(db, params.trial))
    const findings = (await findingsOf(db, t)).filter(mayRead(actor))
    return {
      ...trialOut(t, await trialSum(db, t.id)),
      rule: t.rule,
      version: t.version,
      findings: findings.map((f) => ({
        deviceId: f.deviceId,
        name: { 'zh-CN': f.nameZh, en: f.nameEn },
        label: f.label,
        raisedAt: f.raisedAt.toISOString(),
        clearedAt: f.clearedAt?.toISOString() ?? null,
        peak: f.peak,
        limit: f.limit,
        doubtful: f.doubtful,
        recorded: f.recorded,
        verdict: f.verdict,
      })),
      recorded: await recordedSum(db, t),
    }
  }),

  serve(cancelTrial, async ({ params }, { db, now }) => {
    const t = granted(await trialById(db, params.trial, true))
    const cancelled = t.state === 'waiting' || t.state === 'running'
    if (cancelled) await endTrial(db, t.id, 'cancelled', now)
    return { cancelled }
  }),

  serve(enforceRule, async ({ params, body }, { db, actor, now, address }) => {
    const editions = await versionsOf(db, params.rule, true)
    const draft = editions.find((r) => r.state === 'draft')
    if (draft?.version !== body.version) return refuse('sensing/no-rule-draft')
    granted(await within(db, actor, [editions.find((r) => r.state === 'in_force')?.rule, draft.rule]))
    const trial = draft.trialId ? await trialById(db, draft.trialId) : undefined
    if (trial?.state !== 'done') return refuse('sensing/rule-untried')
    const { condition } = draft.rule
    if (condition.kind === 'fence' && !(await fencesInForce(db)).some((f) => f.id === condition.fenceId))
      return refuse('sensing/rule-fault-fence')
    await putInForce(db, params.rule, draft.version, actor.id, now)
    await addAudit(db, {
      ...{ actorId: actor.id, act: 'enforce-alarm-rule', about: `${params.rule} v${draft.version}` },
      result: 'done',
      address,
    })
    return { version: draft.version }
  }),

  serve(endRuleRoute, async ({ params }, { db, actor, now, address }) => {
    const inForce = (await versionsOf(db, params.rule, true)).find((r) => r.state === 'in_force')
    if (!inForce) return { ended: false }
    granted(await within(db, actor, [inForce.rule]))
    await endRule(db, params.rule, actor.id, now)
    const over = await endOpenAlarms(db, params.rule, now)
    const devices = new Map(
      (
        await devicesById(
          db,
          over.map((a) => a.deviceId),
        )
      ).map((d) => [d.id, d]),
    )
    for (const { id, deviceId } of over) {
      const device = devices.get(deviceId)
      if (device) await announceAlarm(db, id, device, 'cleared')
    }
    await addAudit(db, { ...{ actorId: actor.id, act: 'end-alarm-rule', about: params.rule }, result: 'done', address })
    return { ended: true }
  }),

  serve(setNightRoute, async ({ body }, { db, actor, now, address }) => {
    const reaches = await reachOf(db, actor, setRules)
    if (!reaches('')) return refuse('sensing/rules-of-others')
    await setNight(db, body.fromMinute, actor.id, now)
    await addAudit(db, {
      ...{ actorId: actor.id, act: 'set-night', about: `${body.fromMinute}` },
      result: 'done',
      address,
    })
    return { fromMinute: body.fromMinute }
  }),

  ...scopeRoutes,

  serve(previewRule, async ({ body }, { db, actor, now }) => {
    const [device] = (await devicesById(db, [body.deviceId])).filter(mayRead(actor))
    if (!device) return refuse('platform/not-found')
    const from = new Date(now.getTime() - body.hours * HOUR)
    const spans = await wouldRaise(db, body.rule, device, { from, until: now }, await devicesInService(db))
    return {
      unit: '',
      points: await seenBy(db, body.rule, device.id, from, now),
      spans: spans.map((s) => ({
        raisedAt: new Date(s.from).toISOString(),
        clearedAt: s.until === null ? null : new Date(s.until).toISOString(),
        peak: s.peak,
      })),
    }
  }),
]

/** What a rule sees at each minute's end; none for rules that look at no values. */
async function seenBy(db: Db, rule: AlarmRule, deviceId: string, from: Date, until: Date) {
  if (!byMinutes(rule)) return []
  const begin = new Date(from.getTime() - lookBackMinutes(rule) * MINUTE)
  const rows = await minutesIn(db, [{ deviceId, from: begin, until }], factorsNeeded([rule]))
  const mine = rows.filter((r) => r.factor === rule.condition.factor)
  const ends = endsOf(rule, minutesFrom(mine, begin.getTime(), until.getTime()), await nightsOf(db))
  return [...ends.level].flatMap((value, i) => {
    const at = ends.first + i * MINUTE
    if (Number.isNaN(value) || at <= from.getTime()) return []
    const limit = ends.limit[i] ?? Number.NaN
    return [
      { at: new Date(at).toISOString(), value: Math.round(value * 10) / 10, limit: Number.isNaN(limit) ? null : limit },
    ]
  })
}
