import { reachOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { granted, type Refusal, refuse } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { serve } from '@pentad/platform/serve'
import { DAY } from '@pentad/platform/time'
import { draftDispatchRules, enforceDispatchRules, readDispatchRules, tryDispatchRules } from './contract.ts'
import { changedRules, type DispatchRule, faultIn } from './model.ts'
import { closedSince, type EditionRow, editionIn, keepTrial, oldEditions, putDraft, putInForce } from './queries.ts'
import { tried } from './trial.ts'

const mostTried = 50_000
const mostWrong = 100

const editionOut = (e: EditionRow) => ({
  ...e,
  createdAt: e.createdAt.toISOString(),
  inForceSince: e.inForceSince?.toISOString() ?? null,
  endedAt: e.endedAt?.toISOString() ?? null,
})

/** A rule of another area is not theirs to write, change or take out. */
async function within(
  db: Db,
  actor: Actor,
  before: readonly DispatchRule[],
  after: readonly DispatchRule[],
): Promise<Refusal | true> {
  const reaches = await reachOf(db, actor, 'cases.set-rules')
  return changedRules(before, after).every((r) => reaches(r.area)) || refuse('cases/rules-of-others')
}

export const dispatchRuleRoutes = [
  serve(readDispatchRules, async (_, { db }) => {
    const [inForce, draft] = [await editionIn(db, 'in_force'), await editionIn(db, 'draft')]
    return {
      inForce: inForce ? editionOut(inForce) : null,
      draft: draft ? editionOut(draft) : null,
      old: (await oldEditions(db)).map(editionOut),
    }
  }),

  serve(draftDispatchRules, async ({ body }, { db, actor, now }) => {
    const before = (await editionIn(db, 'draft', true)) ?? (await editionIn(db, 'in_force'))
    granted(await within(db, actor, before?.rules ?? [], body.rules))
    const fault = faultIn(body.rules)
    if (fault) return refuse(`cases/rule-fault-${fault.why}`, { line: fault.index + 1 })
    const units = await allUnits(db)
    const known = (word: string) =>
      word === 'street' ||
      units.some(
        (u) => u.axis === 'disposal' && (word.startsWith('{district}') ? u.id.endsWith(word.slice(10)) : u.id === word),
      )
    for (const [i, rule] of body.rules.entries()) {
      const unknown = [rule.unit, ...rule.coUnits].find((word) => !known(word))
      if (unknown !== undefined) return refuse('cases/rule-unknown-unit', { line: i + 1, unit: unknown })
    }
    return { version: await putDraft(db, body.rules, body.note, actor.id, now) }
  }),

  serve(tryDispatchRules, async ({ body }, { db, actor, now }) => {
    const draft = await editionIn(db, 'draft', true)
    if (!draft) return refuse('cases/no-rules-draft')
    const units = await allUnits(db)
    const cases = await closedSince(db, new Date(now.getTime() - body.days * DAY), mostTried)
    const { wrong, ...found } = tried(cases, draft, await editionIn(db, 'in_force'), units)
    const trial = { at: now.toISOString(), days: body.days, cases: cases.length, ...found }
    await keepTrial(db, draft.version, trial)
    const name = (id: string) => {
      const unit = units.find((u) => u.id === id)
      return { id, name: { 'zh-CN': unit?.nameZh ?? id, en: unit?.nameEn ?? id } }
    }
    const seen = wrong.filter(({ past }) =>
      permits(actor, 'cases.read', { areaCode: past.areaCode, units: [past.unitId], createdBy: past.createdBy }),
    )
    return {
      trial,
      wrong: seen.slice(0, mostWrong).map(({ past, said, rule }) => ({
        id: past.id,
        no: past.no,
        className: { 'zh-CN': past.classZh, en: past.classEn },
        said: name(said.id),
        did: name(past.unitId),
        rule,
      })),
    }
  }),

  serve(enforceDispatchRules, async ({ body }, { db, actor, now }) => {
    const draft = await editionIn(db, 'draft', true)
    if (draft?.version !== body.version) return refuse('cases/no-rules-draft')
    const inForce = await editionIn(db, 'in_force', true)
    granted(await within(db, actor, inForce?.rules ?? [], draft.rules))
    if (!draft.trial) return refuse('cases/rules-untested')
    await putInForce(db, draft.version, actor.id, now)
    return { version: draft.version }
  }),
]
