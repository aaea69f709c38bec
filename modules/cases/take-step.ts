/** Carries a step out: the rule decides, the trail grows, the clocks and the news follow, all in one transaction. */

import { photosOf } from '@pentad/evidence'
import type { Point } from '@pentad/geography/model'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { type Actor, covers, type Scope } from '@pentad/platform/rights'
import { classInForce, standardById } from '@pentad/rulebook'
import type { Kind } from '@pentad/rulebook/model'
import { announceCase } from './announce.ts'
import { clearTimers, setTimers, stageDue, startClock, usedSeconds } from './clock.ts'
import { type Command, decide, inDisposal, steps, type Taker } from './model.ts'
import { type CaseRow, saveStep } from './queries/index.ts'
import { chained } from './trail.ts'

export const scopeOf = (c: Pick<CaseRow, 'areaCode' | 'leadUnitId' | 'createdBy'>): Scope => ({
  areaCode: c.areaCode,
  units: c.leadUnitId ? [c.leadUnitId] : [],
  createdBy: c.createdBy,
})

/** What the actor may do to this case, by the posts that cover its place and by those that cover its unit. */
export function takerOf(actor: Actor, c: Pick<CaseRow, 'areaCode' | 'leadUnitId'>): Taker {
  const by = (scope: Scope) => actor.grants.filter((g) => covers(g, scope)).flatMap((g) => g.may)
  return {
    id: actor.id,
    mayByArea: by({ areaCode: c.areaCode }),
    mayByUnit: by({ units: c.leadUnitId ? [c.leadUnitId] : [] }),
  }
}

export interface StepInput extends Command {
  point?: Point | undefined
  kind?: Kind | undefined
  classCode?: string | undefined
}

/** Takes the step on a locked case; gives the case's new version or the refusal. */
export async function carryOut(
  db: Db,
  before: CaseRow,
  input: StepInput,
  actor: Actor,
  now: Date,
): Promise<number | Refusal> {
  const taker = takerOf(actor, before)
  const after = decide(before, input, taker, now)
  if (isRefusal(after)) return after
  const c: CaseRow = { ...before, ...after }

  if (input.step === 'accept' && input.classCode) {
    const cls = await classInForce(db, input.kind ?? before.kind, input.classCode)
    if (!cls) return refuse('rulebook/unknown-class', { kind: input.kind ?? before.kind, code: input.classCode })
    Object.assign(c, { scheme: cls.scheme, schemeVersion: cls.version, kind: cls.kind, classCode: cls.code })
  }
  if (input.step === 'file') {
    const standard = await standardById(db, input.standardId ?? '')
    const of = standard && `${standard.scheme} ${standard.version} ${standard.kind} ${standard.code}`
    if (!standard || of !== `${before.scheme} ${before.schemeVersion} ${before.kind} ${before.classCode}`)
      return refuse('rulebook/unknown-standard')
    Object.assign(c, { limitValue: standard.limitValue, limitUnit: standard.limitUnit })
  }
  if (input.step === 'dispatch') {
    // Supervision must not dispose of what it supervises (双轴心).
    const unit = (await allUnits(db)).find((u) => u.id === input.unitId)
    if (unit?.axis !== 'disposal') return refuse('cases/not-a-disposal-unit', { unit: input.unitId })
  }
  const photoIds = input.photoIds ?? []
  const photos = await photosOf(db, photoIds)
  if (isRefusal(photos)) return photos

  if (c.clockStart && !before.clockStart) Object.assign(c, await startClock(db, c))
  c.stageDue = inDisposal(c.status) && c.status !== 'rework' ? null : stageDue(c.status, now)
  const used = await usedSeconds(db, c, now)
  const held = actor.grants.find((g) => g.may.includes(steps[input.step].may) && covers(g, scopeOf(before)))
  const entry = chained(
    {
      caseId: c.id,
      seq: before.version + 1,
      act: input.step,
      actorId: actor.id,
      actorUnit: held?.unitId ?? null,
      from: before.status,
      to: c.status,
      at: input.at < now ? input.at : now,
      recorded: now,
      reason: input.reason?.trim() || null,
      standardId: input.step === 'file' ? c.standardId : null,
      unitId: input.step === 'dispatch' ? c.leadUnitId : null,
      photoIds,
      lon: input.point?.lon ?? null,
      lat: input.point?.lat ?? null,
      usedSeconds: used,
    },
    before.lastHash,
  )
  await saveStep(db, c, entry)
  const runs = c.clockStart !== null && c.clockStopped === null
  const ran = before.clockStart !== null && before.clockStopped === null
  if (runs && !ran && c.urgeAt && c.due) await setTimers(db, c.id, c.urgeAt, c.due)
  if (ran && !runs) await clearTimers(db, c.id)
  await announceCase(db, { ...c, version: entry.seq }, input.step, before.status)
  return entry.seq
}
